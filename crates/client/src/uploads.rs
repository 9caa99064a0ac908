//! Files on their way, as a pure machine beside the link: one at a time, in the order of choosing, and a large one holds
//! up no text. It owns no bytes: those are the owner's, who persists them before [`UploadInput::Add`].

use crate::dice::Dice;
use crate::link::{self, Failure, Ms, soonest};
use protocol::file::FileSettings;
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::{ClientMsgId, FileName};

/// A transfer that stands still for so long is dead; twice as long after every one that failed, up to the cap. The cap,
/// too, for what is handed over as a whole: how much of that has arrived nobody says.
const PROGRESS_WITHIN: (Ms, Ms) = (30_000, 180_000);
/// First ceiling and cap of the wait after a failed transfer.
const AGAIN: (Ms, Ms) = (1_000, 30_000);
/// What failed this often, while all else goes through, will not be taken: the server says "internal", or the browser
/// cannot read the file.
const REFUSALS: u32 = 5;
/// A stored file that the transcript does not show by then will be shown without us. The link asks for it long before.
const SHOWN_WITHIN: Ms = 30_000;

/// One file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Kept over retries; the message will have it.
    pub id: ClientMsgId,
    /// As its sender calls it.
    pub name: FileName,
    /// Its size.
    pub bytes: u32,
    /// How far it has come.
    pub state: UploadState,
    /// Transfers that failed in a row.
    fails: u32,
    refusals: u32,
    /// A failure asked for a pause.
    not_before: Ms,
    /// Stored; shown here until then, if the transcript does not show it before.
    stored: Option<Ms>,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadState {
    /// Its turn comes.
    Waiting,
    /// On its way, or stored and about to be shown.
    Going {
        /// Bytes handed over.
        sent: u32,
    },
    /// Refused. A person may try again.
    Failed(Code),
}

/// What can happen to files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadInput {
    /// A person chose a file.
    Add {
        /// New for every file.
        id: ClientMsgId,
        /// As its sender calls it.
        name: FileName,
        /// Its size; `u32::MAX` if it is more.
        bytes: u32,
    },
    /// What an earlier life of the page, or another tab, has kept, oldest first.
    Restore(Vec<(ClientMsgId, FileName, u32)>),
    /// What may be sent.
    Rules(FileSettings),
    /// So much has been handed over.
    Progress {
        /// Which.
        id: ClientMsgId,
        /// Bytes.
        sent: u32,
    },
    /// A transfer was answered, or failed. The link is to hear of it first: [`UploadInput::for_link`].
    Done {
        /// Which.
        id: ClientMsgId,
        /// The answer.
        reply: Result<Ack, Failure>,
    },
    /// The transcript shows a message with this id.
    Arrived(ClientMsgId),
    /// A person wants a refused file tried again.
    Retry(ClientMsgId),
    /// A person gives a file up.
    Discard(ClientMsgId),
    /// Whether there is a token, and the link is up.
    Ready(bool),
    /// The network is back, or the page can be seen again: do not wait any longer.
    Wake,
    /// [`Uploads::next_deadline`] has come.
    Tick,
}

impl UploadInput {
    /// What the link is to hear of it: it sees to it that what is stored is shown, to a new token, and whether the network
    /// is there at all.
    pub fn for_link(&self) -> Option<link::Input> {
        let UploadInput::Done { id, reply } = self else { return None };
        match reply {
            Err(Failure { code: None, .. }) => Some(link::Input::Wake),
            Ok(_) | Err(Failure { code: Some(Code::TokenExpired | Code::Unauthenticated), .. }) => {
                Some(link::Input::Posted { id: id.clone(), reply: reply.clone() })
            }
            Err(_) => None,
        }
    }
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadEffect {
    /// Hand it over.
    Start(ClientMsgId),
    /// Give the transfer up; nothing more is to be told of it.
    Cancel(ClientMsgId),
    /// Remove it from what is persisted; harmless if it is not there.
    Forget(ClientMsgId),
    /// Show what has changed.
    Changed,
}

/// The machine.
#[derive(Debug, Clone)]
pub struct Uploads {
    items: Vec<Upload>,
    rules: FileSettings,
    ready: bool,
    /// The transfer under way, and until when it has to make progress.
    going: Option<(ClientMsgId, Ms)>,
    /// The server asked for a pause; nothing ends it sooner.
    floor: Ms,
    dice: Dice,
    effects: Vec<UploadEffect>,
}

impl Uploads {
    /// Nothing on its way, and not ready.
    pub fn new(seed: u32) -> Uploads {
        Uploads {
            items: Vec::new(),
            rules: FileSettings { max_kb: FileSettings::MAX_KB.1, ..FileSettings::default() },
            ready: false,
            going: None,
            floor: 0,
            dice: Dice::new(seed),
            effects: Vec::new(),
        }
    }

