//! What a party of a conversation sees.

use crate::view::{Picture, View};
use protocol::room::{HandoffView, Message, Place, Receipts, RoomDown, RoomState};
use protocol::{Event, Kind, Stage};

/// An open conversation.
pub type Screen = View<RoomDown, Thread>;

/// Its transcript, and the rest of the room.
#[derive(Debug, Default)]
pub struct Thread {
    /// In order.
    pub messages: Vec<Message>,
    /// As told last.
    pub state: Option<RoomState>,
    /// Every place in line that was shown, in order.
    pub places: Vec<Place>,
    /// How far both have come, as told last.
    pub receipts: Receipts,
}

impl Thread {
    /// What system messages tell, in order.
    pub fn events(&self) -> Vec<Event> {
        self.messages.iter().filter_map(|message| message.event).collect()
    }

    /// The latest handoff.
    pub fn handoff(&self) -> Option<&HandoffView> {
        self.state.as_ref()?.handoff.as_ref()
    }

    fn shown(&mut self, state: RoomState) {
        let place = state.handoff.as_ref().and_then(|handoff| handoff.place);
        if let Some(place) = place.filter(|place| self.places.last() != Some(place)) {
            self.places.push(place);
        }
        self.state = Some(state);
    }
}

impl Picture<RoomDown> for Thread {
    fn take(&mut self, frame: RoomDown) {
        match frame {
            RoomDown::Welcome { messages, state, receipts, .. } => {
                self.messages.extend(messages);
                self.receipts = receipts;
                self.shown(state);
            }
            RoomDown::Message { message } => self.messages.push(message),
            RoomDown::State { state } => self.shown(state),
            RoomDown::Receipts { receipts } => self.receipts = receipts,
            RoomDown::Ack { .. } | RoomDown::Typing { .. } | RoomDown::Error { .. } => {}
        }
    }
}

impl Screen {
    /// Waits until the transcript tells this; the newest, if it did so more than once.
    pub async fn told(&mut self, event: Event) -> Message {
        self.until(event.as_str(), |thread| {
            thread.messages.iter().rev().find(|message| message.event == Some(event)).cloned()
        })
        .await
    }

    /// Waits until a person has written this.
    pub async fn reads(&mut self, kind: Kind, text: &str) -> Message {
        let fits =
            |message: &&Message| message.kind == kind && message.body.as_ref().is_some_and(|it| it.as_str() == text);
        self.until(text, |thread| thread.messages.iter().find(fits).cloned()).await
    }

    /// Waits until the latest handoff is so.
    pub async fn handoff(&mut self, what: &str, fits: impl Fn(&HandoffView) -> bool) -> HandoffView {
        self.until(what, |thread| thread.handoff().filter(|handoff| fits(handoff)).cloned()).await
    }

    /// Waits until the latest handoff is at this stage.
    pub async fn stage(&mut self, stage: Stage) -> HandoffView {
        self.handoff(stage.as_str(), |handoff| handoff.stage == stage).await
    }

    /// Waits until so many are before them in line.
    pub async fn ahead(&mut self, ahead: u32) -> Place {
        let fits = |handoff: &HandoffView| handoff.place.filter(|place| place.ahead == ahead);
        self.until(&format!("{ahead} ahead"), |thread| thread.handoff().and_then(fits)).await
    }
}
