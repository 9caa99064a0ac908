//! Which messages a room has, by the fingerprints of their ids: hardly any that comes is a retry, and looking for one reads
//! all that the room has.

use super::store;
use crate::error::EdgeError;
use crate::random::fingerprint;
use crate::sql::Sql;
use protocol::ClientMsgId;
use std::cell::{Cell, RefCell};

/// So many are looked up one by one first: a room that is woken for one message does not read every id for it.
const ONE_BY_ONE: u32 = 4;

/// Read in the course of a conversation, kept while the object is awake.
#[derive(Default)]
pub(super) struct Known {
    asked: Cell<u32>,
    ids: RefCell<Option<Vec<u32>>>,
}

impl Known {
    /// False if no message can have this id; true if one may.
    pub(super) fn may_be(&self, sql: &Sql, id: &ClientMsgId) -> Result<bool, EdgeError> {
        let mut ids = self.ids.borrow_mut();
        if ids.is_none() {
            self.asked.set(self.asked.get() + 1);
            if self.asked.get() <= ONE_BY_ONE {
                return Ok(true);
            }
            *ids = Some(store::ids(sql)?.iter().map(|id| fingerprint(id)).collect());
        }
        Ok(ids.as_ref().is_none_or(|ids| ids.contains(&fingerprint(id.as_str()))))
    }

    /// A message was stored.
    pub(super) fn add(&self, id: &ClientMsgId) {
        if let Some(ids) = &mut *self.ids.borrow_mut() {
            ids.push(fingerprint(id.as_str()));
        }
    }
}
