//! What a desk keeps, what can happen to it, and what is to be done about it.

use crate::notice::{ToDesk, ToRoom};
use crate::pace::Pace;
use crate::presence::Presence;
use protocol::desk::{DeskDown, QueueRow};
use protocol::routing::{ConversationSettings, Decision, Routing};
use protocol::team::{PresenceChange, PresenceSettings, Tally};
use protocol::{
    AgentId, Body, ConversationId, DepartmentId, Epoch, HandoffId, Intent, Name, Priority, Role, SessionId, SignInId,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which state of the tenant's administration somebody has read. Each only grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Grows with agents, departments and settings.
    pub roster: u32,
    /// Grows with every sign-in that is ended.
    pub access: u32,
}

/// Who an agent is, as the administration says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The agent.
    pub id: AgentId,
    /// As shown to visitors.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// Conversations at once, 1 to 50.
    pub capacity: u32,
    /// Teams they are in.
    pub departments: Vec<DepartmentId>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// The department.
    pub id: DepartmentId,
    /// Its name.
    pub name: Name,
    /// How its conversations find an agent.
    #[serde(default)]
    pub routing: Routing,
}

/// The tenant's administration, as far as a desk needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// [`Versions::roster`] that this is.
    pub version: u32,
    /// Presence rules.
    pub settings: PresenceSettings,
    /// How long conversations live.
    #[serde(default)]
    pub conversations: ConversationSettings,
    /// By name.
    pub departments: Vec<Department>,
    /// Everybody who may sign in.
    pub agents: Vec<Profile>,
}

/// What the desk keeps of the administration beside its agents. Stored as JSON: tests pin it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// What was read.
    pub versions: Versions,
    /// Presence rules.
    pub settings: PresenceSettings,
    /// The deployment's, which these were filled up with.
    pub defaults: PresenceSettings,
    /// How long conversations live.
    #[serde(default)]
    pub conversations: ConversationSettings,
    /// By name.
    pub departments: Vec<Department>,
}

/// What the desk keeps of an agent. Stored as JSON: tests pin it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Who.
    pub profile: Profile,
    /// What they chose.
    pub intent: Intent,
    /// Their leases.
    pub presence: Presence,
    /// Since when intent and reachability are what they are.
    pub since: Timestamp,
    /// When they were last given or offered a conversation: turns go by it.
    #[serde(default)]
    pub served_at: Timestamp,
}

/// What the desk keeps of a sign-in by which something is open. Stored as JSON: tests pin it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Whose.
    pub agent: AgentId,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Rooms with a socket of it.
    pub rooms: BTreeSet<ConversationId>,
}

/// What the desk does without anybody asking. Stored as JSON: tests pin it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upkeep {
    /// What it came to.
    pub tally: Tally,
    /// When rooms were last asked whether they have what the desk has.
    pub checked_at: Timestamp,
    /// The last that was.
    pub checked: Option<HandoffId>,
}

/// For the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogEntry {
    /// An agent's presence changed.
    Change(PresenceChange),
    /// A tab or API client of a sign-in has gone; its last proof of life.
    Seen {
        /// Which sign-in.
        sign_in: SignInId,
        /// When.
        at: Timestamp,
    },
    /// Something was done with a handoff.
    Decision(Decision),
}

/// What an agent does with a handoff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Picks it up from the queue; accepts it, if it is offered to them.
    Claim,
    /// Takes what is offered to them.
    Accept,
    /// Does not take what is offered to them.
    Decline,
    /// An owner puts it back into the queue.
    Release,
    /// An owner finishes it.
    Resolve,
    /// An admin takes it, whoever has it.
    TakeOver,
    /// An admin gives it to somebody, whoever has it.
    Assign {
        /// To whom.
        to: AgentId,
    },
    /// An owner, or an admin, passes it on.
    Transfer {
        /// To whom.
        to: Target,
        /// For whoever gets it.
        note: Option<Body>,
    },
}

/// To whom a conversation is passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// To one who can take it now.
    Agent(AgentId),
    /// To the queue of one that somebody is in.
    Department(DepartmentId),
}

/// Everything a desk stores, for loading one.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Absent before the administration was first read.
    pub config: Option<Config>,
    /// The team.
    pub agents: Vec<Agent>,
    /// Sign-ins by which something is open.
    pub sign_ins: Vec<(SignInId, SignIn)>,
    /// Open handoffs, and those that were closed lately.
    pub rows: Vec<QueueRow>,
    /// How fast the lines of departments move.
    pub paces: Vec<(Option<DepartmentId>, Pace)>,
    /// What the desk does without anybody asking.
    pub upkeep: Upkeep,
    /// Rooms to tell when somebody can answer again, or nobody can any more.
    pub watching: Vec<ConversationId>,
    /// Whether rooms were last told that somebody can answer, and how often that has changed.
    pub open: (bool, u32),
}

