//! What a desk is asked, by the Worker and by rooms.

use super::object::{DeskObject, count};
use super::store;
use super::turn::{AT_ONCE, Proofs};
use crate::calls::{DeskCall, DeskRequest};
use crate::error::EdgeError;
use crate::object;
use crate::outbox;
use crate::sql::Sql;
use crate::{clock, config, db};
use desk::desk::{By, Effect, Input, Versions, Wanted, WantedRows};
use desk::notice::{Numbered, ToDesk};
use protocol::team::{DeskVitals, HeartbeatReply};
use protocol::{AgentId, ConversationId, Timestamp};
use worker::Request;

impl DeskObject {
    pub(super) async fn call(&self, req: &mut Request) -> Result<String, EdgeError> {
        let DeskRequest { versions, call } = object::read_call(req).await?;
        if let Some(versions) = versions {
            self.catch_up(versions).await?;
        }
        let seen = versions.unwrap_or_default();
        match call {
            DeskCall::Notice { from, notice } => self.hear(&from, notice).await.map(|()| String::new()),
            DeskCall::Activity { notice } => self.done(vec![Input::Heard(notice)]).await,
            DeskCall::Command { agent, handoff, epoch, verb } => {
                answered(&self.turn(vec![Input::Command { agent, handoff, epoch, verb }]).await?)
            }
            DeskCall::Prioritize { conversation, priority, by } => {
                self.done(vec![Input::Prioritize { room: conversation, priority, by }]).await
            }
            DeskCall::Recheck { conversation, handoff } => {
                self.done(vec![Input::Recheck { room: conversation, handoff }]).await
            }
            DeskCall::Queue { stage, department, agent, after, limit } => {
                self.quickly(vec![]).await?;
                let wanted = WantedRows { stage, department, agent, after };
                self.ask(|desk, _| object::json(&desk.queue(&wanted, limit as usize + 1)))?
            }
            DeskCall::Handoff { handoff } => {
                self.quickly(vec![]).await?;
                self.ask(|desk, _| object::json(&desk.handoff(&handoff)?))?
            }
            DeskCall::Publish => self.publish().await.map(|()| String::new()),
            DeskCall::Intend { agent, intent } => {
                self.card_after(agent.clone(), vec![Input::Intend { agent, intent }]).await
            }
            DeskCall::IntendFor { agent, by, intent } => {
                self.card_after(agent.clone(), vec![Input::IntendFor { agent, by, intent }]).await
            }
            DeskCall::Heartbeat { agent, sign_in, expires_at, idle } => {
                self.heartbeat(By { agent, sign_in, expires_at, versions: seen }, idle).await
            }
            DeskCall::GoOffline { agent, sign_in } => {
                self.card_after(agent.clone(), vec![Input::GoOffline { agent, sign_in }]).await
            }
            DeskCall::Attend { agent, sign_in, expires_at, conversation } => {
                let by = By { agent, sign_in, expires_at, versions: seen };
                self.done(vec![Input::Attend { by, room: conversation }]).await
            }
            DeskCall::Unattend { sign_in, conversation } => {
                self.done(vec![Input::Unattend { sign_in, room: conversation }]).await
            }
            DeskCall::Unwatch { conversation } => self.done(vec![Input::Unwatch(conversation)]).await,
            DeskCall::Watch { conversation } => {
                self.quickly(vec![Input::Watch(conversation)]).await?;
                self.ask(|desk, _| object::json(&desk.word()))?
            }
            DeskCall::Agents { department, status, after, limit } => {
                self.quickly(vec![]).await?;
                let wanted = Wanted { department, status, after };
                self.ask(|desk, _| object::json(&desk.agents(wanted, limit as usize + 1)))?
            }
            DeskCall::Agent { agent } => self.card_after(agent, vec![]).await,
            DeskCall::Presence => {
                self.quickly(vec![]).await?;
                self.ask(|desk, now| object::json(&desk.presence(now)))?
            }
            DeskCall::Leases { agent } => {
                self.quickly(vec![]).await?;
                self.ask(|desk, _| object::json(&desk.leases_of(&agent)))?
            }
            DeskCall::Vitals => object::json(&self.vitals().await?),
            DeskCall::Tick => self.done(vec![]).await,
        }
    }

