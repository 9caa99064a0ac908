//! One desk beside the model, step by step, and an administration that ends sign-ins and changes the team.

use crate::common::*;
use crate::model::Model;
use desk::Desk;
use desk::desk::{By, Effect, Input, LogEntry, Profile, Roster, Verb, Versions, Wanted};
use desk::notice::{ToDesk, ToRoom};
use protocol::desk::{AgentCard, DeskDown, QueueRow};
use protocol::routing::{ChannelSettings, ConversationSettings, Routing};
use protocol::team::{Counts, PresenceSettings};
use protocol::{AgentId, Epoch, Intent, Reachability, SessionId, SignInId, Stage, Status};
use std::collections::{BTreeMap, BTreeSet};

pub const AGENTS: u8 = 4;

#[derive(Debug, Clone)]
pub enum Op {
    Open {
        agent: u8,
        tab: u8,
        slot: u8,
        idle: bool,
        life: i64,
    },
    Beat {
        agent: u8,
        tab: u8,
        off: i64,
    },
    Close {
        agent: u8,
        tab: u8,
    },
    Gone {
        agent: u8,
        tab: u8,
    },
    Idle {
        agent: u8,
        tab: u8,
        on: bool,
    },
    Heartbeat {
        agent: u8,
        slot: u8,
        idle: bool,
    },
    GoOffline {
        agent: u8,
        slot: u8,
    },
    /// The administration ends a sign-in …
    End {
        agent: u8,
        slot: u8,
    },
    /// … and the desk reads of all that have ended.
    Learn,
    Team {
        present: u8,
        capacity: u32,
        departments: u8,
        settings: PresenceSettings,
    },
    Intend {
        agent: u8,
        by: Option<u8>,
        intent: Intent,
    },
    Attend {
        agent: u8,
        slot: u8,
        room: u8,
        on: bool,
    },
    Ask {
        handoff: u8,
    },
    Claim {
        agent: u8,
        handoff: u8,
        behind: u32,
    },
    Resolve {
        agent: u8,
        handoff: u8,
        behind: u32,
    },
    Pass {
        ms: i64,
    },
    Tick,
    /// Something that came before comes again.
    Again {
        back: usize,
    },
    /// From the tables, and then from the sockets, as after hibernation.
    Sleep,
}

pub struct Walk {
    now: i64,
    desk: Desk,
    tables: DeskTables,
    logged: usize,
    model: Model,
    dashboard: Dashboard,
    /// The last ping of each socket, as the runtime remembers it.
    pings: BTreeMap<(AgentId, SessionId), i64>,
    /// Sign-ins by agent and slot, and until when they are good.
    issued: BTreeMap<(u8, u8), (SignInId, i64)>,
    count: u8,
    versions: Versions,
    ended: BTreeSet<SignInId>,
    /// Those of them that the desk has read of.
    learnt: BTreeSet<SignInId>,
    staff: BTreeSet<u8>,
    history: Vec<Input>,
    replayed: BTreeMap<AgentId, (Reachability, Intent)>,
    flips: u32,
}

impl Walk {
    pub fn new() -> Walk {
        let desk = Desk::load(SETTINGS, DeskTables::default().stored());
        let dashboard = Dashboard::fresh(desk.welcome(&agent_id(0), at(0)));
        let mut walk = Walk {
            now: 1_000_000_000,
            desk,
            tables: DeskTables::default(),
            logged: 0,
            model: Model::new(),
            dashboard,
            pings: BTreeMap::new(),
            issued: BTreeMap::new(),
            count: 0,
            versions: Versions::default(),
            ended: BTreeSet::new(),
            learnt: BTreeSet::new(),
            staff: BTreeSet::new(),
            history: Vec::new(),
            replayed: BTreeMap::new(),
            flips: 0,
        };
        walk.step(&Op::Team { present: 0b0111, capacity: 2, departments: 0b0110, settings: SETTINGS });
        walk
    }

    pub fn step(&mut self, op: &Op) {
        match *op {
            Op::Pass { ms } => self.now += ms,
            Op::Sleep => self.sleep(),
            Op::Again { back } => {
                let place = self.history.len().checked_sub(1 + back);
                if let Some(input) = place.and_then(|n| self.history.get(n)).cloned() {
                    self.hear(input);
                }
            }
            _ => {
                let input = self.input(op);
                self.history.push(input.clone());
                self.hear(input);
            }
        }
    }

