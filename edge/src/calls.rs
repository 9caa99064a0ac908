//! Typed calls to objects: what may be asked of a desk and of a room, and how.

use crate::db;
use crate::error::EdgeError;
use crate::json;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::desk::{Verb, Versions};
use desk::notice::{Numbered, ToDesk, ToRoom};
use desk::room::{Prior, Speaker};
use protocol::desk::Page;
use protocol::file::File;
use protocol::http::{AfterHoursRequest, SendRequest};
use protocol::problem::{Code, Problem};
use protocol::room::{AgentRef, Receipt, Since};
use protocol::{
    AgentId, ClientMsgId, ConversationId, DepartmentId, Epoch, HandoffId, Intent, Name, Priority, Seq, SignInId, Stage,
    Status, TenantId, Timestamp,
};
use serde::{Deserialize, Serialize};
use web_sys::RequestInit;
use worker::{Env, Headers, Response, Stub};

/// A call to a desk, with what the caller knows of the tenant's administration. Rooms know nothing of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeskRequest {
    /// What the caller's sign-in was read with: a desk that is behind reads D1 first.
    pub versions: Option<Versions>,
    /// What is asked.
    pub call: DeskCall,
}

/// What may be asked of a desk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskCall {
    /// A room tells something.
    Notice {
        /// Which room.
        from: ConversationId,
        /// What.
        notice: Numbered<ToDesk>,
    },
    /// Somebody wrote. Only the newest such notice counts, so it needs no number.
    Activity {
        /// What.
        notice: ToDesk,
    },
    /// Do something with a handoff. Answered with its [`QueueRow`](protocol::desk::QueueRow).
    Command {
        /// Who.
        agent: AgentId,
        /// Which.
        handoff: HandoffId,
        /// As the agent saw it.
        epoch: Epoch,
        /// What.
        verb: Verb,
    },
    /// Say how urgent the open handoff of a conversation is, if it has one. Answered with nothing.
    Prioritize {
        /// Which.
        conversation: ConversationId,
        /// From now on.
        priority: Priority,
        /// Which agent says so.
        by: AgentId,
    },
    /// From a room whose visitor is back: the desk should know of its open handoff. Answered with nothing.
    Recheck {
        /// Which room.
        conversation: ConversationId,
        /// Which handoff.
        handoff: HandoffId,
    },
    /// Open handoffs in line. Answered with a list of [`QueueRow`](protocol::desk::QueueRow)s: one more than `limit` if
    /// there are more.
    Queue {
        /// At this stage only.
        stage: Option<Stage>,
        /// Of this department only.
        department: Option<DepartmentId>,
        /// Of this agent only.
        agent: Option<AgentId>,
        /// Behind this one.
        after: Option<HandoffId>,
        /// How many.
        limit: u32,
    },
    /// One handoff that is open, or was closed lately. Answered with its [`QueueRow`](protocol::desk::QueueRow), or
    /// with the problem `not_found`.
    Handoff {
        /// Which.
        handoff: HandoffId,
    },
    /// Tell D1 all that it lacks, now. Answered with nothing.
    Publish,
    /// Choose one's own intent. Answered with the [`AgentCard`](protocol::desk::AgentCard).
    Intend {
        /// Who.
        agent: AgentId,
        /// What.
        intent: Intent,
    },
    /// Choose for somebody else. Answered with the [`AgentCard`](protocol::desk::AgentCard).
    IntendFor {
        /// For whom.
        agent: AgentId,
        /// Which admin.
        by: AgentId,
        /// What.
        intent: Intent,
    },
    /// An API client lives. Answered with a [`HeartbeatReply`](protocol::team::HeartbeatReply).
    Heartbeat {
        /// Whose.
        agent: AgentId,
        /// By which sign-in: it has one lease.
        sign_in: SignInId,
        /// Until when the sign-in is good.
        expires_at: Timestamp,
        /// Nobody is at it.
        idle: bool,
    },
    /// An API client goes. Answered with the [`AgentCard`](protocol::desk::AgentCard).
    GoOffline {
        /// Whose.
        agent: AgentId,
        /// By which sign-in.
        sign_in: SignInId,
    },
    /// An agent's socket to a room is about to open: the room is to hear when the sign-in ends.
    Attend {
        /// Whose.
        agent: AgentId,
        /// By which sign-in.
        sign_in: SignInId,
        /// Until when the sign-in is good.
        expires_at: Timestamp,
        /// Which room.
        conversation: ConversationId,
    },
    /// From a room: the last such socket of the sign-in has gone.
    Unattend {
        /// Which sign-in.
        sign_in: SignInId,
        /// Which room.
        conversation: ConversationId,
    },
    /// From a room that nobody looks at any more.
    Unwatch {
        /// Which.
        conversation: ConversationId,
    },
    /// From a room that wants to hear whether somebody can answer, now and from now on. Answered with
    /// [`ToRoom::DeskOpen`].
    Watch {
        /// Which room.
        conversation: ConversationId,
    },
    /// The team by name. Answered with a list of [`AgentCard`](protocol::desk::AgentCard)s: one more than
    /// `limit` if there are more.
    Agents {
        /// Of this department only.
        department: Option<DepartmentId>,
        /// With this status only.
        status: Option<Status>,
        /// Behind this place.
        after: Option<(Name, AgentId)>,
        /// How many.
        limit: u32,
    },
    /// One of the team. Answered with the [`AgentCard`](protocol::desk::AgentCard).
    Agent {
        /// Who.
        agent: AgentId,
    },
    /// Counts. Answered with the [`PresenceReply`](protocol::team::PresenceReply).
    Presence,
    /// An agent's live leases. Answered with a list of `(SignInId, u32)`.
    Leases {
        /// Whose.
        agent: AgentId,
    },
    /// How the desk is. Answered with its [`DeskVitals`](protocol::team::DeskVitals).
    Vitals,
    /// Catch up with time, and with the administration.
    Tick,
}

