//! The desk's shell: load, ask the rules, save, speak, arm the alarm.

use super::{publish, store};
use crate::calls::{DeskCall, DeskRequest, DeskSocket, Room};
use crate::error::EdgeError;
use crate::object::{self, Alarm};
use crate::outbox;
use crate::sql::Sql;
use crate::{clock, config, db, random};
use desk::Desk;
use desk::desk::{By, Effect, Input, Versions, Wanted};
use desk::flood::Flood;
use desk::notice::{Numbered, ToDesk, ToRoom};
use protocol::desk::{DeskDown, DeskUp};
use protocol::problem::Code;
use protocol::team::{DeskVitals, HeartbeatReply};
use protocol::{AgentId, ConversationId, SessionId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;
use worker::{DurableObject, Env, Request, Response, State, WebSocket, WebSocketIncomingMessage, durable_object};

/// Close code for a socket that was silent for too long: the dashboard connects again.
const LEASE_LOST: u16 = 4408;
/// Close code for a socket that says more than any person causes.
const FLOOD: u16 = 4429;

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
    /// Publishing failed: not before this again.
    publish_at: Cell<Timestamp>,
    floods: RefCell<BTreeMap<SessionId, Flood>>,
    awake_since: Timestamp,
    counts: Counts,
}

/// What this object did since it woke.
#[derive(Default)]
struct Counts {
    alarms: Cell<u32>,
    beats: Cell<u32>,
    beats_refused: Cell<u32>,
    frames_refused: Cell<u32>,
}

impl std::panic::RefUnwindSafe for DeskObject {}

impl DurableObject for DeskObject {
    fn new(state: State, env: Env) -> Self {
        object::answer_pings(&state);
        DeskObject {
            state,
            env,
            desk: RefCell::default(),
            alarm: Alarm::default(),
            publish_at: Cell::default(),
            floods: RefCell::default(),
            awake_since: clock::now(),
            counts: Counts::default(),
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
            count(&self.counts.frames_refused);
            object::send(&socket, &DeskDown::Error { code: error.problem().code });
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
        count(&self.counts.alarms);
        let work = async {
            self.apply(Proofs::All, vec![], None)?;
            // Before rooms are told: of them some may hang, and everybody else asks D1.
            self.publish().await?;
            self.settle(BY_ALARM).await
        };
        self.alarm.rang(&self.state, work).await
    }
}

/// Which sockets are asked for their last ping before the rules decide.
#[derive(Clone, Copy)]
enum Proofs {
    /// Only those whose leases would end by now: few, so that no turn looks at everybody.
    Due,
    /// All, so that the next alarm is as late as it may be.
    All,
}

impl DeskObject {
    async fn call(&self, req: &mut Request) -> Result<String, EdgeError> {
        let DeskRequest { versions, call } = object::read_call(req).await?;
        if let Some(versions) = versions {
            self.catch_up(versions).await?;
        }
        let seen = versions.unwrap_or_default();
        match call {
            DeskCall::Notice { from, notice } => self.hear(&from, notice).await.map(|()| String::new()),
            DeskCall::Activity { notice } => self.done(vec![Input::Heard(notice)]).await,
            DeskCall::Claim { agent, handoff, epoch } => {
                answered(&self.turn(vec![Input::Claim { agent, handoff, epoch }]).await?)
            }
            DeskCall::Resolve { agent, handoff, epoch } => {
                answered(&self.turn(vec![Input::Resolve { agent, handoff, epoch }]).await?)
            }
            DeskCall::Intend { agent, intent } => {
                self.card_after(agent.clone(), vec![Input::Intend { agent, intent }]).await
            }
            DeskCall::IntendFor { agent, by, intent } => {
                self.card_after(agent.clone(), vec![Input::IntendFor { agent, by, intent }]).await
            }
            DeskCall::Heartbeat { agent, sign_in, expires_at, idle } => {
                self.heartbeat(By { agent, sign_in, expires_at, versions: seen }, idle).await
            }
            DeskCall::GoOffline { agent, sign_in } => {
                self.card_after(agent.clone(), vec![Input::GoOffline { agent, sign_in }]).await
            }
            DeskCall::Attend { agent, sign_in, expires_at, conversation } => {
                let by = By { agent, sign_in, expires_at, versions: seen };
                self.done(vec![Input::Attend { by, room: conversation }]).await
            }
            DeskCall::Unattend { sign_in, conversation } => {
                self.done(vec![Input::Unattend { sign_in, room: conversation }]).await
            }
            DeskCall::Unwatch { conversation } => self.done(vec![Input::Unwatch(conversation)]).await,
            DeskCall::Watch { conversation } => {
                self.quickly(vec![Input::Watch(conversation)]).await?;
                self.ask(|desk, _| object::json(&desk.word()))?
            }
            DeskCall::Agents { department, status, after, limit } => {
                self.quickly(vec![]).await?;
                let wanted = Wanted { department, status, after };
                self.ask(|desk, _| object::json(&desk.agents(wanted, limit as usize + 1)))?
            }
            DeskCall::Agent { agent } => self.card_after(agent, vec![]).await,
            DeskCall::Presence => {
                self.quickly(vec![]).await?;
                self.ask(|desk, now| object::json(&desk.presence(now)))?
            }
            DeskCall::Leases { agent } => {
                self.quickly(vec![]).await?;
                self.ask(|desk, _| object::json(&desk.leases_of(&agent)))?
            }
            DeskCall::Vitals => object::json(&self.vitals().await?),
            DeskCall::Tick => self.done(vec![]).await,
        }
    }

