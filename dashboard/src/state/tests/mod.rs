mod desk;
mod room;
mod team;

use super::history::Load;
use super::*;
use crate::route::{Tab, Which};
use protocol::desk::{LastMessage, Page};
use protocol::room::AgentRef;
use protocol::{
    CloseReason, DepartmentId, Email, Epoch, Event, HandoffId, Intent, Kind, Name, Reachability, Role, Stage, Status,
    TenantId,
};

const NOW: Timestamp = Timestamp(50_000);

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn agent(n: u128, called: &str) -> AgentCard {
    AgentCard {
        id: AgentId::random(n),
        name: name(called),
        role: Role::SupportStaff,
        intent: Intent::Available,
        reachability: Reachability::Connected,
        status: Status::Available,
        load: 0,
        capacity: 5,
        departments: vec![],
        since: Timestamp(0),
        seen_at: None,
    }
}

fn department(n: u128, called: &str, covered: bool) -> DepartmentCard {
    DepartmentCard { id: DepartmentId::random(n), name: name(called), covered, late: false }
}

const SETTINGS: PresenceSettings =
    PresenceSettings { stale_after_ms: 45_000, grace_ms: 10_000, idle_after_ms: 300_000 };

fn me(role: Role) -> Me {
    Me {
        id: AgentId::random(1),
        name: name("Ana"),
        email: Email::parse("ana@shop.example").unwrap(),
        role,
        tenant: TenantId::random(1),
        tenant_name: name("Shop"),
    }
}

fn row(n: u128, asked: i64) -> QueueRow {
    QueueRow::waiting(HandoffId::random(n), ConversationId::random(n), Timestamp(asked), Page::default())
}

fn held(n: u128, asked: i64, by: &AgentCard) -> QueueRow {
    let agent = Some(AgentRef { id: by.id.clone(), name: by.name.clone() });
    QueueRow { stage: Stage::Active, epoch: Epoch(1), agent, ..row(n, asked) }
}

fn closed(row: QueueRow, at: i64) -> QueueRow {
    let epoch = row.epoch.next();
    let (closed_at, reason) = (Some(Timestamp(at)), Some(CloseReason::Resolved));
    QueueRow { stage: Stage::Closed, epoch, closed_at, reason, ..row }
}

fn welcome(queue: Vec<QueueRow>) -> Action {
    hello(vec![agent(1, "Ana"), agent(2, "Ben")], queue)
}

fn hello(agents: Vec<AgentCard>, queue: Vec<QueueRow>) -> Action {
    let (departments, now) = (vec![department(1, "Sales", true)], Timestamp(90_000));
    tell(DeskDown::Welcome { me: AgentId::random(1), agents, departments, settings: SETTINGS, queue, now })
}

fn tell(frame: DeskDown) -> Action {
    Action::Heard(frame, NOW)
}

fn heard(row: QueueRow) -> Action {
    Action::Heard(DeskDown::Row { row }, NOW)
}

fn run(actions: impl IntoIterator<Item = Action>) -> State {
    actions.into_iter().fold(State::new(), State::after)
}

fn queue(state: &State) -> Vec<HandoffId> {
    state.desk.as_ref().unwrap().queue.iter().map(|row| row.handoff.clone()).collect()
}

#[test]
fn the_snapshot_sets_desk_link_and_clock() {
    let state = run([welcome(vec![row(1, 10)])]);
    assert_eq!(state.link, Link::Up);
    assert_eq!(state.ahead_ms, 40_000);
    assert_eq!(state.me().map(|me| me.name.as_str()), Some("Ana"));
}

#[test]
fn returned_rows_stand_first_then_by_age_then_those_in_hand() {
    let back = QueueRow { returned: true, ..row(3, 30) };
    let state = run([welcome(vec![held(4, 5, &agent(1, "Ana"))]), heard(row(2, 20)), heard(row(1, 10)), heard(back)]);
    assert_eq!(queue(&state), [3, 1, 2, 4].map(HandoffId::random));
}

#[test]
fn a_frame_heard_twice_changes_nothing_the_second_time() {
    let frames = [
        heard(row(1, 10)),
        heard(held(1, 10, &agent(2, "Ben"))),
        heard(closed(held(1, 10, &agent(2, "Ben")), 99)),
        tell(DeskDown::Agent { agent: agent(3, "Cem") }),
        tell(DeskDown::AgentGone { agent: AgentId::random(2) }),
        tell(DeskDown::Department { department: department(2, "Support", false) }),
        tell(DeskDown::Settings { settings: PresenceSettings { grace_ms: 0, ..SETTINGS } }),
    ];
    for frame in frames {
        let once = run([welcome(vec![]), frame.clone()]);
        let twice = once.clone().after(frame.clone());
        assert_eq!(once, twice, "{frame:?}");
    }
}

#[test]
fn a_closed_row_leaves_the_queue_and_tops_the_history() {
    let ben = agent(2, "Ben");
    let state = run([
        welcome(vec![held(1, 10, &ben), row(2, 20)]),
        heard(closed(held(1, 10, &ben), 70)),
        heard(closed(row(2, 20), 80)),
    ]);
    assert_eq!(queue(&state), []);
    let order: Vec<_> = state.history.items.iter().map(|row| row.handoff.clone()).collect();
    assert_eq!(order, [2, 1].map(HandoffId::random));
}

