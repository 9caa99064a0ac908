//! How a conversation stands towards the agent who looks at it: what they may do with it.

use crate::text;
use protocol::desk::QueueRow;
use protocol::room::{AgentRef, RoomState};
use protocol::{AgentId, Epoch, HandoffId, Stage};

/// How a conversation stands towards the agent who looks at it.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// Ours: we may write, and resolve it.
    Mine(Handle),
    /// Anybody's: we may pick it up.
    Waits(Handle),
    /// A colleague's, by this name.
    Theirs(String),
    /// Nobody's any more.
    Over,
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

impl Standing {
    /// By the desk's row, the authority; by the room's own word where the desk has none to show.
    pub fn of(row: Option<&QueueRow>, room: Option<&RoomState>, me: &AgentId) -> Standing {
        if let Some(row) = row {
            return stand(row.stage, &row.handoff, row.epoch, row.agent.as_ref(), me);
        }
        match room.map(|room| &room.handoff) {
            Some(Some(view)) => stand(view.stage, &view.id, view.epoch, view.agent.as_ref(), me),
            Some(None) => Standing::Over,
            None => Standing::Unknown,
        }
    }
}

fn stand(stage: Stage, handoff: &HandoffId, epoch: Epoch, owner: Option<&AgentRef>, me: &AgentId) -> Standing {
    let handle = Handle { handoff: handoff.clone(), epoch };
    match (stage, owner) {
        (Stage::Waiting, _) => Standing::Waits(handle),
        (Stage::Active, Some(owner)) if &owner.id == me => Standing::Mine(handle),
        (Stage::Active, owner) => Standing::Theirs(owner.map_or(text::TEAM, |owner| owner.name.as_str()).to_owned()),
        (Stage::Closed, _) => Standing::Over,
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
            }),
        };
        let handle = Handle { handoff: HandoffId::random(1), epoch: Epoch(1) };
        let cases = [
            (view(Stage::Active, Some(&me)), Standing::Mine(handle.clone())),
            (view(Stage::Waiting, Some(&other)), Standing::Waits(handle)),
            (view(Stage::Active, Some(&other)), Standing::Theirs("Sam".to_owned())),
            (view(Stage::Closed, Some(&me)), Standing::Over),
            (RoomState { desk_open: true, handoff: None }, Standing::Over),
        ];
        for (room, standing) in cases {
            assert_eq!(Standing::of(None, Some(&room), &me), standing, "{room:?}");
        }
        assert_eq!(Standing::of(None, None, &me), Standing::Unknown);
    }
}
