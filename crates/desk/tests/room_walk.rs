//! Random walks of a room: every party writes and repeats itself, notices come late, twice and from before.
//! Beside it go the tables of a room, a history that takes things in late, and a model of who owns what.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::notice::{ToDesk, ToRoom};
use desk::room::{Content, Effect, Handoff, Input, Prior, Record, Sent, Speaker, Unprojected};
use desk::{Refusal, Room};
use proptest::prelude::*;
use protocol::desk::QueueRow;
use protocol::http::{Ack, AfterHoursRequest};
use protocol::room::{Message, Place, Receipt, Receipts, RoomDown, RoomState};
use protocol::{
    Body, ClientMsgId, CloseReason, Email, Epoch, Event, HandoffId, Kind, Party, Priority, Requeue, Seq, SignInId,
    Stage,
};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Visitor,
    Stranger,
    Agent(u8),
}

#[derive(Debug, Clone)]
enum Op {
    Send {
        who: Who,
        id: u8,
        body: u8,
    },
    Ask {
        who: Who,
    },
    AfterHours {
        who: Who,
        id: u8,
        body: u8,
    },
    /// `back` picks the handoff (0 the latest), `epoch` is relative to what the room knows.
    Heard {
        what: What,
        back: u8,
        epoch: i8,
    },
    /// The history sets out to take in what there is …
    Fetch,
    /// … and has done so, maybe much later.
    Projected,
    Reload,
    /// Relative to the newest message.
    Receive {
        who: Who,
        delivered: i8,
        read: i8,
        kept: bool,
    },
    /// All sockets go.
    Gone,
    /// `back` from the newest message.
    Redact {
        who: u8,
        is_admin: bool,
        back: u8,
    },
}

#[derive(Debug, Clone, Copy)]
enum What {
    Queued,
    Nobody,
    /// The desk has changed so many times more (or less) than the room knows.
    Open(i8),
    SignedOut(u8),
    Claimed(u8),
    Returned(u8, Requeue),
    Closed,
    /// The line has moved.
    Moved(u8),
    FormOffered,
    Warned,
    /// The desk has lost it.
    Unknown,
}

fn op() -> impl Strategy<Value = Op> {
    let who = prop_oneof![4 => Just(Who::Visitor), 1 => Just(Who::Stranger), 4 => (0..2u8).prop_map(Who::Agent)];
    let party = prop_oneof![6 => Just(Who::Visitor), 1 => Just(Who::Stranger)];
    let what = prop_oneof![
        2 => Just(What::Queued), 2 => Just(What::Nobody), 2 => (-2..3i8).prop_map(What::Open),
        1 => (0..2u8).prop_map(What::SignedOut),
        5 => (0..2u8).prop_map(What::Claimed), 2 => Just(What::Closed),
        2 => (0..2u8, prop::sample::select(Requeue::ALL)).prop_map(|(agent, why)| What::Returned(agent, why)),
        1 => (0..60u8).prop_map(What::Moved), 1 => Just(What::FormOffered), 1 => Just(What::Warned),
        1 => Just(What::Unknown),
    ];
    let back = prop_oneof![5 => Just(0u8), 1 => Just(1u8), 1 => Just(2u8)];
    let receive = (who.clone(), -3..2i8, -3..2i8, any::<bool>());
    prop_oneof![
        5 => receive.prop_map(|(who, delivered, read, kept)| Op::Receive { who, delivered, read, kept }),
        1 => Just(Op::Gone),
        2 => (0..2u8, any::<bool>(), 0..6u8).prop_map(|(who, is_admin, back)| Op::Redact { who, is_admin, back }),
        8 => (who, 0..12u8, 0..2u8).prop_map(|(who, id, body)| Op::Send { who, id, body }),
        4 => party.clone().prop_map(|who| Op::Ask { who }),
        2 => (party, 0..12u8, 0..2u8).prop_map(|(who, id, body)| Op::AfterHours { who, id, body }),
        8 => (what, back, -2..3i8).prop_map(|(what, back, epoch)| Op::Heard { what, back, epoch }),
        2 => Just(Op::Fetch),
        2 => Just(Op::Projected),
        1 => Just(Op::Reload),
    ]
}