    /// Files on their way, in the order of choosing.
    pub fn items(&self) -> &[Upload] {
        &self.items
    }

    /// When [`UploadInput::Tick`] is due.
    pub fn next_deadline(&self) -> Option<Ms> {
        let turn = match (&self.going, self.next(0)) {
            (Some((_, until)), _) => Some(*until),
            (None, Some(next)) if self.ready => Some(next.not_before.max(self.floor)),
            (None, _) => None,
        };
        self.items.iter().fold(turn, |first, item| soonest(&[first, item.stored]))
    }

    /// Moves the machine on.
    pub fn apply(&mut self, now: Ms, input: UploadInput) -> Vec<UploadEffect> {
        match input {
            UploadInput::Add { id, name, bytes } => self.add(self.items.len(), id, name, bytes),
            UploadInput::Restore(kept) => self.restore(kept),
            UploadInput::Rules(rules) => {
                self.rules = rules;
                self.judge();
            }
            UploadInput::Progress { id, sent } => self.progress(now, &id, sent),
            UploadInput::Done { id, reply } => self.done(now, &id, reply),
            UploadInput::Arrived(id) | UploadInput::Discard(id) => self.remove(&id),
            UploadInput::Retry(id) => self.retry(&id),
            UploadInput::Ready(on) => self.ready(on),
            UploadInput::Wake => self.items.iter_mut().for_each(|item| item.not_before = now),
            UploadInput::Tick => {}
        }
        self.on_time(now);
        self.pump(now);
        std::mem::take(&mut self.effects)
    }

    /// Apart, because a push in many places weighs more than a call.
    #[inline(never)]
    fn emit(&mut self, effect: UploadEffect) {
        self.effects.push(effect);
    }

    fn position(&self, id: &ClientMsgId) -> Option<usize> {
        self.items.iter().position(|item| item.id == *id)
    }

    fn find(&mut self, id: &ClientMsgId) -> Option<&mut Upload> {
        self.items.iter_mut().find(|item| item.id == *id)
    }

    /// The first of those that may go by then, or else the one that may go next: who failed lets others go meanwhile.
    fn next(&self, now: Ms) -> Option<&Upload> {
        let waiting = self.items.iter().filter(|item| item.state == UploadState::Waiting);
        waiting.min_by_key(|item| item.not_before.max(now))
    }

    fn add(&mut self, at: usize, id: ClientMsgId, name: FileName, bytes: u32) {
        if self.position(&id).is_none() {
            let state = UploadState::Waiting;
            self.items
                .insert(at, Upload { id, name, bytes, state, fails: 0, refusals: 0, not_before: 0, stored: None });
            self.emit(UploadEffect::Changed);
            self.judge();
        }
    }

    fn restore(&mut self, kept: Vec<(ClientMsgId, FileName, u32)>) {
        let mut at = 0;
        for (id, name, bytes) in kept {
            let before = self.items.len();
            self.add(at, id, name, bytes);
            at += self.items.len() - before;
        }
    }

    /// What the server would refuse need not be sent, nor kept: it may be larger than all that a browser keeps.
    fn judge(&mut self) {
        for at in 0..self.items.len() {
            let most = u64::from(self.rules.max_kb) * 1024;
            let Some(item) = self.items.get_mut(at) else { return };
            let code = match item.bytes {
                0 => Code::FileEmpty,
                bytes if u64::from(bytes) > most => Code::FileTooLarge,
                _ => continue,
            };
            if item.state == UploadState::Waiting {
                item.state = UploadState::Failed(code);
                let id = item.id.clone();
                self.emit(UploadEffect::Forget(id));
                self.emit(UploadEffect::Changed);
            }
        }
    }

    fn is_going(&self, id: &ClientMsgId) -> bool {
        self.going.as_ref().is_some_and(|(going, _)| going == id)
    }

