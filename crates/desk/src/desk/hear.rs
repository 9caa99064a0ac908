//! What rooms tell the desk.

use super::{Desk, Effect};
use crate::notice::{ToDesk, ToRoom};
use protocol::desk::QueueRow;
use protocol::room::AgentRef;
use protocol::routing::Decision;
use protocol::{Act, CloseReason, ConversationId, HandoffId, Requeue, Stage, Timestamp};

impl Desk {
    pub(super) fn hear(&mut self, now: Timestamp, notice: ToDesk) {
        match notice {
            ToDesk::Ask { row, by } => self.asked(now, *row, by),
            ToDesk::AfterHours { row } => {
                self.overtake(now, &row);
                self.after_hours(now, *row);
            }
            ToDesk::End { handoff, conversation, epoch } => match self.queue.get(&handoff).cloned() {
                Some(row) => self.finish(now, row, CloseReason::EndedByVisitor, None),
                None => {
                    let (reason, epoch) = (CloseReason::EndedByVisitor, epoch.next());
                    self.tell(&conversation, ToRoom::Closed { handoff, epoch, reason, at: now });
                }
            },
            ToDesk::Activity { handoff, conversation, last } => match self.queue.get(&handoff).cloned() {
                Some(mut row) => {
                    row.last = Some(last);
                    self.save(row);
                }
                None => self.recheck(&conversation, handoff),
            },
            ToDesk::Redacted { conversation, at } => {
                for mut row in self.queue.showing(&conversation, at) {
                    row.last.iter_mut().for_each(|last| last.text.clear());
                    self.save(row);
                }
            }
            ToDesk::Differs { row, checked } => {
                if let Some(ours) = self.queue.get(&row.handoff).filter(|ours| ours.told == checked).cloned() {
                    self.repair(now, ours, *row);
                }
            }
        }
    }

    fn asked(&mut self, now: Timestamp, row: QueueRow, by: Option<AgentRef>) {
        self.overtake(now, &row);
        if let Some(known) = self.queue.get(&row.handoff) {
            let (room, handoff, place) = (known.conversation.clone(), row.handoff, known.place);
            self.tell(&room, ToRoom::Queued { handoff, place });
        } else if let Some(over) = self.queue.closed(&row.handoff) {
            // The room has lost that it is over. It follows a newer epoch than any that it knows.
            let closed = ToRoom::Closed {
                handoff: row.handoff,
                epoch: over.epoch.max(row.epoch).next(),
                reason: over.reason.unwrap_or(CloseReason::Missed),
                at: over.closed_at.unwrap_or(now),
            };
            self.tell(&row.conversation, closed);
        } else if row.stage == Stage::Active {
            self.adopt(now, row);
        } else if self.is_open() || by.is_some() {
            self.enqueue(now, row, by);
        } else {
            self.miss(now, row);
        }
    }

    /// A room has one handoff at a time. If it speaks of the next one, it has closed the one before, by a form
    /// that a claim overtook on the way: the room will not hear of that claim, so it has to end here.
    fn overtake(&mut self, now: Timestamp, next: &QueueRow) {
        let Some(row) = self.queue.of(&next.conversation).filter(|row| row.handoff != next.handoff).cloned() else {
            return;
        };
        self.watch(row.conversation.clone());
        self.shut(now, row, CloseReason::Missed, None);
    }

    fn enqueue(&mut self, now: Timestamp, mut row: QueueRow, by: Option<AgentRef>) {
        let by_agent = by.is_some();
        let what = self.decision(now, &row, if by_agent { Act::Reopened } else { Act::Asked });
        self.decide(Decision { by, ..what });
        let (room, handoff, line) = (row.conversation.clone(), row.handoff.clone(), row.department.clone());
        // In line first, so that its place can be counted; the place is told with the first word.
        self.queue.put(row.clone());
        let place = self.place_of(now, &line, &handoff);
        self.moved.insert(line);
        self.tell(&room, ToRoom::Queued { handoff, place: Some(place) });
        if by_agent {
            // Nobody waited there, so nobody was told whether somebody can answer: maybe nobody can, reopened or not.
            self.uninformed.insert(room);
        }
        row.place = Some(place);
        self.save(row);
    }

