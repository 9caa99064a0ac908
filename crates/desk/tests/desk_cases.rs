//! Faults that walks found, each as the shortest way there.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::desk::{By, Effect, Input, Profile, Roster, Verb};
use desk::notice::{ToDesk, ToRoom};
use desk::room::{self, Speaker};
use desk::{Desk, Room};
use protocol::desk::{DeskDown, LastMessage, QueueRow};
use protocol::room::Place;
use protocol::routing::{ChannelSettings, ConversationSettings, Routing};
use protocol::team::PresenceSettings;
use protocol::{
    AgentId, CloseReason, Delivery, Email, Epoch, Intent, Kind, Priority, Requeue, RoutingMode, Seq, Stage, Status,
    WhenDeclined,
};

struct House {
    desk: Desk,
    tables: DeskTables,
}

impl House {
    fn new() -> House {
        let tables = DeskTables::default();
        let mut house = House { desk: Desk::load(SETTINGS, tables.stored()), tables };
        house.turn(0, roster(1, vec![profile(1, 2), profile(2, 2)]));
        house
    }

    /// One turn as the shell makes it.
    fn turn(&mut self, now: i64, input: Input) -> Vec<Effect> {
        let effects = self.desk.apply(at(now), input).unwrap();
        self.tables.keep(&effects);
        effects
    }

    fn sleep(&mut self) {
        self.desk = Desk::load(SETTINGS, self.tables.stored());
    }

    fn sign_in(&mut self, now: i64, n: u8) -> Vec<Effect> {
        self.turn(now, opens(n, n))
    }

    fn ask(&mut self, now: i64, n: u8, room: u8) -> Vec<Effect> {
        self.turn(now, Input::Heard(asks(n, room, now)))
    }

    fn claim(&mut self, now: i64, agent: u8, n: u8) -> Vec<Effect> {
        let epoch = self.row(n).map_or(0, |row| row.epoch.0);
        self.turn(now, command(agent, n, epoch, Verb::Claim))
    }

    fn row(&self, n: u8) -> Option<QueueRow> {
        match self.desk.welcome(&agent_id(0), at(0)) {
            DeskDown::Welcome { queue, .. } => queue.into_iter().find(|row| row.handoff == handoff(n)),
            frame => panic!("{frame:?}"),
        }
    }
}

/// What the room knows after a form, of a handoff as it was at `epoch`.
fn form(n: u8, room: u8, epoch: u32, now: i64) -> Input {
    let row = QueueRow {
        stage: Stage::Closed,
        epoch: Epoch(epoch),
        email: Email::parse("ann@shop.example").ok(),
        closed_at: Some(at(now)),
        reason: Some(CloseReason::Missed),
        ..QueueRow::waiting(handoff(n), conversation(room), at(0), page())
    };
    Input::Heard(ToDesk::AfterHours { row: Box::new(row) })
}

fn news(effects: &[Effect]) -> Vec<(u8, ToRoom)> {
    let rooms = |room: &_| (0..9).find(|n| conversation(*n) == *room).unwrap();
    let tell = |effect: &Effect| match effect {
        Effect::Tell(room, notice) => Some((rooms(room), notice.clone())),
        _ => None,
    };
    effects.iter().filter_map(tell).collect()
}

fn statuses(effects: &[Effect]) -> Vec<Status> {
    let show = |effect: &Effect| match effect {
        Effect::Show(DeskDown::Agent { agent }) => Some(agent.status),
        _ => None,
    };
    effects.iter().filter_map(show).collect()
}

#[test]
fn dashboards_learn_of_a_vanished_agent_also_from_a_desk_that_slept() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.sleep();
    assert_eq!(statuses(&house.turn(STALE * 3, Input::Tick)), [Status::Offline]);
}

#[test]
fn beats_that_a_sleeping_desk_missed_close_nothing_and_show_nothing() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.sign_in(0, 2);
    house.ask(1, 1, 1);
    let now = STALE * 3;
    house.sleep();
    for n in [1, 2] {
        let beat = Input::Beat { agent: agent_id(n), session: session(n), at: at(now - 1) };
        assert_eq!(house.desk.apply(at(now), beat), Ok(vec![]), "agent {n}");
    }
    assert_eq!(house.turn(now, Input::Tick), []);
}