    async fn open(&self, who: DeskSocket) -> Result<Response, EdgeError> {
        let DeskSocket { agent, sign_in, expires_at, versions, idle } = who;
        self.catch_up(versions).await?;
        let session = SessionId::random(random::seed()?);
        let attachment = Attachment { agent: agent.clone(), session: session.clone() };
        let by = By { agent: agent.clone(), sign_in: sign_in.clone(), expires_at, versions };
        // The others hear of it before the socket is there, so that its own first frame is the welcome.
        self.apply(Proofs::Due, vec![Input::Open { by, session: session.clone(), idle }], None)?;
        let (socket, response) = object::accept(&self.state, &[session.as_str(), sign_in.as_str()], &attachment)?;
        object::send(&socket, &self.ask(|desk, now| desk.welcome(&agent, now))?);
        self.arm().await?;
        Ok(response)
    }

    async fn frame(&self, socket: &WebSocket, message: &WebSocketIncomingMessage) -> Result<(), EdgeError> {
        let Attachment { agent, session } = socket.deserialize_attachment()?.ok_or(Code::Unauthenticated)?;
        if !self.floods.borrow_mut().entry(session.clone()).or_default().admits(clock::now()) {
            let _ = socket.close(Some(FLOOD), Some("too many frames"));
            return Err(Code::SlowDown.into());
        }
        // Pings never come this far, and commands go by HTTP.
        let DeskUp::Idle { on } = object::parse_frame(message, DeskUp::TAGS)?;
        self.quickly(vec![Input::Idle { agent, session, on }]).await
    }

    async fn closed(&self, socket: &WebSocket) -> Result<(), EdgeError> {
        let Some(Attachment { agent, session }) = socket.deserialize_attachment()? else { return Ok(()) };
        self.floods.borrow_mut().remove(&session);
        self.turn(vec![Input::Close { agent, session }]).await.map(drop)
    }

    async fn heartbeat(&self, by: By, idle: bool) -> Result<String, EdgeError> {
        let agent = by.agent.clone();
        let taken = self.quickly(vec![Input::Heartbeat { by, idle }]).await;
        count(if taken.is_ok() { &self.counts.beats } else { &self.counts.beats_refused });
        taken?;
        self.ask(|desk, _| {
            let beat_every_ms = u32::try_from(desk.beat_every().as_millis()).unwrap_or(u32::MAX);
            object::json(&HeartbeatReply { agent: desk.card_of(&agent)?, beat_every_ms })
        })?
    }

    async fn hear(&self, from: &ConversationId, notice: Numbered<ToDesk>) -> Result<(), EdgeError> {
        let sql = Sql::of(&self.state)?;
        store::prepare(&sql)?;
        if outbox::is_new(&sql, from.as_str(), notice.n)? {
            self.apply(Proofs::Due, vec![Input::Heard(notice.notice)], Some((from, notice.n)))?;
        }
        self.settle(AT_ONCE).await
    }

