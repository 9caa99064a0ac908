mod availability;
mod line;
mod thread;

use super::*;
use client::link::{Failure, Input as LinkInput};
use protocol::http::{BootReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{AgentRef, HandoffView, Receipts, RoomDown};
use protocol::{AgentId, CloseReason, Epoch, Event, HandoffId, Kind, Name, Stage, Timestamp, VisitorId};

const DELAY: u32 = 3_000;

fn key() -> WidgetKey {
    WidgetKey::random(1)
}

fn reply(conversation: u128) -> BootReply {
    BootReply {
        token: "t".into(),
        visitor: VisitorId::random(1),
        conversation: ConversationId::random(conversation),
        widget: WidgetLook { title: "Shop".into(), greeting: "Hi".into(), handoff_delay_ms: DELAY },
        files: FileSettings::default(),
    }
}

fn failed(code: Option<Code>) -> Failure {
    Failure { code, retry_after_ms: None }
}

fn ada() -> AgentRef {
    AgentRef { id: AgentId::random(1), name: Name::parse("Ada").unwrap() }
}

fn handoff(stage: Stage, reason: Option<CloseReason>, emailed: bool) -> HandoffView {
    let agent = (stage == Stage::Active || reason == Some(CloseReason::Resolved)).then(ada);
    HandoffView {
        id: HandoffId::random(1),
        stage,
        epoch: Epoch(1),
        asked_at: Timestamp(1),
        agent,
        reason,
        emailed,
        form_offered: false,
        place: None,
    }
}

fn message(seq: u32, kind: Kind) -> Message {
    let agent = (kind == Kind::Agent).then(ada);
    let event = (kind == Kind::System).then_some(Event::HandoffAsked);
    let body = Body::parse("x").ok().filter(|_| event.is_none());
    Message { seq: Seq(seq), kind, at: Timestamp(1), body, id: None, agent, event, file: None, of: None }
}

fn page() -> Page {
    Page { url: "https://shop.example/".into(), title: "Shop".into() }
}

/// The socket that was asked for.
fn socket(effects: &[Effect]) -> u32 {
    let connect = |effect: &Effect| match effect {
        Effect::Link(link::Effect::Connect { socket, .. }) => Some(*socket),
        _ => None,
    };
    effects.iter().find_map(connect).unwrap()
}

/// What an earlier page, or another tab, has stored.
fn saved() -> Saved {
    Saved { token: "old".into(), conversation: ConversationId::random(1), open: false, seen: Seq(2) }
}

fn request(id: u128, text: &str) -> SendRequest {
    SendRequest { id: ClientMsgId::random(id), body: Body::parse(text).unwrap() }
}

/// A widget that a visitor has opened, and that has found this.
fn opened(saved: Option<Saved>) -> Model {
    let mut model = Model::new(key(), 1);
    model.apply(0, 1, Input::Open);
    model.apply(0, 1, Input::Recalled(saved));
    model
}

/// A widget whose chat is open and whose socket has said welcome.
struct Chat {
    model: Model,
    socket: u32,
}

impl Chat {
    fn new(messages: Vec<Message>) -> Chat {
        let mut model = opened(None);
        let effects = model.apply(0, 2, Input::Booted(Ok(reply(1))));
        let mut chat = Chat { model, socket: socket(&effects) };
        chat.welcome(messages, true);
        chat
    }

    fn welcome(&mut self, messages: Vec<Message>, desk_open: bool) -> Vec<Effect> {
        let state = RoomState { desk_open, handoff: None };
        let (conversation, now) = (ConversationId::random(1), Timestamp(1));
        let from = Seq(messages.first().map_or(0, |first| first.seq.0 - 1));
        let receipts = Receipts::default();
        self.hear(0, RoomDown::Welcome { conversation, from, messages, more: false, state, receipts, now })
    }

    fn hear(&mut self, now: Ms, frame: RoomDown) -> Vec<Effect> {
        self.model.apply(now, 3, Input::Link(LinkInput::Heard { socket: self.socket, frame: Some(frame) }))
    }

    fn state(&mut self, desk_open: bool, handoff: Option<HandoffView>) -> Vec<Effect> {
        self.hear(0, RoomDown::State { state: RoomState { desk_open, handoff } })
    }

    fn write(&mut self, text: &str) -> Vec<Effect> {
        self.model.apply(1, 4, Input::Draft(text.into()));
        self.model.apply(1, 5, Input::Write)
    }
}

#[test]
fn nothing_is_asked_or_stored_before_the_chat_is_opened() {
    let mut model = Model::new(key(), 1);
    assert_eq!(model.next_deadline(), None);
    for input in [Input::Tick, Input::Visible(true), Input::Visible(false), Input::Wake, Input::Scrolled] {
        assert_eq!(model.apply(5, 1, input), []);
    }
    assert_eq!(model.apply(6, 1, Input::Close), [Effect::Recall], "an earlier visit goes on, closed");
    assert_eq!(model.apply(6, 1, Input::Recalled(None)), []);
    let effects = model.apply(9, 1, Input::Open);
    assert_eq!(effects, [Effect::Tell(Told::Opened), Effect::Recall], "nothing to store yet");
    let effects = model.apply(9, 1, Input::Recalled(None));
    assert!(
        matches!(&effects[..], [Effect::OpenStore { forget: true }, Effect::Boot(boot)] if boot.token.is_none()),
        "{effects:?}"
    );
}

#[test]
fn an_earlier_visit_goes_on_by_itself_and_what_was_not_sent_goes_first() {
    let mut model = Model::new(key(), 1);
    assert_eq!(model.apply(0, 1, Input::Resume), [Effect::Recall]);
    let effects = model.apply(0, 1, Input::Recalled(Some(Saved { open: true, ..saved() })));
    assert!(model.open);
    assert!(
        matches!(&effects[..], [Effect::OpenStore { forget: false }, Effect::Boot(boot)] if boot.token.as_deref() == Some("old")),
        "{effects:?}"
    );
    // The answer to the boot comes first: nothing is sent before it is known what else there is.
    let effects = model.apply(0, 2, Input::Booted(Ok(reply(1))));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Link(link::Effect::Connect { .. }))), "{effects:?}");
    let effects = model.apply(1, 3, Input::Restored(vec![request(8, "kept")]));
    socket(&effects);
    assert_eq!(model.link.outbox().len(), 1);
}