#[test]
fn a_form_that_was_too_late_leaves_the_handoff_open_even_if_its_agent_was_lost_since() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    house.claim(2, 1, 1);
    house.turn(3, signs_out(1));
    // The room wrote this before it heard of any of that, and will reopen the handoff when it does.
    house.turn(4, form(1, 1, 0, 2));
    let row = house.row(1).unwrap();
    assert_eq!((row.stage, row.epoch, row.email.is_some()), (Stage::Waiting, Epoch(2), true));
}

#[test]
fn who_left_a_form_instead_of_waiting_hears_when_the_desk_opens() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    let closing = house.turn(2, signs_out(1));
    assert_eq!(news(&closing), [(1, ToRoom::DeskOpen { open: false, flips: 2 })]);
    house.turn(3, form(1, 1, 0, 3));
    house.sleep();
    assert_eq!(news(&house.sign_in(5, 1)), [(1, ToRoom::DeskOpen { open: true, flips: 3 })]);
}

#[test]
fn who_comes_back_to_a_closed_desk_hears_that_it_is_closed() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    house.claim(2, 1, 1);
    house.turn(3, Input::Intend { agent: agent_id(1), intent: Intent::Busy });
    let agent = agent_ref(1);
    let lost = house.turn(4, signs_out(1));
    let why = Requeue::Vanished;
    let returned = ToRoom::Returned { handoff: handoff(1), epoch: Epoch(2), agent, why };
    assert_eq!(news(&lost), [(1, returned), (1, moved(1, 0)), (1, ToRoom::DeskOpen { open: false, flips: 2 })]);
}

#[test]
fn a_request_heard_twice_keeps_its_place() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    house.turn(2, signs_out(1));
    let before = house.row(1);
    let again = house.turn(3, Input::Heard(asks(1, 1, 1)));
    let place = Some(Place { ahead: 0, from_min: None, to_min: None });
    assert_eq!(news(&again), [(1, ToRoom::Queued { handoff: handoff(1), place })]);
    assert_eq!(house.row(1), before);
}

#[test]
fn the_next_request_of_a_room_ends_the_one_that_was_claimed_behind_its_back() {
    for next in [Input::Heard(asks(2, 1, 5)), form(2, 1, 0, 5)] {
        let mut house = House::new();
        house.sign_in(0, 1);
        house.ask(1, 1, 1);
        house.claim(2, 1, 1);
        house.turn(3, form(1, 1, 0, 2));
        assert_eq!(house.row(1).map(|row| row.stage), Some(Stage::Active));
        house.turn(5, next.clone());
        assert_eq!(house.row(1), None, "{next:?}");
        assert_eq!(house.desk.card_of(&agent_id(1)).map(|card| card.load), Ok(0));
        house.sleep();
        assert_eq!(house.row(1), None, "after a sleep");
    }
}

#[test]
fn a_dashboard_that_connects_between_two_ticks_has_what_the_others_have() {
    let mut house = House::new();
    let mut old = Dashboard::fresh(house.desk.welcome(&agent_id(1), at(0)));
    old.watch(&house.sign_in(0, 1));
    let mut new = Dashboard::fresh(house.desk.welcome(&agent_id(2), at(STALE + 1)));
    assert_eq!(new, old, "nobody has looked at the lease yet");
    let beat = Input::Beat { agent: agent_id(1), session: session(1), at: at(STALE - 1) };
    let mut effects = house.desk.apply(at(STALE + 2), beat).unwrap();
    effects.extend(house.turn(STALE + 2, Input::Tick));
    [&mut old, &mut new].into_iter().for_each(|dashboard| dashboard.watch(&effects));
    let fresh = Dashboard::fresh(house.desk.welcome(&agent_id(2), at(STALE + 2)));
    assert_eq!((&old, &new), (&fresh, &fresh));
}

