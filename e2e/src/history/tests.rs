//! A checker that never finds anything proves nothing: each of these histories has one thing wrong with it.

use super::*;
use crate::{body, message_id};
use protocol::room::AgentRef;
use protocol::{Event, Name, Timestamp};

/// A good history: the visitor and an agent write by turns, after a system message; two pages have seen all of it, one
/// that has gone the beginning, and one that came late the end.
fn good() -> History {
    let ben = AgentRef { id: AgentId::random(7), name: Name::parse("Ben").unwrap() };
    let mut history = History::default();
    let blank = |seq, kind| Message {
        seq: Seq(seq),
        kind,
        at: Timestamp(i64::from(seq) * 1_000),
        body: None,
        id: None,
        agent: None,
        event: None,
        file: None,
        of: None,
    };
    history.stored.push(Message { event: Some(Event::HandoffAsked), ..blank(1, Kind::System) });
    for seq in 2..=9 {
        let (by, kind, agent) =
            if seq % 2 == 0 { ("vera", Kind::Visitor, None) } else { ("ben", Kind::Agent, Some(ben.clone())) };
        let (id, body) = (message_id(), body(&format!("{by} says {seq}")));
        history.written.push(Written { by: by.to_owned(), id: id.clone(), body: body.clone() });
        let message = Message { id: Some(id.clone()), body: Some(body), agent, ..blank(seq, kind) };
        history.acked.push(Ack { id, seq: message.seq, at: message.at });
        history.stored.push(message);
    }
    let page = |to: &str, from: usize, till: usize| Shown {
        to: to.to_owned(),
        messages: history.stored[from..till].to_vec(),
        to_the_end: till == history.stored.len(),
    };
    history.shown = vec![page("vera", 0, 9), page("ben", 0, 9), page("a tab that died", 0, 4), page("late", 6, 9)];
    history
}

#[test]
fn a_good_history_has_no_flaws() {
    assert_eq!(good().flaws(), []);
    assert_eq!(History::default().flaws(), []);
}

