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
use protocol::desk::QueueRow;
use protocol::team::{DeskVitals, HeartbeatReply};
use protocol::{AgentId, ConversationId, HandoffId, Timestamp};
use worker::Request;

impl DeskObject {
    pub(super) async fn call(&self, req: &mut Request) -> Result<String, EdgeError> {
        let DeskRequest { versions, call } = object::read_call(req).await?;
        if let Some(versions) = versions {
            self.catch_up(versions).await?;
        }
        match call {
            DeskCall::Notice { from, notice } => self.hear(&from, notice).await.map(|()| String::new()),
            DeskCall::Publish => self.publish().await.map(|()| String::new()),
            DeskCall::Vitals => object::json(&self.vitals().await?),
            call => {
                let (inputs, reply) = plan(call, versions.unwrap_or_default());
                let turned = self.turn(inputs, reply.rounds()).await;
                if let Reply::Beat(_) = reply {
                    count(if turned.is_ok() { &self.counts.beats } else { &self.counts.beats_refused });
                }
                self.reply(reply, turned?)
            }
        }
    }

    fn reply(&self, reply: Reply, effects: Vec<Effect>) -> Result<String, EdgeError> {
        let (desk, now) = (self.desk()?, clock::now());
        match reply {
            Reply::Nothing | Reply::Noted => Ok(String::new()),
            Reply::Row => object::json(&answered(effects)?),
            Reply::Handoff(handoff) => object::json(&desk.handoff(&handoff)?),
            Reply::Queue(wanted, most) => object::json(&desk.queue(&wanted, most)),
            Reply::Card(agent) => object::json(&desk.card_of(&agent)?),
            Reply::Beat(agent) => {
                let beat_every_ms = u32::try_from(desk.beat_every().as_millis()).unwrap_or(u32::MAX);
                object::json(&HeartbeatReply { agent: desk.card_of(&agent)?, beat_every_ms })
            }
            Reply::Agents(wanted, most) => object::json(&desk.agents(wanted, most)),
            Reply::Presence => object::json(&desk.presence(now)),
            Reply::Leases(agent) => object::json(&desk.leases_of(&agent)),
            Reply::Word => object::json(&desk.word()),
        }
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
        let known = self.desk()?.versions();
        if known.roster < versions.roster {
            let defaults = config::presence_defaults(&self.env);
            let roster = db::roster::load(&self.env.d1("DB")?, &self.tenant()?, defaults).await?;
            self.turn(vec![Input::Roster(roster)], AT_ONCE).await?;
        }
        if known.access < versions.access {
            self.end_sign_ins(versions.access).await?;
        }
        Ok(())
    }

    async fn end_sign_ins(&self, access: u32) -> Result<(), EdgeError> {
        // Somebody else may be quicker, and then there is nothing left to ask.
        while self.desk()?.versions().access < access {
            let asked = self.desk()?.sign_ins();
            let ended = db::sign_ins::ended(&self.env.d1("DB")?, &self.tenant()?, &asked, clock::now()).await?;
            // Who came while we asked was not asked for.
            let all_were = self.desk()?.sign_ins().iter().all(|id| asked.contains(id));
            if all_were {
                self.turn(vec![Input::Ended { access, sign_ins: ended }], AT_ONCE).await?;
            }
        }
        Ok(())
    }

    async fn vitals(&self) -> Result<DeskVitals, EdgeError> {
        let sql = Sql::of(&self.state)?;
        let (leases, handoffs, tally) = {
            let desk = self.desk()?;
            (desk.lease_count(), desk.handoffs(), desk.totals())
        };
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
            tally,
        })
    }
}

/// What is answered once the inputs are dealt with.
enum Reply {
    Nothing,
    /// Nothing, and rooms can wait.
    Noted,
    /// The row that a command was about.
    Row,
    Handoff(HandoffId),
    Queue(WantedRows, usize),
    Card(AgentId),
    Beat(AgentId),
    Agents(Wanted, usize),
    Presence,
    Leases(AgentId),
    Word,
}