/// Told of the closing by the way, it would wait before an e-mail form for ever.
#[test]
fn who_comes_back_to_an_open_desk_hears_that_it_is_open() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.turn(1, Input::Watch(conversation(1)));
    house.ask(1, 1, 1);
    house.claim(2, 1, 1);
    let closing = house.turn(3, Input::Intend { agent: agent_id(1), intent: Intent::Busy });
    assert_eq!(news(&closing), [(1, ToRoom::DeskOpen { open: false, flips: 2 })]);
    house.sign_in(4, 2);
    let (agent, why) = (agent_ref(1), Requeue::Vanished);
    let returned = ToRoom::Returned { handoff: handoff(1), epoch: Epoch(2), agent, why };
    let lost = house.turn(5, signs_out(1));
    assert_eq!(news(&lost), [(1, returned), (1, moved(1, 0)), (1, ToRoom::DeskOpen { open: true, flips: 3 })]);
}

#[test]
fn who_left_a_form_at_an_open_desk_hears_when_it_closes() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    house.turn(2, form(1, 1, 0, 2));
    house.sleep();
    assert_eq!(news(&house.turn(3, signs_out(1))), [(1, ToRoom::DeskOpen { open: false, flips: 2 })]);
}

#[test]
fn a_clock_set_back_while_the_desk_slept_makes_nobody_live_longer() {
    let mut house = House::new();
    house.sign_in(10 * STALE, 1);
    house.sleep();
    house.turn(0, Input::Tick);
    assert_eq!(house.desk.next_deadline(), Some(at(STALE)));
    // And it stays so: a desk that slept again has not forgotten it.
    house.sleep();
    house.turn(STALE - 1, Input::Tick);
    assert_eq!(house.desk.next_deadline(), Some(at(STALE)));
    assert_eq!(statuses(&house.turn(STALE, Input::Tick)), [Status::Offline]);
}

#[test]
fn a_shorter_grace_is_shorter_for_whoever_is_in_it() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.turn(1, Input::Close { agent: agent_id(1), session: session(1) });
    let settings = PresenceSettings { grace_ms: 100, ..SETTINGS };
    let agents = vec![profile(1, 2), profile(2, 2)];
    house.turn(2, Input::Roster(Roster { settings, ..staffed(2, agents, vec![]) }));
    assert_eq!(house.desk.next_deadline(), Some(at(102)));
}

#[test]
fn a_tab_that_comes_back_by_another_sign_in_leaves_nothing_of_the_first() {
    let mut house = House::new();
    house.sign_in(0, 1);
    let by = By { sign_in: sign_in(9), ..by(1) };
    house.turn(1, Input::Open { by, session: session(1), idle: false });
    assert_eq!(house.desk.sign_ins(), [sign_in(9)]);
}

#[test]
fn an_idle_agent_who_closes_the_tab_opens_nothing() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.turn(1, Input::Idle { agent: agent_id(1), session: session(1), on: true });
    assert!(!house.desk.is_open());
    let closed = house.turn(2, Input::Close { agent: agent_id(1), session: session(1) });
    assert!(!house.desk.is_open() && !closed.iter().any(|effect| matches!(effect, Effect::SaveOpen(..))), "{closed:?}");
}

#[test]
fn a_ping_of_the_future_renews_nothing() {
    let mut house = House::new();
    house.sign_in(0, 1);
    let future = Input::Beat { agent: agent_id(1), session: session(1), at: at(3_600_000) };
    for now in [10_000, 20_000, STALE] {
        house.desk.apply(at(now), future.clone()).unwrap();
        house.turn(now, Input::Tick);
    }
    assert_eq!(house.desk.card_of(&agent_id(1)).map(|card| card.status), Ok(Status::Offline));
}

