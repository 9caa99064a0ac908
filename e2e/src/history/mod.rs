//! What a conversation has to look like, whatever happened on the way: what was acknowledged is stored, nothing that
//! was written is lost or doubled, places have no gaps, and everybody has seen the same words in the same order.

mod flaw;

#[cfg(test)]
mod tests;

pub use flaw::Flaw;

use protocol::http::Ack;
use protocol::room::Message;
use protocol::{AgentId, Body, ClientMsgId, Kind, Seq};
use std::collections::BTreeMap;

/// What a run has left behind of one conversation.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Everything that somebody wrote and their client has kept; of each writer in the order of writing.
    pub written: Vec<Written>,
    /// Every ack that came to anybody.
    pub acked: Vec<Ack>,
    /// All of the conversation, as the server tells it in the end to one who was not there.
    pub stored: Vec<Message>,
    /// What was shown to everybody.
    pub shown: Vec<Shown>,
}

/// One message that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Whoever keeps an order of their own: one tab over all of its lives.
    pub by: String,
    /// Its id.
    pub id: ClientMsgId,
    /// What it says.
    pub body: Body,
}

/// What one life of a page has shown, in the order of its transcript.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Whose page it was.
    pub to: String,
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether it was there in the end, and so has to have seen all.
    pub to_the_end: bool,
}

/// A message is one of its sender's: ids are the senders' own.
type Key = (Kind, Option<AgentId>, ClientMsgId);

fn key(message: &Message) -> Option<Key> {
    let agent = message.agent.as_ref().map(|agent| agent.id.clone());
    Some((message.kind, agent, message.id.clone()?))
}

impl History {
    /// All that is wrong with it.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        self.places(&mut flaws);
        self.doubles(&mut flaws);
        self.acks(&mut flaws);
        self.writings(&mut flaws);
        self.orders(&mut flaws);
        self.shown.iter().for_each(|shown| self.compare(shown, &mut flaws));
        flaws
    }

    /// Places are 1, 2, 3, …
    fn places(&self, flaws: &mut Vec<Flaw>) {
        let mut expected = 1;
        for message in &self.stored {
            if message.seq.0 != expected {
                flaws.push(Flaw::Gap { in_whose: "the room".to_owned(), expected, seq: message.seq.0 });
            }
            expected = message.seq.0 + 1;
        }
    }

    fn doubles(&self, flaws: &mut Vec<Flaw>) {
        let mut places = BTreeMap::<Key, Vec<u32>>::new();
        for message in &self.stored {
            if let Some(key) = key(message) {
                places.entry(key).or_default().push(message.seq.0);
            }
        }
        let doubled = places.into_iter().filter(|(_, places)| places.len() > 1);
        flaws.extend(doubled.map(|((.., id), places)| Flaw::Doubled { id, places }));
    }

    fn stored_as(&self, id: &ClientMsgId) -> Option<&Message> {
        self.stored.iter().find(|message| message.id.as_ref() == Some(id))
    }

    /// In a history without gaps that is where to look; long runs have many.
    fn stored_at(&self, seq: Seq) -> Option<&Message> {
        let there = usize::try_from(seq.0).ok().and_then(|seq| self.stored.get(seq.checked_sub(1)?));
        there.filter(|stored| stored.seq == seq).or_else(|| self.stored.iter().find(|stored| stored.seq == seq))
    }

    /// What was acknowledged is stored, in that place and at that time.
    fn acks(&self, flaws: &mut Vec<Flaw>) {
        for ack in &self.acked {
            match self.stored_as(&ack.id) {
                None => flaws.push(Flaw::AckedButLost { ack: ack.clone() }),
                Some(stored) if (stored.seq, stored.at) != (ack.seq, ack.at) => {
                    flaws.push(Flaw::AckedElsewhere { ack: ack.clone(), seq: stored.seq });
                }
                Some(_) => {}
            }
        }
    }

    /// What was written is stored, in those words; nothing is that nobody wrote.
    fn writings(&self, flaws: &mut Vec<Flaw>) {
        for Written { by, id, body } in &self.written {
            match self.stored_as(id) {
                // Said already, and worse.
                None if self.acked.iter().any(|ack| ack.id == *id) => {}
                None => flaws.push(Flaw::Lost { by: by.clone(), id: id.clone(), body: body.clone() }),
                Some(stored) if stored.is_redacted() || stored.body.as_ref() == Some(body) => {}
                Some(stored) => flaws.push(Flaw::Altered { in_whose: "the room".to_owned(), seq: stored.seq }),
            }
        }
        for stored in self.stored.iter().filter(|message| message.kind != Kind::System) {
            if !self.written.iter().any(|written| stored.id.as_ref() == Some(&written.id)) {
                flaws.push(Flaw::Unwritten { seq: stored.seq });
            }
        }
    }

    /// Whatever one has written stands in the order of writing.
    fn orders(&self, flaws: &mut Vec<Flaw>) {
        let mut last = BTreeMap::<&str, (u32, &Body)>::new();
        for Written { by, id, body } in &self.written {
            let Some(Message { seq, .. }) = self.stored_as(id) else { continue };
            if let Some((before, earlier)) = last.get(by.as_str())
                && *before > seq.0
            {
                flaws.push(Flaw::Reordered { by: by.clone(), earlier: (*earlier).clone(), later: body.clone() });
            }
            last.insert(by, (seq.0, body));
        }
    }

    /// What was shown is what is stored: from some place on, without a gap, and if there was time for it, to the end.
    fn compare(&self, Shown { to, messages, to_the_end }: &Shown, flaws: &mut Vec<Flaw>) {
        let mut expected = messages.first().map_or(0, |first| first.seq.0);
        for Message { seq, .. } in messages {
            if seq.0 < expected {
                flaws.push(Flaw::ShownTwice { to: to.clone(), seq: *seq });
            } else if seq.0 > expected {
                flaws.push(Flaw::Gap { in_whose: to.clone(), expected, seq: seq.0 });
            }
            expected = expected.max(seq.0 + 1);
        }
        for message in messages {
            match self.stored_at(message.seq) {
                None => flaws.push(Flaw::NotStored { to: to.clone(), seq: message.seq }),
                Some(stored) if is_same(message, stored) => {}
                Some(_) => flaws.push(Flaw::Altered { in_whose: to.clone(), seq: message.seq }),
            }
        }
        let (shown, stored) = (messages.last().map(|last| last.seq), self.stored.last().map(|last| last.seq));
        if *to_the_end && shown < stored {
            flaws.push(Flaw::Behind { to: to.clone(), seq: shown.unwrap_or_default() });
        }
    }
}

/// To the byte, but for what was taken away after it was shown.
fn is_same(shown: &Message, stored: &Message) -> bool {
    let mut shown = shown.clone();
    if stored.is_redacted() {
        shown.redact();
    }
    shown == *stored
}