/// What the walk believes of one handoff.
#[derive(Debug, Clone, PartialEq)]
struct Believed {
    id: HandoffId,
    stage: Stage,
    epoch: u32,
    owner: Option<u8>,
    queued: bool,
    reason: Option<CloseReason>,
    emailed: bool,
    ahead: Option<u8>,
    form: bool,
}

struct Walk {
    now: i64,
    room: Room,
    record: Option<Record>,
    transcript: Vec<Message>,
    /// What was said is not known any more once it was redacted.
    acks: BTreeMap<(Who, ClientMsgId), (Ack, Option<Body>)>,
    receipts: Receipts,
    /// What sockets keep, and what whoever looks has been shown.
    sockets: Receipts,
    shown_receipts: Receipts,
    shelf: Vec<QueueRow>,
    told: Vec<ToDesk>,
    handoffs: Vec<Believed>,
    begun: bool,
    open: bool,
    flips: u32,
    hung_up: Vec<SignInId>,
    shown: RoomState,
    fetched: Option<(Unprojected, Vec<QueueRow>)>,
    history: BTreeMap<HandoffId, QueueRow>,
    history_upto: Seq,
    ids: u8,
}

impl Walk {
    fn new() -> Walk {
        let room = Room::load(conversation(1), None, Seq(0), None);
        Walk {
            now: 1_000_000,
            shown: room.state(),
            room,
            record: None,
            transcript: Vec::new(),
            acks: BTreeMap::new(),
            receipts: Receipts::default(),
            sockets: Receipts::default(),
            shown_receipts: Receipts::default(),
            shelf: Vec::new(),
            told: Vec::new(),
            handoffs: Vec::new(),
            begun: false,
            open: true,
            flips: 0,
            hung_up: Vec::new(),
            fetched: None,
            history: BTreeMap::new(),
            history_upto: Seq(0),
            ids: 0,
        }
    }

    fn step(&mut self, op: &Op) {
        self.now += 1;
        match *op {
            Op::Send { who, id, body } => self.send(who, id, body),
            Op::Ask { who } => self.ask(who),
            Op::AfterHours { who, id, body } => self.after_hours(who, id, body),
            Op::Heard { what, back, epoch } => self.hear(what, back, epoch),
            Op::Fetch => self.fetched = self.room.unprojected().map(|what| (what, self.room.rows())),
            Op::Projected => self.project(),
            Op::Reload => self.reload(),
            Op::Receive { who, delivered, read, kept } => self.receive(who, delivered, read, kept),
            Op::Gone => {
                self.apply(Input::Gone).unwrap();
                self.sockets = Receipts::default();
            }
            Op::Redact { who, is_admin, back } => self.redact(who, is_admin, back),
        }
        self.check();
    }

    fn send(&mut self, who: Who, id: u8, text: u8) {
        let (id, body) = (message_id(id), body(text));
        let prior = self.prior(who, &id);
        let earlier = self.acks.get(&(who, id.clone())).cloned();
        let expected = match (who, &earlier) {
            _ if !self.is_admitted(who) => Err(Refusal::NotFound),
            (_, Some((_, Some(before)))) if *before != body => Err(Refusal::ConflictingRetry),
            (_, Some((ack, _))) => Ok(ack.clone()),
            (Who::Agent(n), None) if self.owner() != Some(n) => Err(Refusal::NotOwner),
            (_, None) => Ok(Ack { id: id.clone(), seq: self.next_seq(), at: at(self.now) }),
        };
        self.begun |= expected.is_ok();
        let content = Content::Text(body.clone());
        let input = Input::Send(speaker(who), Sent { id: id.clone(), content, prior });
        let lines = self.transcript.len();
        let result = self.apply(input);
        let is_ack = |effect: &Effect| if let Effect::Ack(ack) = effect { Some(ack.clone()) } else { None };
        let acks: Result<Vec<_>, _> = result.map(|effects| effects.iter().filter_map(is_ack).collect());
        assert_eq!(acks, expected.clone().map(|ack| vec![ack]));
        let grown = usize::from(expected.is_ok() && earlier.is_none());
        assert_eq!(self.transcript.len(), lines + grown, "a retry is stored once");
        if let Ok(ack) = expected {
            let stored = &self.transcript[ack.seq.0 as usize - 1];
            let kind = if who == Who::Visitor { Kind::Visitor } else { Kind::Agent };
            assert_eq!((stored.kind, stored.id.as_ref()), (kind, Some(&id)));
            if earlier.is_none() {
                assert_eq!(stored.body.as_ref(), Some(&body));
                self.acks.insert((who, id), (ack, Some(body)));
            }
        }
    }