    fn miss(&mut self, now: Timestamp, row: QueueRow) {
        self.tell(&row.conversation, ToRoom::Nobody { handoff: row.handoff.clone() });
        self.watch(row.conversation.clone());
        self.shut(now, row, CloseReason::Missed, None);
    }

    /// The visitor left an address. If an agent was quicker, the room has yet to hear of it and will follow:
    /// the handoff stays open, also when that agent was lost meanwhile.
    fn after_hours(&mut self, now: Timestamp, closed: QueueRow) {
        match self.queue.get(&closed.handoff).cloned() {
            Some(mut row) if row.told != closed.told => {
                (row.email, row.visitor_name) = (closed.email, closed.visitor_name);
                self.save(row);
            }
            Some(mut row) => {
                self.watch(closed.conversation.clone());
                (row.email, row.visitor_name) = (closed.email, closed.visitor_name);
                (row.last, row.reason, row.closed_at) = (closed.last, closed.reason, closed.closed_at);
                self.shut(now, row, CloseReason::Missed, None);
            }
            None => self.shut(now, closed, CloseReason::Missed, None),
        }
    }

    /// The room may have an open handoff that the desk does not know, or has closed: if so, it asks for it again.
    pub(super) fn recheck(&mut self, room: &ConversationId, handoff: HandoffId) {
        if self.queue.get(&handoff).is_none() {
            self.tell(room, ToRoom::Unknown { handoff });
        }
    }

    /// A conversation in hand that the desk has lost: whose it is nobody knows any more, so it goes to the front.
    fn adopt(&mut self, now: Timestamp, row: QueueRow) {
        let what = self.decision(now, &row, Act::Repaired);
        self.tally(now, |tally| tally.repaired += 1);
        self.requeue(now, row, Requeue::Vanished, what);
    }

    /// Room and desk disagreed, and nothing was on its way that would have explained it.
    fn repair(&mut self, now: Timestamp, ours: QueueRow, theirs: QueueRow) {
        self.tally(now, |tally| tally.repaired += 1);
        let what = self.decision(now, &ours, Act::Repaired);
        self.decide(what);
        if theirs.stage == Stage::Closed {
            // Nobody opens again what its room has ended.
            return self.shut(now, ours, theirs.reason.unwrap_or(CloseReason::Abandoned), None);
        }
        if theirs.epoch < ours.told {
            // It was behind, and has followed.
            return;
        }
        // The room has heard of more than the desk knows of itself: the desk's word counts, by a newer epoch.
        let epoch = theirs.epoch.max(ours.epoch).next();
        let row = QueueRow { epoch, told: epoch, ..ours };
        let (handoff, at) = (row.handoff.clone(), row.picked_at.unwrap_or(row.asked_at));
        let notice = match (row.stage, row.agent.clone(), theirs.agent) {
            (Stage::Active, Some(agent), _) => {
                Some(ToRoom::Claimed { handoff, epoch, agent, at, department: row.department.clone() })
            }
            (Stage::Waiting, _, Some(agent)) => {
                Some(ToRoom::Returned { handoff, epoch, agent, why: Requeue::Vanished })
            }
            (Stage::Waiting | Stage::Active | Stage::Closed, _, _) => None,
        };
        if let Some(notice) = notice {
            self.tell(&row.conversation, notice);
        }
        self.save(row);
    }

    pub(super) fn watch(&mut self, room: ConversationId) {
        if self.watching.insert(room.clone()) {
            self.effects.push(Effect::Watch(room));
        }
    }

    pub(super) fn unwatch(&mut self, room: ConversationId) {
        if self.watching.remove(&room) {
            self.effects.push(Effect::Unwatch(room));
        }
    }
}
