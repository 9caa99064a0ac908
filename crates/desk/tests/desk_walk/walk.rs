//! One desk beside the model, step by step, and all who follow it: tables, dashboards, rooms.

use crate::common::*;
use crate::model::{Model, Verdict, owner};
use crate::ops::{AGENTS, DEPARTMENTS, Deed, GATHER, Op};
use desk::Desk;
use desk::desk::{Effect, Input, LogEntry, Profile, Roster, Target, Verb};
use desk::notice::{ToDesk, ToRoom};
use protocol::desk::{DeskDown, LastMessage, QueueRow};
use protocol::routing::{ConversationSettings, Decision, Routing};
use protocol::{
    Act, AgentId, Body, CloseReason, ConversationId, Email, Epoch, HandoffId, Kind, Priority, Role, SessionId, Stage,
};
use std::collections::{BTreeMap, BTreeSet};

pub struct Walk {
    pub now: i64,
    pub desk: Desk,
    tables: DeskTables,
    model: Model,
    dashboard: Dashboard,
    roster: Roster,
    /// Last proof of life by socket, as the runtime remembers them.
    proofs: BTreeMap<(AgentId, SessionId), i64>,
    /// What each room has, that hears at once.
    rooms: BTreeMap<ConversationId, QueueRow>,
    /// What each room was told about openness last.
    told_open: BTreeMap<ConversationId, bool>,
    open: bool,
    history: Vec<Input>,
    count: u32,
    steps: usize,
    /// How often the alarm has rung at once.
    rings: usize,
    /// What is dear is checked every so many steps.
    every: usize,
    acts: BTreeMap<Act, usize>,
}

impl Walk {
    pub fn new(every: usize) -> Walk {
        let desk = Desk::load(SETTINGS, DeskTables::default().stored());
        let dashboard = Dashboard::fresh(desk.welcome(&agent_id(0), at(0)));
        let departments = (0..DEPARTMENTS).map(|n| routed(n, Routing::default())).collect();
        let agents = (0..AGENTS).map(|n| staff(n, 2, 0b111)).collect();
        let mut walk = Walk {
            now: 1_000_000_000,
            desk,
            tables: DeskTables::default(),
            model: Model::default(),
            dashboard,
            roster: staffed(1, agents, departments),
            proofs: BTreeMap::new(),
            rooms: BTreeMap::new(),
            told_open: BTreeMap::new(),
            open: false,
            history: Vec::new(),
            count: 0,
            steps: 0,
            rings: 0,
            every,
            acts: BTreeMap::new(),
        };
        walk.turn(Input::Roster(walk.roster.clone()));
        walk
    }

    pub fn report(&self, steps: usize) {
        println!("{steps} steps; decisions: {:?}", self.acts);
        let unseen: Vec<_> = Act::ALL.iter().filter(|act| !self.acts.contains_key(act)).collect();
        assert_eq!(unseen, [&Act::Repaired], "a long walk sees everything but what cannot be here");
    }

    pub fn latest(&self, room: u8) -> Option<HandoffId> {
        self.rooms.get(&conversation(room)).map(|row| row.handoff.clone())
    }

    pub fn step(&mut self, op: &Op) {
        self.steps += 1;
        match *op {
            Op::Pass { ms } => drop(self.pass(ms)),
            Op::Due { early } => {
                let due = self.desk.next_deadline().map_or(0, |due| due.0 - self.now - i64::from(early));
                drop(self.pass(due.clamp(0, 60_000)));
            }
            Op::BeatAll => {
                for (agent, session) in self.desk.leases() {
                    self.hear(Input::Beat { agent, session, at: at(self.now) });
                }
            }
            Op::Sleep => self.sleep(),
            Op::Again { back } => {
                let place = self.history.len().checked_sub(1 + back);
                if let Some(input) = place.and_then(|n| self.history.get(n)).cloned() {
                    self.hear(input);
                }
            }
            _ => {
                if !matches!(op, Op::Beat { .. }) {
                    self.turn(Input::Tick);
                }
                if let Some(input) = self.input(op) {
                    if self.history.len() > 40 {
                        self.history.drain(..20);
                    }
                    // A room's words come once: its outbox is numbered.
                    if !matches!(input, Input::Heard(_) | Input::Roster(_)) {
                        self.history.push(input.clone());
                    }
                    self.turn(input);
                }
            }
        }
    }