/// As after an update from a version that knew no roster.
#[test]
fn what_belongs_to_nobody_of_the_roster_goes_back_to_the_queue() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    house.claim(2, 1, 1);
    let rows = house.tables.stored().rows;
    let fresh = DeskTables::default().stored();
    let mut desk = Desk::load(SETTINGS, desk::desk::Stored { rows, ..fresh });
    let effects = desk.apply(at(3), roster(1, vec![profile(1, 2)])).unwrap();
    assert!(news(&effects).iter().any(|(_, notice)| matches!(notice, ToRoom::Returned { .. })), "{effects:?}");
}

#[test]
fn a_deployment_with_other_defaults_is_read_again() {
    let mut house = House::new();
    let known = house.desk.versions().roster;
    assert!(known > 0);
    house.sleep();
    assert_eq!(house.desk.versions().roster, known);
    let other = PresenceSettings { grace_ms: 1, ..SETTINGS };
    let mut desk = Desk::load(other, house.tables.stored());
    assert_eq!(desk.versions().roster, 0, "whoever comes has seen a newer one");
    let Input::Roster(roster) = roster(known, vec![profile(1, 2)]) else { panic!("no roster") };
    let roster = desk::desk::Roster { settings: other, ..roster };
    let effects = desk.apply(at(1), Input::Roster(roster)).unwrap();
    assert!(effects.contains(&Effect::Show(DeskDown::Settings { settings: other })), "{effects:?}");
}

#[test]
fn whoever_goes_before_others_moves_those() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(0, 1, 1);
    house.ask(1, 2, 2);
    let vip = QueueRow { priority: Priority::Vip, ..QueueRow::waiting(handoff(3), conversation(3), at(2), page()) };
    house.turn(2, Input::Heard(ToDesk::Ask { row: Box::new(vip), by: None }));
    assert!(house.desk.next_wake(at(2)) <= Some(at(502)));
    let told = news(&house.turn(502, Input::Tick));
    assert_eq!(
        told.into_iter().filter(|(_, notice)| matches!(notice, ToRoom::Moved { .. })).collect::<Vec<_>>(),
        [(1, moved(1, 1)), (2, moved(2, 2))]
    );
}

#[test]
fn moves_are_told_soon_also_when_the_clock_was_set_back() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(10_000, 2, 2);
    house.ask(10_000, 1, 1);
    house.turn(1_000, Input::Tick);
    assert!(house.desk.next_wake(at(1_000)) <= Some(at(1_500)));
}

/// The room was told last when somebody waited there: that may be long ago.
#[test]
fn a_room_that_an_agent_reopened_hears_whether_somebody_can_answer() {
    for (is_open, flips) in [(false, 0), (true, 1)] {
        let mut house = House::new();
        if is_open {
            house.sign_in(0, 1);
        }
        let row = Box::new(QueueRow::waiting(handoff(1), conversation(1), at(1), page()));
        let told = news(&house.turn(1, Input::Heard(ToDesk::Ask { row, by: Some(agent_ref(2)) })));
        assert!(told.contains(&(1, ToRoom::DeskOpen { open: is_open, flips })), "{told:?}");
    }
}

#[test]
fn a_desk_that_wakes_shows_no_lateness_that_there_is_not() {
    let mut house = House::new();
    let roster = staffed(2, vec![profile(1, 2)], vec![routed(1, Routing::default())]);
    house.turn(0, Input::Roster(roster));
    house.sign_in(0, 1);
    let row =
        QueueRow { department: Some(department(1)), ..QueueRow::waiting(handoff(1), conversation(1), at(1), page()) };
    house.turn(1, Input::Heard(ToDesk::Ask { row: Box::new(row), by: None }));
    house.turn(501, Input::Tick);
    house.sleep();
    let shown = |effects: Vec<Effect>| effects.into_iter().filter(|e| matches!(e, Effect::Show(_))).collect::<Vec<_>>();
    assert_eq!(shown(house.turn(502, Input::Tick)), []);
}

