//! What a room is asked, by its parties and by the desk.

use super::object::RoomObject;
use super::store;
use crate::calls::{Desk, DeskCall, RoomCall};
use crate::clock;
use crate::error::EdgeError;
use crate::object;
use crate::outbox;
use crate::random::{self, fingerprint};
use desk::notice::{Numbered, ToRoom};
use desk::room::{Content, Effect, Input, Sent, Speaker};
use protocol::http::{Ack, EventsReply, MessagesReply, RoomVitals};
use protocol::problem::Code;
use protocol::room::{RoomDown, Since, WELCOME_MOST};
use protocol::{ClientMsgId, HandoffId, Party, Seq};
use worker::Request;

impl RoomObject {
    pub(super) async fn call(&self, req: &mut Request) -> Result<String, EdgeError> {
        let fresh = HandoffId::random(random::seed()?);
        let mut is_for_agent = false;
        let input = match object::read_call(req).await? {
            RoomCall::Notice { notice } => return object::json(&self.hear(notice).await?),
            RoomCall::Send { speaker, send } => {
                return object::json(&self.send(speaker, send.id, Content::Text(send.body)).await?);
            }
            RoomCall::Attach { speaker, id, file } => {
                return object::json(&self.send(speaker, id, Content::File(file)).await?);
            }
            RoomCall::MayAttach { speaker, id } => {
                self.with_room(|room| room.admit(&speaker))??;
                let prior = self.prior(&speaker, &id)?;
                if prior.is_none() {
                    self.with_room(|room| room.may_attach(clock::now(), &speaker))??;
                }
                return object::json(&prior);
            }
            RoomCall::Typing { speaker, on } => {
                self.count_frame(&speaker)?;
                return self.quietly(Input::Typing(speaker, on));
            }
            RoomCall::Receive { speaker, receipt } => {
                self.count_frame(&speaker)?;
                return self.quietly(Input::Receive { speaker, receipt, kept: false });
            }
            RoomCall::Redact { by, is_admin, seq } => {
                let message = self.before(Some(seq.next()), 1)?.pop().filter(|message| message.seq == seq);
                let done = self.quietly(Input::Redact { by, is_admin, message: message.map(Box::new) })?;
                self.told().await?;
                return Ok(done);
            }
            RoomCall::Events { speaker, since, rev, open } => {
                self.count_frame(&speaker)?;
                return object::json(&self.events(&speaker, since, rev, open).await?);
            }
            RoomCall::Messages { speaker, before, limit } => {
                self.count_frame(&speaker)?;
                self.with_room(|room| room.admit(&speaker))??;
                return object::json(&MessagesReply { messages: self.before(before, limit)? });
            }
            RoomCall::Vitals => return object::json(&self.vitals()?),
            RoomCall::Rebuild => {
                self.rebuild().await?;
                return object::json(&self.vitals()?);
            }
            RoomCall::Ask { speaker, page, department, priority } => {
                Input::Ask { speaker, fresh, page, department, priority }
            }
            RoomCall::End { speaker } => Input::End(speaker),
            RoomCall::AfterHours { speaker, form } => {
                let prior = self.prior(&speaker, &form.id)?;
                Input::AfterHours { speaker, fresh, form, prior }
            }
            RoomCall::Reopen { by, handoff, department, priority } => {
                is_for_agent = true;
                Input::Reopen { by, handoff, fresh, department, priority }
            }
        };
        self.apply(input, None)?;
        let state = self.told().await?;
        if is_for_agent { self.as_the_desk_has_it().await } else { object::json(&state) }
    }

    /// Polls and what they post count as frames do: a flood is one whichever way it comes.
    fn count_frame(&self, speaker: &Speaker) -> Result<(), EdgeError> {
        Ok(self.with_room(|room| room.count_frame(clock::now(), speaker))??)
    }

    /// Something that nobody waits for.
    fn quietly(&self, input: Input) -> Result<String, EdgeError> {
        self.apply(input, None)?;
        object::json(&())
    }

    fn sent(&self, speaker: &Speaker, id: ClientMsgId, content: Content) -> Result<Sent, EdgeError> {
        let prior = self.prior(speaker, &id)?;
        Ok(Sent { id, content, prior })
    }

    pub(super) async fn send(&self, speaker: Speaker, id: ClientMsgId, content: Content) -> Result<Ack, EdgeError> {
        let sent = self.sent(&speaker, id, content)?;
        let effects = self.apply(Input::Send(speaker, sent), None)?;
        if effects.iter().any(|effect| matches!(effect, Effect::Tell(_))) {
            // It ended the conversation: both sides see that now.
            self.told().await?;
        } else {
            self.arm_for_history().await?;
        }
        let ack = effects.into_iter().find_map(|effect| if let Effect::Ack(ack) = effect { Some(ack) } else { None });
        ack.ok_or_else(|| EdgeError::Platform("a message without an ack".into()))
    }