    /// What comes late finds what it would find after a tick.
    pub fn compare_without_a_tick(&mut self, sleep: i64, op: &Op) {
        self.now += sleep;
        // Who comes and goes is the shell's business, which ticks before each.
        let is_about_handoffs = |input: &Input| matches!(input, Input::Command { .. } | Input::Heard(_));
        let Some(input) = self.input(op).filter(is_about_handoffs) else { return };
        let now = at(self.now);
        let (mut bare, mut ticked) = (self.desk.clone(), self.desk.clone());
        ticked.apply(now, Input::Tick).unwrap();
        let answers = [&mut bare, &mut ticked].map(|desk| desk.apply(now, input.clone()).map(|_| ()));
        assert_eq!(answers[0], answers[1], "{input:?}");
        let known = [&mut bare, &mut ticked].map(|desk| {
            desk.apply(now, Input::Tick).unwrap();
            Dashboard::fresh(desk.welcome(&agent_id(0), now))
        });
        assert_eq!(known[0], known[1], "{input:?}");
    }

    /// The clock goes on; nothing happens before the desk said that something would.
    fn pass(&mut self, ms: i64) -> Vec<Effect> {
        let deadline = self.desk.next_deadline();
        self.now += ms;
        let effects = self.turn(Input::Tick);
        if deadline.is_none_or(|deadline| at(self.now) < deadline) {
            let news: Vec<_> = effects.iter().filter(|effect| !is_by_the_way(effect)).collect();
            assert_eq!(news, Vec::<&Effect>::new(), "before {deadline:?}");
        }
        effects
    }

