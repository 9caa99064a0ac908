//! The room's shell: its sockets and its alarm. What it is asked stands in `answer`, what a turn is in `turn`.

use super::bell::Bell;
use super::known::Known;
use crate::calls::{Access, Desk, RoomSocket};
use crate::clock;
use crate::error::EdgeError;
use crate::json;
use crate::object::{self, Alarm};
use desk::Room;
use desk::room::{Content, Input, Speaker};
use protocol::http::Ack;
use protocol::problem::{Code, Problem};
use protocol::room::{Receipt, RoomDown, RoomUp, WELCOME_MOST};
use protocol::{ClientMsgId, ConversationId, Party, SignInId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use worker::{DurableObject, Env, Request, Response, State, WebSocket, WebSocketIncomingMessage, durable_object};

/// Close code for a socket that may come back in a moment.
const TRY_AGAIN: u16 = 1013;
/// Close code for a socket that says more than anybody can.
const FLOODED: u16 = 4429;

/// Stays with a socket over hibernation.
#[derive(Serialize, Deserialize)]
pub(super) struct Attachment {
    pub(super) speaker: Speaker,
    /// Of an agent.
    access: Option<Access>,
    /// How far this client has come, so that it need not be stored with each message.
    #[serde(default)]
    pub(super) receipt: Receipt,
}

/// One conversation's room.
#[durable_object]
pub struct RoomObject {
    pub(super) state: State,
    pub(super) env: Env,
    /// Loaded with the first event after a sleep; dropped when storing fails, so that it is read again.
    pub(super) room: RefCell<Option<Room>>,
    pub(super) alarm: Alarm,
    /// Rings for those who poll.
    pub(super) bell: Bell,
    pub(super) awake_since: Timestamp,
    pub(super) tables_ready: Cell<bool>,
    pub(super) known: Known,
    /// Visitors' sockets that wait for the desk's word before they are accepted.
    opening: Cell<u32>,
}

impl std::panic::RefUnwindSafe for RoomObject {}

impl DurableObject for RoomObject {
    fn new(state: State, env: Env) -> Self {
        object::answer_pings(&state);
        RoomObject {
            state,
            env,
            room: RefCell::default(),
            alarm: Alarm::default(),
            bell: Bell::default(),
            awake_since: clock::now(),
            tables_ready: Cell::default(),
            known: Known::default(),
            opening: Cell::default(),
        }
    }

    async fn fetch(&self, mut req: Request) -> worker::Result<Response> {
        match object::read_upgrade(&req) {
            Ok(Some(who)) => self.open(who).await.or_else(EdgeError::response),
            Ok(None) => object::answer(self.call(&mut req).await),
            Err(error) => error.response(),
        }
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> worker::Result<()> {
        if let Err(error) = self.frame(&socket, &message).await {
            refuse(&socket, error.problem(), id_of(&message));
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _: String, _: bool) -> worker::Result<()> {
        object::answer_close(&socket, code);
        object::logged(self.closed(&socket).await)
    }

    async fn websocket_error(&self, socket: WebSocket, _: worker::Error) -> worker::Result<()> {
        object::logged(self.closed(&socket).await)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        self.alarm.rang(&self.state, self.flush()).await
    }
}

impl RoomObject {
    async fn open(&self, who: RoomSocket) -> Result<Response, EdgeError> {
        let RoomSocket { speaker, since, access } = who;
        self.with_room(|room| {
            room.admit(&speaker)?;
            room.resume(since)
        })??;
        if speaker.party() == Party::Visitor {
            self.opening.set(self.opening.get() + 1);
            let watched = self.look().await;
            self.opening.set(self.opening.get() - 1);
            watched?;
        }
        let (welcome, mut seq) = self.welcome_for(&speaker, since, None)?;
        let sign_in = access.as_ref().map(|access| access.sign_in.clone());
        let tags = [speaker.party().as_str()].into_iter().chain(sign_in.as_ref().map(SignInId::as_str));
        let tags: Vec<&str> = tags.collect();
        let attachment = Attachment { speaker, access, receipt: Receipt::default() };
        let (socket, response) = object::accept(&self.state, &tags, &attachment)?;
        object::send(&socket, &welcome);
        // What did not fit into the welcome follows at once.
        while seq < self.with_room(|room| room.last_seq())? {
            let messages = self.since(seq, WELCOME_MOST)?;
            let Some(last) = messages.last() else { break };
            seq = last.seq;
            messages.into_iter().for_each(|message| object::send(&socket, &RoomDown::Message { message }));
        }
        // After the socket is there: an end of the sign-in that the desk tells meanwhile finds it.
        if let Some(access) = attachment.access {
            self.attend(access).await?;
        }
        Ok(response)
    }

    /// Tells the desk of a sign-in's sockets. If that is over, so are they; if the desk does not know, they come back.
    async fn attend(&self, access: Access) -> Result<(), EdgeError> {
        let (tenant, conversation) = self.names()?;
        let sign_in = access.sign_in.clone();
        let attended = Desk::of(&self.env, &tenant)?.attend(access, conversation).await;
        if let Err(error) = &attended {
            let code = if error.is(Code::Unauthenticated) { object::SIGNED_OUT } else { TRY_AGAIN };
            // What these sockets have kept goes with them.
            self.apply(Input::Gone, None)?;
            object::close_all(&self.state, sign_in.as_str(), code, "not attended");
        }
        attended
    }

    /// A socket has gone. After the last one of a sign-in the desk need not tell us of its end; after the last one of
    /// the visitor it need not tell us whether somebody can answer.
    async fn closed(&self, socket: &WebSocket) -> Result<(), EdgeError> {
        let Some(Attachment { access, .. }) = object::attached(socket)? else { return Ok(()) };
        // Read before its attachment goes.
        self.apply(Input::Gone, None)?;
        // The runtime still lists the one that closes.
        let _ = socket.serialize_attachment(());
        let Some(access) = access else { return self.unwatch().await };
        let tag = access.sign_in.as_str();
        if self.is_open(tag) {
            return Ok(());
        }
        let (tenant, conversation) = self.names()?;
        Desk::of(&self.env, &tenant)?.unattend(access.sign_in.clone(), conversation).await?;
        // Another one may have come while we told.
        if self.is_open(tag) { self.attend(access.clone()).await } else { Ok(()) }
    }

    async fn unwatch(&self) -> Result<(), EdgeError> {
        if self.is_looked_at() {
            return Ok(());
        }
        let (tenant, conversation) = self.names()?;
        Desk::of(&self.env, &tenant)?.unwatch(conversation).await?;
        // After a reload the next one may have asked just before we said this.
        if self.is_looked_at() { self.watch().await } else { Ok(()) }
    }

    /// Whether the visitor has a socket here, or is about to.
    fn is_looked_at(&self) -> bool {
        self.opening.get() > 0 || self.is_open(Party::Visitor.as_str())
    }

    /// Whether a socket with this tag is open.
    pub(super) fn is_open(&self, tag: &str) -> bool {
        let is_open = |socket: &WebSocket| matches!(socket.deserialize_attachment::<String>(), Ok(Some(_)));
        self.state.get_websockets_with_tag(tag).iter().any(is_open)
    }

    /// The visitor comes (back): whoever waits for nobody wants to know whether somebody can answer; whoever has a
    /// handoff, that the desk knows of it.
    async fn look(&self) -> Result<(), EdgeError> {
        let Some(handoff) = self.with_room(|room| room.open_handoff().map(|row| row.handoff.clone()))? else {
            return self.watch().await;
        };
        let (tenant, conversation) = self.names()?;
        if let Err(error) = Desk::of(&self.env, &tenant)?.recheck(conversation, handoff).await {
            // The next who comes asks again.
            error.problem();
        }
        Ok(())
    }

    /// Asks the desk whether somebody can answer, and to be told when that changes. A desk that does not answer leaves
    /// what is known; the next who comes asks again.
    pub(super) async fn watch(&self) -> Result<(), EdgeError> {
        if !self.with_room(|room| room.is_unattended())? {
            return Ok(());
        }
        let (tenant, conversation) = self.names()?;
        match Desk::of(&self.env, &tenant)?.watch(conversation).await {
            // Not by the outbox, and so without a number: an old word is known by its count.
            Ok(word) => self.apply(Input::Heard(word), None).map(drop),
            Err(error) => {
                error.problem();
                Ok(())
            }
        }
    }

    async fn frame(&self, socket: &WebSocket, message: &WebSocketIncomingMessage) -> Result<(), EdgeError> {
        let attachment: Attachment = object::attached(socket)?.ok_or(Code::Unauthenticated)?;
        if let Err(flood) = self.with_room(|room| room.count_frame(clock::now(), &attachment.speaker))? {
            refuse(socket, flood.into(), None);
            let _ = socket.close(Some(FLOODED), Some("too many frames"));
            return Ok(());
        }
        match object::parse_frame(message, RoomUp::TAGS)? {
            RoomUp::Send { id, body } => {
                let Ack { id, seq, at } = self.send(attachment.speaker, id, Content::Text(body)).await?;
                object::send(socket, &RoomDown::Ack { id, seq, at });
                Ok(())
            }
            RoomUp::Typing { on } => self.apply(Input::Typing(attachment.speaker, on), None).map(drop),
            RoomUp::Receipt { delivered, read } => self.receive(socket, attachment, Receipt { delivered, read }),
        }
    }

    /// The socket keeps it until the record is stored for another reason, or until it goes.
    fn receive(&self, socket: &WebSocket, attachment: Attachment, receipt: Receipt) -> Result<(), EdgeError> {
        let speaker = attachment.speaker.clone();
        self.apply(Input::Receive { speaker, receipt, kept: true }, None)?;
        let receipt = receipt.max(attachment.receipt);
        if receipt != attachment.receipt {
            socket.serialize_attachment(object::json(&Attachment { receipt, ..attachment })?)?;
        }
        Ok(())
    }

    /// A room is named by its tenant and its conversation.
    pub(super) fn names(&self) -> Result<(TenantId, ConversationId), EdgeError> {
        let name = self.state.id().name().unwrap_or_default();
        let parts = name.split_once(':').and_then(|(tenant, conversation)| {
            Some((TenantId::parse(tenant).ok()?, ConversationId::parse(conversation).ok()?))
        });
        parts.ok_or_else(|| EdgeError::Platform(format!("a room named {name:?}")))
    }
}

fn refuse(socket: &WebSocket, Problem { code, retry_after_ms, .. }: Problem, id: Option<ClientMsgId>) {
    object::send(socket, &RoomDown::Error { code, id, retry_after_ms });
}

/// The message that a refused frame speaks of, so that its sender can mark it.
fn id_of(message: &WebSocketIncomingMessage) -> Option<ClientMsgId> {
    #[derive(Deserialize)]
    struct WithId {
        id: ClientMsgId,
    }
    let WebSocketIncomingMessage::String(text) = message else { return None };
    json::read::<WithId>(text).ok().map(|frame| frame.id)
}
