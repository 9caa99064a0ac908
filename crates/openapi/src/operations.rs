//! Every address, in one table, read from top to bottom.

use crate::operation::{Operation, Who};
use crate::schemas::{flag, latest, offset_min, rev, shape};
use Who::{Admin, Agent, Anyone, Party, Platform, Visitor};
use protocol::desk::{AgentCard, QueueRow};
use protocol::http::{
    Ack, AfterHoursRequest, AskRequest, BootReply, BootRequest, EventsReply, HandoffCommand, Health, HistoryReply,
    IntentRequest, Me, MessagesReply, NewTenant, RedactRequest, RoomVitals, SendRequest, SignInRequest, TenantCreated,
    TypingRequest,
};
use protocol::problem::Code;
use protocol::room::{Receipt, RoomState};
use protocol::routing::{
    AssignRequest, ChangeDepartment, ChangeWidget, ConversationSettings, DecisionsReply, DepartmentDetails,
    DepartmentsReply, QueueReply, TransferRequest, VipRequest, WidgetDetails, WidgetsReply,
};
use protocol::team::{
    AddAgent, AddDepartment, AgentDetails, AgentsReply, AuditReply, Availability, ChangeAgent, ChangePassword,
    DepartmentCard, DeskVitals, HeartbeatReply, HeartbeatRequest, JobsReply, PresenceHistoryReply, PresenceReply,
    PresenceReport, PresenceSettings, PresenceSettingsChange, SignInsReply, TeamReply, TokenReply,
};
use protocol::{
    AgentId, ClientMsgId, ConversationId, DepartmentId, FileId, FileName, HandoffId, Seq, SignInId, Stage, Status,
    TenantId, Timestamp, WidgetId, WidgetKey,
};

/// Operations that belong together.
pub struct Group {
    /// The tag.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// In the order of reading.
    pub operations: Vec<Operation>,
}

macro_rules! verbs {
    ($($verb:ident)*) => {$(
        fn $verb(path: &'static str, id: &'static str, who: Who, summary: &'static str) -> Operation {
            Operation::new(stringify!($verb), path, id, who, summary)
        }
    )*};
}
verbs! { get post put patch delete }

/// The table.
pub fn groups() -> Vec<Group> {
    let group = |name, about, operations| Group { name, about, operations };
    vec![
        group("service", "The service itself.", service()),
        group("widget", "What a website's page asks before a chat.", widget()),
        group("conversations", "What both sides of a conversation do.", conversations()),
        group("sign-ins", "Signing in and out, and where one is signed in.", sign_ins()),
        group("presence", "Who can answer, who could, and what each chooses.", presence()),
        group("team", "People and presence rules; mostly for admins.", team()),
        group("routing", "How conversations find an agent, and how long they live.", routing()),
        group("handoffs", "Visitors who asked for a human.", handoffs()),
        group("platform", "For those who run Beckon itself.", platform()),
    ]
}

fn service() -> Vec<Operation> {
    vec![
        get("/v1/health", "health", Anyone, "Whether the service runs.").gives::<Health>(),
        get("/v1/openapi.json", "openapi", Anyone, "This document.")
            .gives::<serde_json::Map<String, serde_json::Value>>(),
    ]
}

fn widget() -> Vec<Operation> {
    vec![
        post("/v1/widget/boot", "bootWidget", Anyone, "Says who the visitor is, and how the widget looks.")
            .more("From a page whose origin is on the widget's list. Nothing is stored by it.")
            .takes::<BootRequest>()
            .gives::<BootReply>()
            .refuses(&[Code::UnknownKey, Code::OriginNotAllowed]),
        get("/v1/widget/availability", "isAvailable", Anyone, "Whether somebody can answer now.")
            .more("Readable from every website, and kept by caches for a few seconds.")
            .needs("key", shape::<WidgetKey>, "The widget's public key.")
            .gives::<Availability>()
            .refuses(&[Code::UnknownKey]),
    ]
}