/// One department that asks, these in it, and somebody else who keeps the desk open.
fn pushing(routing: Routing, agents: &[u8]) -> House {
    let mut house = House::new();
    let member = |n: &u8| Profile { departments: vec![department(1)], ..profile(*n, 2) };
    let mut agents: Vec<Profile> = agents.iter().map(member).collect();
    agents.push(profile(9, 2));
    let routing = Routing { mode: RoutingMode::RoundRobin, ..routing };
    house.turn(0, Input::Roster(staffed(2, agents, vec![routed(1, routing)])));
    house.sign_in(0, 9);
    house
}

/// Somebody asks for the one department.
fn ask_one(n: u8, now: i64) -> Input {
    let row = QueueRow::waiting(handoff(n), conversation(n), at(now), page());
    Input::Heard(ToDesk::Ask { row: Box::new(QueueRow { department: Some(department(1)), ..row }), by: None })
}

/// A row that all had declined is asked of a newcomer; meanwhile another one comes.
#[test]
fn whoever_came_while_another_was_asked_is_asked_next() {
    let mut house = pushing(Routing::default(), &[1, 2, 3]);
    house.sign_in(0, 1);
    house.turn(1, ask_one(1, 1));
    let decline = |house: &mut House, now, agent| {
        let epoch = house.row(1).map_or(0, |row| row.epoch.0);
        house.turn(now, command(agent, 1, epoch, Verb::Decline))
    };
    decline(&mut house, 2, 1);
    house.sign_in(3, 2);
    house.sign_in(4, 3);
    decline(&mut house, 5, 2);
    let offered = house.row(1).and_then(|row| row.offer).map(|offer| offer.agent.id);
    assert_eq!(offered, Some(agent_id(3)));
}

/// The offer lapsed while nobody of the department was there, so nobody was to be rung.
#[test]
fn whoever_did_not_answer_is_rung_again_though_they_were_away_meanwhile() {
    let mut house = pushing(Routing::default(), &[1]);
    house.sign_in(0, 1);
    house.turn(1, ask_one(1, 1));
    house.turn(2, Input::Idle { agent: agent_id(1), session: session(1), on: true });
    house.turn(30_001, Input::Tick);
    assert_eq!(house.row(1).map(|row| row.declined), Some(vec![agent_id(1)]));
    house.turn(31_000, Input::Idle { agent: agent_id(1), session: session(1), on: false });
    assert_eq!(house.row(1).and_then(|row| row.ring_at), Some(at(46_000)));
    house.turn(44_000, Input::Beat { agent: agent_id(1), session: session(1), at: at(44_000) });
    house.turn(46_000, Input::Tick);
    assert!(house.row(1).is_some_and(|row| row.offer.is_some()));
}

/// Closed by a form that the room has lost since: it knows no older epoch than the desk.
#[test]
fn a_room_that_has_lost_that_it_is_over_is_told_by_a_newer_epoch() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    house.turn(2, form(1, 1, 0, 2));
    let recheck = Input::Recheck { room: conversation(1), handoff: handoff(1) };
    assert_eq!(news(&house.turn(3, recheck)), [(1, ToRoom::Unknown { handoff: handoff(1) })]);
    let room = QueueRow { epoch: Epoch(7), ..QueueRow::waiting(handoff(1), conversation(1), at(1), page()) };
    let closed = ToRoom::Closed { handoff: handoff(1), epoch: Epoch(8), reason: CloseReason::Missed, at: at(2) };
    let again = Input::Heard(ToDesk::Ask { row: Box::new(room), by: None });
    assert_eq!(news(&house.turn(4, again)), [(1, closed)]);
}

/// Asked again for a handoff that it has lost, a desk without anybody says so, and is heard.
#[test]
fn a_room_that_waits_believes_that_nobody_is_there() {
    let mut room = Room::load(conversation(1), None, Seq(0), None);
    let visitor = Speaker::Visitor { visitor: visitor(1), widget: widget() };
    let ask = room::Input::Ask {
        speaker: visitor,
        fresh: handoff(1),
        page: page(),
        department: None,
        priority: Priority::Normal,
    };
    room.apply(at(1), ask).unwrap();
    room.apply(at(2), room::Input::Heard(ToRoom::Queued { handoff: handoff(1), place: None })).unwrap();
    room.apply(at(3), room::Input::Heard(ToRoom::Nobody { handoff: handoff(1) })).unwrap();
    assert_eq!(room.state().handoff.map(|view| view.stage), Some(Stage::Closed));
}

