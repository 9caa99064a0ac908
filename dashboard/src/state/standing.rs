//! How a conversation stands towards the agent who looks at it: what they may do with it.

use crate::text;
use protocol::desk::QueueRow;
use protocol::room::{AgentRef, RoomState};
use protocol::{AgentId, Epoch, HandoffId, Stage};

/// How a conversation stands towards the agent who looks at it.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// Ours: we may write, pass it on, put it back, and resolve it.
    Mine(Handle),
    /// It rings for us: we may accept or decline.
    Rings(Handle),
    /// Nobody's, but somebody else is being asked, by this name.
    RingsFor(Handle, String),
    /// Anybody's: we may pick it up.
    Waits(Handle),
    /// A colleague's, by this name.
    Theirs(Handle, String),
    /// Nobody's any more; this was the last handoff, if there was one.
    Over(Option<HandoffId>),
    /// Not known yet.
    Unknown,
}

/// What a command needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Handle {
    /// Which handoff.
    pub handoff: HandoffId,
    /// As last seen.
    pub epoch: Epoch,
}

impl From<&QueueRow> for Handle {
    fn from(row: &QueueRow) -> Handle {
        Handle { handoff: row.handoff.clone(), epoch: row.epoch }
    }
}

impl Standing {
    /// By the desk's row, the authority; by the room's own word where the desk has none to show.
    pub fn of(row: Option<&QueueRow>, room: Option<&RoomState>, me: &AgentId) -> Standing {
        if let Some(row) = row {
            let asked = row.offer.as_ref().map(|offer| &offer.agent);
            return stand(row.stage, row.into(), row.agent.as_ref(), asked, me);
        }
        match room.map(|room| &room.handoff) {
            Some(Some(view)) => {
                let handle = Handle { handoff: view.id.clone(), epoch: view.epoch };
                stand(view.stage, handle, view.agent.as_ref(), None, me)
            }
            Some(None) => Standing::Over(None),
            None => Standing::Unknown,
        }
    }

    /// What a command about an open handoff needs.
    pub fn open(&self) -> Option<&Handle> {
        match self {
            Standing::Mine(handle)
            | Standing::Rings(handle)
            | Standing::RingsFor(handle, _)
            | Standing::Waits(handle)
            | Standing::Theirs(handle, _) => Some(handle),
            Standing::Over(_) | Standing::Unknown => None,
        }
    }
}

fn stand(stage: Stage, handle: Handle, owner: Option<&AgentRef>, asked: Option<&AgentRef>, me: &AgentId) -> Standing {
    match (stage, owner, asked) {
        (Stage::Waiting, _, Some(asked)) if &asked.id == me => Standing::Rings(handle),
        (Stage::Waiting, _, Some(asked)) => Standing::RingsFor(handle, asked.name.as_str().to_owned()),
        (Stage::Waiting, _, None) => Standing::Waits(handle),
        (Stage::Active, Some(owner), _) if &owner.id == me => Standing::Mine(handle),
        (Stage::Active, owner, _) => {
            Standing::Theirs(handle, owner.map_or(text::TEAM, |owner| owner.name.as_str()).to_owned())
        }
        (Stage::Closed, _, _) => Standing::Over(Some(handle.handoff)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::room::HandoffView;
    use protocol::{Name, Timestamp};

    #[test]
    fn the_room_speaks_where_the_desk_is_silent() {
        let (me, other) = (AgentId::random(1), AgentId::random(2));
        let view = |stage, owner: Option<&AgentId>| RoomState {
            desk_open: true,
            handoff: Some(HandoffView {
                id: HandoffId::random(1),
                stage,
                epoch: Epoch(1),
                asked_at: Timestamp(0),
                agent: owner.map(|id| AgentRef { id: id.clone(), name: Name::parse("Sam").unwrap() }),
                reason: None,
                emailed: false,
                form_offered: false,
                place: None,
            }),
        };
        let handle = Handle { handoff: HandoffId::random(1), epoch: Epoch(1) };
        let cases = [
            (view(Stage::Active, Some(&me)), Standing::Mine(handle.clone())),
            (view(Stage::Waiting, Some(&other)), Standing::Waits(handle.clone())),
            (view(Stage::Active, Some(&other)), Standing::Theirs(handle, "Sam".to_owned())),
            (view(Stage::Closed, Some(&me)), Standing::Over(Some(HandoffId::random(1)))),
            (RoomState { desk_open: true, handoff: None }, Standing::Over(None)),
        ];
        for (room, standing) in cases {
            assert_eq!(Standing::of(None, Some(&room), &me), standing, "{room:?}");
        }
        assert_eq!(Standing::of(None, None, &me), Standing::Unknown);
    }

    #[test]
    fn an_offer_rings_for_one_and_is_told_to_the_others() {
        let (me, other) = (AgentId::random(1), AgentId::random(2));
        let page = protocol::desk::Page::default();
        let row = QueueRow::waiting(HandoffId::random(1), protocol::ConversationId::random(1), Timestamp(0), page);
        let offered = |to: &AgentId| {
            let agent = AgentRef { id: to.clone(), name: Name::parse("Sam").unwrap() };
            let offer = Some(protocol::desk::Offer { agent, at: Timestamp(0), until: Timestamp(1) });
            QueueRow { offer, ..row.clone() }
        };
        let handle = || Handle::from(&row);
        let cases = [
            (row.clone(), Standing::Waits(handle())),
            (offered(&me), Standing::Rings(handle())),
            (offered(&other), Standing::RingsFor(handle(), "Sam".to_owned())),
        ];
        for (row, standing) in cases {
            assert_eq!(Standing::of(Some(&row), None, &me), standing, "{row:?}");
        }
    }
}
