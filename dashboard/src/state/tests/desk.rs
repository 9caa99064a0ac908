//! Queue, offers, filters, the supervisor's view, and whom a chat can be given to.

use super::*;
use crate::route::{Live, Which};
use crate::state::choice::{self, NotThere};
use crate::state::live;
use protocol::Priority;
use protocol::desk::Offer;

fn offered(row: QueueRow, to: &AgentCard, until: i64) -> QueueRow {
    let agent = AgentRef { id: to.id.clone(), name: to.name.clone() };
    QueueRow { offer: Some(Offer { agent, at: Timestamp(0), until: Timestamp(until) }), ..row }
}

fn within(row: QueueRow, n: u128) -> QueueRow {
    QueueRow { department: Some(DepartmentId::random(n)), ..row }
}

/// Ana is in Sales; Ben in nothing.
fn desk(rows: Vec<QueueRow>) -> Desk {
    let ana = AgentCard { departments: vec![DepartmentId::random(1)], ..agent(1, "Ana") };
    run([
        hello(vec![ana, agent(2, "Ben")], rows),
        tell(DeskDown::Department { department: department(2, "Care", true) }),
    ])
    .desk
    .unwrap()
}

fn asked(rows: &[&QueueRow]) -> Vec<i64> {
    rows.iter().map(|row| row.asked_at.0).collect()
}

#[test]
fn those_that_wait_stand_by_return_then_priority_then_age() {
    let of = |priority, row| QueueRow { priority, ..row };
    let ben = agent(2, "Ben");
    let rows = vec![
        of(Priority::Low, row(1, 1)),
        row(2, 2),
        of(Priority::Vip, row(3, 30)),
        of(Priority::High, row(4, 20)),
        row(5, 1),
        QueueRow { returned: true, ..of(Priority::Low, row(6, 40)) },
        of(Priority::Vip, held(7, 9, &ben)),
        held(8, 8, &ben),
    ];
    let order: Vec<_> = desk(rows).queue.iter().map(|row| row.handoff.clone()).collect();
    assert_eq!(order, [6, 3, 4, 5, 2, 1, 8, 7].map(HandoffId::random));
}

#[test]
fn only_offers_to_us_ring_the_most_urgent_first() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let desk = desk(vec![
        offered(row(1, 1), &ana, 90_000),
        offered(row(2, 2), &ana, 80_000),
        offered(row(3, 3), &ben, 80_000),
        offered(row(4, 4), &ana, 1_000),
        row(5, 5),
    ]);
    assert_eq!(asked(&queue::ringing(&desk, NOW)), [2, 1]);
}

#[test]
fn an_accepted_or_declined_offer_stops_ringing_at_once() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let rings = QueueRow { epoch: Epoch(1), ..offered(row(1, 1), &ana, 90_000) };
    let next = [
        ("accepted", QueueRow { epoch: Epoch(2), ..held(1, 1, &ana) }),
        ("next is asked", QueueRow { epoch: Epoch(3), ..offered(row(1, 1), &ben, 90_000) }),
        ("ended", QueueRow { epoch: Epoch(2), ..closed(row(1, 1), 50) }),
    ];
    for (case, next) in next {
        let state = run([welcome(vec![rings.clone()]), heard(next)]);
        let desk = state.desk.as_ref().unwrap();
        assert_eq!(queue::ringing(desk, NOW), [] as [&QueueRow; 0], "{case}");
        // A late answer of an earlier command brings nothing back.
        assert_eq!(state.clone().after(Action::Row(rings.clone())), state, "{case}");
    }
}

#[test]
fn the_filter_shows_departments_and_never_hides_what_is_ours_from_mine() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let desk = desk(vec![
        within(row(1, 1), 1),
        within(row(2, 2), 2),
        row(3, 3),
        within(held(4, 4, &ana), 2),
        within(held(5, 5, &ben), 2),
        offered(within(row(6, 6), 2), &ana, 90_000),
    ]);
    let cases = [
        (Which::All, vec![1, 2, 3, 6, 4, 5]),
        (Which::Mine, vec![1, 3, 6, 4]),
        (Which::Nobodys, vec![3]),
        (Which::One(DepartmentId::random(2)), vec![2, 6, 4, 5]),
        (Which::One(DepartmentId::random(9)), vec![]),
    ];
    for (which, shown) in cases {
        assert_eq!(asked(&queue::of_tab(&desk, Tab::All, &which)), shown, "{which:?}");
    }
}

