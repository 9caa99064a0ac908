//! The room of one conversation: the only authority on its transcript. It follows the desk's word on who
//! owns the conversation, by epoch.

mod hear;
mod history;
mod receipts;
mod redact;
mod types;

use receipts::Writing;
pub use types::{Content, Effect, Handoff, Input, Prior, Record, Sent, Speaker, Unprojected};

use crate::Refusal;
use crate::flood::Flood;
use crate::notice::ToDesk;
use protocol::desk::{LastMessage, Page, QueueRow};
use protocol::http::{Ack, AfterHoursRequest};
use protocol::room::{AgentRef, HandoffView, Message, Receipts, RoomDown, RoomState};
use protocol::{
    AgentId, ClientMsgId, CloseReason, ConversationId, Event, HandoffId, Kind, Seq, Stage, Timestamp, clipped,
};
use std::time::Duration;

/// For this long after the desk's word, no other counts.
const WORD_HOLDS: Duration = Duration::from_secs(5);
/// A visitor who writes this, and nothing else, ends the conversation.
const END: &str = "end chat";
/// Most messages of one party in ten seconds, where the deployment says nothing else.
const MOST_SENDS: u32 = 60;
/// And frames of all kinds, for each message.
const FRAMES_A_SEND: u32 = 5;
/// Characters of a message shown in a queue.
const PREVIEW: usize = 200;

/// The machine.
#[derive(Debug, Clone)]
pub struct Room {
    conversation: ConversationId,
    record: Option<Record>,
    last_seq: Seq,
    last: Option<LastMessage>,
    /// Whether somebody can answer, as far as known. A room that has not begun keeps nothing else.
    open: bool,
    /// How often that had changed when we heard of it.
    flips: u32,
    /// When the desk last said something. Not stored.
    word_at: Timestamp,
    /// When the history last took something in. Not stored.
    projected_at: Timestamp,
    /// Receipts have grown since the record was stored.
    is_unsaved: bool,
    /// Who is writing. Not stored.
    typing: [Writing; 2],
    /// Messages and frames of each side, and how many messages there may be. Not stored.
    sends: [Flood; 2],
    frames: [Flood; 3],
    most_sends: u32,
    effects: Vec<Effect>,
}

impl Room {
    /// A room as it was stored; one that nobody has written to yet has no record.
    pub fn load(conversation: ConversationId, record: Option<Record>, last_seq: Seq, last: Option<Message>) -> Room {
        let (open, flips) = record.as_ref().map_or((true, 0), |record| (record.desk_open, record.flips));
        let last = last.as_ref().and_then(preview);
        Room {
            conversation,
            record,
            last_seq,
            last,
            open,
            flips,
            word_at: Timestamp(0),
            projected_at: Timestamp(0),
            is_unsaved: false,
            typing: Default::default(),
            sends: Default::default(),
            frames: Default::default(),
            most_sends: MOST_SENDS,
            effects: Vec::new(),
        }
    }

    /// The same, where a deployment says how many messages one party may send in ten seconds.
    pub fn limited(self, most_sends: Option<u32>) -> Room {
        Room { most_sends: most_sends.unwrap_or(MOST_SENDS), ..self }
    }

    /// Counts a frame that came by a socket. Errors: [`Refusal::SlowDown`]: so much is no person's, and its socket is to go.
    pub fn count_frame(&mut self, now: Timestamp, speaker: &Speaker) -> Result<(), Refusal> {
        // Whoever only watches must not cost the owner a socket.
        let whose = if self.may_write(speaker).is_ok() { speaker.party() as usize } else { 2 };
        self.frames[whose].count(now, self.most_sends.saturating_mul(FRAMES_A_SEND))
    }

    fn count_send(&mut self, now: Timestamp, speaker: &Speaker) -> Result<(), Refusal> {
        self.sends[speaker.party() as usize].count(now, self.most_sends)
    }