    fn input(&mut self, op: &Op) -> Input {
        let tab = |agent: u8, tab: u8| (agent_id(agent), session(100 + agent * 4 + tab));
        match op.clone() {
            Op::Open { agent, tab: n, slot, idle, life } => {
                let by = self.by(agent, slot, life);
                Input::Open { by, session: tab(agent, n).1, idle }
            }
            Op::Beat { agent, tab: n, off } => {
                let ((agent, session), at) = (tab(agent, n), at(self.now + off));
                Input::Beat { agent, session, at }
            }
            Op::Close { agent, tab: n } => {
                let (agent, session) = tab(agent, n);
                Input::Close { agent, session }
            }
            Op::Gone { agent, tab: n } => {
                let (agent, session) = tab(agent, n);
                Input::Gone { agent, session }
            }
            Op::Idle { agent, tab: n, on } => {
                let (agent, session) = tab(agent, n);
                Input::Idle { agent, session, on }
            }
            Op::Heartbeat { agent, slot, idle } => Input::Heartbeat { by: self.by(agent, slot, FAR), idle },
            Op::GoOffline { agent, slot } => {
                Input::GoOffline { agent: agent_id(agent), sign_in: self.by(agent, slot, FAR).sign_in }
            }
            Op::End { agent, slot } => {
                if let Some((id, _)) = self.issued.remove(&(agent, slot)) {
                    self.ended.insert(id);
                    self.versions.access += 1;
                }
                Input::Tick
            }
            Op::Learn => {
                self.learnt = self.ended.clone();
                let sign_ins = self.ended.iter().cloned().collect();
                Input::Ended { access: self.versions.access, sign_ins }
            }
            Op::Team { present, capacity, departments, settings } => {
                self.team(present, capacity, departments, settings)
            }
            Op::Intend { agent, by: None, intent } => Input::Intend { agent: agent_id(agent), intent },
            Op::Intend { agent, by: Some(by), intent } => {
                Input::IntendFor { agent: agent_id(agent), by: agent_id(by), intent }
            }
            Op::Attend { agent, slot, room, on } => {
                let (by, room) = (self.by(agent, slot, FAR), conversation(room));
                if on { Input::Attend { by, room } } else { Input::Unattend { sign_in: by.sign_in, room } }
            }
            Op::Ask { handoff: n } => {
                let (handoff, conversation, asked_at) = (handoff(n), conversation(100 + n), at(self.now));
                let row = QueueRow::waiting(handoff, conversation, asked_at, page());
                Input::Heard(ToDesk::Ask { row: Box::new(row), by: None })
            }
            Op::Claim { agent, handoff: n, behind } => command(agent, n, self.epoch(n, behind).0, Verb::Claim),
            Op::Resolve { agent, handoff: n, behind } => command(agent, n, self.epoch(n, behind).0, Verb::Resolve),
            Op::Tick | Op::Pass { .. } | Op::Again { .. } | Op::Sleep => Input::Tick,
        }
    }

    /// As the Worker reads a sign-in; one that is over was replaced by a new one.
    fn by(&mut self, agent: u8, slot: u8, life: i64) -> By {
        let now = self.now;
        self.issued.retain(|_, (_, expires_at)| now < *expires_at);
        let count = &mut self.count;
        let (sign_in, expires_at) = self.issued.entry((agent, slot)).or_insert_with(|| {
            *count = count.wrapping_add(1);
            (SignInId::random(u128::from(*count) + 1000), now.saturating_add(life))
        });
        let (sign_in, expires_at) = (sign_in.clone(), at(*expires_at));
        By { agent: agent_id(agent), sign_in, expires_at, versions: self.versions }
    }