    /// The open handoff, with what only the desk knows: whom it is offered to, in which epoch.
    async fn as_the_desk_has_it(&self) -> Result<String, EdgeError> {
        let open = self.with_room(|room| room.open_handoff().map(|row| row.handoff.clone()))?;
        let handoff = open.ok_or(Code::NotOpen)?;
        let (tenant, _) = self.names()?;
        Ok(Desk::of(&self.env, &tenant)?.ask(DeskCall::Handoff { handoff }).await?.0)
    }

    async fn hear(&self, notice: Numbered<ToRoom>) -> Result<(), EdgeError> {
        let has_begun = self.with_room(|room| room.record().is_some())?;
        if !has_begun {
            // There is nothing yet that it could be doubled in, and nothing is stored of a room that was only looked at.
            self.apply(Input::Heard(notice.notice), None)?;
        } else if outbox::is_new(&self.sql()?, "desk", notice.n)? {
            self.apply(Input::Heard(notice.notice), Some(notice.n))?;
        }
        if self.is_open(Party::Visitor.as_str()) {
            self.watch().await?;
        }
        self.arm().await
    }

    /// The answer to a poll; with the `rev` of the last one, it is held until there is something else to tell.
    async fn events(
        &self,
        speaker: &Speaker,
        since: Since,
        rev: Option<u32>,
        open: Option<bool>,
    ) -> Result<EventsReply, EdgeError> {
        let Some(rev) = rev else { return self.events_now(speaker, since, open) };
        let Since::After(after) = since else { return self.events_now(speaker, since, open) };
        let look = || {
            let has_messages = self.with_room(|room| room.last_seq())? > after;
            let told = self.events_now(speaker, since, open)?;
            Ok::<_, EdgeError>((has_messages || told.rev != rev).then_some(told))
        };
        self.bell.wait_for(look).await?.map_or_else(|| self.events_now(speaker, since, open), Ok)
    }

    fn events_now(&self, speaker: &Speaker, since: Since, open: Option<bool>) -> Result<EventsReply, EdgeError> {
        let (welcome, _) = self.welcome_for(speaker, since, open)?;
        let RoomDown::Welcome { state, receipts, .. } = &welcome else { return Err(Code::Internal.into()) };
        let party = match speaker.party() {
            Party::Visitor => Party::Agent,
            Party::Agent => Party::Visitor,
        };
        let writes = self.with_room(|room| room.is_writing(clock::now(), party))?;
        let rev = fingerprint(&object::json(&(state, receipts, writes))?);
        let typing = writes.then_some(RoomDown::Typing { party, on: true });
        Ok(EventsReply { frames: [welcome].into_iter().chain(typing).collect(), rev })
    }

    /// The welcome, and up to where it tells.
    pub(super) fn welcome_for(
        &self,
        speaker: &Speaker,
        since: Since,
        open: Option<bool>,
    ) -> Result<(RoomDown, Seq), EdgeError> {
        let (conversation, now) = (self.names()?.1, clock::now());
        let (from, state, receipts, last_seq) = self.with_room(|room| {
            room.admit(speaker)?;
            Ok::<_, EdgeError>((room.resume(since)?, room.state_for(now, open), room.receipts(), room.last_seq()))
        })??;
        let messages = self.since(from, WELCOME_MOST)?;
        let told = messages.last().map_or(last_seq, |message| message.seq);
        let more = told < last_seq;
        Ok((RoomDown::Welcome { conversation, from, messages, more, state, receipts, now }, told))
    }

    fn vitals(&self) -> Result<RoomVitals, EdgeError> {
        let (last_seq, projected, lacks) = self.with_room(|room| {
            let projected = room.record().map_or(Seq(0), |record| record.projected);
            (room.last_seq(), projected, room.unprojected().is_some())
        })?;
        let oldest = self.since(projected, 1)?.pop().map(|message| clock::now().since(message.at).as_millis());
        Ok(RoomVitals {
            last_seq,
            projected,
            // A handoff alone has no time of its own: it is newer than the alarm that is set for it.
            behind_ms: oldest.map_or(u32::from(lacks), |ms| u32::try_from(ms).unwrap_or(u32::MAX).max(1)),
            sockets: u32::try_from(self.state.get_websockets().len()).unwrap_or(u32::MAX),
            polls: u32::try_from(self.bell.held()).unwrap_or(u32::MAX),
            awake_since: self.awake_since,
        })
    }

    /// Tells the history everything again: the alarm does, and for a while this waits for it.
    async fn rebuild(&self) -> Result<(), EdgeError> {
        if self.with_room(|room| room.record().is_none())? {
            return Err(Code::NotFound.into());
        }
        self.apply(Input::Rebuild(store::shelved(&self.sql()?)?), None)?;
        self.arm().await?;
        let is_done = || Ok::<_, EdgeError>(self.with_room(|room| room.unprojected())?.is_none().then_some(()));
        self.bell.wait_for(is_done).await.map(drop)
    }
}
