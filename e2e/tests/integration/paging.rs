//! A long transcript comes in pages, from wherever one is, and whatever is written meanwhile.

use crate::main_path::in_conversation;
use e2e::{Agent, Reply, Tenant, Visitor};
use protocol::http::{EventsReply, MessagesReply};
use protocol::problem::Code;
use protocol::room::{Message, PAGE, RoomDown};
use protocol::{Kind, Seq};

/// System messages at the beginning: asked, joined.
const BEGINNING: u32 = 2;

/// A conversation of so many messages, and the agent who has it.
async fn long(tenant: &Tenant, many: u32) -> (Visitor, Agent) {
    let (visitor, mut widget, ben, room) = in_conversation(tenant).await;
    for number in BEGINNING + 1..=many {
        let writer = if number % 2 == 0 { &widget } else { &room };
        writer.send(&format!("message {number}"));
    }
    let last = |frame| matches!(frame, RoomDown::Message { message } if message.seq == Seq(many)).then_some(());
    widget.expect("the last message", last).await;
    (visitor, ben)
}

fn messages(reply: &Reply) -> Vec<Message> {
    reply.ok::<MessagesReply>().messages
}

fn seqs(messages: &[Message]) -> Vec<u32> {
    messages.iter().map(|message| message.seq.0).collect()
}

