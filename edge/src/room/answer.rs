//! What a room is asked, by its parties and by the desk.

use super::object::{RoomObject, other, side};
use crate::calls::{Desk, DeskCall, RoomCall};
use crate::error::EdgeError;
use crate::object;
use crate::outbox;
use crate::{clock, random};
use desk::notice::{Numbered, ToRoom};
use desk::room::{Effect, Input, Sent, Speaker};
use protocol::http::{Ack, EventsReply, SendRequest};
use protocol::problem::Code;
use protocol::room::{RoomDown, WELCOME_MOST};
use protocol::{HandoffId, Party, Seq, Timestamp};
use std::time::Duration;
use worker::Request;

/// For how long "is writing" holds without being said again.
const TYPING_HOLDS: Duration = Duration::from_secs(6);

impl RoomObject {
    pub(super) async fn call(&self, req: &mut Request) -> Result<String, EdgeError> {
        let fresh = HandoffId::random(random::seed()?);
        let mut is_for_agent = false;
        let input = match object::read_call(req).await? {
            RoomCall::Notice { notice } => return object::json(&self.hear(notice).await?),
            RoomCall::Send { speaker, send } => return object::json(&self.send(speaker, send).await?),
            RoomCall::Typing { speaker, on } => return object::json(&self.relay_typing(&speaker, on)?),
            RoomCall::Events { speaker, after, open } => {
                return object::json(&self.events(&speaker, after, open)?);
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

    pub(super) async fn send(&self, speaker: Speaker, send: SendRequest) -> Result<Ack, EdgeError> {
        let prior = self.prior(&speaker, &send.id)?;
        self.typing[side(&speaker) as usize].set(Timestamp(0));
        let effects = self.apply(Input::Send(speaker, Sent { id: send.id, body: send.body, prior }), None)?;
        if effects.iter().any(|effect| matches!(effect, Effect::Tell(_))) {
            // It ended the conversation: both sides see that now.
            self.told().await?;
        } else {
            self.arm().await?;
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

    fn events(&self, speaker: &Speaker, after: Seq, open: Option<bool>) -> Result<EventsReply, EdgeError> {
        let (mut frames, _) = self.frames_for(speaker, after, open)?;
        let party = other(side(speaker));
        if clock::now() < self.typing[party as usize].get() {
            frames.push(RoomDown::Typing { party, on: true });
        }
        Ok(EventsReply { frames })
    }

    /// The welcome, and up to where it tells.
    pub(super) fn frames_for(
        &self,
        speaker: &Speaker,
        after: Seq,
        open: Option<bool>,
    ) -> Result<(Vec<RoomDown>, Seq), EdgeError> {
        let (conversation, now) = (self.names()?.1, clock::now());
        let (state, last_seq) = self.with_room(|room| {
            room.admit(speaker)?;
            Ok::<_, EdgeError>((room.state_for(now, open), room.last_seq()))
        })??;
        let messages = self.since(after, WELCOME_MOST)?;
        let told = messages.last().map_or(last_seq, |message| message.seq);
        let more = told < last_seq;
        Ok((vec![RoomDown::Welcome { conversation, messages, more, state, now }], told))
    }

    pub(super) fn relay_typing(&self, speaker: &Speaker, on: bool) -> Result<(), EdgeError> {
        self.with_room(|room| room.may_write(speaker))??;
        let party = side(speaker);
        let until = if on { clock::now() + TYPING_HOLDS } else { Timestamp(0) };
        self.typing[party as usize].set(until);
        let frame = RoomDown::Typing { party, on };
        let others = self.state.get_websockets_with_tag(other(party).as_str());
        others.iter().for_each(|socket| object::send(socket, &frame));
        Ok(())
    }
}
