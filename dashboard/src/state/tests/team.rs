//! The people: who is there, how they look, how many can answer.

use super::*;
use crate::state::look::Look;
use crate::state::team::{Filter, by_presence, count, departments_of, members, uncovered};

#[test]
fn the_team_the_departments_and_the_rules_follow_the_desk() {
    let state = run([
        welcome(vec![]),
        tell(DeskDown::AgentGone { agent: AgentId::random(2) }),
        tell(DeskDown::AgentGone { agent: AgentId::random(9) }),
        tell(DeskDown::Department { department: department(2, "Care", false) }),
        tell(DeskDown::Department { department: department(1, "Sales", false) }),
        tell(DeskDown::Settings { settings: PresenceSettings { grace_ms: 0, ..SETTINGS } }),
    ]);
    let desk = state.desk.unwrap();
    assert_eq!(desk.agents, [agent(1, "Ana")]);
    assert_eq!(desk.departments, [department(2, "Care", false), department(1, "Sales", false)]);
    assert_eq!(desk.settings.grace_ms, 0);
}

#[test]
fn frames_before_the_welcome_are_passed_over() {
    let frames = [
        DeskDown::AgentGone { agent: AgentId::random(2) },
        DeskDown::Department { department: department(2, "Care", false) },
        DeskDown::Settings { settings: SETTINGS },
    ];
    for frame in frames {
        assert_eq!(run([tell(frame.clone())]), State::new(), "{frame:?}");
    }
}

#[test]
fn a_new_role_of_ours_is_taken_over() {
    let staff = run([Action::SignedIn(me(Role::SupportStaff)), welcome(vec![])]);
    assert!(!staff.is_admin());
    let promoted = AgentCard { role: Role::ClientAdmin, name: name("Anna"), ..agent(1, "Ana") };
    for frame in [hello(vec![promoted.clone()], vec![]), tell(DeskDown::Agent { agent: promoted })] {
        let state = staff.clone().after(frame);
        assert!(state.is_admin());
        assert_eq!(state.session, Session::In(Rc::new(Me { name: name("Anna"), ..me(Role::ClientAdmin) })));
    }
    let other = AgentCard { role: Role::ClientAdmin, ..agent(2, "Ben") };
    assert!(!staff.after(tell(DeskDown::Agent { agent: other })).is_admin());
}

#[test]
fn a_look_says_more_than_a_status_where_more_is_known() {
    use Reachability::{Connected, Grace, Idle, Offline};
    let cases = [
        (Connected, Intent::Available, Status::Available, Look::Plain(Status::Available)),
        (Connected, Intent::Available, Status::Busy, Look::Full),
        (Connected, Intent::Busy, Status::Busy, Look::Plain(Status::Busy)),
        (Idle, Intent::Available, Status::Away, Look::Idle),
        (Idle, Intent::Away, Status::Away, Look::Plain(Status::Away)),
        (Idle, Intent::Break, Status::Break, Look::Plain(Status::Break)),
        (Grace, Intent::Available, Status::Offline, Look::Reconnecting),
        (Grace, Intent::Away, Status::Offline, Look::Reconnecting),
        (Offline, Intent::Available, Status::Offline, Look::Plain(Status::Offline)),
    ];
    for (reachability, intent, status, look) in cases {
        let card = AgentCard { reachability, intent, status, ..agent(1, "Ana") };
        assert_eq!(Look::of(&card), look, "{card:?}");
    }
    assert_eq!(Look::after(Idle, Intent::Available), Look::Idle);
    assert_eq!(Look::after(Offline, Intent::Available), Look::Plain(Status::Offline));
    assert_eq!(Look::after(Connected, Intent::Break), Look::Plain(Status::Break));
}

fn shown(n: u128, reachability: Reachability, status: Status, load: u32, team: u128) -> AgentCard {
    AgentCard { reachability, status, load, departments: vec![DepartmentId::random(team)], ..agent(n, "Ana") }
}

#[test]
fn counts_are_those_of_the_cards() {
    use Reachability::{Connected, Grace, Idle, Offline};
    let cards = [
        shown(1, Connected, Status::Available, 2, 1),
        shown(2, Connected, Status::Available, 9, 1),
        shown(3, Connected, Status::Busy, 5, 1),
        shown(4, Idle, Status::Away, 1, 2),
        shown(5, Connected, Status::Break, 0, 2),
        shown(6, Grace, Status::Offline, 1, 2),
        shown(7, Offline, Status::Offline, 0, 2),
    ];
    let counts = count(&cards);
    assert_eq!((counts.agents, counts.online, counts.available, counts.busy), (7, 5, 2, 1));
    assert_eq!((counts.away, counts.occupied, counts.offline), (1, 1, 2));
    assert_eq!((counts.load, counts.spare), (18, 3));
    assert_eq!(count(members(&cards, &DepartmentId::random(2))).agents, 4);
    assert_eq!(count([]), Default::default());
}

#[test]
fn a_filter_takes_department_and_status_together() {
    let cards = [
        shown(1, Reachability::Connected, Status::Available, 0, 1),
        shown(2, Reachability::Connected, Status::Busy, 0, 1),
        shown(3, Reachability::Connected, Status::Busy, 0, 2),
    ];
    let (one, busy) = (Some(DepartmentId::random(1)), Some(Status::Busy));
    let cases = [(None, None, 3), (one.clone(), None, 2), (None, busy, 2), (one, busy, 1)];
    for (department, status, taken) in cases {
        let filter = Filter { department, status };
        assert_eq!(cards.iter().filter(|card| filter.takes(card)).count(), taken, "{filter:?}");
    }
}

#[test]
fn a_reload_moves_nobody_in_the_team() {
    let cards = |second| {
        [
            shown(1, Reachability::Offline, Status::Offline, 0, 1),
            shown(2, second, Status::Offline, 0, 1),
            shown(3, Reachability::Connected, Status::Available, 0, 1),
        ]
    };
    let order = |cards: &[AgentCard]| by_presence(cards).iter().map(|card| card.id.clone()).collect::<Vec<_>>();
    assert_eq!(order(&cards(Reachability::Connected)), [2, 3, 1].map(AgentId::random));
    assert_eq!(order(&cards(Reachability::Grace)), [2, 3, 1].map(AgentId::random));
    assert_eq!(order(&cards(Reachability::Offline)), [3, 1, 2].map(AgentId::random));
}

#[test]
fn departments_are_named_in_their_own_order() {
    let known = [department(1, "Care", false), department(2, "Sales", true), department(3, "Trade", false)];
    let card = AgentCard { departments: [3, 1].map(DepartmentId::random).to_vec(), ..agent(1, "Ana") };
    assert_eq!(departments_of(&card, &known), ["Care", "Trade"]);
    assert_eq!(uncovered(&known), ["Care", "Trade"]);
}
