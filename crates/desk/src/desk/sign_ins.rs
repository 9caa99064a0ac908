//! Sign-ins by which something is open, so that all of it can be closed when one ends.

use super::SignIn;
use protocol::{AgentId, ConversationId, SignInId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Sign-ins with an index by their end.
#[derive(Debug, Clone, Default)]
pub struct SignIns {
    known: BTreeMap<SignInId, Box<SignIn>>,
    ends: BTreeSet<(Timestamp, SignInId)>,
}

impl SignIns {
    /// As they were stored.
    pub fn load(stored: Vec<(SignInId, SignIn)>) -> SignIns {
        let mut sign_ins = SignIns::default();
        stored.into_iter().for_each(|(id, sign_in)| sign_ins.put(id, sign_in));
        sign_ins
    }

    /// One of them.
    pub fn get(&self, id: &SignInId) -> Option<&SignIn> {
        self.known.get(id).map(|sign_in| &**sign_in)
    }

    /// Adds or replaces one.
    pub fn put(&mut self, id: SignInId, sign_in: SignIn) {
        self.take(&id);
        self.ends.insert((sign_in.expires_at, id.clone()));
        self.known.insert(id, Box::new(sign_in));
    }

    /// Takes one out.
    pub fn take(&mut self, id: &SignInId) -> Option<SignIn> {
        let sign_in = self.known.remove(id)?;
        self.ends.remove(&(sign_in.expires_at, id.clone()));
        Some(*sign_in)
    }

    /// All ids.
    pub fn ids(&self) -> Vec<SignInId> {
        self.known.keys().cloned().collect()
    }

    /// Those of an agent.
    pub fn of(&self, agent: &AgentId) -> Vec<SignInId> {
        self.known.iter().filter(|(_, sign_in)| sign_in.agent == *agent).map(|(id, _)| id.clone()).collect()
    }

    /// Those whose time is up.
    pub fn expired(&self, now: Timestamp) -> Vec<SignInId> {
        self.ends.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| id.clone()).collect()
    }

    /// When the next is.
    pub fn next_end(&self) -> Option<Timestamp> {
        self.ends.first().map(|(at, _)| *at)
    }

    /// Adds a room to one, or takes it away; the answer is the sign-in if that changed it.
    pub fn change_room(&mut self, id: &SignInId, room: &ConversationId, on: bool) -> Option<SignIn> {
        let sign_in = self.known.get_mut(id)?;
        let changed = if on { sign_in.rooms.insert(room.clone()) } else { sign_in.rooms.remove(room) };
        changed.then(|| (**sign_in).clone())
    }
}