impl Reply {
    /// Rooms are told before a command is answered; whoever only asks, chooses an intent, or says that somebody wrote,
    /// waits for nobody.
    fn rounds(&self) -> u32 {
        match self {
            Reply::Nothing | Reply::Row => AT_ONCE,
            Reply::Noted
            | Reply::Handoff(_)
            | Reply::Queue(..)
            | Reply::Card(_)
            | Reply::Beat(_)
            | Reply::Agents(..)
            | Reply::Presence
            | Reply::Leases(_)
            | Reply::Word => 0,
        }
    }
}

/// What a call means to the rules.
fn plan(call: DeskCall, versions: Versions) -> (Vec<Input>, Reply) {
    let one_more = |limit: u32| limit as usize + 1;
    let (input, reply) = match call {
        DeskCall::Activity { notice } => (Input::Heard(notice), Reply::Noted),
        DeskCall::Command { agent, handoff, epoch, verb } => {
            (Input::Command { agent, handoff, epoch, verb }, Reply::Row)
        }
        DeskCall::Prioritize { conversation, priority, by } => {
            (Input::Prioritize { room: conversation, priority, by }, Reply::Nothing)
        }
        DeskCall::Recheck { conversation, handoff } => (Input::Recheck { room: conversation, handoff }, Reply::Nothing),
        DeskCall::Intend { agent, intent } => (Input::Intend { agent: agent.clone(), intent }, Reply::Card(agent)),
        DeskCall::IntendFor { agent, by, intent } => {
            (Input::IntendFor { agent: agent.clone(), by, intent }, Reply::Card(agent))
        }
        DeskCall::Heartbeat { agent, sign_in, expires_at, idle } => {
            let by = By { agent: agent.clone(), sign_in, expires_at, versions };
            (Input::Heartbeat { by, idle }, Reply::Beat(agent))
        }
        DeskCall::GoOffline { agent, sign_in } => {
            (Input::GoOffline { agent: agent.clone(), sign_in }, Reply::Card(agent))
        }
        DeskCall::Attend { agent, sign_in, expires_at, conversation } => {
            (Input::Attend { by: By { agent, sign_in, expires_at, versions }, room: conversation }, Reply::Nothing)
        }
        DeskCall::Unattend { sign_in, conversation } => {
            (Input::Unattend { sign_in, room: conversation }, Reply::Nothing)
        }
        DeskCall::Unwatch { conversation } => (Input::Unwatch(conversation), Reply::Nothing),
        DeskCall::Watch { conversation } => (Input::Watch(conversation), Reply::Word),
        DeskCall::Queue { stage, department, agent, after, limit } => {
            (Input::Tick, Reply::Queue(WantedRows { stage, department, agent, after }, one_more(limit)))
        }
        DeskCall::Handoff { handoff } => (Input::Tick, Reply::Handoff(handoff)),
        DeskCall::Agents { department, status, after, limit } => {
            (Input::Tick, Reply::Agents(Wanted { department, status, after }, one_more(limit)))
        }
        DeskCall::Agent { agent } => (Input::Tick, Reply::Card(agent)),
        DeskCall::Presence => (Input::Tick, Reply::Presence),
        DeskCall::Leases { agent } => (Input::Tick, Reply::Leases(agent)),
        // The first three are answered before it comes to this.
        DeskCall::Notice { .. } | DeskCall::Publish | DeskCall::Vitals | DeskCall::Tick => {
            (Input::Tick, Reply::Nothing)
        }
    };
    (vec![input], reply)
}

fn answered(effects: Vec<Effect>) -> Result<QueueRow, EdgeError> {
    let answer = |effect| if let Effect::Answer(row) = effect { Some(row) } else { None };
    let row = effects.into_iter().find_map(answer);
    row.ok_or_else(|| EdgeError::Platform("a command without an answer".into()))
}