#[test]
fn a_late_reply_does_not_reopen_or_rewind() {
    let ben = agent(2, "Ben");
    let said = |at| Some(LastMessage { kind: Kind::Visitor, text: String::new(), at: Timestamp(at) });
    let fresh = QueueRow { last: said(60), ..held(1, 10, &ben) };
    let cases = [
        ("closed, then the claim's reply", closed(fresh.clone(), 70), fresh.clone()),
        ("picked up, then the row that waited", fresh.clone(), row(1, 10)),
        ("newer message, then the claim's reply", fresh.clone(), held(1, 10, &ben)),
    ];
    for (case, newer, older) in cases {
        let before = run([welcome(vec![row(1, 10)]), heard(newer)]);
        assert_eq!(before.clone().after(Action::Row(older)), before, "{case}");
    }
}

#[test]
fn an_email_left_later_joins_the_missed_row() {
    let missed = QueueRow { reason: Some(CloseReason::Missed), ..closed(row(1, 10), 20) };
    let mailed = QueueRow { email: Some(Email::parse("vi@shop.example").unwrap()), ..missed.clone() };
    let state = run([welcome(vec![]), heard(missed), heard(mailed)]);
    assert_eq!(state.history.items.len(), 1);
    assert!(state.history.items[0].email.is_some());
}

#[test]
fn active_shows_mine_first_and_all_shows_both() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let state = run([welcome(vec![held(1, 10, &ben), held(2, 20, &ana), row(3, 30)])]);
    let desk = state.desk.as_ref().unwrap();
    let tab = |tab| queue::of_tab(desk, tab, &Which::All).iter().map(|row| row.asked_at.0).collect::<Vec<_>>();
    assert_eq!(tab(Tab::Pending), [30]);
    assert_eq!(tab(Tab::Active), [20, 10]);
    assert_eq!(tab(Tab::All), [30, 10, 20]);
    assert_eq!(tab(Tab::History), [0; 0]);
}

#[test]
fn pages_of_history_follow_each_other_and_a_reload_keeps_what_closed_meanwhile() {
    let page = |ids: &[u128], cursor: Option<&str>| HistoryReply {
        items: ids.iter().map(|&n| closed(row(n, 1), n as i64)).collect(),
        cursor: cursor.map(str::to_owned),
    };
    let state = run([
        welcome(vec![]),
        Action::HistoryAsked,
        heard(closed(row(9, 1), 9)),
        Action::HistoryCame(page(&[8, 7], Some("c")), true),
        Action::HistoryAsked,
        Action::HistoryCame(page(&[7, 6], None), false),
    ]);
    let order: Vec<_> = state.history.items.iter().filter_map(|row| row.closed_at).map(|at| at.0).collect();
    assert_eq!(order, [9, 8, 7, 6]);
    assert_eq!((state.history.load, state.history.cursor), (Load::Done, None));
}

#[test]
fn a_second_welcome_asks_for_the_history_again() {
    let page = HistoryReply { items: vec![], cursor: None };
    let state = run([welcome(vec![]), Action::HistoryCame(page, true), welcome(vec![])]);
    assert_eq!(state.history.load, Load::Needed);
}

#[test]
fn offline_counts_from_the_first_loss() {
    let state = run([welcome(vec![]), Action::LinkLost(Timestamp(1)), Action::LinkLost(Timestamp(2))]);
    assert_eq!(state.link, Link::Lost(Timestamp(1)));
    assert_eq!(state.after(welcome(vec![])).link, Link::Up);
}

#[test]
fn signing_out_forgets_everything() {
    let state = run([welcome(vec![row(1, 1)]), Action::SignedOut { ended: true }]);
    assert_eq!(state, State { session: Session::Out { ended: true }, ..State::new() });
}

#[test]
fn at_most_three_toasts_and_no_twins() {
    let say = |text: &str| Action::Say { bad: true, text: text.to_owned() };
    let state = run([say("a"), say("b"), say("a"), say("c"), say("d")]);
    let texts: Vec<_> = state.toasts.iter().map(|toast| toast.text.as_str()).collect();
    assert_eq!(texts, ["a", "c", "d"]);
}

#[test]
fn a_chat_of_mine_needs_a_reply_when_the_visitor_spoke_last() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let last = |kind| Some(LastMessage { kind, text: String::new(), at: NOW });
    let cases = [
        (QueueRow { last: last(Kind::Visitor), ..held(1, 1, &ana) }, true),
        (QueueRow { last: last(Kind::Agent), ..held(1, 1, &ana) }, false),
        (QueueRow { last: last(Kind::Visitor), ..held(1, 1, &ben) }, false),
        (QueueRow { last: last(Kind::Visitor), ..row(1, 1) }, false),
        (held(1, 1, &ana), false),
    ];
    for (row, needs) in cases {
        assert_eq!(queue::needs_reply(&row, &ana.id), needs, "{row:?}");
    }
}
