//! The transcript, as the link tells it.

use super::{Arrived, Effect, Model, Told};
use client::link::{self, Earlier, Ms};
use protocol::Seq;
use protocol::room::{Message, RoomState};

impl Model {
    pub(super) fn link(&mut self, now: Ms, input: link::Input) {
        // Taken from the end, because a loop over the list brings the code to drop what was left of it.
        let mut effects = self.link.apply(now, input);
        effects.reverse();
        while let Some(effect) = effects.pop() {
            match effect {
                link::Effect::Message(message) => self.heard(message),
                link::Effect::Earlier(mut messages) => {
                    messages.append(&mut self.thread);
                    self.thread = messages;
                }
                link::Effect::Redacted(seq) => self.blank(seq),
                link::Effect::Anew => self.forget_thread(),
                link::Effect::State(state) => self.stated(state),
                link::Effect::Outbox => self.outboxes += 1,
                link::Effect::OtherTypes(on) => self.other_types = on,
                // The view asks the link.
                link::Effect::Receipts(_) | link::Effect::Paging(_) | link::Effect::Health(_) => {}
                link::Effect::Boot => self.boot(),
                link::Effect::Refused(code) => self.refuse(code),
                io => self.emit(Effect::Link(io)),
            }
        }
    }

    fn heard(&mut self, message: Message) {
        if self.is_unread(&message) {
            let name = message.agent.as_ref().map(|agent| agent.name.clone());
            self.emit(Effect::Tell(Told::Message(Arrived { name, message: message.body.clone() })));
        }
        self.thread.push(message);
        self.read();
    }

    fn blank(&mut self, seq: Seq) {
        if let Some(message) = self.thread.iter_mut().find(|message| message.seq == seq) {
            message.redact();
        }
    }

    /// What has failed is tried again by the button alone.
    pub(super) fn scrolled(&mut self, now: Ms) {
        if self.link.earlier() == Earlier::Idle {
            self.link(now, link::Input::Earlier);
        }
    }

    pub(super) fn forget_thread(&mut self) {
        self.thread.clear();
        self.threads += 1;
        self.seen = Seq(0);
    }

    fn stated(&mut self, state: RoomState) {
        if state.desk_open {
            self.form.another = false;
        }
        self.told = true;
        self.know(state);
    }
}