/// An agent's sign-in, as the Worker has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Whose.
    pub agent: AgentId,
    /// Which.
    pub sign_in: SignInId,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// What it was read with: it may have been ended since.
    pub versions: Versions,
}

/// What can happen to a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A tab gave proof of life. Of all that sockets know, this comes first: nothing expires before it is heard.
    Beat {
        /// Whose.
        agent: AgentId,
        /// Its lease.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// A tab's socket is gone, and no close came: the runtime was restarted. Comes first, as a beat does.
    Gone {
        /// Whose.
        agent: AgentId,
        /// Its lease.
        session: SessionId,
    },
    /// The administration was read.
    Roster(Roster),
    /// These sign-ins were found to have ended, by the time of this [`Versions::access`].
    Ended {
        /// What was read.
        access: u32,
        /// Which.
        sign_ins: Vec<SignInId>,
    },
    /// A dashboard tab connected.
    Open {
        /// By which sign-in.
        by: By,
        /// Its lease.
        session: SessionId,
        /// Nobody is at it.
        idle: bool,
    },
    /// A tab was closed.
    Close {
        /// Whose.
        agent: AgentId,
        /// Its lease.
        session: SessionId,
    },
    /// Somebody is at a tab again, or nobody is any more.
    Idle {
        /// Whose.
        agent: AgentId,
        /// Its lease.
        session: SessionId,
        /// Nobody is.
        on: bool,
    },
    /// An API client beats.
    Heartbeat {
        /// By which sign-in.
        by: By,
        /// Nobody is at it.
        idle: bool,
    },
    /// An API client goes.
    GoOffline {
        /// Whose.
        agent: AgentId,
        /// Which sign-in is the client's.
        sign_in: SignInId,
    },
    /// An agent chose.
    Intend {
        /// Who.
        agent: AgentId,
        /// What.
        intent: Intent,
    },
    /// An admin chose for an agent.
    IntendFor {
        /// Whom.
        agent: AgentId,
        /// Which admin.
        by: AgentId,
        /// What.
        intent: Intent,
    },
    /// A room is about to open a socket to an agent.
    Attend {
        /// By which sign-in.
        by: By,
        /// Which room.
        room: ConversationId,
    },
    /// The last socket of a sign-in has gone from a room.
    Unattend {
        /// Which sign-in.
        sign_in: SignInId,
        /// Which room.
        room: ConversationId,
    },
    /// A visitor looks at a room and waits for nobody: it wants to know whether somebody can answer.
    Watch(ConversationId),
    /// Nobody looks at a room any more.
    Unwatch(ConversationId),
    /// A room tells something.
    Heard(ToDesk),
    /// An agent does something with a handoff.
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
    /// How urgent the open handoff of a room is.
    Prioritize {
        /// Which room.
        room: ConversationId,
        /// From now on.
        priority: Priority,
        /// Who says so.
        by: AgentId,
    },
    /// A visitor is back in a room that has an open handoff: the desk should know of it.
    Recheck {
        /// Which room.
        room: ConversationId,
        /// Which handoff.
        handoff: HandoffId,
    },
    /// Time has passed.
    Tick,
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Store what was read of the administration.
    SaveConfig(Config),
    /// Store an agent.
    SaveAgent(Agent),
    /// Forget an agent.
    DropAgent(AgentId),
    /// Store a sign-in.
    SaveSignIn(SignInId, SignIn),
    /// Forget a sign-in.
    DropSignIn(SignInId),
    /// Store an open handoff.
    SaveRow(QueueRow),
    /// Forget a handoff that was closed a while ago; its room has projected it into the history.
    DropRow(HandoffId),
    /// Store how fast a department's line moves.
    SavePace(Option<DepartmentId>, Pace),
    /// Store what the desk does without anybody asking.
    SaveUpkeep(Upkeep),
    /// Store a room to tell later.
    Watch(ConversationId),
    /// Forget a room to tell.
    Unwatch(ConversationId),
    /// Forget the rooms to tell.
    UnwatchAll,
    /// Store whether rooms were told that somebody can answer, and how often that has changed.
    SaveOpen(bool, u32),
    /// Tell a room, by the outbox.
    Tell(ConversationId, ToRoom),
    /// Store for the history.
    Log(LogEntry),
    /// Show every dashboard.
    Show(DeskDown),
    /// Close the socket of a tab that fell silent: if it lives after all, it comes back.
    Drop(SessionId),
    /// Close every socket of a sign-in, for good.
    HangUp(SignInId),
    /// Answer the one who asked.
    Answer(QueueRow),
}
