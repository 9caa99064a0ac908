//! The e-mail form, for when nobody can answer.

use super::{Effect, Model};
use crate::text;
use client::link::Failure;
use protocol::desk::Page;
use protocol::http::AfterHoursRequest;
use protocol::problem::Code;
use protocol::room::RoomState;
use protocol::{BadText, Body, ClientMsgId, Email, Name};

/// The e-mail form.
#[derive(Debug, Default)]
pub struct Form {
    /// What is wrong with it, field by field.
    pub errors: FormErrors,
    /// It was sent, and not answered.
    pub sending: bool,
    /// The visitor wants to write once more.
    pub another: bool,
    /// The visitor stands in line, and would rather have the form, or the chat.
    pub(super) chosen: Option<bool>,
    /// The message's id, kept over retries of the same text.
    id: Option<ClientMsgId>,
}

/// What is wrong, in words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FormErrors {
    /// Below the address.
    pub email: Option<&'static str>,
    /// Below the name.
    pub name: Option<&'static str>,
    /// Below the message.
    pub message: Option<&'static str>,
    /// Above the button.
    pub whole: Option<&'static str>,
}

impl Form {
    /// Another text is another message.
    pub(super) fn drafted(&mut self) {
        self.id = None;
        self.errors.message = None;
    }
}

impl Model {
    pub(super) fn leave(&mut self, seed: u128, email: &str, name: &str, page: Page) {
        let email = Email::parse(email);
        let message = Body::parse(&self.draft);
        let name = if name.trim().is_empty() { Ok(None) } else { Name::parse(name).map(Some) };
        self.form.errors = FormErrors {
            email: email.as_ref().err().map(|_| text::BAD_EMAIL),
            name: name.as_ref().err().map(|_| text::NAME_TOO_LONG),
            message: message.as_ref().err().map(|bad| match bad {
                BadText::TooLong => text::MESSAGE_TOO_LONG,
                BadText::Empty | BadText::NotAnEmail => text::MESSAGE_EMPTY,
            }),
            whole: None,
        };
        if let (Ok(email), Ok(name), Ok(message), false) = (email, name, message, self.form.sending) {
            self.form.sending = true;
            self.told = false;
            let id = self.form.id.get_or_insert_with(|| ClientMsgId::random(seed)).clone();
            self.emit(Effect::Leave(AfterHoursRequest { email, name, message, id, page }));
        }
    }

    pub(super) fn left(&mut self, reply: Result<RoomState, Failure>) {
        self.form.sending = false;
        match reply {
            Ok(state) => {
                self.draft.clear();
                self.form = Form::default();
                self.replied(state);
            }
            Err(Failure { code, .. }) => {
                let words = Some(text::form_failed(code));
                let errors = &mut self.form.errors;
                match code {
                    Some(Code::BadEmail) => errors.email = words,
                    Some(Code::BodyTooLong | Code::BodyEmpty) => errors.message = words,
                    _ => errors.whole = words,
                }
            }
        }
    }
}
