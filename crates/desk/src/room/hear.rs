//! What the desk tells a room. The room follows it on who owns the conversation, by epoch.

use super::{Effect, Room};
use crate::notice::{ToDesk, ToRoom};
use protocol::desk::{Page, QueueRow};
use protocol::room::{AgentRef, Place};
use protocol::{CloseReason, Epoch, Event, HandoffId, Requeue, Stage, Timestamp};

impl Room {
    /// What the desk says counts, unless it was heard before or is older than what is known.
    pub(super) fn hear(&mut self, now: Timestamp, notice: ToRoom) {
        self.word_at = now;
        match notice {
            ToRoom::SignedOut { sign_in } => {
                // What its sockets have kept goes with them.
                self.keep_receipts();
                return self.effects.push(Effect::HangUp(sign_in));
            }
            // Known already.
            ToRoom::DeskOpen { open, flips } if (open, flips) == (self.open, self.flips) => return,
            ToRoom::DeskOpen { open, flips } if flips >= self.flips => {
                self.flips = flips;
                self.set_open(open);
            }
            ToRoom::Queued { handoff, place } if self.is_unconfirmed(&handoff) => {
                self.confirm();
                self.set_open(true);
                self.stand(&handoff, place);
                self.append_event(now, Event::HandoffAsked, None);
            }
            ToRoom::Queued { handoff, place } if self.stands_elsewhere(&handoff, place) => self.stand(&handoff, place),
            ToRoom::Moved { handoff, place } if self.stands_elsewhere(&handoff, Some(place)) => {
                self.stand(&handoff, Some(place));
            }
            ToRoom::FormOffered { handoff } if self.waits(&handoff) && !self.has_form() => {
                self.change_latest(|row| row.form_offered = true);
                self.append_event(now, Event::FormOffered, None);
            }
            ToRoom::Warned { handoff, expires_at } if self.is_unwarned(&handoff, expires_at) => {
                self.change_latest(|row| row.expires_at = Some(expires_at));
                self.append_event(now, Event::ExpiresSoon, None);
            }
            // Also of one that stood in the queue, if the desk has lost it since and was asked again.
            ToRoom::Nobody { handoff } if self.waits(&handoff) => {
                self.set_open(false);
                self.close(now, CloseReason::Missed, now);
            }
            ToRoom::Claimed { handoff, epoch, agent, at, department } if self.is_behind(&handoff, epoch) => {
                self.own(now, epoch, agent, at);
                self.change_latest(|row| row.department = department);
            }
            ToRoom::Returned { handoff, epoch, agent, why } if self.is_behind(&handoff, epoch) => {
                self.wait_again(now, epoch, agent, why);
            }
            ToRoom::Closed { handoff, epoch, reason, at } if self.is_behind(&handoff, epoch) => {
                self.change_latest(|row| (row.epoch, row.told) = (epoch, epoch));
                // What a form has closed meanwhile stays closed by it.
                if self.open_handoff().is_some() {
                    self.close(now, reason, at);
                }
            }
            ToRoom::Check { handoff, epoch, stage, agent, at } => {
                if !self.compare(now, handoff, epoch, stage, agent, at) {
                    return;
                }
            }
            ToRoom::Unknown { handoff } => {
                if let Some(row) = self.open_handoff().filter(|row| row.handoff == handoff).cloned() {
                    self.tell_ask(row, None);
                }
                return;
            }
            // Heard before, or overtaken by what the desk said later.
            ToRoom::DeskOpen { .. }
            | ToRoom::Queued { .. }
            | ToRoom::Moved { .. }
            | ToRoom::FormOffered { .. }
            | ToRoom::Warned { .. }
            | ToRoom::Nobody { .. }
            | ToRoom::Claimed { .. }
            | ToRoom::Returned { .. }
            | ToRoom::Closed { .. } => {}
        }
        self.save();
    }

    fn own(&mut self, now: Timestamp, epoch: Epoch, agent: AgentRef, at: Timestamp) {
        self.confirm();
        self.change_latest(|row| {
            *row = QueueRow {
                stage: Stage::Active,
                epoch,
                told: epoch,
                agent: Some(agent),
                picked_at: Some(at),
                closed_at: None,
                reason: None,
                returned: false,
                place: None,
                ..row.clone()
            };
        });
        self.append_latest_event(now, Event::AgentJoined);
    }