#[test]
fn a_supervisor_filters_by_department_agent_and_stage() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let desk = desk(vec![
        within(row(1, 1), 1),
        offered(row(2, 2), &ben, 90_000),
        held(3, 3, &ben),
        within(held(4, 4, &ana), 1),
    ]);
    let cases = [
        (Live::default(), vec![1, 2, 3, 4]),
        (Live { agent: Some(ben.id.clone()), ..Live::default() }, vec![2, 3]),
        (Live { stage: Some(Stage::Active), ..Live::default() }, vec![3, 4]),
        (Live { which: Which::Mine, stage: Some(Stage::Waiting), agent: None }, vec![1, 2]),
    ];
    for (filter, shown) in cases {
        assert_eq!(asked(&live::rows(&desk, &filter)), shown, "{filter:?}");
    }
}

#[test]
fn each_department_has_a_line_and_the_late_ones_say_since_when() {
    let again = QueueRow { queued_at: Some(Timestamp(70)), ..within(row(2, 2), 1) };
    let mut desk = desk(vec![within(row(1, 80), 1), again, row(3, 3), within(held(4, 4, &agent(2, "Ben")), 2)]);
    let told: Vec<_> = live::lines(&desk, &Which::All)
        .iter()
        .map(|line| (line.waiting, line.active, line.since.map(|at| at.0), line.available, line.spare))
        .collect();
    // Care, Sales, and what belongs to no department, which everybody can take.
    assert_eq!(told, [(0, 1, None, 0, 0), (2, 0, Some(70), 1, 5), (1, 0, Some(3), 2, 10)]);
    assert_eq!(live::lines(&desk, &Which::One(DepartmentId::random(1))).len(), 1);
    assert_eq!(live::late(&desk), []);
    desk.departments[1].late = true;
    assert_eq!(live::late(&desk), [("Sales", Timestamp(70))]);
}

#[test]
fn a_chat_can_be_given_to_whoever_can_take_it() {
    let (ana, ben) = (agent(1, "Ana"), agent(2, "Ben"));
    let full = AgentCard { status: Status::Busy, load: 5, ..agent(3, "Cem") };
    let row = within(held(1, 1, &ana), 1);
    let state = run([hello(vec![ana, ben, full, agent(4, "Dana")], vec![row.clone()])]);
    let mut desk = state.desk.unwrap();
    let found = |desk: &Desk, sought: &str| {
        let agents = choice::agents(desk, &row, sought);
        agents.iter().map(|agent| (agent.card.name.as_str().to_owned(), agent.can, agent.has)).collect::<Vec<_>>()
    };
    let told = |name: &str, can, has| (name.to_owned(), can, has);
    let all =
        [told("Ben", true, false), told("Dana", true, false), told("Ana", false, true), told("Cem", false, false)];
    assert_eq!(found(&desk, ""), all);
    assert_eq!(found(&desk, " AN"), [all[1].clone(), all[2].clone()]);

    let places = |desk: &Desk, row: &QueueRow| {
        choice::departments(desk, row, "").iter().map(|place| place.not).collect::<Vec<_>>()
    };
    assert_eq!(places(&desk, &row), [Some(NotThere::Empty)]);
    desk.agents[0].departments = vec![DepartmentId::random(1)];
    assert_eq!(places(&desk, &row), [None]);
    assert_eq!(places(&desk, &within(super::row(1, 1), 1)), [Some(NotThere::Here)]);
    assert!(choice::agents(&desk, &row, "zz").is_empty());
}

#[test]
fn an_older_conversation_is_known_without_a_gap_in_the_history() {
    let old = closed(row(9, 1), 5);
    let state = run([welcome(vec![row(1, 10)]), Action::Known(Box::new(old.clone()))]);
    assert_eq!(state.row_of(&old.conversation), Some(&old));
    assert_eq!(state.history.items, []);
    let again = QueueRow { handoff: HandoffId::random(10), ..row(9, 20) };
    assert_eq!(state.after(heard(again.clone())).row_of(&old.conversation), Some(&again), "reopened");
}