    async fn heartbeat(&self, by: By, idle: bool) -> Result<String, EdgeError> {
        let agent = by.agent.clone();
        let taken = self.quickly(vec![Input::Heartbeat { by, idle }]).await;
        count(if taken.is_ok() { &self.counts.beats } else { &self.counts.beats_refused });
        taken?;
        self.ask(|desk, _| {
            let beat_every_ms = u32::try_from(desk.beat_every().as_millis()).unwrap_or(u32::MAX);
            object::json(&HeartbeatReply { agent: desk.card_of(&agent)?, beat_every_ms })
        })?
    }

    async fn hear(&self, from: &ConversationId, notice: Numbered<ToDesk>) -> Result<(), EdgeError> {
        let sql = Sql::of(&self.state)?;
        store::prepare(&sql)?;
        if outbox::is_new(&sql, from.as_str(), notice.n)? {
            self.apply(Proofs::Due, vec![Input::Heard(notice.notice)], Some((from, notice.n)))?;
        }
        self.settle(AT_ONCE).await
    }

    /// Reads what has changed in the tenant's administration since it was read last.
    pub(super) async fn catch_up(&self, versions: Versions) -> Result<(), EdgeError> {
        let known = self.ask(|desk, _| desk.versions())?;
        if known.roster < versions.roster {
            let defaults = config::presence_defaults(&self.env);
            let roster = db::roster::load(&self.env.d1("DB")?, &self.tenant()?, defaults).await?;
            self.turn(vec![Input::Roster(roster)]).await?;
        }
        if known.access < versions.access {
            self.end_sign_ins(versions.access).await?;
        }
        Ok(())
    }

    async fn end_sign_ins(&self, access: u32) -> Result<(), EdgeError> {
        // Somebody else may be quicker, and then there is nothing left to ask.
        while self.ask(|desk, _| desk.versions().access < access)? {
            let asked = self.ask(|desk, _| desk.sign_ins())?;
            let ended = db::sign_ins::ended(&self.env.d1("DB")?, &self.tenant()?, &asked, clock::now()).await?;
            // Who came while we asked was not asked for.
            if self.ask(|desk, _| desk.sign_ins().iter().all(|id| asked.contains(id)))? {
                self.turn(vec![Input::Ended { access, sign_ins: ended }]).await?;
            }
        }
        Ok(())
    }

    /// A turn whose answer is an agent's card.
    async fn card_after(&self, agent: AgentId, inputs: Vec<Input>) -> Result<String, EdgeError> {
        self.quickly(inputs).await?;
        self.ask(|desk, _| object::json(&desk.card_of(&agent)?))?
    }

    /// A turn without an answer.
    async fn done(&self, inputs: Vec<Input>) -> Result<String, EdgeError> {
        self.turn(inputs).await.map(|_| String::new())
    }

    async fn vitals(&self) -> Result<DeskVitals, EdgeError> {
        let sql = Sql::of(&self.state)?;
        let (leases, handoffs) = self.ask(|desk, _| (desk.lease_count(), desk.handoffs()))?;
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(DeskVitals {
            alarm_at: self.state.storage().get_alarm().await?.map(Timestamp),
            leases: small(leases),
            handoffs: small(handoffs),
            unpublished: store::logged(&sql)?,
            awake_since: self.awake_since,
            alarms: self.counts.alarms.get(),
            beats: self.counts.beats.get(),
            beats_refused: self.counts.beats_refused.get(),
            frames_refused: self.counts.frames_refused.get(),
            tally: self.ask(|desk, _| desk.totals())?,
        })
    }
}

/// The row that a command was answered with.
fn answered(effects: &[Effect]) -> Result<String, EdgeError> {
    let answer = |effect: &Effect| if let Effect::Answer(row) = effect { Some(row.clone()) } else { None };
    let row =
        effects.iter().find_map(answer).ok_or_else(|| EdgeError::Platform("a command without an answer".into()))?;
    object::json(&row)
}