#[test]
fn whatever_is_wrong_is_found() {
    type Change = fn(&mut History);
    type Finds = fn(&Flaw) -> bool;
    let cases: Vec<(&str, Change, Finds)> = vec![
        (
            "the room has lost what it acknowledged",
            |history| {
                history.stored.pop();
                history.shown.iter_mut().for_each(|shown| drop(shown.messages.pop()));
            },
            |flaw| matches!(flaw, Flaw::AckedButLost { .. }),
        ),
        (
            "the room has lost what nobody got an ack for",
            |history| {
                history.acked.pop();
                history.stored.pop();
                history.shown.iter_mut().for_each(|shown| drop(shown.messages.pop()));
            },
            |flaw| matches!(flaw, Flaw::Lost { .. }),
        ),
        (
            "a message is stored twice",
            |history| {
                let again = Message { seq: Seq(10), ..history.stored[4].clone() };
                history.stored.push(again.clone());
                [0, 1, 3].into_iter().for_each(|page| history.shown[page].messages.push(again.clone()));
            },
            |flaw| matches!(flaw, Flaw::Doubled { places, .. } if *places == [5, 10]),
        ),
        (
            "a page shows one twice",
            |history| {
                let again = history.shown[0].messages[4].clone();
                history.shown[0].messages.insert(5, again);
            },
            |flaw| matches!(flaw, Flaw::ShownTwice { to, seq: Seq(5) } if to == "vera"),
        ),
        (
            "one writer's messages have changed places",
            |history| {
                let places = [3, 5].map(|at| (history.stored[at].seq, history.stored[at].at));
                history.stored.swap(3, 5);
                for (at, place) in [3, 5].into_iter().zip(places) {
                    (history.stored[at].seq, history.stored[at].at) = place;
                }
                history.acked.retain(|ack| ![Seq(4), Seq(6)].contains(&ack.seq));
                let stored = history.stored.clone();
                history.shown.truncate(2);
                history.shown.iter_mut().for_each(|shown| shown.messages = stored.clone());
            },
            |flaw| matches!(flaw, Flaw::Reordered { by, .. } if by == "vera"),
        ),
        (
            "a page shows two in another order",
            |history| history.shown[1].messages.swap(4, 5),
            // The one that came too early leaves a gap; the other comes after what is later.
            |flaw| matches!(flaw, Flaw::ShownTwice { to, .. } | Flaw::Gap { in_whose: to, .. } if to == "ben"),
        ),
        (
            "the room has a gap",
            |history| {
                history.stored[8].seq = Seq(10);
                history.acked[7].seq = Seq(10);
                let last = history.stored[8].clone();
                let pages = [0, 1, 3].into_iter();
                pages.for_each(|page| *history.shown[page].messages.last_mut().unwrap() = last.clone());
            },
            // Whoever has seen the room has seen its gap.
            |flaw| matches!(flaw, Flaw::Gap { expected: 9, seq: 10, .. }),
        ),
        (
            "the room does not begin with 1",
            |history| {
                history.stored.remove(0);
                history.shown.iter_mut().for_each(|shown| shown.messages.retain(|message| message.seq != Seq(1)));
            },
            |flaw| matches!(flaw, Flaw::Gap { expected: 1, seq: 2, .. }),
        ),
        (
            "a page has a gap",
            |history| drop(history.shown[2].messages.remove(2)),
            |flaw| matches!(flaw, Flaw::Gap { in_whose, expected: 3, seq: 4 } if in_whose == "a tab that died"),
        ),
        (
            "the room has other words",
            |history| {
                history.stored[3].body = Some(body("something else"));
                history.shown.iter_mut().for_each(|shown| {
                    let said = shown.messages.iter_mut().filter(|message| message.seq == Seq(4));
                    said.for_each(|message| message.body = Some(body("something else")));
                });
            },
            |flaw| matches!(flaw, Flaw::Altered { in_whose, seq: Seq(4) } if in_whose == "the room"),
        ),
        (
            "a page shows other words",
            |history| history.shown[3].messages[1].body = Some(body("something else")),
            |flaw| matches!(flaw, Flaw::Altered { in_whose, seq: Seq(8) } if in_whose == "late"),
        ),
        (
            "a page shows another time",
            |history| history.shown[0].messages[1].at = Timestamp(1),
            |flaw| matches!(flaw, Flaw::Altered { in_whose, seq: Seq(2) } if in_whose == "vera"),
        ),
        (
            "an ack says another place",
            |history| history.acked[2].seq = Seq(9),
            |flaw| matches!(flaw, Flaw::AckedElsewhere { ack, seq: Seq(4) } if ack.seq == Seq(9)),
        ),
        (
            "an ack says another time",
            |history| history.acked[2].at = Timestamp(1),
            |flaw| matches!(flaw, Flaw::AckedElsewhere { .. }),
        ),
        (
            "the room says what nobody wrote",
            |history| drop(history.written.remove(3)),
            |flaw| matches!(flaw, Flaw::Unwritten { seq: Seq(5) }),
        ),
        (
            "a page shows what is not stored",
            |history| {
                let invented = Message { seq: Seq(10), ..history.stored[8].clone() };
                history.shown[0].messages.push(invented);
            },
            |flaw| matches!(flaw, Flaw::NotStored { seq: Seq(10), .. }),
        ),
        (
            "a page has not come to the end",
            |history| drop(history.shown[1].messages.pop()),
            |flaw| matches!(flaw, Flaw::Behind { to, seq: Seq(8) } if to == "ben"),
        ),
    ];
    for (what, change, finds) in cases {
        let mut history = good();
        change(&mut history);
        let flaws = history.flaws();
        assert!(!flaws.is_empty() && flaws.iter().all(finds), "{what}: {flaws:#?}");
    }
}

#[test]
fn what_was_taken_away_is_no_other_word() {
    let mut history = good();
    history.stored[3].redact();
    // Some pages have heard of it; one that has gone had not.
    [0, 1].into_iter().for_each(|page| history.shown[page].messages[3].redact());
    assert_eq!(history.flaws(), []);
    // But only its words were taken away.
    history.shown[2].messages[3].agent = history.stored[4].agent.clone();
    assert_eq!(history.flaws(), [Flaw::Altered { in_whose: "a tab that died".to_owned(), seq: Seq(4) }]);
}
