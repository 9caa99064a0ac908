//! Texts on their way.

use super::dom::{El, add};
use super::thread::{mark, tick};
use crate::model::Model;
use crate::text;
use client::link::{Delivery, Outgoing};
use protocol::ClientMsgId;

/// What of it stands on the screen.
#[derive(Default)]
pub struct Pending {
    /// Which state of the model's.
    of: u32,
    rows: Vec<Row>,
}

struct Row {
    id: ClientMsgId,
    delivery: Delivery,
    /// The newest has its state in words.
    last: bool,
    root: El,
}

impl Pending {
    /// Something of it stands on the screen.
    pub fn is_shown(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Shows the model. True if the visitor has written something new.
    pub fn render(&mut self, log: &El, model: &Model) -> bool {
        if self.of == model.outboxes {
            return false;
        }
        self.of = model.outboxes;
        let list = log.find(".pending");
        let outbox = model.link.outbox();
        let mut wrote = false;
        for (at, item) in outbox.iter().enumerate() {
            // What is not there any more, or goes last because it was tried again.
            while self.rows.get(at).is_some_and(|row| row.id != item.id) {
                self.rows.remove(at).root.remove();
            }
            let (delivery, last) = (item.delivery, at + 1 == outbox.len());
            if self.rows.get(at).is_some_and(|row| (row.delivery, row.last) == (delivery, last)) {
                continue;
            }
            let root = build(&list, item, last);
            let new = Row { id: item.id.clone(), delivery, last, root };
            if let Some(row) = self.rows.get_mut(at) {
                row.root.put_before(&new.root);
                row.root.remove();
                *row = new;
            } else {
                wrote = true;
                self.rows.push(new);
            }
        }
        while self.rows.len() > outbox.len() {
            self.rows.pop().into_iter().for_each(|row| row.root.remove());
        }
        wrote
    }
}

fn build(list: &El, item: &Outgoing, last: bool) -> El {
    let root = add(list, "div", "row", "");
    let bubble = add(&root, "div", "me", item.body.as_str());
    if let Delivery::Failed(code) = item.delivery {
        bubble.toggle("data-failed", true);
        let state = add(&root, "p", "state failed", text::failed(code));
        for (words, does) in [(text::RETRY, "retry"), (text::DISCARD, "discard")] {
            let button = add(&state, "button", "plain", words);
            button.set("type", "button");
            button.set("data-do", does);
            button.set("data-id", item.id.as_str());
        }
    } else {
        let stored = item.delivery != Delivery::Sending;
        mark(&tick(&bubble), usize::from(stored));
        if last {
            add(&root, "p", "state", if stored { text::SENT } else { text::SENDING });
        }
    }
    root
}
