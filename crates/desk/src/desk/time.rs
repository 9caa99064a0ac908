//! What time does to handoffs: offers lapse, rings come again, waiting grows long, conversations expire.

use super::Desk;
use super::routing::{RING_PAUSE, STEPS};
use crate::notice::ToRoom;
use crate::queue::LineId;
use protocol::desk::{Offer, QueueRow};
use protocol::routing::ChannelSettings;
use protocol::team::Tally;
use protocol::{Act, CloseReason, HandoffId, Kind, Stage, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// When rooms are asked again whether they have what the desk has.
const CHECK_EVERY: Duration = Duration::from_secs(300);
/// So many are asked at a time.
const CHECKED: usize = 20;

/// When each handoff needs to be looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Clocks {
    of: BTreeMap<HandoffId, Timestamp>,
    order: BTreeSet<(Timestamp, HandoffId)>,
}

impl Clocks {
    pub(super) fn set(&mut self, handoff: &HandoffId, at: Option<Timestamp>) {
        if let Some(before) = self.of.remove(handoff) {
            self.order.remove(&(before, handoff.clone()));
        }
        if let Some(at) = at {
            self.of.insert(handoff.clone(), at);
            self.order.insert((at, handoff.clone()));
        }
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.order.first().map(|(at, _)| *at)
    }

    fn due(&self, now: Timestamp) -> Option<HandoffId> {
        self.order.first().filter(|(at, _)| *at <= now).map(|(_, handoff)| handoff.clone())
    }
}

/// What comes next for a handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Expire,
    Abandon,
    Lapse,
    Ring,
    Warn,
    OfferForm,
}

fn after(at: Timestamp, ms: u32) -> Timestamp {
    at + Duration::from_millis(ms.into())
}

/// The same, where 0 means never.
fn if_any(at: Timestamp, ms: u32) -> Option<Timestamp> {
    (ms > 0).then(|| after(at, ms))
}

impl Desk {
    /// Everything whose time has come.
    pub(super) fn ripen(&mut self, now: Timestamp) {
        // The next turn, which begins at once, goes on with the rest.
        for _ in 0..STEPS {
            let Some(row) = self.clocks.due(now).and_then(|handoff| self.queue.get(&handoff)).cloned() else { break };
            let Some((_, next)) = self.next_of(&row) else { break };
            self.happen(now, row, next);
        }
        if self.places_at.is_some_and(|at| at <= now) {
            self.tell_places(now);
        }
    }

    fn happen(&mut self, now: Timestamp, mut row: QueueRow, next: Next) {
        match next {
            Next::Expire => {
                self.finish(now, row, CloseReason::Expired, None);
                self.tally(now, |tally| tally.expired += 1);
            }
            Next::Abandon => {
                self.finish(now, row, CloseReason::Abandoned, None);
                self.tally(now, |tally| tally.abandoned += 1);
            }
            Next::Lapse => {
                let what = self.decision(now, &row, Act::OfferLapsed);
                self.end_offer(row, true, what);
                self.tally(now, |tally| tally.lapsed += 1);
            }
            Next::Ring => {
                row.declined.clear();
                row.ring_at = None;
                self.save(row);
            }
            Next::Warn => {
                let expires_at = after(row.asked_at, self.channel().expire_after_ms);
                self.tell(&row.conversation, ToRoom::Warned { handoff: row.handoff.clone(), expires_at });
                self.decide(self.decision(now, &row, Act::Warned));
                row.expires_at = Some(expires_at);
                self.save(row);
            }
            Next::OfferForm => self.offer_form(now, row, Vec::new()),
        }
    }

    /// When to look at a handoff again.
    pub(super) fn deadline_of(&self, row: &QueueRow) -> Option<Timestamp> {
        self.next_of(row).map(|(at, _)| at)
    }

