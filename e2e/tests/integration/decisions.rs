//! Why who got what: every act is kept with its reasons.

use e2e::{Seat, Tenant, staff};
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::room::AgentRef;
use protocol::routing::{Decision, DecisionsReply, Routing};
use protocol::{Act, Delivery, Intent, RoutingMode, Stage, Status, Why};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_decision_tells_who_was_passed_over_and_why() {
    let tenant = Tenant::with(|asked| {
        asked.routing = Routing { mode: RoutingMode::LeastLoaded, delivery: Delivery::Offer, ..Routing::default() };
        asked.routing.offer_ms = 300_000;
        asked.agents.extend([staff("Dora"), staff("Eve")]);
    })
    .await;
    let mut ann = tenant.ann_at_desk().await;
    ann.puts(&ann.id().clone(), &[]).await;
    // Ben is at two of two, Cem is away, Dora declines, Eve never came.
    let ben = tenant.ben_at_desk().await;
    for _ in 0..2 {
        let visitor = tenant.asking().await;
        let row = ann.offered(&visitor, ben.id()).await;
        ben.accept(&row).await.row();
    }
    let cem = tenant.cem_at_desk().await;
    cem.intend(Intent::Away).await;
    let dora = Seat::take(tenant.sign_in(3).await).await;
    let visitor = tenant.asking().await;
    let row = ann.offered(&visitor, dora.id()).await;
    let first = ann.decisions(&row.handoff).await;
    assert_eq!(acts(&first), [Act::Asked, Act::Offered]);
    assert_eq!(first[0].department.as_ref(), Some(&tenant.created.department));
    let offered = &first[1];
    assert_eq!((offered.agent.as_ref(), &offered.by), (row.offer.as_ref().map(|it| &it.agent), &None));
    assert_eq!((offered.mode, &offered.department), (Some(RoutingMode::LeastLoaded), &row.department));
    assert_eq!(offered.considered.last().map(|it| (&it.agent.id, it.why)), Some((dora.id(), Why::Chosen)));
    let of = |decision: &Decision, seat: &AgentRef| {
        let found = decision.considered.iter().find(|it| it.agent.id == seat.id);
        found.map(|it| (it.why, it.status, it.load, it.capacity))
    };
    assert_eq!(of(offered, &named(&ben)), Some((Why::AtCapacity, Status::Busy, 2, 2)));
    assert_eq!(of(offered, &named(&cem)), Some((Why::NotAvailable, Status::Away, 0, 2)));
    let since = offered.considered.iter().find(|it| it.agent.id == *cem.id()).map(|it| it.since);
    assert_eq!(since, Some(ann.card(cem.id()).await.since), "away since when");

    dora.decline(&row).await.row();
    let eve = Seat::take(tenant.sign_in(4).await).await;
    let row = ann.offered(&visitor, eve.id()).await;
    let second = ann.decisions(&row.handoff).await;
    assert_eq!(acts(&second), [Act::Asked, Act::Offered, Act::Declined, Act::Exhausted, Act::Offered]);
    assert_eq!(second[2].agent.as_ref().map(|it| &it.id), Some(dora.id()));
    assert_eq!(of(&second[4], &named(&dora)).map(|it| it.0), Some(Why::Declined));
    // And why this one and not that one, both of whom could.
    let visitor = tenant.asking().await;
    let (to, row) = ann.offered_to_any(&visitor).await;
    assert_eq!(&to, dora.id(), "she has less");
    let third = ann.decisions(&row.handoff).await;
    assert_eq!(of(third.last().unwrap(), &named(&eve)).map(|it| it.0), Some(Why::NotTheirTurn));
}

fn named(seat: &Seat) -> AgentRef {
    AgentRef { id: seat.id().clone(), name: seat.me.name.clone() }
}

