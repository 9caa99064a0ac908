//! Whether somebody can answer, as visitors are told: with the chat open, and before.

use crate::main_path::keep;
use e2e::{PATIENCE, Tenant, rules};
use protocol::problem::Code;
use protocol::room::RoomDown;
use protocol::{Intent, Status, WidgetKey};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// The answer may be a few seconds old: it is cached.
async fn until(tenant: &Tenant, open: bool) -> Duration {
    let since = Instant::now();
    let asking = async {
        while tenant.is_open().await != open {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("never open: {open}"));
    since.elapsed()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_page_view_is_told_the_truth_and_wakes_nobody() {
    let tenant = Tenant::new().await;
    assert!(!tenant.is_open().await, "nobody has come yet");
    let mut watch = tenant.ann().await.desk().await;
    watch.welcome().await;
    until(&tenant, true).await;
    let ann = tenant.ann().await;
    ann.intend(Intent::Away).await;
    until(&tenant, false).await;
    ann.intend(Intent::Available).await;
    until(&tenant, true).await;
    watch.freeze();
    let took = until(&tenant, false).await;
    let bound = rules().1 + Duration::from_secs(15);
    assert!(took < bound, "a vanished agent was offered for {took:?}");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_answer_may_be_cached_and_read_from_any_website() {
    let tenant = Tenant::new().await;
    let path = format!("/v1/widget/availability?key={}", tenant.created.key);
    for _ in 0..2 {
        let reply = tenant.server.get(&path).origin("https://anybody.example").send().await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("set-cookie"), None);
        assert!(reply.header("cache-control").is_some_and(|it| it.contains("max-age=5")), "it is not cacheable");
    }
    let get = |query: &str| tenant.server.get(&format!("/v1/widget/availability{query}"));
    get(&format!("?key={}", WidgetKey::random(e2e::seed()))).send().await.refused(Code::UnknownKey);
    get("?key=nonsense").send().await.refused(Code::Malformed);
    get("").send().await.refused(Code::Malformed);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_open_chat_hears_at_once_that_somebody_came_or_went() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    let (_, state) = widget.welcome().await;
    assert!(!state.desk_open && state.handoff.is_none(), "{state:?}");
    let ben = tenant.ben().await;
    for _ in 0..3 {
        let desk = ben.desk().await;
        widget.state("somebody came", |state| state.desk_open).await;
        desk.close().await;
        widget.state("everybody went", |state| !state.desk_open).await;
    }
    // A chat that was only looked at is no conversation.
    assert_eq!(visitor.transcript().await, []);
    let ann = tenant.ann().await;
    ann.request("GET", &format!("/v1/conversations/{}/events", visitor.conversation()))
        .send()
        .await
        .refused(Code::NotFound);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_chat_that_polls_hears_it_too() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let is_open = async || {
        let reply: protocol::http::EventsReply = visitor.poll(0).await.ok();
        let RoomDown::Welcome { state, .. } = &reply.frames[0] else { panic!("{:?}", reply.frames) };
        state.desk_open
    };
    let until = async |open: bool| {
        timeout(PATIENCE, async {
            while is_open().await != open {
                sleep(Duration::from_millis(200)).await
            }
        })
        .await
        .unwrap_or_else(|_| panic!("never open: {open}"));
    };
    until(false).await;
    let ben = tenant.ben().await;
    keep(ben.desk().await);
    until(true).await;
    ben.intend(Intent::Busy).await;
    until(false).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn after_a_conversation_the_chat_goes_on_hearing() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    visitor.ask().await;
    let row = desk.row(visitor.conversation(), protocol::Stage::Waiting).await;
    let row: protocol::desk::QueueRow = ben.claim(&row).await.ok();
    ben.resolve(&row).await.row();
    widget.event(protocol::Event::EndedByAgent).await;
    ben.intend(Intent::Away).await;
    widget.state("nobody is here", |state| !state.desk_open).await;
    ben.intend(Intent::Available).await;
    widget.state("somebody is here", |state| state.desk_open).await;
    desk.status(ben.id(), Status::Available).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_idle_agent_who_closes_the_tab_opens_nothing() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    desk.idle(true);
    desk.card("idle", ben.id(), |card| card.status == Status::Away).await;
    widget.state("nobody is at it", |state| !state.desk_open).await;
    let before = widget.seen().len();
    desk.close().await;
    let ann = tenant.ann().await;
    let mut watch = ann.desk_as("?idle=1").await;
    watch.card("gone", ben.id(), |card| card.reachability == protocol::Reachability::Offline).await;
    ann.intend(Intent::Available).await;
    assert_eq!(widget.seen()[before..].iter().filter(|text| text.contains("\"desk_open\":true")).count(), 0);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_chat_that_is_reloaded_goes_on_hearing() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    for _ in 0..10 {
        // The old one's goodbye arrives while the new one asks.
        let (next, _) = tokio::join!(visitor.socket(0), widget.close());
        widget = next;
    }
    widget.welcome().await;
    let desk = ben.desk().await;
    widget.state("somebody came", |state| state.desk_open).await;
    desk.close().await;
    widget.state("everybody went", |state| !state.desk_open).await;
}
