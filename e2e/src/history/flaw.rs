//! What can be wrong with a history.

use protocol::http::Ack;
use protocol::{Body, ClientMsgId, Seq};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// Acknowledged, and not stored.
    AckedButLost {
        /// What its sender was told.
        ack: Ack,
    },
    /// Acknowledged in another place, or at another time, than it is stored.
    AckedElsewhere {
        /// What its sender was told.
        ack: Ack,
        /// Where it is.
        seq: Seq,
    },
    /// Written, and not stored.
    Lost {
        /// Who wrote it.
        by: String,
        /// Its id.
        id: ClientMsgId,
        /// What it said.
        body: Body,
    },
    /// Stored, and nobody wrote it.
    Unwritten {
        /// Where.
        seq: Seq,
    },
    /// Stored more than once.
    Doubled {
        /// Its id.
        id: ClientMsgId,
        /// Where.
        places: Vec<u32>,
    },
    /// Shown more than once, or after what comes later.
    ShownTwice {
        /// To whom.
        to: String,
        /// Which.
        seq: Seq,
    },
    /// A place is missing.
    Gap {
        /// In the room, or in what somebody was shown.
        in_whose: String,
        /// The missing one.
        expected: u32,
        /// The one in its place.
        seq: u32,
    },
    /// One writer's messages stand in another order than they were written in.
    Reordered {
        /// Whose.
        by: String,
        /// Written first.
        earlier: Body,
        /// Stands first.
        later: Body,
    },
    /// Other words, another sender, another time.
    Altered {
        /// In the room, or in what somebody was shown.
        in_whose: String,
        /// Which.
        seq: Seq,
    },
    /// Shown, and not stored.
    NotStored {
        /// To whom.
        to: String,
        /// Which.
        seq: Seq,
    },
    /// Not shown, though there was time.
    Behind {
        /// To whom.
        to: String,
        /// The last that was shown.
        seq: Seq,
    },
}

impl Flaw {
    /// A message is not there.
    pub fn is_loss(&self) -> bool {
        matches!(self, Flaw::AckedButLost { .. } | Flaw::Lost { .. } | Flaw::Behind { .. })
    }

    /// A message is there twice.
    pub fn is_double(&self) -> bool {
        matches!(self, Flaw::Doubled { .. } | Flaw::ShownTwice { .. })
    }

    /// A place is missing.
    pub fn is_gap(&self) -> bool {
        matches!(self, Flaw::Gap { .. })
    }
}
