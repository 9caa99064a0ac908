//! Decisions about a chat in plain sentences.

use super::time::about;
use protocol::room::AgentRef;
use protocol::routing::{Considered, Decision};
use protocol::{Act, RoutingMode, Status, Why};

/// Agents of one decision that are told by name; the rest are counted.
const MOST: usize = 8;

/// What was done, then why, sentence by sentence. `department` is the name of the one it stood in then, where known.
pub fn decision(decision: &Decision, department: Option<&str>) -> Vec<String> {
    let mut sentences = vec![done(decision, department)];
    sentences.extend(decision.considered.iter().find_map(|known| chosen(known, decision)).map(str::to_owned));
    let passed = || decision.considered.iter().filter_map(|known| passed_over(known, decision));
    sentences.extend(passed().take(MOST));
    let more = passed().count().saturating_sub(MOST);
    if more > 0 {
        sentences.push(format!("And {more} more."));
    }
    sentences
}

fn done(decision: &Decision, department: Option<&str>) -> String {
    let (about, doer) = (decision.agent.as_ref(), decision.by.as_ref());
    // What agents do to themselves names them once, as the one or as the other.
    let (agent, by) = (named(about.or(doer)), named(doer.or(about)));
    match decision.act {
        Act::Asked => "The visitor asked for a human.".to_owned(),
        Act::Reopened => format!("{by} reopened the chat."),
        Act::Offered => format!("Offered to {agent}."),
        Act::Routed => format!("Given to {agent}."),
        Act::Claimed => format!("{agent} picked it up."),
        Act::Accepted => format!("{agent} accepted."),
        Act::Declined => format!("{agent} declined."),
        Act::OfferLapsed => format!("{agent} did not answer in time."),
        Act::OfferWithdrawn => format!("{agent} is no longer asked."),
        Act::Exhausted => "Nobody was left to be asked.".to_owned(),
        Act::FellBack => format!("Nobody could take it: it went to {}.", department.unwrap_or("another department")),
        Act::Assigned => format!("{by} gave it to {agent}."),
        Act::TakenOver => format!("{by} took it over."),
        Act::Transferred => match (&decision.agent, department) {
            (Some(_), _) => format!("{} passed it on to {agent}.", named(doer)),
            (None, Some(department)) => format!("{by} passed it on to {department}."),
            (None, None) => format!("{by} passed it on to another department."),
        },
        Act::Released => format!("{by} put it back into the queue."),
        Act::Returned => format!("{agent}’s connection was lost: it is at the front of the queue."),
        Act::Prioritized => match &decision.by {
            Some(_) => format!("{by} changed its priority."),
            None => "Its priority changed.".to_owned(),
        },
        Act::FormOffered => "It took long: the visitor was offered the e-mail form.".to_owned(),
        Act::Warned => "Both sides were told that it ends soon.".to_owned(),
        Act::Resolved => format!("{by} resolved it."),
        Act::EndedByVisitor => "The visitor ended it.".to_owned(),
        Act::Expired => "It reached its longest time.".to_owned(),
        Act::Abandoned => "The visitor did not answer any more.".to_owned(),
        Act::Missed => "Nobody was there, or the visitor left an e-mail address instead of waiting.".to_owned(),
        Act::Repaired => "Two records of it differed; this was put right.".to_owned(),
    }
}

fn named(agent: Option<&AgentRef>) -> &str {
    agent.map_or("An agent", |agent| agent.name.as_str())
}

/// Why somebody was chosen.
fn chosen(known: &Considered, decision: &Decision) -> Option<&'static str> {
    match (known.why, decision.mode?) {
        (Why::KnowsVisitor, _) => Some("They had this visitor’s last chat."),
        (Why::Chosen, RoutingMode::RoundRobin) => Some("It was their turn."),
        (Why::Chosen, RoutingMode::LeastLoaded) => Some("They had the fewest chats."),
        (Why::Chosen, RoutingMode::Manual) => None,
        (Why::AtCapacity | Why::NotAvailable | Why::Declined | Why::NotTheirTurn, _) => None,
    }
}

