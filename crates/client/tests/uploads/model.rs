//! Two tabs with the same files against a server that stores each once. Whatever happens: one transfer a tab at a time,
//! no pause broken, nothing started without a token; and in the end every file is stored once, or its refusal was shown.

use client::link::{Failure, Ms};
use client::uploads::{UploadEffect, UploadInput, UploadState, Uploads};
use proptest::prelude::*;
use protocol::http::Ack;
use protocol::problem::Code;
use protocol::{ClientMsgId, FileName, Seq, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
enum Op {
    Add(usize, u32),
    Ready(usize, bool),
    Wake(usize),
    Reload(usize),
    Retry(usize),
    Discard(usize),
    /// What becomes of transfers from now on.
    Fate(Fate),
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Stored,
    /// Stored, and nobody hears of it.
    AnswerLost,
    Lost,
    /// Neither progress nor answer.
    Hangs,
    Refused(Code),
}

fn op() -> impl Strategy<Value = Op> {
    let fate = prop_oneof![
        3 => Just(Fate::Stored),
        2 => Just(Fate::AnswerLost),
        2 => Just(Fate::Lost),
        1 => Just(Fate::Hangs),
        1 => Just(Fate::Refused(Code::SlowDown)),
        1 => Just(Fate::Refused(Code::Internal)),
        1 => Just(Fate::Refused(Code::FileNotAllowed)),
    ];
    let bytes = prop_oneof![1 => Just(0), 9 => 1u32..30_000_000];
    prop_oneof![
        4 => (0..2usize, bytes).prop_map(|(tab, bytes)| Op::Add(tab, bytes)),
        2 => (0..2usize, any::<bool>()).prop_map(|(tab, on)| Op::Ready(tab, on)),
        1 => (0..2usize).prop_map(Op::Wake),
        1 => (0..2usize).prop_map(Op::Reload),
        1 => (0..2usize).prop_map(Op::Retry),
        1 => (0..2usize).prop_map(Op::Discard),
        4 => fate.prop_map(Op::Fate),
    ]
}

struct Tab {
    uploads: Uploads,
    ready: bool,
    going: Option<ClientMsgId>,
    floor: Ms,
    starts: u32,
}

impl Tab {
    fn new(seed: u32) -> Tab {
        Tab { uploads: Uploads::new(seed), ready: false, going: None, floor: 0, starts: 0 }
    }

    fn refused(&self) -> Vec<ClientMsgId> {
        let failed = self.uploads.items().iter().filter(|item| matches!(item.state, UploadState::Failed(_)));
        failed.map(|item| item.id.clone()).collect()
    }
}

struct World {
    now: Ms,
    order: u64,
    fate: Fate,
    tabs: [Tab; 2],
    /// Progress, answers, and what the transcript shows, under way.
    coming: BTreeMap<(Ms, u64), (usize, UploadInput)>,
    shelf: Vec<(ClientMsgId, FileName, u32)>,
    stored: BTreeSet<ClientMsgId>,
    chosen: Vec<ClientMsgId>,
    /// Shown as such.
    refused: BTreeSet<ClientMsgId>,
}

impl World {
    fn new(seed: u32, fate: Fate) -> World {
        World {
            now: 0,
            order: 0,
            fate,
            tabs: [Tab::new(seed), Tab::new(seed ^ 1)],
            coming: BTreeMap::new(),
            shelf: vec![],
            stored: BTreeSet::new(),
            chosen: vec![],
            refused: BTreeSet::new(),
        }
    }

    fn tell(&mut self, c: usize, input: UploadInput) {
        let tab = &mut self.tabs[c];
        if let UploadInput::Done { id, reply } = &input
            && tab.going.take_if(|going| going == id).is_some()
            && let Err(Failure { retry_after_ms: Some(pause), .. }) = reply
        {
            tab.floor = self.now + Ms::from(*pause);
        }
        for effect in tab.uploads.apply(self.now, input) {
            match effect {
                UploadEffect::Start(id) => self.start(c, id),
                UploadEffect::Cancel(id) => assert_eq!(self.tabs[c].going.take(), Some(id), "nothing to cancel"),
                UploadEffect::Forget(id) => self.shelf.retain(|(kept, ..)| *kept != id),
                UploadEffect::Changed => self.refused.extend(self.tabs[c].refused()),
            }
        }
    }

    fn start(&mut self, c: usize, id: ClientMsgId) {
        let tab = &mut self.tabs[c];
        assert!(tab.ready, "no token");
        assert!(self.now >= tab.floor, "in the pause");
        assert_eq!(tab.going.replace(id.clone()), None, "one at a time");
        tab.starts += 1;
        let fail =
            |code, pause| UploadInput::Done { id: id.clone(), reply: Err(Failure { code, retry_after_ms: pause }) };
        let ack = Ack { id: id.clone(), seq: Seq(1), at: Timestamp(1) };
        match self.fate {
            Fate::Hangs => {}
            Fate::Lost => self.later(50, c, fail(None, None)),
            Fate::Refused(code) => self.later(40, c, fail(Some(code), (code == Code::SlowDown).then_some(2_500))),
            Fate::AnswerLost => {
                self.later(700, c, fail(None, None));
                self.store(id);
            }
            Fate::Stored => {
                self.later(20, c, UploadInput::Progress { id: id.clone(), sent: 1 });
                self.later(60, c, UploadInput::Done { id: id.clone(), reply: Ok(ack) });
                self.store(id);
            }
        }
    }

    /// The transcript shows it to both tabs.
    fn store(&mut self, id: ClientMsgId) {
        if self.stored.insert(id.clone()) {
            (0..2).for_each(|c| self.later(90, c, UploadInput::Arrived(id.clone())));
        }
    }

    fn later(&mut self, after: Ms, c: usize, input: UploadInput) {
        self.order += 1;
        self.coming.insert((self.now + after, self.order), (c, input));
    }

    fn perform(&mut self, op: Op) {
        match op {
            Op::Add(c, bytes) => {
                let (id, name) = (ClientMsgId::random(self.chosen.len() as u128), FileName::parse("a.png").unwrap());
                self.chosen.push(id.clone());
                self.shelf.push((id.clone(), name.clone(), bytes));
                self.tell(c, UploadInput::Add { id, name, bytes });
            }
            Op::Ready(c, on) => {
                self.tabs[c].ready = on;
                self.tell(c, UploadInput::Ready(on));
            }
            Op::Wake(c) => self.tell(c, UploadInput::Wake),
            Op::Reload(c) => {
                // The transcript is shown again, the rest is gone.
                self.coming.retain(|_, (whose, input)| *whose != c || matches!(input, UploadInput::Arrived(_)));
                self.tabs[c] = Tab::new(self.order as u32);
                self.tell(c, UploadInput::Restore(self.shelf.clone()));
            }
            Op::Retry(c) => {
                self.tabs[c].refused().into_iter().for_each(|id| self.tell(c, UploadInput::Retry(id)));
            }
            Op::Discard(c) => {
                self.tabs[c].refused().into_iter().for_each(|id| self.tell(c, UploadInput::Discard(id)));
            }
            Op::Fate(fate) => self.fate = fate,
        }
    }

    fn run_until(&mut self, end: Ms) {
        loop {
            let coming = self.coming.first_key_value().map(|(key, _)| key.0);
            let tick = (0..2).filter_map(|c| Some((self.tabs[c].uploads.next_deadline()?, c))).min();
            let next = [coming, tick.map(|(at, _)| at)].into_iter().flatten().min();
            let Some(next) = next.filter(|&at| at <= end) else { break };
            self.now = self.now.max(next);
            match tick {
                Some((_, c)) if coming != Some(next) => {
                    self.tell(c, UploadInput::Tick);
                    assert!(self.tabs[c].uploads.next_deadline().is_none_or(|at| at > self.now), "stuck");
                }
                _ => {
                    let (_, (c, input)) = self.coming.pop_first().unwrap();
                    self.tell(c, input);
                }
            }
        }
        self.now = end;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_file_is_stored_or_its_refusal_was_shown(
        seed in any::<u32>(),
        script in prop::collection::vec((0..20_000i64, op()), 1..40),
    ) {
        let mut world = World::new(seed, Fate::Stored);
        for (pause, op) in script {
            world.run_until(world.now + pause);
            world.perform(op);
        }
        world.fate = Fate::Stored;
        for c in [0, 1] {
            world.perform(Op::Reload(c));
            world.perform(Op::Ready(c, true));
        }
        world.run_until(world.now + 70_000);
        let lost = world.chosen.iter().find(|&id| !world.stored.contains(id) && !world.refused.contains(id));
        prop_assert_eq!(lost, None, "lost");
        prop_assert_eq!(&world.shelf, &vec![], "nothing is left to keep");
        prop_assert!(world.tabs.iter().all(|tab| tab.uploads.items().is_empty() && tab.going.is_none()));
    }

    #[test]
    fn no_server_makes_it_run_hot(seed in any::<u32>(), fate in prop_oneof![
        Just(Fate::Lost), Just(Fate::Hangs), Just(Fate::Refused(Code::SlowDown)), Just(Fate::Refused(Code::Internal))
    ]) {
        let mut world = World::new(seed, fate);
        world.perform(Op::Ready(0, true));
        (0..3).for_each(|_| world.perform(Op::Add(0, 9)));
        world.run_until(300_000);
        prop_assert!(world.tabs[0].starts <= 150, "{} transfers in 300 s", world.tabs[0].starts);
    }
}
