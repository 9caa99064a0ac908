//! The JSON of all that outlives a deploy: an open tab of last week and a server of today still understand each
//! other. A line changed here is a break of the wire; a new optional field is not.
//!
//! `~` stands for the 20 characters of an id.
#![allow(clippy::unwrap_used)]

use protocol::desk::{AgentCard, DeskDown, DeskUp, LastMessage, Note, Offer, Page, QueueRow};
use protocol::file::{File, FileSettings};
use protocol::http::*;
use protocol::lean::{self, Lean};
use protocol::problem::{Code, Problem};
use protocol::room::{AgentRef, HandoffView, Message, Place, Receipt, Receipts, RoomDown, RoomState, RoomUp, Since};
use protocol::routing::{Considered, ConversationSettings, Decision, DecisionsReply, Routing, TransferRequest};
use protocol::team::*;
use protocol::*;
use serde::{Serialize, de::DeserializeOwned};

const ID: &str = "0123456789abcdefghjk";

fn full(pinned: &str) -> String {
    pinned.replace('~', ID)
}

/// An id of the type asked for.
fn id<T: TryFrom<String, Error = NotAnId>>(prefix: &str) -> T {
    T::try_from(format!("{prefix}_{ID}")).unwrap()
}

fn text<T: TryFrom<String, Error = BadText>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap()
}

/// serde writes exactly this, reads it, and writes it again: nothing was lost on the way.
fn by_serde<T: Serialize + DeserializeOwned>(value: T, pinned: &str) {
    let json = full(pinned);
    assert_eq!(serde_json::to_string(&value).unwrap(), json, "serde writes");
    let read: T = serde_json::from_str(&json).unwrap_or_else(|e| panic!("serde reads {json}: {e}"));
    assert_eq!(serde_json::to_string(&read).unwrap(), json, "serde reads what it wrote");
}

/// As [`by_serde`], and the same bytes the lean way.
fn by_both<T: Serialize + DeserializeOwned + Lean>(value: T, pinned: &str) {
    let json = full(pinned);
    assert_eq!(lean::write(&value), json, "lean writes");
    let read: T = lean::read(&json).unwrap_or_else(|| panic!("lean reads {json}"));
    assert_eq!(lean::write(&read), json, "lean reads what it wrote");
    by_serde(value, pinned);
}

fn agent() -> AgentRef {
    AgentRef { id: id("ag"), name: text("Ada Lovelace") }
}

fn page() -> Page {
    Page { url: "https://shop.example/?q=\"1\"".into(), title: "Lamps\n& more".into() }
}

fn written() -> Message {
    let (seq, at) = (Seq(7), Timestamp(1_790_000_000_123));
    Message {
        seq,
        kind: Kind::Visitor,
        at,
        body: Some(text("Hi é\u{1}")),
        id: Some(id("cm")),
        agent: None,
        event: None,
        file: None,
        of: None,
    }
}

fn file() -> File {
    File { id: id("fi"), name: text("plan é.pdf"), kind: FileKind::Pdf, bytes: 1200 }
}

const FILE: &str = r#"{"id":"fi_~","name":"plan é.pdf","kind":"pdf","bytes":1200}"#;

const RECEIPTS: Receipts = Receipts {
    visitor: Receipt { delivered: Seq(7), read: Seq(5) },
    agent: Receipt { delivered: Seq(0), read: Seq(0) },
};

const RECEIPTS_JSON: &str = r#"{"visitor":{"delivered":7,"read":5},"agent":{"delivered":0,"read":0}}"#;

const WRITTEN: &str = r#"{"seq":7,"kind":"visitor","at":1790000000123,"body":"Hi é\u0001","id":"cm_~"}"#;

fn handoff() -> HandoffView {
    HandoffView {
        id: id("ho"),
        stage: Stage::Closed,
        epoch: Epoch(3),
        asked_at: Timestamp(1),
        agent: Some(agent()),
        reason: Some(CloseReason::Resolved),
        emailed: false,
        form_offered: false,
        place: None,
    }
}

const STATE: &str = r#"{"desk_open":true,"handoff":{"id":"ho_~","stage":"closed","epoch":3,"asked_at":1,"agent":{"id":"ag_~","name":"Ada Lovelace"},"reason":"resolved","emailed":false,"form_offered":false}}"#;

