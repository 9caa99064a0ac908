//! What the history is told of a room, and when.

use super::{Effect, Handoff, Room, Unprojected};
use protocol::desk::QueueRow;
use protocol::{Seq, Timestamp};
use std::time::Duration;

/// A burst of messages goes to history and desk as one batch.
const BURST: Duration = Duration::from_millis(400);
/// Where one has just gone, the next may wait for more: the history is one for all rooms, and a batch costs it much the
/// same with one message as with ten.
const BETWEEN: Duration = Duration::from_secs(3);

impl Room {
    /// What the history lacks, if anything.
    pub fn unprojected(&self) -> Option<Unprojected> {
        let record = self.record.as_ref()?;
        let behind = |handoff: &&Handoff| handoff.version > handoff.projected;
        let handoffs: Vec<_> =
            record.handoffs.iter().filter(behind).map(|h| (h.row.handoff.clone(), h.version)).collect();
        let nothing = handoffs.is_empty() && record.projected == self.last_seq;
        (!nothing).then_some(Unprojected { from: record.projected, upto: self.last_seq, handoffs })
    }

    /// When the history is to be told what it lacks, if anything. How a handoff stands is told soon: people go on from
    /// there.
    pub fn project_at(&self, now: Timestamp) -> Option<Timestamp> {
        let lacking = self.unprojected()?;
        let soon = now + BURST;
        Some(if lacking.handoffs.is_empty() { soon.max(self.projected_at + BETWEEN) } else { soon })
    }

    /// The history has taken that in.
    pub(super) fn projected(&mut self, now: Timestamp, done: Unprojected) {
        self.projected_at = now;
        let Some(record) = &mut self.record else { return };
        // A rebuild may have begun meanwhile: what comes before is told again.
        if done.from <= record.projected {
            record.projected = record.projected.max(done.upto);
        }
        for handoff in &mut record.handoffs {
            if let Some((_, version)) = done.handoffs.iter().find(|(id, _)| *id == handoff.row.handoff) {
                handoff.projected = handoff.projected.max(*version);
            }
        }
        let latest = record.handoffs.last().map(|handoff| handoff.row.handoff.clone());
        let is_done = |h: &Handoff| h.version <= h.projected && Some(&h.row.handoff) != latest.as_ref();
        let (done, left) = std::mem::take(&mut record.handoffs).into_iter().partition(is_done);
        record.handoffs = left;
        self.effects.extend(Vec::into_iter(done).map(|done: Handoff| Effect::Shelve(Box::new(done.row))));
        self.keep();
    }

    /// The history is told everything again; what it has already stays as it is.
    pub(super) fn rebuild(&mut self, shelved: Vec<QueueRow>) {
        let Some(record) = &mut self.record else { return };
        self.projected_at = Timestamp(0);
        record.projected = Seq(0);
        record.handoffs.iter_mut().for_each(|handoff| handoff.projected = 0);
        let is_known = |row: &QueueRow| record.handoffs.iter().any(|handoff| handoff.row.handoff == row.handoff);
        let shelved: Vec<_> = shelved.into_iter().filter(|row| !is_known(row)).collect();
        let again = shelved.into_iter().map(|row| Handoff { row, queued: true, version: 1, projected: 0 });
        record.handoffs.splice(0..0, again);
        self.keep();
    }
}