/// Why somebody was not chosen.
fn passed_over(known: &Considered, decision: &Decision) -> Option<String> {
    let name = known.agent.name.as_str();
    let load = || super::load(known.load, known.capacity);
    let age = decision.at.since(known.since);
    match known.why {
        Why::Chosen | Why::KnowsVisitor => None,
        Why::AtCapacity => Some(format!("{name} was skipped: {}.", load())),
        Why::NotAvailable => Some(format!("{name} was skipped: {} for {}.", was(known.status), about(age))),
        Why::Declined => Some(format!("{name} was skipped: declined, or did not answer.")),
        Why::NotTheirTurn => Some(format!("{name} could have taken it ({}), but was not next.", load())),
    }
}

/// A status within a sentence.
fn was(status: Status) -> &'static str {
    match status {
        Status::Available => "available",
        Status::Busy => "busy",
        Status::Away => "away",
        Status::InMeeting => "in a meeting",
        Status::Break => "on a break",
        Status::DoNotDisturb => "not to be disturbed",
        Status::Offline => "offline",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{AgentId, HandoffId, Name, Timestamp};

    fn agent(name: &str) -> AgentRef {
        AgentRef { id: AgentId::random(name.len() as u128), name: Name::parse(name).unwrap() }
    }

    fn known(name: &str, why: Why, status: Status, load: u32) -> Considered {
        Considered { agent: agent(name), why, status, since: Timestamp(0), load, capacity: 5 }
    }

    fn act(act: Act) -> Decision {
        Decision {
            handoff: HandoffId::random(1),
            at: Timestamp(180_000),
            act,
            agent: Some(agent("Mia")),
            by: None,
            department: None,
            mode: Some(RoutingMode::RoundRobin),
            considered: vec![],
            note: None,
        }
    }

    #[test]
    fn an_offer_says_who_was_skipped_and_why() {
        let considered = vec![
            known("Ade", Why::AtCapacity, Status::Busy, 5),
            known("Nora", Why::NotAvailable, Status::Away, 0),
            known("Jonas", Why::Declined, Status::Available, 1),
            known("Oluchi", Why::NotTheirTurn, Status::Available, 2),
            known("Mia", Why::Chosen, Status::Available, 1),
        ];
        let told = decision(&Decision { considered, ..act(Act::Offered) }, None).join(" ");
        let expected = "Offered to Mia. It was their turn. Ade was skipped: 5 of 5 chats. Nora was skipped: away for 3 min. \
            Jonas was skipped: declined, or did not answer. Oluchi could have taken it (2 of 5 chats), but was not next.";
        assert_eq!(told, expected);
    }

    #[test]
    fn large_departments_are_counted() {
        let considered = (0..MOST + 3).map(|_| known("Ade", Why::AtCapacity, Status::Busy, 5)).collect();
        let told = decision(&Decision { considered, ..act(Act::Exhausted) }, None);
        assert_eq!((told.len(), told.last().map(String::as_str)), (MOST + 2, Some("And 3 more.")));
    }

    #[test]
    fn who_did_it_is_told_where_it_is_known() {
        let by = || Some(agent("Ade"));
        let cases = [
            (Decision { by: by(), ..act(Act::Assigned) }, "Ade gave it to Mia."),
            (Decision { by: by(), ..act(Act::Transferred) }, "Ade passed it on to Mia."),
            (Decision { by: by(), agent: None, ..act(Act::Transferred) }, "Ade passed it on to Orders."),
            (Decision { by: by(), ..act(Act::TakenOver) }, "Ade took it over."),
            (act(Act::Released), "Mia put it back into the queue."),
            (act(Act::Returned), "Mia’s connection was lost: it is at the front of the queue."),
            (act(Act::Prioritized), "Its priority changed."),
            (Decision { by: by(), agent: None, ..act(Act::Declined) }, "Ade declined."),
            (Decision { by: by(), agent: None, ..act(Act::Resolved) }, "Ade resolved it."),
            (Decision { agent: None, ..act(Act::FellBack) }, "Nobody could take it: it went to Orders."),
        ];
        for (decision, text) in cases {
            assert_eq!(super::decision(&decision, Some("Orders")), [text]);
        }
    }

    #[test]
    fn every_act_has_a_sentence() {
        for &one in Act::ALL {
            assert!(decision(&act(one), None)[0].ends_with('.'), "{one:?}");
        }
    }
}
