//! Where the transcript begins, what came before it, and what was taken away from it.

use super::{Earlier, Effect, Failure, Link, Ms, Phase};
use protocol::http::MessagesReply;
use protocol::problem::Code;
use protocol::room::{Message, PAGE, Since};
use protocol::{Event, Seq};

/// A page that takes longer is not coming. Longer than for other answers: a person waits for it, and nobody else does.
const PAGE_WITHIN: Ms = 16_000;

#[derive(Debug, Clone)]
pub(super) struct Pages {
    /// The place after which the transcript begins; `None` before the first welcome.
    base: Option<Seq>,
    /// Messages of which an event has told that they are blank now.
    redacted: Vec<Seq>,
    pub(super) state: Earlier,
    /// Whether the page has been asked for.
    asked: bool,
    /// While it is loading: when to ask for it, or to give it up.
    at: Ms,
    /// The server asked for a pause.
    floor: Ms,
}

impl Pages {
    pub(super) fn new() -> Pages {
        Pages { base: None, redacted: Vec::new(), state: Earlier::Idle, asked: false, at: 0, floor: 0 }
    }

    pub(super) fn deadline(&self) -> Option<Ms> {
        if self.state == Earlier::Loading { Some(self.at) } else { None }
    }

    /// Whether anything is before what is shown.
    pub(super) fn has_earlier(&self) -> bool {
        self.base.is_some_and(|base| base.0 > 0)
    }

    /// The oldest place shown.
    pub(super) fn first(&self) -> Seq {
        self.base.unwrap_or_default().next()
    }

    /// Takes a page that must end right before the oldest message. False if it does not fit.
    fn precede(&mut self, messages: &mut [Message]) -> bool {
        let mut first = self.first();
        for message in messages.iter_mut().rev() {
            if message.seq.next() != first {
                return false;
            }
            first = message.seq;
            // It may have been read before the event that we know of.
            if self.redacted.contains(&first) {
                message.redact();
            }
        }
        // An empty page says that nothing came before.
        self.base = Some(Seq(if messages.is_empty() { 0 } else { first.0.saturating_sub(1) }));
        true
    }
}

impl Link {
    /// Where the next carrier goes on.
    pub(super) fn since(&self) -> Since {
        if self.pages.base.is_some() { Since::After(self.last_seq) } else { Since::Latest(PAGE) }
    }

    /// The first welcome says where the transcript begins.
    pub(super) fn begins(&mut self, from: Seq) {
        if self.pages.base.is_none() {
            self.pages.base = Some(from);
            self.last_seq = from;
        }
    }

    /// Whether a transcript has begun that a server could have forgotten.
    pub(super) fn has_begun(&self) -> bool {
        self.pages.base.is_some()
    }

    /// The server knows another conversation than we do: all that it said is void. What it said to have stored, and
    /// has not shown, is sent again.
    pub(super) fn anew(&mut self, now: Ms) {
        self.pages = Pages { floor: self.pages.floor, ..Pages::new() };
        self.page_is(Earlier::Idle);
        self.last_seq = Seq(0);
        self.rev = None;
        self.unseen = None;
        self.forget_receipts();
        self.other_types(None);
        self.outbox.unsent(now);
        self.emit(Effect::Anew);
        self.emit(Effect::Outbox);
    }

    /// A message may say that an earlier one is blank now.
    pub(super) fn note_redaction(&mut self, event: Option<Event>, of: Option<Seq>) {
        if let (Some(Event::Redacted), Some(of)) = (event, of) {
            self.pages.redacted.push(of);
            self.emit(Effect::Redacted(of));
        }
    }

    /// A person wants the page before.
    pub(super) fn want_earlier(&mut self, now: Ms) {
        let off = matches!(self.phase, Phase::Off | Phase::Locked);
        if !off && self.pages.has_earlier() && self.pages.state != Earlier::Loading {
            self.pages.asked = false;
            self.pages.at = now.max(self.pages.floor);
            self.page_is(Earlier::Loading);
        }
    }

    pub(super) fn pages_on_time(&mut self, now: Ms) {
        if self.pages.deadline().is_none_or(|at| now < at) {
            return;
        }
        if self.pages.asked {
            self.page_is(Earlier::Failed);
        } else {
            self.pages.asked = true;
            self.pages.at = now + PAGE_WITHIN;
            self.emit(Effect::FetchEarlier { before: self.pages.first() });
        }
    }

    pub(super) fn earlier_came(&mut self, now: Ms, before: Seq, reply: Result<MessagesReply, Failure>) {
        if let Err(failure) = &reply {
            self.pages.floor = failure.floor(now).max(self.pages.floor);
        }
        if self.pages.state != Earlier::Loading || before != self.pages.first() {
            return;
        }
        match reply {
            Ok(MessagesReply { mut messages }) => {
                let fits = self.pages.precede(&mut messages);
                self.page_is(if fits { Earlier::Idle } else { Earlier::Failed });
                if fits {
                    messages.iter().for_each(|message| self.has_come(message));
                    self.emit(Effect::Earlier(messages));
                }
            }
            Err(Failure { code: Some(Code::TokenExpired | Code::Unauthenticated), .. }) => self.lock(now),
            Err(_) => self.page_is(Earlier::Failed),
        }
    }

    /// Whoever waits for a page while the link lets go of everything has to ask again.
    pub(super) fn let_go_of_page(&mut self) {
        if self.pages.state == Earlier::Loading {
            self.page_is(Earlier::Failed);
        }
    }

    fn page_is(&mut self, state: Earlier) {
        self.pages.state = state;
        self.emit(Effect::Paging(state));
    }
}
