//! Whether somebody can answer, and what becomes of it on the screen.

use super::*;

/// What the page was told of availability.
fn availability(effects: &[Effect]) -> Vec<bool> {
    let told = |effect: &Effect| match effect {
        Effect::Tell(Told::Availability(open)) => Some(*open),
        _ => None,
    };
    effects.iter().filter_map(told).collect()
}

#[test]
fn what_stands_around_the_thread() {
    use CloseReason::{Abandoned, EndedByVisitor, Expired, Missed, Resolved};
    let none = Human::Hidden;
    let offered = |again| Human::Offered { again, unseen: false };
    let (form, ada) = (Mode::Form { waiting: false }, Name::parse("Ada").unwrap());
    let waiting = || Some(handoff(Stage::Waiting, None, false));
    let active = || Some(handoff(Stage::Active, None, false));
    let closed = |reason, emailed| Some(handoff(Stage::Closed, Some(reason), emailed));
    for (desk_open, handoff, mode, human, head) in [
        (true, None, Mode::Chat, offered(false), Head::Here),
        (true, waiting(), Mode::Chat, none, Head::Waiting(None)),
        (true, active(), Mode::Chat, none, Head::With(&ada)),
        (true, closed(Missed, false), Mode::Chat, offered(false), Head::Here),
        (true, closed(Missed, true), Mode::Chat, offered(false), Head::Here),
        (true, closed(Resolved, false), Mode::Chat, offered(true), Head::Here),
        (true, closed(EndedByVisitor, false), Mode::Chat, offered(false), Head::Here),
        (false, None, form, none, Head::Away),
        (false, waiting(), Mode::Form { waiting: true }, none, Head::Away),
        (false, active(), Mode::Chat, none, Head::With(&ada)),
        (false, closed(Missed, false), form, none, Head::Away),
        (false, closed(Missed, true), Mode::Left, none, Head::Away),
        (false, closed(Resolved, false), form, none, Head::Away),
        (false, closed(EndedByVisitor, false), form, none, Head::Away),
        (false, closed(Expired, false), form, none, Head::Away),
        (false, closed(Abandoned, false), form, none, Head::Away),
    ] {
        let mut chat = Chat::new(vec![]);
        chat.model.apply(Ms::from(DELAY), 1, Input::Tick);
        chat.state(desk_open, handoff.clone());
        let Chat { model, .. } = &chat;
        assert_eq!((model.mode(), model.human(), model.head()), (mode, human, head), "{desk_open}, {handoff:?}");
    }
}

#[test]
fn nothing_is_claimed_before_the_server_has_spoken() {
    let mut model = Model::new(key(), 1);
    assert_eq!((model.mode(), model.head()), (Mode::Blank, Head::Silent));
    model.apply(0, 1, Input::Open);
    assert_eq!((model.mode(), model.head()), (Mode::Blank, Head::Silent));
    model.apply(0, 1, Input::Recalled(None));
    let effects = model.apply(0, 2, Input::Booted(Ok(reply(1))));
    assert_eq!((model.mode(), model.head()), (Mode::Chat, Head::Silent), "one can begin to write");
    assert_eq!(availability(&effects), [false; 0]);
}

#[test]
fn a_refused_chat_claims_nothing_more() {
    let mut chat = Chat::new(vec![]);
    chat.model.apply(1, 1, Input::Booted(Err(failed(Some(Code::OriginNotAllowed)))));
    assert_eq!((chat.model.mode(), chat.model.head()), (Mode::Blank, Head::Silent));
}

#[test]
fn the_page_is_told_of_availability_once_and_then_of_changes() {
    let mut model = opened(None);
    let effects = model.apply(0, 2, Input::Booted(Ok(reply(1))));
    let mut chat = Chat { model, socket: socket(&effects) };
    assert_eq!(availability(&chat.welcome(vec![], false)), [false]);
    for (desk_open, handoff, told) in [
        (false, None, vec![]),
        (true, None, vec![true]),
        (true, Some(handoff(Stage::Waiting, None, false)), vec![]),
        (false, Some(handoff(Stage::Waiting, None, false)), vec![false]),
    ] {
        assert_eq!(availability(&chat.state(desk_open, handoff.clone())), told, "{desk_open}, {handoff:?}");
    }
    assert_eq!(availability(&chat.welcome(vec![], true)), [true], "it changed while the socket was down");
}

#[test]
fn form_and_chat_change_places_as_agents_come_and_go_and_the_draft_stays() {
    let mut chat = Chat::new(vec![]);
    chat.model.apply(Ms::from(DELAY), 1, Input::Draft("Are you".into()));
    for (desk_open, mode) in [(false, Mode::Form { waiting: false }), (true, Mode::Chat)].repeat(2) {
        chat.state(desk_open, None);
        assert_eq!((chat.model.mode(), chat.model.draft.as_str()), (mode, "Are you"), "{desk_open}");
    }
    assert_eq!(chat.model.human(), Human::Offered { again: false, unseen: false });
}

#[test]
fn what_is_sent_from_the_form_into_an_opening_desk_does_not_close_it_again() {
    let mut chat = Chat::new(vec![]);
    chat.state(false, None);
    chat.model.apply(1, 1, Input::Draft("Hi".into()));
    chat.model.apply(1, 1, Input::Leave { email: "a@b.co".into(), name: String::new(), page: page() });
    chat.state(true, None);
    let emailed = Some(handoff(Stage::Closed, Some(CloseReason::Missed), true));
    let effects = chat.model.apply(2, 1, Input::Left(Ok(RoomState { desk_open: false, handoff: emailed.clone() })));
    assert_eq!(availability(&effects), [false; 0], "the answer is older than what the link has told since");
    assert_eq!((chat.model.mode(), chat.model.head()), (Mode::Chat, Head::Here));
    assert_eq!((&chat.model.room.handoff, chat.model.draft.as_str()), (&emailed, ""));
}
