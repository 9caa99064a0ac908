//! What agents do with handoffs, and what admins say of how they find an agent.

use crate::agent::Agent;
use crate::body;
use crate::http::Reply;
use protocol::desk::QueueRow;
use protocol::http::HandoffCommand;
use protocol::routing::*;
use protocol::team::{AgentDetails, ChangeAgent, DepartmentCard};
use protocol::{AgentId, ConversationId, DepartmentId, HandoffId, WidgetId};
use serde_json::json;

/// Where something is done with a handoff.
pub(crate) fn address(handoff: &HandoffId, verb: &str) -> String {
    format!("/v1/handoffs/{handoff}/{verb}")
}

/// Commands take the row as the agent saw it: its handoff and its epoch.
impl Agent {
    /// Picks a handoff up.
    pub async fn claim(&self, row: &QueueRow) -> Reply {
        self.command(row, "claim").await
    }

    /// Takes what is offered.
    pub async fn accept(&self, row: &QueueRow) -> Reply {
        self.command(row, "accept").await
    }

    /// Does not take what is offered.
    pub async fn decline(&self, row: &QueueRow) -> Reply {
        self.command(row, "decline").await
    }

    /// Puts a handoff back.
    pub async fn release(&self, row: &QueueRow) -> Reply {
        self.command(row, "release").await
    }

    /// Finishes a handoff.
    pub async fn resolve(&self, row: &QueueRow) -> Reply {
        self.command(row, "resolve").await
    }

    /// Takes a handoff, whoever has it.
    pub async fn take_over(&self, row: &QueueRow) -> Reply {
        self.command(row, "take_over").await
    }

    /// Gives a handoff to somebody.
    pub async fn assign(&self, row: &QueueRow, to: &AgentId) -> Reply {
        let request = AssignRequest { epoch: row.epoch, agent: to.clone() };
        self.request("POST", &address(&row.handoff, "assign")).json(&request).send().await
    }

    /// Passes a handoff on to somebody.
    pub async fn transfer(&self, row: &QueueRow, to: &AgentId, note: Option<&str>) -> Reply {
        self.pass_on(row, (Some(to), None), note).await
    }

    /// Passes a handoff on to a department.
    pub async fn transfer_to_department(&self, row: &QueueRow, to: &DepartmentId, note: Option<&str>) -> Reply {
        self.pass_on(row, (None, Some(to)), note).await
    }

    /// Opens a conversation again.
    pub async fn reopen(&self, handoff: &HandoffId) -> Reply {
        self.request("POST", &address(handoff, "reopen")).send().await
    }

    /// A command that is nothing but a verb and an epoch.
    pub async fn command(&self, row: &QueueRow, verb: &str) -> Reply {
        let request = self.request("POST", &address(&row.handoff, verb));
        request.json(&HandoffCommand { epoch: row.epoch }).send().await
    }

    async fn pass_on(
        &self,
        row: &QueueRow,
        to: (Option<&AgentId>, Option<&DepartmentId>),
        note: Option<&str>,
    ) -> Reply {
        let (agent, department) = (to.0.cloned(), to.1.cloned());
        let request = TransferRequest { epoch: row.epoch, agent, department, note: note.map(body) };
        self.request("POST", &address(&row.handoff, "transfer")).json(&request).send().await
    }

    /// A handoff as it is now.
    pub async fn handoff(&self, handoff: &HandoffId) -> QueueRow {
        self.get(&format!("/v1/handoffs/{handoff}")).await
    }

    /// What was done with a handoff, oldest first.
    pub async fn decisions(&self, handoff: &HandoffId) -> Vec<Decision> {
        let DecisionsReply { mut items, cursor } =
            self.get(&format!("/v1/handoffs/{handoff}/decisions?limit=200")).await;
        assert_eq!(cursor, None, "more than a test has to read");
        items.reverse();
        items
    }

    /// Open handoffs.
    pub async fn queue(&self, query: &str) -> QueueReply {
        self.get(&format!("/v1/queue{query}")).await
    }

    /// Says whether a visitor goes before others.
    pub async fn vip(&self, conversation: &ConversationId, vip: bool) -> Reply {
        self.request("PUT", &format!("/v1/conversations/{conversation}/vip")).json(&VipRequest { vip }).send().await
    }

    /// A new department.
    pub async fn add_department(&self, name: &str) -> DepartmentId {
        let reply = self.request("POST", "/v1/departments").json(&json!({ "name": name })).send().await;
        reply.ok::<DepartmentCard>().id
    }

    /// Puts an agent into these departments and no others.
    pub async fn puts(&self, agent: &AgentId, departments: &[&DepartmentId]) {
        let departments = Some(departments.iter().copied().cloned().collect());
        self.change(agent, &ChangeAgent { departments, ..ChangeAgent::default() }).await.ok::<AgentDetails>();
    }

    /// Changes how many conversations an agent may have.
    pub async fn allows(&self, agent: &AgentId, capacity: u32) {
        let change = ChangeAgent { capacity: Some(capacity), ..ChangeAgent::default() };
        self.change(agent, &change).await.ok::<AgentDetails>();
    }

    /// Changes a department.
    pub async fn change_department(&self, department: &DepartmentId, change: &ChangeDepartment) -> Reply {
        self.request("PATCH", &format!("/v1/departments/{department}")).json(change).send().await
    }

    /// Changes a widget.
    pub async fn change_widget(&self, widget: &WidgetId, change: &ChangeWidget) -> Reply {
        self.request("PATCH", &format!("/v1/widgets/{widget}")).json(change).send().await
    }
}