/// All of the department have declined; then the one that it falls back to comes.
#[test]
fn whom_all_have_declined_goes_where_somebody_comes() {
    let mut house = House::new();
    let of = |n: u8, to: u8| Profile { departments: vec![department(to)], ..profile(n, 2) };
    let one = Routing {
        mode: RoutingMode::RoundRobin,
        fallback: Some(department(2)),
        when_declined: WhenDeclined::Form,
        ..Routing::default()
    };
    let two = Routing { mode: RoutingMode::RoundRobin, ..Routing::default() };
    let departments = vec![routed(1, one), routed(2, two)];
    house.turn(0, Input::Roster(staffed(2, vec![of(1, 1), of(2, 2)], departments)));
    house.sign_in(0, 1);
    house.turn(1, ask_one(1, 1));
    let epoch = house.row(1).map_or(0, |row| row.epoch.0);
    house.turn(2, command(1, 1, epoch, Verb::Decline));
    assert_eq!(house.row(1).map(|row| (row.department, row.form_offered)), Some((Some(department(1)), true)));
    house.sign_in(3, 2);
    let offered = house.row(1).and_then(|row| row.offer).map(|offer| offer.agent.id);
    assert_eq!(offered, Some(agent_id(2)));
}

fn moved(n: u8, ahead: u32) -> ToRoom {
    ToRoom::Moved { handoff: handoff(n), place: Place { ahead, from_min: None, to_min: None } }
}

fn offered_to(house: &House, n: u8) -> Option<AgentId> {
    house.row(n).and_then(|row| row.offer).map(|offer| offer.agent.id)
}

fn decline(house: &mut House, now: i64, agent: u8, n: u8) -> Vec<Effect> {
    let epoch = house.row(n).map_or(0, |row| row.epoch.0);
    house.turn(now, command(agent, n, epoch, Verb::Decline))
}

fn says(n: u8, kind: Kind, now: i64) -> Input {
    let last = LastMessage { kind, text: "Bye".to_owned(), at: at(now) };
    Input::Heard(ToDesk::Activity { handoff: handoff(n), conversation: conversation(n), last })
}

/// Nobody leaves a new agent without an answer who was never answered by them.
#[test]
fn a_visitor_who_waited_long_is_not_gone_when_somebody_picks_them_up() {
    let mut house = House::new();
    let website = ChannelSettings { close_idle_after_ms: 60_000, ..ChannelSettings::default() };
    let settings = staffed(2, vec![profile(1, 2)], vec![]);
    house.turn(
        0,
        Input::Roster(Roster { conversations: ConversationSettings { website, ..Default::default() }, ..settings }),
    );
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    house.claim(2, 1, 1);
    house.turn(3, says(1, Kind::Agent, 3));
    let epoch = house.row(1).map_or(0, |row| row.epoch.0);
    house.turn(4, command(1, 1, epoch, Verb::Release));
    for now in [40_000, 80_000, 120_000] {
        house.turn(now, Input::Beat { agent: agent_id(1), session: session(1), at: at(now) });
    }
    house.claim(120_000, 1, 1);
    house.turn(120_001, Input::Tick);
    assert_eq!(house.row(1).map(|row| row.stage), Some(Stage::Active));
    house.turn(180_000, Input::Tick);
    assert!(house.row(1).is_none_or(|row| row.stage == Stage::Waiting), "the agent vanished, or the visitor did");
}

