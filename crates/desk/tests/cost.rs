//! What a turn costs does not grow with the team or with the queue. Counted are allocations, which the load of the
//! machine does not change; times are printed, and judged by nobody. `COST_MINUTES=60` simulates a whole hour of beats.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test, and one that prints times")]
#![allow(unsafe_code, reason = "counting allocations takes an allocator")]

mod common;

use common::{FAR, SETTINGS, at, department, page, profile, roster, routed, staffed};
use desk::Desk;
use desk::desk::{By, Effect, Input, LogEntry, Profile, Stored, Verb, Versions};
use desk::notice::ToDesk;
use protocol::desk::QueueRow;
use protocol::routing::Routing;
use protocol::{
    AgentId, ConversationId, Delivery, Epoch, HandoffId, Intent, Name, RoutingMode, SessionId, SignInId, Stage,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: all is left to the system's allocator; what is added is a number.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A time well after 1970.
const BEGIN: i64 = 1_000_000_000;
const BEAT: i64 = 15_000;

fn agent(n: u32) -> AgentId {
    AgentId::random(n.into())
}

fn tab(n: u32) -> SessionId {
    SessionId::random(n.into())
}

fn open(n: u32) -> Input {
    let by = By {
        agent: agent(n),
        sign_in: SignInId::random(n.into()),
        expires_at: at(FAR),
        versions: Versions { roster: 1, access: 0 },
    };
    Input::Open { by, session: tab(n), idle: false }
}

fn ask(n: u32) -> Input {
    let (handoff, conversation) = (HandoffId::random(n.into()), ConversationId::random(n.into()));
    let row = QueueRow::waiting(handoff, conversation, at(BEGIN + i64::from(n)), page());
    Input::Heard(ToDesk::Ask { row: Box::new(row), by: None })
}

/// Everybody is there, and so many wait.
fn desk_of(agents: u32, waiting: u32) -> Desk {
    let mut desk = Desk::load(SETTINGS, Stored::default());
    let member = |n: u32| Profile { id: agent(n), name: Name::parse(&format!("Agent {n}")).unwrap(), ..profile(0, 5) };
    let agents_ = (0..agents).map(member).collect();
    desk.apply(at(BEGIN), roster(1, agents_)).unwrap();
    (0..agents).for_each(|n| drop(desk.apply(at(BEGIN), open(n)).unwrap()));
    (0..waiting).for_each(|n| drop(desk.apply(at(BEGIN), ask(n)).unwrap()));
    desk
}

fn counted(desk: &mut Desk, input: Input) -> (u64, Vec<Effect>) {
    let before = ALLOCATIONS.with(Cell::get);
    let effects = desk.apply(at(BEGIN + 1_000), input).unwrap();
    (ALLOCATIONS.with(Cell::get) - before, effects)
}

/// Allocations and effects of everything that happens in the middle of a day, one after the other.
fn a_day(agents: u32, waiting: u32) -> Vec<(&'static str, u64, usize)> {
    let mut desk = desk_of(agents, waiting);
    let (id, session, handoff) = (agent(7), tab(7), HandoffId::random(9));
    let does = |epoch, verb| {
        let (agent, handoff) = (id.clone(), handoff.clone());
        Input::Command { agent, handoff, epoch: Epoch(epoch), verb }
    };
    let beat = Input::Beat { agent: id.clone(), session: session.clone(), at: at(BEGIN + 500) };
    [
        ("tick", Input::Tick),
        ("beat", beat),
        ("idle", Input::Idle { agent: id.clone(), session: session.clone(), on: true }),
        ("claim", does(0, Verb::Claim)),
        ("resolve", does(1, Verb::Resolve)),
        ("intend", Input::Intend { agent: id.clone(), intent: Intent::Break }),
        ("ask", ask(1_000_000)),
        ("close", Input::Close { agent: id, session }),
        ("open", open(7)),
        ("end", Input::Ended { access: 1, sign_ins: vec![SignInId::random(7)] }),
    ]
    .into_iter()
    .map(|(name, input)| {
        let (count, effects) = counted(&mut desk, input);
        (name, count, effects.len())
    })
    .collect()
}

#[test]
fn a_turn_costs_the_same_with_ten_times_the_people_and_the_queue() {
    let (small, large) = (a_day(500, 1_000), a_day(5_000, 10_000));
    for ((name, few, shown), (_, many, shown_large)) in small.into_iter().zip(large) {
        println!("{name}: {few} allocations with 500 agents and 1,000 waiting, {many} with ten times as many");
        assert_eq!(shown, shown_large, "{name}: effects");
        // Trees split their nodes now and then.
        assert!(many <= few + 8, "{name}: {few} with 500 agents, {many} with 5,000");
    }
}

/// What an hour of beats comes to.
struct Hour {
    wakes: f64,
    proofs: f64,
    turns_per_s: f64,
}

/// Everybody beats every 15 s, each at a time of their own; beats wake nobody. The alarm asks every socket, as the
/// shell does, and in between a command comes every `pause` ms.
fn an_hour(agents: u32, pause: i64) -> Hour {
    let asked = std::env::var("COST_MINUTES").ok().and_then(|n| n.parse().ok());
    let minutes: i64 = asked.unwrap_or(3);
    let mut desk = desk_of(agents, 0);
    let phase = |n: u32| i64::from(n.wrapping_mul(2_654_435_761) % BEAT as u32);
    let last_beat = |n: u32, now: i64| (now - phase(n)).div_euclid(BEAT) * BEAT + phase(n);
    let (mut now, end) = (BEGIN, BEGIN + minutes * 60_000);
    let (mut wakes, mut proofs, mut turns) = (0u32, 0u32, 0u32);
    let mut in_turns = Duration::ZERO;
    let mut next_turn = now + pause;
    while now < end {
        let alarm = desk.next_wake(at(now)).map_or(end, |wake| wake.0);
        now = alarm.min(next_turn);
        if alarm <= next_turn {
            wakes += 1;
            for n in 0..agents {
                proofs += 1;
                let beat = Input::Beat { agent: agent(n), session: tab(n), at: at(last_beat(n, now).max(BEGIN)) };
                desk.apply(at(now), beat).unwrap();
            }
            assert_eq!(desk.apply(at(now), Input::Tick), Ok(vec![]), "nobody is lost who beats");
            continue;
        }
        next_turn += pause;
        let id = agent(turns * 7 % agents);
        let intent = if turns % 2 == 0 { Intent::Busy } else { Intent::Available };
        turns += 1;
        let began = Instant::now();
        desk.apply(at(now), Input::Intend { agent: id, intent }).unwrap();
        in_turns += began.elapsed();
    }
    let per_hour = |count: u32| f64::from(count) * 60.0 / minutes as f64;
    let (wakes, proofs) = (per_hour(wakes), per_hour(proofs));
    Hour { wakes, proofs, turns_per_s: f64::from(turns) / in_turns.as_secs_f64() }
}

#[test]
fn an_hour_of_beats_wakes_the_desk_as_often_for_many_as_for_few() {
    let (small, large) = (an_hour(500, 5_000), an_hour(5_000, 5_000));
    for (agents, hour) in [(500, &small), (5_000, &large)] {
        let Hour { wakes, proofs, turns_per_s } = hour;
        println!("{agents} agents: {wakes:.0} wake-ups an hour, {proofs:.0} pings read, {turns_per_s:.0} decisions/s");
    }
    println!("a decision takes {:.2} times as long with ten times as many", small.turns_per_s / large.turns_per_s);
    // 45 s from the oldest beat, less the third of it that is kept in hand.
    assert!(large.wakes <= 240.0, "{}", large.wakes);
    assert!(large.wakes <= small.wakes * 1.1);
}

#[test]
fn nobody_there_wakes_nobody() {
    let mut desk = desk_of(50, 0);
    (0..50).for_each(|n| drop(desk.apply(at(BEGIN), Input::Close { agent: agent(n), session: tab(n) }).unwrap()));
    desk.apply(at(BEGIN + i64::from(SETTINGS.grace_ms)), Input::Tick).unwrap();
    assert_eq!((desk.next_deadline(), desk.next_wake(at(BEGIN)), desk.open_until()), (None, None, None));
}

/// A busy day in one department: everybody has one conversation, and so many wait.
struct Rush {
    desk: Desk,
    now: i64,
    asked: u32,
    /// What each agent has or is offered.
    has: BTreeMap<AgentId, (HandoffId, Epoch)>,
    decisions: u32,
    allocations: u64,
    turns: u32,
    took: Duration,
    longest: Duration,
}

impl Rush {
    fn new(agents: u32, waiting: u32, delivery: Delivery) -> Rush {
        let mut rush = Rush {
            desk: Desk::load(SETTINGS, Stored::default()),
            now: BEGIN,
            asked: 0,
            has: BTreeMap::new(),
            decisions: 0,
            allocations: 0,
            turns: 0,
            took: Duration::ZERO,
            longest: Duration::ZERO,
        };
        let team = vec![department(1)];
        let member = |n: u32| Profile { id: agent(n), departments: team.clone(), ..profile(0, 1) };
        let routing = Routing { mode: RoutingMode::LeastLoaded, delivery, ..Routing::default() };
        let roster = staffed(1, (0..agents).map(member).collect(), vec![routed(1, routing)]);
        rush.turn(Input::Roster(roster));
        (0..agents).for_each(|n| rush.turn(open(n)));
        (0..agents + waiting).for_each(|_| rush.ask());
        (0..agents).for_each(|n| rush.accept(&agent(n)));
        (rush.decisions, rush.allocations, rush.turns) = (0, 0, 0);
        (rush.took, rush.longest) = (Duration::ZERO, Duration::ZERO);
        rush
    }

    fn turn(&mut self, input: Input) {
        let (before, began) = (ALLOCATIONS.with(Cell::get), Instant::now());
        let effects = self.desk.apply(at(self.now), input).unwrap();
        let took = began.elapsed();
        self.allocations += ALLOCATIONS.with(Cell::get) - before;
        self.turns += 1;
        self.took += took;
        self.longest = self.longest.max(took);
        for effect in effects {
            match effect {
                Effect::Log(LogEntry::Decision(_)) => self.decisions += 1,
                Effect::SaveRow(row) if row.stage != Stage::Closed => {
                    let holder = row.offer.map(|offer| offer.agent).or(row.agent);
                    self.has.extend(holder.map(|holder| (holder.id, (row.handoff, row.epoch))));
                }
                _ => {}
            }
        }
    }

    fn ask(&mut self) {
        self.asked += 1;
        let (handoff, room) = (HandoffId::random(self.asked.into()), ConversationId::random(self.asked.into()));
        let row = QueueRow::waiting(handoff, room, at(self.now), page());
        let row = Box::new(QueueRow { department: Some(department(1)), ..row });
        self.turn(Input::Heard(ToDesk::Ask { row, by: None }));
    }

    /// Takes what is offered; what was given is taken already.
    fn accept(&mut self, id: &AgentId) {
        self.act(id, Verb::Accept);
    }

    fn act(&mut self, id: &AgentId, verb: Verb) {
        let (handoff, epoch) = self.has[id].clone();
        self.turn(Input::Command { agent: id.clone(), handoff, epoch, verb });
    }

    /// One conversation ends, the next in line is asked of whoever is free or given to them, and another visitor comes.
    fn round(&mut self, n: u32) {
        self.now += 1;
        let id = agent(n);
        self.act(&id, Verb::Resolve);
        self.accept(&id);
        self.ask();
    }

    fn rounds(&mut self, agents: u32, rounds: u32) {
        (0..rounds).for_each(|n| self.round(n * 7 % agents));
    }
}

#[test]
fn a_decision_costs_the_same_with_ten_times_the_queue() {
    for delivery in [Delivery::Offer, Delivery::Assign] {
        let cost = |waiting| {
            let mut rush = Rush::new(100, waiting, delivery);
            rush.rounds(100, 300);
            (rush.allocations / 300, rush.decisions)
        };
        let ((few, done), (many, done_too)) = (cost(1_000), cost(10_000));
        println!("{delivery:?}: {few} allocations a round with 1,000 waiting, {many} with ten times as many");
        assert_eq!(done, done_too);
        assert!(many <= few + few / 20 + 8, "{many} instead of {few}");
    }
}

/// `cargo xtask bench desk`.
#[test]
#[ignore = "a measurement"]
fn decisions_of_a_thousand_agents() {
    let agents = 1_000;
    let trials = std::env::var("BECKON_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(5_000);
    for delivery in [Delivery::Offer, Delivery::Assign] {
        let mut base = None;
        for waiting in [100, 1_000, 10_000, 50_000] {
            let mut rush = Rush::new(agents, waiting, delivery);
            rush.rounds(agents, trials);
            let per_turn = rush.took.as_secs_f64() * 1e6 / f64::from(rush.turns);
            let allocations = rush.allocations as f64 / f64::from(rush.turns);
            let (time, heap) = *base.get_or_insert((per_turn, allocations));
            println!(
                "{}: {agents} agents, {waiting} waiting: {:.0} decisions/s, {per_turn:.1} µs a turn ({:.2} times), \
                 {allocations:.0} allocations a turn ({:.2} times), longest turn {:.1} ms",
                delivery.as_str(),
                f64::from(rush.decisions) / rush.took.as_secs_f64(),
                per_turn / time,
                allocations / heap,
                rush.longest.as_secs_f64() * 1e3,
            );
        }
    }
}
