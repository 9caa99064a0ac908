//! One turn of a desk: load, ask the rules, save, speak, arm the alarm.

use super::object::DeskObject;
use super::store::Published;
use super::{publish, store};
use crate::calls::Room;
use crate::error::EdgeError;
use crate::object;
use crate::outbox;
use crate::sql::Sql;
use crate::{clock, config};
use desk::Desk;
use desk::desk::{Effect, Input};
use desk::notice::{Numbered, ToRoom};
use protocol::problem::Code;
use protocol::{AgentId, ConversationId, SessionId, Timestamp};
use std::cell::RefMut;
use std::time::Duration;

/// Close code for a socket that was silent for too long: the dashboard connects again.
const LEASE_LOST: u16 = 4408;
/// Rounds of delivery in the path of an answer. A claim's room is told in the first.
pub(super) const AT_ONCE: u32 = 2;
/// Rounds of an alarm; the next one goes on, and looks at leases between.
pub(super) const BY_ALARM: u32 = 8;
/// After D1 did not take what we told it.
const PUBLISH_AGAIN: Duration = Duration::from_secs(5);

/// Which sockets are asked for their last ping before the rules decide.
#[derive(Clone, Copy)]
pub(super) enum Proofs {
    /// Only those whose leases would end by now: few, so that no turn looks at everybody.
    Due,
    /// All, so that the next alarm is as late as it may be.
    All,
}

impl DeskObject {
    /// One turn: what happened goes through the rules, then rooms hear of it, in so many rounds; the alarm, which rings at
    /// once, goes on with the rest. Errors: those of [`DeskObject::apply`].
    pub(super) async fn turn(&self, inputs: Vec<Input>, rounds: u32) -> Result<Vec<Effect>, EdgeError> {
        let effects = self.apply(Proofs::Due, inputs, None);
        self.settle(rounds).await?;
        effects
    }

    /// Loads, asks, saves, speaks. Errors: the first refusal; what came before it stands.
    pub(super) fn apply(
        &self,
        proofs: Proofs,
        inputs: Vec<Input>,
        heard: Option<(&ConversationId, u64)>,
    ) -> Result<Vec<Effect>, EdgeError> {
        let mut effects = Vec::new();
        let mut refusal = None;
        let now = clock::now();
        let mut desk = self.desk()?;
        // The tick takes along what time changed, whatever the inputs come to.
        for input in self.proofs(&desk, now, proofs).into_iter().chain([Input::Tick]).chain(inputs) {
            match desk.apply(now, input) {
                Ok(more) => effects.extend(more),
                Err(reason) => {
                    refusal = Some(reason);
                    break;
                }
            }
        }
        drop(desk);
        self.save(now, &effects, heard)?;
        self.speak(&effects);
        refusal.map_or(Ok(effects), |reason| Err(reason.into()))
    }