fn conversations() -> Vec<Operation> {
    vec![
        resumes(get("/v1/conversations/{id}/socket", "openConversation", Party, "Opens the conversation's WebSocket."))
            .more(CONVERSATION_SOCKET)
            .upgrades(),
        resumes(get(
            "/v1/conversations/{id}/events",
            "pollConversation",
            Party,
            "The frames that a new socket would get.",
        ))
        .more(POLL)
        .query("rev", rev, "The `rev` of the last reply: hold the answer until there is something else to tell.")
        .gives::<EventsReply>()
        .refuses(&[Code::SlowDown]),
        post("/v1/conversations/{id}/messages", "sendMessage", Party, "Writes a message.")
            .more("Safe to repeat with the same id and text: it is stored once. Of agents, only the owner may.")
            .id::<ConversationId>("The conversation.")
            .takes::<SendRequest>()
            .gives::<Ack>()
            .refuses(&[Code::BodyEmpty, Code::BodyTooLong, Code::ConflictingRetry, Code::NotOwner, Code::SlowDown]),
        get("/v1/conversations/{id}/messages", "listMessages", Party, "A page of the transcript, oldest first.")
            .more("There are earlier ones while the first `seq` is greater than 1: ask again with it as `before`.")
            .id::<ConversationId>("The conversation.")
            .query("before", shape::<Seq>, "Only what stands before this place; nothing: the last page.")
            .limited()
            .gives::<MessagesReply>()
            .refuses(&[Code::SlowDown]),
        post("/v1/conversations/{id}/typing", "showTyping", Party, "Shows the other side that one is writing.")
            .more("Never stored. Of an agent who only watches nothing is shown.")
            .id::<ConversationId>("The conversation.")
            .takes::<TypingRequest>()
            .refuses(&[Code::SlowDown]),
        post("/v1/conversations/{id}/receipts", "tellReceipt", Party, "Tells how far one has come.")
            .more("What is behind what was told before changes nothing. Of agents, only the owner has a say.")
            .id::<ConversationId>("The conversation.")
            .takes::<Receipt>()
            .refuses(&[Code::NotOwner, Code::UnknownPlace, Code::SlowDown]),
        post("/v1/conversations/{id}/files", "sendFile", Party, "Sends a file.")
            .more(FILE)
            .id::<ConversationId>("The conversation.")
            .needs("id", shape::<ClientMsgId>, "The message's id, chosen by the sender, kept over retries.")
            .needs("name", shape::<FileName>, "What to call it; of a path the last part counts.")
            .takes_file()
            .gives::<Ack>()
            .refuses(&[Code::ConflictingRetry, Code::NotOwner, Code::SlowDown]),
        get("/v1/conversations/{id}/files", "getFile", Party, "A file's bytes, always as a download.")
            .id::<ConversationId>("The conversation.")
            .needs("file", shape::<FileId>, "Its id, from the message that it was sent with.")
            .gives_file(),
        post("/v1/conversations/{id}/redactions", "redactMessage", Agent, "Takes away what a message says; audited.")
            .more("For ever, and for everybody. Of the owner and of admins. Safe to repeat.")
            .id::<ConversationId>("The conversation.")
            .takes::<RedactRequest>()
            .refuses(&[Code::NotOwner]),
        post("/v1/conversations/{id}/handoff", "askForHuman", Visitor, "Asks for a human.")
            .more("Safe to repeat: while one is asked for, nothing changes.")
            .id::<ConversationId>("The conversation.")
            .takes::<AskRequest>()
            .gives::<RoomState>(),
        post("/v1/conversations/{id}/end", "endConversation", Visitor, "Ends what was asked for, as the visitor.")
            .more("So does a message that says `end chat` and nothing else. Without an open handoff nothing happens.")
            .id::<ConversationId>("The conversation.")
            .gives::<RoomState>(),
        put("/v1/conversations/{id}/vip", "setVip", Agent, "Whether the visitor goes before others; audited.")
            .more("Now, and whenever they ask again.")
            .id::<ConversationId>("The conversation.")
            .takes::<VipRequest>(),
        post("/v1/conversations/{id}/after_hours", "leaveEmail", Visitor, "Leaves an e-mail address and a message.")
            .id::<ConversationId>("The conversation.")
            .takes::<AfterHoursRequest>()
            .gives::<RoomState>()
            .refuses(&[Code::BadEmail, Code::BodyEmpty, Code::BodyTooLong, Code::ConflictingRetry, Code::Taken])
            .refuses(&[Code::SlowDown]),
    ]
}

/// An address where a client says what it has already.
fn resumes(operation: Operation) -> Operation {
    let after = "The place of the last message that the caller has; nothing: from the beginning.";
    operation
        .id::<ConversationId>("The conversation.")
        .query("after", shape::<Seq>, after)
        .query("latest", latest, "Instead of `after`: the last so many, for a caller that has none.")
        .refuses(&[Code::UnknownPlace])
}