    fn input(&mut self, op: &Op) -> Option<Input> {
        let tab = |agent: u8, tab: u8| (agent_id(agent), session(100 + agent * 4 + tab));
        let room = |n: u8| conversation(n);
        Some(match op.clone() {
            Op::Open { agent, tab: n, idle } => Input::Open { by: by(agent), session: tab(agent, n).1, idle },
            Op::Idle { agent, tab: n, on } => {
                let (agent, session) = tab(agent, n);
                Input::Idle { agent, session, on }
            }
            Op::Beat { agent, tab: n, ago } => {
                let (agent, session) = tab(agent, n);
                Input::Beat { agent, session, at: at(self.now - ago) }
            }
            Op::Close { agent, tab: n } => {
                let (agent, session) = tab(agent, n);
                Input::Close { agent, session }
            }
            Op::SignOut { agent } => signs_out(agent),
            Op::Intend { agent, intent } => Input::Intend { agent: agent_id(agent), intent },
            Op::Staff { agent, capacity, departments, present } => {
                self.roster.agents.retain(|profile| profile.id != agent_id(agent));
                if present {
                    self.roster.agents.push(staff(agent, capacity, departments));
                }
                self.read()
            }
            Op::Route { department: n, routing } => {
                let routing = self.without_circles(n, routing);
                self.roster.departments[usize::from(n)] = routed(n, routing);
                self.read()
            }
            Op::Channel { website } => {
                self.roster.conversations = ConversationSettings { website, ..Default::default() };
                self.read()
            }
            Op::Watch { room: n, on: true } => Input::Watch(room(n)),
            Op::Watch { room: n, on: false } => Input::Unwatch(room(n)),
            Op::Ask { room: n, department: of, priority, earlier, reopened } => {
                let row = self.ask(n, of, priority, earlier);
                Input::Heard(ToDesk::Ask { row: Box::new(row), by: reopened.map(agent_ref) })
            }
            Op::End { room: n } => {
                let QueueRow { handoff, conversation, told: epoch, .. } = self.open_of(n)?.clone();
                Input::Heard(ToDesk::End { handoff, conversation, epoch })
            }
            Op::Form { room: n } => Input::Heard(ToDesk::AfterHours { row: Box::new(self.form(n)?) }),
            Op::Say { room: n, by_agent } => {
                let row = self.open_of(n)?;
                let kind = if by_agent && row.stage == Stage::Active { Kind::Agent } else { Kind::Visitor };
                let last = LastMessage { kind, text: "Hm".into(), at: at(self.now) };
                Input::Heard(ToDesk::Activity { handoff: row.handoff.clone(), conversation: room(n), last })
            }
            Op::Do { agent, room: n, behind, deed } => {
                let handoff = self.latest(n).unwrap_or_else(|| HandoffId::random(u128::MAX));
                let known = self.model.rows.get(&handoff).or(self.model.closed.get(&handoff));
                let epoch = Epoch(known.map_or(0, |row| row.epoch.0).wrapping_sub(behind));
                Input::Command { agent: agent_id(agent), handoff, epoch, verb: verb(deed) }
            }
            Op::Reply { room: n, accept } => {
                let row = self.model.rows.get(&self.latest(n)?)?;
                let agent = row.offer.as_ref()?.agent.id.clone();
                let verb = if accept { Verb::Accept } else { Verb::Decline };
                Input::Command { agent, handoff: row.handoff.clone(), epoch: row.epoch, verb }
            }
            Op::Prioritize { room: n, priority } => {
                let priority = Priority::ALL[usize::from(priority)];
                Input::Prioritize { room: room(n), priority, by: agent_id(0) }
            }
            Op::Recheck { room: n } => Input::Recheck { room: room(n), handoff: self.latest(n)? },
            Op::Pass { .. } | Op::Due { .. } | Op::BeatAll | Op::Again { .. } | Op::Sleep => return None,
        })
    }

    fn read(&mut self) -> Input {
        self.roster.version += 1;
        self.roster.agents.sort_by_key(|profile| profile.id.clone());
        Input::Roster(self.roster.clone())
    }

    /// Nobody falls back to themselves; circles of more are allowed.
    fn without_circles(&self, n: u8, routing: Routing) -> Routing {
        let fallback = routing.fallback.clone().filter(|to| *to != department(n));
        Routing { fallback, ..routing }
    }

    /// The open handoff of a room, as the room has it.
    fn open_of(&self, n: u8) -> Option<&QueueRow> {
        self.rooms.get(&conversation(n)).filter(|row| row.stage != Stage::Closed)
    }

    /// A new handoff, or the open one told again.
    fn ask(&mut self, n: u8, of: Option<u8>, priority: u8, earlier: Option<u8>) -> QueueRow {
        if let Some(row) = self.open_of(n) {
            return row.clone();
        }
        self.count += 1;
        let handoff = HandoffId::random(u128::from(self.count) + 1_000);
        let row = QueueRow {
            department: of.map(department),
            priority: Priority::ALL[usize::from(priority)],
            earlier: earlier.map(agent_id),
            ..QueueRow::waiting(handoff, conversation(n), at(self.now), page())
        };
        self.rooms.insert(conversation(n), row.clone());
        row
    }

    /// Only who waits may leave a form: the room refuses it to others.
    fn form(&mut self, n: u8) -> Option<QueueRow> {
        let now = at(self.now);
        let room = self.rooms.get_mut(&conversation(n)).filter(|row| row.stage == Stage::Waiting)?;
        let email = Email::parse("ann@shop.example").ok();
        (room.stage, room.reason, room.closed_at) = (Stage::Closed, Some(CloseReason::Missed), Some(now));
        room.email = email;
        Some(room.clone())
    }

    fn hear(&mut self, input: Input) {
        if !matches!(input, Input::Beat { .. }) {
            self.turn(Input::Tick);
        }
        self.turn(input);
    }

