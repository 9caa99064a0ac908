//! Polls that are held: each waits until something is to be told, or for long enough.

use protocol::http::EventsReply;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Poll, Waker};
use std::time::Duration;
use worker::Delay;

/// Most polls that one room holds; the others are answered at once, and come again at their own pace.
const MOST: u32 = 50;

/// Rings for all who wait.
#[derive(Default)]
pub struct Bell {
    rung: Cell<u32>,
    held: Cell<u32>,
    waiting: RefCell<Vec<Waker>>,
}

impl Bell {
    /// Wakes all who wait.
    pub fn ring(&self) {
        self.rung.set(self.rung.get().wrapping_add(1));
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// How many wait.
    pub fn held(&self) -> u32 {
        self.held.get()
    }

    /// Asks `look` now and after each ring, until it has something or a poll has been held for long enough.
    pub async fn wait_for<T, E>(&self, look: impl Fn() -> Result<Option<T>, E>) -> Result<Option<T>, E> {
        if self.held.get() >= MOST {
            return look();
        }
        self.held.set(self.held.get() + 1);
        let mut over = pin!(Delay::from(Duration::from_millis(EventsReply::HELD_MS.into())));
        let mut seen = None;
        let found = poll_fn(|cx| {
            if seen != Some(self.rung.get()) {
                seen = Some(self.rung.get());
                let found = look();
                if !matches!(found, Ok(None)) {
                    return Poll::Ready(found);
                }
            }
            if over.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(None));
            }
            self.waiting.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
        self.held.set(self.held.get() - 1);
        found
    }
}
