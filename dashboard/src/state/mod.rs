//! All that the screens know, and the one reducer that changes it. Pure: no browser, no clock.

pub mod choice;
pub mod draft;
pub mod files;
pub mod history;
pub mod idle;
pub mod line;
pub mod lines;
pub mod live;
pub mod look;
pub mod queue;
pub mod reading;
pub mod rooms;
pub mod routing;
pub mod standing;
pub mod team;
#[cfg(test)]
mod tests;
pub mod thread;

use history::History;
use protocol::desk::{AgentCard, DeskDown, QueueRow};
use protocol::file::FileSettings;
use protocol::http::{HistoryReply, Me};
use protocol::team::{DepartmentCard, PresenceSettings};
use protocol::{AgentId, ConversationId, DepartmentId, Role, Timestamp};
use std::collections::BTreeMap;
use std::rc::Rc;
use thread::{Aside, News, Thread};

/// Toasts on the screen at once; older ones make room.
const MOST_TOASTS: usize = 3;

/// Who is at this browser.
#[derive(Debug, Clone, PartialEq)]
pub enum Session {
    /// The server has not said yet. `unreachable` once a try has failed.
    Checking {
        /// Tell the person that it takes longer.
        unreachable: bool,
    },
    /// Nobody.
    Out {
        /// The last session was ended by the server, not by the person.
        ended: bool,
    },
    /// An agent.
    In(Rc<Me>),
}

/// How the desk hears of this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The first connection is being made.
    Opening,
    /// Live.
    Up,
    /// Lost since then (this browser's clock); being remade.
    Lost(Timestamp),
}

/// The desk as last heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    /// The agent at this browser.
    pub me: AgentId,
    /// The team, by name.
    pub agents: Vec<AgentCard>,
    /// The departments, by name.
    pub departments: Vec<DepartmentCard>,
    /// The tenant's presence rules.
    pub settings: PresenceSettings,
    /// Open handoffs: waiting ones in the order of the queue, then those in hand.
    pub queue: Vec<QueueRow>,
}

impl Desk {
    /// The departments that the agent at this browser is in.
    pub fn my_departments(&self) -> &[DepartmentId] {
        self.card(&self.me).map_or(&[], |card| &card.departments)
    }

    /// Somebody in the team.
    pub fn card(&self, agent: &AgentId) -> Option<&AgentCard> {
        self.agents.iter().find(|card| &card.id == agent)
    }

    /// The name of a department that the row stands in, where it is known.
    pub fn department_of(&self, row: &QueueRow) -> Option<&str> {
        self.department(row.department.as_ref()?)
    }

    /// The name of a department.
    pub fn department(&self, department: &DepartmentId) -> Option<&str> {
        self.departments.iter().find(|known| &known.id == department).map(|known| known.name.as_str())
    }
}

/// A short notice at the edge of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// To dismiss it by.
    pub id: u32,
    /// Something was refused.
    pub bad: bool,
    /// The sentence.
    pub text: String,
}

/// Everything.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Who is here.
    pub session: Session,
    /// The line to the desk.
    pub link: Link,
    /// Absent before the first snapshot.
    pub desk: Option<Desk>,
    /// Closed handoffs.
    pub history: History,
    /// The handoff of an older conversation that is open on the screen.
    pub known: Option<QueueRow>,
    /// What may be sent besides text; absent until the server has said.
    pub files: Option<FileSettings>,
    /// The conversations to which there is a line.
    pub threads: BTreeMap<ConversationId, Rc<Thread>>,
    /// The server's clock minus ours, ms.
    pub ahead_ms: i64,
    /// Notices, oldest first.
    pub toasts: Vec<Toast>,
    /// The details of a chat stand beside it.
    pub details: bool,
    next_toast: u32,
}

