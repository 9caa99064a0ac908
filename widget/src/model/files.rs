//! Files on their way, and what a person does with what failed.

use super::{Attached, Effect, Model};
use client::link::{self, Health, Ms, Phase};
use client::uploads::{UploadEffect, UploadInput, UploadState};
use protocol::ClientMsgId;
use protocol::file::FileSettings;

impl Model {
    pub(super) fn upload(&mut self, now: Ms, input: UploadInput) {
        for effect in self.uploads.apply(now, input) {
            match effect {
                UploadEffect::Changed => self.outboxes += 1,
                io => self.emit(Effect::Upload(io)),
            }
        }
    }

    /// The link hears of it first, and nothing goes by a token that was just refused.
    pub(super) fn uploaded(&mut self, now: Ms, input: UploadInput) {
        if let Some(told) = input.for_link() {
            self.link(now, told);
            self.let_files_go(now);
        }
        let shown = match &input {
            UploadInput::Done { id, reply: Ok(ack) } if ack.seq <= self.link.last_seq() => Some(id.clone()),
            _ => None,
        };
        self.upload(now, input);
        shown.into_iter().for_each(|id| self.arrived(now, id));
    }

    /// Files go where the link goes, and when.
    pub(super) fn let_files_go(&mut self, now: Ms) {
        let goes = self.link.health() == Health::Up && self.link.phase() != Phase::Locked;
        self.upload(now, UploadInput::Ready(goes));
    }

    pub(super) fn rule(&mut self, now: Ms, rules: FileSettings) {
        self.rules = Some(rules);
        self.upload(now, UploadInput::Rules(rules));
    }

    pub(super) fn attach(&mut self, now: Ms, (id, name, bytes): Attached) {
        if self.may_attach() {
            self.upload(now, UploadInput::Add { id, name, bytes });
            let last = self.uploads.items().last();
            // What is refused already may be larger than all that a browser keeps.
            let kept = last.filter(|item| !matches!(item.state, UploadState::Failed(_))).map(|item| item.id.clone());
            kept.into_iter().for_each(|id| self.emit(Effect::KeepFile(id)));
        }
    }

    /// The transcript shows what was written under this id.
    pub(super) fn arrived(&mut self, now: Ms, id: ClientMsgId) {
        self.upload(now, UploadInput::Arrived(id));
    }

    /// One of the two knows it.
    pub(super) fn retry(&mut self, now: Ms, id: ClientMsgId) {
        self.link(now, link::Input::Retry(id.clone()));
        self.upload(now, UploadInput::Retry(id));
    }

    pub(super) fn discard(&mut self, now: Ms, id: ClientMsgId) {
        self.link(now, link::Input::Discard(id.clone()));
        self.upload(now, UploadInput::Discard(id));
    }
}
