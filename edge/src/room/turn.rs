//! One turn of a room: load, ask the rules, save, speak, tell the desk and the history, arm the alarm.

use super::object::Attachment;
use super::object::RoomObject;
use super::store::{self, Stored};
use crate::calls::Desk;
use crate::error::EdgeError;
use crate::object;
use crate::outbox;
use crate::sql::Sql;
use crate::{clock, config, db, files};
use desk::Room;
use desk::notice::{Numbered, ToDesk};
use desk::room::{Effect, Input, Prior, Speaker, Unprojected};
use protocol::room::{Message, RoomDown, RoomState};
use protocol::{ClientMsgId, Seq, Timestamp};

/// Rounds of delivery: all goes to one desk, so one round takes one notice.
const AT_ONCE: u32 = 8;
/// Most messages that one batch takes into the history.
const BATCH: u32 = 80;

impl RoomObject {
    /// Loads, asks, saves, speaks.
    pub(super) fn apply(&self, input: Input, heard: Option<u64>) -> Result<Vec<Effect>, EdgeError> {
        let now = clock::now();
        let effects = self.with_room(|room| room.apply(now, input))??;
        let kept = effects.iter().filter(|effect| store::keeps(effect)).count();
        let save = |sql: &Sql| {
            effects.iter().try_for_each(|effect| store::save(sql, now, effect))?;
            heard.map_or(Ok(()), |n| outbox::hear(sql, "desk", n))
        };
        let stored = match (kept, heard) {
            (0, None) => Ok(()),
            // What is one statement is whole by itself; most messages are.
            (1, None) => self.sql().and_then(|sql| save(&sql)),
            _ => self.sql().and_then(|sql| sql.transaction(save)),
        };
        if stored.is_err() {
            // The rules have moved on and the tables have not: read them again.
            self.room.borrow_mut().take();
        }
        stored?;
        let ids =
            effects.iter().filter_map(|effect| if let Effect::Append(said) = effect { said.id.as_ref() } else { None });
        ids.for_each(|id| self.known.add(id));
        self.speak(&effects);
        Ok(effects)
    }

    pub(super) fn with_room<T>(&self, ask: impl FnOnce(&mut Room) -> T) -> Result<T, EdgeError> {
        let mut slot = self.room.borrow_mut();
        let room = match slot.take() {
            Some(room) => room,
            None => {
                let stored = self.tables()?.map_or_else(|| Ok(Stored::default()), |sql| store::load(&sql))?;
                let room = Room::load(self.names()?.1, stored.record, stored.last_seq, stored.last);
                self.recall(room.limited(config::room_messages(&self.env)))
            }
        };
        Ok(ask(slot.insert(room)))
    }

    /// What sockets have kept while the object slept.
    fn recall(&self, mut room: Room) -> Room {
        for socket in self.state.get_websockets() {
            if let Ok(Some(Attachment { speaker, receipt, .. })) = object::attached(&socket) {
                room.recall(speaker.party(), receipt);
            }
        }
        room
    }