/// What may be asked of a room.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomCall {
    /// The desk tells something.
    Notice {
        /// What.
        notice: Numbered<ToRoom>,
    },
    /// Store a message. Answered with its ack.
    Send {
        /// Who.
        speaker: Speaker,
        /// What.
        send: SendRequest,
    },
    /// Ask whether a file may be sent as this message, before any of its bytes is read. Answered with the [`Prior`] that
    /// stands under this id, or null.
    MayAttach {
        /// Who.
        speaker: Speaker,
        /// Chosen by the sender, kept over retries.
        id: ClientMsgId,
    },
    /// Store a message with a file whose bytes are stored. Answered with its ack.
    Attach {
        /// Who.
        speaker: Speaker,
        /// Chosen by the sender, kept over retries.
        id: ClientMsgId,
        /// What.
        file: File,
    },
    /// Take away what a message says. Answered with nothing.
    Redact {
        /// Who.
        by: AgentRef,
        /// They may do so in any conversation.
        is_admin: bool,
        /// Which message.
        seq: Seq,
    },
    /// Say how far one has come. Answered with nothing.
    Receive {
        /// Who.
        speaker: Speaker,
        /// How far.
        receipt: Receipt,
    },
    /// Ask for a human. Answered with the room's state.
    Ask {
        /// Who.
        speaker: Speaker,
        /// Where.
        page: Page,
        /// Where the widget's conversations go.
        department: Option<DepartmentId>,
        /// How urgent this visitor's are.
        priority: Priority,
    },
    /// End the visitor's handoff. Answered with the room's state.
    End {
        /// Who.
        speaker: Speaker,
    },
    /// Open the conversation again. Answered with the [`QueueRow`](protocol::desk::QueueRow) of the handoff that is
    /// open by that.
    Reopen {
        /// Who.
        by: AgentRef,
        /// The handoff that they saw closed.
        handoff: HandoffId,
        /// Where it was routed in the end.
        department: Option<DepartmentId>,
        /// How urgent this visitor's are.
        priority: Priority,
    },
    /// Leave an e-mail address. Answered with the room's state.
    AfterHours {
        /// Who.
        speaker: Speaker,
        /// The form.
        form: AfterHoursRequest,
    },
    /// Show that one is writing.
    Typing {
        /// Who.
        speaker: Speaker,
        /// Writing now.
        on: bool,
    },
    /// A page of messages before a place. Answered with a [`MessagesReply`](protocol::http::MessagesReply).
    Messages {
        /// Who.
        speaker: Speaker,
        /// The place; the end, if there is none.
        before: Option<Seq>,
        /// How many.
        limit: u32,
    },
    /// How the room is. Answered with its [`RoomVitals`](protocol::http::RoomVitals).
    Vitals,
    /// Tell the history everything again. Answered with the [`RoomVitals`](protocol::http::RoomVitals) after that.
    Rebuild,
    /// Everything from a place on. Answered with an [`EventsReply`](protocol::http::EventsReply).
    Events {
        /// Who.
        speaker: Speaker,
        /// The place.
        since: Since,
        /// Hold the answer for a while if there is nothing else to tell than what this stands for.
        rev: Option<u32>,
        /// Whether somebody can answer, as the Worker has it from D1; for visitors only. It counts where the
        /// room has no word of its own from the desk.
        open: Option<bool>,
    },
}