    fn next_of(&self, row: &QueueRow) -> Option<(Timestamp, Next)> {
        if row.stage == Stage::Closed {
            return None;
        }
        let ChannelSettings { expire_after_ms, warn_before_ms, close_idle_after_ms } = self.channel();
        let is_waiting = row.stage == Stage::Waiting;
        let expires_at = after(row.asked_at, expire_after_ms);
        let warn_at = after(row.asked_at, expire_after_ms.saturating_sub(warn_before_ms));
        // Nobody leaves without an answer who was not answered themselves: not before the agent of now had it.
        let asked_last = row.last.as_ref().filter(|last| last.kind == Kind::Agent && !is_waiting);
        let asked_last = asked_last.map(|last| last.at.max(row.picked_at.unwrap_or_default()));
        let form_after = row.department.as_ref().map_or(0, |id| self.routing(id).form_after_ms);
        [
            (Some(expires_at), Next::Expire),
            (asked_last.and_then(|at| if_any(at, close_idle_after_ms)), Next::Abandon),
            (row.offer.as_ref().map(|offer| offer.until), Next::Lapse),
            (row.ring_at, Next::Ring),
            (Some(warn_at).filter(|_| warn_before_ms > 0 && row.expires_at != Some(expires_at)), Next::Warn),
            (if_any(row.waits_since(), form_after).filter(|_| is_waiting && !row.form_offered), Next::OfferForm),
        ]
        .into_iter()
        .filter_map(|(at, next)| Some((at?, next)))
        .min()
    }

    fn channel(&self) -> ChannelSettings {
        self.config.conversations.website
    }

    /// The settings have changed, or the clock was set back.
    pub(super) fn wind(&mut self) {
        let clocks: Vec<_> = self.queue.iter().map(|row| (row.handoff.clone(), self.deadline_of(row))).collect();
        clocks.iter().for_each(|(handoff, at)| self.clocks.set(handoff, *at));
    }

    /// The clock was set back: nobody is asked for longer than it would take from now on.
    pub(super) fn rewind_offers(&mut self, now: Timestamp) {
        let rows: Vec<QueueRow> = self.queue.waiting().cloned().collect();
        for row in rows {
            let offer_ms = row.department.as_ref().map_or(0, |id| self.routing(id).offer_ms);
            let offer = row.offer.clone().map(|offer| Offer { until: offer.until.min(after(now, offer_ms)), ..offer });
            let ring_at = row.ring_at.map(|at| at.min(now + RING_PAUSE));
            if (&offer, &ring_at) != (&row.offer, &row.ring_at) {
                self.save(QueueRow { offer, ring_at, ..row });
            }
        }
    }

    /// Whether somebody waits in a line for longer than admins want.
    pub(super) fn is_late(&self, line: &LineId) -> bool {
        self.late_at(line).is_some_and(|at| at <= self.latest)
    }

    fn late_at(&self, line: &LineId) -> Option<Timestamp> {
        if_any(self.queue.oldest(line)?, self.routing(line.as_ref()?).alert_after_ms)
    }

    /// When the next line becomes late.
    pub(super) fn next_late(&self) -> Option<Timestamp> {
        let lines = self.config.departments.iter().map(|department| Some(department.id.clone()));
        lines.filter_map(|line| self.late_at(&line)).filter(|at| *at > self.latest).min()
    }

    /// Asks some rooms whether they have what the desk has. A crash between the two heals by their outboxes; this is for
    /// what nobody has thought of.
    pub(super) fn check(&mut self, now: Timestamp) {
        if self.queue.is_empty() {
            // Whatever comes has just been told.
            self.upkeep.checked_at = now;
        }
        if now.since(self.upkeep.checked_at) < CHECK_EVERY {
            return;
        }
        let rows: Vec<QueueRow> = self.queue.behind(self.upkeep.checked.as_ref()).take(CHECKED).cloned().collect();
        self.upkeep.checked_at = now;
        // From the beginning again after the last.
        self.upkeep.checked = rows.last().filter(|_| rows.len() == CHECKED).map(|row| row.handoff.clone());
        self.is_upkeep_new = true;
        for row in rows {
            let QueueRow { handoff, told: epoch, stage, agent, picked_at, asked_at, conversation, .. } = row;
            let at = picked_at.unwrap_or(asked_at);
            self.tell(&conversation, ToRoom::Check { handoff, epoch, stage, agent, at });
        }
    }

    /// What was done without anybody asking.
    pub fn totals(&self) -> Tally {
        self.upkeep.tally
    }
}