#[test]
fn a_tab_that_was_loaded_before_another_opened_the_chat_goes_on_as_the_same_visitor() {
    let mut model = Model::new(key(), 1);
    model.apply(0, 1, Input::Open);
    let effects = model.apply(0, 1, Input::Recalled(Some(saved())));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Boot(boot) if boot.token.as_deref() == Some("old"))));
    assert!(model.open, "however the other tab left its panel");
}

#[test]
fn a_page_that_closes_the_chat_at_once_has_it_closed_and_awake() {
    let mut model = Model::new(key(), 1);
    model.apply(0, 1, Input::Close);
    let effects = model.apply(0, 1, Input::Recalled(Some(Saved { open: true, ..saved() })));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Boot(_))) && !model.open, "{effects:?}");
    assert_eq!(model.apply(0, 1, Input::Recalled(Some(saved()))), [], "once is enough");
}

#[test]
fn a_boot_waits_as_long_as_the_server_asks_for() {
    let mut model = opened(None);
    model.apply(0, 1, Input::Booted(Err(Failure { code: Some(Code::SlowDown), retry_after_ms: Some(30_000) })));
    assert_eq!(model.apply(1_000, 1, Input::Wake), []);
    assert_eq!(model.next_deadline(), Some(30_000));
    assert!(matches!(model.apply(30_000, 1, Input::Tick)[..], [Effect::Boot(_)]));
}

#[test]
fn what_a_hidden_page_shows_is_not_read() {
    let mut model = Model::new(key(), 1);
    model.apply(0, 1, Input::Visible(false));
    model.apply(0, 1, Input::Resume);
    model.apply(0, 1, Input::Recalled(Some(Saved { open: true, ..saved() })));
    model.apply(0, 2, Input::Booted(Ok(reply(1))));
    let mut chat = Chat { socket: 0, model };
    let effects = chat.model.apply(1, 3, Input::Restored(Vec::new()));
    chat.socket = socket(&effects);
    chat.welcome(vec![message(1, Kind::Agent), message(2, Kind::Agent), message(3, Kind::Agent)], true);
    assert_eq!(chat.model.unread(), 1);
}

