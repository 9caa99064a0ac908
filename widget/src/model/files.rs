//! Files on their way, and what a person does with what failed.

use super::{Attached, Effect, Model};
use client::link::{self, Health, Ms};
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

    /// Files go where the link goes, and when.
    pub(super) fn let_files_go(&mut self, now: Ms) {
        self.upload(now, UploadInput::Ready(self.link.health() == Health::Up));
    }

    pub(super) fn rule(&mut self, now: Ms, rules: FileSettings) {
        self.rules = Some(rules);
        self.upload(now, UploadInput::Rules(rules));
    }

    pub(super) fn attach(&mut self, now: Ms, Attached { id, name, bytes }: Attached) {
        if self.may_attach() {
            self.upload(now, UploadInput::Add { id, name, bytes });
            // What is refused already may be larger than all that a browser keeps.
            self.keep_file(self.uploads.items().len().saturating_sub(1));
        }
    }

    fn keep_file(&mut self, at: usize) {
        let item = self.uploads.items().get(at).filter(|item| !matches!(item.state, UploadState::Failed(_)));
        if let Some(item) = item {
            let file = Attached { id: item.id.clone(), name: item.name.clone(), bytes: item.bytes };
            self.emit(Effect::KeepFile(file));
        }
    }

    pub(super) fn restore_files(&mut self, now: Ms, files: Vec<Attached>) {
        (0..self.uploads.items().len()).for_each(|at| self.keep_file(at));
        let mut kept = Vec::new();
        for Attached { id, name, bytes } in files {
            kept.push((id, name, bytes));
        }
        self.upload(now, UploadInput::Restore(kept));
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