    /// Moves the room on. Errors: a [`Refusal`], and nothing has changed.
    pub fn apply(&mut self, now: Timestamp, input: Input) -> Result<Vec<Effect>, Refusal> {
        match input {
            Input::Send(speaker, sent) => self.send(now, speaker, sent)?,
            Input::Ask { speaker, fresh, page, department, priority } => {
                let row = QueueRow { department, priority, ..self.new_row(now, fresh, page) };
                self.ask(now, speaker, row)?;
            }
            Input::Reopen { by, handoff, fresh, department, priority } => {
                let row = QueueRow { department, priority, ..self.new_row(now, fresh, Page::default()) };
                self.reopen(now, by, &handoff, row)?;
            }
            Input::Receive { speaker, receipt, kept } => self.receive(&speaker, receipt, kept)?,
            Input::Gone => self.keep_receipts(),
            Input::Typing(speaker, on) => self.types(now, &speaker, on)?,
            Input::Redact { by, is_admin, message } => self.redact(now, by, is_admin, message)?,
            Input::Rebuild(shelved) => self.rebuild(shelved),
            Input::End(speaker) => self.end(&speaker)?,
            Input::AfterHours { speaker, fresh, form, prior } => self.after_hours(now, speaker, fresh, form, prior)?,
            Input::Heard(notice) => self.hear(now, notice),
            Input::Projected(done) => self.projected(now, done),
        }
        Ok(std::mem::take(&mut self.effects))
    }

    /// Whether a visitor here waits for nobody, and so is told by nobody whether somebody can answer: one who looks
    /// has to ask for that.
    pub fn is_unattended(&self) -> bool {
        self.latest().is_none_or(|handoff| handoff.row.stage == Stage::Closed)
    }

    /// The same for a party that nobody pushes anything to: `open` is what the tenant's history says of the desk, and
    /// counts where the desk itself has said nothing lately.
    pub fn state_for(&self, now: Timestamp, open: Option<bool>) -> RoomState {
        let is_told = !self.is_unattended() || now.since(self.word_at) < WORD_HOLDS;
        RoomState { desk_open: open.filter(|_| !is_told).unwrap_or(self.open), ..self.state() }
    }

    /// All but the transcript, as the parties see it.
    pub fn state(&self) -> RoomState {
        let view = |handoff: &Handoff| {
            let QueueRow { handoff: id, stage, epoch, asked_at, agent, reason, email, form_offered, place, .. } =
                handoff.row.clone();
            HandoffView { id, stage, epoch, asked_at, agent, reason, emailed: email.is_some(), form_offered, place }
        };
        RoomState { desk_open: self.open, handoff: self.latest().map(view) }
    }

    /// Place of the newest message.
    pub fn last_seq(&self) -> Seq {
        self.last_seq
    }

    /// Whose room this is, once it has begun.
    pub fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// Whether this party may be here. Errors: [`Refusal::NotFound`] for another visitor, and for an agent
    /// before the visitor has begun.
    pub fn admit(&self, speaker: &Speaker) -> Result<(), Refusal> {
        match (speaker, &self.record) {
            (Speaker::Visitor { .. }, None) | (Speaker::Agent { .. }, Some(_)) => Ok(()),
            (Speaker::Visitor { visitor, .. }, Some(record)) if record.visitor == *visitor => Ok(()),
            (Speaker::Visitor { .. }, Some(_)) | (Speaker::Agent { .. }, None) => Err(Refusal::NotFound),
        }
    }

    /// Only the visitor asks for a human, whatever a route lets in.
    fn admit_visitor(&self, speaker: &Speaker) -> Result<(), Refusal> {
        match speaker {
            Speaker::Visitor { .. } => self.admit(speaker),
            Speaker::Agent { .. } => Err(Refusal::NotFound),
        }
    }