#[test]
fn an_entry_that_cannot_be_read_starts_nothing() {
    let mut model = Model::new(key(), 1);
    model.apply(0, 1, Input::Resume);
    assert_eq!(model.apply(0, 1, Input::Recalled(None)), []);
    assert_eq!(model.session, Session::Asleep);
}

#[test]
fn storage_that_says_nothing_holds_up_nobody_who_is_new() {
    let mut model = opened(None);
    socket(&model.apply(0, 2, Input::Booted(Ok(reply(1)))));
}

#[test]
fn a_boot_without_an_answer_is_tried_again_and_a_refused_one_is_not() {
    for (code, again) in [
        (None, true),
        (Some(Code::Unavailable), true),
        (Some(Code::SlowDown), true),
        (Some(Code::UnknownKey), false),
        (Some(Code::OriginNotAllowed), false),
    ] {
        let mut model = opened(None);
        let effects = model.apply(0, 1, Input::Booted(Err(failed(code))));
        assert_eq!(model.next_deadline(), again.then_some(1_000), "{code:?}");
        assert_eq!(effects.iter().any(|effect| matches!(effect, Effect::Tell(Told::Trouble(_)))), !again, "{code:?}");
        assert_eq!(model.trouble_with_link(), again.then_some(false), "{code:?}");
        assert_eq!(model.mode(), Mode::Blank, "{code:?}");
        if again {
            let booted = |effects: Vec<Effect>| effects.iter().any(|effect| matches!(effect, Effect::Boot(_)));
            assert!(booted(model.apply(1_000, 1, Input::Tick)), "{code:?}");
            model.apply(1_000, 1, Input::Booted(Err(failed(code))));
            assert_eq!(model.next_deadline(), Some(3_000), "{code:?}: the pause doubles");
            assert!(booted(model.apply(1_100, 1, Input::Wake)), "{code:?}: the network may be back");
        }
    }
}

#[test]
fn talk_to_a_human_appears_after_its_delay_or_with_the_first_message() {
    let mut chat = Chat::new(vec![]);
    assert_eq!(chat.model.human(), Human::Hidden);
    chat.model.apply(Ms::from(DELAY) - 1, 1, Input::Tick);
    assert_eq!(chat.model.human(), Human::Hidden);
    assert_eq!(chat.model.next_deadline(), Some(Ms::from(DELAY)));
    chat.model.apply(Ms::from(DELAY), 1, Input::Tick);
    assert_eq!(chat.model.human(), Human::Offered { again: false, unseen: false });
    let mut chat = Chat::new(vec![]);
    chat.write("Hello?");
    assert_eq!(chat.model.human(), Human::Offered { again: false, unseen: true });
}

#[test]
fn asking_is_done_once_and_can_be_tried_again() {
    let mut chat = Chat::new(vec![]);
    chat.write("Hello?");
    assert!(matches!(&chat.model.apply(2, 1, Input::Ask(page()))[..], [Effect::Ask(_)]));
    assert_eq!(chat.model.human(), Human::Asking);
    assert_eq!(chat.model.apply(2, 1, Input::Ask(page())), [], "a double click");
    chat.model.apply(3, 1, Input::Asked(Err(failed(None))));
    assert!(chat.model.ask_failed);
    assert!(matches!(chat.model.human(), Human::Offered { .. }));
    chat.model.apply(4, 1, Input::Ask(page()));
    let state = RoomState { desk_open: true, handoff: Some(handoff(Stage::Waiting, None, false)) };
    chat.model.apply(5, 1, Input::Asked(Ok(state)));
    assert_eq!((chat.model.human(), chat.model.ask_failed), (Human::Hidden, false));
}

#[test]
fn a_late_answer_does_not_undo_what_the_socket_told() {
    let mut chat = Chat::new(vec![]);
    chat.model.apply(2, 1, Input::Ask(page()));
    chat.state(true, Some(handoff(Stage::Active, None, false)));
    let old = RoomState { desk_open: true, handoff: Some(handoff(Stage::Waiting, None, false)) };
    chat.model.apply(5, 1, Input::Asked(Ok(old)));
    assert_eq!(chat.model.room.handoff.as_ref().map(|handoff| handoff.stage), Some(Stage::Active));
}