    fn receive(&mut self, who: Who, delivered: i8, read: i8, kept: bool) {
        let place = |by: i8| Seq(u32::try_from(self.transcript.len() as i64 + i64::from(by)).unwrap_or(0));
        let receipt = Receipt { delivered: place(delivered), read: place(read) };
        let expected = match who {
            _ if !self.is_admitted(who) => Err(Refusal::NotFound),
            Who::Agent(n) if self.owner() != Some(n) => Err(Refusal::NotOwner),
            _ if receipt.read > receipt.delivered => Err(Refusal::Malformed),
            _ if receipt.delivered.0 as usize > self.transcript.len() => Err(Refusal::UnknownPlace),
            _ => Ok(()),
        };
        let result = self.apply(Input::Receive { speaker: speaker(who), receipt, kept });
        assert_eq!(result.map(drop), expected);
        if expected.is_ok() {
            let side = speaker(who).party();
            grow(&mut self.receipts, side, receipt);
            if kept {
                grow(&mut self.sockets, side, receipt);
            } else {
                assert_eq!(self.record.as_ref().map(|record| record.receipts), Some(self.receipts), "stored at once");
            }
        }
    }

    fn redact(&mut self, who: u8, is_admin: bool, back: u8) {
        let at = self.transcript.len().checked_sub(1 + usize::from(back));
        let message = at.map(|at| self.transcript[at].clone());
        let known = message.clone().filter(|message| message.kind != Kind::System);
        let expected = match &known {
            None => Err(Refusal::NotFound),
            Some(_) if !is_admin && self.owner() != Some(who) => Err(Refusal::NotOwner),
            Some(message) => Ok(!message.is_redacted()),
        };
        let lines = self.transcript.len();
        self.told.clear();
        let result = self.apply(Input::Redact { by: agent_ref(who), is_admin, message: message.map(Box::new) });
        assert_eq!(result.map(|effects| !effects.is_empty()), expected);
        let Ok(true) = expected else { return assert_eq!(self.transcript.len(), lines) };
        let gone = known.unwrap();
        assert_eq!(self.told, [ToDesk::Redacted { conversation: conversation(1), at: gone.at }]);
        let told = self.transcript.last().unwrap();
        assert_eq!((told.event, told.of, lines + 1), (Some(Event::Redacted), Some(gone.seq), self.transcript.len()));
        assert!(self.transcript[gone.seq.0 as usize - 1].is_redacted());
        for (ack, said) in self.acks.values_mut().filter(|(ack, _)| ack.seq == gone.seq) {
            assert_eq!(ack.seq, gone.seq);
            *said = None;
        }
        let text = gone.body.map(String::from);
        let shown = self.room.rows().into_iter().filter_map(|row| row.last).filter(|last| last.at == gone.at);
        shown.for_each(|last| assert_ne!(Some(last.text), text, "a queue still shows it"));
    }

    fn ask(&mut self, who: Who) {
        let fresh = self.fresh();
        let result = self.apply(Input::Ask {
            speaker: speaker(who),
            fresh: fresh.clone(),
            page: page(),
            department: Some(department(1)),
            priority: Priority::High,
        });
        if !self.is_admitted(who) {
            return assert_eq!(result, Err(Refusal::NotFound));
        }
        let effects = result.unwrap();
        let is_new = self.handoffs.last().is_none_or(|latest| latest.stage == Stage::Closed);
        assert_eq!(effects.is_empty(), !is_new, "asking twice is asking once");
        if is_new {
            self.begun = true;
            self.handoffs.push(Believed::new(fresh));
        }
    }