    fn turn(&mut self, input: Input) -> Vec<Effect> {
        self.model.pass(if matches!(input, Input::Beat { .. }) { i64::MIN } else { self.now });
        let verdict = self.model.verdict(&input);
        let is_dear = self.steps.is_multiple_of(self.every);
        let before = is_dear.then(|| format!("{:?}", self.desk));
        let result = self.desk.apply(at(self.now), by_json_if(is_dear, &input));
        let effects = match (&verdict, result) {
            (Verdict::Refused(names), Err(refusal)) => {
                assert!(names.contains(&name(&refusal)), "{refusal:?}, not {names:?}: {input:?}");
                let after = is_dear.then(|| format!("{:?}", self.desk));
                assert_eq!(before, after, "refused, but changed: {input:?}");
                return vec![];
            }
            (Verdict::Done | Verdict::Repeat, Ok(effects)) => effects,
            (verdict, result) => panic!("{verdict:?} was expected of {input:?}: {result:?}"),
        };
        self.follow(&input, &verdict, &effects);
        self.rings = if self.is_ringing() { self.rings + 1 } else { 0 };
        assert!(self.rings < 4, "an alarm without an end");
        if self.rings > 0 && !matches!(input, Input::Beat { .. }) {
            self.turn(Input::Tick);
        }
        effects
    }

    /// All who follow the desk hear what it did.
    fn follow(&mut self, input: &Input, verdict: &Verdict, effects: &[Effect]) {
        let rows = self.model.rows.clone();
        self.model.take(self.now, input);
        self.note_proof(input);
        if matches!(input, Input::Beat { .. }) {
            return assert_eq!(effects, [], "what a proof changes comes with the next answer");
        }
        let decisions = decisions(effects);
        assert!(*verdict != Verdict::Repeat || decisions.is_empty(), "done twice: {decisions:?}");
        self.model.news.clear();
        self.model.ring(self.now);
        for done in &decisions {
            *self.acts.entry(done.act).or_default() += 1;
            self.model.replay(self.now, done, input);
        }
        self.check_rooms(input, effects, &decisions);
        self.tables.keep(effects);
        self.tables.log.clear();
        self.dashboard.watch(effects);
        self.check_rows(&rows, &decisions);
        if !self.is_ringing() {
            self.model.check_done(self.now);
        }
        self.check_answer(input, effects);
        self.check_people();
        self.check_open(effects);
        if self.steps.is_multiple_of(self.every) {
            let fresh = Dashboard::fresh(self.desk.welcome(&agent_id(0), at(self.now)));
            assert_eq!(self.dashboard, fresh, "a dashboard that watched and a new one");
        }
    }

    /// New settings, and other lines, make something due at once that was not before: an alarm sees to that.
    fn is_ringing(&self) -> bool {
        self.desk.next_deadline().is_some_and(|deadline| deadline <= at(self.now))
    }

    fn note_proof(&mut self, input: &Input) {
        match input.clone() {
            Input::Open { by, session, .. } => drop(self.proofs.insert((by.agent, session), self.now)),
            Input::Beat { agent, session, at } => {
                self.proofs.entry((agent, session)).and_modify(|known| *known = at.0.max(*known));
            }
            _ => {}
        }
    }

