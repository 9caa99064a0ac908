//! Which rooms a line is held to. Pure: told what is wanted and the time, it says what to open and what to close.

use protocol::{ConversationId, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// A line that nobody needs any more is held for so long: who comes back finds the thread as it was.
const LINGER: Duration = Duration::from_secs(60);
/// Lines at once. An agent has 50 chats at most; browsers allow more sockets than this to one host.
const MOST: usize = 80;

/// What to do with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Open it.
    Open(ConversationId),
    /// Hang up, and forget its thread.
    Close(ConversationId),
}

/// The lines held, each with the time since when nobody needs it.
#[derive(Debug, Clone, Default)]
pub struct Lines(BTreeMap<ConversationId, Option<Timestamp>>);

impl Lines {
    /// Follows what is wanted now, the most wanted first.
    pub fn want(&mut self, now: Timestamp, wanted: &[ConversationId]) -> Vec<Order> {
        let wanted = &wanted[..wanted.len().min(MOST)];
        for (known, idle) in &mut self.0 {
            *idle = if wanted.contains(known) { None } else { idle.or(Some(now)) };
        }
        let new: Vec<_> = wanted.iter().filter(|known| !self.0.contains_key(known)).cloned().collect();
        let mut orders = self.tick(now);
        orders.extend(self.make_room(new.len()));
        for conversation in new {
            if self.0.insert(conversation.clone(), None).is_none() {
                orders.push(Order::Open(conversation));
            }
        }
        orders
    }

    /// Closes what has lingered for long enough.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Order> {
        let over: Vec<_> = self.0.extract_if(.., |_, idle| idle.is_some_and(|since| since + LINGER <= now)).collect();
        over.into_iter().map(|(conversation, _)| Order::Close(conversation)).collect()
    }

    /// When [`Lines::tick`] is due.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.0.values().flatten().min().map(|since| *since + LINGER)
    }

    /// Closes what lingers, the oldest first, until so many more fit.
    fn make_room(&mut self, more: usize) -> Vec<Order> {
        let mut idle: Vec<_> = self.0.iter().filter_map(|(known, since)| Some(((*since)?, known.clone()))).collect();
        idle.sort();
        let over = (self.0.len() + more).saturating_sub(MOST);
        let over: Vec<_> = idle.into_iter().take(over).map(|(_, conversation)| conversation).collect();
        self.0.retain(|known, _| !over.contains(known));
        over.into_iter().map(Order::Close).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(n: usize) -> ConversationId {
        ConversationId::random(n as u128)
    }

    #[test]
    fn a_line_opens_when_it_is_wanted_and_lingers_when_it_is_not() {
        let mut lines = Lines::default();
        let at = |seconds: i64| Timestamp(seconds * 1_000);
        let steps = [
            (0, vec![1, 2], vec![Order::Open(chat(1)), Order::Open(chat(2))]),
            (1, vec![1, 2], vec![]),
            (10, vec![2], vec![]),
            (69, vec![2], vec![]),
            (70, vec![2], vec![Order::Close(chat(1))]),
            (71, vec![2, 1], vec![Order::Open(chat(1))]),
        ];
        for (second, wanted, orders) in steps {
            let wanted: Vec<_> = wanted.into_iter().map(chat).collect();
            assert_eq!(lines.want(at(second), &wanted), orders, "after {second} s");
        }
    }

    #[test]
    fn whoever_comes_back_in_time_finds_it_as_it_was() {
        let mut lines = Lines::default();
        lines.want(Timestamp(0), &[chat(1)]);
        lines.want(Timestamp(1_000), &[]);
        assert_eq!(lines.next_deadline(), Some(Timestamp(61_000)));
        assert_eq!(lines.want(Timestamp(60_000), &[chat(1)]), []);
        assert_eq!(lines.next_deadline(), None);
        assert_eq!(lines.tick(Timestamp(600_000)), []);
    }

    #[test]
    fn there_are_never_more_lines_than_browsers_allow() {
        let mut lines = Lines::default();
        let all: Vec<_> = (0..MOST + 5).map(chat).collect();
        assert_eq!(lines.want(Timestamp(0), &all).len(), MOST);
        assert_eq!(lines.0.len(), MOST);
        lines.want(Timestamp(1), &all[1..MOST]);
        let orders = lines.want(Timestamp(2), &all[1..=MOST]);
        assert_eq!(orders, [Order::Close(chat(0)), Order::Open(chat(MOST))]);
    }
}