    fn after_hours(&mut self, who: Who, id: u8, text: u8) {
        let (id, body, fresh) = (message_id(id), body(text), self.fresh());
        let prior = self.prior(who, &id);
        let email = Email::parse("ann@shop.example").unwrap();
        let form = AfterHoursRequest { email, name: None, message: body.clone(), id: id.clone(), page: page() };
        let lines = self.transcript.len();
        let next = self.next_seq();
        let input = Input::AfterHours { speaker: speaker(who), fresh: fresh.clone(), form, prior: prior.clone() };
        let result = self.apply(input);
        if !self.is_admitted(who) {
            return assert_eq!(result, Err(Refusal::NotFound));
        }
        if let Some(prior) = prior {
            let is_same = prior.content.is_none_or(|content| content == Content::Text(body));
            let expected = if is_same { Ok(vec![]) } else { Err(Refusal::ConflictingRetry) };
            return assert_eq!(result, expected);
        }
        if self.owner().is_some() {
            return assert!(matches!(result, Err(Refusal::Taken { .. })), "{result:?}");
        }
        result.unwrap();
        self.begun = true;
        assert_eq!(self.transcript.len(), lines + 2, "the text and the event");
        self.acks.insert((who, id.clone()), (Ack { id, seq: next, at: at(self.now) }, Some(body)));
        let attach = |latest: &Believed| {
            latest.stage == Stage::Waiting || (latest.reason == Some(CloseReason::Missed) && !latest.emailed)
        };
        if !self.handoffs.last().is_some_and(attach) {
            self.handoffs.push(Believed::new(fresh));
        }
        let latest = self.handoffs.last_mut().unwrap();
        (latest.stage, latest.reason, latest.emailed) = (Stage::Closed, Some(CloseReason::Missed), true);
        latest.ahead = None;
    }

    fn hear(&mut self, what: What, back: u8, by: i8) {
        let Some(n) = self.handoffs.len().checked_sub(1 + usize::from(back)) else {
            // Of a handoff that is not of this room, or before it began.
            let notice = ToRoom::Claimed {
                handoff: handoff(200),
                epoch: Epoch(9),
                agent: agent_ref(0),
                at: at(0),
                department: None,
            };
            let (before, lines) = (self.room.state(), self.transcript.len());
            self.apply(Input::Heard(notice)).unwrap();
            return assert_eq!((before, lines), (self.room.state(), self.transcript.len()));
        };
        let known = self.handoffs[n].clone();
        let epoch = u32::try_from(i64::from(known.epoch) + i64::from(by)).unwrap_or(0);
        let notice = self.notice(what, &known.id, epoch);
        let (before, lines) = (self.room.record().cloned(), self.transcript.len());
        self.hung_up.clear();
        self.apply(Input::Heard(by_json(&notice))).unwrap();
        let expected = if let What::SignedOut(n) = what { vec![sign_in(n)] } else { vec![] };
        assert_eq!(self.hung_up, expected, "whose sockets are closed");
        let changed = self.believe(what, n, epoch);
        if !changed {
            assert_eq!(self.room.record(), before.as_ref(), "heard before: {notice:?}");
            assert_eq!(self.transcript.len(), lines, "{notice:?}");
        }
        // And once more: a notice that was delivered twice has happened once.
        let (before, lines) = (self.room.record().cloned(), self.transcript.len());
        self.apply(Input::Heard(notice)).unwrap();
        assert_eq!((self.room.record(), self.transcript.len()), (before.as_ref(), lines));
    }