    /// Reads what has changed in the tenant's administration since it was read last.
    async fn catch_up(&self, versions: Versions) -> Result<(), EdgeError> {
        let known = self.ask(|desk, _| desk.versions())?;
        if known.roster < versions.roster {
            let defaults = config::presence_defaults(&self.env);
            let roster = db::roster::load(&self.env.d1("DB")?, &self.tenant()?, defaults).await?;
            self.turn(vec![Input::Roster(roster)]).await?;
        }
        if known.access < versions.access {
            self.end_sign_ins(versions.access).await?;
        }
        Ok(())
    }

    async fn end_sign_ins(&self, access: u32) -> Result<(), EdgeError> {
        // Somebody else may be quicker, and then there is nothing left to ask.
        while self.ask(|desk, _| desk.versions().access < access)? {
            let asked = self.ask(|desk, _| desk.sign_ins())?;
            let ended = db::sign_ins::ended(&self.env.d1("DB")?, &self.tenant()?, &asked, clock::now()).await?;
            // Who came while we asked was not asked for.
            if self.ask(|desk, _| desk.sign_ins().iter().all(|id| asked.contains(id)))? {
                self.turn(vec![Input::Ended { access, sign_ins: ended }]).await?;
            }
        }
        Ok(())
    }

    /// A turn whose answer is an agent's card.
    async fn card_after(&self, agent: AgentId, inputs: Vec<Input>) -> Result<String, EdgeError> {
        self.quickly(inputs).await?;
        self.ask(|desk, _| object::json(&desk.card_of(&agent)?))?
    }

    /// A turn without an answer.
    async fn done(&self, inputs: Vec<Input>) -> Result<String, EdgeError> {
        self.turn(inputs).await.map(|_| String::new())
    }

    /// One turn: what happened goes through the rules, then everybody hears of it.
    async fn turn(&self, inputs: Vec<Input>) -> Result<Vec<Effect>, EdgeError> {
        let effects = self.apply(Proofs::Due, inputs, None);
        self.settle(AT_ONCE).await?;
        effects
    }

    /// One turn that leaves telling rooms to the alarm, which rings at once: its caller waits for nobody else.
    async fn quickly(&self, inputs: Vec<Input>) -> Result<(), EdgeError> {
        let applied = self.apply(Proofs::Due, inputs, None);
        self.arm().await?;
        applied.map(drop)
    }

    /// Loads, asks, saves, speaks. Errors: the first refusal; what came before it stands.
    fn apply(
        &self,
        proofs: Proofs,
        inputs: Vec<Input>,
        heard: Option<(&ConversationId, u64)>,
    ) -> Result<Vec<Effect>, EdgeError> {
        let mut effects = Vec::new();
        let mut refusal = None;
        let now = self.ask(|desk, now| {
            // The tick takes along what time changed, whatever the inputs come to.
            for input in self.proofs(desk, now, proofs).into_iter().chain([Input::Tick]).chain(inputs) {
                match desk.apply(now, input) {
                    Ok(more) => effects.extend(more),
                    Err(reason) => {
                        refusal = Some(reason);
                        break;
                    }
                }
            }
            now
        })?;
        self.save(now, &effects, heard)?;
        self.speak(&effects);
        refusal.map_or(Ok(effects), |reason| Err(reason.into()))
    }

    fn ask<T>(&self, ask: impl FnOnce(&mut Desk, Timestamp) -> T) -> Result<T, EdgeError> {
        let now = clock::now();
        let mut slot = self.desk.borrow_mut();
        let desk = match slot.take() {
            Some(desk) => desk,
            None => self.load(now)?,
        };
        Ok(ask(slot.insert(desk), now))
    }

    /// From the tables, and then from the sockets: only they know the beats of the time that we slept, and which tabs are
    /// gone without a close (after a restart of the runtime, none ever comes). What that changes is told by the next turn.
    fn load(&self, now: Timestamp) -> Result<Desk, EdgeError> {
        let sql = Sql::of(&self.state)?;
        store::prepare(&sql)?;
        let mut desk = Desk::load(config::presence_defaults(&self.env), store::load(&sql)?);
        for proof in self.proofs(&desk, now, Proofs::All) {
            // Proofs are never refused.
            let _ = desk.apply(now, proof);
        }
        Ok(desk)
    }