    /// Whether this party may write. Errors: those of [`Room::admit`], and [`Refusal::NotOwner`].
    pub fn may_write(&self, speaker: &Speaker) -> Result<(), Refusal> {
        self.admit(speaker)?;
        match speaker {
            Speaker::Visitor { .. } => Ok(()),
            Speaker::Agent { agent } if self.owner() == Some(&agent.id) => Ok(()),
            Speaker::Agent { .. } => Err(Refusal::NotOwner),
        }
    }

    /// Handoffs as the history shows them.
    pub fn rows(&self) -> Vec<QueueRow> {
        let rows = self.record.iter().flat_map(|record| &record.handoffs).map(|handoff| handoff.row.clone());
        let latest = self.latest().map(|handoff| handoff.row.handoff.clone());
        rows.map(|row| {
            let last = if Some(&row.handoff) == latest.as_ref() { self.last.clone() } else { row.last.clone() };
            QueueRow { last, ..row }
        })
        .collect()
    }

    /// What an open queue should show of this conversation.
    pub fn activity(&self) -> Option<ToDesk> {
        let open = self.latest().filter(|handoff| handoff.row.stage != Stage::Closed)?;
        let (handoff, conversation) = (open.row.handoff.clone(), self.conversation.clone());
        Some(ToDesk::Activity { handoff, conversation, last: self.last.clone()? })
    }

    /// The handoff that is not over.
    pub fn open_handoff(&self) -> Option<&QueueRow> {
        self.latest().map(|handoff| &handoff.row).filter(|row| row.stage != Stage::Closed)
    }

    fn latest(&self) -> Option<&Handoff> {
        self.record.as_ref()?.handoffs.last()
    }

    fn owner(&self) -> Option<&AgentId> {
        let row = &self.latest()?.row;
        if row.stage == Stage::Active { row.agent.as_ref().map(|agent| &agent.id) } else { None }
    }

    fn send(&mut self, now: Timestamp, speaker: Speaker, sent: Sent) -> Result<(), Refusal> {
        if let Some(seq) = self.already_sent(&speaker, &sent)? {
            self.effects.push(Effect::Ack(seq));
            return Ok(());
        }
        self.may_write(&speaker)?;
        if let Content::Text(_) = sent.content {
            self.count_send(now, &speaker)?;
        }
        self.begin(now, &speaker);
        let ends = matches!((&speaker, &sent.content),
            (Speaker::Visitor { .. }, Content::Text(body)) if body.as_str().eq_ignore_ascii_case(END));
        self.typing[speaker.party() as usize] = Writing::default();
        let seq = self.append_said(now, speaker, sent.id.clone(), sent.content);
        self.effects.push(Effect::Ack(Ack { id: sent.id, seq, at: now }));
        if ends {
            self.tell_end();
        }
        Ok(())
    }

    /// Only the visitor may. The desk closes it, so that nobody is given meanwhile what is over.
    fn end(&mut self, speaker: &Speaker) -> Result<(), Refusal> {
        self.admit_visitor(speaker)?;
        self.tell_end();
        Ok(())
    }

    fn tell_end(&mut self) {
        if let Some((handoff, epoch)) = self.open_handoff().map(|row| (row.handoff.clone(), row.epoch)) {
            let conversation = self.conversation.clone();
            self.effects.push(Effect::Tell(ToDesk::End { handoff, conversation, epoch }));
        }
    }

    /// Whether a file may be sent, before anything of it is read; counts it. Errors: those of a send that nothing was
    /// sent before.
    pub fn may_attach(&mut self, now: Timestamp, speaker: &Speaker) -> Result<(), Refusal> {
        self.may_write(speaker)?;
        self.count_send(now, speaker)
    }