    /// Whether the notice changes anything, by the words of the design.
    fn believe(&mut self, what: What, n: usize, epoch: u32) -> bool {
        let is_latest = n + 1 == self.handoffs.len();
        let known = &mut self.handoffs[n];
        let is_new = is_latest && epoch > known.epoch;
        let is_answer = is_latest && known.stage == Stage::Waiting && !known.queued;
        match what {
            What::Open(by) => {
                let word = opened(self.flips, by);
                let is_news = word.1 >= self.flips && word != (self.open, self.flips);
                if is_news {
                    (self.open, self.flips) = word;
                }
                return is_news;
            }
            What::Queued if is_answer => (known.queued, self.open, known.ahead) = (true, true, None),
            What::Queued if is_latest && known.stage == Stage::Waiting => return known.ahead.take().is_some(),
            What::Nobody if is_latest && known.stage == Stage::Waiting => {
                self.open = false;
                (known.stage, known.reason) = (Stage::Closed, Some(CloseReason::Missed));
            }
            What::Claimed(agent) if is_new => {
                (known.stage, known.owner, known.reason) = (Stage::Active, Some(agent), None);
                known.queued = true;
            }
            What::Returned(..) if is_new => (known.stage, known.owner) = (Stage::Waiting, None),
            // What a form has closed meanwhile stays closed by it.
            What::Closed if is_new && known.stage == Stage::Closed => {}
            What::Closed if is_new => {
                (known.stage, known.owner, known.reason) = (Stage::Closed, None, Some(CloseReason::Resolved));
            }
            What::Moved(ahead) if is_latest && known.stage == Stage::Waiting => {
                let is_news = known.ahead != Some(ahead);
                known.ahead = Some(ahead);
                return is_news;
            }
            What::FormOffered if is_latest && known.stage == Stage::Waiting => known.form = true,
            What::Warned if is_latest && known.stage != Stage::Closed => {}
            What::Queued
            | What::Nobody
            | What::Claimed(_)
            | What::Returned(..)
            | What::Closed
            | What::Moved(_)
            | What::FormOffered
            | What::Warned
            | What::Unknown
            | What::SignedOut(_) => return false,
        }
        if known.stage != Stage::Waiting {
            known.ahead = None;
        }
        if matches!(what, What::Claimed(_) | What::Returned(..) | What::Closed) {
            known.epoch = epoch;
        }
        true
    }

    fn notice(&self, what: What, id: &HandoffId, epoch: u32) -> ToRoom {
        let (handoff, epoch, now) = (id.clone(), Epoch(epoch), self.now);
        match what {
            What::Queued => ToRoom::Queued { handoff, place: None },
            What::Nobody => ToRoom::Nobody { handoff },
            What::Open(by) => {
                let (open, flips) = opened(self.flips, by);
                ToRoom::DeskOpen { open, flips }
            }
            What::SignedOut(n) => ToRoom::SignedOut { sign_in: sign_in(n) },
            What::Claimed(n) => ToRoom::Claimed { handoff, epoch, agent: agent_ref(n), at: at(now), department: None },
            What::Returned(n, why) => ToRoom::Returned { handoff, epoch, agent: agent_ref(n), why },
            What::Moved(ahead) => ToRoom::Moved { handoff, place: standing(ahead) },
            What::FormOffered => ToRoom::FormOffered { handoff },
            What::Warned => ToRoom::Warned { handoff, expires_at: at(now + 1_000) },
            What::Unknown => ToRoom::Unknown { handoff },
            What::Closed => ToRoom::Closed { handoff, epoch, reason: CloseReason::Resolved, at: at(now) },
        }
    }

    fn project(&mut self) {
        let Some((done, rows)) = self.fetched.take() else { return };
        for row in rows.into_iter().filter(|row| done.handoffs.iter().any(|(id, _)| *id == row.handoff)) {
            self.history.insert(row.handoff.clone(), row);
        }
        assert!(done.from <= self.history_upto, "told without a gap: {done:?}");
        self.history_upto = self.history_upto.max(done.upto);
        self.apply(Input::Projected(done)).unwrap();
    }