/// Each falls back to the other: whoever has declined is not asked again for that.
#[test]
fn two_departments_that_fall_back_to_each_other_ask_everybody_once() {
    let mut house = House::new();
    let of = |n: u8, to: u8| Profile { departments: vec![department(to)], ..profile(n, 1) };
    let to = |other: u8| Routing {
        mode: RoutingMode::RoundRobin,
        fallback: Some(department(other)),
        when_declined: WhenDeclined::Form,
        ..Routing::default()
    };
    let departments = vec![routed(1, to(2)), routed(2, to(1))];
    house.turn(0, Input::Roster(staffed(2, vec![of(1, 1), of(2, 2), of(3, 1), of(4, 2)], departments)));
    for n in 1..=4 {
        house.sign_in(0, n);
    }
    // Two are full, and would pass it to and fro.
    for n in [5, 6] {
        house.ask(1, n, n);
        house.claim(2, n - 2, n);
    }
    house.turn(3, ask_one(1, 3));
    assert_eq!(offered_to(&house, 1), Some(agent_id(1)));
    decline(&mut house, 4, 1, 1);
    assert_eq!(offered_to(&house, 1), Some(agent_id(2)));
    decline(&mut house, 5, 2, 1);
    assert_eq!(house.row(1).map(|row| (row.offer, row.form_offered)), Some((None, true)));
    house.turn(1_000, Input::Tick);
    assert!(house.desk.next_wake(at(1_000)) > Some(at(1_000)), "it would go on for ever");
    let epoch = house.row(5).map_or(0, |row| row.epoch.0);
    house.turn(1_001, command(3, 5, epoch, Verb::Resolve));
    assert_eq!(offered_to(&house, 1), Some(agent_id(3)), "somebody has room again");
}

#[test]
fn who_falls_back_behind_many_is_told_so() {
    let mut house = House::new();
    let of = |n: u8, to: u8| Profile { departments: vec![department(to)], ..profile(n, 1) };
    let departments =
        vec![routed(1, Routing { fallback: Some(department(2)), ..Routing::default() }), routed(2, Routing::default())];
    house.turn(0, Input::Roster(staffed(2, vec![of(1, 1), of(2, 2)], departments)));
    house.sign_in(0, 2);
    for n in 10..70 {
        let row = QueueRow::waiting(handoff(n), conversation(1), at(1), page());
        let row = QueueRow { department: Some(department(2)), conversation: conversation(n), ..row };
        house.turn(1, Input::Heard(ToDesk::Ask { row: Box::new(row), by: None }));
    }
    let effects = house.turn(2, ask_one(1, 2));
    let told = effects.iter().rev().find_map(|effect| match effect {
        Effect::Tell(room, notice) if *room == conversation(1) => Some(notice.clone()),
        _ => None,
    });
    assert_eq!((told, house.row(1).and_then(|row| row.department)), (Some(moved(1, 50)), Some(department(2))));
}

/// A desk that has lost a handoff does not keep its visitor from leaving it.
#[test]
fn what_the_desk_does_not_know_ends_all_the_same() {
    let mut house = House::new();
    let end = ToDesk::End { handoff: handoff(1), conversation: conversation(1), epoch: Epoch(3) };
    let (reason, epoch) = (CloseReason::EndedByVisitor, Epoch(4));
    let closed = ToRoom::Closed { handoff: handoff(1), epoch, reason, at: at(5) };
    assert_eq!(news(&house.turn(5, Input::Heard(end))), [(1, closed)]);
}

/// Settings have changed, or the desk was away: what is due is done over several turns.
#[test]
fn a_turn_does_not_expire_everything_at_once() {
    let mut house = House::new();
    house.sign_in(0, 1);
    for n in 0..250 {
        house.ask(1, n, n);
    }
    let expires = i64::from(ChannelSettings::default().expire_after_ms) + 2;
    house.turn(expires, Input::Tick);
    assert_eq!(house.desk.next_wake(at(expires)).map(|wake| wake <= at(expires)), Some(true));
    house.turn(expires, Input::Tick);
    house.turn(expires, Input::Tick);
    assert_eq!((house.desk.handoffs(), house.desk.totals().expired), (0, 250));
}