    /// The ack of an earlier try. A retry is answered even to an agent who has lost the conversation since:
    /// the message stands in the transcript.
    fn already_sent(&self, speaker: &Speaker, sent: &Sent) -> Result<Option<Ack>, Refusal> {
        self.admit(speaker)?;
        match &sent.prior {
            None => Ok(None),
            // What it said cannot be compared any more once it was redacted; in any case it must not come back.
            Some(prior) if prior.content.as_ref().is_none_or(|content| *content == sent.content) => {
                Ok(Some(Ack { id: sent.id.clone(), seq: prior.seq, at: prior.at }))
            }
            Some(_) => Err(Refusal::ConflictingRetry),
        }
    }

    fn ask(&mut self, now: Timestamp, speaker: Speaker, row: QueueRow) -> Result<(), Refusal> {
        self.admit_visitor(&speaker)?;
        if self.open_handoff().is_some() {
            return Ok(());
        }
        self.begin(now, &speaker);
        self.tell_ask(row.clone(), None);
        self.push_handoff(row, false);
        self.save();
        Ok(())
    }

    /// A new handoff in the place of the one that is over. Errors: [`Refusal::NotFound`] if this room has never had it.
    fn reopen(&mut self, now: Timestamp, by: AgentRef, handoff: &HandoffId, row: QueueRow) -> Result<(), Refusal> {
        let earlier = self.latest().map(|earlier| earlier.row.clone()).ok_or(Refusal::NotFound)?;
        if earlier.stage != Stage::Closed {
            return Ok(());
        }
        if earlier.handoff != *handoff {
            return Err(Refusal::StaleEpoch);
        }
        let row = QueueRow { page: earlier.page, email: earlier.email, ..row };
        self.tell_ask(row.clone(), Some(by.clone()));
        // What the agent did is said here; that the visitor asked is not.
        self.push_handoff(row, true);
        self.append_event(now, Event::Reopened, Some(by));
        self.save();
        Ok(())
    }

    fn tell_ask(&mut self, row: QueueRow, by: Option<AgentRef>) {
        let row = Box::new(QueueRow { last: self.last.clone(), ..row });
        self.effects.push(Effect::Tell(ToDesk::Ask { row, by }));
    }

    fn after_hours(
        &mut self,
        now: Timestamp,
        speaker: Speaker,
        fresh: HandoffId,
        form: AfterHoursRequest,
        prior: Option<Prior>,
    ) -> Result<(), Refusal> {
        self.admit_visitor(&speaker)?;
        let sent = Sent { id: form.id, content: Content::Text(form.message), prior };
        if self.already_sent(&speaker, &sent)?.is_some() {
            return Ok(());
        }
        if let Some(QueueRow { stage: Stage::Active, agent: Some(by), picked_at, asked_at, .. }) =
            self.latest().map(|handoff| handoff.row.clone())
        {
            return Err(Refusal::Taken { by, at: picked_at.unwrap_or(asked_at) });
        }
        self.count_send(now, &speaker)?;
        self.begin(now, &speaker);
        let unanswered = |row: &QueueRow| {
            row.stage == Stage::Waiting || (row.reason == Some(CloseReason::Missed) && row.email.is_none())
        };
        if !self.latest().is_some_and(|handoff| unanswered(&handoff.row)) {
            let row = self.new_row(now, fresh, form.page);
            self.push_handoff(row, false);
        }
        self.append_said(now, speaker, sent.id, sent.content);
        self.change_latest(|row| {
            row.stage = Stage::Closed;
            row.place = None;
            row.reason = Some(CloseReason::Missed);
            row.closed_at = Some(now);
            row.email = Some(form.email);
            row.visitor_name = form.name.or(row.visitor_name.take());
        });
        self.append_event(now, Event::AfterHoursSaved, None);
        if let Some(row) = self.rows().pop() {
            self.effects.push(Effect::Tell(ToDesk::AfterHours { row: Box::new(row) }));
        }
        self.save();
        Ok(())
    }

