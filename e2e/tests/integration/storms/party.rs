//! One who takes part in a storm: writes, loses pages, and waits for what is theirs.

use e2e::{Page, Profile, Seen};
use protocol::room::Receipts;
use protocol::{ClientMsgId, Kind, Seq};

/// A tab or a device, and who sits there.
pub struct Party {
    pub name: String,
    pub room: usize,
    pub road: usize,
    pub profile: Profile,
    /// Is reopened when it has died.
    page: Option<Page>,
    /// Written into this page, which may not have come to it yet.
    handed: Vec<ClientMsgId>,
    is_to_die: bool,
    texts: u32,
}

impl Party {
    /// Opens a page.
    pub fn sit_down(name: String, room: usize, road: usize, profile: Profile) -> Self {
        let page = Some(profile.open(&name));
        Self { name, room, road, profile, page, handed: vec![], is_to_die: false, texts: 0 }
    }

    pub fn with(&self, tell: impl FnOnce(&Page)) {
        if let Some(page) = &self.page {
            tell(page);
        }
    }

    pub fn write(&mut self) {
        self.texts += 1;
        let text = format!("{}: {}", self.name, self.texts);
        self.handed.extend(self.page.as_ref().map(|page| page.write(&text)));
    }

    pub fn dies_after(&mut self, effects: u32) {
        self.is_to_die = true;
        self.with(|page| page.crash_after(effects));
    }

    /// Dies now and comes back: whatever was handed to the page and not kept was never written.
    pub async fn reload(&mut self) {
        if let Some(page) = self.page.take() {
            page.crash().await;
        }
        self.page = Some(self.profile.open(&self.name));
        self.handed.clear();
        self.is_to_die = false;
    }

    pub async fn revive(&mut self) {
        if self.is_to_die {
            self.reload().await;
        }
    }

    pub fn page(&self) -> &Page {
        self.page.as_ref().expect("everybody is there")
    }

    /// All that was written, and kept by a page that lives, has left.
    pub async fn has_sent_all(&mut self) {
        let is_kept = || self.handed.iter().all(|id| self.profile.has_kept(id));
        let done = |seen: &Seen| (is_kept() && seen.outbox.is_empty()).then_some(());
        self.page().until(&format!("empty outbox of {}", self.name), done).await;
        self.handed.clear();
    }

    /// The whole conversation is shown, and both sides' receipts say so.
    pub async fn has_all(&self, last: Seq) {
        let done = |seen: &Seen| {
            let Receipts { visitor, agent } = seen.receipts;
            let read = (visitor.read, agent.read) == (seen.last_of(Kind::Agent), seen.last_of(Kind::Visitor));
            (seen.last_seq() == last && read).then_some(())
        };
        self.page().until(&format!("all of room {} before {}", self.room, self.name), done).await;
    }
}
