//! Where visitors stand in line, and what they are told of it.

use super::{Desk, Effect};
use crate::notice::ToRoom;
use crate::queue::LineId;
use protocol::desk::QueueRow;
use protocol::room::Place;
use protocol::{HandoffId, Timestamp};
use std::time::Duration;

/// Moves of a line are told together.
const GATHER: Duration = Duration::from_millis(500);
const MOST: usize = Place::MOST as usize;

impl Desk {
    /// The place of one who waits.
    pub(super) fn place_of(&self, now: Timestamp, line: &LineId, handoff: &HandoffId) -> Place {
        let ahead = self.queue.line(line).take(MOST).position(|row| row.handoff == *handoff).unwrap_or(MOST);
        self.place(now, line, ahead)
    }

    fn place(&self, now: Timestamp, line: &LineId, ahead: usize) -> Place {
        match self.paces.get(line) {
            Some(pace) => pace.place(now, ahead),
            None => crate::pace::Pace::default().place(now, ahead),
        }
    }

    /// Tells whoever came to stand elsewhere where that is: far behind, nobody would look.
    pub(super) fn stand(&mut self, row: &mut QueueRow, line: &LineId) {
        let place = self.place_of(self.latest, line, &row.handoff);
        if row.place != Some(place) {
            row.place = Some(place);
            self.tell(&row.conversation, ToRoom::Moved { handoff: row.handoff.clone(), place });
        }
    }

    /// Sees to it that moves are told; soon, also if the clock was set back.
    pub(super) fn gather_moves(&mut self, now: Timestamp) {
        if !self.moved.is_empty() {
            let soon = now + GATHER;
            self.places_at = Some(self.places_at.map_or(soon, |at| at.min(soon)));
        }
    }

    /// Tells everybody whose place is not what they were told. Whoever stands far behind is told that once.
    pub(super) fn tell_places(&mut self, now: Timestamp) {
        self.places_at = None;
        for line in std::mem::take(&mut self.moved) {
            let far = self.place(now, &line, MOST);
            let rows = self.queue.line(&line).enumerate();
            let rows = rows.take_while(|(ahead, row)| *ahead < MOST || row.place != Some(far));
            let news: Vec<QueueRow> = rows
                .map(|(ahead, row)| (self.place(now, &line, ahead), row))
                .filter(|(place, row)| row.place != Some(*place))
                .map(|(place, row)| QueueRow { place: Some(place), ..row.clone() })
                .collect();
            for row in news {
                if let Some(place) = row.place {
                    self.tell(&row.conversation, ToRoom::Moved { handoff: row.handoff.clone(), place });
                }
                // Dashboards see the line itself.
                self.effects.push(Effect::SaveRow(row.clone()));
                self.queue.set_place(&row);
            }
        }
    }

    /// Somebody was picked up: the line has moved.
    pub(super) fn pace(&mut self, now: Timestamp, row: &QueueRow) {
        let pace = self.paces.entry(row.department.clone()).or_default();
        if pace.step(now, row.waits_since()) {
            self.effects.push(Effect::SavePace(row.department.clone(), pace.clone()));
        }
    }
}