/// All that can happen.
#[derive(Debug, Clone)]
pub enum Action {
    /// The server knows us.
    SignedIn(Me),
    /// It does not (any more). `ended`: we thought it did.
    SignedOut {
        /// See [`Session::Out`].
        ended: bool,
    },
    /// It did not answer when asked who we are.
    Unreachable,
    /// A frame from the desk, heard at this time of ours.
    Heard(DeskDown, Timestamp),
    /// The desk's line is gone since this time of ours.
    LinkLost(Timestamp),
    /// A command was answered with the row as it is now.
    Row(QueueRow),
    /// A handoff that is open on the screen, and that neither queue nor history had.
    Known(Box<QueueRow>),
    /// A command was answered with the agent as they are now.
    Agent(AgentCard),
    /// A command was answered with the department as it is now.
    Department(DepartmentCard),
    /// A command was answered with the presence rules as they are now.
    Settings(PresenceSettings),
    /// A page of history is being asked for.
    HistoryAsked,
    /// It came; `first` if it was asked for without a cursor.
    HistoryCame(HistoryReply, bool),
    /// It did not.
    HistoryFailed,
    /// What may be sent besides text.
    Files(FileSettings),
    /// A room's line tells what is new, and how the rest is now.
    Room(ConversationId, Vec<News>, Box<Aside>),
    /// The line to a room was given up.
    RoomLeft(ConversationId),
    /// Show the details of chats, or do not.
    Details(bool),
    /// Tell something.
    Say {
        /// See [`Toast`].
        bad: bool,
        /// The sentence.
        text: String,
    },
    /// Enough told.
    Hush(u32),
}

impl State {
    /// Before anything is known.
    pub fn new() -> State {
        State {
            session: Session::Checking { unreachable: false },
            link: Link::Opening,
            desk: None,
            history: History::default(),
            known: None,
            files: None,
            threads: BTreeMap::new(),
            ahead_ms: 0,
            toasts: Vec::new(),
            details: false,
            next_toast: 0,
        }
    }

    /// The reducer: the state after `action`. Idempotent for everything that the server says.
    #[must_use]
    pub fn after(mut self, action: Action) -> State {
        match action {
            Action::SignedIn(me) => self.session = Session::In(Rc::new(me)),
            Action::SignedOut { ended } => self = State { session: Session::Out { ended }, ..State::new() },
            Action::Unreachable => self.unreachable(),
            Action::Heard(frame, now) => self.hear(frame, now),
            Action::LinkLost(since) => self.lose_link(since),
            Action::Row(row) => self.put_row(row),
            Action::Known(row) => self.known = Some(*row),
            Action::Agent(agent) => self.put_agent(agent),
            Action::Department(department) => self.put_department(department),
            Action::Settings(settings) => self.put_settings(settings),
            Action::HistoryAsked => self.history.asked(),
            Action::HistoryCame(reply, first) => self.history.came(reply, first),
            Action::HistoryFailed => self.history.failed(),
            Action::Files(files) => self.files = Some(files),
            Action::Room(conversation, news, aside) => self.hear_room(conversation, news, *aside),
            Action::RoomLeft(conversation) => drop(self.threads.remove(&conversation)),
            Action::Details(on) => self.details = on,
            Action::Say { bad, text } => self.say(bad, text),
            Action::Hush(id) => self.toasts.retain(|toast| toast.id != id),
        }
        self
    }

    /// The agent at this browser, as the team sees them.
    pub fn me(&self) -> Option<&AgentCard> {
        let desk = self.desk.as_ref()?;
        desk.card(&desk.me)
    }

    /// Whether the agent at this browser runs the workspace.
    pub fn is_admin(&self) -> bool {
        matches!(&self.session, Session::In(me) if me.role.covers(Role::ClientAdmin))
    }

    /// The name of somebody in the team.
    pub fn name_of(&self, agent: &AgentId) -> Option<&str> {
        self.desk.as_ref()?.card(agent).map(|known| known.name.as_str())
    }

