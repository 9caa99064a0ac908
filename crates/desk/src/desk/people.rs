//! What happens to people at the desk: they come, beat, idle, choose, go, vanish, are added and removed.

use super::{Agent, By, Desk, Effect, LogEntry, Profile, Roster, SignIn};
use crate::Refusal;
use crate::notice::ToRoom;
use crate::presence::{Lease, Presence, Rules};
use protocol::desk::DeskDown;
use protocol::team::PresenceChange;
use protocol::{AgentId, Cause, ConversationId, Intent, Reachability, SessionId, SignInId, Timestamp};
use std::collections::BTreeSet;
use std::time::Duration;

/// Closer together, beats of an API client are a flood.
const BEATS_APART: Duration = Duration::from_secs(1);

impl Desk {
    /// Errors: [`Refusal::SignedOut`], [`Refusal::Unsure`].
    pub(super) fn open(
        &mut self,
        now: Timestamp,
        by: By,
        session: SessionId,
        idle: bool,
        api: bool,
    ) -> Result<(), Refusal> {
        self.admit(now, &by)?;
        let lease = Lease { sign_in: by.sign_in.clone(), seen: now, idle, api };
        self.sign_in(&by);
        self.present(now, &by.agent, Cause::SignedOut, None, |agent, _| agent.presence.open(session, lease));
        Ok(())
    }

    /// Errors: those of [`Desk::open`], and [`Refusal::SlowDown`].
    pub(super) fn heartbeat(&mut self, now: Timestamp, by: By, idle: bool) -> Result<(), Refusal> {
        let session = SessionId::of_client(&by.sign_in);
        let known = self.team.get(&by.agent).and_then(|agent| agent.presence.leases().find(|(id, _)| **id == session));
        let again_at = known.map(|(_, lease)| lease.seen + BEATS_APART);
        if let Some(wait) = again_at.filter(|at| now < *at).map(|at| at.since(now)) {
            return Err(Refusal::SlowDown { retry_after_ms: u32::try_from(wait.as_millis()).unwrap_or(u32::MAX) });
        }
        self.open(now, by, session, idle, true)
    }

    /// Errors: those of [`Desk::open`].
    pub(super) fn attend(&mut self, now: Timestamp, by: &By, room: &ConversationId) -> Result<(), Refusal> {
        self.admit(now, by)?;
        self.sign_in(by);
        self.change_room(&by.sign_in, room, true);
        Ok(())
    }

    pub(super) fn unattend(&mut self, sign_in: &SignInId, room: &ConversationId) {
        self.change_room(sign_in, room, false);
        self.forget_if_unused(sign_in);
    }

    pub(super) fn close(&mut self, now: Timestamp, id: &AgentId, session: &SessionId) {
        self.present(now, id, Cause::Closed, None, |agent, rules| agent.presence.close(now, session, rules));
    }

    pub(super) fn leave(&mut self, now: Timestamp, id: &AgentId, sign_in: &SignInId) {
        let session = SessionId::of_client(sign_in);
        self.present(now, id, Cause::SignedOut, None, |agent, _| agent.presence.leave(now, &session));
    }

    /// The agent's own choice, or an admin's. Errors: [`Refusal::NotFound`].
    pub(super) fn intend(
        &mut self,
        now: Timestamp,
        id: &AgentId,
        by: Option<AgentId>,
        intent: Intent,
    ) -> Result<(), Refusal> {
        self.team.get(id).ok_or(Refusal::NotFound)?;
        let cause = if by.is_some() { Cause::Admin } else { Cause::Manual };
        self.present(now, id, cause, by, |agent, _| agent.intent = intent);
        Ok(())
    }

    /// Everything whose time has come.
    pub(super) fn expire(&mut self, now: Timestamp) {
        if now < self.latest {
            self.rewind(now);
            self.rewind_offers(now);
        }
        self.latest = now;
        for id in self.team.due(now) {
            let in_grace = self.team.get(&id).is_some_and(|agent| matches!(agent.presence, Presence::Grace { .. }));
            let cause = if in_grace { Cause::Closed } else { Cause::Vanished };
            let mut silent = Vec::new();
            self.present(now, &id, cause, None, |agent, rules| silent = agent.presence.tick(now, rules));
            self.effects.extend(silent.into_iter().map(Effect::Drop));
        }
        for id in self.sign_ins.expired(now) {
            self.end(now, &id, Cause::SignedOut);
        }
        self.ripen(now);
        self.work(now);
    }