    /// Each row is what the decisions made of it, and its epoch grows when they say so, and only then.
    fn check_rows(&mut self, before: &BTreeMap<HandoffId, QueueRow>, decisions: &[Decision]) {
        let DeskDown::Welcome { queue, .. } = self.desk.welcome(&agent_id(0), at(self.now)) else { panic!() };
        let known: BTreeSet<_> = queue.iter().map(|row| &row.handoff).collect();
        assert_eq!(known, self.model.rows.keys().collect(), "each handoff once");
        for row in &queue {
            let model = self.model.rows.get_mut(&row.handoff).unwrap();
            let (was, moved) = (before.get(&row.handoff), decisions.iter().any(|done| moves(done, &row.handoff)));
            if let Some(was) = was {
                assert_eq!(row.epoch > was.epoch, moved, "epoch {:?} before {row:?}", was.epoch);
                assert!(row.epoch >= was.epoch);
            }
            (model.epoch, model.told, model.place) = (row.epoch, row.told, row.place);
            assert_eq!(row, model);
        }
        let line: Vec<_> = queue.iter().filter(|row| row.stage == Stage::Waiting).collect();
        for department in (0..DEPARTMENTS).map(|n| Some(department(n))).chain([None]) {
            let of_line = line.iter().filter(|row| row.department == department).map(|row| &row.handoff);
            let expected = self.model.line(department.as_ref()).into_iter().map(|row| &row.handoff);
            assert_eq!(of_line.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "the line of {department:?}");
        }
    }

    /// When moves have been told, everybody knows their place.
    fn check_places(&self) {
        for department in (0..DEPARTMENTS).map(|n| Some(department(n))).chain([None]) {
            for (ahead, row) in (0..).zip(self.model.line(department.as_ref())) {
                assert_eq!(row.place.map(|place| place.ahead), Some(ahead), "{row:?}");
            }
        }
    }

    /// Each room hears exactly what happened to it, in order.
    fn check_rooms(&mut self, input: &Input, effects: &[Effect], decisions: &[Decision]) {
        // Of one that an agent reopened the room says so by itself, and hears the desk's word.
        let is_asked = |handoff: &HandoffId| decisions.iter().any(|d| d.act == Act::Asked && d.handoff == *handoff);
        let mut heard: BTreeMap<ConversationId, Vec<ToRoom>> = BTreeMap::new();
        let mut queued = Vec::new();
        for effect in effects {
            let Effect::Tell(room, notice) = effect else { continue };
            let notice = by_json(notice);
            match &notice {
                ToRoom::Queued { handoff, .. } => {
                    if is_asked(handoff) {
                        self.told_open.insert(room.clone(), true);
                    }
                    queued.push(handoff.clone());
                }
                ToRoom::DeskOpen { open, .. } => drop(self.told_open.insert(room.clone(), *open)),
                ToRoom::Moved { .. } | ToRoom::SignedOut { .. } | ToRoom::Check { .. } | ToRoom::Unknown { .. } => {}
                ToRoom::FormOffered { .. }
                | ToRoom::Warned { .. }
                | ToRoom::Nobody { .. }
                | ToRoom::Claimed { .. }
                | ToRoom::Returned { .. }
                | ToRoom::Closed { .. } => {
                    self.tell(room, &notice);
                    heard.entry(room.clone()).or_default().push(without_epoch(notice));
                }
            }
        }
        let mut expected: BTreeMap<ConversationId, Vec<ToRoom>> = BTreeMap::new();
        for (room, notice) in std::mem::take(&mut self.model.news) {
            expected.entry(room).or_default().push(notice);
        }
        assert_eq!(heard, expected, "what rooms heard of {input:?}");
        let asked = match input {
            Input::Heard(ToDesk::Ask { row, .. }) if self.model.rows.contains_key(&row.handoff) => {
                vec![row.handoff.clone()]
            }
            _ => vec![],
        };
        assert_eq!(queued, asked, "who asks stands in the queue");
        for row in self.model.rows.values() {
            let room = &self.rooms[&row.conversation];
            let has = (&room.handoff, room.stage, owner(room), room.form_offered, room.expires_at);
            let expected = (&row.handoff, row.stage, owner(row), row.form_offered, row.expires_at);
            assert_eq!(has, expected, "what the room has");
        }
    }