    /// The machine; read, if need be.
    pub(super) fn desk(&self) -> Result<RefMut<'_, Desk>, EdgeError> {
        let mut slot = self.desk.borrow_mut();
        if slot.is_none() {
            *slot = Some(self.load(clock::now())?);
        }
        RefMut::filter_map(slot, Option::as_mut).map_err(|_| EdgeError::Platform("a desk that is not there".into()))
    }

    /// From the tables, and then from the sockets: only they know the beats of the time that we slept, and which tabs are
    /// gone without a close (after a restart of the runtime, none ever comes). What that changes is told by the next turn.
    fn load(&self, now: Timestamp) -> Result<Desk, EdgeError> {
        let sql = Sql::of(&self.state)?;
        store::prepare(&sql)?;
        let mut desk = Desk::load(config::presence_defaults(&self.env), store::load(&sql)?);
        for proof in self.proofs(&desk, now, Proofs::All) {
            // Proofs are never refused.
            let _ = desk.apply(now, proof);
        }
        Ok(desk)
    }

    /// What the runtime knows of sockets: when each last pinged, and that one is not there.
    fn proofs(&self, desk: &Desk, now: Timestamp, which: Proofs) -> Vec<Input> {
        let leases = match which {
            Proofs::Due => desk.due(now),
            Proofs::All => desk.leases(),
        };
        let proof =
            |(agent, session): (AgentId, SessionId)| match self.state.get_websockets_with_tag(session.as_str()).first()
            {
                Some(socket) => object::last_ping(&self.state, socket).map(|at| Input::Beat { agent, session, at }),
                None => Some(Input::Gone { agent, session }),
            };
        leases.into_iter().filter_map(proof).collect()
    }

    fn save(&self, now: Timestamp, effects: &[Effect], heard: Option<(&ConversationId, u64)>) -> Result<(), EdgeError> {
        if effects.is_empty() && heard.is_none() {
            return Ok(());
        }
        if effects.iter().any(|effect| matches!(effect, Effect::Log(_) | Effect::Tell(..))) {
            self.is_all_told.set(false);
        }
        let stored = Sql::of(&self.state)?.transaction(|sql| {
            effects.iter().try_for_each(|effect| store::save(sql, now, effect))?;
            heard.map_or(Ok(()), |(from, n)| outbox::hear(sql, from.as_str(), n))
        });
        if stored.is_err() {
            // The rules have moved on and the tables have not: read them again.
            self.desk.borrow_mut().take();
        }
        stored
    }

    fn speak(&self, effects: &[Effect]) {
        let frames =
            effects.iter().filter_map(|effect| if let Effect::Show(frame) = effect { Some(frame) } else { None });
        object::broadcast(&self.state, frames);
        for effect in effects {
            match effect {
                // A tab whose lease has died is not reachable, whatever it believes: it comes back if it lives.
                Effect::Drop(session) => {
                    object::close_all(&self.state, session.as_str(), LEASE_LOST, "no sign of life");
                }
                Effect::HangUp(sign_in) => {
                    object::close_all(&self.state, sign_in.as_str(), object::SIGNED_OUT, "signed out");
                }
                _ => {}
            }
        }
    }

    /// Delivers what is due, and sees to it that somebody comes back for the rest.
    pub(super) async fn settle(&self, rounds: u32) -> Result<(), EdgeError> {
        // Before anything is sent: should we die on the way, the alarm goes on.
        self.arm().await?;
        if rounds == 0 || self.is_all_told.get() {
            return Ok(());
        }
        let sql = Sql::of(&self.state)?;
        let tenant = self.tenant()?;
        let send = |room: String, notice: Numbered<ToRoom>| {
            let tenant = &tenant;
            async move {
                let room = ConversationId::parse(&room).map_err(|_| Code::NotFound)?;
                Room::of(&self.env, tenant, &room)?.notice(notice).await
            }
        };
        outbox::deliver(&sql, rounds, send).await?;
        self.arm().await
    }

    pub(super) async fn arm(&self) -> Result<(), EdgeError> {
        let wake = self.desk()?.next_wake(clock::now());
        let (has_logged, due) = self.untold()?;
        let news = publish::news(self.published()?, has_logged, &*self.desk()?);
        let publish = news.map(|wait| (clock::now() + wait).max(self.publish_at.get()));
        self.alarm.arm(&self.state, [wake, due, publish]).await
    }

    /// Whether there is a log that D1 lacks, and when the next notice is due. Most turns have neither, and ask no table.
    fn untold(&self) -> Result<(bool, Option<Timestamp>), EdgeError> {
        if self.is_all_told.get() {
            return Ok((false, None));
        }
        let sql = Sql::of(&self.state)?;
        let untold = (store::has_logged(&sql)?, outbox::next_due(&sql)?);
        self.is_all_told.set(untold == (false, None));
        Ok(untold)
    }

    fn published(&self) -> Result<Published, EdgeError> {
        let told = self.published.get().map_or_else(|| store::published(&Sql::of(&self.state)?), Ok)?;
        self.published.set(Some(told));
        Ok(told)
    }

    /// Tells D1 what it lacks.
    pub(super) async fn publish(&self) -> Result<(), EdgeError> {
        let sql = Sql::of(&self.state)?;
        let (due, open_until) = {
            let desk = self.desk()?;
            (desk.next_deadline(), desk.open_until())
        };
        let told = publish::publish(&sql, &self.env.d1("DB")?, &self.tenant()?, due, open_until).await;
        self.published.set(None);
        if let Err(error) = told {
            self.publish_at.set(clock::now() + PUBLISH_AGAIN);
            error.problem();
        }
        self.arm().await
    }
}