    /// The room comes to be with the first thing that a visitor leaves in it.
    fn begin(&mut self, now: Timestamp, speaker: &Speaker) {
        if let (None, Speaker::Visitor { visitor, widget }) = (&self.record, speaker) {
            self.record = Some(Record {
                visitor: visitor.clone(),
                widget: widget.clone(),
                began_at: now,
                desk_open: self.open,
                flips: self.flips,
                handoffs: Vec::new(),
                projected: Seq(0),
                receipts: Receipts::default(),
            });
            self.keep();
        }
    }

    fn new_row(&self, now: Timestamp, handoff: HandoffId, page: Page) -> QueueRow {
        let page = Page { url: clipped(&page.url, 2000), title: clipped(&page.title, 200) };
        let earlier = self.latest().map(|earlier| &earlier.row);
        let visitor_name = earlier.and_then(|row| row.visitor_name.clone());
        let earlier = earlier.and_then(|row| row.agent.as_ref().map(|agent| agent.id.clone()).or(row.earlier.clone()));
        QueueRow { visitor_name, earlier, ..QueueRow::waiting(handoff, self.conversation.clone(), now, page) }
    }

    fn push_handoff(&mut self, row: QueueRow, queued: bool) {
        let last = self.last.clone();
        if let Some(record) = &mut self.record {
            // What is no longer the latest keeps the last message of its own time.
            if let Some(earlier) = record.handoffs.last_mut() {
                earlier.row.last = last;
            }
            record.handoffs.push(Handoff { row, queued, version: 1, projected: 0 });
        }
    }

    fn change_latest(&mut self, change: impl FnOnce(&mut QueueRow)) {
        if let Some(handoff) = self.record.as_mut().and_then(|record| record.handoffs.last_mut()) {
            change(&mut handoff.row);
            handoff.version += 1;
        }
    }

    /// Stores all but the transcript.
    fn keep(&mut self) {
        self.is_unsaved = false;
        self.effects.extend(self.record.clone().map(Effect::Save));
    }

    fn save(&mut self) {
        self.keep();
        self.effects.push(Effect::Show(RoomDown::State { state: self.state() }));
    }

    fn append_said(&mut self, now: Timestamp, speaker: Speaker, id: ClientMsgId, content: Content) -> Seq {
        let (kind, agent) = match speaker {
            Speaker::Visitor { .. } => (Kind::Visitor, None),
            Speaker::Agent { agent } => (Kind::Agent, Some(agent)),
        };
        let (body, file) = match content {
            Content::Text(body) => (Some(body), None),
            Content::File(file) => (None, Some(file)),
        };
        let (seq, id) = (self.last_seq.next(), Some(id));
        self.append(Message { seq, kind, at: now, body, id, agent, event: None, file, of: None })
    }

    fn append_latest_event(&mut self, now: Timestamp, event: Event) {
        let agent = self.latest().and_then(|handoff| handoff.row.agent.clone());
        self.append_event(now, event, agent);
    }

    fn append_event(&mut self, now: Timestamp, event: Event, agent: Option<AgentRef>) {
        self.append(told(self.last_seq.next(), now, event, agent));
    }

    fn append(&mut self, message: Message) -> Seq {
        let seq = message.seq;
        self.last_seq = seq;
        self.last = preview(&message).or(self.last.take());
        self.effects.push(Effect::Append(message));
        seq
    }
}

fn told(seq: Seq, at: Timestamp, event: Event, agent: Option<AgentRef>) -> Message {
    Message { seq, kind: Kind::System, at, body: None, id: None, agent, event: Some(event), file: None, of: None }
}

/// What a queue shows of a message: its text, a file's name, nothing of what was redacted. None for an event.
fn preview(message: &Message) -> Option<LastMessage> {
    let text = match (&message.body, &message.file) {
        (Some(body), _) => clipped(body.as_str(), PREVIEW),
        (None, Some(file)) => file.name.as_str().to_owned(),
        (None, None) => String::new(),
    };
    message.event.is_none().then_some(LastMessage { kind: message.kind, text, at: message.at })
}
