//! A socket with all that can be seen by it: a test waits for how things are, whether that came already or comes yet.

use crate::socket::Socket;
use serde::de::DeserializeOwned;
use std::ops::{Deref, DerefMut};

/// What somebody sees who has taken in every frame.
pub trait Picture<Down>: Default {
    /// Takes in one more.
    fn take(&mut self, frame: Down);
}

/// A socket and its picture.
pub struct View<Down, P> {
    socket: Socket<Down>,
    /// As of the last frame that was waited for.
    pub picture: P,
}

impl<Down: DeserializeOwned, P: Picture<Down>> View<Down, P> {
    /// Of a socket of which nothing was read.
    pub fn of(socket: Socket<Down>) -> Self {
        Self { socket, picture: P::default() }
    }

    /// Waits until the picture has what `pick` looks for.
    pub async fn until<T>(&mut self, what: &str, pick: impl Fn(&P) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(&self.picture) {
                return found;
            }
            let frame = self.socket.expect(what, Some).await;
            self.picture.take(frame);
        }
    }

    /// Closes in an orderly way.
    pub async fn close(self) -> Option<u16> {
        self.socket.close().await
    }
}

impl<Down, P> Deref for View<Down, P> {
    type Target = Socket<Down>;
    fn deref(&self) -> &Socket<Down> {
        &self.socket
    }
}

/// What is waited for on the socket itself is not in the picture.
impl<Down, P> DerefMut for View<Down, P> {
    fn deref_mut(&mut self) -> &mut Socket<Down> {
        &mut self.socket
    }
}
