//! The desk's shell: load, ask the rules, save, speak, arm the alarm.

use super::store;
use crate::calls::{DeskCall, DeskSocket, Room};
use crate::error::EdgeError;
use crate::object::{self, Alarm};
use crate::outbox;
use crate::sql::Sql;
use crate::{clock, config, db, random};
use desk::Desk;
use desk::desk::{Effect, Input};
use desk::notice::{Numbered, ToRoom};
use protocol::desk::DeskDown;
use protocol::problem::Code;
use protocol::{AgentId, ConversationId, SessionId, SignInId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeSet;
use worker::{DurableObject, Env, Request, Response, State, WebSocket, WebSocketIncomingMessage, durable_object};

/// Close code for a socket whose sign-in has ended: the dashboard goes to its sign-in page.
const SIGNED_OUT: u16 = 4401;

/// Close code for a socket that was silent for too long: the dashboard connects again.
const LEASE_LOST: u16 = 4408;

/// Stays with a socket over hibernation.
#[derive(Serialize, Deserialize)]
struct Attachment {
    agent: AgentId,
    session: SessionId,
}

/// One tenant's desk.
#[durable_object]
pub struct DeskObject {
    state: State,
    env: Env,
    /// Loaded with the first event after a sleep; dropped when storing fails, so that it is read again.
    desk: RefCell<Option<Desk>>,
    alarm: Alarm,
}

impl std::panic::RefUnwindSafe for DeskObject {}

impl DurableObject for DeskObject {
    fn new(state: State, env: Env) -> Self {
        object::answer_pings(&state);
        DeskObject { state, env, desk: RefCell::default(), alarm: Alarm::default() }
    }

    async fn fetch(&self, mut req: Request) -> worker::Result<Response> {
        match object::read_upgrade(&req) {
            Ok(Some(who)) => self.open(who).await.or_else(EdgeError::response),
            Ok(None) => object::answer(self.call(&mut req).await),
            Err(error) => error.response(),
        }
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> worker::Result<()> {
        // Pings never come this far, and the desk takes no other frames: commands go by HTTP.
        let code = object::parse_frame::<serde::de::IgnoredAny>(&message, &[]).err().unwrap_or(Code::UnknownFrame);
        object::send(&socket, &DeskDown::Error { code });
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
        let work = async {
            self.apply(vec![], None)?;
            self.settle(u32::MAX).await
        };
        self.alarm.rang(&self.state, work).await
    }
}

impl DeskObject {
    async fn call(&self, req: &mut Request) -> Result<String, EdgeError> {
        match object::read_call(req).await? {
            DeskCall::Notice { from, notice } => self.hear(&from, notice).await.map(|()| String::new()),
            DeskCall::Claim { profile, handoff, epoch } => {
                let agent = profile.id;
                answered(&self.turn(vec![Input::Claim { agent, handoff, epoch }]).await?)
            }
            DeskCall::Resolve { profile, handoff, epoch } => {
                let agent = profile.id;
                answered(&self.turn(vec![Input::Resolve { agent, handoff, epoch }]).await?)
            }
            DeskCall::Intend { profile, intent } => {
                let agent = profile.id.clone();
                self.apply(vec![Input::Intend { profile, intent }], None)?;
                self.soon().await?;
                let card = self.with_desk(|desk, now| desk.card_of(&agent, now))??;
                object::json(&card)
            }
            DeskCall::SignedOut { agent, sign_in } => self.signed_out(&agent, &sign_in).await.map(|()| String::new()),
            DeskCall::Activity { notice } => self.turn(vec![Input::Heard(notice)]).await.map(|_| String::new()),
            DeskCall::Tick => self.turn(vec![]).await.map(|_| String::new()),
        }
    }

    async fn open(&self, who: DeskSocket) -> Result<Response, EdgeError> {
        let DeskSocket { profile, sign_in } = who;
        let agent = profile.id.clone();
        let session = SessionId::random(random::seed()?);
        let attachment = Attachment { agent: agent.clone(), session: session.clone() };
        // The others hear of it before the socket is there, so that its own first frame is the welcome.
        self.apply(vec![Input::Open { profile, session }], None)?;
        let (socket, response) = object::accept(&self.state, &[sign_in.as_str()], &attachment)?;
        object::send(&socket, &self.with_desk(|desk, now| desk.welcome(&agent, now))?);
        self.soon().await?;
        Ok(response)
    }

    async fn closed(&self, socket: &WebSocket) -> Result<(), EdgeError> {
        let Some(Attachment { agent, session }) = socket.deserialize_attachment()? else { return Ok(()) };
        self.turn(vec![Input::Close { agent, session }]).await.map(drop)
    }

    async fn signed_out(&self, agent: &AgentId, sign_in: &SignInId) -> Result<(), EdgeError> {
        let mut leaving = Vec::new();
        for socket in self.state.get_websockets_with_tag(sign_in.as_str()) {
            if let Some(Attachment { session, .. }) = socket.deserialize_attachment()? {
                leaving.push(Input::Leave { agent: agent.clone(), session });
            }
            let _ = socket.close(Some(SIGNED_OUT), Some("signed out"));
        }
        self.turn(leaving).await.map(drop)
    }

    async fn hear(&self, from: &ConversationId, notice: Numbered<desk::notice::ToDesk>) -> Result<(), EdgeError> {
        let sql = Sql::of(&self.state)?;
        store::prepare(&sql)?;
        if outbox::is_new(&sql, from.as_str(), notice.n)? {
            self.apply(vec![Input::Heard(notice.notice)], Some((from, notice.n)))?;
        }
        self.settle(AT_ONCE).await
    }

    /// One turn: what happened goes through the rules, then everybody hears of it.
    async fn turn(&self, inputs: Vec<Input>) -> Result<Vec<Effect>, EdgeError> {
        let effects = self.apply(inputs, None);
        self.settle(AT_ONCE).await?;
        effects
    }

    /// Loads, asks, saves, speaks. What has expired expires first, so that no rule relies on a sweep.
    /// Errors: the first refusal; what came before it stands.
    fn apply(&self, inputs: Vec<Input>, heard: Option<(&ConversationId, u64)>) -> Result<Vec<Effect>, EdgeError> {
        let now = clock::now();
        let mut effects = Vec::new();
        let mut refusal = None;
        self.with_desk(|desk, _| {
            for input in self.proofs_of_life(desk).into_iter().chain([Input::Tick]).chain(inputs) {
                match desk.apply(now, input) {
                    Ok(more) => effects.extend(more),
                    Err(reason) => {
                        refusal = Some(reason);
                        break;
                    }
                }
            }
        })?;
        self.save(now, &effects, heard)?;
        self.speak(&effects);
        self.drop_sockets_without_lease()?;
        refusal.map_or(Ok(effects), |reason| Err(reason.into()))
    }

    fn with_desk<T>(&self, ask: impl FnOnce(&mut Desk, Timestamp) -> T) -> Result<T, EdgeError> {
        let now = clock::now();
        let mut slot = self.desk.borrow_mut();
        let desk = match slot.take() {
            Some(desk) => desk,
            None => {
                let sql = Sql::of(&self.state)?;
                store::prepare(&sql)?;
                Desk::load(config::presence_rules(&self.env), store::load(&sql)?)
            }
        };
        Ok(ask(slot.insert(desk), now))
    }

    /// What the runtime knows of the sockets: when each last pinged, and which are gone without a close
    /// (after a restart of the runtime, no close ever comes).
    fn proofs_of_life(&self, desk: &Desk) -> Vec<Input> {
        let sockets = self.state.get_websockets();
        let alive = |socket: &WebSocket| {
            let Attachment { agent, session } = socket.deserialize_attachment().ok()??;
            Some((agent, session, object::last_ping(&self.state, socket)))
        };
        let alive: Vec<_> = sockets.iter().filter_map(alive).collect();
        let open: BTreeSet<&SessionId> = alive.iter().map(|(_, session, _)| session).collect();
        let gone = desk.leases().into_iter().filter(|(_, lease)| !open.contains(lease));
        let closes = gone.map(|(agent, session)| Input::Close { agent, session }).collect::<Vec<_>>();
        let beats = alive.iter().filter_map(|(agent, session, at)| {
            Some(Input::Beat { agent: agent.clone(), session: session.clone(), at: (*at)? })
        });
        closes.into_iter().chain(beats).collect()
    }

    fn save(&self, now: Timestamp, effects: &[Effect], heard: Option<(&ConversationId, u64)>) -> Result<(), EdgeError> {
        let stored = Sql::of(&self.state)?.transaction(|sql| {
            effects.iter().try_for_each(|effect| store::save(sql, now, effect))?;
            heard.map_or(Ok(()), |(from, n)| outbox::hear(sql, from.as_str(), n))
        });
        if stored.is_err() {
            // The rules have moved on and the tables have not: read them again.
            self.desk.borrow_mut().take();
        }
        stored
    }

    fn speak(&self, effects: &[Effect]) {
        let sockets = self.state.get_websockets();
        for effect in effects {
            if let Effect::Show(frame) = effect {
                sockets.iter().for_each(|socket| object::send(socket, frame));
            }
        }
    }

    /// A tab whose lease has died is not reachable, whatever it believes: closing its socket makes it come back.
    fn drop_sockets_without_lease(&self) -> Result<(), EdgeError> {
        let leases = self.with_desk(|desk, _| desk.leases())?;
        let leases: BTreeSet<SessionId> = leases.into_iter().map(|(_, session)| session).collect();
        for socket in self.state.get_websockets() {
            let lease = socket.deserialize_attachment::<Attachment>().ok().flatten();
            if lease.is_some_and(|lease| !leases.contains(&lease.session)) {
                let _ = socket.close(Some(LEASE_LOST), Some("no sign of life"));
            }
        }
        Ok(())
    }

    /// Delivers what is due, and sees to it that somebody comes back for the rest.
    async fn settle(&self, rounds: u32) -> Result<(), EdgeError> {
        // Before anything is sent: should we die on the way, the alarm goes on.
        self.arm().await?;
        let sql = Sql::of(&self.state)?;
        let tenant = self.tenant()?;
        let send = |room: String, notice: Numbered<ToRoom>| {
            let tenant = &tenant;
            async move {
                let room = ConversationId::parse(&room).map_err(|_| Code::NotFound)?;
                Room::of(&self.env, tenant, &room)?.notice(notice).await
            }
        };
        outbox::deliver(&sql, rounds, send).await?;
        // A backstop's index: a desk whose alarm rings does not need it.
        if let Err(error) = self.index(&sql, &tenant).await {
            error.problem();
        }
        self.arm().await
    }

    /// Leaves the telling to the alarm, which rings at once: whoever waits for an answer waits for nobody else.
    async fn soon(&self) -> Result<(), EdgeError> {
        self.alarm.arm(&self.state, [Some(clock::now()), None]).await
    }

    async fn arm(&self) -> Result<(), EdgeError> {
        let deadline = self.with_desk(|desk, _| desk.next_deadline())?;
        self.alarm.arm(&self.state, [deadline, outbox::next_due(&Sql::of(&self.state)?)?]).await
    }

    /// Keeps cron's index true enough: it has to say whether there is something to do, and roughly when.
    async fn index(&self, sql: &Sql, tenant: &TenantId) -> Result<(), EdgeError> {
        let deadline = self.with_desk(|desk, _| desk.next_deadline())?;
        let is_close = match (store::indexed(sql)?, deadline) {
            (Some(known), Some(deadline)) => known <= deadline && deadline.since(known) < INDEX_SLACK,
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if is_close {
            return Ok(());
        }
        db::desks_due::set(&self.env.d1("DB")?, tenant, deadline).await?;
        store::set_indexed(sql, deadline)
    }

    fn tenant(&self) -> Result<TenantId, EdgeError> {
        let name = self.state.id().name().unwrap_or_default();
        TenantId::parse(&name).map_err(|_| EdgeError::Platform(format!("a desk named {name:?}")))
    }
}

/// Rounds of delivery in the path of an answer. A claim's room is told in the first.
const AT_ONCE: u32 = 2;
/// Beats move the deadline all the time; a row is written only when it has moved by this much.
const INDEX_SLACK: std::time::Duration = std::time::Duration::from_secs(60);

/// The row that a command was answered with.
fn answered(effects: &[Effect]) -> Result<String, EdgeError> {
    let answer = |effect: &Effect| if let Effect::Answer(row) = effect { Some(row.clone()) } else { None };
    let row =
        effects.iter().find_map(answer).ok_or_else(|| EdgeError::Platform("a command without an answer".into()))?;
    object::json(&row)
}
