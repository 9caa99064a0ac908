//! Standing in line, and going: the place and who hears of it, the form instead, the end.

use super::{Effect, Model, Told};
use client::link::{Failure, Ms};
use protocol::Stage;
use protocol::room::{HandoffView, Place, RoomState};

/// Screen readers are told of a moving line this often at most, ms.
const HUSH: Ms = 20_000;

/// The visitor's place, as it is read out.
#[derive(Debug, Default)]
pub struct Spoken {
    /// What was read out last; `None` outside of a line.
    pub place: Option<Place>,
    /// Nothing more before this.
    hush_until: Ms,
}

/// *End chat*.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ending {
    /// Nobody wants to.
    #[default]
    No,
    /// The visitor is asked whether they mean it.
    Confirm,
    /// They do, and the server has not answered.
    Sending,
    /// That did not get through; they are asked again.
    Failed,
}

impl Model {
    /// The visitor's place in line, if they stand in one and it is known.
    pub fn place(&self) -> Option<Place> {
        self.room.handoff.as_ref().and_then(|handoff| handoff.place)
    }

    /// Where the handoff stands, if there is one and it is not over.
    pub(super) fn open_stage(&self) -> Option<Stage> {
        self.room.handoff.as_ref().map(|handoff| handoff.stage).filter(|stage| *stage != Stage::Closed)
    }

    /// The room has changed: what the visitor chose for one handoff, or for one wait, holds for no other.
    pub(super) fn lined(&mut self, before: Option<&HandoffView>) {
        let is_other = before.map(|handoff| &handoff.id) != self.room.handoff.as_ref().map(|handoff| &handoff.id);
        if is_other {
            self.form.another = false;
        }
        if is_other || self.open_stage() != Some(Stage::Waiting) {
            self.form.chosen = None;
        }
        if is_other || self.open_stage().is_none() {
            self.ending = Ending::No;
        }
        let place = self.place();
        if place != before.and_then(|handoff| handoff.place) {
            self.emit(Effect::Tell(Told::Queue(place)));
        }
    }

    /// Lets the newest place be read out, if it is time: not the minutes alone, and not every step of a quick line.
    pub(super) fn speak(&mut self, now: Ms) {
        let place = self.place();
        if place.is_none() {
            self.spoken = Spoken::default();
        } else if self.speak_at().is_some_and(|at| at <= now) {
            self.spoken = Spoken { place, hush_until: now + HUSH };
        }
    }

    /// When [`Model::speak`] is due.
    pub(super) fn speak_at(&self) -> Option<Ms> {
        let ahead = |place: Option<Place>| place.map(|place| place.ahead);
        (ahead(self.place()) != ahead(self.spoken.place)).then_some(self.spoken.hush_until)
    }

    /// From the chat to the form, or back.
    pub(super) fn swap(&mut self) {
        self.form.chosen = Some(!self.prefers_form());
    }

    /// Of those in line: what they chose, or else the form while nobody is there.
    pub(super) fn prefers_form(&self) -> bool {
        self.form.chosen.unwrap_or(!self.room.desk_open)
    }

    /// Whether the form may be had instead of the chat.
    pub(super) fn may_swap(&self) -> bool {
        let offered = self.room.handoff.as_ref().is_some_and(|handoff| handoff.form_offered);
        self.open_stage() == Some(Stage::Waiting) && (offered || !self.room.desk_open)
    }

    /// What *End chat* shows; `None` if there is nothing to end.
    pub fn ending(&self) -> Option<Ending> {
        self.open_stage().map(|_| self.ending)
    }

    pub(super) fn ask_to_end(&mut self) {
        if self.open_stage().is_some() {
            self.ending = Ending::Confirm;
        }
    }

    pub(super) fn end(&mut self) {
        if self.is_asked() {
            self.ending = Ending::Sending;
            self.told = false;
            self.emit(Effect::End);
        }
    }

    pub(super) fn stay(&mut self) {
        if self.is_asked() {
            self.ending = Ending::No;
        }
    }

    /// The question whether the visitor means it stands there, and can be answered.
    fn is_asked(&self) -> bool {
        matches!(self.ending, Ending::Confirm | Ending::Failed)
    }

    pub(super) fn ended(&mut self, reply: Result<RoomState, Failure>) {
        match reply {
            // It may have been sent before the desk has heard of the end; the link brings the rest.
            Ok(state) => self.replied(state),
            Err(_) if self.ending == Ending::Sending => self.ending = Ending::Failed,
            Err(_) => {}
        }
    }

    /// The question, if there is one, or else the panel.
    pub(super) fn escape(&mut self, now: Ms) {
        if self.is_asked() { self.stay() } else { self.show(now, false) }
    }
}
