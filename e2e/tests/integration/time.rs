//! What time alone does: forms, warnings, ends and alerts. Nothing expires in silence.

use e2e::{Seat, Tenant};
use protocol::routing::{ChannelSettings, ConversationSettings, Routing};
use protocol::team::{DepartmentCard, JobsReply, PresenceReply, Tally};
use protocol::{Act, CloseReason, DepartmentId, Event, Intent, Kind, Stage};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// What a busy machine may add to a deadline, ms.
const SLACK: i64 = 10_000;

/// Conversations that live for so long, ms.
fn living(expire_after_ms: u32, warn_before_ms: u32, close_idle_after_ms: u32) -> ConversationSettings {
    let website = ChannelSettings { expire_after_ms, warn_before_ms, close_idle_after_ms };
    ConversationSettings { website, ..ConversationSettings::default() }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_waits_long_is_offered_the_form_and_waits_on() {
    let tenant = Tenant::routed(Routing { form_after_ms: 1_000, ..Routing::default() }).await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ben.waiting(&visitor).await;
    let offered = screen.told(Event::FormOffered).await;
    let waited = offered.at.0 - row.asked_at.0;
    assert!((1_000..1_000 + SLACK).contains(&waited), "after {waited} ms");
    let shown = screen.handoff("with a form", |handoff| handoff.form_offered).await;
    assert_eq!((shown.stage, shown.place.map(|place| place.ahead)), (Stage::Waiting, Some(0)));
    let row = ben.row(&visitor, "with a form", |row| row.form_offered).await;
    // Either way on is open: to be answered, or to leave an address.
    ben.claim(&row).await.row();
    screen.told(Event::AgentJoined).await;
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    screen.told(Event::FormOffered).await;
    let state = visitor.leave_email("vera@mail.example", "Then by mail").await;
    assert_eq!(state.handoff.map(|handoff| (handoff.stage, handoff.emailed)), Some((Stage::Closed, true)));
    let closed = ben.closed(&visitor).await;
    let row = crate::main_path::in_history(&ben.agent, &closed.handoff).await;
    assert_eq!((row.reason, row.email.is_some()), (Some(CloseReason::Missed), true));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_conversation_expires_with_a_warning_whether_it_waits_or_is_in_hand() {
    let tenant = Tenant::with(|asked| asked.conversations = living(3_000, 1_500, 0)).await;
    let mut ben = tenant.ben_at_desk().await;
    for picked_up in [false, true] {
        let visitor = tenant.visitor().await;
        let mut screen = visitor.screen().await;
        visitor.ask().await;
        let mut row = ben.waiting(&visitor).await;
        if picked_up {
            row = ben.claim(&row).await.row();
        }
        let warned = screen.told(Event::ExpiresSoon).await;
        let expires_at = ben.row(&visitor, "warned", |row| row.expires_at.is_some()).await.expires_at;
        assert_eq!(expires_at.map(|at| at.0), Some(row.asked_at.0 + 3_000), "picked up: {picked_up}");
        let ended = screen.told(Event::Expired).await;
        for (at, due) in [(warned.at, 1_500), (ended.at, 3_000)] {
            let took = at.0 - row.asked_at.0;
            assert!((due..due + SLACK).contains(&took), "picked up: {picked_up}: {took} instead of {due} ms");
        }
        let closed = ben.closed(&visitor).await;
        assert_eq!((closed.reason, closed.epoch > row.epoch), (Some(CloseReason::Expired), true));
        let shown = screen.stage(Stage::Closed).await;
        assert_eq!((shown.reason, shown.epoch), (Some(CloseReason::Expired), closed.epoch));
        assert_eq!(ben.card(ben.id()).await.load, 0);
        let acts: Vec<_> = ben.decisions(&row.handoff).await.into_iter().map(|it| it.act).collect();
        assert_eq!(acts[acts.len() - 2..], [Act::Warned, Act::Expired], "{acts:?}");
        let row = crate::main_path::in_history(&ben.agent, &row.handoff).await;
        assert_eq!(row.reason, Some(CloseReason::Expired));
        // And can begin again.
        assert_eq!(visitor.ask().await.handoff.map(|handoff| handoff.stage), Some(Stage::Waiting));
    }
    let Tally { expired, abandoned, at, .. } = tenant.vitals().await.tally;
    assert!(expired >= 2 && abandoned == 0 && at.is_some());
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_waits_expires_though_nobody_is_left_to_see_it() {
    let tenant = Tenant::with(|asked| asked.conversations = living(4_000, 0, 0)).await;
    let visitor = {
        let ben = tenant.ben_at_desk().await;
        let visitor = tenant.asking().await;
        ben.sign_out().await;
        visitor
    };
    let mut screen = visitor.screen().await;
    assert_eq!(screen.stage(Stage::Waiting).await.reason, None);
    let ended = screen.stage(Stage::Closed).await;
    assert_eq!(ended.reason, Some(CloseReason::Expired));
    assert_eq!(screen.picture.events().last(), Some(&Event::Expired), "without a warning, as it is set");
    assert_eq!(tenant.vitals().await.tally.expired, 1);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_visitor_who_does_not_answer_has_gone_after_a_while() {
    let tenant = Tenant::with(|asked| asked.conversations = living(600_000, 0, 2_000)).await;
    let mut ben = tenant.ben_at_desk().await;
    let (silent, answers, unheard) = (tenant.asking().await, tenant.asking().await, tenant.visitor().await);
    let mut screen = silent.screen().await;
    let row = ben.picks_up(&silent).await;
    ben.picks_up(&answers).await;
    let asked = ben.send(silent.conversation(), "Which lamp is it?").await;
    ben.send(answers.conversation(), "Which lamp is it?").await;
    answers.send("The brass one").await;
    unheard.ask().await;
    let ended = screen.told(Event::Abandoned).await;
    let took = ended.at.0 - asked.at.0;
    assert!((2_000..2_000 + SLACK).contains(&took), "after {took} ms");
    let closed = ben.closed(&silent).await;
    assert_eq!((closed.reason, closed.epoch > row.epoch), (Some(CloseReason::Abandoned), true));
    // Who has answered, and who waits for an agent, is not idle.
    let others = ben.queue("").await.items;
    assert_eq!(others.len(), 2, "{others:#?}");
    assert_eq!(tenant.vitals().await.tally.abandoned, 1);
    // Who writes after all is not lost: it begins anew.
    silent.send("Sorry, I am back").await;
    silent.ask().await;
    screen.stage(Stage::Waiting).await;
    screen.reads(Kind::Visitor, "Sorry, I am back").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn admins_are_alerted_while_somebody_waits_too_long() {
    let tenant = Tenant::routed(Routing { alert_after_ms: 1_000, ..Routing::default() }).await;
    let mut ann = tenant.ann_at_desk().await;
    let support = tenant.created.department.clone();
    let late = |ann: &Seat| ann.desk.picture.departments[&support].late;
    let (first, second) = (tenant.asking().await, tenant.visitor().await);
    let row = ann.waiting(&first).await;
    assert!(!late(&ann));
    alert(&mut ann, &support, true).await;
    let reply: PresenceReply = ann.get("/v1/presence").await;
    assert!(reply.departments[0].department.late);
    second.ask().await;
    ann.waiting(&second).await;
    let row = ann.claim(&row).await.row();
    alert(&mut ann, &support, false).await;
    assert!(!ann.get::<PresenceReply>("/v1/presence").await.departments[0].department.late);
    // What comes back into line waits anew; the next alert is of the other one, or later.
    ann.release(&row).await.row();
    alert(&mut ann, &support, true).await;
    second.end().await.ok::<protocol::room::RoomState>();
    first.end().await.ok::<protocol::room::RoomState>();
    alert(&mut ann, &support, false).await;
}

async fn alert(seat: &mut Seat, department: &DepartmentId, late: bool) {
    let fits = |card: &&DepartmentCard| card.late == late;
    seat.desk.until("an alert", |desk| desk.departments.get(department).filter(fits).map(drop)).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn offers_that_lapse_are_counted() {
    let routing = Routing { mode: protocol::RoutingMode::RoundRobin, offer_ms: 500, ..Routing::default() };
    let tenant = Tenant::routed(routing).await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    ben.rung(&visitor).await;
    let row = ben.row(&visitor, "lapsed", |row| row.offer.is_none() && !row.declined.is_empty()).await;
    assert_eq!(tenant.vitals().await.tally.lapsed, 1);
    let acts: Vec<_> = ben.decisions(&row.handoff).await.into_iter().map(|it| it.act).collect();
    assert_eq!(acts, [Act::Asked, Act::Offered, Act::OfferLapsed, Act::Exhausted]);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn cron_finds_what_is_due_and_says_that_it_ran() {
    let tenant = Tenant::with(|asked| asked.conversations = living(2_000, 1_000, 0)).await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    ben.waiting(&visitor).await;
    let before = jobs(&tenant).await;
    let sweeping = {
        let server = tenant.server.clone();
        tokio::spawn(async move {
            loop {
                server.cron().await;
                sleep(Duration::from_millis(300)).await;
            }
        })
    };
    assert_eq!(ben.closed(&visitor).await.reason, Some(CloseReason::Expired));
    sweeping.abort();
    let ran = async {
        while jobs(&tenant).await <= before {
            tenant.server.cron().await;
        }
    };
    timeout(e2e::PATIENCE, ran).await.expect("a run that is written down");
    // Once is enough: nothing is closed twice.
    let told = visitor.transcript().await.into_iter().filter(|it| it.event == Some(Event::Expired)).count();
    assert_eq!((told, tenant.vitals().await.tally.expired), (1, 1));
}

/// When each job ran last.
async fn jobs(tenant: &Tenant) -> Option<i64> {
    let path = "/v1/platform/jobs";
    let reply = tenant.server.get(path).bearer(&tenant.server.platform_token).send().await;
    reply.ok::<JobsReply>().items.into_iter().map(|job| job.ran_at.0).max()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_department_in_which_nobody_is_left_offers_the_form_at_once() {
    let tenant = Tenant::new().await;
    let mut ann = tenant.ann_at_desk().await;
    ann.puts(&ann.id().clone(), &[]).await;
    let ben = tenant.ben_at_desk().await;
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ann.waiting(&visitor).await;
    assert!(!row.form_offered, "Ben is there");
    ben.intend(Intent::Away).await;
    screen.told(Event::FormOffered).await;
    // Ann is of no department; she may pick it up all the same.
    let row = ann.row(&visitor, "with a form", |row| row.form_offered).await;
    ann.claim(&row).await.row();
    screen.told(Event::AgentJoined).await;
}
