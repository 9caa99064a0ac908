//! Files: sent once, told by their content, given to their conversation only, and never as anything but a download.

mod limits;
mod samples;
mod strangers;

use crate::main_path::in_conversation;
use e2e::{Agent, PATIENCE, Reply, Tenant, Visitor, message_id};
use protocol::file::File;
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::room::Message;
use protocol::{ClientMsgId, ConversationId, Event, FileKind, FileName, Kind};
use reqwest::header::HeaderMap;
use samples::{EXE, GIF, HTML, JPEG, PDF, PNG, SVG, WEBP};
use std::time::Duration;

/// The address that takes a file.
fn address(id: &ClientMsgId, name: &str) -> String {
    let name: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("files?id={id}&name={name}")
}

async fn visitor_sends(visitor: &Visitor, id: &ClientMsgId, name: &str, bytes: &[u8]) -> Reply {
    visitor.request("POST", &address(id, name)).raw(bytes.to_vec()).send().await
}

async fn agent_sends(agent: &Agent, to: &ConversationId, id: &ClientMsgId, name: &str, bytes: &[u8]) -> Reply {
    let path = format!("/v1/conversations/{to}/{}", address(id, name));
    agent.request("POST", &path).raw(bytes.to_vec()).send().await
}

/// What came when a file was asked for.
struct Got {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// As a browser asks, with these headers.
async fn get(url: &str, headers: &[(&str, &str)]) -> Got {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = headers.iter().fold(client.get(url), |request, (name, value)| request.header(*name, *value));
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Got { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
}

fn url(server: &e2e::Server, conversation: &ConversationId, file: &File) -> String {
    format!("{}/v1/conversations/{conversation}/files?file={}", server.url, file.id)
}

async fn visitor_gets(visitor: &Visitor, file: &File) -> Got {
    let bearer = format!("Bearer {}", visitor.boot.token);
    let headers = [("authorization", bearer.as_str()), ("origin", visitor.origin.as_str())];
    get(&url(&visitor.server, visitor.conversation(), file), &headers).await
}

async fn agent_gets(agent: &Agent, conversation: &ConversationId, file: &File) -> Got {
    get(&url(&agent.server, conversation, file), &[("cookie", agent.cookie.as_str())]).await
}

/// The file that stands in the transcript under this id.
async fn sent(visitor: &Visitor, id: &ClientMsgId) -> File {
    message(visitor, id).await.file.expect("a file")
}

async fn message(visitor: &Visitor, id: &ClientMsgId) -> Message {
    let all = visitor.transcript().await;
    let mut found = all.iter().filter(|message| message.id.as_ref() == Some(id));
    let message = found.next().unwrap_or_else(|| panic!("{id} is not in {all:?}"));
    assert!(found.next().is_none(), "{id} is there twice: {all:?}");
    message.clone()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn both_sides_send_files_and_both_get_them() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, mut room) = in_conversation(&tenant).await;
    let here = visitor.conversation();
    let client = tenant.client_of_ben().await;
    let ids = [(); 3].map(|()| message_id());
    let acks: [Ack; 3] = [
        visitor_sends(&visitor, &ids[0], "lamp.png", PNG).await.ok(),
        agent_sends(&ben, here, &ids[1], "Grüße & \"mehr\".pdf", PDF).await.ok(),
        client
            .request("POST", &format!("/v1/conversations/{here}/{}", address(&ids[2], "prices.csv")))
            .raw("lamp,9\n")
            .send()
            .await
            .ok(),
    ];
    let files = [
        (Kind::Visitor, "lamp.png", FileKind::Png, PNG, "attachment; filename*=UTF-8''lamp.png"),
        (
            Kind::Agent,
            "Grüße & \"mehr\".pdf",
            FileKind::Pdf,
            PDF,
            "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%26%20%22mehr%22.pdf",
        ),
        (Kind::Agent, "prices.csv", FileKind::Text, b"lamp,9\n", "attachment; filename*=UTF-8''prices.csv"),
    ];
    for ((id, ack), (kind, name, file_kind, bytes, disposition)) in ids.iter().zip(&acks).zip(files) {
        let is_it = |message: &Message| message.id.as_ref() == Some(id);
        let shown = [&mut widget, &mut room].map(|socket| async move {
            let pick = |frame| match frame {
                protocol::room::RoomDown::Message { message } => Some(message).filter(is_it),
                _ => None,
            };
            socket.expect(name, pick).await
        });
        let polled = message(&visitor, id).await;
        for shown in shown {
            assert_eq!(shown.await, polled);
        }
        assert_eq!((polled.kind, polled.body.as_ref(), polled.seq, polled.at), (kind, None, ack.seq, ack.at));
        let file = polled.file.expect("a file");
        assert_eq!((file.name.as_str(), file.kind, file.bytes as usize), (name, file_kind, bytes.len()));
        for got in [visitor_gets(&visitor, &file).await, agent_gets(&ben, here, &file).await] {
            assert_eq!((got.status, got.bytes.as_slice()), (200, bytes), "{name}");
            assert_eq!(got.header("content-type"), file_kind.media_type());
            assert_eq!(got.header("content-length"), bytes.len().to_string());
            assert_eq!(got.header("content-disposition"), disposition);
            assert_eq!(got.header("x-content-type-options"), "nosniff");
            assert_eq!(got.header("content-security-policy"), "sandbox; default-src 'none'");
            assert_eq!(got.header("cross-origin-resource-policy"), "same-origin");
            assert!(got.header("cache-control").starts_with("private"), "{:?}", got.headers);
            assert_eq!(got.header("set-cookie"), "");
        }
    }
    // The widget reads it on a page of another website; the dashboard on its own.
    let file = sent(&visitor, &ids[0]).await;
    assert_eq!(visitor_gets(&visitor, &file).await.header("access-control-allow-origin"), visitor.origin);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_file_is_what_its_content_is() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let taken: [(&str, &[u8], FileKind, &str); 15] = [
        ("a.png", PNG, FileKind::Png, "a.png"),
        ("a.jpg", JPEG, FileKind::Jpeg, "a.jpg"),
        ("a.gif", GIF, FileKind::Gif, "a.gif"),
        ("a.webp", WEBP, FileKind::Webp, "a.webp"),
        ("a.pdf", PDF, FileKind::Pdf, "a.pdf"),
        ("a.docx", &samples::docx(), FileKind::Docx, "a.docx"),
        ("a.xlsx", &samples::xlsx(), FileKind::Xlsx, "a.xlsx"),
        ("a.pptx", &samples::pptx(), FileKind::Pptx, "a.pptx"),
        ("a.odt", &samples::odt(), FileKind::Odt, "a.odt"),
        ("a.txt", "Grüße 💡\n".as_bytes(), FileKind::Text, "a.txt"),
        // Called something else, they are still what they are, and are saved as that.
        ("report.exe", PDF, FileKind::Pdf, "report.exe.pdf"),
        ("cat.png", JPEG, FileKind::Jpeg, "cat.png.jpeg"),
        ("drawing.svg", SVG, FileKind::Text, "drawing.svg.txt"),
        ("page.html", HTML, FileKind::Text, "page.html.txt"),
        ("invoice.pdf.bat", b"@echo off\r\ndel *.*\r\n", FileKind::Text, "invoice.pdf.bat.txt"),
    ];
    for (name, bytes, kind, saved) in taken {
        let id = message_id();
        visitor_sends(&visitor, &id, name, bytes).await.ok::<Ack>();
        let file = sent(&visitor, &id).await;
        assert_eq!(file.kind, kind, "{name}");
        let got = visitor_gets(&visitor, &file).await;
        assert_eq!((got.bytes.as_slice(), got.header("content-type")), (bytes, kind.media_type()), "{name}");
        assert_eq!(got.header("content-disposition"), format!("attachment; filename*=UTF-8''{saved}"));
    }
    let count = visitor.transcript().await.len();
    let docx = samples::docx();
    let refused: [(&str, &[u8]); 13] = [
        ("holiday.png", EXE),
        ("a.txt", b"text, and then\0"),
        ("a.txt", b"\x1b]0;title\x07"),
        ("a.txt", b"\xff\xfeh\0i\0"),
        ("a.png", &PNG[..8]),
        ("a.docx", &samples::zip()),
        ("a.docx", &samples::docm()),
        ("a.docx", &samples::slippery()),
        ("a.docx", &samples::bomb()),
        ("a.docx", &docx[..docx.len() - 1]),
        ("a.docx", &docx[..40]),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"),
        ("a.elf", b"\x7fELF\x02\x01\x01\0"),
    ];
    for (name, bytes) in refused {
        visitor_sends(&visitor, &message_id(), name, bytes).await.refused(Code::FileNotAllowed);
    }
    assert_eq!(visitor.transcript().await.len(), count, "what was refused left nothing behind");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_retry_gets_the_same_ack_and_anything_else_under_its_id_is_refused() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let id = message_id();
    // A lost answer, and a client that is too eager: all at once, then again.
    let tries = [(); 4].map(|()| visitor_sends(&visitor, &id, "lamp.png", PNG));
    let [a, b, c, d] = tries;
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let first: Ack = a.ok();
    for again in [b, c, d, visitor_sends(&visitor, &id, "lamp.png", PNG).await] {
        assert_eq!(again.ok::<Ack>(), first);
    }
    visitor_sends(&visitor, &id, "lamp.png", GIF).await.refused(Code::ConflictingRetry);
    visitor_sends(&visitor, &id, "lamp.jpg", PNG).await.refused(Code::ConflictingRetry);
    visitor.send_as(&id, "lamp.png").await.refused(Code::ConflictingRetry);
    let text = message_id();
    visitor.send_as(&text, "Hello?").await.ok::<Ack>();
    visitor_sends(&visitor, &text, "hello.txt", b"Hello?").await.refused(Code::ConflictingRetry);
    assert_eq!(visitor.transcript().await.len(), 2);
    let file = sent(&visitor, &id).await;
    assert_eq!(visitor_gets(&visitor, &file).await.bytes, PNG, "what was refused took nothing away");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_redacted_file_is_gone_and_does_not_come_back() {
    let tenant = Tenant::new().await;
    let (visitor, mut widget, ben, _room) = in_conversation(&tenant).await;
    let [id, other] = [(); 2].map(|()| message_id());
    let ack: Ack = visitor_sends(&visitor, &id, "passport.png", PNG).await.ok();
    visitor_sends(&visitor, &other, "lamp.png", PNG).await.ok::<Ack>();
    let [file, kept] = [sent(&visitor, &id).await, sent(&visitor, &other).await];
    assert_ne!(file.id, kept.id, "the same bytes in two messages are two files");
    ben.redact(visitor.conversation(), ack.seq).await;
    assert_eq!(widget.event(Event::Redacted).await.of, Some(ack.seq));
    assert!(message(&visitor, &id).await.is_redacted());
    let gone = async {
        while visitor_gets(&visitor, &file).await.status != 404 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("the file goes");
    assert_eq!(visitor_sends(&visitor, &id, "passport.png", PNG).await.ok::<Ack>(), ack);
    for got in [visitor_gets(&visitor, &file).await, agent_gets(&ben, visitor.conversation(), &file).await] {
        assert_eq!(got.status, 404);
        assert!(!got.bytes.windows(4).any(|four| four == b"IHDR"));
    }
    assert_eq!(visitor_gets(&visitor, &kept).await.status, 200);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_name_is_a_name_and_nothing_else() {
    let tenant = Tenant::new().await;
    let visitor = tenant.visitor().await;
    let names = [
        ("../../../etc/passwd.txt", "passwd.txt"),
        ("C:\\fakepath\\notes.txt", "notes.txt"),
        ("a\r\nSet-Cookie: x=1\r\n.txt", "aSet-Cookie: x=1.txt"),
        ("\u{202e}txt.exe", "txt.exe"),
        ("\"; filename=\"evil.exe", "\"; filename=\"evil.exe"),
        ("100%25 + 1.txt", "100%25 + 1.txt"),
        ("💡.txt", "💡.txt"),
    ];
    for (told, kept) in names {
        let id = message_id();
        visitor_sends(&visitor, &id, told, b"hello").await.ok::<Ack>();
        let file = sent(&visitor, &id).await;
        assert_eq!(file.name, FileName::parse(kept).unwrap(), "{told:?}");
        let got = visitor_gets(&visitor, &file).await;
        assert_eq!((got.status, got.header("set-cookie")), (200, ""), "{told:?}");
        let saved = got.header("content-disposition").strip_prefix("attachment; filename*=UTF-8''");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._%".contains(c);
        assert!(saved.is_some_and(|saved| saved.ends_with(".txt") && saved.chars().all(is_plain)), "{saved:?}");
    }
    for none in ["", " ", "a/", "\u{202e}"] {
        visitor_sends(&visitor, &message_id(), none, b"hello").await.refused(Code::Malformed);
    }
    let id = message_id();
    for bad in [format!("files?id={id}"), "files?name=a.txt".to_owned(), "files?id=cm_x&name=a.txt".to_owned()] {
        visitor.request("POST", &bad).raw("hello").send().await.refused(Code::Malformed);
    }
    for bad in ["files", "files?file=", "files?file=../fi_0123456789abcdefghjk", "files?file=fi_short"] {
        visitor.request("GET", bad).send().await.refused(Code::Malformed);
    }
}
