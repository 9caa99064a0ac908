//! What two runs of one story have in common: the one place that says what may differ between them.

use protocol::room::Message;
use std::collections::BTreeMap;

/// Characters of an id behind its prefix, and of the prefix.
const ID: (usize, usize) = (20, 3);

/// A transcript as JSON, one message a line, byte for byte as on the wire, but for two things: every id is a number, in
/// the order in which they come, and every time is 0.
pub fn normal(messages: &[Message]) -> String {
    let mut numbers = BTreeMap::new();
    let lines = messages.iter().map(|message| {
        let json = serde_json::to_string(message).expect("JSON");
        let json = json.replacen(&format!("\"at\":{}", message.at.0), "\"at\":0", 1);
        numbered(&json, &mut numbers)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// With a number in place of every text that is an id.
fn numbered(json: &str, numbers: &mut BTreeMap<String, usize>) -> String {
    let parts = json.split('"').map(|part| {
        if !is_id(part) {
            return part.to_owned();
        }
        let next = numbers.len() + 1;
        let number = numbers.entry(part.to_owned()).or_insert(next);
        format!("{}{number}", &part[..ID.1])
    });
    parts.collect::<Vec<_>>().join("\"")
}

fn is_id(text: &str) -> bool {
    text.len() == ID.0 + ID.1
        && text.split_once('_').is_some_and(|(prefix, rest)| {
            prefix.len() + 1 == ID.1 && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{body, message_id};
    use protocol::room::AgentRef;
    use protocol::{AgentId, Kind, Name, Seq, Timestamp};

    fn message(seq: u32, agent: &AgentId, text: &str) -> Message {
        Message {
            seq: Seq(seq),
            kind: Kind::Agent,
            at: Timestamp(1_700_000_000_000 + i64::from(seq)),
            body: Some(body(text)),
            id: Some(message_id()),
            agent: Some(AgentRef { id: agent.clone(), name: Name::parse("Ben").unwrap() }),
            event: None,
            file: None,
            of: None,
        }
    }

    #[test]
    fn only_ids_and_times_may_differ() {
        let run = |agent, second| {
            let agent = AgentId::random(agent);
            normal(&[message(1, &agent, "\"at\":1700000000001"), message(2, &agent, second)])
        };
        let first = run(7, "two");
        assert_eq!(first, run(8, "two"));
        assert_ne!(first, run(7, "too"));
        let lines: Vec<_> = first.lines().collect();
        assert!(lines[0].contains("\"id\":\"cm_1\"") && lines[0].contains("\"id\":\"ag_2\""), "{first}");
        assert!(lines[1].contains("\"id\":\"cm_3\"") && lines[1].contains("\"id\":\"ag_2\""), "{first}");
        assert!(lines[0].contains("\"at\":0,") && lines[0].contains("\\\"at\\\":1700000000001"), "{first}");
    }
}
