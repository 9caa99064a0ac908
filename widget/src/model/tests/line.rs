//! Standing in line, and going.

use super::*;
use crate::text;
use protocol::lean;
use protocol::room::Place;

fn place(ahead: u32) -> Option<Place> {
    Some(Place { ahead, from_min: None, to_min: None })
}

/// Waiting in this place, as the server says it.
fn waiting(place: Option<Place>, form_offered: bool) -> Option<HandoffView> {
    Some(HandoffView { place, form_offered, ..handoff(Stage::Waiting, None, false) })
}

/// A chat whose visitor stands in line.
fn line() -> Chat {
    let mut chat = Chat::new(vec![]);
    chat.state(true, waiting(place(2), false));
    chat
}

fn closed(reason: CloseReason) -> Option<HandoffView> {
    Some(handoff(Stage::Closed, Some(reason), false))
}

/// What the page was told of the line.
fn queue(effects: &[Effect]) -> Vec<Option<Place>> {
    let told = |effect: &Effect| match effect {
        Effect::Tell(Told::Queue(place)) => Some(*place),
        _ => None,
    };
    effects.iter().filter_map(told).collect()
}

fn shown(chat: &Chat) -> (Mode, Human) {
    (chat.model.mode(), chat.model.human())
}

const FORM: (Mode, Human) = (Mode::Form { waiting: true }, Human::Hidden);
const OFFERED: (Mode, Human) = (Mode::Chat, Human::Instead);
const PLAIN: (Mode, Human) = (Mode::Chat, Human::Hidden);

#[test]
fn a_place_in_words() {
    for (ahead, from_min, to_min, words) in [
        (0, None, None, "You're next."),
        (1, None, None, "1 person is ahead of you."),
        (2, None, None, "2 people are ahead of you."),
        (49, None, None, "49 people are ahead of you."),
        (50, None, None, "50 or more people are ahead of you."),
        (60, None, None, "50 or more people are ahead of you."),
        (0, Some(0), Some(1), "You're next.\nUsually less than a minute."),
        (0, Some(1), Some(1), "You're next.\nUsually about 1 minute."),
        (0, Some(0), Some(4), "You're next.\nUsually up to 4 minutes."),
        (0, Some(3), Some(3), "You're next.\nUsually about 3 minutes."),
        (2, Some(2), Some(5), "2 people are ahead of you.\nUsually 2 to 5 minutes."),
        (9, Some(30), Some(119), "9 people are ahead of you.\nUsually 30 to 119 minutes."),
        (9, Some(30), Some(120), "9 people are ahead of you.\nUsually up to 2 hours."),
        (9, Some(130), Some(181), "9 people are ahead of you.\nUsually 2 to 4 hours."),
        (9, Some(180), Some(180), "9 people are ahead of you.\nUsually about 3 hours."),
        (9, Some(180), Some(1_440), "9 people are ahead of you."),
        (9, Some(u32::MAX), Some(u32::MAX), "9 people are ahead of you."),
        (9, Some(3), None, "9 people are ahead of you."),
        (9, None, Some(3), "9 people are ahead of you."),
    ] {
        assert_eq!(text::place(Place { ahead, from_min, to_min }), words);
    }
}

