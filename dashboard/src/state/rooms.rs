//! What the store knows of rooms: which lines are needed, what is unread in them, what could not be sent.

use super::thread::{Aside, News, Thread};
use super::{State, queue};
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::room::Message;
use protocol::{ClientMsgId, ConversationId};
use std::rc::Rc;

/// A message that could not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsent<'a> {
    /// Where to.
    pub conversation: &'a ConversationId,
    /// To retry or discard it by.
    pub id: &'a ClientMsgId,
    /// Its text, or its file's name.
    pub what: &'a str,
    /// Why.
    pub code: Code,
}

impl State {
    /// The conversations to which a line is needed, whatever is on the screen: those where something of ours waits, and
    /// ours.
    pub fn wanted(&self) -> Vec<ConversationId> {
        let waits = self.threads.iter().filter(|(_, thread)| thread.has_unsent()).map(|(known, _)| known);
        let mine = self.desk.iter().flat_map(|desk| desk.queue.iter().filter(|row| queue::is_mine(row, &desk.me)));
        waits.chain(mine.map(|row| &row.conversation)).cloned().collect()
    }

    /// What could not be sent in conversations that are not on the screen, or that cannot be shown.
    pub fn unsent<'a>(&'a self, open: Option<&ConversationId>) -> Vec<Unsent<'a>> {
        let elsewhere = self.threads.iter().filter(|(known, thread)| Some(*known) != open || thread.refused);
        let of = |(conversation, thread): (&'a ConversationId, &'a Rc<Thread>)| {
            let failed = thread.failed().into_iter();
            failed.map(move |(id, what, code)| Unsent { conversation, id, what, code })
        };
        elsewhere.flat_map(of).collect()
    }

    /// Messages of a conversation of ours that nobody has read.
    pub fn unread(&self, row: &QueueRow) -> usize {
        let ours = self.desk.as_ref().is_some_and(|desk| queue::is_mine(row, &desk.me));
        let thread = self.threads.get(&row.conversation).filter(|_| ours);
        thread.map_or(0, |thread| thread.unread())
    }

    /// Whether anything in our conversations is unread.
    pub fn any_unread(&self) -> bool {
        self.desk.iter().flat_map(|desk| &desk.queue).any(|row| self.unread(row) > 0)
    }

    /// Whether the last line of a row is the name of a file, as far as can be told here.
    pub fn last_is_file(&self, row: &QueueRow) -> bool {
        let newest = self.threads.get(&row.conversation).and_then(|thread| thread.newest());
        let shown = |message: &&Rc<Message>| row.last.as_ref().is_some_and(|last| last.at == message.at);
        newest.filter(shown).is_some_and(|message| message.file.is_some())
    }

    /// A line tells what is new, and how the rest is now.
    pub(super) fn hear_room(&mut self, conversation: ConversationId, news: Vec<News>, aside: Aside) {
        let thread = Rc::make_mut(self.threads.entry(conversation).or_default());
        news.into_iter().for_each(|news| thread.hear(news));
        thread.aside = aside;
    }
}
