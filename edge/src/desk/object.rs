//! The desk's shell: its sockets and its alarm. What it is asked stands in `answer`, what a turn is in `turn`.

use super::store::Published;
use super::turn::{AT_ONCE, BY_ALARM, Proofs};
use crate::calls::DeskSocket;
use crate::error::EdgeError;
use crate::object::{self, Alarm};
use crate::{clock, random};
use desk::Desk;
use desk::desk::{By, Input};
use desk::flood::Flood;
use protocol::desk::{DeskDown, DeskUp};
use protocol::problem::Code;
use protocol::{AgentId, SessionId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use worker::{DurableObject, Env, Request, Response, State, WebSocket, WebSocketIncomingMessage, durable_object};

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
    pub(super) state: State,
    pub(super) env: Env,
    /// Loaded with the first event after a sleep; dropped when storing fails, so that it is read again.
    pub(super) desk: RefCell<Option<Desk>>,
    pub(super) alarm: Alarm,
    /// What D1 was told last, once it was read.
    pub(super) published: Cell<Option<Published>>,
    /// Log and outbox were empty when they were last looked at, and nothing was added since.
    pub(super) is_all_told: Cell<bool>,
    /// Publishing failed: not before this again.
    pub(super) publish_at: Cell<Timestamp>,
    floods: RefCell<BTreeMap<SessionId, Flood>>,
    pub(super) awake_since: Timestamp,
    pub(super) counts: Counts,
}

/// What this object did since it woke.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) alarms: Cell<u32>,
    pub(super) beats: Cell<u32>,
    pub(super) beats_refused: Cell<u32>,
    pub(super) frames_refused: Cell<u32>,
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
            published: Cell::default(),
            is_all_told: Cell::default(),
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

impl DeskObject {
    async fn open(&self, who: DeskSocket) -> Result<Response, EdgeError> {
        let DeskSocket { agent, sign_in, expires_at, versions, idle } = who;
        self.catch_up(versions).await?;
        let session = SessionId::random(random::seed()?);
        let attachment = Attachment { agent: agent.clone(), session: session.clone() };
        let by = By { agent: agent.clone(), sign_in: sign_in.clone(), expires_at, versions };
        // The others hear of it before the socket is there, so that its own first frame is the welcome.
        self.apply(Proofs::Due, vec![Input::Open { by, session: session.clone(), idle }], None)?;
        let (socket, response) = object::accept(&self.state, &[session.as_str(), sign_in.as_str()], &attachment)?;
        let welcome = self.desk()?.welcome(&agent, clock::now());
        object::send(&socket, &welcome);
        self.arm().await?;
        Ok(response)
    }

    async fn frame(&self, socket: &WebSocket, message: &WebSocketIncomingMessage) -> Result<(), EdgeError> {
        let Attachment { agent, session } = object::attached(socket)?.ok_or(Code::Unauthenticated)?;
        if !self.floods.borrow_mut().entry(session.clone()).or_default().admits(clock::now()) {
            let _ = socket.close(Some(FLOOD), Some("too many frames"));
            return Err(Code::SlowDown.into());
        }
        // Pings never come this far, and commands go by HTTP.
        let DeskUp::Idle { on } = object::parse_frame(message, DeskUp::TAGS)?;
        self.turn(vec![Input::Idle { agent, session, on }], 0).await.map(drop)
    }

    async fn closed(&self, socket: &WebSocket) -> Result<(), EdgeError> {
        let Some(Attachment { agent, session }) = object::attached(socket)? else { return Ok(()) };
        self.floods.borrow_mut().remove(&session);
        self.turn(vec![Input::Close { agent, session }], AT_ONCE).await.map(drop)
    }

    pub(super) fn tenant(&self) -> Result<TenantId, EdgeError> {
        let name = self.state.id().name().unwrap_or_default();
        TenantId::parse(&name).map_err(|_| EdgeError::Platform(format!("a desk named {name:?}")))
    }
}

pub(super) fn count(counter: &Cell<u32>) {
    counter.set(counter.get().saturating_add(1));
}