    /// As a room takes it.
    fn tell(&mut self, room: &ConversationId, notice: &ToRoom) {
        let row = self.rooms.get_mut(room).unwrap();
        let mut is_newer = |of: &HandoffId, epoch: Epoch| {
            assert_eq!(*of, row.handoff);
            assert!(row.epoch < epoch, "a room is told an old epoch: {notice:?} after {:?}", row.epoch);
            (row.epoch, row.told) = (epoch, epoch);
        };
        match notice.clone() {
            ToRoom::Claimed { handoff, epoch, agent, at, .. } => {
                is_newer(&handoff, epoch);
                (row.stage, row.agent, row.picked_at) = (Stage::Active, Some(agent), Some(at));
            }
            ToRoom::Returned { handoff, epoch, .. } => {
                is_newer(&handoff, epoch);
                row.stage = Stage::Waiting;
            }
            ToRoom::Closed { handoff, epoch, reason, .. } => {
                is_newer(&handoff, epoch);
                (row.stage, row.reason) = (Stage::Closed, Some(reason));
            }
            ToRoom::Nobody { .. } => {
                (row.stage, row.reason) = (Stage::Closed, Some(CloseReason::Missed));
                self.told_open.insert(room.clone(), false);
            }
            ToRoom::FormOffered { .. } => row.form_offered = true,
            ToRoom::Warned { expires_at, .. } => row.expires_at = Some(expires_at),
            _ => {}
        }
    }

    fn check_answer(&self, input: &Input, effects: &[Effect]) {
        let answers: Vec<_> = effects
            .iter()
            .filter_map(|effect| if let Effect::Answer(row) = effect { Some(row) } else { None })
            .collect();
        let Input::Command { handoff, .. } = input else {
            return assert_eq!(answers, Vec::<&QueueRow>::new(), "nobody asked: {input:?}");
        };
        assert_eq!(answers.len(), 1, "{input:?}");
        if let Some(row) = self.model.rows.get(handoff) {
            assert_eq!((answers[0].epoch, answers[0].stage, &answers[0].offer), (row.epoch, row.stage, &row.offer));
        } else {
            assert_eq!(answers[0].stage, Stage::Closed);
        }
    }

    fn check_people(&self) {
        for id in self.model.people.keys() {
            let card = self.desk.card_of(id).unwrap();
            let expected = (self.model.load(id), self.model.status(id));
            assert_eq!((card.load as usize, card.status), expected, "{card:?}");
        }
        for card in self.dashboard.departments.values() {
            assert_eq!(card.late, self.model.is_late(self.now, &card.id), "{card:?}");
        }
    }

    fn check_open(&mut self, effects: &[Effect]) {
        let flips: Vec<bool> =
            effects.iter().filter_map(|e| if let Effect::SaveOpen(open, _) = e { Some(*open) } else { None }).collect();
        let is_open = self.model.is_open();
        assert_eq!(flips, if is_open == self.open { vec![] } else { vec![is_open] }, "flips");
        self.open = is_open;
        assert_eq!(self.desk.is_open(), is_open);
        for row in self.model.rows.values().filter(|row| row.stage == Stage::Waiting) {
            assert_eq!(self.told_open.get(&row.conversation), Some(&is_open), "what the room of {row:?} believes");
        }
    }

    /// As after hibernation: from the tables, and from what the runtime knows of the sockets.
    fn sleep(&mut self) {
        // Moves of the line are told first: a desk that wakes does not know whether they were.
        let mut quiet = 0;
        while quiet < 2 {
            quiet = if self.pass(GATHER).is_empty() { quiet + 1 } else { 0 };
        }
        self.check_places();
        let now = at(self.now);
        let mut loaded = Desk::load(SETTINGS, self.tables.stored());
        for ((agent, session), seen) in &self.proofs {
            let beat = Input::Beat { agent: agent.clone(), session: session.clone(), at: at(*seen) };
            assert_eq!(loaded.apply(now, beat), Ok(vec![]));
        }
        // What is known after the sleep is what was known before: nothing to tell.
        let mut effects = loaded.apply(now, Input::Tick).unwrap();
        self.tables.keep(&effects);
        let is_late =
            |effect: &Effect| matches!(effect, Effect::Show(DeskDown::Department { department }) if department.late);
        effects.retain(|effect| !is_late(effect) && !is_by_the_way(effect));
        assert_eq!(effects, [], "nothing to tell");
        let ends = |desk: &Desk| (desk.next_deadline(), desk.open_until(), desk.leases(), desk.totals());
        assert_eq!(ends(&loaded), ends(&self.desk));
        let fresh = |desk: &Desk| Dashboard::fresh(desk.welcome(&agent_id(0), now));
        assert_eq!(fresh(&loaded), fresh(&self.desk));
        self.desk = loaded;
    }
}

