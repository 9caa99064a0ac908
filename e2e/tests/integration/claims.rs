//! One owner, always.

use crate::main_path::keep;
use e2e::{Agent, Tenant, Visitor};
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::{Epoch, Event, Intent, Kind, Stage, Status};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_second_who_picks_up_is_told_who_has_it() {
    let tenant = Tenant::new().await;
    let (ben, cem) = (at_desk(tenant.ben().await).await, at_desk(tenant.cem().await).await);
    let (_visitor, row) = waiting(&tenant, &ben).await;
    let claimed: QueueRow = ben.claim(&row).await.ok();
    let problem = cem.claim(&row).await.refused(Code::Taken);
    let by = problem.by.expect("who has it");
    assert_eq!((by.id, by.name.as_str()), (ben.id().clone(), "Ben"));
    assert_eq!(problem.at, claimed.picked_at);
    // With the new epoch it is taken all the same.
    cem.claim(&claimed).await.refused(Code::Taken);
    // Who heard no answer may ask again.
    let again: QueueRow = ben.claim(&row).await.ok();
    assert_eq!(again.epoch, claimed.epoch);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn of_two_at_once_exactly_one_gets_it() {
    let tenant = Tenant::new().await;
    let (ben, cem) = (at_desk(tenant.ben().await).await, at_desk(tenant.cem().await).await);
    for round in 0..10 {
        let (visitor, row) = waiting(&tenant, &ben).await;
        let (one, other) = tokio::join!(ben.claim(&row), cem.claim(&row));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}: {} {}", one.text, other.text);
        let (winner, won, lost) = if one.status == 200 { (&ben, one, other) } else { (&cem, other, one) };
        assert_eq!(lost.refused(Code::Taken).by.expect("who has it").id, *winner.id());
        let joined = visitor.transcript().await.into_iter().filter(|it| it.event == Some(Event::AgentJoined)).count();
        assert_eq!(joined, 1, "round {round}");
        winner.resolve(&won.row()).await.row();
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn two_agents_have_their_own_conversations() {
    let tenant = Tenant::new().await;
    let (ben, cem) = (at_desk(tenant.ben().await).await, at_desk(tenant.cem().await).await);
    let (for_ben, row_ben) = waiting(&tenant, &ben).await;
    let (for_cem, row_cem) = waiting(&tenant, &ben).await;
    ben.claim(&row_ben).await.row();
    cem.claim(&row_cem).await.row();
    let mut left = for_ben.socket(0).await;
    let mut right = for_cem.socket(0).await;
    ben.send(for_ben.conversation(), "From Ben").await;
    cem.send(for_cem.conversation(), "From Cem").await;
    left.message(Kind::Agent, "From Ben").await;
    right.message(Kind::Agent, "From Cem").await;
    let texts = |transcript: Vec<protocol::room::Message>| {
        transcript.into_iter().filter_map(|message| message.body).map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(texts(for_ben.transcript().await), ["From Ben"]);
    assert_eq!(texts(for_cem.transcript().await), ["From Cem"]);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn only_the_owner_writes_and_resolves() {
    let tenant = Tenant::new().await;
    let (ben, cem) = (at_desk(tenant.ben().await).await, at_desk(tenant.cem().await).await);
    let (visitor, row) = waiting(&tenant, &ben).await;
    let send = |agent: &Agent| {
        let path = format!("/v1/conversations/{}/messages", visitor.conversation());
        let request = protocol::http::SendRequest { id: e2e::message_id(), body: e2e::body("Hi") };
        agent.request("POST", &path).json(&request).send()
    };
    send(&ben).await.refused(Code::NotOwner);
    let claimed: QueueRow = ben.claim(&row).await.ok();
    send(&cem).await.refused(Code::NotOwner);
    cem.resolve(&claimed).await.refused(Code::NotOwner);
    ben.resolve(&row).await.refused(Code::StaleEpoch);
    let resolved: QueueRow = ben.resolve(&claimed).await.ok();
    send(&ben).await.refused(Code::NotOwner);
    ben.claim(&resolved).await.refused(Code::NotOpen);
    let people = visitor.transcript().await.into_iter().filter(|message| message.kind != Kind::System).count();
    assert_eq!(people, 0, "no refused message was stored");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn nobody_gets_more_than_they_may_have() {
    let tenant = Tenant::new().await;
    let ben = at_desk(tenant.ben().await).await;
    let mut desk = ben.desk().await;
    let mut last = None;
    for _ in 0..2 {
        let (_visitor, row) = waiting(&tenant, &ben).await;
        last = Some(ben.claim(&row).await.row());
    }
    assert_eq!(desk.status(ben.id(), Status::Busy).await.load, 2);
    let (_visitor, third) = waiting(&tenant, &ben).await;
    ben.claim(&third).await.refused(Code::AtCapacity);
    let last = last.expect("a claimed row");
    ben.resolve(&last).await.row();
    ben.claim(&third).await.row();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_is_not_available_picks_nothing_up() {
    let tenant = Tenant::new().await;
    let ben = at_desk(tenant.ben().await).await;
    let cem = tenant.cem().await;
    let (_visitor, row) = waiting(&tenant, &ben).await;
    cem.claim(&row).await.refused(Code::NotRoutable);
    assert_eq!(ben.intend(Intent::Away).await.status, Status::Away);
    ben.claim(&row).await.refused(Code::NotRoutable);
    assert_eq!(ben.intend(Intent::Available).await.status, Status::Available);
    ben.claim(&row).await.row();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_epoch_from_nowhere_is_refused() {
    let tenant = Tenant::new().await;
    let ben = at_desk(tenant.ben().await).await;
    let (_visitor, row) = waiting(&tenant, &ben).await;
    ben.claim(&QueueRow { epoch: Epoch(row.epoch.0 + 7), ..row.clone() }).await.refused(Code::StaleEpoch);
    ben.claim(&row).await.row();
}

/// Puts an agent at the desk for the rest of the test.
async fn at_desk(agent: Agent) -> Agent {
    let mut desk = agent.desk().await;
    desk.status(agent.id(), Status::Available).await;
    keep(desk);
    agent
}

/// A new visitor in the queue, as `agent` sees it.
async fn waiting(tenant: &Tenant, agent: &Agent) -> (Visitor, QueueRow) {
    let visitor = tenant.visitor().await;
    visitor.ask().await;
    let row = agent.desk().await.row(visitor.conversation(), Stage::Waiting).await;
    (visitor, row)
}