    fn progress(&mut self, now: Ms, id: &ClientMsgId, sent: u32) {
        if self.is_going(id) {
            self.now_goes(now, id, sent);
        }
    }

    /// It has come so far, and has to come further in time.
    fn now_goes(&mut self, now: Ms, id: &ClientMsgId, sent: u32) {
        let Some(item) = self.find(id) else { return };
        let patience = if sent < item.bytes { PROGRESS_WITHIN.0 << item.fails.min(8) } else { PROGRESS_WITHIN.1 };
        self.going = Some((id.clone(), now + patience.min(PROGRESS_WITHIN.1)));
        self.now_is(id, UploadState::Going { sent });
    }

    fn now_is(&mut self, id: &ClientMsgId, state: UploadState) {
        if let Some(item) = self.find(id) {
            item.state = state;
            self.emit(UploadEffect::Changed);
        }
    }

    fn done(&mut self, now: Ms, id: &ClientMsgId, reply: Result<Ack, Failure>) {
        if !self.is_going(id) {
            return;
        }
        self.going = None;
        match reply {
            Ok(_) => {
                if let Some(item) = self.find(id) {
                    item.stored = Some(now + SHOWN_WITHIN);
                    item.state = UploadState::Going { sent: item.bytes };
                }
                self.emit(UploadEffect::Forget(id.clone()));
                self.emit(UploadEffect::Changed);
            }
            Err(failure) => {
                self.floor = self.floor.max(failure.floor(now));
                self.failed(now, id, failure.code);
            }
        }
    }

    /// The transfer came to nothing: it is tried again, unless the server's no is final.
    fn failed(&mut self, now: Ms, id: &ClientMsgId, code: Option<Code>) {
        let Some(item) = self.items.iter_mut().find(|item| item.id == *id) else { return };
        item.fails += 1;
        // Not all chance: the link has to find out that the network is gone before too many failures have been counted.
        item.not_before = now + self.dice.about(AGAIN.0, AGAIN.1, item.fails - 1);
        let state = match code.unwrap_or(Code::Unavailable) {
            // The link sees to a new token.
            Code::SlowDown | Code::TokenExpired | Code::Unauthenticated => UploadState::Waiting,
            code @ (Code::Internal | Code::Unavailable) => {
                item.refusals += u32::from(self.ready);
                if item.refusals < REFUSALS { UploadState::Waiting } else { UploadState::Failed(code) }
            }
            code => UploadState::Failed(code),
        };
        self.now_is(id, state);
    }

    /// It is shown, or given up.
    fn remove(&mut self, id: &ClientMsgId) {
        self.cancel(id);
        if let Some(at) = self.position(id) {
            self.items.remove(at);
            self.emit(UploadEffect::Changed);
            self.emit(UploadEffect::Forget(id.clone()));
        }
    }

    fn cancel(&mut self, id: &ClientMsgId) {
        if self.is_going(id) {
            self.going = None;
            self.emit(UploadEffect::Cancel(id.clone()));
        }
    }

    /// Without a network nothing goes through, whatever it is.
    fn ready(&mut self, on: bool) {
        self.ready = on;
        if !on {
            self.items.iter_mut().for_each(|item| item.refusals = 0);
        }
    }

    fn retry(&mut self, id: &ClientMsgId) {
        if let Some(item) = self.find(id)
            && matches!(item.state, UploadState::Failed(_))
        {
            (item.fails, item.refusals, item.not_before) = (0, 0, 0);
            self.now_is(id, UploadState::Waiting);
            self.judge();
        }
    }

    fn on_time(&mut self, now: Ms) {
        if let Some((id, _)) = self.going.clone().filter(|(_, until)| *until <= now) {
            self.cancel(&id);
            self.failed(now, &id, None);
        }
        let shown = |item: &Upload| item.stored.is_some_and(|until| until <= now);
        while let Some(at) = self.items.iter().position(shown) {
            self.items.remove(at);
            self.emit(UploadEffect::Changed);
        }
    }

    fn pump(&mut self, now: Ms) {
        if !self.ready || self.going.is_some() || now < self.floor {
            return;
        }
        let Some(id) = self.next(now).filter(|item| item.not_before <= now).map(|item| item.id.clone()) else { return };
        self.now_goes(now, &id, 0);
        self.emit(UploadEffect::Start(id));
    }
}