fn sign_ins() -> Vec<Operation> {
    vec![
        post("/v1/auth/sign_in", "signIn", Anyone, "Signs an agent in, in a browser.")
            .more("Sets the cookie `__Host-beckon`. From Beckon's own pages only; programs take a token instead.")
            .takes::<SignInRequest>()
            .gives::<Me>()
            .refuses(&[Code::BadCredentials, Code::BadEmail, Code::OriginNotAllowed, Code::Unauthenticated]),
        post("/v1/auth/tokens", "createToken", Anyone, "Signs an agent's program in.")
            .more("Send the token as `Authorization: Bearer`. It is shown this once, and ends as every sign-in does.")
            .takes::<SignInRequest>()
            .gives::<TokenReply>()
            .refuses(&[Code::BadCredentials, Code::BadEmail]),
        post("/v1/auth/sign_out", "signOut", Agent, "Ends this sign-in, its tabs and its sockets."),
        get("/v1/me", "me", Agent, "Who is signed in.").gives::<Me>(),
        put("/v1/me/password", "changePassword", Agent, "Changes one's password, and ends every other sign-in.")
            .takes::<ChangePassword>()
            .refuses(&[Code::BadCredentials, Code::BadPassword]),
        get("/v1/agents/me/sign_ins", "listOwnSignIns", Agent, "Where one is signed in.").gives::<SignInsReply>(),
        get("/v1/agents/{id}/sign_ins", "listSignIns", Admin, "Where an agent is signed in.")
            .agent()
            .gives::<SignInsReply>(),
        delete("/v1/sign_ins/{id}", "endSignIn", Agent, "Ends a sign-in: one's own, or for admins anybody's.")
            .id::<SignInId>("The sign-in."),
    ]
}

fn presence() -> Vec<Operation> {
    vec![
        get("/v1/desk/socket", "openDesk", Agent, "Opens the desk's WebSocket.")
            .more(DESK_SOCKET)
            .query("idle", flag, "1: nobody was at this tab when it connected again.")
            .upgrades(),
        get("/v1/presence", "countPresence", Agent, "How many are how, in the tenant and in each department.")
            .gives::<PresenceReply>(),
        get("/v1/agents", "listAgents", Agent, "The team by name, each as of now.")
            .query("department", shape::<DepartmentId>, "Only who is in it.")
            .query("status", shape::<Status>, "Only who is shown so.")
            .paged()
            .gives::<AgentsReply>(),
        get("/v1/agents/{id}", "getAgent", Agent, "One agent as of now.").agent().gives::<AgentCard>(),
        put("/v1/agents/me/intent", "setOwnIntent", Agent, "Chooses what to be.")
            .takes::<IntentRequest>()
            .gives::<AgentCard>(),
        put("/v1/agents/{id}/intent", "setIntent", Admin, "Chooses for an agent; audited.")
            .agent()
            .takes::<IntentRequest>()
            .gives::<AgentCard>(),
        post("/v1/agents/me/heartbeat", "beat", Agent, "Proves that a program lives.")
            .more("Beat within `beat_every_ms` of the reply, and at most once a second. Without beats the lease ends.")
            .may_take::<HeartbeatRequest>()
            .gives::<HeartbeatReply>()
            .refuses(&[Code::SlowDown]),
        post("/v1/agents/me/offline", "goOffline", Agent, "Ends a program's lease at once; the sign-in stays.")
            .gives::<AgentCard>(),
        get("/v1/agents/{id}/presence", "listPresence", Agent, "An agent's changes, newest first.")
            .more("One's own; for admins anybody's.")
            .agent()
            .paged()
            .gives::<PresenceHistoryReply>()
            .refuses(&[Code::Forbidden]),
        get("/v1/reports/presence", "reportPresence", Admin, "Time at the desk, per agent and day.")
            .needs("from", shape::<Timestamp>, "The beginning, epoch ms.")
            .needs("to", shape::<Timestamp>, "The end, epoch ms; at most 31 days after the beginning.")
            .query("offset_min", offset_min, "Days begin so many minutes after those of UTC (for UTC+2: -120).")
            .gives::<PresenceReport>()
            .refuses(&[Code::OutOfRange]),
    ]
}