/// Where the messages of a poll begin, and they.
fn welcome(reply: &Reply) -> (Seq, Vec<Message>) {
    match reply.ok::<EventsReply>().frames.into_iter().next() {
        Some(RoomDown::Welcome { from, messages, .. }) => (from, messages),
        other => panic!("the first frame is {other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn pages_lead_from_the_end_to_the_beginning_whatever_is_written_meanwhile() {
    let tenant = Tenant::new().await;
    let (visitor, ben) = long(&tenant, 120).await;
    let whole = visitor.transcript().await;
    assert_eq!(whole.len(), 120);
    let (from, mut shown) = welcome(&visitor.events(&format!("latest={PAGE}")).await);
    assert_eq!((from, seqs(&shown)), (Seq(70), (71..=120).collect()));
    let mut pages = Vec::new();
    while shown[0].seq > Seq(1) {
        // Whatever comes at the end moves nothing.
        ben.send(visitor.conversation(), &format!("meanwhile, {}", pages.len())).await;
        let before = shown[0].seq.0;
        let page = messages(&visitor.page(&format!("before={before}&limit={PAGE}")).await);
        assert_eq!(
            page,
            messages(&visitor.page(&format!("before={before}")).await),
            "fifty where nobody says otherwise"
        );
        let path = format!("messages?before={before}&limit={PAGE}");
        let agents = ben.about(visitor.conversation(), "GET", &path).send().await;
        assert_eq!(page, messages(&agents), "the agent reads the same");
        pages.push(page.len());
        shown.splice(0..0, page);
    }
    assert_eq!(pages, [50, 20]);
    assert_eq!(shown, whole);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_page_is_what_stands_right_before_a_place() {
    let tenant = Tenant::new().await;
    let (visitor, _) = long(&tenant, 60).await;
    for (query, expected) in [
        ("before=11&limit=5", 6..=10),
        ("before=3&limit=5", 1..=2),
        ("before=2&limit=1", 1..=1),
        ("limit=3", 58..=60),
        ("", 11..=60),
        ("before=61&limit=2", 59..=60),
        ("before=1000000&limit=2", 59..=60),
        ("before=4294967295&limit=200", 1..=60),
    ] {
        assert_eq!(seqs(&messages(&visitor.page(query).await)), expected.collect::<Vec<_>>(), "{query}");
    }
    for query in ["before=1", "before=0", "before=1&limit=200"] {
        assert_eq!(messages(&visitor.page(query).await), [], "{query}");
    }
    // A page and a poll say the same of a message, to the byte.
    let page = visitor.page("limit=200").await.text;
    let polled = visitor.poll(0).await.text;
    let list = page.trim_start_matches("{\"messages\":").trim_end_matches('}');
    assert!(list.len() > 5_000 && polled.contains(list), "{page}");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_page_that_cannot_be_is_refused() {
    let tenant = Tenant::new().await;
    let (visitor, ben) = long(&tenant, 3).await;
    for query in [
        "before=-1",
        "before=1.5",
        "before=x",
        "before=",
        "before=4294967296",
        "before=99999999999999999999",
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "before=2&limit=",
    ] {
        println!("{query}");
        visitor.page(query).await.refused(Code::Malformed);
        ben.about(visitor.conversation(), "GET", &format!("messages?{query}")).send().await.refused(Code::Malformed);
    }
    let (other, neighbour) = (Tenant::new().await, tenant.visitor().await);
    let path = format!("/v1/conversations/{}/messages", visitor.conversation());
    let as_neighbour = tenant.server.get(&path).bearer(&neighbour.boot.token).origin(tenant.origin());
    as_neighbour.send().await.refused(Code::NotFound);
    other.ben().await.request("GET", &path).send().await.refused(Code::NotFound);
    tenant.server.get(&path).send().await.refused(Code::Unauthenticated);
    // A conversation that has not begun has no pages, and reading begins none.
    assert_eq!(messages(&neighbour.page("before=5").await), []);
    ben.about(neighbour.conversation(), "GET", "messages").send().await.refused(Code::NotFound);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_has_no_transcript_begins_with_the_last_messages_on_both_ways() {
    let tenant = Tenant::new().await;
    let (visitor, ben) = long(&tenant, 210).await;
    for (latest, from) in [(1, 209), (50, 160), (200, 10)] {
        let (begins, polled) = welcome(&visitor.events(&format!("latest={latest}")).await);
        assert_eq!((begins, seqs(&polled)), (Seq(from), (from + 1..=210).collect()), "latest={latest}");
        let mut socket = visitor.socket_with(&format!("latest={latest}")).await;
        let pick =
            |frame| if let RoomDown::Welcome { from, messages, .. } = frame { Some((from, messages)) } else { None };
        assert_eq!(socket.expect("the welcome", pick).await, (begins, polled), "latest={latest}");
    }
    // Of a short conversation that is all.
    let (short, _) = (tenant.visitor().await, ben);
    assert_eq!(welcome(&short.events("latest=50").await), (Seq(0), vec![]));
    short.send("Hello?").await;
    assert_eq!(welcome(&short.events("latest=50").await).0, Seq(0));
    for query in ["latest=0", "latest=201", "latest=-1", "latest=x", "latest=", "latest=1.5", "latest=4294967296"] {
        println!("{query}");
        short.events(query).await.refused(Code::Malformed);
        short.upgrade(query).send().await.refused(Code::Malformed);
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_place_that_the_conversation_has_not_reached_is_refused_on_both_ways() {
    let tenant = Tenant::new().await;
    let (visitor, ben) = long(&tenant, 3).await;
    assert_eq!(welcome(&visitor.events("after=3").await), (Seq(3), vec![]), "the end itself is a place");
    for (query, code) in [
        ("after=4", Code::UnknownPlace),
        ("after=4294967295", Code::UnknownPlace),
        ("after=4&rev=0", Code::UnknownPlace),
        ("after=-1", Code::Malformed),
        ("after=1.5", Code::Malformed),
        ("after=4294967296", Code::Malformed),
        ("after=99999999999999999999", Code::Malformed),
        ("after=soon", Code::Malformed),
        ("after=", Code::Malformed),
        ("after=%00", Code::Malformed),
    ] {
        println!("{query}");
        visitor.events(query).await.refused(code);
        visitor.upgrade(query).send().await.refused(code);
        ben.about(visitor.conversation(), "GET", &format!("events?{query}")).send().await.refused(code);
        let path = format!("/v1/conversations/{}/socket?{query}", visitor.conversation());
        let upgrade = tenant.server.upgrade(&path).header("cookie", &ben.cookie).origin(&ben.server.url);
        upgrade.send().await.refused(code);
    }
    // A room that nobody has written to has no places but the beginning.
    let nobody = tenant.visitor().await;
    nobody.events("after=1").await.refused(Code::UnknownPlace);
    nobody.socket(0).await.welcome().await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_page_shows_the_end_first_and_the_rest_on_demand() {
    let tenant = Tenant::new().await;
    let (visitor, ben) = long(&tenant, 130).await;
    let page = e2e::Profile::of_visitor(&visitor, &tenant.server).open("the visitor's page");
    let shows = |from: u32, to: u32| {
        move |seen: &e2e::Seen| (seqs(&seen.messages) == (from..=to).collect::<Vec<_>>()).then_some(seen.has_earlier)
    };
    assert!(page.until("the last fifty", shows(81, 130)).await);
    page.put(client::link::Input::Earlier);
    ben.send(visitor.conversation(), "meanwhile").await;
    assert!(page.until("fifty before", shows(31, 131)).await);
    page.put(client::link::Input::Earlier);
    assert!(!page.until("the beginning", shows(1, 131)).await, "there is nothing before");
    let texts = page.seen().messages;
    assert_eq!(texts, visitor.transcript().await);
    assert_eq!(texts.iter().filter(|message| message.kind == Kind::System).count(), 2);
}
