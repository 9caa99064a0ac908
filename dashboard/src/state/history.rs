//! Closed handoffs: pages from the server, and rows that closed while we looked.

use protocol::desk::QueueRow;
use protocol::http::HistoryReply;

/// How far the list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Load {
    /// The first page has to be asked for.
    #[default]
    Needed,
    /// A page is on its way.
    Asked,
    /// Nothing is on its way.
    Done,
    /// The last page asked for did not come.
    Failed,
}

/// The list, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// What is known.
    pub items: Vec<QueueRow>,
    /// For the next page; absent when there is none, or before the first.
    pub cursor: Option<String>,
    /// How far it is.
    pub load: Load,
}

impl History {
    pub(super) fn asked(&mut self) {
        self.load = Load::Asked;
    }

    pub(super) fn failed(&mut self) {
        self.load = Load::Failed;
    }

    /// What is known may have gaps: ask again. The old list stays on the screen until the new one is here.
    pub(super) fn outdated(&mut self) {
        self.load = Load::Needed;
    }

    pub(super) fn came(&mut self, reply: HistoryReply, first: bool) {
        if first {
            // Keep only what closed after this page was read; older items come back page by page.
            let newest = reply.items.first().and_then(|row| row.closed_at);
            self.items.retain(|row| row.closed_at > newest);
        }
        for row in reply.items {
            self.put(row);
        }
        self.cursor = reply.cursor;
        self.load = Load::Done;
    }

    pub(super) fn put(&mut self, row: QueueRow) {
        self.items.retain(|known| known.handoff != row.handoff);
        let place = self.items.partition_point(|known| known.closed_at >= row.closed_at);
        self.items.insert(place, row);
    }
}
