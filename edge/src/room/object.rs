//! The room's shell: load, ask the rules, save, speak, arm the alarm.

use super::store::{self, Stored};
use crate::calls::{Access, Desk, RoomCall, RoomSocket};
use crate::error::EdgeError;
use crate::json;
use crate::object::{self, Alarm};
use crate::outbox;
use crate::sql::Sql;
use crate::{clock, db, random};
use desk::Room;
use desk::notice::{Numbered, ToDesk, ToRoom};
use desk::room::{Effect, Input, Prior, Sent, Speaker, Unprojected};
use protocol::http::{Ack, AfterHoursRequest, EventsReply, SendRequest};
use protocol::problem::{Code, Problem};
use protocol::room::{Message, RoomDown, RoomState, RoomUp, WELCOME_MOST};
use protocol::{ClientMsgId, ConversationId, HandoffId, Party, Seq, SignInId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::time::Duration;
use worker::{DurableObject, Env, Request, Response, State, WebSocket, WebSocketIncomingMessage, durable_object};

/// A burst of messages goes to history and queue as one batch.
const FLUSH_AFTER: Duration = Duration::from_millis(400);
/// For how long "is writing" holds without being said again.
const TYPING_HOLDS: Duration = Duration::from_secs(6);
/// Rounds of delivery: all goes to one desk, so one round takes one notice.
const AT_ONCE: u32 = 8;
/// Most messages that one batch takes into the history.
const BATCH: u32 = 80;

/// Close code for a socket that may come back in a moment.
const TRY_AGAIN: u16 = 1013;

/// Stays with a socket over hibernation.
#[derive(Serialize, Deserialize)]
struct Attachment {
    speaker: Speaker,
    /// Of an agent.
    access: Option<Access>,
}

/// One conversation's room.
#[durable_object]
pub struct RoomObject {
    state: State,
    env: Env,
    /// Loaded with the first event after a sleep; dropped when storing fails, so that it is read again.
    room: RefCell<Option<Room>>,
    alarm: Alarm,
    /// Until when each party is writing, for those who poll. Never stored.
    typing: [Cell<Timestamp>; 2],
    tables_ready: Cell<bool>,
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
            typing: Default::default(),
            tables_ready: Cell::default(),
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
            let Problem { code, retry_after_ms, .. } = error.problem();
            object::send(&socket, &RoomDown::Error { code, id: id_of(&message), retry_after_ms });
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
    async fn call(&self, req: &mut Request) -> Result<String, EdgeError> {
        match object::read_call(req).await? {
            RoomCall::Notice { notice } => object::json(&self.hear(notice).await?),
            RoomCall::Send { speaker, send } => object::json(&self.send(speaker, send).await?),
            RoomCall::Ask { speaker, page } => {
                let fresh = HandoffId::random(random::seed()?);
                self.apply(Input::Ask { speaker, fresh, page }, None)?;
                object::json(&self.told().await?)
            }
            RoomCall::AfterHours { speaker, form } => {
                self.after_hours(speaker, form)?;
                object::json(&self.told().await?)
            }
            RoomCall::Typing { speaker, on } => object::json(&self.relay_typing(&speaker, on)?),
            RoomCall::Events { speaker, after, open } => object::json(&self.events(&speaker, after, open)?),
        }
    }

    async fn open(&self, who: RoomSocket) -> Result<Response, EdgeError> {
        let RoomSocket { speaker, after, access } = who;
        self.with_room(|room| room.admit(&speaker))??;
        if side(&speaker) == Party::Visitor {
            self.opening.set(self.opening.get() + 1);
            let watched = self.watch().await;
            self.opening.set(self.opening.get() - 1);
            watched?;
        }
        let (frames, mut seq) = self.frames_for(&speaker, after, None)?;
        let sign_in = access.as_ref().map(|access| access.sign_in.clone());
        let tags = [side(&speaker).as_str()].into_iter().chain(sign_in.as_ref().map(SignInId::as_str));
        let tags: Vec<&str> = tags.collect();
        let attachment = Attachment { speaker, access };
        let (socket, response) = object::accept(&self.state, &tags, &attachment)?;
        frames.iter().for_each(|frame| object::send(&socket, frame));
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
            object::close_all(&self.state, sign_in.as_str(), code, "not attended");
        }
        attended
    }

    /// A socket has gone. After the last one of a sign-in the desk need not tell us of its end; after the last one of
    /// the visitor it need not tell us whether somebody can answer.
    async fn closed(&self, socket: &WebSocket) -> Result<(), EdgeError> {
        let Some(Attachment { access, .. }) = socket.deserialize_attachment()? else { return Ok(()) };
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
    fn is_open(&self, tag: &str) -> bool {
        let is_open = |socket: &WebSocket| matches!(socket.deserialize_attachment::<Attachment>(), Ok(Some(_)));
        self.state.get_websockets_with_tag(tag).iter().any(is_open)
    }

    /// Asks the desk whether somebody can answer, and to be told when that changes. A desk that does not answer leaves
    /// what is known; the next who comes asks again.
    async fn watch(&self) -> Result<(), EdgeError> {
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
        let Attachment { speaker, .. } = socket.deserialize_attachment()?.ok_or(Code::Unauthenticated)?;
        match object::parse_frame(message, RoomUp::TAGS)? {
            RoomUp::Send { id, body } => {
                let Ack { id, seq, at } = self.send(speaker, SendRequest { id, body }).await?;
                object::send(socket, &RoomDown::Ack { id, seq, at });
                Ok(())
            }
            RoomUp::Typing { on } => self.relay_typing(&speaker, on),
        }
    }

    async fn send(&self, speaker: Speaker, send: SendRequest) -> Result<Ack, EdgeError> {
        let prior = self.prior(&speaker, &send.id)?;
        self.typing[side(&speaker) as usize].set(Timestamp(0));
        let effects = self.apply(Input::Send(speaker, Sent { id: send.id, body: send.body, prior }), None)?;
        self.arm().await?;
        let ack = effects.into_iter().find_map(|effect| if let Effect::Ack(ack) = effect { Some(ack) } else { None });
        ack.ok_or_else(|| EdgeError::Platform("a message without an ack".into()))
    }

    fn after_hours(&self, speaker: Speaker, form: AfterHoursRequest) -> Result<(), EdgeError> {
        let prior = self.prior(&speaker, &form.id)?;
        let fresh = HandoffId::random(random::seed()?);
        self.apply(Input::AfterHours { speaker, fresh, form, prior }, None).map(drop)
    }

    async fn hear(&self, notice: Numbered<ToRoom>) -> Result<(), EdgeError> {
        let has_begun = self.with_room(|room| room.record().is_some())?;
        if !has_begun {
            // There is nothing yet that it could be doubled in, and nothing is stored of a room that was only looked at.
            self.apply(Input::Heard(notice.notice), None)?;
        } else if outbox::is_new(&self.sql()?, "desk", notice.n)? {
            self.apply(Input::Heard(notice.notice), Some(notice.n))?;
        }
        if self.is_open(Party::Visitor.as_str()) {
            self.watch().await?;
        }
        self.arm().await
    }

    fn events(&self, speaker: &Speaker, after: Seq, open: Option<bool>) -> Result<EventsReply, EdgeError> {
        let (mut frames, _) = self.frames_for(speaker, after, open)?;
        let party = other(side(speaker));
        if clock::now() < self.typing[party as usize].get() {
            frames.push(RoomDown::Typing { party, on: true });
        }
        Ok(EventsReply { frames })
    }

    /// The welcome, and up to where it tells.
    fn frames_for(&self, speaker: &Speaker, after: Seq, open: Option<bool>) -> Result<(Vec<RoomDown>, Seq), EdgeError> {
        let (conversation, now) = (self.names()?.1, clock::now());
        let (state, last_seq) = self.with_room(|room| {
            room.admit(speaker)?;
            Ok::<_, EdgeError>((room.state_for(now, open), room.last_seq()))
        })??;
        let messages = self.since(after, WELCOME_MOST)?;
        let told = messages.last().map_or(last_seq, |message| message.seq);
        let more = told < last_seq;
        Ok((vec![RoomDown::Welcome { conversation, messages, more, state, now }], told))
    }

    fn relay_typing(&self, speaker: &Speaker, on: bool) -> Result<(), EdgeError> {
        self.with_room(|room| room.may_write(speaker))??;
        let party = side(speaker);
        let until = if on { clock::now() + TYPING_HOLDS } else { Timestamp(0) };
        self.typing[party as usize].set(until);
        let frame = RoomDown::Typing { party, on };
        let others = self.state.get_websockets_with_tag(other(party).as_str());
        others.iter().for_each(|socket| object::send(socket, &frame));
        Ok(())
    }

    /// Loads, asks, saves, speaks.
    fn apply(&self, input: Input, heard: Option<u64>) -> Result<Vec<Effect>, EdgeError> {
        let now = clock::now();
        let effects = self.with_room(|room| room.apply(now, input))??;
        if heard.is_none() && !effects.iter().any(store::keeps) {
            self.speak(&effects);
            return Ok(effects);
        }
        let stored = self.sql()?.transaction(|sql| {
            effects.iter().try_for_each(|effect| store::save(sql, now, effect))?;
            heard.map_or(Ok(()), |n| outbox::hear(sql, "desk", n))
        });
        if stored.is_err() {
            // The rules have moved on and the tables have not: read them again.
            self.room.borrow_mut().take();
        }
        stored?;
        self.speak(&effects);
        Ok(effects)
    }

    fn with_room<T>(&self, ask: impl FnOnce(&mut Room) -> T) -> Result<T, EdgeError> {
        let mut slot = self.room.borrow_mut();
        let room = match slot.take() {
            Some(room) => room,
            None => {
                let stored = self.tables()?.map_or_else(|| Ok(Stored::default()), |sql| store::load(&sql))?;
                Room::load(self.names()?.1, stored.record, stored.last_seq, stored.last)
            }
        };
        Ok(ask(slot.insert(room)))
    }

    fn speak(&self, effects: &[Effect]) {
        let shown: Vec<RoomDown> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Append(message) => Some(RoomDown::Message { message: message.clone() }),
                Effect::Show(frame) => Some(frame.clone()),
                Effect::Save(_) | Effect::Tell(_) | Effect::Ack(_) | Effect::HangUp(_) => None,
            })
            .collect();
        object::broadcast(&self.state, shown.iter());
        for effect in effects {
            if let Effect::HangUp(sign_in) = effect {
                object::close_all(&self.state, sign_in.as_str(), object::SIGNED_OUT, "signed out");
            }
        }
    }

    /// Tells the desk now; what it answers by notice has arrived when this returns. If it does not answer,
    /// the alarm goes on trying.
    async fn told(&self) -> Result<RoomState, EdgeError> {
        // Before anything is sent: should we die on the way, the alarm goes on.
        self.arm().await?;
        self.deliver().await?;
        self.arm().await?;
        self.with_room(|room| room.state())
    }

    /// Tells the desk and the history all that they lack.
    async fn flush(&self) -> Result<(), EdgeError> {
        self.arm().await?;
        self.deliver().await?;
        while let Some(lacking) = self.with_room(|room| room.unprojected())? {
            self.project(lacking).await?;
        }
        self.arm().await
    }

    async fn deliver(&self) -> Result<(), EdgeError> {
        let (tenant, conversation) = self.names()?;
        let send = |_, notice: Numbered<ToDesk>| {
            let (tenant, conversation) = (&tenant, conversation.clone());
            async move { Desk::of(&self.env, tenant)?.notice(conversation, notice).await }
        };
        outbox::deliver(&self.sql()?, AT_ONCE, send).await
    }

    async fn project(&self, lacking: Unprojected) -> Result<(), EdgeError> {
        let (tenant, conversation) = self.names()?;
        let Some((record, rows, activity)) =
            self.with_room(|room| Some((room.record()?.clone(), room.rows(), room.activity())))?
        else {
            return Ok(());
        };
        let messages = self.since(record.projected, BATCH)?;
        let upto = messages.last().map_or(lacking.upto, |message| message.seq);
        let is_lacking = |row: &protocol::desk::QueueRow| lacking.handoffs.iter().any(|(id, _)| *id == row.handoff);
        let rows = rows.into_iter().filter(is_lacking).collect();
        let chapter = db::history::Chapter {
            tenant: &tenant,
            conversation: &conversation,
            record: &record,
            last_seq: upto,
            rows,
            messages,
        };
        db::history::take_in(&self.env.d1("DB")?, &chapter).await?;
        if let Some(notice) = activity {
            // Not by the outbox: only the newest counts.
            Desk::of(&self.env, &tenant)?.activity(notice).await?;
        }
        self.apply(Input::Projected(Unprojected { upto, ..lacking }), None).map(drop)
    }

    async fn arm(&self) -> Result<(), EdgeError> {
        let flush = self.with_room(|room| room.unprojected())?.map(|_| clock::now() + FLUSH_AFTER);
        let due = self.tables()?.map_or(Ok(None), |sql| outbox::next_due(&sql))?;
        self.alarm.arm(&self.state, [flush, due]).await
    }

    /// The tables, made if need be.
    fn sql(&self) -> Result<Sql, EdgeError> {
        let sql = Sql::of(&self.state)?;
        if !self.tables_ready.get() {
            store::prepare(&sql)?;
            self.tables_ready.set(true);
        }
        Ok(sql)
    }

    /// The tables, if there are any: reading a room that has not begun leaves nothing behind.
    fn tables(&self) -> Result<Option<Sql>, EdgeError> {
        let sql = Sql::of(&self.state)?;
        if !self.tables_ready.get() {
            self.tables_ready.set(store::is_prepared(&sql)?);
        }
        Ok(self.tables_ready.get().then_some(sql))
    }

    fn since(&self, seq: Seq, limit: u32) -> Result<Vec<Message>, EdgeError> {
        self.tables()?.map_or_else(|| Ok(Vec::new()), |sql| store::since(&sql, seq, limit))
    }

    fn prior(&self, speaker: &Speaker, id: &ClientMsgId) -> Result<Option<Prior>, EdgeError> {
        self.tables()?.map_or(Ok(None), |sql| store::prior(&sql, speaker, id))
    }

    /// A room is named by its tenant and its conversation.
    fn names(&self) -> Result<(TenantId, ConversationId), EdgeError> {
        let name = self.state.id().name().unwrap_or_default();
        let parts = name.split_once(':').and_then(|(tenant, conversation)| {
            Some((TenantId::parse(tenant).ok()?, ConversationId::parse(conversation).ok()?))
        });
        parts.ok_or_else(|| EdgeError::Platform(format!("a room named {name:?}")))
    }
}

fn side(speaker: &Speaker) -> Party {
    match speaker {
        Speaker::Visitor { .. } => Party::Visitor,
        Speaker::Agent { .. } => Party::Agent,
    }
}

fn other(party: Party) -> Party {
    match party {
        Party::Visitor => Party::Agent,
        Party::Agent => Party::Visitor,
    }
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