#[test]
fn the_place_is_read_off_the_wire_and_shown_at_once() {
    let mut chat = Chat::new(vec![]);
    let id = HandoffId::random(1);
    for (json, place) in [
        ("", None),
        (r#","place":{"ahead":3}"#, place(3)),
        (
            r#","place":{"ahead":1,"from_min":2,"to_min":5}"#,
            Some(Place { ahead: 1, from_min: Some(2), to_min: Some(5) }),
        ),
    ] {
        let handoff = format!(
            r#"{{"id":"{}","stage":"waiting","epoch":1,"asked_at":1,"emailed":false,"form_offered":false{json}}}"#,
            id.as_str()
        );
        let frame = format!(r#"{{"t":"state","state":{{"desk_open":true,"handoff":{handoff}}}}}"#);
        chat.hear(0, lean::read(&frame).unwrap());
        assert_eq!(chat.model.head(), Head::Waiting(place), "{json}");
    }
}

#[test]
fn the_page_is_told_of_every_other_place_and_of_the_end_of_the_line() {
    let mut chat = Chat::new(vec![]);
    let range = Some(Place { ahead: 1, from_min: Some(2), to_min: Some(5) });
    for (handoff, told) in [
        (waiting(None, false), vec![]),
        (waiting(place(2), false), vec![place(2)]),
        (waiting(place(2), true), vec![]),
        (waiting(range, true), vec![range]),
        (Some(handoff(Stage::Active, None, false)), vec![None]),
        (closed(CloseReason::Resolved), vec![]),
    ] {
        assert_eq!(queue(&chat.state(true, handoff.clone())), told, "{handoff:?}");
    }
}

#[test]
fn of_a_quick_line_only_the_newest_place_is_read_out_and_minutes_alone_never() {
    let mut chat = line();
    let ahead = |chat: &Chat| chat.model.spoken.place.map(|place| place.ahead);
    assert_eq!(ahead(&chat), Some(2), "the first at once");
    let next = |now, place, chat: &mut Chat| {
        let state = RoomState { desk_open: true, handoff: waiting(place, false) };
        chat.hear(now, RoomDown::State { state });
        ahead(chat)
    };
    assert_eq!(next(1_000, place(1), &mut chat), Some(2), "too soon");
    assert_eq!(next(2_000, place(0), &mut chat), Some(2), "too soon");
    assert!(chat.model.next_deadline().is_some_and(|at| at <= 20_000));
    chat.model.apply(19_999, 1, Input::Tick);
    assert_eq!(ahead(&chat), Some(2));
    chat.model.apply(20_000, 1, Input::Tick);
    assert_eq!(ahead(&chat), Some(0), "the newest, once it is time");
    let minutes = Some(Place { ahead: 0, from_min: Some(1), to_min: Some(3) });
    next(50_000, minutes, &mut chat);
    assert_eq!(chat.model.spoken.place, place(0), "minutes alone");
    chat.state(true, Some(handoff(Stage::Active, None, false)));
    assert_eq!(ahead(&chat), None);
    assert_eq!(next(50_001, place(4), &mut chat), Some(4), "another line, and at once");
}

#[test]
fn the_form_may_be_had_once_it_is_offered_and_left_again() {
    let mut chat = line();
    assert_eq!(shown(&chat), PLAIN);
    chat.state(true, waiting(place(2), true));
    assert_eq!(shown(&chat), OFFERED);
    chat.model.apply(1, 1, Input::Draft("Are you".into()));
    for shows in [FORM, OFFERED, FORM] {
        chat.model.apply(1, 1, Input::Swap);
        assert_eq!((shown(&chat), chat.model.draft.as_str()), (shows, "Are you"));
        chat.state(true, waiting(place(1), true));
        assert_eq!(shown(&chat), shows, "a moving line changes nothing");
        assert_eq!(chat.model.head(), Head::Waiting(place(1)), "one keeps one's place");
    }
    chat.state(true, Some(handoff(Stage::Active, None, false)));
    assert_eq!(shown(&chat), PLAIN, "somebody came");
    chat.state(true, waiting(place(0), true));
    assert_eq!(shown(&chat), OFFERED, "and was lost: the choice was for another wait");
}

#[test]
fn who_waits_at_a_closed_desk_has_the_form_unless_they_choose_the_chat() {
    let mut chat = line();
    for (desk_open, shows) in [(false, FORM), (true, PLAIN), (false, FORM)] {
        chat.state(desk_open, waiting(place(2), false));
        assert_eq!(shown(&chat), shows, "{desk_open}");
    }
    chat.model.apply(1, 1, Input::Swap);
    assert_eq!(shown(&chat), OFFERED);
    chat.state(true, waiting(place(2), false));
    assert_eq!(shown(&chat), PLAIN);
}

#[test]
fn the_form_is_sent_from_the_line_and_the_chat_goes_on() {
    let mut chat = line();
    chat.state(true, waiting(place(2), true));
    chat.model.apply(1, 1, Input::Swap);
    chat.model.apply(1, 1, Input::Draft("Call me".into()));
    let form = Input::Leave { email: "a@b.co".into(), name: String::new(), page: page() };
    assert!(matches!(&chat.model.apply(2, 1, form)[..], [Effect::Leave(_)]));
    let handoff = Some(handoff(Stage::Closed, Some(CloseReason::Missed), true));
    let effects = chat.model.apply(3, 1, Input::Left(Ok(RoomState { desk_open: true, handoff })));
    assert_eq!(queue(&effects), [None]);
    chat.model.apply(Ms::from(DELAY), 1, Input::Tick);
    assert_eq!(shown(&chat), (Mode::Chat, Human::Offered { again: false, unseen: false }));
    assert_eq!((chat.model.draft.as_str(), chat.model.ending()), ("", None));
}

#[test]
fn an_end_is_asked_for_confirmed_and_sent_once() {
    let mut chat = line();
    assert_eq!(chat.model.apply(1, 1, Input::EndNow), [], "nobody has asked");
    let mut press = |input, ending| {
        let effects = chat.model.apply(1, 1, input);
        assert_eq!(chat.model.ending(), Some(ending));
        effects
    };
    assert_eq!(press(Input::End, Ending::Confirm), []);
    assert_eq!(press(Input::Stay, Ending::No), []);
    assert_eq!(press(Input::End, Ending::Confirm), []);
    assert_eq!(press(Input::Escape, Ending::No), [], "the panel stays");
    assert_eq!(press(Input::End, Ending::Confirm), []);
    assert_eq!(press(Input::EndNow, Ending::Sending), [Effect::End]);
    assert_eq!(press(Input::EndNow, Ending::Sending), [], "a double click");
    assert_eq!(press(Input::Stay, Ending::Sending), [], "too late");
    assert_eq!(press(Input::Ended(Err(failed(None))), Ending::Failed), []);
    assert_eq!(press(Input::EndNow, Ending::Sending), [Effect::End]);
    let waits = RoomState { desk_open: true, handoff: waiting(place(2), false) };
    assert_eq!(press(Input::Ended(Ok(waits)), Ending::Sending), [], "the desk has not heard of it yet");
    let state = RoomState { desk_open: true, handoff: closed(CloseReason::EndedByVisitor) };
    chat.model.apply(Ms::from(DELAY), 1, Input::Ended(Ok(state)));
    assert_eq!(chat.model.ending(), None);
    assert_eq!(shown(&chat), (Mode::Chat, Human::Offered { again: false, unseen: false }), "they can ask again");
    chat.model.apply(2, 1, Input::Escape);
    assert!(!chat.model.open);
}

#[test]
fn an_end_is_offered_while_a_handoff_is_open_and_its_question_goes_with_it() {
    use CloseReason::{Abandoned, EndedByVisitor, Expired, Missed, Resolved};
    for (handoff, ending) in [
        (None, None),
        (waiting(None, false), Some(Ending::Confirm)),
        (Some(handoff(Stage::Active, None, false)), Some(Ending::Confirm)),
        (closed(Resolved), None),
        (closed(EndedByVisitor), None),
        (closed(Expired), None),
        (closed(Abandoned), None),
        (closed(Missed), None),
    ] {
        let mut chat = Chat::new(vec![]);
        chat.model.apply(1, 1, Input::End);
        assert_eq!(chat.model.ending(), None, "nothing to end yet");
        chat.state(true, waiting(place(1), false));
        chat.model.apply(1, 1, Input::End);
        chat.state(true, handoff.clone());
        assert_eq!(chat.model.ending(), ending, "{handoff:?}");
        chat.model.apply(2, 1, Input::Ended(Err(failed(None))));
        assert_eq!(chat.model.ending(), ending, "{handoff:?}: an answer to nothing");
        chat.state(true, waiting(place(1), false));
        assert_eq!(chat.model.ending(), Some(ending.unwrap_or(Ending::No)), "{handoff:?}: asked for again");
    }
}

#[test]
fn what_was_chosen_for_one_handoff_does_not_hold_for_the_next() {
    let mut chat = Chat::new(vec![]);
    chat.state(true, waiting(place(1), true));
    chat.model.apply(1, 1, Input::Swap);
    chat.model.apply(1, 1, Input::End);
    chat.model.apply(1, 1, Input::EndNow);
    assert_eq!((shown(&chat), chat.model.ending()), (FORM, Some(Ending::Sending)));
    // The end of the first was said while the link was down.
    let next = waiting(place(3), true).map(|handoff| HandoffView { id: HandoffId::random(2), ..handoff });
    chat.state(true, next);
    assert_eq!((shown(&chat), chat.model.ending()), (OFFERED, Some(Ending::No)));
}

#[test]
fn a_late_answer_never_goes_back_in_time() {
    let at = |asked: i64, epoch, stage| {
        let handoff = handoff(stage, (stage == Stage::Closed).then_some(CloseReason::EndedByVisitor), false);
        HandoffView { asked_at: Timestamp(asked), epoch: Epoch(epoch), id: HandoffId::random(asked as u128), ..handoff }
    };
    use Stage::{Active, Closed, Waiting};
    for (known, answer, taken) in [
        ((1, 1, Waiting), (1, 2, Active), true),
        ((1, 1, Waiting), (1, 1, Closed), true),
        ((1, 1, Closed), (1, 1, Waiting), false),
        ((1, 3, Waiting), (1, 2, Active), false),
        ((1, 3, Waiting), (1, 4, Closed), true),
        ((2, 1, Waiting), (1, 4, Closed), false),
        ((1, 4, Closed), (2, 1, Waiting), true),
    ] {
        let mut chat = Chat::new(vec![]);
        let [known, answer] = [known, answer].map(|(asked, epoch, stage)| Some(at(asked, epoch, stage)));
        chat.state(true, known.clone());
        chat.model.apply(1, 1, Input::Ended(Ok(RoomState { desk_open: true, handoff: answer.clone() })));
        assert_eq!(chat.model.room.handoff, if taken { answer } else { known });
    }
}

#[test]
fn every_event_has_words() {
    for event in Event::ALL {
        let agent = (*event == Event::Reopened).then(ada);
        let told = Message { kind: Kind::System, body: None, agent, event: Some(*event), ..message(1, Kind::System) };
        let words = text::event(&told).unwrap_or_default();
        assert!(words.len() > 10 && !words.contains('_'), "{event:?}: {words}");
    }
}
