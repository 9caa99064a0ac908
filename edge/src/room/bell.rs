//! Polls that are held: each waits until something is to be told, or for long enough.

use crate::clock;
use protocol::Timestamp;
use protocol::http::EventsReply;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Poll, Waker};
use std::time::Duration;
use worker::Delay;

/// Most polls that one room holds; the others are answered at once, and come again at their own pace.
const MOST: usize = 50;

/// Rings for all who wait.
#[derive(Default)]
pub struct Bell {
    rung: Cell<u32>,
    /// Until when each is held: one whose caller has gone may never be asked again, and so never end by itself.
    held: RefCell<Vec<Timestamp>>,
    waiting: RefCell<Vec<Waker>>,
}

impl Bell {
    /// Wakes all who wait.
    pub fn ring(&self) {
        self.rung.set(self.rung.get().wrapping_add(1));
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// How many wait.
    pub fn held(&self) -> usize {
        let now = clock::now();
        let mut held = self.held.borrow_mut();
        held.retain(|until| now < *until);
        held.len()
    }

    /// Asks `look` now and after each ring, until it has something or a poll has been held for long enough.
    pub async fn wait_for<T, E>(&self, look: impl Fn() -> Result<Option<T>, E>) -> Result<Option<T>, E> {
        if self.held() >= MOST {
            return look();
        }
        let hold = Duration::from_millis(EventsReply::HELD_MS.into());
        let until = clock::now() + hold;
        self.held.borrow_mut().push(until);
        let mut over = pin!(Delay::from(hold));
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
        let mut held = self.held.borrow_mut();
        if let Some(at) = held.iter().position(|held| *held == until) {
            held.swap_remove(at);
        }
        found
    }
}