/// Who opens a socket to a desk; travels in [`IDENTITY`].
#[derive(Debug, Serialize, Deserialize)]
pub struct DeskSocket {
    /// Who.
    pub agent: AgentId,
    /// By which sign-in.
    pub sign_in: SignInId,
    /// Until when the sign-in is good.
    pub expires_at: Timestamp,
    /// What the sign-in was read with.
    pub versions: Versions,
    /// Nobody was at the tab when it connected.
    pub idle: bool,
}

/// Who opens a socket to a room; travels in [`IDENTITY`].
#[derive(Debug, Serialize, Deserialize)]
pub struct RoomSocket {
    /// Who.
    pub speaker: Speaker,
    /// From where on.
    pub since: Since,
    /// By which sign-in, for agents.
    pub access: Option<Access>,
}

/// An agent's sign-in, as the Worker has read it. Stays with the room's socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Access {
    /// Whose.
    pub agent: AgentId,
    /// Which.
    pub sign_in: SignInId,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// What it was read with.
    pub versions: Versions,
}

/// Header of an upgrade that the Worker sends to an object. Callers' headers never pass.
pub const IDENTITY: &str = "x-beckon-identity";

/// The desk of a tenant.
pub struct Desk {
    stub: Stub,
    versions: Option<Versions>,
}

impl Desk {
    /// The desk of a tenant.
    pub fn of(env: &Env, tenant: &TenantId) -> Result<Desk, EdgeError> {
        Ok(Desk { stub: env.durable_object("DESK")?.get_by_name(tenant.as_str())?, versions: None })
    }

    /// The same, asked by somebody who knows this of the tenant's administration.
    pub fn knowing(self, versions: Versions) -> Desk {
        Desk { versions: Some(versions), ..self }
    }

    /// Asks. Each [`DeskCall`] says what it is answered with.
    pub async fn ask(&self, call: DeskCall) -> Result<Json, EdgeError> {
        post(&self.stub, &DeskRequest { versions: self.versions, call }).await
    }

    /// Tells a notice.
    pub async fn notice(&self, from: ConversationId, notice: Numbered<ToDesk>) -> Result<(), EdgeError> {
        self.ask(DeskCall::Notice { from, notice }).await.map(drop)
    }

    /// Tells what was written last.
    pub async fn activity(&self, notice: ToDesk) -> Result<(), EdgeError> {
        self.ask(DeskCall::Activity { notice }).await.map(drop)
    }

    /// Tells that the last socket of a sign-in has gone from a room.
    pub async fn unattend(&self, sign_in: SignInId, conversation: ConversationId) -> Result<(), EdgeError> {
        self.ask(DeskCall::Unattend { sign_in, conversation }).await.map(drop)
    }

    /// Says that a room has a socket of a sign-in. Errors: [`Code::Unauthenticated`] if that has ended.
    pub async fn attend(self, access: Access, conversation: ConversationId) -> Result<(), EdgeError> {
        let Access { agent, sign_in, expires_at, versions } = access;
        self.knowing(versions).ask(DeskCall::Attend { agent, sign_in, expires_at, conversation }).await.map(drop)
    }

    /// Says that the visitor of a room with an open handoff is back.
    pub async fn recheck(&self, conversation: ConversationId, handoff: HandoffId) -> Result<(), EdgeError> {
        self.ask(DeskCall::Recheck { conversation, handoff }).await.map(drop)
    }

    /// Says that nobody looks at a room any more.
    pub async fn unwatch(&self, conversation: ConversationId) -> Result<(), EdgeError> {
        self.ask(DeskCall::Unwatch { conversation }).await.map(drop)
    }

    /// Asks to be told whether somebody can answer, and tells it now.
    pub async fn watch(&self, conversation: ConversationId) -> Result<ToRoom, EdgeError> {
        let Json(answer) = self.ask(DeskCall::Watch { conversation }).await?;
        Ok(json::read(&answer)?)
    }

    /// Lets it catch up with time, and with the administration.
    pub async fn tick(&self) -> Result<(), EdgeError> {
        self.ask(DeskCall::Tick).await.map(drop)
    }

    /// Opens a socket.
    pub async fn socket(&self, who: &DeskSocket) -> Result<Response, EdgeError> {
        upgrade(&self.stub, who).await
    }
}

/// The room of a conversation.
pub struct Room(Stub);

