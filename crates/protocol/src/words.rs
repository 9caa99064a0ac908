//! Closed sets of words, spelled the same in SQL, on the wire and in the code.

use crate::lean::{Json, Lean, read_word};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A word that is not in the set asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord;

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown word")
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(transform = crate::schema::listed))]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),*
        }

        impl $name {
            /// Every word of the set.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word as it stands in SQL and on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// Reads a word. Errors: [`UnknownWord`].
            pub fn parse(word: &str) -> Result<Self, UnknownWord> {
                match word { $($word => Ok($name::$variant),)* _ => Err(UnknownWord) }
            }
        }

        impl Lean for $name {
            fn to_json(&self, out: &mut String) {
                out.push('"');
                out.push_str(self.as_str());
                out.push('"');
            }
            fn from_json(json: &Json) -> Option<Self> {
                Self::ALL.get(read_word(json, &[$($word),*])?).copied()
            }
        }
    )*};
}

words! {
    /// What a signed-in person may do; each role may do all that those after it may.
    Role {
        /// Runs Beckon itself.
        PlatformAdmin = "platform_admin",
        /// Runs one tenant.
        ClientAdmin = "client_admin",
        /// Answers visitors.
        SupportStaff = "support_staff",
    }

    /// What an agent chose. Nothing but the agent (or an admin) ever changes it.
    Intent {
        /// Ready for visitors.
        Available = "available",
        /// Here, but occupied.
        Busy = "busy",
        /// Not at the desk.
        Away = "away",
        /// In a meeting.
        InMeeting = "in_meeting",
        /// On a break.
        Break = "break",
        /// Not to be disturbed.
        DoNotDisturb = "do_not_disturb",
    }

    /// What an agent's leases prove.
    Reachability {
        /// At least one tab or API client lives, and somebody is at it.
        Connected = "connected",
        /// Somebody left it: no activity for the tenant's `idle_after_ms`, in any tab.
        Idle = "idle",
        /// The last tab was closed a moment ago; a reload takes less.
        Grace = "grace",
        /// Nothing lives.
        Offline = "offline",
    }

    /// Why an agent's presence changed.
    Cause {
        /// The first tab or API client connected.
        SignedIn = "signed_in",
        /// A tab came back within the grace.
        Reloaded = "reloaded",
        /// The sign-in has ended: by the agent, by somebody else, by a new password or role, or by its age.
        SignedOut = "signed_out",
        /// The last tab was closed.
        Closed = "closed",
        /// No sign of life for `stale_after_ms`: power, network, a stopped machine.
        Vanished = "vanished",
        /// No activity for `idle_after_ms`.
        Idle = "idle",
        /// Activity again.
        Active = "active",
        /// The agent chose.
        Manual = "manual",
        /// An admin chose for them.
        Admin = "admin",
    }

    /// How urgent a conversation is: those that come first go first.
    Priority {
        /// Of a visitor who goes before others.
        Vip = "vip",
        /// More than usual.
        High = "high",
        /// As usual.
        Normal = "normal",
        /// Less than usual.
        Low = "low",
    }

    /// How a department's conversations find an agent.
    RoutingMode {
        /// Agents pick them up.
        Manual = "manual",
        /// In turn: whoever has gone without one for longest.
        RoundRobin = "round_robin",
        /// Whoever has fewest; of those, whoever has gone without one for longest.
        LeastLoaded = "least_loaded",
    }

    /// Whether whoever was chosen is asked.
    Delivery {
        /// They have a while to accept.
        Offer = "offer",
        /// It is theirs at once.
        Assign = "assign",
    }

    /// What happens when all who could take a conversation have declined.
    WhenDeclined {
        /// They are asked again after a pause.
        RingAgain = "ring_again",
        /// The visitor is offered the e-mail form; agents may still pick it up.
        Form = "form",
    }

    /// Why a conversation is in the queue again.
    Requeue {
        /// Its owner's connection was lost.
        Vanished = "vanished",
        /// Its owner put it back.
        Released = "released",
        /// Its owner, or an admin, passed it on.
        Transferred = "transferred",
    }

    /// What was done with a handoff.
    Act {
        /// The visitor asked for a human.
        Asked = "asked",
        /// An agent reopened the conversation.
        Reopened = "reopened",
        /// The desk asked an agent.
        Offered = "offered",
        /// The desk gave it to an agent.
        Routed = "routed",
        /// An agent picked it up.
        Claimed = "claimed",
        /// An agent accepted the offer.
        Accepted = "accepted",
        /// An agent declined the offer.
        Declined = "declined",
        /// An agent did not answer the offer in time.
        OfferLapsed = "offer_lapsed",
        /// The offer was taken back: the agent could not take it any more.
        OfferWithdrawn = "offer_withdrawn",
        /// Nobody who could take it was left to be asked.
        Exhausted = "exhausted",
        /// It went to the fallback department.
        FellBack = "fell_back",
        /// An admin gave it to an agent.
        Assigned = "assigned",
        /// An admin took it.
        TakenOver = "taken_over",
        /// It was passed on.
        Transferred = "transferred",
        /// Its owner put it back into the queue.
        Released = "released",
        /// Its owner vanished: it is at the front of the queue.
        Returned = "returned",
        /// The visitor became, or is no longer, one who goes before others; or the priority changed.
        Prioritized = "prioritized",
        /// The visitor was offered the e-mail form.
        FormOffered = "form_offered",
        /// Both sides were told that it will expire.
        Warned = "warned",
        /// An agent finished it.
        Resolved = "resolved",
        /// The visitor finished it.
        EndedByVisitor = "ended_by_visitor",
        /// It reached its longest life.
        Expired = "expired",
        /// The visitor did not answer any more.
        Abandoned = "abandoned",
        /// Nobody was there to take it, or the visitor left an e-mail address instead of waiting.
        Missed = "missed",
        /// Desk and room disagreed; this is what was done about it.
        Repaired = "repaired",
    }

    /// Why an agent was chosen, or was not.
    Why {
        /// By the department's rule.
        Chosen = "chosen",
        /// They had the visitor's last conversation.
        KnowsVisitor = "knows_visitor",
        /// As many conversations as they may have.
        AtCapacity = "at_capacity",
        /// Their status is not `available`.
        NotAvailable = "not_available",
        /// They were asked, and declined or did not answer.
        Declined = "declined",
        /// They could have taken it; somebody else's turn came first.
        NotTheirTurn = "not_their_turn",
    }

    /// Why an operator should look at an agent.
    Oddity {
        /// Available for longer than a working day without any change.
        AvailableTooLong = "available_too_long",
        /// Not reachable, and has conversations.
        AwayWithConversations = "away_with_conversations",
    }

    /// What an admin did.
    Deed {
        /// Chose another agent's intent.
        SetIntent = "set_intent",
        /// Ended another agent's sign-in.
        EndSignIn = "end_sign_in",
        /// Added an agent.
        AddAgent = "add_agent",
        /// Changed an agent.
        ChangeAgent = "change_agent",
        /// Added a department.
        AddDepartment = "add_department",
        /// Changed a department: its name, or how it routes.
        ChangeDepartment = "change_department",
        /// Changed the tenant's settings.
        ChangeSettings = "change_settings",
        /// Changed a widget.
        ChangeWidget = "change_widget",
        /// Made a visitor one who goes before others, or no longer one.
        SetVip = "set_vip",
        /// Took away what a message said.
        Redact = "redact",
    }

    /// The one value shown for an agent, derived from intent, leases and load; never stored.
    Status {
        /// Routable, as far as presence goes.
        Available = "available",
        /// Chosen, or at capacity.
        Busy = "busy",
        /// Chosen, or idle.
        Away = "away",
        /// Chosen.
        InMeeting = "in_meeting",
        /// Chosen.
        Break = "break",
        /// Chosen.
        DoNotDisturb = "do_not_disturb",
        /// No live lease.
        Offline = "offline",
    }

    /// Where a handoff stands.
    Stage {
        /// In the queue.
        Waiting = "waiting",
        /// Owned by an agent.
        Active = "active",
        /// Over; see the close reason.
        Closed = "closed",
    }

    /// Why a handoff was closed.
    CloseReason {
        /// An agent finished it.
        Resolved = "resolved",
        /// The visitor finished it.
        EndedByVisitor = "ended_by_visitor",
        /// It reached its longest life.
        Expired = "expired",
        /// The visitor did not answer any more.
        Abandoned = "abandoned",
        /// Nobody was there to take it.
        Missed = "missed",
    }

    /// What a message is.
    Kind {
        /// Written by the visitor.
        Visitor = "visitor",
        /// Written by an agent.
        Agent = "agent",
        /// Written by an assistant.
        Assistant = "assistant",
        /// An event; its text comes from the reader's catalogue.
        System = "system",
        /// Private to agents.
        Note = "note",
    }

    /// What a system message tells.
    Event {
        /// The visitor asked for a human and stands in the queue.
        HandoffAsked = "handoff_asked",
        /// An agent (named in the message) picked the handoff up.
        AgentJoined = "agent_joined",
        /// The owner lost connection; the handoff is at the front of the queue again.
        AgentLost = "agent_lost",
        /// The owner put the handoff back into the queue.
        AgentLeft = "agent_left",
        /// The owner passed the conversation on.
        Transferred = "transferred",
        /// An agent (named in the message) reopened the conversation.
        Reopened = "reopened",
        /// It takes long: the visitor may leave an e-mail address instead of waiting.
        FormOffered = "form_offered",
        /// The conversation will expire soon.
        ExpiresSoon = "expires_soon",
        /// The conversation reached its longest life.
        Expired = "expired",
        /// The visitor did not answer any more.
        Abandoned = "abandoned",
        /// The agent resolved the handoff.
        EndedByAgent = "ended_by_agent",
        /// The visitor ended it.
        EndedByVisitor = "ended_by_visitor",
        /// Nobody can answer now.
        NobodyAvailable = "nobody_available",
        /// The visitor left an e-mail address and a message.
        AfterHoursSaved = "after_hours_saved",
        /// An agent (named in the message) took away what an earlier message (`of`) said.
        Redacted = "redacted",
    }

    /// What a file is, by its content. Images stand first.
    FileKind {
        /// An image.
        Png = "png",
        /// An image.
        Jpeg = "jpeg",
        /// An image, or some that move.
        Gif = "gif",
        /// An image.
        Webp = "webp",
        /// A document.
        Pdf = "pdf",
        /// UTF-8.
        Text = "text",
        /// A document of Word and its like.
        Docx = "docx",
        /// A spreadsheet.
        Xlsx = "xlsx",
        /// A presentation.
        Pptx = "pptx",
        /// A document of LibreOffice and its like.
        Odt = "odt",
    }

    /// A side of the conversation.
    Party {
        /// The person on the website.
        Visitor = "visitor",
        /// The person who answers.
        Agent = "agent",
    }
}

impl Role {
    /// Whether this role may do what `needed` may.
    pub fn covers(self, needed: Role) -> bool {
        self <= needed
    }
}

impl CloseReason {
    /// The system message that tells both sides, where there is one.
    pub fn event(self) -> Option<Event> {
        match self {
            CloseReason::Resolved => Some(Event::EndedByAgent),
            CloseReason::EndedByVisitor => Some(Event::EndedByVisitor),
            CloseReason::Missed => Some(Event::NobodyAvailable),
            CloseReason::Expired => Some(Event::Expired),
            CloseReason::Abandoned => Some(Event::Abandoned),
        }
    }
}