    fn wait_again(&mut self, now: Timestamp, epoch: Epoch, agent: AgentRef, why: Requeue) {
        self.change_latest(|row| {
            (row.stage, row.epoch, row.told) = (Stage::Waiting, epoch, epoch);
            (row.agent, row.returned) = (Some(agent), why == Requeue::Vanished);
        });
        self.append_latest_event(
            now,
            match why {
                Requeue::Vanished => Event::AgentLost,
                Requeue::Released => Event::AgentLeft,
                Requeue::Transferred => Event::Transferred,
            },
        );
    }

    /// Follows the desk where this room is behind, and says so where the two differ; whether that changed anything.
    fn compare(
        &mut self,
        now: Timestamp,
        handoff: HandoffId,
        epoch: Epoch,
        stage: Stage,
        agent: Option<AgentRef>,
        at: Timestamp,
    ) -> bool {
        let known = self.latest().map(|latest| latest.row.clone()).filter(|row| row.handoff == handoff);
        let row = known.unwrap_or_else(|| QueueRow {
            stage: Stage::Closed,
            reason: Some(CloseReason::Abandoned),
            ..QueueRow::waiting(handoff, self.conversation.clone(), now, Page::default())
        });
        let is_same_owner = row.agent.as_ref().map(|owner| &owner.id) == agent.as_ref().map(|owner| &owner.id);
        if row.stage == stage && (stage == Stage::Waiting || is_same_owner) {
            return false;
        }
        let is_behind = row.stage != Stage::Closed && row.epoch < epoch;
        self.effects.push(Effect::Tell(ToDesk::Differs { row: Box::new(row), checked: epoch }));
        match agent.filter(|_| is_behind) {
            Some(agent) if stage == Stage::Active => self.own(now, epoch, agent, at),
            Some(agent) => self.wait_again(now, epoch, agent, Requeue::Vanished),
            None => return false,
        }
        true
    }

    /// Places are not history: they make no new version.
    fn stand(&mut self, handoff: &HandoffId, place: Option<Place>) {
        let latest = self.record.as_mut().and_then(|record| record.handoffs.last_mut());
        if let Some(latest) = latest.filter(|latest| latest.row.handoff == *handoff) {
            latest.row.place = place;
        }
    }

    fn stands_elsewhere(&self, handoff: &HandoffId, place: Option<Place>) -> bool {
        self.waits(handoff) && self.latest().is_some_and(|latest| latest.row.place != place)
    }

    fn waits(&self, handoff: &HandoffId) -> bool {
        self.open_handoff().is_some_and(|row| row.handoff == *handoff && row.stage == Stage::Waiting)
    }

    fn has_form(&self) -> bool {
        self.open_handoff().is_some_and(|row| row.form_offered)
    }

    fn is_unwarned(&self, handoff: &HandoffId, expires_at: Timestamp) -> bool {
        self.open_handoff().is_some_and(|row| row.handoff == *handoff && row.expires_at != Some(expires_at))
    }

    fn close(&mut self, now: Timestamp, reason: CloseReason, at: Timestamp) {
        self.change_latest(|row| {
            (row.stage, row.reason, row.closed_at, row.place) = (Stage::Closed, Some(reason), Some(at), None);
        });
        if let Some(event) = reason.event() {
            self.append_latest_event(now, event);
        }
    }

    fn is_unconfirmed(&self, handoff: &HandoffId) -> bool {
        self.latest().is_some_and(|h| h.row.handoff == *handoff && h.row.stage == Stage::Waiting && !h.queued)
    }

    fn is_behind(&self, handoff: &HandoffId, epoch: Epoch) -> bool {
        self.latest().is_some_and(|h| h.row.handoff == *handoff && h.row.epoch < epoch)
    }

    fn set_open(&mut self, open: bool) {
        self.open = open;
        if let Some(record) = &mut self.record {
            (record.desk_open, record.flips) = (open, self.flips);
        }
    }

    fn confirm(&mut self) {
        if let Some(handoff) = self.record.as_mut().and_then(|record| record.handoffs.last_mut()) {
            handoff.queued = true;
        }
    }
}