fn team() -> Vec<Operation> {
    vec![
        get("/v1/team", "listTeam", Admin, "Everybody, also who was deactivated.").paged().gives::<TeamReply>(),
        post("/v1/agents", "addAgent", Admin, "Adds an agent.")
            .takes::<AddAgent>()
            .creates::<AgentDetails>()
            .refuses(&[Code::BadEmail, Code::BadPassword, Code::OutOfRange, Code::NotFound, Code::Exists]),
        patch("/v1/agents/{id}", "changeAgent", Admin, "Changes an agent; what is absent stays as it is.")
            .more("Deactivating, a new role and a new password end every sign-in of the agent.")
            .agent()
            .takes::<ChangeAgent>()
            .gives::<AgentDetails>()
            .refuses(&[Code::BadPassword, Code::OutOfRange, Code::LastAdmin]),
        get("/v1/settings/presence", "getPresenceSettings", Agent, "The tenant's presence rules.")
            .gives::<PresenceSettings>(),
        put("/v1/settings/presence", "changePresenceSettings", Admin, "Changes the presence rules; audited.")
            .takes::<PresenceSettingsChange>()
            .gives::<PresenceSettings>()
            .refuses(&[Code::OutOfRange]),
        get("/v1/audit", "listAudit", Admin, "What admins did, newest first.").paged().gives::<AuditReply>(),
    ]
}

fn routing() -> Vec<Operation> {
    vec![
        get("/v1/departments", "listDepartments", Agent, "Departments, and how each routes.")
            .gives::<DepartmentsReply>(),
        post("/v1/departments", "addDepartment", Admin, "Adds a department.")
            .takes::<AddDepartment>()
            .creates::<DepartmentCard>()
            .refuses(&[Code::Exists]),
        patch("/v1/departments/{id}", "changeDepartment", Admin, "Changes a department; audited.")
            .more("What is absent stays as it is; the routing comes whole.")
            .id::<DepartmentId>("The department.")
            .takes::<ChangeDepartment>()
            .gives::<DepartmentDetails>()
            .refuses(&[Code::OutOfRange, Code::Exists]),
        get("/v1/settings/conversations", "getConversationSettings", Agent, "How long conversations live.")
            .gives::<ConversationSettings>(),
        put("/v1/settings/conversations", "changeConversationSettings", Admin, "Changes that; audited.")
            .takes::<ConversationSettings>()
            .gives::<ConversationSettings>()
            .refuses(&[Code::OutOfRange]),
        get("/v1/widgets", "listWidgets", Admin, "Widgets, and where their conversations go.").gives::<WidgetsReply>(),
        patch("/v1/widgets/{id}", "changeWidget", Admin, "Changes a widget; audited.")
            .more("What is absent stays as it is. It holds for what is asked from then on.")
            .id::<WidgetId>("The widget.")
            .takes::<ChangeWidget>()
            .gives::<WidgetDetails>(),
    ]
}

fn handoffs() -> Vec<Operation> {
    use Code::{
        AgentAtCapacity, AgentNotRoutable, AlreadyThere, AtCapacity, EmptyDepartment, NotOffered, NotOwner,
        NotRoutable, Offered, Taken,
    };
    vec![
        get("/v1/queue", "listQueue", Agent, "Open handoffs: first in line first, then those in hand.")
            .query("stage", shape::<Stage>, "Only those that stand so.")
            .query("department", shape::<DepartmentId>, "Only those of it.")
            .query("agent", shape::<AgentId>, "Only those that are theirs.")
            .paged()
            .gives::<QueueReply>(),
        command("/v1/handoffs/{id}/claim", "claim", Agent, "Picks a conversation up: one owner, ever.")
            .more("Safe to repeat. Whoever it is offered to accepts the offer by it.")
            .refuses(&[Taken, Offered, NotRoutable, AtCapacity]),
        command("/v1/handoffs/{id}/accept", "acceptOffer", Agent, "Takes what is offered to one.")
            .more("Safe to repeat.")
            .refuses(&[Taken, NotOffered, NotRoutable]),
        command(
            "/v1/handoffs/{id}/decline",
            "declineOffer",
            Agent,
            "Does not take what is offered to one; somebody else is asked.",
        )
        .more("Safe to repeat.")
        .refuses(&[NotOffered]),
        command(
            "/v1/handoffs/{id}/release",
            "release",
            Agent,
            "Puts a conversation back into the queue, where it was in line.",
        )
        .more("Of the owner; the desk does not offer it to them again.")
        .refuses(&[NotOwner]),
        command("/v1/handoffs/{id}/resolve", "resolve", Agent, "Finishes a conversation.")
            .more("Safe to repeat. Of the owner.")
            .refuses(&[NotOwner]),
        command("/v1/handoffs/{id}/take_over", "takeOver", Admin, "Takes a conversation, whoever has it.")
            .more("Safe to repeat.")
            .refuses(&[NotRoutable, AtCapacity]),
        command("/v1/handoffs/{id}/assign", "assign", Admin, "Gives a conversation to an agent, whoever has it.")
            .takes::<AssignRequest>()
            .refuses(&[AgentNotRoutable, AgentAtCapacity, AlreadyThere]),
        command("/v1/handoffs/{id}/transfer", "transfer", Agent, "Passes a conversation on.")
            .more("Of the owner and of admins, to an agent or a department. Visitors never see the note.")
            .takes::<TransferRequest>()
            .refuses(&[NotOwner, AgentNotRoutable, AgentAtCapacity, EmptyDepartment, AlreadyThere]),
        post("/v1/handoffs/{id}/reopen", "reopen", Agent, "Opens a conversation again, with a new handoff.")
            .more("Safe to repeat: if the conversation has an open handoff, the answer is that one.")
            .id::<HandoffId>("The conversation's latest handoff.")
            .gives::<QueueRow>()
            .refuses(&[Code::StaleEpoch]),
        get("/v1/handoffs", "listHandoffs", Agent, "Closed handoffs, newest first.").paged().gives::<HistoryReply>(),
        get("/v1/handoffs/{id}", "getHandoff", Agent, "One handoff, open or closed, as of now.")
            .id::<HandoffId>("The handoff.")
            .gives::<QueueRow>(),
        get(
            "/v1/handoffs/{id}/decisions",
            "listDecisions",
            Agent,
            "What was done with a handoff and why, newest first.",
        )
        .id::<HandoffId>("The handoff.")
        .paged()
        .gives::<DecisionsReply>(),
    ]
}

