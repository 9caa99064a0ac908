//! The desk of one tenant: the only authority on presence, the queue, ownership and capacity.

mod hear;
mod people;
mod places;
mod questions;
mod routing;
mod rows;
mod show;
mod sign_ins;
mod time;
mod types;
mod verbs;

pub use questions::{Wanted, WantedRows};
pub use types::{
    Agent, By, Config, Department, Effect, Input, LogEntry, Profile, Roster, SignIn, Stored, Target, Upkeep, Verb,
    Versions,
};

use crate::Refusal;
use crate::pace::Pace;
use crate::pool::Pool;
use crate::presence::Rules;
use crate::queue::{LineId, Queue};
use crate::team::Team;
use protocol::routing::ConversationSettings;
use protocol::team::PresenceSettings;
use protocol::{AgentId, Cause, ConversationId, HandoffId, Timestamp};
use show::Shown;
use sign_ins::SignIns;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use time::Clocks;

/// The runtime's clock may slip by this much between a ping and a turn.
const CLOCK_SLIP: Duration = Duration::from_secs(2);

/// The machine.
#[derive(Debug, Clone)]
pub struct Desk {
    config: Config,
    team: Team,
    sign_ins: SignIns,
    queue: Queue,
    pool: Pool,
    clocks: Clocks,
    paces: BTreeMap<LineId, Pace>,
    upkeep: Upkeep,
    watching: BTreeSet<ConversationId>,
    open: bool,
    /// How often `open` has changed.
    flips: u32,
    /// The latest time that was told: a clock that goes back is noticed.
    latest: Timestamp,
    /// What dashboards have.
    shown: Shown,
    /// Rooms that wait again: told of openings and closings are those that wait, and these did not.
    uninformed: BTreeSet<ConversationId>,
    /// Who has changed, and is to be looked at before the turn ends.
    touched: BTreeSet<AgentId>,
    /// Whose card may differ from what is shown.
    unshown: BTreeSet<AgentId>,
    /// Lines that may be served. Left over only if a turn would have become too long.
    due: BTreeSet<LineId>,
    /// Lines in which places may differ from what was told.
    moved: BTreeSet<LineId>,
    /// When that is told.
    places_at: Option<Timestamp>,
    /// Whether somebody was there when lines were last looked at.
    attended: bool,
    /// What is done without anybody asking has come to something new.
    is_upkeep_new: bool,
    /// What the command was about that is being answered.
    answer: Option<HandoffId>,
    effects: Vec<Effect>,
}

impl Desk {
    /// A desk as it was stored. `defaults` hold until the administration is first read; it is read again when a
    /// deployment has changed them.
    pub fn load(defaults: PresenceSettings, stored: Stored) -> Desk {
        let fresh = Config {
            versions: Versions::default(),
            settings: defaults,
            defaults,
            conversations: ConversationSettings::default(),
            departments: Vec::new(),
        };
        let mut config = stored.config.unwrap_or(fresh);
        if config.defaults != defaults {
            // The next who comes has seen a newer version than none.
            (config.defaults, config.versions.roster) = (defaults, 0);
        }
        let mut desk = Desk {
            team: Team::new(Rules::from(config.settings), stored.agents),
            config,
            sign_ins: SignIns::load(stored.sign_ins),
            queue: Queue::default(),
            pool: Pool::default(),
            clocks: Clocks::default(),
            paces: stored.paces.into_iter().collect(),
            upkeep: stored.upkeep,
            watching: stored.watching.into_iter().collect(),
            open: stored.open.0,
            flips: stored.open.1,
            // Nobody knows what the clock did meanwhile: the first tick sees to it.
            latest: Timestamp(i64::MAX),
            shown: Shown::default(),
            uninformed: BTreeSet::new(),
            touched: BTreeSet::new(),
            unshown: BTreeSet::new(),
            due: BTreeSet::new(),
            moved: BTreeSet::new(),
            // Nobody knows what was told, so the first turn looks.
            places_at: Some(Timestamp(0)),
            attended: false,
            is_upkeep_new: false,
            answer: None,
            effects: Vec::new(),
        };
        for row in stored.rows {
            desk.queue.put(row);
        }
        desk.recall();
        desk
    }

    /// Moves the desk on. What has expired by `now` expires first, so that no rule relies on a sweep; only what
    /// sockets prove ([`Input::Beat`], [`Input::Gone`]) comes before that, and what it changes comes with the next
    /// answer. Errors: a [`Refusal`], and nothing has changed but what time changed by itself: that, too, comes with
    /// the next answer.
    pub fn apply(&mut self, now: Timestamp, input: Input) -> Result<Vec<Effect>, Refusal> {
        if matches!(input, Input::Beat { .. } | Input::Gone { .. }) {
            // Should the clock go back before the next tick, that has to notice.
            self.latest = self.latest.max(now);
            return self.take(now, input).map(|()| Vec::new());
        }
        self.expire(now);
        let done = self.take(now, input);
        self.settle(now);
        done?;
        Ok(std::mem::take(&mut self.effects))
    }

    fn take(&mut self, now: Timestamp, input: Input) -> Result<(), Refusal> {
        match input {
            // Not stored: the runtime remembers when a socket last spoke, also over hibernation.
            Input::Beat { agent, session, at } => {
                // One from the future is of a clock that was wrong: believed, it would renew a dead lease for ever.
                if at <= now + CLOCK_SLIP {
                    self.team.change(&agent, |agent, _| agent.presence.beat(&session, at.min(now)));
                }
            }
            Input::Gone { agent, session } | Input::Close { agent, session } => self.close(now, &agent, &session),
            Input::Roster(roster) => self.enroll(now, roster),
            Input::Ended { access, sign_ins } => self.ended(now, access, &sign_ins),
            Input::Open { by, session, idle } => self.open(now, by, session, idle, false)?,
            Input::Idle { agent, session, on } => {
                self.present(now, &agent, Cause::Idle, None, |agent, _| agent.presence.idle(&session, on));
            }
            Input::Heartbeat { by, idle } => self.heartbeat(now, by, idle)?,
            Input::GoOffline { agent, sign_in } => self.leave(now, &agent, &sign_in),
            Input::Intend { agent, intent } => self.intend(now, &agent, None, intent)?,
            Input::IntendFor { agent, by, intent } => self.intend(now, &agent, Some(by), intent)?,
            Input::Attend { by, room } => self.attend(now, &by, &room)?,
            Input::Unattend { sign_in, room } => self.unattend(&sign_in, &room),
            Input::Watch(room) => self.watch(room),
            Input::Unwatch(room) => self.unwatch(room),
            Input::Heard(notice) => self.hear(now, notice),
            Input::Command { agent, handoff, epoch, verb } => self.command(now, &agent, &handoff, epoch, verb)?,
            Input::Prioritize { room, priority, by } => self.prioritize(now, &room, priority, &by),
            Input::Recheck { room, handoff } => self.recheck(&room, handoff),
            Input::Tick => self.check(now),
        }
        Ok(())
    }
}
