//! What was done in the workspace, in plain sentences.

use protocol::team::AuditEntry;
use protocol::{AgentId, Deed, DepartmentId, Intent};

pub const TITLE: &str = "Audit log";
pub const LEAD: &str = "Who changed what in your workspace, newest first. Nobody can edit it.";
pub const EMPTY: &str = "Nothing has been changed yet.";
pub const WHEN: &str = "When";
pub const WHO: &str = "Who";
pub const WHAT: &str = "What";
pub const FORMER: &str = "A former agent";

/// What was done. The names are those of today, where somebody or something still has one.
pub fn deed(
    entry: &AuditEntry,
    agent: impl Fn(&AgentId) -> Option<String>,
    department: impl Fn(&DepartmentId) -> Option<String>,
) -> String {
    let named =
        |id: &str| AgentId::parse(id).ok().and_then(|id| agent(&id)).unwrap_or_else(|| "a former agent".to_owned());
    let whom = || named(&entry.subject);
    match entry.deed {
        Deed::SetIntent => match Intent::parse(&entry.detail) {
            Ok(intent) => format!("Set the status of {} to “{}”", whom(), super::intent(intent)),
            Err(_) => format!("Set the status of {}", whom()),
        },
        Deed::EndSignIn => format!("Ended a sign-in of {}", named(&entry.detail)),
        Deed::AddAgent => format!("Added {}", whom()),
        Deed::ChangeAgent => format!("Changed {}", whom()),
        Deed::AddDepartment => format!("Added the department “{}”", entry.detail),
        Deed::ChangeDepartment => {
            match DepartmentId::parse(&entry.subject).ok().and_then(|department_id| department(&department_id)) {
                Some(name) => format!("Changed the department “{name}”"),
                None => "Changed a department".to_owned(),
            }
        }
        Deed::ChangeSettings => "Changed the settings".to_owned(),
        Deed::ChangeWidget => "Changed a widget".to_owned(),
        Deed::SetVip if entry.detail == "vip" => "Made a visitor a VIP".to_owned(),
        Deed::SetVip => "Made a visitor a VIP no longer".to_owned(),
        Deed::Redact => "Removed a message from a chat".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{ConversationId, Timestamp};

    #[test]
    fn every_deed_has_a_sentence() {
        let ade = AgentId::random(1);
        let orders = DepartmentId::random(1);
        let entry = |deed, subject: &str, detail: &str| AuditEntry {
            at: Timestamp(0),
            by: AgentId::random(2),
            deed,
            subject: subject.to_owned(),
            detail: detail.to_owned(),
        };
        let cases = [
            (entry(Deed::SetIntent, ade.as_str(), "away"), "Set the status of Ade to “Away”"),
            (entry(Deed::EndSignIn, "si_1", ade.as_str()), "Ended a sign-in of Ade"),
            (entry(Deed::ChangeAgent, AgentId::random(9).as_str(), "{}"), "Changed a former agent"),
            (entry(Deed::AddDepartment, orders.as_str(), "Orders"), "Added the department “Orders”"),
            (entry(Deed::ChangeDepartment, orders.as_str(), "{}"), "Changed the department “Order desk”"),
            (entry(Deed::SetVip, "vi_1", "not vip"), "Made a visitor a VIP no longer"),
            (entry(Deed::Redact, ConversationId::random(1).as_str(), "{\"seq\":4}"), "Removed a message from a chat"),
        ];
        let agent = |id: &AgentId| (*id == ade).then(|| "Ade".to_owned());
        let department = |id: &DepartmentId| (*id == orders).then(|| "Order desk".to_owned());
        for (entry, sentence) in cases {
            assert_eq!(deed(&entry, agent, department), sentence);
        }
        for &known in Deed::ALL {
            assert!(!deed(&entry(known, "", ""), agent, department).is_empty());
        }
    }
}