/// What an agent does with an open handoff, as they saw it.
fn command(path: &'static str, id: &'static str, who: Who, summary: &'static str) -> Operation {
    let command = post(path, id, who, summary).id::<HandoffId>("The handoff.");
    command.takes::<HandoffCommand>().gives::<QueueRow>().refuses(&[Code::StaleEpoch, Code::NotOpen])
}

fn platform() -> Vec<Operation> {
    vec![
        post("/v1/platform/tenants", "createTenant", Platform, "Creates a tenant with people, department and widget.")
            .takes::<NewTenant>()
            .creates::<TenantCreated>()
            .refuses(&[Code::BadPassword, Code::Exists]),
        get("/v1/platform/desks/{id}", "getDesk", Platform, "What a tenant's desk is up to.")
            .id::<TenantId>("The tenant.")
            .gives::<DeskVitals>(),
        get(
            "/v1/platform/rooms/{id}",
            "getRoom",
            Platform,
            "How a conversation's room is, and what the history lacks.",
        )
        .id::<ConversationId>("The conversation.")
        .needs("tenant", shape::<TenantId>, "Its tenant.")
        .gives::<RoomVitals>(),
        post(
            "/v1/platform/rooms/{id}/rebuild",
            "rebuildRoom",
            Platform,
            "Tells the history all of a conversation again.",
        )
        .more("Harmless to repeat, and to ask for while people write.")
        .id::<ConversationId>("The conversation.")
        .needs("tenant", shape::<TenantId>, "Its tenant.")
        .gives::<RoomVitals>(),
        get("/v1/platform/jobs", "listJobs", Platform, "The jobs of cron.").gives::<JobsReply>(),
    ]
}

const CONVERSATION_SOCKET: &str = "\
A WebSocket with the subprotocol `beckon.v1`; a visitor also offers `token.<token>`. Frames are JSON texts: the server \
sends `RoomDown`, a `welcome` first; the client sends `RoomUp`. The plain text `ping` is answered `pong`. The server \
closes with 4401 when the agent's sign-in has ended, and with 4429 after a flood of frames.";

const POLL: &str = "\
For networks that block WebSockets: a `welcome`, and whether the other side is writing. With `rev` the answer is held for up \
to 10 s until there is a message after `after`, or anything else than what was told with that `rev`.";

const FILE: &str = "\
The body is the file as it is, with its `Content-Length`; what it is counts by its content, whatever it is called. It \
arrives as a message with `file`. Safe to repeat with the same id, name and bytes: it is stored once. Of agents, only the \
owner may. `GET /v1/settings/conversations` and the reply to a boot say what is taken.";

const DESK_SOCKET: &str = "\
A WebSocket with the subprotocol `beckon.v1`, and a tab's lease: while it lives and pings, its agent is connected. \
Frames are JSON texts: the server sends `DeskDown`, a `welcome` first; the client sends `DeskUp`. The plain text `ping` \
is answered `pong`. The server closes with 4401 when the sign-in has ended, with 4408 when the lease was lost (connect \
again), and with 4429 after a flood of frames (connect again, slowly).";
