//! Leases: tabs and API clients, idleness, and what a beat never changes.

use crate::main_path::keep;
use e2e::{Tenant, rules};
use protocol::desk::DeskDown;
use protocol::problem::Code;
use protocol::team::HeartbeatReply;
use protocol::{Intent, Reachability, Status};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn closing_one_of_two_browsers_leaves_the_agent_online() {
    let tenant = Tenant::new().await;
    let mut watch = tenant.ann().await.desk().await;
    let (one, other) = (tenant.ben().await, tenant.ben().await);
    let first = one.desk().await;
    let mut second = other.desk().await;
    second.status(other.id(), Status::Available).await;
    first.close().await;
    // Longer than any grace, watched by what comes after it.
    sleep(rules().0 * 2).await;
    assert_eq!(one.card(one.id()).await.reachability, Reachability::Connected);
    other.intend(Intent::Break).await;
    watch.status(one.id(), Status::Break).await;
    let offline = watch.seen().iter().filter(|text| text.contains(one.id().as_str()) && text.contains("\"grace\""));
    assert_eq!(offline.count(), 0, "{:#?}", watch.seen());
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_idle_tab_is_away_until_somebody_touches_any_tab() {
    let tenant = Tenant::new().await;
    let mut watch = tenant.ann().await.desk().await;
    let ben = tenant.ben().await;
    let desk = ben.desk().await;
    watch.status(ben.id(), Status::Available).await;
    desk.idle(true);
    let card = watch.card("idle", ben.id(), |card| card.reachability == Reachability::Idle).await;
    assert_eq!((card.status, card.intent), (Status::Away, Intent::Available));
    let second = ben.desk().await;
    watch.status(ben.id(), Status::Available).await;
    second.idle(true);
    watch.status(ben.id(), Status::Away).await;
    desk.idle(false);
    watch.status(ben.id(), Status::Available).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_tab_that_reconnects_while_idle_is_never_available() {
    let tenant = Tenant::new().await;
    let mut watch = tenant.ann().await.desk().await;
    watch.welcome().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk_as("?idle=1").await;
    desk.status(ben.id(), Status::Away).await;
    watch.status(ben.id(), Status::Away).await;
    let available = |text: &&String| {
        let frame = serde_json::from_str(text).expect("a frame");
        matches!(frame, DeskDown::Agent { agent } if agent.id == *ben.id() && agent.status == Status::Available)
    };
    assert_eq!(watch.seen().iter().filter(available).count(), 0, "{:#?}", watch.seen());
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_claims_is_at_it_although_the_tab_has_not_said_so_yet() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    let visitor = tenant.visitor().await;
    visitor.ask().await;
    let row = desk.row(visitor.conversation(), protocol::Stage::Waiting).await;
    desk.idle(true);
    desk.status(ben.id(), Status::Away).await;
    ben.claim(&row).await.row();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn neither_beats_nor_idleness_nor_reconnecting_change_what_was_chosen() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let client = tenant.client_of_ben().await;
    for intent in Intent::ALL.iter().filter(|intent| **intent != Intent::Available) {
        ben.intend(*intent).await;
        let mut desk = ben.desk().await;
        desk.card("as chosen", ben.id(), |card| card.intent == *intent).await;
        desk.idle(true);
        desk.card("idle", ben.id(), |card| card.reachability == Reachability::Idle).await;
        desk.idle(false);
        desk.card("back", ben.id(), |card| card.reachability == Reachability::Connected).await;
        desk.close().await;
    }
    let reply: HeartbeatReply = client.beat(false).await.ok();
    assert_eq!(reply.agent.intent, Intent::DoNotDisturb);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_api_client_lives_by_its_beats_and_goes_when_it_says_so() {
    let tenant = Tenant::new().await;
    let mut watch = tenant.ann().await.desk().await;
    let client = tenant.client_of_ben().await;
    let reply: HeartbeatReply = client.beat(false).await.ok();
    let ben = reply.agent.id.clone();
    assert_eq!(reply.agent.status, Status::Available);
    assert_eq!(u64::from(reply.beat_every_ms), rules().1.as_millis() as u64 / 3);
    watch.status(&ben, Status::Available).await;

    client.request("POST", "/v1/agents/me/offline").send().await.ok::<protocol::desk::AgentCard>();
    let card = watch.status(&ben, Status::Offline).await;
    assert_eq!(card.reachability, Reachability::Offline, "no grace for one who says that they go");

    sleep(Duration::from_secs(1)).await;
    client.beat(true).await.ok::<HeartbeatReply>();
    watch.status(&ben, Status::Away).await;
    let silent_since = Instant::now();
    watch.status(&ben, Status::Offline).await;
    assert!(silent_since.elapsed() + Duration::from_millis(600) > rules().1, "{:?}", silent_since.elapsed());
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_flood_of_beats_is_slowed_down_and_counted() {
    let tenant = Tenant::new().await;
    let client = tenant.client_of_ben().await;
    client.beat(false).await.ok::<HeartbeatReply>();
    let problem = client.beat(false).await.refused(Code::SlowDown);
    assert!((1..=1000).contains(&problem.retry_after_ms.expect("when to come back")), "{problem:?}");
    for _ in 0..9 {
        client.beat(false).await;
    }
    let vitals = tenant.vitals().await;
    assert!(vitals.beats >= 1 && vitals.beats_refused >= 1, "{vitals:?}");
    assert_eq!(vitals.beats + vitals.beats_refused, 11, "{vitals:?}");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_flood_of_frames_ends_its_socket_and_disturbs_nobody() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    let mut watch = ann.desk().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    watch.status(ben.id(), Status::Available).await;
    for on in 0..200 {
        desk.idle(on % 2 == 0);
    }
    assert_eq!(desk.expect_close().await, Some(4429));
    assert!(tenant.vitals().await.frames_refused > 0);
    ann.intend(Intent::Break).await;
    watch.status(ann.id(), Status::Break).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_beats_is_who_the_token_says() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    keep(ann.desk().await);
    let client = tenant.client_of_ben().await;
    // Another agent's address does not exist, and a body says nothing about who beats or when.
    let path = format!("/v1/agents/{}/heartbeat", ann.id());
    client.request("POST", &path).json(&json!({})).send().await.refused(Code::NotFound);
    let body = json!({ "agent": ann.id(), "at": 4_102_444_800_000_i64, "idle": false });
    let reply = client.request("POST", "/v1/agents/me/heartbeat").json(&body).send().await;
    assert_ne!(reply.ok::<HeartbeatReply>().agent.id, *ann.id());
    client.request("POST", "/v1/agents/me/heartbeat").raw("{\"idle\":7}").send().await.refused(Code::Malformed);
    let nobody = tenant.server.post("/v1/agents/me/heartbeat");
    nobody.bearer("bk_nonsense").json(&json!({})).send().await.refused(Code::Unauthenticated);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn when_everybody_has_gone_nothing_wakes_the_desk() {
    let tenant = Tenant::new().await;
    let mut watch = tenant.ann().await.desk().await;
    let ben = tenant.ben().await;
    let desk = ben.desk().await;
    watch.status(ben.id(), Status::Available).await;
    assert!(tenant.vitals().await.alarm_at.is_some(), "somebody is there to look after");
    desk.close().await;
    watch.status(ben.id(), Status::Offline).await;
    watch.close().await;
    let asleep = async {
        loop {
            let vitals = tenant.vitals().await;
            if vitals.alarm_at.is_none() && vitals.leases == 0 && vitals.unpublished == 0 {
                return vitals;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    let vitals = tokio::time::timeout(e2e::PATIENCE, asleep).await.expect("the desk comes to rest");
    sleep(rules().1).await;
    tenant.server.cron().await;
    let later = tenant.vitals().await;
    assert_eq!(later.alarm_at, None);
    assert!(later.awake_since > vitals.awake_since || later.alarms == vitals.alarms, "{vitals:?} {later:?}");
}
