//! A page in the hands of a test.

use super::life::{Life, Order};
use super::profile::Profile;
use super::seen::Seen;
use crate::history::Shown;
use crate::{PATIENCE, body, message_id};
use client::link::Input;
use protocol::ClientMsgId;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// An open page, with a person in front of it. Dropping it closes it.
pub struct Page {
    profile: Profile,
    tab: String,
    orders: UnboundedSender<Order>,
    seen: watch::Receiver<Seen>,
    life: JoinHandle<()>,
}

impl Page {
    pub(super) fn open(profile: Profile, tab: &str, dies_after: Option<u32>) -> Self {
        let (orders, to_do) = unbounded_channel();
        let (show, seen) = watch::channel(Seen::default());
        let life = tokio::spawn(Life::new(profile.clone(), tab, to_do, show, dies_after).live());
        Self { profile, tab: tab.to_owned(), orders, seen, life }
    }

    /// Writes a message. It is written once the page has kept it.
    pub fn write(&self, text: &str) -> ClientMsgId {
        let id = message_id();
        self.put(Input::Send { id: id.clone(), body: body(text) });
        id
    }

    /// Tells the link something.
    pub fn put(&self, input: Input) {
        let _ = self.orders.send(Order::Input(Box::new(input)));
    }

    /// Whether somebody looks at the thread; at first somebody does.
    pub fn attention(&self, on: bool) {
        self.put(Input::Attention(on));
    }

    /// The browser says that the network is back.
    pub fn wake(&self) {
        self.put(Input::Wake);
    }

    /// Dies after so many more things that its link wants done.
    pub fn crash_after(&self, effects: u32) {
        let _ = self.orders.send(Order::CrashAfter(effects));
    }

    /// Dies now; what it has kept is all that is left.
    pub async fn crash(mut self) {
        self.life.abort();
        let _ = (&mut self.life).await;
    }

    /// Is opened anew.
    pub async fn reload(self) -> Page {
        self.reload_to_die(None).await
    }

    /// Is opened anew, and dies after so many things.
    pub async fn reload_to_die(self, after: Option<u32>) -> Page {
        let (profile, tab) = (self.profile.clone(), self.tab.clone());
        self.crash().await;
        Page::open(profile, &tab, after)
    }

    /// As of now.
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until it shows what `pick` looks for.
    pub async fn until<T>(&self, what: &str, pick: impl Fn(&Seen) -> Option<T>) -> T {
        self.unless_dead(what, pick).await.unwrap_or_else(|| panic!("{}: died before {what}", self.tab))
    }

    /// The same, for one that may die before.
    pub async fn unless_dead<T>(&self, what: &str, pick: impl Fn(&Seen) -> Option<T>) -> Option<T> {
        let mut seen = self.seen.clone();
        let looking = async {
            loop {
                if let Some(found) = pick(&seen.borrow_and_update()) {
                    return Some(found);
                }
                seen.changed().await.ok()?;
            }
        };
        let found = timeout(PATIENCE, looking).await;
        found.unwrap_or_else(|_| panic!("{}: no {what} within {PATIENCE:?}: {}", self.tab, self.seen().brief()))
    }

    /// Waits until a message with this text is shown.
    pub async fn shows(&self, text: &str) -> protocol::room::Message {
        self.until(text, |seen| seen.find(text).cloned()).await
    }

    /// What it has shown, for a history: it is there in the end.
    pub fn shown(&self) -> Shown {
        Shown { to: self.tab.clone(), messages: self.seen.borrow().messages.clone(), to_the_end: true }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.life.abort();
        let shown = Shown { to_the_end: false, ..self.shown() };
        self.profile.kept().shown.push(shown);
    }
}
