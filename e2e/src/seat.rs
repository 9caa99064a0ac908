//! An agent at an open desk.

use crate::agent::Agent;
use crate::view::{Picture, View};
use crate::visitor::Visitor;
use protocol::desk::{AgentCard, DeskDown, QueueRow};
use protocol::team::DepartmentCard;
use protocol::{AgentId, ConversationId, DepartmentId, Stage, Status};
use std::collections::BTreeMap;
use std::ops::Deref;

/// What a dashboard shows.
#[derive(Debug, Default)]
pub struct Desk {
    /// The latest row of every conversation, closed ones too.
    pub rows: BTreeMap<ConversationId, QueueRow>,
    /// Every row that was shown, in order.
    pub shown: Vec<QueueRow>,
    /// The team.
    pub agents: BTreeMap<AgentId, AgentCard>,
    /// The departments.
    pub departments: BTreeMap<DepartmentId, DepartmentCard>,
}

impl Desk {
    fn show(&mut self, row: QueueRow) {
        self.rows.insert(row.conversation.clone(), row.clone());
        self.shown.push(row);
    }
}

impl Picture<DeskDown> for Desk {
    fn take(&mut self, frame: DeskDown) {
        match frame {
            DeskDown::Welcome { agents, departments, queue, .. } => {
                self.agents.extend(agents.into_iter().map(|agent| (agent.id.clone(), agent)));
                self.departments.extend(departments.into_iter().map(|one| (one.id.clone(), one)));
                queue.into_iter().for_each(|row| self.show(row));
            }
            DeskDown::Agent { agent } => drop(self.agents.insert(agent.id.clone(), agent)),
            DeskDown::AgentGone { agent } => drop(self.agents.remove(&agent)),
            DeskDown::Department { department } => drop(self.departments.insert(department.id.clone(), department)),
            DeskDown::Row { row } => self.show(row),
            DeskDown::Settings { .. } | DeskDown::Error { .. } => {}
        }
    }
}

/// An agent with one tab open, who is there for as long as this is.
pub struct Seat {
    /// Who.
    pub agent: Agent,
    /// What the tab shows.
    pub desk: View<DeskDown, Desk>,
}

impl Deref for Seat {
    type Target = Agent;
    fn deref(&self) -> &Agent {
        &self.agent
    }
}

impl Seat {
    /// Opens the desk.
    pub async fn take(agent: Agent) -> Self {
        let mut desk = View::of(agent.desk().await);
        desk.until("the desk", |desk: &Desk| desk.agents.contains_key(agent.id()).then_some(())).await;
        Self { agent, desk }
    }

    /// Closes the tab, and opens it again.
    pub async fn reload(self) -> Self {
        self.desk.close().await;
        Self::take(self.agent).await
    }

    /// Waits until an agent is shown so.
    pub async fn sees(&mut self, agent: &AgentId, status: Status) -> AgentCard {
        let pick = |desk: &Desk| desk.agents.get(agent).filter(|card| card.status == status).cloned();
        self.desk.until(&format!("{agent} as {status:?}"), pick).await
    }

    /// Waits until a visitor's row is so.
    pub async fn row(&mut self, visitor: &Visitor, what: &str, fits: impl Fn(&QueueRow) -> bool) -> QueueRow {
        let of = visitor.conversation();
        self.desk.until(what, |desk| desk.rows.get(of).filter(|row| fits(row)).cloned()).await
    }

    /// Waits until a visitor waits.
    pub async fn waiting(&mut self, visitor: &Visitor) -> QueueRow {
        self.row(visitor, "a row that waits", |row| row.stage == Stage::Waiting).await
    }

    /// Waits until a visitor's row is over.
    pub async fn closed(&mut self, visitor: &Visitor) -> QueueRow {
        self.row(visitor, "a closed row", |row| row.stage == Stage::Closed).await
    }

    /// Waits until a visitor is offered to somebody.
    pub async fn offered(&mut self, visitor: &Visitor, to: &AgentId) -> QueueRow {
        let fits = |row: &QueueRow| row.offer.as_ref().is_some_and(|offer| offer.agent.id == *to);
        self.row(visitor, &format!("an offer to {to}"), fits).await
    }

    /// Waits until a visitor is offered to whoever sits here.
    pub async fn rung(&mut self, visitor: &Visitor) -> QueueRow {
        let me = self.id().clone();
        self.offered(visitor, &me).await
    }

    /// Waits until whoever sits here has a visitor.
    pub async fn has(&mut self, visitor: &Visitor) -> QueueRow {
        let me = self.id().clone();
        self.owned(visitor, &me).await
    }

    /// Waits until a visitor is offered to anybody; the answer is to whom, too.
    pub async fn offered_to_any(&mut self, visitor: &Visitor) -> (AgentId, QueueRow) {
        let row = self.row(visitor, "an offer", |row| row.offer.is_some()).await;
        (row.offer.as_ref().expect("an offer").agent.id.clone(), row)
    }

    /// Waits until somebody has a visitor.
    pub async fn owned(&mut self, visitor: &Visitor, by: &AgentId) -> QueueRow {
        let fits = |row: &QueueRow| row.stage == Stage::Active && row.agent.as_ref().is_some_and(|it| it.id == *by);
        self.row(visitor, &format!("{by} as owner"), fits).await
    }

    /// Waits until anybody has a visitor; the answer is who, too.
    pub async fn owned_by_any(&mut self, visitor: &Visitor) -> (AgentId, QueueRow) {
        let row = self.row(visitor, "an owner", |row| row.stage == Stage::Active).await;
        (row.agent.as_ref().expect("an owner").id.clone(), row)
    }

    /// Waits until a visitor waits, and picks them up.
    pub async fn picks_up(&mut self, visitor: &Visitor) -> QueueRow {
        let row = self.waiting(visitor).await;
        self.claim(&row).await.row()
    }
}