#[test]
fn the_form_says_what_is_wrong_and_sends_nothing_then() {
    let long = "x".repeat(4_001);
    for (email, name, message, wrong) in [
        ("", "", "Hi", [true, false, false]),
        ("ann", "", "", [true, false, true]),
        ("ann@shop.example", &long, "Hi", [false, true, false]),
        ("ann@shop.example", "Ann", &long, [false, false, true]),
        (" ann@shop.example ", "  ", " Hi ", [false, false, false]),
    ] {
        let mut chat = Chat::new(vec![]);
        chat.model.apply(1, 1, Input::Draft(message.into()));
        let effects = chat.model.apply(2, 2, Input::Leave { email: email.into(), name: name.into(), page: page() });
        let FormErrors { email, name, message, .. } = chat.model.form.errors;
        assert_eq!([email.is_some(), name.is_some(), message.is_some()], wrong);
        assert_eq!(effects.len(), usize::from(wrong == [false; 3]));
    }
}

#[test]
fn a_form_that_did_not_get_through_keeps_its_id_until_the_text_changes() {
    let mut chat = Chat::new(vec![]);
    let mut leave = |text: Option<&str>, seed| {
        if let Some(text) = text {
            chat.model.apply(1, 1, Input::Draft(text.into()));
        }
        let form = Input::Leave { email: "a@b.co".into(), name: String::new(), page: page() };
        let effects = chat.model.apply(2, seed, form);
        chat.model.apply(3, 1, Input::Left(Err(failed(None))));
        assert!(chat.model.form.errors.whole.is_some() && !chat.model.form.sending);
        match effects.into_iter().next() {
            Some(Effect::Leave(form)) => form.id,
            other => panic!("{other:?}"),
        }
    };
    let first = leave(Some("Hi"), 10);
    assert_eq!(leave(None, 11), first);
    assert_ne!(leave(Some("Hi!"), 12), first);
}

#[test]
fn the_draft_outlives_the_switch_from_form_to_chat() {
    let mut chat = Chat::new(vec![]);
    chat.state(false, Some(handoff(Stage::Closed, Some(CloseReason::Missed), false)));
    chat.model.apply(1, 1, Input::Draft("Are you".into()));
    chat.state(true, Some(handoff(Stage::Closed, Some(CloseReason::Missed), false)));
    assert_eq!((chat.model.mode(), chat.model.draft.as_str()), (Mode::Chat, "Are you"));
}

#[test]
fn unread_counts_the_agents_messages_while_nobody_looks() {
    let mut chat = Chat::new(vec![message(1, Kind::Agent)]);
    assert_eq!(chat.model.unread(), 0);
    chat.model.apply(1, 1, Input::Close);
    for (seq, kind, unread) in [(2, Kind::Agent, 1), (3, Kind::System, 1), (4, Kind::Agent, 2)] {
        let effects = chat.hear(2, RoomDown::Message { message: message(seq, kind) });
        let told = effects.iter().any(|effect| matches!(effect, Effect::Tell(Told::Message(_))));
        assert_eq!((chat.model.unread(), told), (unread, kind == Kind::Agent), "message {seq}");
    }
    let effects = chat.model.apply(3, 1, Input::Open);
    assert_eq!(chat.model.unread(), 0);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Store(saved) if saved.seen == Seq(4) && saved.open)));
}

#[test]
fn what_is_written_is_kept_until_it_is_sent() {
    let mut chat = Chat::new(vec![]);
    let effects = chat.write("  Hello  ");
    assert_eq!(chat.model.draft, "");
    let kept =
        |effect: &Effect| matches!(effect, Effect::Link(link::Effect::Keep(kept)) if kept.body.as_str() == "Hello");
    assert!(effects.iter().any(kept), "{effects:?}");
    for text in ["", "   ", &"x".repeat(4_001)] {
        assert_eq!(chat.write(text).iter().filter(|effect| kept(effect)).count(), 0);
        assert_eq!(chat.model.draft, text, "what cannot be sent stays");
    }
}