fn staff(n: u8, capacity: u32, departments: u8) -> Profile {
    let role = if n == 0 { Role::ClientAdmin } else { Role::SupportStaff };
    let departments = (0..DEPARTMENTS).filter(|d| departments & (1 << d) != 0).map(department).collect();
    Profile { role, departments, ..profile(n, capacity) }
}

fn verb(deed: Deed) -> Verb {
    let note = |n: u8| Body::parse("Please").ok().filter(|_| n.is_multiple_of(2));
    match deed {
        Deed::Claim => Verb::Claim,
        Deed::Accept => Verb::Accept,
        Deed::Decline => Verb::Decline,
        Deed::Release => Verb::Release,
        Deed::Resolve => Verb::Resolve,
        Deed::TakeOver => Verb::TakeOver,
        Deed::Assign(n) => Verb::Assign { to: agent_id(n) },
        Deed::TransferTo(n) => Verb::Transfer { to: Target::Agent(agent_id(n)), note: note(n) },
        Deed::TransferInto(n) => Verb::Transfer { to: Target::Department(department(n)), note: note(n) },
    }
}

fn decisions(effects: &[Effect]) -> Vec<Decision> {
    let decision = |effect: &Effect| match effect {
        Effect::Log(LogEntry::Decision(decision)) => Some(decision.clone()),
        _ => None,
    };
    effects.iter().filter_map(decision).collect()
}

/// Whether a decision changes who owns a handoff, or who is asked to take it.
fn moves(done: &Decision, handoff: &HandoffId) -> bool {
    use Act::{
        Abandoned, Accepted, Asked, Assigned, Claimed, Declined, EndedByVisitor, Exhausted, Expired, FellBack,
        FormOffered, Missed, OfferLapsed, OfferWithdrawn, Offered, Prioritized, Released, Reopened, Repaired, Resolved,
        Returned, Routed, TakenOver, Transferred, Warned,
    };
    let is_move = match done.act {
        Offered | Routed | Claimed | Accepted | Declined | OfferLapsed | OfferWithdrawn | Assigned | TakenOver
        | Transferred | Released | Returned | FellBack | Resolved | EndedByVisitor | Expired | Abandoned | Missed => {
            true
        }
        Asked | Reopened | Exhausted | Prioritized | FormOffered | Warned | Repaired => false,
    };
    is_move && done.handoff == *handoff
}

/// Places in line and questions to rooms, which change nothing.
fn is_by_the_way(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Tell(_, ToRoom::Moved { .. } | ToRoom::Check { .. }) | Effect::SaveRow(_) | Effect::SaveUpkeep(_)
    )
}

fn without_epoch(notice: ToRoom) -> ToRoom {
    let epoch = Epoch(0);
    match notice {
        ToRoom::Claimed { handoff, agent, at, department, .. } => {
            ToRoom::Claimed { handoff, epoch, agent, at, department }
        }
        ToRoom::Returned { handoff, agent, why, .. } => ToRoom::Returned { handoff, epoch, agent, why },
        ToRoom::Closed { handoff, reason, at, .. } => ToRoom::Closed { handoff, epoch, reason, at },
        other => other,
    }
}

/// What comes over the wire comes by JSON; where that is dear, not always.
fn by_json_if(is_dear: bool, input: &Input) -> Input {
    match input {
        Input::Heard(notice) if is_dear => Input::Heard(by_json(notice)),
        other => other.clone(),
    }
}
