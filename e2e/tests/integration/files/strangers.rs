//! Who may not.

use super::samples::PNG;
use super::{address, agent_gets, agent_sends, get, sent, url, visitor_gets, visitor_sends};
use crate::main_path::in_conversation;
use e2e::{Tenant, message_id};
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::{ConversationId, Stage};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_file_is_its_conversations_alone() {
    let tenant = Tenant::new().await;
    let (visitor, _widget, _ben, _room) = in_conversation(&tenant).await;
    let here = visitor.conversation();
    let id = message_id();
    visitor_sends(&visitor, &id, "lamp.png", PNG).await.ok::<Ack>();
    let file = sent(&visitor, &id).await;

    // Another visitor, with their own token: neither by this conversation's address nor by their own.
    let other = tenant.visitor().await;
    let bearer = format!("Bearer {}", other.boot.token);
    let as_other = [("authorization", bearer.as_str()), ("origin", other.origin.as_str())];
    assert_eq!(get(&url(&other.server, here, &file), &as_other).await.status, 404);
    assert_eq!(visitor_gets(&other, &file).await.status, 404);
    let path = format!("/v1/conversations/{here}/{}", address(&message_id(), "a.txt"));
    let theirs = other.server.post(&path).bearer(&other.boot.token).origin(&other.origin).raw("hello");
    theirs.send().await.refused(Code::NotFound);

    // Another tenant's admin.
    let elsewhere = Tenant::new().await;
    let stranger = elsewhere.ann().await;
    assert_eq!(agent_gets(&stranger, here, &file).await.status, 404);
    agent_sends(&stranger, here, &message_id(), "a.txt", b"hello").await.refused(Code::NotFound);

    // Nobody.
    assert_eq!(get(&url(&other.server, here, &file), &[]).await.status, 401);
    other.server.post(&path).raw("hello").send().await.refused(Code::Unauthenticated);
    // A page of another website, by an agent's cookie.
    let cem = tenant.cem().await;
    let forged = cem.server.post(&path).header("cookie", &cem.cookie).origin("https://evil.example").raw("hello");
    forged.send().await.refused(Code::OriginNotAllowed);

    // A colleague may look, and may not send.
    assert_eq!(agent_gets(&cem, here, &file).await.bytes, PNG);
    agent_sends(&cem, here, &message_id(), "a.txt", b"hello").await.refused(Code::NotOwner);
    // Nor is there a file in a conversation that nobody began.
    let nowhere = ConversationId::random(e2e::seed());
    assert_eq!(agent_gets(&cem, &nowhere, &file).await.status, 404);
    agent_sends(&cem, &nowhere, &message_id(), "a.txt", b"hello").await.refused(Code::NotFound);
    assert_eq!(visitor.transcript().await.iter().filter(|message| message.file.is_some()).count(), 1);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn when_it_is_over_the_visitor_may_still_send_and_the_agent_may_not() {
    let tenant = Tenant::new().await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ben.picks_up(&visitor).await;
    let id = message_id();
    let first: Ack = agent_sends(&ben.agent, visitor.conversation(), &id, "offer.txt", b"hello").await.ok();
    ben.resolve(&row).await.row();
    agent_sends(&ben.agent, visitor.conversation(), &message_id(), "late.txt", b"hello").await.refused(Code::NotOwner);
    // The lost answer of what was sent in time is given all the same.
    let again = agent_sends(&ben.agent, visitor.conversation(), &id, "offer.txt", b"hello").await;
    assert_eq!(again.ok::<Ack>(), first);
    visitor_sends(&visitor, &message_id(), "thanks.png", PNG).await.ok::<Ack>();
    assert_eq!(visitor.state().await.handoff.expect("a handoff").stage, Stage::Closed);
}