    /// What the runtime knows of sockets: when each last pinged, and that one is not there.
    fn proofs(&self, desk: &Desk, now: Timestamp, which: Proofs) -> Vec<Input> {
        let leases = match which {
            Proofs::Due => desk.due(now),
            Proofs::All => desk.leases(),
        };
        let proof =
            |(agent, session): (AgentId, SessionId)| match self.state.get_websockets_with_tag(session.as_str()).first()
            {
                Some(socket) => object::last_ping(&self.state, socket).map(|at| Input::Beat { agent, session, at }),
                None => Some(Input::Gone { agent, session }),
            };
        leases.into_iter().filter_map(proof).collect()
    }

    fn save(&self, now: Timestamp, effects: &[Effect], heard: Option<(&ConversationId, u64)>) -> Result<(), EdgeError> {
        if effects.is_empty() && heard.is_none() {
            return Ok(());
        }
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
        let frames =
            effects.iter().filter_map(|effect| if let Effect::Show(frame) = effect { Some(frame) } else { None });
        object::broadcast(&self.state, frames);
        for effect in effects {
            match effect {
                // A tab whose lease has died is not reachable, whatever it believes: it comes back if it lives.
                Effect::Drop(session) => {
                    object::close_all(&self.state, session.as_str(), LEASE_LOST, "no sign of life");
                }
                Effect::HangUp(sign_in) => {
                    object::close_all(&self.state, sign_in.as_str(), object::SIGNED_OUT, "signed out");
                }
                _ => {}
            }
        }
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
        self.arm().await
    }

    async fn arm(&self) -> Result<(), EdgeError> {
        let sql = Sql::of(&self.state)?;
        let (wake, news) = self.ask(|desk, now| (desk.next_wake(now), publish::news(&sql, desk)))?;
        let publish = news?.map(|wait| (clock::now() + wait).max(self.publish_at.get()));
        self.alarm.arm(&self.state, [wake, outbox::next_due(&sql)?, publish]).await
    }

    /// Tells D1 what it lacks.
    async fn publish(&self) -> Result<(), EdgeError> {
        let sql = Sql::of(&self.state)?;
        let (due, open_until) = self.ask(|desk, _| (desk.next_deadline(), desk.open_until()))?;
        let told = publish::publish(&sql, &self.env.d1("DB")?, &self.tenant()?, due, open_until).await;
        if let Err(error) = told {
            self.publish_at.set(clock::now() + PUBLISH_AGAIN);
            error.problem();
        }
        self.arm().await
    }

    async fn vitals(&self) -> Result<DeskVitals, EdgeError> {
        let sql = Sql::of(&self.state)?;
        let (leases, handoffs) = self.ask(|desk, _| (desk.lease_count(), desk.handoffs()))?;
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(DeskVitals {
            alarm_at: self.state.storage().get_alarm().await?.map(Timestamp),
            leases: small(leases),
            handoffs: small(handoffs),
            unpublished: store::logged(&sql)?,
            awake_since: self.awake_since,
            alarms: self.counts.alarms.get(),
            beats: self.counts.beats.get(),
            beats_refused: self.counts.beats_refused.get(),
            frames_refused: self.counts.frames_refused.get(),
        })
    }

    fn tenant(&self) -> Result<TenantId, EdgeError> {
        let name = self.state.id().name().unwrap_or_default();
        TenantId::parse(&name).map_err(|_| EdgeError::Platform(format!("a desk named {name:?}")))
    }
}

/// Rounds of delivery in the path of an answer. A claim's room is told in the first.
const AT_ONCE: u32 = 2;
/// Rounds of an alarm; the next one goes on, and looks at leases between.
const BY_ALARM: u32 = 8;
/// After D1 did not take what we told it.
const PUBLISH_AGAIN: Duration = Duration::from_secs(5);

fn count(counter: &Cell<u32>) {
    counter.set(counter.get().saturating_add(1));
}

/// The row that a command was answered with.
fn answered(effects: &[Effect]) -> Result<String, EdgeError> {
    let answer = |effect: &Effect| if let Effect::Answer(row) = effect { Some(row.clone()) } else { None };
    let row =
        effects.iter().find_map(answer).ok_or_else(|| EdgeError::Platform("a command without an answer".into()))?;
    object::json(&row)
}
