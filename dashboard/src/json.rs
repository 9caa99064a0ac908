//! Frames of the desk. They are taken apart by hand, because serde buffers whatever is tagged from inside, in code for
//! every type.

use protocol::desk::DeskDown;
use protocol::lean::Json;
use protocol::tree::read_tree;
use serde::de::DeserializeOwned;

/// A frame of the desk. Nothing, if it is none, or of a later version.
pub fn frame(text: &str) -> Option<DeskDown> {
    let json = Json::parse(text)?;
    let Some(Json::Text(tag)) = of(&json, "t") else { return None };
    Some(match tag.as_str() {
        "welcome" => DeskDown::Welcome {
            me: field(&json, "me")?,
            agents: field(&json, "agents")?,
            departments: field(&json, "departments")?,
            settings: field(&json, "settings")?,
            queue: field(&json, "queue")?,
            now: field(&json, "now")?,
        },
        "agent" => DeskDown::Agent { agent: field(&json, "agent")? },
        "agent_gone" => DeskDown::AgentGone { agent: field(&json, "agent")? },
        "department" => DeskDown::Department { department: field(&json, "department")? },
        "settings" => DeskDown::Settings { settings: field(&json, "settings")? },
        "row" => DeskDown::Row { row: field(&json, "row")? },
        "error" => DeskDown::Error { code: field(&json, "code")? },
        _ => return None,
    })
}

fn of<'a>(json: &'a Json, key: &str) -> Option<&'a Json> {
    let Json::Map(fields) = json else { return None };
    fields.iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

fn field<T: DeserializeOwned>(json: &Json, key: &str) -> Option<T> {
    read_tree(of(json, key)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::desk::{AgentCard, LastMessage, Note, Offer, Page, QueueRow};
    use protocol::problem::{Code, Problem};
    use protocol::room::{AgentRef, Place};
    use protocol::routing::{ConversationSettings, Routing};
    use protocol::team::{DepartmentCard, PresenceSettings};
    use protocol::tree::read;
    use protocol::{
        AgentId, Body, ConversationId, DepartmentId, Email, HandoffId, Intent, Kind, Name, Priority, Reachability,
        Role, Status, Timestamp,
    };
    use std::fmt::Debug;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn card() -> AgentCard {
        AgentCard {
            id: AgentId::random(1),
            name: name("Ana “A” \\ ä\u{1f642}"),
            role: Role::ClientAdmin,
            intent: Intent::InMeeting,
            reachability: Reachability::Grace,
            status: Status::DoNotDisturb,
            load: 3,
            capacity: 5,
            departments: [1, 2].map(DepartmentId::random).to_vec(),
            since: Timestamp(1_700_000_000_000),
            seen_at: Some(Timestamp(-1)),
        }
    }

    /// With everything that can be told.
    fn row() -> QueueRow {
        let ana = || AgentRef { id: AgentId::random(1), name: name("Ana") };
        let page = Page { url: "https://shop.example/?a=\"b\"".to_owned(), title: "\n\t<b>".to_owned() };
        QueueRow {
            visitor_name: Some(name("Vi")),
            email: Some(Email::parse("vi@shop.example").unwrap()),
            last: Some(LastMessage { kind: Kind::Visitor, text: "…".to_owned(), at: Timestamp(5) }),
            agent: Some(ana()),
            picked_at: Some(Timestamp(6)),
            returned: true,
            department: Some(DepartmentId::random(1)),
            priority: Priority::Vip,
            queued_at: Some(Timestamp(7)),
            offer: Some(Offer { agent: ana(), at: Timestamp(8), until: Timestamp(9) }),
            declined: vec![AgentId::random(2)],
            ring_at: Some(Timestamp(10)),
            earlier: Some(AgentId::random(3)),
            place: Some(Place { ahead: 3, from_min: Some(1), to_min: None }),
            form_offered: true,
            expires_at: Some(Timestamp(11)),
            note: Some(Note { by: ana(), at: Timestamp(13), text: Body::parse("Knows.").unwrap() }),
            ..QueueRow::waiting(HandoffId::random(1), ConversationId::random(1), Timestamp(1), page)
        }
    }

    #[test]
    fn frames_are_read_as_serde_reads_them() {
        let department = DepartmentCard { id: DepartmentId::random(1), name: name("Sales"), covered: true, late: true };
        let settings = PresenceSettings { stale_after_ms: 1, grace_ms: 2, idle_after_ms: 3 };
        let bare = QueueRow::waiting(HandoffId::random(2), ConversationId::random(2), Timestamp(2), Page::default());
        let frames = [
            DeskDown::Welcome {
                me: AgentId::random(1),
                agents: vec![card()],
                departments: vec![department.clone()],
                settings,
                queue: vec![row(), bare],
                now: Timestamp(9),
            },
            DeskDown::Agent { agent: card() },
            DeskDown::AgentGone { agent: AgentId::random(1) },
            DeskDown::Department { department },
            DeskDown::Settings { settings },
            DeskDown::Row { row: row() },
            DeskDown::Error { code: Code::UnknownFrame },
        ];
        for told in frames {
            let text = serde_json::to_string(&told).unwrap();
            assert_eq!(frame(&text), Some(told), "{text}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        for text in ["", "{", "[]", "{}", r#"{"t":"later"}"#, r#"{"t":"row"}"#, r#"{"t":"row","row":{}}"#, r#"{"t":7}"#]
        {
            assert_eq!(frame(text), None, "{text}");
        }
    }

    /// What serde_json makes of it.
    fn agrees<T: DeserializeOwned + Debug + PartialEq>(text: &str) {
        assert_eq!(read::<T>(text).ok(), serde_json::from_str(text).ok(), "{text}");
    }

    #[test]
    fn replies_are_read_as_serde_reads_them() {
        agrees::<QueueRow>(&serde_json::to_string(&row()).unwrap());
        agrees::<AgentCard>(&serde_json::to_string(&card()).unwrap());
        for text in
            ["{}", r#"{"mode":"round_robin","more":{"a":[1]}}"#, r#"{"mode":"other"}"#, r#"{"offer_ms":-1}"#, "3"]
        {
            agrees::<Routing>(text);
        }
        agrees::<ConversationSettings>(r#"{"website":{"expire_after_ms":300000}}"#);
        for text in [r#"{"code":"taken","title":"","status":409,"at":3}"#, r#"{"code":"new","title":"","status":409}"#]
        {
            agrees::<Problem>(text);
        }
        agrees::<Vec<Option<u8>>>("[1,null,256]");
        agrees::<Vec<Option<u8>>>("[1,null,255]");
    }
}
