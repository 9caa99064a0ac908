//! From asleep to ready: the boot, its retries, and what outlives the page.

use super::{Effect, Model, Told};
use client::link::{self, Delivery, Failure, Link, Me, Ms};
use protocol::http::{BootReply, BootRequest, SendRequest};
use protocol::problem::Code;
use protocol::{ConversationId, Seq, lean_struct};

/// First and longest pause between boots that got no answer, ms.
const AGAIN: (Ms, Ms) = (1_000, 15_000);

/// Who the visitor is, as far as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// Nobody has opened the chat.
    Asleep,
    /// A boot is under way.
    Booting {
        /// Boots before it that got no answer.
        tries: u32,
    },
    /// The next boot comes at a time.
    Retrying {
        /// When.
        until: Ms,
        /// Not sooner, whatever else says so: the server asked for a pause.
        floor: Ms,
        /// Boots that got no answer.
        tries: u32,
    },
    /// There is a token, and the link is on its own.
    Ready,
    /// There will be no chat here.
    Refused(Code),
}

impl Session {
    pub(super) fn deadline(self) -> Option<Ms> {
        if let Session::Retrying { until, .. } = self { Some(until) } else { None }
    }
}

/// What outlives the page. Stored only after the visitor has opened the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The visitor's token.
    pub token: String,
    /// Their conversation.
    pub conversation: ConversationId,
    /// Whether the panel is open.
    pub open: bool,
    /// The newest message that was on screen.
    pub seen: Seq,
}
lean_struct!(Saved { token, conversation, open, seen });

impl Model {
    /// What an earlier page, or another tab, has stored by now.
    pub(super) fn recalled(&mut self, saved: Option<Saved>) {
        if self.session != Session::Asleep {
            return;
        }
        let forget = saved.is_none();
        if let Some(saved) = saved {
            self.open |= saved.open && !self.shut;
            self.seen = saved.seen;
            self.token = Some(saved.token);
            self.conversation = Some(saved.conversation);
        } else if !self.open {
            return;
        }
        // Whoever is nobody yet has nothing to go on with, and need not wait for it.
        self.restored = forget;
        self.emit(Effect::OpenStore { forget });
        self.boot();
    }

    /// The storage has told what was not sent before.
    pub(super) fn restore(&mut self, now: Ms, texts: Vec<SendRequest>) {
        self.link(now, link::Input::Restore(texts));
        self.restored = true;
        self.start(now);
    }

    /// Asks the server who we are.
    pub(super) fn boot(&mut self) {
        let tries = if let Session::Retrying { tries, .. } = self.session { tries } else { 0 };
        self.session = Session::Booting { tries };
        self.emit(Effect::Boot(BootRequest { key: self.key.clone(), token: self.token.clone() }));
    }

    pub(super) fn booted(&mut self, now: Ms, seed: u128, reply: Result<BootReply, Failure>) {
        match reply {
            Ok(reply) => self.ready(now, seed, reply),
            Err(Failure { code: Some(Code::SlowDown | Code::Internal | Code::Unavailable) | None, retry_after_ms }) => {
                let tries = if let Session::Booting { tries } = self.session { tries } else { 0 };
                let floor = now + retry_after_ms.map_or(0, Ms::from);
                let until = (now + (AGAIN.0 << tries.min(8)).min(AGAIN.1)).max(floor);
                self.session = Session::Retrying { until, floor, tries: tries + 1 };
            }
            Err(Failure { code: Some(code), .. }) => self.refuse(code),
        }
    }

    fn ready(&mut self, now: Ms, seed: u128, reply: BootReply) {
        let first = self.look.is_none();
        if self.conversation.as_ref().is_some_and(|old| *old != reply.conversation) {
            self.begin_anew(now, seed as u32);
        }
        self.session = Session::Ready;
        self.token = Some(reply.token);
        self.conversation = Some(reply.conversation);
        if first {
            self.human_at = Some(now + Ms::from(reply.widget.handoff_delay_ms));
            self.emit(Effect::Tell(Told::Ready));
        }
        self.look = Some(reply.widget);
        self.rules = Some(reply.files);
        self.store();
        self.start(now);
    }

    /// Once there are both, a token and what was not sent before.
    fn start(&mut self, now: Ms) {
        if self.restored && self.session == Session::Ready {
            self.link(now, link::Input::Start);
            self.look(now);
        }
    }

    /// The server knows us no more: another thread, but what was not sent yet still is.
    fn begin_anew(&mut self, now: Ms, seed: u32) {
        let mut unsent = Vec::new();
        for item in self.link.outbox() {
            if !matches!(item.delivery, Delivery::Sent(_)) {
                unsent.push(SendRequest { id: item.id.clone(), body: item.body.clone() });
            }
        }
        self.link = Link::new(Me::Visitor, seed);
        self.link(now, link::Input::Restore(unsent));
        self.forget_thread();
    }

    pub(super) fn refuse(&mut self, code: Code) {
        self.session = Session::Refused(code);
        self.known = false;
        self.emit(Effect::Tell(Told::Trouble(code)));
    }

    pub(super) fn store(&mut self) {
        if let (Some(token), Some(conversation)) = (self.token.clone(), self.conversation.clone()) {
            let (open, seen) = (self.open, self.seen);
            self.emit(Effect::Store(Saved { token, conversation, open, seen }));
        }
    }

    /// The boot is under way, or asleep and about to be.
    pub fn is_waking(&self) -> bool {
        matches!(self.session, Session::Booting { .. } | Session::Retrying { .. })
    }

    /// The token for requests.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The conversation, once booted.
    pub fn conversation(&self) -> Option<&ConversationId> {
        self.conversation.as_ref()
    }
}