    /// These sign-ins were found to have ended.
    pub(super) fn ended(&mut self, now: Timestamp, access: u32, sign_ins: &[SignInId]) {
        sign_ins.iter().for_each(|id| self.end(now, id, Cause::SignedOut));
        if access > self.config.versions.access {
            self.config.versions.access = access;
            self.effects.push(Effect::SaveConfig(self.config.clone()));
        }
    }

    /// A sign-in has ended: whatever was opened by it is closed.
    pub(super) fn end(&mut self, now: Timestamp, id: &SignInId, cause: Cause) {
        let Some(SignIn { agent, rooms, .. }) = self.sign_ins.take(id) else { return };
        for room in rooms {
            self.tell(&room, ToRoom::SignedOut { sign_in: id.clone() });
        }
        self.effects.push(Effect::DropSignIn(id.clone()));
        self.effects.push(Effect::HangUp(id.clone()));
        self.present(now, &agent, cause, None, |agent, _| agent.presence.end(now, id));
    }

    /// Takes over the administration, unless what came is older than what is known.
    pub(super) fn enroll(&mut self, now: Timestamp, roster: Roster) {
        let Roster { version, settings, conversations, departments, agents } = roster;
        if version <= self.config.versions.roster {
            return;
        }
        if self.config.settings != settings {
            self.effects.push(Effect::Show(DeskDown::Settings { settings }));
            let shorter = settings.stale_after_ms < self.config.settings.stale_after_ms;
            self.team.set_rules(Rules::from(settings));
            self.rewind(now);
            if shorter {
                self.forgive(now);
            }
        }
        self.config.versions.roster = version;
        (self.config.settings, self.config.departments) = (settings, departments);
        self.config.conversations = conversations;
        self.effects.push(Effect::SaveConfig(self.config.clone()));
        let stay: BTreeSet<AgentId> = agents.iter().map(|profile| profile.id.clone()).collect();
        agents.into_iter().for_each(|profile| self.employ(now, profile));
        let gone: Vec<_> = self.team.iter().map(|agent| agent.profile.id.clone()).collect();
        gone.iter().filter(|id| !stay.contains(id)).for_each(|id| self.dismiss(now, id));
        // Of a desk that is older than its roster: who was never enrolled owns nothing.
        self.touched.extend(self.queue.holders());
        // Whatever was given up may be possible by now.
        for line in self.queue.lines() {
            self.queue.wake_all(&line);
            self.due.insert(line);
        }
        self.wind();
    }

    /// API clients beat as they were told, which may be too seldom now: the next reply tells them.
    fn forgive(&mut self, now: Timestamp) {
        let all: Vec<AgentId> = self.team.iter().map(|agent| agent.profile.id.clone()).collect();
        for id in all {
            self.present(now, &id, Cause::Active, None, |agent, _| agent.presence.forgive(now));
        }
    }

    fn employ(&mut self, now: Timestamp, profile: Profile) {
        let id = profile.id.clone();
        if self.team.get(&id).is_none() {
            let presence = Presence::Offline { seen: None };
            let agent = Agent { profile, intent: Intent::Available, presence, since: now, served_at: Timestamp(0) };
            self.team.put(agent.clone());
            self.touched.insert(id);
            self.effects.push(Effect::SaveAgent(agent));
        } else {
            self.present(now, &id, Cause::Admin, None, |agent, _| agent.profile = profile);
        }
    }

    fn dismiss(&mut self, now: Timestamp, id: &AgentId) {
        for sign_in in self.sign_ins.of(id) {
            self.end(now, &sign_in, Cause::Admin);
        }
        // Whoever is still in the grace goes without it.
        self.present(now, id, Cause::Admin, None, |agent, _| {
            agent.presence = Presence::Offline { seen: agent.presence.seen_at() };
        });
        self.team.take(id);
        self.touched.insert(id.clone());
        self.effects.push(Effect::DropAgent(id.clone()));
    }