    /// As after hibernation.
    fn reload(&mut self) {
        let last = self.transcript.iter().rev().find(|message| message.event.is_none()).cloned();
        let last_seq = self.transcript.last().map(|message| message.seq).unwrap_or_default();
        let mut loaded = Room::load(conversation(1), self.record.clone(), last_seq, last);
        [Party::Visitor, Party::Agent].into_iter().for_each(|side| loaded.recall(side, self.sockets.of(side)));
        let known = |room: &Room| (room.record().cloned(), room.state(), room.last_seq(), room.rows());
        assert_eq!(known(&loaded), known(&self.room));
        self.room = loaded;
    }

    fn apply(&mut self, input: Input) -> Result<Vec<Effect>, Refusal> {
        let before = format!("{:?}", self.room);
        let result = self.room.apply(at(self.now), input.clone());
        let Ok(effects) = &result else {
            assert_eq!(before, format!("{:?}", self.room), "refused, but changed: {input:?}");
            return result;
        };
        for effect in effects {
            match effect {
                Effect::Append(message) => {
                    assert_eq!((message.seq, message.at), (self.next_seq(), at(self.now)), "no gap");
                    self.transcript.push(by_json(message));
                }
                Effect::Save(record) => self.record = Some(by_json(record)),
                Effect::Show(RoomDown::State { state }) => self.shown = by_json(state),
                Effect::Show(RoomDown::Receipts { receipts }) => self.shown_receipts = by_json(receipts),
                Effect::Show(frame) => panic!("{frame:?}"),
                Effect::HangUp(sign_in) => self.hung_up.push(sign_in.clone()),
                Effect::Erase(seq) => self.transcript[seq.0 as usize - 1].redact(),
                Effect::Shelve(row) => {
                    self.shelf.retain(|known| known.handoff != row.handoff);
                    self.shelf.push(by_json(row));
                }
                Effect::Tell(notice) => self.told.push(by_json(notice)),
                Effect::Ack(_) | Effect::ShowTo(..) => {}
            }
        }
        result
    }

    fn check(&self) {
        assert_eq!(self.shown, self.room.state(), "who watched and who comes new");
        let mut stored = self.record.clone();
        for side in [Party::Visitor, Party::Agent] {
            stored.iter_mut().for_each(|record| grow(&mut record.receipts, side, self.sockets.of(side)));
        }
        assert_eq!(stored.as_ref(), self.room.record(), "stored, or kept by a socket, and known");
        assert_eq!((self.shown_receipts, self.receipts), (self.room.receipts(), self.room.receipts()));
        assert_eq!(self.room.last_seq().0 as usize, self.transcript.len());
        assert_eq!(self.room.admit(&speaker(Who::Visitor)), Ok(()));
        assert_eq!(self.room.admit(&speaker(Who::Stranger)).is_err(), self.begun);
        for n in 0..2 {
            let may = self.room.may_write(&speaker(Who::Agent(n)));
            assert_eq!(may.is_ok(), self.owner() == Some(n), "agent {n}: {may:?}");
        }
        for ((_, id), (ack, body)) in &self.acks {
            let stored = &self.transcript[ack.seq.0 as usize - 1];
            assert_eq!((stored.id.as_ref(), &stored.body, stored.at), (Some(id), body, ack.at));
        }
        self.check_state();
    }

    fn check_state(&self) {
        let state = self.room.state();
        assert_eq!(state.desk_open, self.open);
        assert!(self.room.record().is_none_or(|record| record.flips == self.flips));
        let latest = self.handoffs.last();
        assert_eq!(state.handoff.as_ref().map(|view| &view.id), latest.map(|known| &known.id));
        let Some((view, known)) = state.handoff.zip(latest) else { return };
        assert_eq!((view.stage, view.epoch), (known.stage, Epoch(known.epoch)));
        assert_eq!((view.emailed, view.form_offered), (known.emailed, known.form));
        assert_eq!(view.place.map(|place| place.ahead), known.ahead.map(u32::from));
        if known.stage == Stage::Active {
            assert_eq!(view.agent.map(|agent| agent.id), known.owner.map(agent_id));
        }
        if known.stage == Stage::Closed {
            assert_eq!(view.reason, known.reason);
        }
    }