    fn team(&mut self, present: u8, capacity: u32, departments: u8, settings: PresenceSettings) -> Input {
        let staff: BTreeSet<u8> = (0..AGENTS).filter(|n| present & (1 << n) != 0).collect();
        // Who is taken out has all sign-ins ended in the same batch.
        for n in self.staff.difference(&staff) {
            let out: Vec<_> = self.issued.keys().filter(|(agent, _)| agent == n).copied().collect();
            self.ended.extend(out.iter().filter_map(|slot| Some(self.issued.remove(slot)?.0)));
            self.versions.access += 1;
        }
        let member = |n: &u8| Profile {
            // Two share a name.
            name: name_of(n / 2 + (departments & 1)),
            departments: (0..3).filter(|d| (departments >> (d + n)) & 1 == 1).map(department).collect(),
            ..profile(*n, capacity)
        };
        let agents = staff.iter().map(member).collect();
        self.staff = staff;
        self.versions.roster += 1;
        let departments = (0..2).map(|n| routed(n, Routing::default())).collect();
        // Handoffs live on while the clock goes where it likes: other walks end them.
        let website = ChannelSettings { expire_after_ms: u32::MAX, warn_before_ms: 0, close_idle_after_ms: 0 };
        let conversations = ConversationSettings { website, ..Default::default() };
        let roster = staffed(self.versions.roster, agents, departments);
        Input::Roster(Roster { settings, conversations, ..roster })
    }

    fn epoch(&self, n: u8, behind: u32) -> Epoch {
        Epoch(self.model.rows.get(&handoff(n)).map_or(0, |row| row.epoch).wrapping_sub(behind))
    }

    fn hear(&mut self, input: Input) {
        let mut after = self.model.clone();
        let expected = after.apply(self.now, &input);
        if expected.is_err() {
            // What time does is none of the refusal's business.
            self.hear(Input::Tick);
            after = self.model.clone();
            assert_eq!(after.apply(self.now, &input), expected);
        }
        let before = (format!("{:?}", self.desk), self.desk.clone());
        let result = self.desk.apply(at(self.now), input.clone());
        assert_eq!(result.as_ref().map(drop).map_err(name), expected, "{input:?}");
        let Ok(effects) = result else {
            return assert_eq!(before.0, format!("{:?}", self.desk), "refused, but changed: {input:?}");
        };
        self.check_intents(&input, &before.1);
        self.model = after;
        self.note_ping(&input);
        if matches!(input, Input::Beat { .. } | Input::Gone { .. }) {
            return assert_eq!(effects, [], "what a proof changes comes with the next answer");
        }
        self.tables.keep(&effects);
        self.dashboard.watch(&effects);
        self.check_news(&effects);
        self.check();
    }

    fn note_ping(&mut self, input: &Input) {
        match input.clone() {
            Input::Open { by, session, .. } => drop(self.pings.insert((by.agent, session), self.now)),
            // The runtime's clock tells a time of the future only if it is set back, and then the next ping mends it.
            Input::Beat { agent, session, at } if at.0 <= self.now + 2_000 => {
                let now = self.now;
                let newer = |known: i64| if known > now + 2_000 { at.0 } else { at.0.max(known) };
                self.pings.entry((agent, session)).and_modify(|known| *known = newer(*known));
            }
            _ => {}
        }
    }

    fn sleep(&mut self) {
        self.hear(Input::Tick);
        // Moves of a line are told together, a moment later: a desk that wakes tells them at once.
        self.now += 500;
        self.hear(Input::Tick);
        let mut loaded = Desk::load(SETTINGS, self.tables.stored());
        for ((agent, session), ping) in self.pings.clone() {
            let beat = Input::Beat { agent, session, at: at(ping) };
            assert_eq!(loaded.apply(at(self.now), beat.clone()), Ok(vec![]));
            self.hear(beat);
        }
        // The first tick after a sleep takes the clock as it finds it.
        let mut effects = loaded.apply(at(self.now), Input::Tick).unwrap();
        // Checks are not for this walk, nor moves in line that were still being gathered: the walk of the desk looks at those.
        effects.retain(|effect| match effect {
            Effect::SaveUpkeep(_) | Effect::SaveRow(_) => false,
            Effect::Tell(_, notice) => !matches!(notice, ToRoom::Check { .. } | ToRoom::Moved { .. }),
            _ => true,
        });
        assert_eq!(effects, [], "nothing to tell");
        let known = |desk: &Desk| {
            let ends = (desk.next_deadline(), desk.open_until(), desk.versions(), desk.sign_ins(), desk.word());
            let mut welcome = desk.welcome(&agent_id(0), at(0));
            if let DeskDown::Welcome { queue, .. } = &mut welcome {
                queue.iter_mut().for_each(|row| row.place = None);
            }
            (welcome, desk.leases(), ends)
        };
        assert_eq!(known(&loaded), known(&self.desk));
        self.desk = loaded;
    }