    fn speak(&self, effects: &[Effect]) {
        if effects.is_empty() {
            return;
        }
        self.bell.ring();
        let shown: Vec<RoomDown> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Append(message) => Some(RoomDown::Message { message: message.clone() }),
                Effect::Show(frame) => Some(frame.clone()),
                Effect::Save(_)
                | Effect::Tell(_)
                | Effect::Ack(_)
                | Effect::HangUp(_)
                | Effect::Erase(_)
                | Effect::Shelve(_)
                | Effect::ShowTo(..) => None,
            })
            .collect();
        object::broadcast(&self.state, shown.iter());
        for effect in effects {
            match effect {
                Effect::HangUp(sign_in) => {
                    object::close_all(&self.state, sign_in.as_str(), object::SIGNED_OUT, "signed out");
                }
                Effect::ShowTo(party, frame) => {
                    let sockets = self.state.get_websockets_with_tag(party.as_str());
                    sockets.iter().for_each(|socket| object::send(socket, frame));
                }
                _ => {}
            }
        }
    }

    /// Tells the desk now; what it answers by notice has arrived when this returns. If it does not answer,
    /// the alarm goes on trying.
    pub(super) async fn told(&self) -> Result<RoomState, EdgeError> {
        // Before anything is sent: should we die on the way, the alarm goes on.
        self.arm().await?;
        self.deliver().await?;
        self.arm().await?;
        self.with_room(|room| room.state())
    }

    /// Tells the desk and the history all that they lack. For the alarm alone: of two that run side by side, the later
    /// could put back into the history what was taken away meanwhile. The runtime keeps an alarm until this is done; set
    /// ahead, a second one would ring for nothing.
    pub(super) async fn flush(&self) -> Result<(), EdgeError> {
        self.deliver().await?;
        while let Some(lacking) = self.with_room(|room| room.unprojected())? {
            self.project(lacking).await?;
        }
        self.arm().await
    }

    async fn deliver(&self) -> Result<(), EdgeError> {
        let (tenant, conversation) = self.names()?;
        let send = |_, notice: Numbered<ToDesk>| {
            let (tenant, conversation) = (&tenant, conversation.clone());
            async move { Desk::of(&self.env, tenant)?.notice(conversation, notice).await }
        };
        outbox::deliver(&self.sql()?, AT_ONCE, send).await
    }

    async fn project(&self, lacking: Unprojected) -> Result<(), EdgeError> {
        let (tenant, conversation) = self.names()?;
        let Some((record, rows, activity)) =
            self.with_room(|room| Some((room.record()?.clone(), room.rows(), room.activity())))?
        else {
            return Ok(());
        };
        let messages = self.since(record.projected, BATCH)?;
        let upto = messages.last().map_or(lacking.upto, |message| message.seq);
        let is_lacking = |row: &protocol::desk::QueueRow| lacking.handoffs.iter().any(|(id, _)| *id == row.handoff);
        let rows = rows.into_iter().filter(is_lacking).collect();
        let chapter = db::history::Chapter {
            tenant: &tenant,
            conversation: &conversation,
            record: &record,
            last_seq: upto,
            rows,
            messages,
        };
        if let Some(notice) = activity {
            // Not by the outbox: only the newest counts. First, because the desk closes what it takes for unanswered, and
            // must not do so because the history cannot be reached.
            Desk::of(&self.env, &tenant)?.activity(notice).await?;
        }
        for message in &chapter.messages {
            // Before the history says that it is gone, so that a failure is tried again.
            if let Some(file) = message.of.map(|of| store::gone(&self.sql()?, of)).transpose()?.flatten() {
                files::remove(&self.env, &tenant, &conversation, &file).await?;
            }
        }
        db::history::take_in(&self.env.d1("DB")?, &chapter).await?;
        self.apply(Input::Projected(Unprojected { upto, ..lacking }), None).map(drop)
    }

    pub(super) async fn arm(&self) -> Result<(), EdgeError> {
        let due = self.tables()?.map_or(Ok(None), |sql| outbox::next_due(&sql))?;
        self.alarm.arm(&self.state, [self.project_at()?, due]).await
    }

    /// The same after a turn that had nothing to tell the desk: what it was told before has its alarm.
    pub(super) async fn arm_for_history(&self) -> Result<(), EdgeError> {
        self.alarm.arm(&self.state, [self.project_at()?]).await
    }

    fn project_at(&self) -> Result<Option<Timestamp>, EdgeError> {
        self.with_room(|room| room.project_at(clock::now()))
    }

    /// The tables, made if need be.
    pub(super) fn sql(&self) -> Result<Sql, EdgeError> {
        let sql = Sql::of(&self.state)?;
        if !self.tables_ready.get() {
            store::prepare(&sql)?;
            self.tables_ready.set(true);
        }
        Ok(sql)
    }

    /// The tables, if there are any: reading a room that has not begun leaves nothing behind.
    fn tables(&self) -> Result<Option<Sql>, EdgeError> {
        let sql = Sql::of(&self.state)?;
        if !self.tables_ready.get() {
            self.tables_ready.set(store::is_prepared(&sql)?);
        }
        Ok(self.tables_ready.get().then_some(sql))
    }

    pub(super) fn since(&self, seq: Seq, limit: u32) -> Result<Vec<Message>, EdgeError> {
        self.tables()?.map_or_else(|| Ok(Vec::new()), |sql| store::since(&sql, seq, limit))
    }

    /// The page before a place, or the last one.
    pub(super) fn before(&self, seq: Option<Seq>, limit: u32) -> Result<Vec<Message>, EdgeError> {
        let seq = seq.unwrap_or(Seq(u32::MAX));
        self.tables()?.map_or_else(|| Ok(Vec::new()), |sql| store::before(&sql, seq, limit))
    }

    pub(super) fn prior(&self, speaker: &Speaker, id: &ClientMsgId) -> Result<Option<Prior>, EdgeError> {
        let Some(sql) = self.tables()? else { return Ok(None) };
        if self.known.may_be(&sql, id)? { store::prior(&sql, speaker, id) } else { Ok(None) }
    }
}
