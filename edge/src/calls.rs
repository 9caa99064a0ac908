//! Typed calls to objects: what may be asked of a desk and of a room, and how.

use crate::error::EdgeError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::desk::Profile;
use desk::notice::{Numbered, ToDesk, ToRoom};
use desk::room::Speaker;
use protocol::desk::Page;
use protocol::http::{AfterHoursRequest, SendRequest};
use protocol::problem::{Code, Problem};
use protocol::{AgentId, ConversationId, Epoch, HandoffId, Intent, Seq, SignInId, TenantId};
use serde::{Deserialize, Serialize};
use worker::{Env, Headers, Method, Request, RequestInit, Response, Stub};

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
    /// Pick a handoff up. Answered with its row.
    Claim {
        /// Who.
        profile: Profile,
        /// Which.
        handoff: HandoffId,
        /// As the agent saw it.
        epoch: Epoch,
    },
    /// Finish a handoff. Answered with its row.
    Resolve {
        /// Who.
        profile: Profile,
        /// Which.
        handoff: HandoffId,
        /// As the agent saw it.
        epoch: Epoch,
    },
    /// Choose an intent. Answered with the agent's card.
    Intend {
        /// Who.
        profile: Profile,
        /// What.
        intent: Intent,
    },
    /// A sign-in has ended: its sockets are closed.
    SignedOut {
        /// Whose.
        agent: AgentId,
        /// Which.
        sign_in: SignInId,
    },
    /// Catch up with time.
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
    /// Ask for a human. Answered with the room's state.
    Ask {
        /// Who.
        speaker: Speaker,
        /// Where.
        page: Page,
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
    /// Everything after a place. Answered with frames.
    Events {
        /// Who.
        speaker: Speaker,
        /// The place.
        after: Seq,
    },
}

/// Who opens a socket to a desk; travels in [`IDENTITY`], and in the socket's attachment after that.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeskSocket {
    /// Who.
    pub profile: Profile,
    /// By which sign-in.
    pub sign_in: SignInId,
}

/// Who opens a socket to a room; travels in [`IDENTITY`].
#[derive(Debug, Serialize, Deserialize)]
pub struct RoomSocket {
    /// Who.
    pub speaker: Speaker,
    /// What they have already.
    pub after: Seq,
}

/// Header of an upgrade that the Worker sends to an object. Callers' headers never pass.
pub const IDENTITY: &str = "x-beckon-identity";

/// The desk of a tenant.
pub struct Desk(Stub);

impl Desk {
    /// The desk of a tenant.
    pub fn of(env: &Env, tenant: &TenantId) -> Result<Desk, EdgeError> {
        Ok(Desk(env.durable_object("DESK")?.get_by_name(tenant.as_str())?))
    }

    /// Claims a handoff.
    pub async fn claim(&self, profile: Profile, handoff: HandoffId, epoch: Epoch) -> Result<Json, EdgeError> {
        post(&self.0, &DeskCall::Claim { profile, handoff, epoch }).await
    }

    /// Resolves a handoff.
    pub async fn resolve(&self, profile: Profile, handoff: HandoffId, epoch: Epoch) -> Result<Json, EdgeError> {
        post(&self.0, &DeskCall::Resolve { profile, handoff, epoch }).await
    }

    /// Sets an intent.
    pub async fn intend(&self, profile: Profile, intent: Intent) -> Result<Json, EdgeError> {
        post(&self.0, &DeskCall::Intend { profile, intent }).await
    }

    /// Ends the sockets of a sign-in.
    pub async fn signed_out(&self, agent: AgentId, sign_in: SignInId) -> Result<(), EdgeError> {
        post(&self.0, &DeskCall::SignedOut { agent, sign_in }).await.map(drop)
    }

    /// Tells a notice.
    pub async fn notice(&self, from: ConversationId, notice: Numbered<ToDesk>) -> Result<(), EdgeError> {
        post(&self.0, &DeskCall::Notice { from, notice }).await.map(drop)
    }

    /// Tells what was written last.
    pub async fn activity(&self, notice: ToDesk) -> Result<(), EdgeError> {
        post(&self.0, &DeskCall::Activity { notice }).await.map(drop)
    }

    /// Lets it catch up with time.
    pub async fn tick(&self) -> Result<(), EdgeError> {
        post(&self.0, &DeskCall::Tick).await.map(drop)
    }

    /// Opens a socket.
    pub async fn socket(&self, who: &DeskSocket) -> Result<Response, EdgeError> {
        upgrade(&self.0, who).await
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

    /// Asks for a human.
    pub async fn ask(&self, speaker: Speaker, page: Page) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::Ask { speaker, page }).await
    }

    /// Leaves an e-mail address.
    pub async fn after_hours(&self, speaker: Speaker, form: AfterHoursRequest) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::AfterHours { speaker, form }).await
    }

    /// Shows that one is writing.
    pub async fn typing(&self, speaker: Speaker, on: bool) -> Result<(), EdgeError> {
        post(&self.0, &RoomCall::Typing { speaker, on }).await.map(drop)
    }

    /// Reads everything after a place.
    pub async fn events(&self, speaker: Speaker, after: Seq) -> Result<Json, EdgeError> {
        post(&self.0, &RoomCall::Events { speaker, after }).await
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

/// An object's answer: JSON text that goes on to the caller as it is.
pub struct Json(pub String);

/// Objects are asked by POST to any address; the call says the rest.
const ADDRESS: &str = "https://object/";

async fn post<C: Serialize>(stub: &Stub, call: &C) -> Result<Json, EdgeError> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(serde_json::to_string(call)?.into()));
    let request = Request::new_with_init(ADDRESS, &init)?;
    let mut response = stub.fetch_with_request(request).await.map_err(unavailable)?;
    let text = response.text().await?;
    match response.status_code() {
        200 => Ok(Json(text)),
        _ => Err(serde_json::from_str::<Problem>(&text).map_or_else(|_| EdgeError::Platform(text), EdgeError::from)),
    }
}

async fn upgrade<W: Serialize>(stub: &Stub, who: &W) -> Result<Response, EdgeError> {
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    // Headers are ASCII, names of people are not.
    headers.set(IDENTITY, &URL_SAFE_NO_PAD.encode(serde_json::to_vec(who)?))?;
    let mut init = RequestInit::new();
    init.with_headers(headers);
    stub.fetch_with_request(Request::new_with_init(ADDRESS, &init)?).await.map_err(unavailable)
}

/// An object that does not answer is moving or restarting: worth another try.
fn unavailable(error: worker::Error) -> EdgeError {
    worker::console_error!("object does not answer: {error}");
    Code::Unavailable.into()
}