    /// Manual intent is changed by nothing but a choice.
    fn check_intents(&self, input: &Input, before: &Desk) {
        for card in cards(before) {
            let Ok(now) = self.desk.card_of(&card.id) else { continue };
            let chosen = match input {
                Input::Intend { agent, intent } | Input::IntendFor { agent, intent, .. } if *agent == card.id => {
                    *intent
                }
                _ => card.intent,
            };
            assert_eq!(now.intent, chosen, "{input:?}");
        }
    }

    /// Who was to hear of it has heard, and nobody else.
    fn check_news(&mut self, effects: &[Effect]) {
        let mut expected = std::mem::take(&mut self.model.news);
        let mut heard = crate::model::News::default();
        for entry in &self.tables.log[self.logged..] {
            match entry.clone() {
                LogEntry::Change(change) => heard.changes.push(change),
                LogEntry::Seen { sign_in, at } => heard.seen.push((sign_in, at.0)),
                LogEntry::Decision(_) => {}
            }
        }
        self.logged = self.tables.log.len();
        for effect in effects {
            match effect.clone() {
                Effect::Drop(session) => heard.silent.push(session),
                Effect::HangUp(sign_in) => heard.hung_up.push(sign_in),
                Effect::Tell(room, ToRoom::SignedOut { sign_in }) => heard.told.push((room, sign_in)),
                Effect::DropAgent(agent) => drop(self.replayed.remove(&agent)),
                Effect::SaveOpen(_, flips) => {
                    assert_eq!(flips, self.flips + 1);
                    self.flips = flips;
                }
                _ => {}
            }
        }
        for news in [&mut expected, &mut heard] {
            // In order for each agent; of several agents in any.
            news.changes.sort_by_key(|change| change.agent.clone());
            news.seen.sort();
            news.silent.sort();
            news.hung_up.sort();
            news.told.sort();
        }
        assert_eq!(heard, expected);
        for change in heard.changes.into_iter().filter(|change| self.model.people.contains_key(&change.agent)) {
            self.replayed.insert(change.agent, (change.reachability, change.intent));
        }
    }

    fn check(&self) {
        let welcome = self.desk.welcome(&agent_id(0), at(self.now));
        assert_eq!(self.dashboard, Dashboard::fresh(welcome), "a dashboard that watched and a new one");
        let cards = cards(&self.desk);
        assert_eq!(cards.len(), self.model.people.len());
        cards.iter().for_each(|card| self.check_card(card));
        self.check_ends();
        self.check_lists(&cards);
        let known: BTreeSet<_> = self.desk.sign_ins().into_iter().collect();
        assert_eq!(known, self.model.known(), "a sign-in is known while something of it is open");
        assert!(self.learnt.is_disjoint(&known), "what has ended stays ended");
        assert_eq!(self.tables.sign_ins.keys().cloned().collect::<BTreeSet<_>>(), known, "stored and known");
        for department in self.dashboard.departments.values() {
            assert_eq!(department.covered, self.model.is_covered(&department.id), "{department:?}");
        }
    }

    fn check_card(&self, card: &AgentCard) {
        let person = &self.model.people[&card.id];
        let load = self.model.load(&card.id);
        let expected = AgentCard {
            id: card.id.clone(),
            name: person.profile.name.clone(),
            role: person.profile.role,
            intent: person.intent,
            reachability: person.reachability(),
            status: self.model.status(person),
            load,
            capacity: person.profile.capacity,
            departments: person.profile.departments.clone(),
            since: at(person.since),
            seen_at: if person.tabs.is_empty() { person.seen.map(at) } else { None },
        };
        assert_eq!(*card, expected);
        let replayed = self.replayed.get(&card.id).copied();
        let fresh = (Reachability::Offline, Intent::Available);
        assert_eq!(replayed.unwrap_or(fresh), (card.reachability, card.intent), "the log says the same");
        assert!(card.reachability != Reachability::Offline || load == 0, "gone, and still an owner: {card:?}");
        if card.status == Status::Available {
            let stale = i64::from(self.model.settings.stale_after_ms);
            // A tenant that shortens stale_after asks its sockets before anybody falls to it.
            let longest = stale.max(600_000);
            assert!(person.tabs.values().any(|tab| self.now < tab.proven + longest), "{person:?}");
        }
    }