#[test]
fn messages_and_states() {
    by_both(written(), WRITTEN);
    let told = Message {
        body: None,
        id: None,
        kind: Kind::System,
        agent: Some(agent()),
        event: Some(Event::AgentJoined),
        ..written()
    };
    by_both(
        told,
        r#"{"seq":7,"kind":"system","at":1790000000123,"agent":{"id":"ag_~","name":"Ada Lovelace"},"event":"agent_joined"}"#,
    );
    let sent = Message { body: None, file: Some(file()), ..written() };
    let sent_json = WRITTEN.replace(r#""body":"Hi é\u0001","id":"cm_~""#, &format!(r#""id":"cm_~","file":{FILE}"#));
    by_both(sent.clone(), &sent_json);
    assert!(!sent.is_redacted() && !written().is_redacted());
    let mut redacted = written();
    redacted.redact();
    assert!(redacted.is_redacted());
    by_both(redacted, r#"{"seq":7,"kind":"visitor","at":1790000000123,"id":"cm_~"}"#);
    let event = Message {
        body: None,
        id: None,
        kind: Kind::System,
        agent: Some(agent()),
        event: Some(Event::Redacted),
        of: Some(Seq(3)),
        ..written()
    };
    by_both(
        event,
        r#"{"seq":7,"kind":"system","at":1790000000123,"agent":{"id":"ag_~","name":"Ada Lovelace"},"event":"redacted","of":3}"#,
    );
    by_both(RoomState { desk_open: true, handoff: Some(handoff()) }, STATE);
    by_both(RoomState { desk_open: false, handoff: None }, r#"{"desk_open":false}"#);
    let fresh = HandoffView { stage: Stage::Waiting, agent: None, reason: None, emailed: true, ..handoff() };
    let fresh_json = r#"{"id":"ho_~","stage":"waiting","epoch":3,"asked_at":1,"emailed":true,"form_offered":false}"#;
    by_both(fresh.clone(), fresh_json);
    let place = Place { ahead: 2, from_min: Some(0), to_min: Some(5) };
    let standing = HandoffView { form_offered: true, place: Some(place), ..fresh };
    let place_json = r#""form_offered":true,"place":{"ahead":2,"from_min":0,"to_min":5}"#;
    by_both(standing, &fresh_json.replace(r#""form_offered":false"#, place_json));
    by_both(Place { ahead: 50, from_min: None, to_min: None }, r#"{"ahead":50}"#);
}

#[test]
fn frames_to_the_room() {
    by_both(RoomUp::Send { id: id("cm"), body: text(" Hello ") }, r#"{"t":"send","id":"cm_~","body":"Hello"}"#);
    by_both(RoomUp::Typing { on: true }, r#"{"t":"typing","on":true}"#);
    by_both(RoomUp::Receipt { delivered: Seq(7), read: Seq(5) }, r#"{"t":"receipt","delivered":7,"read":5}"#);
}

#[test]
fn frames_from_the_room() {
    let state = || RoomState { desk_open: true, handoff: Some(handoff()) };
    let welcome = RoomDown::Welcome {
        conversation: id("cv"),
        from: Seq(6),
        messages: vec![written()],
        more: false,
        state: state(),
        receipts: RECEIPTS,
        now: Timestamp(1_790_000_000_456),
    };
    let pinned = format!(
        r#"{{"t":"welcome","conversation":"cv_~","from":6,"messages":[{WRITTEN}],"more":false,"state":{STATE},"receipts":{RECEIPTS_JSON},"now":1790000000456}}"#
    );
    by_both(welcome, &pinned);
    by_both(RoomDown::Message { message: written() }, &format!(r#"{{"t":"message","message":{WRITTEN}}}"#));
    by_both(RoomDown::Ack { id: id("cm"), seq: Seq(7), at: Timestamp(5) }, r#"{"t":"ack","id":"cm_~","seq":7,"at":5}"#);
    by_both(RoomDown::State { state: state() }, &format!(r#"{{"t":"state","state":{STATE}}}"#));
    by_both(RoomDown::Receipts { receipts: RECEIPTS }, &format!(r#"{{"t":"receipts","receipts":{RECEIPTS_JSON}}}"#));
    by_both(RoomDown::Typing { party: Party::Agent, on: false }, r#"{"t":"typing","party":"agent","on":false}"#);
    let error = RoomDown::Error { code: Code::SlowDown, id: Some(id("cm")), retry_after_ms: Some(900) };
    by_both(error, r#"{"t":"error","code":"slow_down","id":"cm_~","retry_after_ms":900}"#);
    by_both(
        RoomDown::Error { code: Code::UnknownFrame, id: None, retry_after_ms: None },
        r#"{"t":"error","code":"unknown_frame"}"#,
    );
    by_both(
        EventsReply { frames: vec![RoomDown::Typing { party: Party::Visitor, on: true }], rev: 9 },
        r#"{"frames":[{"t":"typing","party":"visitor","on":true}],"rev":9}"#,
    );
}

#[test]
fn bodies_of_the_widget() {
    by_both(BootRequest { key: id("pk"), token: None }, r#"{"key":"pk_~"}"#);
    by_both(BootRequest { key: id("pk"), token: Some("a.b".into()) }, r#"{"key":"pk_~","token":"a.b"}"#);
    let widget = WidgetLook { title: "Lumen".into(), greeting: "Hi!".into(), handoff_delay_ms: 3000 };
    by_both(
        BootReply {
            token: "a.b".into(),
            visitor: id("vi"),
            conversation: id("cv"),
            widget,
            files: FileSettings { images: true, documents: false, max_kb: 1 },
        },
        r#"{"token":"a.b","visitor":"vi_~","conversation":"cv_~","widget":{"title":"Lumen","greeting":"Hi!","handoff_delay_ms":3000},"files":{"images":true,"documents":false,"max_kb":1}}"#,
    );
    by_both(AskRequest { page: page() }, r#"{"page":{"url":"https://shop.example/?q=\"1\"","title":"Lamps\n& more"}}"#);
    let form = |name| AfterHoursRequest {
        email: text("ann@shop.example"),
        name,
        message: text("Call me"),
        id: id("cm"),
        page: Page::default(),
    };
    by_both(form(None), r#"{"email":"ann@shop.example","message":"Call me","id":"cm_~","page":{"url":"","title":""}}"#);
    by_both(
        form(Some(text("Ann"))),
        r#"{"email":"ann@shop.example","name":"Ann","message":"Call me","id":"cm_~","page":{"url":"","title":""}}"#,
    );
    by_both(SendRequest { id: id("cm"), body: text("Hi") }, r#"{"id":"cm_~","body":"Hi"}"#);
    by_both(Ack { id: id("cm"), seq: Seq(4294967295), at: Timestamp(-1) }, r#"{"id":"cm_~","seq":4294967295,"at":-1}"#);
    by_both(TypingRequest { on: false }, r#"{"on":false}"#);
    by_both(Receipt { delivered: Seq(7), read: Seq(5) }, r#"{"delivered":7,"read":5}"#);
    by_both(MessagesReply { messages: vec![written()] }, &format!(r#"{{"messages":[{WRITTEN}]}}"#));
    by_serde(Since::After(Seq(5)), r#"{"after":5}"#);
    by_serde(Since::Latest(50), r#"{"latest":50}"#);
}

#[test]
fn problems_and_their_codes() {
    by_both(
        Problem::from(Code::NotFound),
        r#"{"code":"not_found","title":"There is no such thing here.","status":404}"#,
    );
    let taken = Problem { by: Some(agent()), at: Some(Timestamp(9)), retry_after_ms: Some(1), ..Code::Taken.into() };
    by_both(
        taken,
        r#"{"code":"taken","title":"Another agent has this conversation.","status":409,"by":{"id":"ag_~","name":"Ada Lovelace"},"at":9,"retry_after_ms":1}"#,
    );
    for &code in Code::ALL {
        by_both(code, &format!("\"{}\"", code.as_str()));
        assert!((400..=599).contains(&code.status()), "{code:?}");
    }
}

/// Every closed set of words is spelled as its `as_str`, in serde and lean alike.
#[test]
fn words() {
    macro_rules! check {
        ($($set:ident),*) => {$(
            for &word in $set::ALL { by_both(word, &format!("\"{}\"", word.as_str())); }
        )*};
    }
    check!(Role, Intent, Reachability, Cause, Oddity, Deed, Status, Stage, CloseReason, Kind, Event, FileKind, Party);
    check!(Priority, RoutingMode, Delivery, WhenDeclined, Requeue, Act, Why);
}

fn row() -> QueueRow {
    QueueRow::waiting(id("ho"), id("cv"), Timestamp(5), Page::default())
}

const ROW: &str = r#"{"handoff":"ho_~","conversation":"cv_~","stage":"waiting","epoch":0,"asked_at":5,"page":{"url":"","title":""},"returned":false,"priority":"normal","told":0}"#;

fn card() -> AgentCard {
    AgentCard {
        id: id("ag"),
        name: text("Ada"),
        role: Role::SupportStaff,
        intent: Intent::Available,
        reachability: Reachability::Connected,
        status: Status::Busy,
        load: 2,
        capacity: 5,
        departments: vec![id("dp")],
        since: Timestamp(3),
        seen_at: None,
    }
}

const CARD: &str = r#"{"id":"ag_~","name":"Ada","role":"support_staff","intent":"available","reachability":"connected","status":"busy","load":2,"capacity":5,"departments":["dp_~"],"since":3}"#;

fn department() -> DepartmentCard {
    DepartmentCard { id: id("dp"), name: text("Sales"), covered: true, late: false }
}

const DEPARTMENT: &str = r#"{"id":"dp_~","name":"Sales","covered":true,"late":false}"#;

const SETTINGS: PresenceSettings =
    PresenceSettings { stale_after_ms: 45_000, grace_ms: 10_000, idle_after_ms: 300_000 };

const SETTINGS_JSON: &str = r#"{"stale_after_ms":45000,"grace_ms":10000,"idle_after_ms":300000}"#;

#[test]
fn frames_of_the_desk() {
    by_serde(row(), ROW);
    by_serde(card(), CARD);
    let full_row = QueueRow {
        visitor_name: Some(text("Ann")),
        email: Some(text("a@b.co")),
        last: Some(LastMessage { kind: Kind::Visitor, text: "Hi".into(), at: Timestamp(6) }),
        agent: Some(agent()),
        picked_at: Some(Timestamp(7)),
        closed_at: Some(Timestamp(8)),
        reason: Some(CloseReason::EndedByVisitor),
        returned: true,
        department: Some(id("dp")),
        priority: Priority::Vip,
        queued_at: Some(Timestamp(9)),
        told: Epoch(1),
        offer: Some(Offer { agent: agent(), at: Timestamp(10), until: Timestamp(11) }),
        declined: vec![id("ag")],
        ring_at: Some(Timestamp(12)),
        earlier: Some(id("ag")),
        place: Some(Place { ahead: 1, from_min: None, to_min: None }),
        form_offered: true,
        expires_at: Some(Timestamp(13)),
        note: Some(Note { by: agent(), at: Timestamp(14), text: text("Mind the cat") }),
        ..row()
    };
    by_serde(
        DeskDown::Row { row: full_row },
        r#"{"t":"row","row":{"handoff":"ho_~","conversation":"cv_~","stage":"waiting","epoch":0,"asked_at":5,"page":{"url":"","title":""},"visitor_name":"Ann","email":"a@b.co","last":{"kind":"visitor","text":"Hi","at":6},"agent":{"id":"ag_~","name":"Ada Lovelace"},"picked_at":7,"closed_at":8,"reason":"ended_by_visitor","returned":true,"department":"dp_~","priority":"vip","queued_at":9,"told":1,"offer":{"agent":{"id":"ag_~","name":"Ada Lovelace"},"at":10,"until":11},"declined":["ag_~"],"ring_at":12,"earlier":"ag_~","place":{"ahead":1},"form_offered":true,"expires_at":13,"note":{"by":{"id":"ag_~","name":"Ada Lovelace"},"at":14,"text":"Mind the cat"}}}"#,
    );
    let welcome = DeskDown::Welcome {
        me: id("ag"),
        agents: vec![card()],
        departments: vec![department()],
        settings: SETTINGS,
        queue: vec![row()],
        now: Timestamp(9),
    };
    by_serde(
        welcome,
        &format!(
            r#"{{"t":"welcome","me":"ag_~","agents":[{CARD}],"departments":[{DEPARTMENT}],"settings":{SETTINGS_JSON},"queue":[{ROW}],"now":9}}"#
        ),
    );
    by_serde(DeskDown::AgentGone { agent: id("ag") }, r#"{"t":"agent_gone","agent":"ag_~"}"#);
    by_serde(
        DeskDown::Department { department: department() },
        &format!(r#"{{"t":"department","department":{DEPARTMENT}}}"#),
    );
    by_serde(DeskDown::Settings { settings: SETTINGS }, &format!(r#"{{"t":"settings","settings":{SETTINGS_JSON}}}"#));
    by_serde(DeskUp::Idle { on: true }, r#"{"t":"idle","on":true}"#);
    assert_eq!(DeskUp::TAGS, ["idle"]);
    let gone = AgentCard { reachability: Reachability::Grace, seen_at: Some(Timestamp(4)), ..card() };
    let gone_json = CARD.replace("connected", "grace").replace(r#""since":3"#, r#""since":3,"seen_at":4"#);
    by_serde(gone, &gone_json);
    by_serde(DeskDown::Agent { agent: card() }, &format!(r#"{{"t":"agent","agent":{CARD}}}"#));
    by_serde(DeskDown::Error { code: Code::Forbidden }, r#"{"t":"error","code":"forbidden"}"#);
}

#[test]
fn bodies_of_agents() {
    let sign_in = SignInRequest { email: "ada@lumen.example".into(), password: "correct horse".into() };
    by_serde(sign_in, r#"{"email":"ada@lumen.example","password":"correct horse"}"#);
    by_serde(
        Me {
            id: id("ag"),
            name: text("Ada"),
            email: text("a@b.co"),
            role: Role::ClientAdmin,
            tenant: id("tn"),
            tenant_name: text("Lumen"),
        },
        r#"{"id":"ag_~","name":"Ada","email":"a@b.co","role":"client_admin","tenant":"tn_~","tenant_name":"Lumen"}"#,
    );
    by_serde(IntentRequest { intent: Intent::DoNotDisturb }, r#"{"intent":"do_not_disturb"}"#);
    by_serde(HandoffCommand { epoch: Epoch(4) }, r#"{"epoch":4}"#);
    by_serde(RedactRequest { seq: Seq(3) }, r#"{"seq":3}"#);
    by_serde(HistoryReply { items: vec![row()], cursor: None }, &format!(r#"{{"items":[{ROW}]}}"#));
    by_serde(HistoryReply { items: vec![], cursor: Some("c".into()) }, r#"{"items":[],"cursor":"c"}"#);
}

#[test]
fn bodies_about_presence() {
    by_serde(AgentsReply { items: vec![card()], cursor: None }, &format!(r#"{{"items":[{CARD}]}}"#));
    by_serde(AgentsReply { items: vec![], cursor: Some("c".into()) }, r#"{"items":[],"cursor":"c"}"#);
    let counts =
        Counts { agents: 9, online: 8, available: 1, busy: 2, away: 3, occupied: 4, offline: 5, load: 6, spare: 7 };
    let pinned =
        r#"{"agents":9,"online":8,"available":1,"busy":2,"away":3,"occupied":4,"offline":5,"load":6,"spare":7}"#;
    by_serde(counts, pinned);
    let odd = Odd { agent: id("ag"), why: Oddity::AvailableTooLong, since: Timestamp(1) };
    let of_department = DepartmentCounts { department: department(), counts };
    by_serde(
        PresenceReply { tenant: counts, departments: vec![of_department], odd: vec![odd], now: Timestamp(2) },
        &format!(
            r#"{{"tenant":{pinned},"departments":[{{"department":{DEPARTMENT},"counts":{pinned}}}],"odd":[{{"agent":"ag_~","why":"available_too_long","since":1}}],"now":2}}"#
        ),
    );
    by_serde(HeartbeatRequest { idle: true }, r#"{"idle":true}"#);
    assert!(!serde_json::from_str::<HeartbeatRequest>("{}").unwrap().idle);
    by_serde(
        HeartbeatReply { agent: card(), beat_every_ms: 15_000 },
        &format!(r#"{{"agent":{CARD},"beat_every_ms":15000}}"#),
    );
    let change = |by| PresenceChange {
        agent: id("ag"),
        at: Timestamp(1),
        reachability: Reachability::Idle,
        intent: Intent::Break,
        cause: Cause::Admin,
        by,
    };
    let bare = r#"{"agent":"ag_~","at":1,"reachability":"idle","intent":"break","cause":"admin"}"#;
    by_serde(change(None), bare);
    by_serde(change(Some(id("ag"))), &bare.replace("\"admin\"", "\"admin\",\"by\":\"ag_~\""));
    by_serde(
        PresenceHistoryReply { items: vec![change(None)], cursor: Some("c".into()) },
        &format!(r#"{{"items":[{bare}],"cursor":"c"}}"#),
    );
    let day = PresenceDay { agent: id("ag"), day: Timestamp(1), online_s: 3, available_s: 2 };
    by_serde(
        PresenceReport { items: vec![day] },
        r#"{"items":[{"agent":"ag_~","day":1,"online_s":3,"available_s":2}]}"#,
    );
    by_serde(Availability { open: true }, r#"{"open":true}"#);
}

#[test]
fn bodies_about_sign_ins() {
    let view = |country: Option<&str>, seen_at| SignInView {
        id: id("si"),
        browser: "Firefox".into(),
        country: country.map(Into::into),
        began_at: Timestamp(1),
        expires_at: Timestamp(2),
        seen_at,
        leases: 3,
        current: true,
    };
    by_serde(
        SignInsReply { items: vec![view(None, None), view(Some("DE"), Some(Timestamp(4)))] },
        r#"{"items":[{"id":"si_~","browser":"Firefox","began_at":1,"expires_at":2,"leases":3,"current":true},{"id":"si_~","browser":"Firefox","country":"DE","began_at":1,"expires_at":2,"seen_at":4,"leases":3,"current":true}]}"#,
    );
    by_serde(
        TokenReply { token: "bk_x".into(), sign_in: id("si"), expires_at: Timestamp(2) },
        r#"{"token":"bk_x","sign_in":"si_~","expires_at":2}"#,
    );
    by_serde(ChangePassword { old: "a".into(), new: "b".into() }, r#"{"old":"a","new":"b"}"#);
}

#[test]
fn bodies_about_the_team() {
    by_serde(SETTINGS, SETTINGS_JSON);
    by_serde(PresenceSettingsChange::default(), "{}");
    by_serde(PresenceSettingsChange { grace_ms: Some(0), ..Default::default() }, r#"{"grace_ms":0}"#);
    let add = |capacity, departments| AddAgent {
        email: text("a@b.co"),
        name: text("Ada"),
        role: Role::ClientAdmin,
        password: "12345678".into(),
        capacity,
        departments,
    };
    let bare = r#"{"email":"a@b.co","name":"Ada","role":"client_admin","password":"12345678"}"#;
    by_serde(add(None, None), bare);
    let full = bare.replace('}', r#","capacity":3,"departments":["dp_~"]}"#);
    by_serde(add(Some(3), Some(vec![id("dp")])), &full);
    by_serde(ChangeAgent::default(), "{}");
    by_serde(
        ChangeAgent { active: Some(false), capacity: Some(1), ..Default::default() },
        r#"{"capacity":1,"active":false}"#,
    );
    let details = AgentDetails {
        id: id("ag"),
        email: text("a@b.co"),
        name: text("Ada"),
        role: Role::SupportStaff,
        capacity: 5,
        departments: vec![id("dp")],
        active: true,
    };
    by_serde(
        TeamReply { items: vec![details], cursor: None },
        r#"{"items":[{"id":"ag_~","email":"a@b.co","name":"Ada","role":"support_staff","capacity":5,"departments":["dp_~"],"active":true}]}"#,
    );
    by_serde(AddDepartment { name: text("Sales") }, r#"{"name":"Sales"}"#);
    let entry = AuditEntry {
        at: Timestamp(1),
        by: id("ag"),
        deed: Deed::SetIntent,
        subject: "ag_x".into(),
        detail: "away".into(),
    };
    by_serde(
        AuditReply { items: vec![entry], cursor: None },
        r#"{"items":[{"at":1,"by":"ag_~","deed":"set_intent","subject":"ag_x","detail":"away"}]}"#,
    );
}

#[test]
fn bodies_for_operators() {
    let vitals = |alarm_at| DeskVitals {
        alarm_at,
        leases: 1,
        handoffs: 2,
        unpublished: 3,
        awake_since: Timestamp(4),
        alarms: 5,
        beats: 6,
        beats_refused: 7,
        frames_refused: 8,
        tally: Tally { expired: 1, returned: 2, ..Tally::default() },
    };
    let bare = r#"{"leases":1,"handoffs":2,"unpublished":3,"awake_since":4,"alarms":5,"beats":6,"beats_refused":7,"frames_refused":8,"tally":{"expired":1,"abandoned":0,"lapsed":0,"returned":2,"repaired":0}}"#;
    by_serde(vitals(None), bare);
    by_serde(vitals(Some(Timestamp(9))), &bare.replacen('{', r#"{"alarm_at":9,"#, 1));
    let room = RoomVitals {
        last_seq: Seq(9),
        projected: Seq(7),
        behind_ms: 400,
        sockets: 2,
        polls: 1,
        awake_since: Timestamp(4),
    };
    by_serde(room, r#"{"last_seq":9,"projected":7,"behind_ms":400,"sockets":2,"polls":1,"awake_since":4}"#);
    let job = JobView { name: "tick".into(), ran_at: Timestamp(1), done: 2, failed: 0 };
    by_serde(JobsReply { items: vec![job] }, r#"{"items":[{"name":"tick","ran_at":1,"done":2,"failed":0}]}"#);
}

#[test]
fn bodies_of_the_platform() {
    let someone = NewAgent {
        email: text("a@b.co"),
        name: text("Ada"),
        role: Role::PlatformAdmin,
        password: "12345678".into(),
        capacity: Some(3),
    };
    let tenant = NewTenant {
        name: text("Lumen"),
        handle: text("lumen"),
        department: text("Support"),
        agents: vec![someone],
        origins: vec!["https://shop.example".into()],
        look: Some(WidgetLook { title: "T".into(), greeting: "G".into(), handoff_delay_ms: 0 }),
        key: Some(id("pk")),
        routing: Routing { mode: RoutingMode::RoundRobin, fallback: Some(id("dp")), ..Routing::default() },
        conversations: ConversationSettings::default(),
    };
    by_serde(
        tenant,
        r#"{"name":"Lumen","handle":"lumen","department":"Support","agents":[{"email":"a@b.co","name":"Ada","role":"platform_admin","password":"12345678","capacity":3}],"origins":["https://shop.example"],"look":{"title":"T","greeting":"G","handoff_delay_ms":0},"key":"pk_~","routing":{"mode":"round_robin","delivery":"offer","offer_ms":30000,"sticky":true,"fallback":"dp_~","when_declined":"ring_again","form_after_ms":300000,"alert_after_ms":120000},"conversations":{"website":{"expire_after_ms":79200000,"warn_before_ms":600000,"close_idle_after_ms":0},"files":{"images":true,"documents":true,"max_kb":10240}}}"#,
    );
    by_serde(
        TenantCreated {
            tenant: id("tn"),
            widget: id("wg"),
            key: id("pk"),
            department: id("dp"),
            agents: vec![id("ag")],
        },
        r#"{"tenant":"tn_~","widget":"wg_~","key":"pk_~","department":"dp_~","agents":["ag_~"]}"#,
    );
    by_serde(Health { now: Timestamp(1) }, r#"{"now":1}"#);
}

fn refused<T: DeserializeOwned + Lean>(shapes: &[&str]) {
    for shape in shapes.iter().map(|shape| full(shape)) {
        assert!(serde_json::from_str::<T>(&shape).is_err(), "serde took {shape}");
        assert!(lean::read::<T>(&shape).is_none(), "lean took {shape}");
    }
}

#[test]
fn bad_shapes_are_refused_by_both() {
    refused::<RoomUp>(&[
        "",
        "null",
        "{}",
        "[]",
        r#""send""#,
        r#"{"t":"send"}"#,
        r#"{"t":"shout","id":"cm_~","body":"x"}"#,
        r#"{"t":null,"on":true}"#,
        r#"{"t":"typing","on":1}"#,
        r#"{"t":"typing","on":null}"#,
        r#"{"t":"typing","on":true}x"#,
        r#"{"t":"send","id":"cv_~","body":"x"}"#,
        r#"{"t":"send","id":"cm_~","body":"  "}"#,
        r#"{"t":"send","id":"cm_~","body":7}"#,
        r#"{"t":"send","id":"cm_~~","body":"x"}"#,
        r#"{"t":"receipt","delivered":7}"#,
        r#"{"t":"receipt","delivered":-1,"read":-1}"#,
        r#"{"t":"receipt","delivered":4294967296,"read":1}"#,
        r#"{"t":"receipt","delivered":"7","read":1}"#,
    ]);
    refused::<File>(&[
        r#"{"id":"fi_~","name":"a.png","kind":"svg","bytes":1}"#,
        r#"{"id":"fi_~","name":" ","kind":"png","bytes":1}"#,
        r#"{"id":"fi_~","name":"a.png","kind":"png","bytes":-1}"#,
        r#"{"id":"../x","name":"a.png","kind":"png","bytes":1}"#,
    ]);
    refused::<RoomUp>(&[&format!(r#"{{"t":"send","id":"cm_~","body":"{}"}}"#, "x".repeat(4001))]);
    refused::<Ack>(&[
        r#"{"id":"cm_~","seq":-1,"at":1}"#,
        r#"{"id":"cm_~","seq":4294967296,"at":1}"#,
        r#"{"id":"cm_~","seq":1.0,"at":1}"#,
        r#"{"id":"cm_~","seq":"1","at":1}"#,
        r#"{"id":"cm_~","at":1}"#,
    ]);
    refused::<RoomDown>(&[
        r#"{"t":"message"}"#,
        r#"{"t":"state","state":{"desk_open":true,"handoff":{}}}"#,
        r#"{"t":"error","code":"no_such_code"}"#,
        r#"{"t":"typing","party":"ghost","on":true}"#,
    ]);
    refused::<AfterHoursRequest>(&[
        r#"{"email":"ann","message":"x","id":"cm_~","page":{"url":"","title":""}}"#,
        r#"{"email":"a@b.co","message":"x","id":"cm_~"}"#,
        r#"{"email":"a@b.co","name":"","message":"x","id":"cm_~","page":{"url":"","title":""}}"#,
    ]);
}

/// A newer side may say more than an older one knows.
#[test]
fn unknown_fields_and_null_options_are_taken_by_both() {
    let said_more = full(r#"{"t":"error","code":"slow_down","id":null,"why":{"deep":[1]}}"#);
    assert!(serde_json::from_str::<RoomDown>(&said_more).is_ok());
    assert!(lean::read::<RoomDown>(&said_more).is_some());
}

/// Kept in D1 since before there were files, and sent by dashboards that know nothing of them.
#[test]
fn settings_of_before_there_were_files_allow_them() {
    let old = r#"{"website":{"expire_after_ms":79200000,"warn_before_ms":600000,"close_idle_after_ms":0}}"#;
    assert_eq!(serde_json::from_str::<ConversationSettings>(old).unwrap(), ConversationSettings::default());
    let some: FileSettings = serde_json::from_str(r#"{"max_kb":5}"#).unwrap();
    assert_eq!(some, FileSettings { max_kb: 5, ..FileSettings::default() });
}

/// Kept in D1 for months.
#[test]
fn decisions() {
    let decision = Decision {
        handoff: id("ho"),
        at: Timestamp(1),
        act: Act::Offered,
        agent: Some(agent()),
        by: None,
        department: Some(id("dp")),
        mode: Some(RoutingMode::LeastLoaded),
        considered: vec![Considered {
            agent: agent(),
            why: Why::AtCapacity,
            status: Status::Busy,
            since: Timestamp(2),
            load: 5,
            capacity: 5,
        }],
        note: None,
    };
    let json = r#"{"handoff":"ho_~","at":1,"act":"offered","agent":{"id":"ag_~","name":"Ada Lovelace"},"department":"dp_~","mode":"least_loaded","considered":[{"agent":{"id":"ag_~","name":"Ada Lovelace"},"why":"at_capacity","status":"busy","since":2,"load":5,"capacity":5}]}"#;
    by_serde(decision.clone(), json);
    let reply = DecisionsReply { items: vec![decision], cursor: Some("9".into()) };
    by_serde(reply, &format!(r#"{{"items":[{json}],"cursor":"9"}}"#));
    let transfer = TransferRequest { epoch: Epoch(2), agent: None, department: Some(id("dp")), note: Some(text("Hi")) };
    by_serde(transfer, r#"{"epoch":2,"department":"dp_~","note":"Hi"}"#);
}
