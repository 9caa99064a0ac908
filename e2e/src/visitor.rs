//! A visitor of somebody's website.

use crate::http::{Reply, Request};
use crate::screen::Screen;
use crate::server::Server;
use crate::socket::Socket;
use crate::{body, message_id};
use protocol::desk::Page;
use protocol::http::{Ack, AfterHoursRequest, AskRequest, BootReply, BootRequest, EventsReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{Message, Receipt, Receipts, RoomDown, RoomState, RoomUp, SUBPROTOCOL};
use protocol::{ClientMsgId, ConversationId, Email, Event, Kind, Name, Seq, WidgetKey};

/// A visitor, as the widget knows them.
pub struct Visitor {
    /// Where the widget talks to.
    pub server: Server,
    /// The website.
    pub origin: String,
    /// Who they are.
    pub boot: BootReply,
}

impl Visitor {
    /// Boots the widget on a page of `origin`.
    pub async fn boot(server: Server, origin: &str, key: &WidgetKey) -> Self {
        let request = BootRequest { key: key.clone(), token: None };
        let reply = server.post("/v1/widget/boot").origin(origin).json(&request).send().await;
        Self { boot: reply.ok(), server, origin: origin.to_owned() }
    }

    /// Their conversation.
    pub fn conversation(&self) -> &ConversationId {
        &self.boot.conversation
    }

    /// A request from the widget about their conversation.
    pub fn request(&self, method: &str, rest: &str) -> Request {
        let path = format!("/v1/conversations/{}/{rest}", self.conversation());
        self.server.request(method, &path).bearer(&self.boot.token).origin(&self.origin)
    }

    /// Opens the conversation's socket, from after a place.
    pub async fn socket(&self, after: u32) -> Socket<RoomDown> {
        self.socket_with(&format!("after={after}")).await
    }

    /// Opens the conversation's socket, with any query.
    pub async fn socket_with(&self, query: &str) -> Socket<RoomDown> {
        let path = format!("/v1/conversations/{}/socket?{query}", self.conversation());
        let offered = format!("{SUBPROTOCOL}, token.{}", self.boot.token);
        let headers = [("sec-websocket-protocol", offered.as_str()), ("origin", self.origin.as_str())];
        Socket::open(&self.server.ws(&path), &headers).await
    }

    /// A request for the conversation's socket that should be refused.
    pub fn upgrade(&self, query: &str) -> Request {
        let path = format!("/v1/conversations/{}/socket?{query}", self.conversation());
        let offered = format!("{SUBPROTOCOL}, token.{}", self.boot.token);
        self.server.upgrade(&path).header("sec-websocket-protocol", &offered).origin(&self.origin)
    }

    /// Asks for a human.
    pub async fn ask(&self) -> RoomState {
        self.request("POST", "handoff").json(&AskRequest { page: page() }).send().await.ok()
    }

    /// Ends it.
    pub async fn end(&self) -> Reply {
        self.request("POST", "end").send().await
    }

    /// The room as it is now, by polling.
    pub async fn state(&self) -> RoomState {
        self.welcome().await.1
    }

    /// Opens the conversation and keeps in view what comes.
    pub async fn screen(&self) -> Screen {
        Screen::of(self.socket(0).await)
    }

    /// Writes, by HTTP.
    pub async fn send(&self, text: &str) -> Ack {
        self.send_as(&message_id(), text).await.ok()
    }

    /// Writes under a given message id.
    pub async fn send_as(&self, id: &ClientMsgId, text: &str) -> Reply {
        let request = SendRequest { id: id.clone(), body: body(text) };
        self.request("POST", "messages").json(&request).send().await
    }

    /// Leaves an e-mail address.
    pub async fn leave_email(&self, email: &str, text: &str) -> RoomState {
        let form = AfterHoursRequest {
            email: Email::parse(email).expect("an address"),
            name: Name::parse("Vera").ok(),
            message: body(text),
            id: message_id(),
            page: page(),
        };
        self.request("POST", "after_hours").json(&form).send().await.ok()
    }

    /// Polls once.
    pub async fn poll(&self, after: u32) -> Reply {
        self.events(&format!("after={after}")).await
    }

    /// Polls with any query.
    pub async fn events(&self, query: &str) -> Reply {
        self.request("GET", &format!("events?{query}")).send().await
    }

    /// Asks for a page of the transcript.
    pub async fn page(&self, query: &str) -> Reply {
        self.request("GET", &format!("messages?{query}")).send().await
    }

    /// Tells how far they have come, by HTTP.
    pub async fn receive(&self, delivered: u32, read: u32) -> Reply {
        self.request("POST", "receipts").json(&receipt(delivered, read)).send().await
    }

    /// How far both have come.
    pub async fn receipts(&self) -> Receipts {
        self.end_of_room().await.1
    }

    /// Place of the newest message.
    pub async fn last_seq(&self) -> Seq {
        self.end_of_room().await.0
    }

    async fn end_of_room(&self) -> (Seq, Receipts) {
        let EventsReply { frames, .. } = self.events("latest=1").await.ok();
        match frames.into_iter().next() {
            Some(RoomDown::Welcome { from, messages, receipts, .. }) => {
                (messages.last().map_or(from, |last| last.seq), receipts)
            }
            other => panic!("the first frame is {other:?}"),
        }
    }

    /// The whole transcript, by polling.
    pub async fn transcript(&self) -> Vec<Message> {
        self.welcome().await.0
    }

    /// The whole transcript, however long, by as many polls as it takes.
    pub async fn whole_transcript(&self) -> Vec<Message> {
        let mut all = Vec::<Message>::new();
        loop {
            let after = all.last().map_or(0, |last| last.seq.0);
            let EventsReply { frames, .. } = self.poll(after).await.ok();
            let Some(RoomDown::Welcome { messages, more, .. }) = frames.into_iter().next() else { return all };
            all.extend(messages);
            if !more {
                return all;
            }
        }
    }

    async fn welcome(&self) -> (Vec<Message>, RoomState) {
        let EventsReply { frames, .. } = self.poll(0).await.ok();
        let welcome = frames.into_iter().next().expect("a welcome");
        let RoomDown::Welcome { messages, more: false, state, .. } = welcome else { panic!("not all: {welcome:?}") };
        (messages, state)
    }
}

/// Where every visitor of these tests is.
pub fn page() -> Page {
    Page { url: "https://shop.example/lamps".to_owned(), title: "Lamps".to_owned() }
}

/// As it stands on the wire.
pub fn receipt(delivered: u32, read: u32) -> Receipt {
    Receipt { delivered: Seq(delivered), read: Seq(read) }
}

impl Socket<RoomDown> {
    /// Tells how far this side has come.
    pub fn receive(&self, delivered: u32, read: u32) {
        self.say(&RoomUp::Receipt { delivered: Seq(delivered), read: Seq(read) });
    }

    /// Waits until everybody is told of these receipts.
    pub async fn receipts(&mut self, visitor: Receipt, agent: Receipt) {
        let expected = Receipts { visitor, agent };
        let pick = |frame| match frame {
            RoomDown::Receipts { receipts } | RoomDown::Welcome { receipts, .. } => {
                (receipts == expected).then_some(())
            }
            _ => None,
        };
        self.expect(&format!("{expected:?}"), pick).await;
    }

    /// The next frame, whatever it is.
    pub async fn next(&mut self) -> RoomDown {
        self.expect("any frame", Some).await
    }

    /// Waits for the welcome: messages and the rest of the room.
    pub async fn welcome(&mut self) -> (Vec<Message>, RoomState) {
        let pick = |frame| match frame {
            RoomDown::Welcome { messages, state, .. } => Some((messages, state)),
            other => panic!("the first frame is {other:?}"),
        };
        self.expect("the room's welcome", pick).await
    }

    /// Writes, by socket; the answer is the message's id.
    pub fn send(&self, text: &str) -> ClientMsgId {
        let id = message_id();
        self.say(&RoomUp::Send { id: id.clone(), body: body(text) });
        id
    }

    /// Waits for the ack of a message.
    pub async fn ack(&mut self, of: &ClientMsgId) -> Seq {
        let pick = |frame| if let RoomDown::Ack { id, seq, .. } = frame { (id == *of).then_some(seq) } else { None };
        self.expect("an ack", pick).await
    }

    /// Waits for a message of a person.
    pub async fn message(&mut self, kind: Kind, text: &str) -> Message {
        let fits = |message: &Message| message.kind == kind && message.body == Some(body(text));
        self.one_message(text, fits).await
    }

    /// Waits for a system message.
    pub async fn event(&mut self, event: Event) -> Message {
        self.one_message(event.as_str(), |message| message.event == Some(event)).await
    }

    /// Waits for a state of the room.
    pub async fn state(&mut self, what: &str, fits: impl Fn(&RoomState) -> bool) -> RoomState {
        let pick = |frame| match frame {
            RoomDown::State { state } | RoomDown::Welcome { state, .. } => Some(state).filter(|state| fits(state)),
            _ => None,
        };
        self.expect(what, pick).await
    }

    /// Waits until what was said is refused, or the socket is hung up on.
    pub async fn is_rejected(&mut self) {
        while let Some(frame) = self.next_or_end().await {
            if matches!(frame, RoomDown::Error { .. }) {
                return;
            }
        }
    }

    /// Waits for a refusal.
    pub async fn error(&mut self, code: Code) -> Option<ClientMsgId> {
        let pick = |frame| match frame {
            RoomDown::Error { code: came, id, .. } if came == code => Some(id),
            _ => None,
        };
        self.expect(code.as_str(), pick).await
    }

    async fn one_message(&mut self, what: &str, fits: impl Fn(&Message) -> bool) -> Message {
        let pick = |frame| match frame {
            RoomDown::Message { message } => Some(message).filter(|message| fits(message)),
            RoomDown::Welcome { messages, .. } => messages.into_iter().find(|message| fits(message)),
            _ => None,
        };
        self.expect(&format!("message `{what}`"), pick).await
    }
}