    /// Changes an agent, and keeps, shows and logs what came of it. `going` is why, should they be offline by it;
    /// every other cause is in the change itself.
    pub(super) fn present(
        &mut self,
        now: Timestamp,
        id: &AgentId,
        going: Cause,
        by: Option<AgentId>,
        change: impl FnOnce(&mut Agent, &Rules),
    ) {
        let Some(before) = self.team.get(id).cloned() else { return };
        self.team.change(id, change);
        let Some(after) = self.team.get(id).cloned() else { return };
        if after == before {
            return;
        }
        if let Some(cause) = cause(&before, &after, going) {
            self.team.change(id, |agent, _| agent.since = now);
            let (reachability, intent) = (after.presence.reachability(), after.intent);
            let change = PresenceChange { agent: id.clone(), at: now, reachability, intent, cause, by };
            self.effects.push(Effect::Log(LogEntry::Change(change)));
        }
        self.effects.extend(self.team.get(id).cloned().map(Effect::SaveAgent));
        self.touched.insert(id.clone());
        self.let_go(&before, &after);
    }

    /// Leases that are gone leave a trace, and their sign-ins are forgotten with the last thing open by them.
    fn let_go(&mut self, before: &Agent, after: &Agent) {
        let lives = |session: &SessionId, lease: &Lease| {
            after.presence.leases().any(|(id, kept)| id == session && kept.sign_in == lease.sign_in)
        };
        for (_, lease) in before.presence.leases().filter(|(session, lease)| !lives(session, lease)) {
            let seen = LogEntry::Seen { sign_in: lease.sign_in.clone(), at: lease.seen };
            self.effects.push(Effect::Log(seen));
            self.forget_if_unused(&lease.sign_in);
        }
        if let Presence::Grace { sign_in, .. } = &before.presence {
            self.forget_if_unused(sign_in);
        }
    }

    /// Errors: [`Refusal::SignedOut`] for a stranger and for a sign-in that is over; [`Refusal::Unsure`] where it may
    /// have been ended since it was read.
    fn admit(&self, now: Timestamp, by: &By) -> Result<(), Refusal> {
        if self.team.get(&by.agent).is_none() || by.expires_at <= now {
            return Err(Refusal::SignedOut);
        }
        let is_known = self.sign_ins.get(&by.sign_in).is_some();
        if is_known || by.versions.access >= self.config.versions.access { Ok(()) } else { Err(Refusal::Unsure) }
    }

    fn sign_in(&mut self, by: &By) {
        if self.sign_ins.get(&by.sign_in).is_none() {
            let sign_in = SignIn { agent: by.agent.clone(), expires_at: by.expires_at, rooms: BTreeSet::new() };
            self.sign_ins.put(by.sign_in.clone(), sign_in.clone());
            self.effects.push(Effect::SaveSignIn(by.sign_in.clone(), sign_in));
        }
    }

    fn change_room(&mut self, sign_in: &SignInId, room: &ConversationId, on: bool) {
        if let Some(changed) = self.sign_ins.change_room(sign_in, room, on) {
            self.effects.push(Effect::SaveSignIn(sign_in.clone(), changed));
        }
    }

    fn forget_if_unused(&mut self, id: &SignInId) {
        let Some(sign_in) = self.sign_ins.get(id) else { return };
        let agent = self.team.get(&sign_in.agent);
        if sign_in.rooms.is_empty() && !agent.is_some_and(|agent| agent.presence.is_by(id)) {
            self.sign_ins.take(id);
            self.effects.push(Effect::DropSignIn(id.clone()));
        }
    }

    /// The clock was set back, or the settings changed: nothing may live for longer than it could from now on. Kept,
    /// or every sleep would begin with times of the future again.
    fn rewind(&mut self, now: Timestamp) {
        let all: Vec<Agent> = self.team.iter().cloned().collect();
        for before in all {
            let id = &before.profile.id;
            self.team.change(id, |agent, rules| {
                agent.presence.rewind(now, rules);
                agent.served_at = agent.served_at.min(now);
            });
            if let Some(after) = self.team.get(id).filter(|after| **after != before).cloned() {
                self.effects.push(Effect::SaveAgent(after));
                self.touched.insert(id.clone());
            }
        }
    }
}

/// Why intent or reachability changed, if they did.
fn cause(before: &Agent, after: &Agent, going: Cause) -> Option<Cause> {
    use Reachability::{Connected, Grace, Idle, Offline};
    if before.intent != after.intent {
        return Some(going);
    }
    match (before.presence.reachability(), after.presence.reachability()) {
        (from, to) if from == to => None,
        (Offline, Connected | Idle) => Some(Cause::SignedIn),
        (Grace, Connected | Idle) => Some(Cause::Reloaded),
        (_, Connected) => Some(Cause::Active),
        (_, Idle) => Some(Cause::Idle),
        (_, Grace) => Some(Cause::Closed),
        (_, Offline) => Some(going),
    }
}
