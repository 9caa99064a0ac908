//! How large, of which kinds, and how often.

use super::samples::{PDF, PNG};
use super::{address, sent, visitor_gets, visitor_sends};
use e2e::{Tenant, Visitor, message_id};
use protocol::file::FileSettings;
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::routing::ConversationSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_tenant_says_what_may_be_sent() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    let set = async |files: FileSettings| {
        let settings = ConversationSettings { files, ..ConversationSettings::default() };
        ann.request("PUT", "/v1/settings/conversations").json(&settings).send().await
    };
    let usual = FileSettings::default();
    for max_kb in [0, 25_601, u32::MAX] {
        set(FileSettings { max_kb, ..usual }).await.refused(Code::OutOfRange);
    }
    let small = FileSettings { max_kb: 1, ..usual };
    assert_eq!(set(small).await.ok::<ConversationSettings>().files, small);
    assert_eq!(ann.get::<ConversationSettings>("/v1/settings/conversations").await.files, small);
    let visitor = tenant.visitor().await;
    assert_eq!(visitor.boot.files, small);
    let full = vec![b'x'; 1024];
    visitor_sends(&visitor, &message_id(), "full.txt", &full).await.ok::<Ack>();
    visitor_sends(&visitor, &message_id(), "over.txt", &[&full[..], b"x"].concat()).await.refused(Code::FileTooLarge);
    visitor_sends(&visitor, &message_id(), "empty.txt", b"").await.refused(Code::FileEmpty);

    set(FileSettings { images: false, ..usual }).await.ok::<ConversationSettings>();
    visitor_sends(&visitor, &message_id(), "a.png", PNG).await.refused(Code::FileNotAllowed);
    visitor_sends(&visitor, &message_id(), "a.pdf", PDF).await.ok::<Ack>();
    set(FileSettings { documents: false, ..usual }).await.ok::<ConversationSettings>();
    visitor_sends(&visitor, &message_id(), "a.pdf", PDF).await.refused(Code::FileNotAllowed);
    visitor_sends(&visitor, &message_id(), "a.txt", b"text").await.refused(Code::FileNotAllowed);
    visitor_sends(&visitor, &message_id(), "a.png", PNG).await.ok::<Ack>();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_large_file_arrives_whole_and_one_that_is_too_large_does_not() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let line = "Every line of this is another line, as in a log.\n";
    let large = line.repeat(10_240 * 1024 / line.len());
    let id = message_id();
    visitor_sends(&visitor, &id, "large.log", large.as_bytes()).await.ok::<Ack>();
    let file = sent(&visitor, &id).await;
    let got = visitor_gets(&visitor, &file).await;
    assert!(got.bytes == large.as_bytes(), "{} of {} bytes came back", got.bytes.len(), large.len());
    // Refused by the length it tells: whoever goes on sending gets the answer all the same.
    let over = large.repeat(2);
    visitor_sends(&visitor, &message_id(), "over.log", over.as_bytes()).await.refused(Code::FileTooLarge);
}

/// A request as bytes, up to where its body begins.
fn head(visitor: &Visitor, name: &str, headers: &str) -> String {
    let (conversation, path) = (visitor.conversation(), address(&message_id(), name));
    let (token, origin) = (&visitor.boot.token, &visitor.origin);
    format!(
        "POST /v1/conversations/{conversation}/{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
        origin: {origin}\r\nconnection: close\r\n{headers}\r\n"
    )
}

/// What the server says to this; nothing, if it says nothing before the connection ends.
async fn said(visitor: &Visitor, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(visitor.server.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut said = vec![0; 4096];
    let length = stream.read(&mut said).await.unwrap_or_default();
    String::from_utf8_lossy(&said[..length]).into_owned()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_length_that_is_missing_or_false_is_refused() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let bad = [
        ("", ""),
        ("transfer-encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        ("content-length: 99999999999999999999\r\n", "hello"),
        ("content-length: -5\r\n", "hello"),
        ("content-length: five\r\n", "hello"),
        ("content-length: 0x5\r\n", "hello"),
        ("content-length: 5\r\ncontent-length: 6\r\n", "hello"),
        ("content-length: 5\r\ntransfer-encoding: chunked\r\n", "7\r\nhello!!\r\n0\r\n\r\n"),
    ];
    for (headers, body) in bad {
        let said = said(&visitor, format!("{}{body}", head(&visitor, "a.txt", headers)).as_bytes()).await;
        assert!(said.starts_with("HTTP/1.1 400"), "{headers:?} was answered {said:?}");
    }
    // The body breaks off: nothing is stored, and the server goes on.
    for _ in 0..3 {
        let mut stream = TcpStream::connect(visitor.server.url.trim_start_matches("http://")).await.unwrap();
        let head = head(&visitor, "a.txt", "content-length: 100000\r\n");
        stream.write_all(format!("{head}{}", "x".repeat(50_000)).as_bytes()).await.unwrap();
        drop(stream);
    }
    let ack: Ack = visitor_sends(&visitor, &message_id(), "a.txt", b"hello").await.ok();
    assert_eq!((ack.seq.0, visitor.transcript().await.len()), (1, 1));
}
