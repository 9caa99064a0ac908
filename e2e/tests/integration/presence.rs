//! Who can answer now.

use crate::main_path::keep;
use e2e::{Tenant, rules};
use protocol::desk::QueueRow;
use protocol::{Event, Intent, Stage, Status};
use std::time::Duration;
use tokio::time::Instant;

/// What a busy machine may add to a deadline.
const SLACK: Duration = Duration::from_secs(10);

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_closed_tab_loses_the_conversation_after_the_grace() {
    let tenant = Tenant::new().await;
    let mut watch = tenant.ann().await.desk().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    visitor.ask().await;
    let row = desk.row(visitor.conversation(), Stage::Waiting).await;
    let claimed: QueueRow = ben.claim(&row).await.ok();
    watch.row(visitor.conversation(), Stage::Active).await;

    let closed_at = Instant::now();
    desk.close().await;
    watch.status(ben.id(), Status::Offline).await;
    assert!(closed_at.elapsed() < rules().0 + SLACK, "offline only after {:?}", closed_at.elapsed());
    let back = watch.row(visitor.conversation(), Stage::Waiting).await;
    assert!(back.returned && back.epoch > claimed.epoch, "{back:?}");
    assert_eq!(widget.event(Event::AgentLost).await.agent.expect("who").name.as_str(), "Ben");
    widget.state("waiting again", |state| state.handoff.as_ref().is_some_and(|it| it.stage == Stage::Waiting)).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_reload_within_the_grace_loses_nothing() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    let mut watch = ann.desk().await;
    watch.welcome().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    let visitor = tenant.visitor().await;
    visitor.ask().await;
    let row = desk.row(visitor.conversation(), Stage::Waiting).await;
    ben.claim(&row).await.row();
    for _ in 0..3 {
        desk.close().await;
        desk = ben.desk().await;
        desk.row(visitor.conversation(), Stage::Active).await;
    }
    // Something that the watcher is certain to see, after which everything before it has been seen.
    ben.intend(Intent::Break).await;
    watch.status(ben.id(), Status::Break).await;
    let returned = watch.seen().iter().filter(|text| text.contains("\"returned\":true")).count();
    assert_eq!(returned, 0, "{:#?}", watch.seen());
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_vanished_agent_is_offline_after_the_longest_silence() {
    let tenant = Tenant::new().await;
    let mut watch = tenant.ann().await.desk().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    desk.welcome().await;
    watch.status(ben.id(), Status::Available).await;
    desk.freeze();
    let frozen_at = Instant::now();
    watch.status(ben.id(), Status::Offline).await;
    let (stale_after, took) = (rules().1, frozen_at.elapsed());
    // The last beat was at most half a second before the freeze.
    assert!(took + Duration::from_millis(600) > stale_after, "offline too early, after {took:?}");
    assert!(took < stale_after + SLACK, "offline only after {took:?}");
    let visitor = tenant.visitor().await;
    visitor.ask().await;
    let row = watch.row(visitor.conversation(), Stage::Waiting).await;
    ben.claim(&row).await.refused(protocol::problem::Code::NotRoutable);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_agent_who_beats_stays_however_long_the_silence_otherwise() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    desk.status(ben.id(), Status::Available).await;
    // As long as another agent takes to be found dead, twice.
    for _ in 0..2 {
        let cem = tenant.cem().await;
        let frozen = cem.desk().await;
        desk.status(cem.id(), Status::Available).await;
        frozen.freeze();
        desk.status(cem.id(), Status::Offline).await;
        drop(frozen);
    }
    let (agents, _) = tenant.ann().await.desk().await.welcome().await;
    let status = agents.iter().find(|card| card.id == *ben.id()).map(|card| card.status);
    assert_eq!(status, Some(Status::Available));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn cron_finds_the_vanished_too() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    desk.welcome().await;
    desk.freeze();
    let mut watch = ann.desk().await;
    let sweeping = {
        let server = tenant.server.clone();
        tokio::spawn(async move {
            loop {
                server.cron().await;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        })
    };
    watch.status(ben.id(), Status::Offline).await;
    sweeping.abort();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn one_browser_signing_out_leaves_the_other_signed_in() {
    let tenant = Tenant::new().await;
    let (one, other) = (tenant.ben().await, tenant.ben().await);
    let mut first = one.desk().await;
    first.welcome().await;
    let mut second = other.desk().await;
    second.welcome().await;
    one.sign_out().await;
    assert_eq!(first.expect_close().await, Some(4401));
    one.request("GET", "/v1/me").send().await.refused(protocol::problem::Code::Unauthenticated);
    other.request("GET", "/v1/me").send().await.ok::<protocol::http::Me>();
    let (agents, _) = tenant.ann().await.desk().await.welcome().await;
    assert_eq!(agents.iter().find(|card| card.id == *one.id()).map(|card| card.status), Some(Status::Available));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_an_agent_chose_survives_beats_and_a_new_sign_in() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    keep(ben.desk().await);
    assert_eq!(ben.intend(Intent::DoNotDisturb).await.status, Status::DoNotDisturb);
    let again = tenant.ben().await;
    let mut desk = again.desk().await;
    desk.status(ben.id(), Status::DoNotDisturb).await;
    again.sign_out().await;
    desk.expect_close().await;
    let (agents, _) = tenant.ann().await.desk().await.welcome().await;
    assert_eq!(agents.iter().find(|card| card.id == *ben.id()).map(|card| card.status), Some(Status::DoNotDisturb));
}