    /// A history that takes in all there is has all there ever was; one that was lost is told all of it again.
    fn finish(&mut self) {
        self.take_all_in();
        // The history was about to take something in when it was lost.
        let late = Unprojected { from: self.room.last_seq(), upto: self.room.last_seq(), handoffs: vec![] };
        self.history.clear();
        self.history_upto = Seq(0);
        self.apply(Input::Rebuild(self.shelf.clone())).unwrap();
        self.apply(Input::Projected(late)).unwrap();
        self.take_all_in();
    }

    fn take_all_in(&mut self) {
        self.fetched = self.room.unprojected().map(|what| (what, self.room.rows()));
        self.project();
        assert_eq!(self.room.unprojected(), None);
        assert_eq!(self.history_upto.0 as usize, self.transcript.len());
        for known in &self.handoffs {
            let row = self.history.get(&known.id).unwrap();
            assert_eq!((row.stage, row.epoch, row.email.is_some()), (known.stage, Epoch(known.epoch), known.emailed));
        }
        let kept: Vec<&Handoff> = self.room.record().iter().flat_map(|record| &record.handoffs).collect();
        assert!(kept.len() <= 1, "only the latest is kept: {kept:?}");
    }

    fn is_admitted(&self, who: Who) -> bool {
        match who {
            Who::Visitor => true,
            // The visitor is always first: the walk begins so.
            Who::Stranger => false,
            Who::Agent(_) => self.begun,
        }
    }

    fn owner(&self) -> Option<u8> {
        self.handoffs.last().filter(|latest| latest.stage == Stage::Active).and_then(|latest| latest.owner)
    }

    fn prior(&self, who: Who, id: &ClientMsgId) -> Option<Prior> {
        let agent = if let Who::Agent(n) = who { Some(agent_id(n)) } else { None };
        let is_it = |m: &&Message| m.id.as_ref() == Some(id) && m.agent.as_ref().map(|a| a.id.clone()) == agent;
        let message = self.transcript.iter().find(is_it)?;
        Some(Prior { seq: message.seq, at: message.at, content: message.body.clone().map(Content::Text) })
    }

    fn next_seq(&self) -> Seq {
        Seq(self.transcript.len() as u32 + 1)
    }

    fn fresh(&mut self) -> HandoffId {
        self.ids += 1;
        handoff(self.ids)
    }
}

impl Believed {
    fn new(id: HandoffId) -> Believed {
        let (stage, owner, reason) = (Stage::Waiting, None, None);
        Believed { id, stage, epoch: 0, owner, queued: false, reason, emailed: false, ahead: None, form: false }
    }
}

fn speaker(who: Who) -> Speaker {
    match who {
        Who::Visitor => Speaker::Visitor { visitor: visitor(1), widget: widget() },
        Who::Stranger => Speaker::Visitor { visitor: visitor(2), widget: widget() },
        Who::Agent(n) => Speaker::Agent { agent: agent_ref(n) },
    }
}

fn body(n: u8) -> Body {
    Body::parse(&format!("text {n}")).unwrap()
}

fn grow(receipts: &mut Receipts, side: Party, by: Receipt) {
    let mine = match side {
        Party::Visitor => &mut receipts.visitor,
        Party::Agent => &mut receipts.agent,
    };
    *mine = mine.max(by);
}

fn standing(ahead: u8) -> Place {
    Place { ahead: ahead.into(), from_min: None, to_min: None }
}

/// The word of a desk that has changed `by` times more than `flips`: it starts closed.
fn opened(flips: u32, by: i8) -> (bool, u32) {
    let flips = u32::try_from(i64::from(flips) + i64::from(by)).unwrap_or(0);
    (flips % 2 == 1, flips)
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn the_room_follows_the_model(ops in prop::collection::vec(op(), 1..120)) {
        let mut walk = Walk::new();
        walk.step(&Op::Send { who: Who::Agent(0), id: 0, body: 0 });
        // The visitor begins, or else the first stranger would be the visitor.
        walk.step(&Op::Send { who: Who::Visitor, id: 0, body: 0 });
        ops.iter().for_each(|op| walk.step(op));
        walk.finish();
    }
}
