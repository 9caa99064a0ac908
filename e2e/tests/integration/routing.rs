//! Who is given what: turns, loads, offers and what becomes of them, and that nobody gets anything who is not there.

use e2e::{Seat, Tenant, Visitor, staff};
use futures_util::future::join_all;
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::routing::{ChangeDepartment, DepartmentDetails, Routing};
use protocol::{Act, AgentId, Delivery, Event, Intent, RoutingMode, Stage, Status, WhenDeclined};
use std::time::Duration;

/// Longer than any test takes: an offer that is not to lapse.
const LONG: u32 = 300_000;

/// All have declined: they are asked again after this.
const RING_AGAIN: Duration = Duration::from_secs(15);

/// By turns, at once.
fn turns() -> Routing {
    Routing { mode: RoutingMode::RoundRobin, delivery: Delivery::Assign, sticky: false, ..Routing::default() }
}

/// By turns, with a question first.
fn offers(offer_ms: u32) -> Routing {
    Routing { delivery: Delivery::Offer, offer_ms, ..turns() }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn in_a_department_without_rules_agents_pick_up_for_themselves() {
    let tenant = Tenant::new().await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ben.waiting(&visitor).await;
    assert_eq!((&row.offer, &row.agent), (&None, &None));
    assert_eq!(row.department.as_ref(), Some(&tenant.created.department));
    ben.accept(&row).await.refused(Code::NotOffered);
    ben.claim(&row).await.row();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn turns_go_round_those_who_are_there() {
    let tenant = Tenant::with(|asked| {
        asked.routing = turns();
        asked.agents.push(staff("Dora"));
        asked.agents.iter_mut().for_each(|agent| agent.capacity = Some(50));
    })
    .await;
    let (mut ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    let dora = Seat::take(tenant.sign_in(3).await).await;
    let mut got = Vec::new();
    for _ in 0..9 {
        let visitor = tenant.asking().await;
        got.push(ben.owned_by_any(&visitor).await.0);
    }
    let mut first = got[..3].to_vec();
    first.sort();
    let mut all = vec![ben.id().clone(), cem.id().clone(), dora.id().clone()];
    all.sort();
    assert_eq!(first, all, "everybody once");
    assert_eq!((&got[3..6], &got[6..]), (&got[..3], &got[..3]), "and again in the same order");
    // An admin passes what the first one got to the second: that was a turn of both.
    let ann = tenant.ann().await;
    let visitor = tenant.asking().await;
    let (to, row) = ben.owned_by_any(&visitor).await;
    assert_eq!(to, got[0]);
    ann.assign(&row, &got[1]).await.row();
    let visitor = tenant.asking().await;
    assert_eq!(ben.owned_by_any(&visitor).await.0, got[2]);
    let visitor = tenant.asking().await;
    assert_eq!(ben.owned_by_any(&visitor).await.0, got[0]);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_least_loaded_gets_the_next_and_of_equals_who_has_waited_longest() {
    let tenant = Tenant::with(|asked| {
        asked.routing = Routing { mode: RoutingMode::LeastLoaded, ..turns() };
        asked.agents.iter_mut().for_each(|agent| agent.capacity = Some(50));
    })
    .await;
    let (mut ben, mut cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    let mut got: Vec<(AgentId, QueueRow)> = Vec::new();
    for _ in 0..4 {
        let visitor = tenant.asking().await;
        got.push(ben.owned_by_any(&visitor).await);
    }
    let count = |got: &[(AgentId, QueueRow)], of: &AgentId| got.iter().filter(|(agent, _)| agent == of).count();
    assert_eq!((count(&got, ben.id()), count(&got, cem.id())), (2, 2));
    assert_ne!(got[0].0, got[1].0, "equal loads take turns");
    assert_ne!(got[2].0, got[3].0);
    // Ben finishes both of his: the next two are his, the third goes by time.
    for (_, row) in got.iter().filter(|(agent, _)| agent == ben.id()) {
        ben.resolve(row).await.row();
    }
    for _ in 0..2 {
        let visitor = tenant.asking().await;
        cem.owned(&visitor, ben.id()).await;
    }
    let visitor = tenant.asking().await;
    cem.has(&visitor).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_visitor_who_comes_back_finds_whom_they_know_unless_that_one_is_not_there() {
    let tenant = Tenant::routed(Routing { sticky: true, ..turns() }).await;
    let (mut ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    let visitor = tenant.asking().await;
    let (known, row) = ben.owned_by_any(&visitor).await;
    let (first, second) = if known == *ben.id() { (&ben.agent, &cem.agent) } else { (&cem.agent, &ben.agent) };
    let other = second.id().clone();
    first.resolve(&row).await.row();
    // By turns it would be the other one.
    visitor.ask().await;
    let again = next_active(&mut ben.desk, &visitor, &row).await;
    assert_eq!(owner(&again), Some(&known));
    let why = first.decisions(&again.handoff).await;
    let routed = why.iter().find(|decision| decision.act == Act::Routed).expect("a decision");
    assert_eq!(routed.considered.last().map(|it| it.why), Some(protocol::Why::KnowsVisitor), "{why:#?}");
    first.resolve(&again).await.row();
    first.intend(Intent::Break).await;
    visitor.ask().await;
    let third = next_active(&mut ben.desk, &visitor, &again).await;
    assert_eq!(owner(&third), Some(&other));
}

/// The row of the handoff after this one, once somebody has it.
async fn next_active(
    desk: &mut e2e::View<protocol::desk::DeskDown, e2e::Desk>,
    visitor: &Visitor,
    before: &QueueRow,
) -> QueueRow {
    let fits = |row: &&QueueRow| row.handoff != before.handoff && row.stage == Stage::Active;
    desk.until("the next handoff", |desk| desk.rows.get(visitor.conversation()).filter(fits).cloned()).await
}

fn owner(row: &QueueRow) -> Option<&AgentId> {
    row.agent.as_ref().map(|agent| &agent.id)
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_offer_rings_one_agent_and_is_theirs_when_they_accept() {
    let tenant = Tenant::routed(offers(LONG)).await;
    let (mut ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    let state = visitor.ask().await;
    assert_eq!(state.handoff.map(|handoff| handoff.stage), Some(Stage::Waiting));
    let (to, row) = ben.offered_to_any(&visitor).await;
    let (asked, other) = if to == *ben.id() { (&ben.agent, &cem.agent) } else { (&cem.agent, &ben.agent) };
    let offer = row.offer.clone().expect("an offer");
    assert_eq!((row.stage, offer.until.0 - offer.at.0), (Stage::Waiting, i64::from(LONG)));
    assert_eq!(asked.card(asked.id()).await.load, 1, "an offer that is held counts");
    // Nobody else can take it meanwhile, by either word.
    let problem = other.claim(&row).await.refused(Code::Offered);
    assert_eq!((problem.by, problem.at), (Some(offer.agent.clone()), Some(offer.at)));
    other.accept(&row).await.refused(Code::NotOffered);
    other.decline(&row).await.refused(Code::NotOffered);
    let taken = asked.accept(&row).await.row();
    assert_eq!((taken.stage, owner(&taken), &taken.offer), (Stage::Active, Some(&to), &None));
    assert!(taken.epoch > row.epoch);
    assert_eq!(screen.told(Event::AgentJoined).await.agent, taken.agent);
    assert_eq!(asked.card(asked.id()).await.load, 1, "an offer and what becomes of it are one");
    // Whoever heard no answer may say it again, by either word.
    assert_eq!(asked.accept(&row).await.row().epoch, taken.epoch);
    assert_eq!(asked.claim(&row).await.row().epoch, taken.epoch);
    other.accept(&taken).await.refused(Code::Taken);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_is_asked_may_just_as_well_pick_it_up() {
    let tenant = Tenant::routed(offers(LONG)).await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ben.rung(&visitor).await;
    let taken = ben.claim(&row).await.row();
    assert_eq!((taken.stage, owner(&taken)), (Stage::Active, Some(ben.id())));
    let acts: Vec<_> = ben.decisions(&row.handoff).await.into_iter().map(|decision| decision.act).collect();
    assert_eq!(acts, [Act::Asked, Act::Offered, Act::Claimed]);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_declines_passes_it_to_the_next_in_the_same_turn() {
    let tenant = Tenant::routed(offers(LONG)).await;
    let (mut ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    let visitor = tenant.asking().await;
    let (to, row) = ben.offered_to_any(&visitor).await;
    let (asked, next) = if to == *ben.id() { (&ben.agent, &cem.agent) } else { (&cem.agent, &ben.agent) };
    let passed = asked.decline(&row).await.row();
    assert_eq!(passed.offer.as_ref().map(|offer| &offer.agent.id), Some(next.id()), "the answer says who is asked now");
    assert_eq!((passed.declined.as_slice(), passed.epoch > row.epoch), (std::slice::from_ref(&to), true));
    assert_eq!(asked.card(&to).await.load, 0);
    // Said twice it is harmless.
    assert_eq!(asked.decline(&row).await.row().epoch, passed.epoch);
    asked.accept(&passed).await.refused(Code::NotOffered);
    next.accept(&row).await.refused(Code::StaleEpoch);
    next.accept(&passed).await.row();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_offer_that_nobody_answers_goes_on_by_itself() {
    let tenant = Tenant::routed(offers(700)).await;
    let (mut ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    let visitor = tenant.asking().await;
    let (to, row) = ben.offered_to_any(&visitor).await;
    let other = if to == *ben.id() { cem.id().clone() } else { ben.id().clone() };
    let next = ben.offered(&visitor, &other).await;
    let (first, second) = (row.offer.clone().expect("an offer"), next.offer.clone().expect("an offer"));
    assert!(second.at >= first.until, "{first:?} {second:?}");
    assert!(second.at.0 - first.until.0 < 2_000, "asked late: {first:?} {second:?}");
    assert_eq!(next.declined, std::slice::from_ref(&to));
    let late = if to == *ben.id() { &ben.agent } else { &cem.agent };
    late.accept(&row).await.refused(Code::NotOffered);
    assert!(tenant.vitals().await.tally.lapsed >= 1);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn when_all_have_declined_they_are_asked_again_after_a_pause() {
    let tenant = Tenant::routed(offers(LONG)).await;
    let mut ben = tenant.ben_at_desk().await;
    let me = ben.id().clone();
    let visitor = tenant.asking().await;
    let row = ben.rung(&visitor).await;
    let passed = ben.decline(&row).await.row();
    let ring_at = passed.ring_at.expect("when all are asked again");
    assert_eq!((&passed.offer, passed.declined.as_slice()), (&None, std::slice::from_ref(&me)));
    let decisions = ben.decisions(&row.handoff).await;
    let declined = decisions.iter().find(|it| it.act == Act::Declined).expect("a decision");
    assert_eq!(ring_at.since(declined.at), RING_AGAIN);
    // Who comes meanwhile has not declined, and is asked at once.
    let mut cem = tenant.cem_at_desk().await;
    let other = cem.id().clone();
    let row = cem.offered(&visitor, &other).await;
    cem.decline(&row).await.row();
    let again = ben.row(&visitor, "asked again", |row| row.offer.is_some() && row.declined.is_empty()).await;
    assert_eq!((again.ring_at, again.form_offered), (None, false));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn when_all_have_declined_the_form_is_offered_where_the_department_says_so() {
    let tenant = Tenant::routed(Routing { when_declined: WhenDeclined::Form, ..offers(LONG) }).await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ben.rung(&visitor).await;
    let declined = ben.decline(&row).await.row();
    assert_eq!((declined.stage, declined.form_offered, declined.ring_at), (Stage::Waiting, true, None));
    screen.told(Event::FormOffered).await;
    assert!(screen.handoff("with a form", |handoff| handoff.form_offered).await.stage == Stage::Waiting);
    // Agents may still pick it up, who declined as well.
    ben.claim(&declined).await.row();
    screen.told(Event::AgentJoined).await;
    let acts: Vec<_> = ben.decisions(&row.handoff).await.into_iter().map(|decision| decision.act).collect();
    assert_eq!(acts, [Act::Asked, Act::Offered, Act::Declined, Act::FormOffered, Act::Claimed]);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_department_with_nobody_there_falls_back_to_one_with_somebody() {
    let tenant = Tenant::routed(offers(LONG)).await;
    let ann = tenant.ann().await;
    let (sales, night) = (ann.add_department("Sales").await, ann.add_department("Night").await);
    let support = &tenant.created.department;
    let cem = &tenant.created.agents[2];
    ann.puts(&tenant.created.agents[0], &[support]).await;
    ann.puts(cem, &[&night]).await;
    // Support → Sales, where nobody is at all → Night → Support: no circle is walked twice.
    for (from, to) in [(support, &sales), (&sales, &night), (&night, support)] {
        let routing = Some(Routing { fallback: Some(to.clone()), ..turns() });
        let change = ChangeDepartment { routing, name: None };
        ann.change_department(from, &change).await.ok::<DepartmentDetails>();
    }
    let mut seat = tenant.cem_at_desk().await;
    let visitor = tenant.asking().await;
    let row = seat.owned(&visitor, cem).await;
    assert_eq!(row.department.as_ref(), Some(&night));
    let decisions = seat.decisions(&row.handoff).await;
    let acts: Vec<_> = decisions.iter().map(|decision| decision.act).collect();
    assert_eq!((acts.first(), acts.last()), (Some(&Act::Asked), Some(&Act::Routed)), "{acts:?}");
    assert!(acts.contains(&Act::FellBack), "{acts:?}");
    // With nobody in any of them the visitor stands in line all the same, if somebody can answer at all.
    seat.intend(Intent::Away).await;
    let mut ann = Seat::take(ann).await;
    ann.puts(&ann.id().clone(), &[]).await;
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ann.waiting(&visitor).await;
    assert_eq!((row.offer.as_ref(), row.agent.as_ref()), (None, None));
    screen.handoff("with a form", |handoff| handoff.form_offered).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_free_place_is_filled_in_the_same_turn_in_the_order_of_the_line() {
    let tenant = Tenant::routed(turns()).await;
    let mut ben = tenant.ben_at_desk().await;
    let me = ben.id().clone();
    let ann = tenant.ann().await;
    let line = join_in(&tenant, &mut ben, 7).await;
    let mut rows = Vec::new();
    for visitor in &line[..2] {
        rows.push(ben.has(visitor).await);
    }
    for visitor in &line[2..] {
        assert_eq!(ben.waiting(visitor).await.offer, None, "two of two: nobody is asked");
    }
    // A conversation ends: the answer comes when the next is theirs already.
    ben.resolve(&rows[0]).await.row();
    assert_eq!(stage(&ben, &line[2]).await, Stage::Active);
    assert_eq!(stage(&ben, &line[3]).await, Stage::Waiting);
    assert_eq!(ben.card(&me).await.load, 2);
    // More is allowed: as many at once.
    ann.allows(&me, 4).await;
    ben.has(&line[3]).await;
    ben.has(&line[4]).await;
    assert_eq!(stage(&ben, &line[5]).await, Stage::Waiting);
    // Another one comes.
    let cem = tenant.cem_at_desk().await;
    ben.owned(&line[5], cem.id()).await;
    ben.owned(&line[6], cem.id()).await;
    // Less is allowed: nothing is taken away, and nothing comes.
    ann.allows(&me, 1).await;
    let last = tenant.asking().await;
    let waiting = ben.waiting(&last).await;
    ben.resolve(&rows[1]).await.row();
    assert_eq!(stage(&ben, &last).await, Stage::Waiting);
    let card = ben.card(&me).await;
    assert_eq!((card.load, card.capacity, card.status), (3, 1, Status::Busy));
    ben.claim(&waiting).await.refused(Code::AtCapacity);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_comes_back_is_given_who_has_waited() {
    let tenant = Tenant::routed(turns()).await;
    let mut ann = tenant.ann_at_desk().await;
    ann.puts(&ann.id().clone(), &[]).await;
    let (ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    cem.intend(Intent::Busy).await;
    ben.intend(Intent::Away).await;
    let first = tenant.asking().await;
    ann.waiting(&first).await;
    ben.intend(Intent::Available).await;
    let first = ann.owned(&first, ben.id()).await;
    // The same by an idle tab that somebody touches again.
    ben.desk.idle(true);
    ann.sees(ben.id(), Status::Away).await;
    let second = tenant.asking().await;
    ann.waiting(&second).await;
    ben.desk.idle(false);
    let second = ann.owned(&second, ben.id()).await;
    // And by a program that beats.
    ben.resolve(&first).await.row();
    ben.resolve(&second).await.row();
    ben.sign_out().await;
    let third = tenant.asking().await;
    ann.waiting(&third).await;
    let client = tenant.client_of_ben().await;
    client.beat(false).await.ok::<protocol::team::HeartbeatReply>();
    ann.owned(&third, ben.id()).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn nobody_who_is_not_there_is_given_or_asked_anything() {
    for routing in [turns(), offers(LONG), Routing { mode: RoutingMode::LeastLoaded, sticky: true, ..turns() }] {
        let what = format!("{:?} {:?}", routing.mode, routing.delivery);
        let tenant = Tenant::routed(routing).await;
        let mut ann = tenant.ann_at_desk().await;
        ann.puts(&ann.id().clone(), &[]).await;
        let (ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
        // Cem is idle all the time, Ben is everything that is not available.
        cem.desk.idle(true);
        ann.sees(cem.id(), Status::Away).await;
        for intent in Intent::ALL.iter().filter(|intent| **intent != Intent::Available) {
            ben.intend(*intent).await;
            let visitor = tenant.asking().await;
            let row = ann.waiting(&visitor).await;
            assert_eq!((&row.offer, &row.agent), (&None, &None), "{what}: {intent:?}");
        }
        // Ben reloads: he is expected, and is asked as soon as he is there, not before.
        let id = ben.id().clone();
        let Seat { agent, desk } = ben;
        desk.close().await;
        agent.intend(Intent::Available).await;
        let line: Vec<QueueRow> = ann.queue("?stage=waiting").await.items;
        assert!(line.iter().all(|row| row.offer.is_none() && row.agent.is_none()), "{what}: {line:#?}");
        let _ben = Seat::take(agent).await;
        let got =
            |row: &&QueueRow| owner(row) == Some(&id) || row.offer.as_ref().is_some_and(|offer| offer.agent.id == id);
        let two = |desk: &e2e::Desk| (desk.rows.values().filter(got).count() == 2).then_some(());
        ann.desk.until("as many as Ben may have", two).await;
        let seen: Vec<_> =
            ann.desk.picture.shown.iter().filter(|row| row.offer.is_some() || owner(row).is_some()).collect();
        assert!(seen.iter().all(got), "{what}: {seen:#?}");
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_offer_is_taken_back_from_whoever_can_take_it_no_more() {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum How {
        SignsOut,
        GoesAway,
        AdminSendsAway,
        CapacityLowered,
        AdminAssigns,
        AdminTakesOver,
    }
    use How::*;
    for how in [SignsOut, GoesAway, AdminSendsAway, CapacityLowered, AdminAssigns, AdminTakesOver] {
        let tenant = Tenant::routed(offers(LONG)).await;
        let mut ann = tenant.ann_at_desk().await;
        ann.puts(&ann.id().clone(), &[]).await;
        let (ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
        cem.intend(Intent::Busy).await;
        let visitors = join_in(&tenant, &mut ann, 2).await;
        for visitor in &visitors {
            ann.offered(visitor, ben.id()).await;
        }
        cem.intend(Intent::Available).await;
        let row = ann.offered(&visitors[1], ben.id()).await;
        match how {
            SignsOut => ben.sign_out().await,
            GoesAway => drop(ben.intend(Intent::Away).await),
            AdminSendsAway => {
                let path = format!("/v1/agents/{}/intent", ben.id());
                let body = serde_json::json!({ "intent": "break" });
                ann.request("PUT", &path).json(&body).send().await.ok::<protocol::desk::AgentCard>();
            }
            CapacityLowered => ann.allows(ben.id(), 1).await,
            AdminAssigns => drop(ann.assign(&row, cem.id()).await.row()),
            AdminTakesOver => drop(ann.take_over(&row).await.row()),
        }
        let after = match how {
            SignsOut | GoesAway | AdminSendsAway | CapacityLowered => ann.offered(&visitors[1], cem.id()).await,
            AdminAssigns => ann.owned(&visitors[1], cem.id()).await,
            AdminTakesOver => ann.has(&visitors[1]).await,
        };
        assert!(after.epoch > row.epoch && after.declined.is_empty(), "{how:?}: {after:#?}");
        if how != SignsOut {
            let code = if matches!(how, AdminAssigns | AdminTakesOver) { Code::Taken } else { Code::NotOffered };
            ben.accept(&row).await.refused(code);
        }
        if how == CapacityLowered {
            assert_eq!(ann.card(ben.id()).await.load, 1);
        }
        let acts: Vec<_> = ann.decisions(&row.handoff).await.into_iter().map(|decision| decision.act).collect();
        let told = match how {
            SignsOut | GoesAway | AdminSendsAway | CapacityLowered => Act::OfferWithdrawn,
            AdminAssigns => Act::Assigned,
            AdminTakesOver => Act::TakenOver,
        };
        assert!(acts.contains(&told), "{how:?}: {acts:?}");
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_reload_and_idleness_leave_an_offer_where_it_is() {
    let tenant = Tenant::routed(offers(LONG)).await;
    let mut ann = tenant.ann_at_desk().await;
    ann.puts(&ann.id().clone(), &[]).await;
    let ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ann.offered(&visitor, ben.id()).await;
    let _cem = tenant.cem_at_desk().await;
    let ben = ben.reload().await;
    ben.desk.idle(true);
    ann.sees(ben.id(), Status::Away).await;
    assert_eq!(ann.handoff(&row.handoff).await.epoch, row.epoch);
    // Whoever answers is at it, whatever the tab has said.
    ben.accept(&row).await.row();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_visitor_who_ends_it_takes_the_offer_along() {
    let tenant = Tenant::routed(offers(LONG)).await;
    let mut ben = tenant.ben_at_desk().await;
    let me = ben.id().clone();
    let visitor = tenant.asking().await;
    let row = ben.rung(&visitor).await;
    visitor.end().await.ok::<protocol::room::RoomState>();
    let closed = ben.closed(&visitor).await;
    assert_eq!(closed.reason, Some(protocol::CloseReason::EndedByVisitor));
    ben.accept(&row).await.refused(Code::NotOpen);
    assert_eq!(ben.card(&me).await.load, 0);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn offers_count_and_nobody_gets_more_than_they_may_have() {
    let tenant = Tenant::routed(offers(LONG)).await;
    let (mut ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    let visitors = join_in(&tenant, &mut ben, 6).await;
    // Four places, six visitors.
    let mut offered = 0;
    for visitor in &visitors {
        let row = ben.waiting(visitor).await;
        offered += usize::from(row.offer.is_some());
    }
    assert_eq!(offered, 4);
    for agent in [ben.id(), cem.id()] {
        let card = ben.card(agent).await;
        assert_eq!((card.load, card.status), (2, Status::Busy));
    }
    // Whoever holds two offers can still answer them, and pick up nothing else.
    let own = ben.queue("?stage=waiting").await.items;
    let mine = own.iter().find(|row| row.offer.as_ref().is_some_and(|it| it.agent.id == *ben.id())).unwrap();
    let free = own.iter().find(|row| row.offer.is_none()).unwrap();
    ben.claim(free).await.refused(Code::AtCapacity);
    ben.accept(mine).await.row();
    assert_eq!(ben.card(ben.id()).await.load, 2);
}

/// So many visitors ask, one after the other; each stands in the desk's books.
async fn join_in(tenant: &Tenant, seat: &mut Seat, count: usize) -> Vec<Visitor> {
    let visitors = join_all((0..count).map(|_| tenant.visitor())).await;
    for visitor in &visitors {
        visitor.ask().await;
        let open = |row: &QueueRow| row.stage != Stage::Closed;
        seat.row(visitor, "an open row", open).await;
    }
    visitors
}

async fn stage(seat: &Seat, visitor: &Visitor) -> Stage {
    let row = &seat.desk.picture.rows[visitor.conversation()];
    seat.handoff(&row.handoff).await.stage
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn somebody_elses_department_is_nobody_of_this_one() {
    let tenant = Tenant::routed(turns()).await;
    let mut ann = tenant.ann_at_desk().await;
    let sales = ann.add_department("Sales").await;
    ann.puts(&ann.id().clone(), &[]).await;
    let ben = tenant.ben_at_desk().await;
    ann.puts(ben.id(), &[&sales]).await;
    let visitor = tenant.asking().await;
    let row = ann.waiting(&visitor).await;
    assert_eq!((&row.offer, &row.agent), (&None, &None));
    // Whoever joins the department is given who waits there.
    ann.puts(ben.id(), &[&sales, &tenant.created.department]).await;
    let row = ann.owned(&visitor, ben.id()).await;
    // And so does a department whose rules change.
    let manual = ChangeDepartment { routing: Some(Routing::default()), name: None };
    ann.change_department(&tenant.created.department, &manual).await.ok::<DepartmentDetails>();
    ben.resolve(&row).await.row();
    let visitor = tenant.asking().await;
    assert_eq!(ann.waiting(&visitor).await.offer, None);
    let automatic = ChangeDepartment { routing: Some(turns()), name: None };
    ann.change_department(&tenant.created.department, &automatic).await.ok::<DepartmentDetails>();
    ann.owned(&visitor, ben.id()).await;
}