    /// The handoff to show for a conversation: the open one, else the latest closed one that is known.
    pub fn row_of(&self, conversation: &ConversationId) -> Option<&QueueRow> {
        let open = self.desk.iter().flat_map(|desk| &desk.queue);
        open.chain(&self.history.items).chain(&self.known).find(|row| &row.conversation == conversation)
    }

    fn unreachable(&mut self) {
        if let Session::Checking { unreachable } = &mut self.session {
            *unreachable = true;
        }
    }

    fn hear(&mut self, frame: DeskDown, now: Timestamp) {
        match frame {
            DeskDown::Welcome { me, agents, departments, settings, queue, now: server } => {
                self.ahead_ms = server.0 - now.0;
                // A later welcome means that we were away, and may have missed rows that were closed meanwhile.
                if self.desk.is_some() {
                    self.history.outdated();
                }
                self.desk = Some(Desk { me, agents, departments, settings, queue: queue::sorted(queue) });
                self.link = Link::Up;
                self.know_ourselves();
            }
            DeskDown::Agent { agent } => self.put_agent(agent),
            DeskDown::AgentGone { agent } => self.drop_agent(&agent),
            DeskDown::Department { department } => self.put_department(department),
            DeskDown::Settings { settings } => self.put_settings(settings),
            DeskDown::Row { row } => self.put_row(row),
            // The desk refuses frames only; ours are beats, and idleness, which the next change tells again.
            DeskDown::Error { .. } => {}
        }
    }

    /// Takes our name and role over from our own card: an admin may have changed them.
    fn know_ourselves(&mut self) {
        let Some((name, role)) = self.me().map(|card| (card.name.clone(), card.role)) else { return };
        if let Session::In(me) = &mut self.session
            && (me.name != name || me.role != role)
        {
            *me = Rc::new(Me { name, role, ..(**me).clone() });
        }
    }

    fn lose_link(&mut self, since: Timestamp) {
        self.link = match self.link {
            // The agent is gone for visitors since the first loss, not since the last failed try.
            Link::Lost(first) => Link::Lost(first),
            Link::Opening | Link::Up => Link::Lost(since),
        };
    }

    fn put_agent(&mut self, agent: AgentCard) {
        let Some(desk) = &mut self.desk else { return };
        desk.agents.retain(|known| known.id != agent.id);
        let place = desk.agents.partition_point(|known| known.name <= agent.name);
        desk.agents.insert(place, agent);
        self.know_ourselves();
    }

    fn drop_agent(&mut self, agent: &AgentId) {
        if let Some(desk) = &mut self.desk {
            desk.agents.retain(|known| &known.id != agent);
        }
    }

    fn put_department(&mut self, department: DepartmentCard) {
        let Some(desk) = &mut self.desk else { return };
        desk.departments.retain(|known| known.id != department.id);
        let place = desk.departments.partition_point(|known| known.name <= department.name);
        desk.departments.insert(place, department);
    }

    fn put_settings(&mut self, settings: PresenceSettings) {
        if let Some(desk) = &mut self.desk {
            desk.settings = settings;
        }
    }

    fn put_row(&mut self, row: QueueRow) {
        let Some(desk) = &mut self.desk else { return };
        let known = desk.queue.iter().chain(&self.history.items).find(|known| known.handoff == row.handoff);
        if known.is_some_and(|known| queue::is_older(&row, known)) {
            return;
        }
        desk.queue.retain(|known| known.handoff != row.handoff);
        if row.closed_at.is_some() {
            self.history.put(row);
        } else {
            queue::insert(&mut desk.queue, row);
        }
    }

    fn say(&mut self, bad: bool, text: String) {
        self.toasts.retain(|toast| toast.text != text);
        self.toasts.push(Toast { id: self.next_toast, bad, text });
        self.next_toast += 1;
        if self.toasts.len() > MOST_TOASTS {
            self.toasts.remove(0);
        }
    }
}
