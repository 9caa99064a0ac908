//! The runtime is killed in the middle of a chat.

use crate::main_path::keep;
use e2e::{OwnServer, Tenant, message_id};
use protocol::desk::QueueRow;
use protocol::http::Ack;
use protocol::{Kind, Stage};
use std::time::Duration;

/// How often; each takes about 3 s.
const CUTS: usize = 3;

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn no_acknowledged_message_is_lost_when_the_runtime_is_killed() {
    let own = OwnServer::start().await;
    let tenant = Tenant::on(own.server.clone()).await;
    let ben = tenant.ben().await;
    let visitor = tenant.visitor().await;
    let mut acked: Vec<Ack> = Vec::new();
    let mut row: Option<QueueRow> = None;
    for cut in 0..CUTS {
        // Both come back by themselves, as the widget and the dashboard do.
        let mut desk = ben.desk().await;
        if row.is_none() {
            visitor.ask().await;
            let waiting = desk.row(visitor.conversation(), Stage::Waiting).await;
            row = Some(ben.claim(&waiting).await.ok());
        }
        let mut widget = visitor.socket(acked.last().map_or(0, |ack| ack.seq.0)).await;
        widget.welcome().await;
        desk.row(visitor.conversation(), Stage::Active).await;
        keep(desk);
        acked.extend(burst(&visitor, &own, cut).await);
        widget.expect_close().await;
        own.answers().await;
    }
    let transcript = visitor.transcript().await;
    let seqs: Vec<_> = transcript.iter().map(|message| message.seq.0).collect();
    assert!(seqs.iter().enumerate().all(|(at, seq)| *seq == u32::try_from(at).unwrap() + 1), "{seqs:?}");
    for ack in &acked {
        let stored: Vec<_> = transcript.iter().filter(|message| message.id.as_ref() == Some(&ack.id)).collect();
        assert_eq!(stored.len(), 1, "{ack:?} is there {} times", stored.len());
        assert_eq!((stored[0].seq, stored[0].at), (ack.seq, ack.at));
    }
    assert!(acked.len() >= CUTS * 20, "{} acks say little", acked.len());
    // Both sides go on.
    ben.desk().await.row(visitor.conversation(), Stage::Active).await;
    ben.send(visitor.conversation(), "Where were we?").await;
    visitor.socket(0).await.message(Kind::Agent, "Where were we?").await;
}

/// Sends until the runtime, killed on the way, no longer answers; the answer is every ack that came.
async fn burst(visitor: &e2e::Visitor, own: &OwnServer, cut: usize) -> Vec<Ack> {
    let mut acked = Vec::new();
    loop {
        let text = format!("cut {cut}, message {}", acked.len());
        let request = protocol::http::SendRequest { id: message_id(), body: e2e::body(&text) };
        let sending = visitor.request("POST", "messages").json(&request).try_send();
        match tokio::time::timeout(Duration::from_secs(5), sending).await {
            Ok(Some(reply)) if reply.status == 200 => acked.push(reply.ok()),
            Ok(_) | Err(_) => return acked,
        }
        if acked.len() == 20 + 7 * cut {
            // While more is on its way.
            own.kill_runtime();
        }
    }
}