#[test]
fn who_was_warned_is_warned_again_of_another_time() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(0, 1, 1);
    let warned = |effects: Vec<Effect>| {
        news(&effects).into_iter().filter(|(_, notice)| matches!(notice, ToRoom::Warned { .. })).count()
    };
    let website = |expire_after_ms| ChannelSettings { expire_after_ms, warn_before_ms: 1_000, close_idle_after_ms: 0 };
    let set = |version, expire_after_ms| {
        let settings = staffed(version, vec![profile(1, 2)], vec![]);
        let conversations = ConversationSettings { website: website(expire_after_ms), ..Default::default() };
        Input::Roster(Roster { conversations, ..settings })
    };
    house.turn(1, set(2, 10_000));
    assert_eq!(warned(house.turn(9_000, Input::Tick)), 1);
    assert_eq!(warned(house.turn(9_001, Input::Tick)), 0);
    house.turn(9_002, set(3, 30_000));
    assert_eq!(warned(house.turn(29_000, Input::Tick)), 1);
    assert_eq!(house.row(1).and_then(|row| row.expires_at), Some(at(30_000)));
}

#[test]
fn what_is_closed_after_the_clock_was_set_back_is_answered() {
    let mut house = House::new();
    house.sign_in(100_000, 1);
    for n in 0..101 {
        let now = 100_000 + i64::from(n);
        house.turn(now, Input::Beat { agent: agent_id(1), session: session(1), at: at(now) });
        house.ask(now, n, 1);
        house.claim(now, 1, n);
        let epoch = house.row(n).map_or(0, |row| row.epoch.0);
        house.turn(now, command(1, n, epoch, Verb::Resolve));
    }
    house.ask(50_000, 200, 1);
    house.claim(50_000, 1, 200);
    let epoch = house.row(200).map_or(0, |row| row.epoch.0);
    let effects = house.turn(50_000, command(1, 200, epoch, Verb::Resolve));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer(_))), "{effects:?}");
}

#[test]
fn turns_go_on_when_the_clock_was_set_back() {
    let mut house = pushing(Routing { delivery: Delivery::Assign, ..Routing::default() }, &[1, 2]);
    house.sign_in(0, 1);
    house.sign_in(0, 2);
    house.turn(30_000, ask_one(1, 30_000));
    house.turn(30_000, ask_one(2, 30_000));
    house.turn(1_000, ask_one(3, 1_000));
    house.turn(1_001, ask_one(4, 1_001));
    let owner = |n: u8| house.row(n).and_then(|row| row.agent).map(|agent| agent.id);
    assert_ne!(owner(3), owner(4));
}

#[test]
fn of_two_offers_that_are_too_many_the_newer_one_is_taken_back() {
    for (first, second) in [(1, 2), (2, 1)] {
        let mut house = pushing(Routing::default(), &[1]);
        house.sign_in(0, 1);
        house.turn(1, ask_one(first, 1));
        house.turn(2, ask_one(second, 2));
        let lower = Profile { departments: vec![department(1)], ..profile(1, 1) };
        let routing = Routing { mode: RoutingMode::RoundRobin, ..Routing::default() };
        house.turn(3, Input::Roster(staffed(3, vec![lower, profile(9, 2)], vec![routed(1, routing)])));
        assert_eq!((offered_to(&house, first), offered_to(&house, second)), (Some(agent_id(1)), None));
    }
}

/// A colleague who looks at a conversation of yesterday must not read there what was taken away today.
#[test]
fn what_was_redacted_is_shown_nowhere_any_more() {
    let mut house = House::new();
    house.sign_in(0, 1);
    house.ask(1, 1, 1);
    house.ask(1, 2, 2);
    house.turn(5, says(1, Kind::Visitor, 5));
    house.turn(5, says(2, Kind::Visitor, 5));
    house.claim(6, 1, 1);
    house.turn(7, command(1, 1, house.row(1).unwrap().epoch.0, Verb::Resolve));
    house.turn(8, Input::Heard(ToDesk::Redacted { conversation: conversation(1), at: at(5) }));
    house.sleep();
    let said = |n| house.desk.handoff(&handoff(n)).unwrap().last.map(|last| last.text);
    assert_eq!([said(1), said(2)], [Some(String::new()), Some("Bye".to_owned())]);
}
