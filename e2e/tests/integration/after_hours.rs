//! Nobody is there.

use crate::main_path::{in_history, keep};
use e2e::Tenant;
use protocol::{CloseReason, Event, Intent, Kind, Stage};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn with_nobody_there_the_visitor_leaves_an_address_that_stands_in_the_history() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    let state = visitor.ask().await;
    assert!(!state.desk_open, "{state:?}");
    let handoff = state.handoff.expect("a handoff");
    assert_eq!((handoff.stage, handoff.reason), (Stage::Closed, Some(CloseReason::Missed)));
    widget.event(Event::NobodyAvailable).await;

    let state = visitor.leave_email("vera@mail.example", "When are you open?").await;
    assert!(state.handoff.as_ref().is_some_and(|handoff| handoff.emailed), "{state:?}");
    widget.message(Kind::Visitor, "When are you open?").await;
    widget.event(Event::AfterHoursSaved).await;

    let ben = tenant.ben().await;
    let row = in_history(&ben, &state.handoff.expect("a handoff").id).await;
    assert_eq!(row.email.map(String::from).as_deref(), Some("vera@mail.example"));
    assert_eq!(row.visitor_name.map(String::from).as_deref(), Some("Vera"));
    assert_eq!(row.reason, Some(CloseReason::Missed));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_open_widget_learns_by_itself_that_somebody_came() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    assert!(!visitor.ask().await.desk_open);
    widget.state("a closed desk", |state| !state.desk_open).await;
    let desk = tenant.ben().await.desk().await;
    widget.state("an open desk", |state| state.desk_open).await;
    assert_eq!(visitor.ask().await.handoff.expect("a handoff").stage, Stage::Waiting);
    drop(desk);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_waits_is_told_when_the_last_agent_goes_and_when_one_comes() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    desk.welcome().await;
    let visitor = tenant.visitor().await;
    let mut widget = visitor.socket(0).await;
    assert!(visitor.ask().await.desk_open);
    ben.sign_out().await;
    assert_eq!(desk.expect_close().await, Some(4401));
    let state = widget.state("a closed desk", |state| !state.desk_open).await;
    assert_eq!(state.handoff.map(|handoff| handoff.stage), Some(Stage::Waiting), "the place in the queue is kept");
    let cem = tenant.cem().await;
    let mut desk = cem.desk().await;
    desk.row(visitor.conversation(), Stage::Waiting).await;
    widget.state("an open desk", |state| state.desk_open).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_agent_who_is_away_does_not_open_the_desk() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    keep(ben.desk().await);
    ben.intend(Intent::Away).await;
    let visitor = tenant.visitor().await;
    assert!(!visitor.ask().await.desk_open);
    let mut widget = visitor.socket(0).await;
    ben.intend(Intent::Available).await;
    widget.state("an open desk", |state| state.desk_open).await;
}