fn acts(decisions: &[Decision]) -> Vec<Act> {
    decisions.iter().map(|decision| decision.act).collect()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn every_verb_leaves_its_word_and_who_said_it() {
    let tenant = Tenant::new().await;
    let (mut ann, mut ben) = (tenant.ann_at_desk().await, tenant.ben_at_desk().await);
    let cem = tenant.cem_at_desk().await;
    let sales = ann.add_department("Sales").await;
    ann.puts(cem.id(), &[&sales, &tenant.created.department]).await;
    let visitor = tenant.asking().await;
    let row = ben.picks_up(&visitor).await;
    let row = ben.release(&row).await.row();
    let row = ann.assign(&row, ben.id()).await.row();
    let row = ben.transfer(&row, cem.id(), Some("For you")).await.row();
    let row = cem.transfer_to_department(&row, &sales, None).await.row();
    let row = ann.take_over(&row).await.row();
    crate::queue::make_vip(&ben, visitor.conversation(), true).await;
    let row = ann.row(&visitor, "vip", |now| now.epoch == row.epoch && now.priority == protocol::Priority::Vip).await;
    ann.resolve(&row).await.row();
    let all = ann.decisions(&row.handoff).await;
    let (a, b, c) = (Some(named(&ann)), Some(named(&ben)), Some(named(&cem)));
    let expected = [
        (Act::Asked, None, None),
        (Act::Claimed, b.clone(), b.clone()),
        (Act::Released, b.clone(), b.clone()),
        (Act::Assigned, b.clone(), a.clone()),
        (Act::Transferred, c.clone(), b.clone()),
        (Act::Transferred, None, c.clone()),
        (Act::TakenOver, a.clone(), a.clone()),
        (Act::Prioritized, None, b.clone()),
        (Act::Resolved, a.clone(), a.clone()),
    ];
    assert_eq!(acts(&all), expected.each_ref().map(|it| it.0));
    for (decision, (act, agent, by)) in all.iter().zip(expected) {
        assert_eq!(decision.handoff, row.handoff);
        // Whom it is about may go without saying where it is who did it.
        let about = decision.agent.clone().or_else(|| decision.by.clone());
        let wanted = agent.or_else(|| by.clone());
        assert_eq!((about, decision.by.clone()), (wanted, by), "{act:?}");
    }
    assert_eq!(all[4].note.as_ref().map(|note| note.as_str()), Some("For you"));
    assert_eq!(all.last().unwrap().department.as_ref(), Some(&sales));
    assert!(all.is_sorted_by_key(|decision| decision.at), "{all:#?}");

    // Page by page it is the same, newest first.
    let (mut paged, mut cursor) = (Vec::new(), Some(String::new()));
    while let Some(from) = cursor {
        let path = format!("/v1/handoffs/{}/decisions?limit=2{from}", row.handoff);
        let page: DecisionsReply = ben.get(&path).await;
        assert!(page.items.len() <= 2);
        paged.extend(page.items);
        cursor = page.cursor.map(|cursor| format!("&cursor={cursor}"));
    }
    paged.reverse();
    assert_eq!(paged, all);
    for query in ["limit=0", "limit=201", "cursor=nowhere"] {
        let path = format!("/v1/handoffs/{}/decisions?{query}", row.handoff);
        ben.request("GET", &path).send().await.refused(Code::Malformed);
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_visitors_and_time_did_is_written_down_too() {
    let tenant = Tenant::new().await;
    let mut ben = tenant.ben_at_desk().await;
    let ends = tenant.asking().await;
    ben.waiting(&ends).await;
    ends.end().await.ok::<protocol::room::RoomState>();
    let row = ben.closed(&ends).await;
    assert_eq!(acts(&ben.decisions(&row.handoff).await), [Act::Asked, Act::EndedByVisitor]);
    let mails = tenant.asking().await;
    let row: QueueRow = ben.waiting(&mails).await;
    mails.leave_email("vera@mail.example", "Please write").await;
    ben.closed(&mails).await;
    assert_eq!(acts(&ben.decisions(&row.handoff).await), [Act::Asked, Act::Missed]);
    // Nobody at all is there.
    ben.sign_out().await;
    let misses = tenant.visitor().await;
    let state = misses.ask().await;
    let handoff = state.handoff.expect("a handoff");
    assert_eq!(handoff.stage, Stage::Closed);
    let ben = tenant.ben().await;
    let missed = ben.decisions(&handoff.id).await;
    assert_eq!(missed.last().map(|it| it.act), Some(Act::Missed), "{missed:#?}");
}