    fn check_ends(&self) {
        let deadline = self.desk.next_deadline().map(|at| at.0);
        let open = self.tables.rows.values().filter(|row| row.stage != Stage::Closed);
        let handoffs_end = open.map(|row| row.asked_at.0 + i64::from(u32::MAX)).min();
        assert_eq!(deadline, self.model.deadline().into_iter().chain(handoffs_end).min());
        let settings = self.model.settings;
        let longest = i64::from(settings.stale_after_ms.max(settings.grace_ms));
        if let Some(ends) = self.model.presence_ends() {
            assert!(ends <= self.now + longest, "somebody lives too long");
            assert!(deadline.is_some_and(|at| at <= ends));
        }
        let is_asleep = self.model.known().is_empty() && handoffs_end.is_none();
        assert_eq!(deadline.is_none(), is_asleep, "nobody is there, and nothing rings");
        let until = self.desk.open_until();
        assert_eq!(until.map(|at| at.0), self.model.open_until());
        assert_eq!(self.desk.is_open(), until.is_some());
        if let Some(until) = until {
            let mut left_alone = self.desk.clone();
            left_alone.apply(until.max(at(self.now)), Input::Tick).unwrap();
            assert!(!left_alone.is_open(), "open beyond {until:?}");
        }
    }

    fn check_lists(&self, cards: &[AgentCard]) {
        for limit in 1..=usize::from(AGENTS) + 1 {
            let (mut after, mut all) = (None, Vec::new());
            loop {
                let page = self.desk.agents(Wanted { after, ..Wanted::default() }, limit);
                assert!(page.len() <= limit);
                let Some(last) = page.last() else { break };
                after = Some((last.name.clone(), last.id.clone()));
                all.extend(page);
            }
            assert_eq!(all, cards, "by pages of {limit}");
        }
        for status in Status::ALL {
            for in_department in [None, Some(department(0)), Some(department(1))] {
                let wanted = Wanted { status: Some(*status), department: in_department.clone(), after: None };
                let fits = |card: &&AgentCard| {
                    card.status == *status && in_department.as_ref().is_none_or(|d| card.departments.contains(d))
                };
                assert!(self.desk.agents(wanted, 100).iter().eq(cards.iter().filter(fits)));
            }
        }
        let reply = self.desk.presence(at(self.now));
        assert_eq!(reply.tenant, counts(cards.iter()));
        for counted in reply.departments {
            let id = &counted.department.id;
            assert_eq!(counted.counts, counts(cards.iter().filter(|card| card.departments.contains(id))));
        }
        let leases = self.model.people.values().flat_map(|p| p.tabs.iter().map(move |(s, t)| (p, s, t)));
        let tabs = leases.clone().filter(|(_, _, tab)| !tab.api).map(|(p, s, _)| (p.profile.id.clone(), s.clone()));
        assert_eq!(self.desk.leases(), tabs.collect::<Vec<_>>());
        assert_eq!(self.desk.lease_count(), leases.count());
        assert!(self.desk.leases_of(&agent_id(1)).iter().all(|(id, n)| *n > 0 && self.model.known().contains(id)));
    }
}

fn cards(desk: &Desk) -> Vec<AgentCard> {
    match desk.welcome(&agent_id(0), at(0)) {
        DeskDown::Welcome { agents, .. } => agents,
        frame => panic!("{frame:?}"),
    }
}

fn counts<'a>(cards: impl Iterator<Item = &'a AgentCard> + Clone) -> Counts {
    let of = |wanted: &[Status]| cards.clone().filter(|card| wanted.contains(&card.status)).count() as u32;
    let available = cards.clone().filter(|card| card.status == Status::Available);
    Counts {
        agents: cards.clone().count() as u32,
        online: cards.clone().count() as u32 - of(&[Status::Offline]),
        available: of(&[Status::Available]),
        busy: of(&[Status::Busy]),
        away: of(&[Status::Away]),
        occupied: of(&[Status::InMeeting, Status::Break, Status::DoNotDisturb]),
        offline: of(&[Status::Offline]),
        load: cards.clone().map(|card| card.load).sum(),
        spare: available.map(|card| card.capacity - card.load).sum(),
    }
}
