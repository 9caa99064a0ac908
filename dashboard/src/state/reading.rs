//! How far whoever looks at a conversation has come in it, as long as they look. Pure.

use crate::state::thread::Thread;
use protocol::room::Message;
use protocol::{Kind, Seq};
use std::rc::Rc;

/// What was new when it was opened, and what has become so since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// The newest place when its transcript was first shown.
    began: Option<Seq>,
    /// Where the unread began then: read or not by now, that is where the eye should go.
    pub unread: Option<Seq>,
    /// The newest place when the end was last in sight.
    seen: Option<Seq>,
}

impl Reading {
    /// Follows the transcript. `mine`: whoever looks owns it; else nothing is unread to them.
    pub fn follow(&mut self, thread: &Thread, mine: bool, at_bottom: bool) {
        let newest = thread.messages.keys().next_back().copied();
        if self.began.is_none() {
            self.began = newest;
            self.unread = thread.first_unread().filter(|_| mine);
        }
        if at_bottom {
            self.seen = newest;
        }
    }

    /// Whether something has come below what can be seen.
    pub fn has_more(&self, thread: &Thread) -> bool {
        thread.messages.keys().next_back() > self.seen.as_ref()
    }

    /// The newest that the visitor has written since, for those who hear it.
    pub fn heard<'a>(&self, thread: &'a Thread) -> Option<&'a Rc<Message>> {
        let since = |message: &&Rc<Message>| self.began.is_some_and(|began| began < message.seq);
        thread.newest().filter(since).filter(|message| message.kind == Kind::Visitor)
    }
}