impl Room {
    /// The room of a conversation. The tenant is part of its name, so another tenant's is out of reach.
    pub fn of(env: &Env, tenant: &TenantId, conversation: &ConversationId) -> Result<Room, EdgeError> {
        Ok(Room(env.durable_object("ROOM")?.get_by_name(&format!("{tenant}:{conversation}"))?))
    }

    /// Sends a message.
    pub async fn send(&self, speaker: Speaker, send: SendRequest) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::Send { speaker, send }).await
    }

    /// Asks whether a file may be sent; what was, if something was sent by this id already.
    pub async fn may_attach(&self, speaker: Speaker, id: ClientMsgId) -> Result<Option<Prior>, EdgeError> {
        let Json(answer) = post(&self.0, &RoomCall::MayAttach { speaker, id }).await?;
        Ok(json::read(&answer)?)
    }

    /// Sends a file whose bytes are stored.
    pub async fn attach(&self, speaker: Speaker, id: ClientMsgId, file: File) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::Attach { speaker, id, file }).await
    }

    /// Asks what needs no arguments of its own to be checked here. Each [`RoomCall`] says what it is answered with.
    pub async fn call(&self, call: RoomCall) -> Result<Json, EdgeError> {
        post(&self.0, &call).await
    }

    /// Asks for a human.
    pub async fn ask(
        &self,
        speaker: Speaker,
        page: Page,
        (department, priority): (Option<DepartmentId>, Priority),
    ) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::Ask { speaker, page, department, priority }).await
    }

    /// Ends the visitor's handoff.
    pub async fn end(&self, speaker: Speaker) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::End { speaker }).await
    }

    /// Opens the conversation again.
    pub async fn reopen(
        &self,
        by: AgentRef,
        handoff: HandoffId,
        (department, priority): (Option<DepartmentId>, Priority),
    ) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::Reopen { by, handoff, department, priority }).await
    }

    /// Leaves an e-mail address.
    pub async fn after_hours(&self, speaker: Speaker, form: AfterHoursRequest) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::AfterHours { speaker, form }).await
    }

    /// Tells a notice.
    pub async fn notice(&self, notice: Numbered<ToRoom>) -> Result<(), EdgeError> {
        post(&self.0, &RoomCall::Notice { notice }).await.map(drop)
    }

    /// Opens a socket.
    pub async fn socket(&self, who: &RoomSocket) -> Result<Response, EdgeError> {
        upgrade(&self.0, who).await
    }
}

/// Lets a desk catch up with a change of the administration, and takes cron's mark away.
pub async fn catch_up(env: &Env, tenant: &TenantId, versions: Versions) -> Result<(), EdgeError> {
    Desk::of(env, tenant)?.knowing(versions).tick().await?;
    db::desks::told(&env.d1("DB")?, tenant, versions).await
}

/// JSON text, as an object or D1 wrote it, that goes on to the caller as it is.
pub struct Json(pub String);

/// Objects are asked by POST to any address; the call says the rest.
const ADDRESS: &str = "https://object/";

/// Only the text differs between calls: one future waits for all of them.
fn post<C: Serialize>(stub: &Stub, call: &C) -> impl Future<Output = Result<Json, EdgeError>> {
    post_text(stub, serde_json::to_string(call))
}

async fn post_text(stub: &Stub, call: serde_json::Result<String>) -> Result<Json, EdgeError> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&call?.into());
    let mut response = fetch(stub, &init).await?;
    let text = response.text().await?;
    match response.status_code() {
        200 => Ok(Json(text)),
        _ => Err(json::read::<Problem>(&text).map_or_else(|_| EdgeError::Platform(text), EdgeError::from)),
    }
}

async fn upgrade<W: Serialize>(stub: &Stub, who: &W) -> Result<Response, EdgeError> {
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    // Headers are ASCII, names of people are not.
    headers.set(IDENTITY, &URL_SAFE_NO_PAD.encode(serde_json::to_vec(who)?))?;
    let init = RequestInit::new();
    init.set_headers(headers.as_ref());
    fetch(stub, &init).await
}

/// The runtime's own settings of a request: the crate's come with everything that may be told to Cloudflare's cache.
async fn fetch(stub: &Stub, init: &RequestInit) -> Result<Response, EdgeError> {
    let request = web_sys::Request::new_with_str_and_init(ADDRESS, init).map_err(worker::Error::from)?;
    stub.fetch_with_request(request.into()).await.map_err(unavailable)
}

/// An object that does not answer is moving or restarting: worth another try.
fn unavailable(error: worker::Error) -> EdgeError {
    worker::console_error!("object does not answer: {error}");
    Code::Unavailable.into()
}
