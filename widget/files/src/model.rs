//! Files on their way, between the chat's link and the machine that sends them: who hears of what first, and when a file is on
//! its way no more. Pure: effects go out as values.

use crate::words::Fared;
use client::link::{self, Failure, Ms};
use client::uploads::{UploadEffect, UploadInput, Uploads};
use protocol::file::FileSettings;
use protocol::problem::Code;
use protocol::{ClientMsgId, FileName, Seq};

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Where the chat stands.
    Settle {
        /// Whether messages go through.
        up: bool,
        /// What may be sent, once that is known.
        rules: Option<FileSettings>,
        /// The newest message that the thread shows.
        seq: Seq,
        /// By what the server knows the visitor.
        token: String,
    },
    /// A person has chosen a file.
    Add(Attached),
    /// What an earlier page has kept, oldest first.
    Restore(Vec<Attached>),
    /// To the machine, of a file, or of time.
    Upload(UploadInput),
    /// The thread shows what the visitor has sent under this id.
    Shown(ClientMsgId),
    /// A person gives it up.
    Discard(ClientMsgId),
}

/// Id, name and size of a file.
pub type Attached = (ClientMsgId, FileName, u32);

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The machine wants something.
    Upload(UploadEffect),
    /// The chat is to hear of it.
    Tell(Fared),
    /// Nobody sends it, or shows it, any more.
    LetGo(ClientMsgId),
}

/// The machine.
#[derive(Debug)]
pub struct Model {
    /// Files on their way.
    pub uploads: Uploads,
    /// Own messages that the thread has shown.
    arrived: Vec<ClientMsgId>,
    seq: Seq,
    token: String,
    /// By this one the file under way was sent.
    sent_with: String,
    effects: Vec<Effect>,
}

impl Model {
    /// Nothing on its way.
    pub fn new(seed: u32) -> Model {
        Model {
            uploads: Uploads::new(seed),
            arrived: Vec::new(),
            seq: Seq(0),
            token: String::new(),
            sent_with: String::new(),
            effects: Vec::new(),
        }
    }

    /// Moves it on.
    pub fn apply(&mut self, now: Ms, input: Input) -> Vec<Effect> {
        match input {
            Input::Settle { up, rules, seq, token } => {
                (self.seq, self.token) = (seq, token);
                rules.into_iter().for_each(|rules| self.upload(now, UploadInput::Rules(rules)));
                self.upload(now, UploadInput::Ready(up));
            }
            Input::Add((id, name, bytes)) => self.upload(now, UploadInput::Add { id, name, bytes }),
            Input::Restore(mut files) => {
                files.retain(|(id, ..)| {
                    // Stored by an earlier life of the page, which did not live to hear of it.
                    let over = self.arrived.contains(id);
                    if over {
                        self.effects.push(Effect::LetGo(id.clone()));
                    }
                    !over
                });
                self.upload(now, UploadInput::Restore(files));
            }
            Input::Upload(input) => {
                let input = self.as_of_now(input);
                self.fare(now, input);
            }
            Input::Shown(id) => {
                self.arrived.push(id.clone());
                self.upload(now, UploadInput::Arrived(id));
            }
            Input::Discard(id) => {
                self.upload(now, UploadInput::Discard(id.clone()));
                self.effects.push(Effect::LetGo(id));
            }
        }
        std::mem::take(&mut self.effects)
    }

    fn upload(&mut self, now: Ms, input: UploadInput) {
        let effects = self.uploads.apply(now, input);
        if effects.iter().any(|effect| matches!(effect, UploadEffect::Start(_))) {
            self.token.clone_into(&mut self.sent_with);
        }
        self.effects.extend(effects.into_iter().map(Effect::Upload));
    }

    /// A file that was refused for a token of before did not get through, and that is all: the chat has told the new one
    /// already, and would not tell it again.
    fn as_of_now(&self, input: UploadInput) -> UploadInput {
        match input {
            UploadInput::Done {
                id,
                reply: Err(Failure { code: Some(Code::TokenExpired | Code::Unauthenticated), .. }),
            } if self.token != self.sent_with => UploadInput::Done { id, reply: Err(Failure::default()) },
            input => input,
        }
    }

    /// The link hears of it first, and nothing goes by a token that was just refused.
    fn fare(&mut self, now: Ms, input: UploadInput) {
        if let Some(told) = input.for_link() {
            let mut fared = Fared { id: None, ack: None, code: None };
            if let link::Input::Posted { id, reply } = told {
                fared.id = Some(id);
                match reply {
                    Ok(ack) => fared.ack = Some(ack),
                    Err(failure) => {
                        fared.code = failure.code;
                        self.upload(now, UploadInput::Ready(false));
                    }
                }
            }
            self.effects.push(Effect::Tell(fared));
        }
        // Stored by an earlier life of the page, where the thread has shown it already, or what is left of it.
        let shown = match &input {
            UploadInput::Done { id, reply: Ok(ack) } if ack.seq <= self.seq => Some(id.clone()),
            _ => None,
        };
        self.upload(now, input);
        if let Some(id) = shown {
            self.upload(now, UploadInput::Arrived(id.clone()));
            self.effects.push(Effect::LetGo(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::uploads::UploadState;
    use protocol::Timestamp;
    use protocol::http::Ack;

    const MB: u32 = 1024 * 1024;
    const RULES: FileSettings = FileSettings { images: true, documents: true, max_kb: 10_240 };

    fn id(n: u128) -> ClientMsgId {
        ClientMsgId::random(n)
    }

    fn file(n: u128) -> Attached {
        (id(n), FileName::parse("lamp.png").unwrap(), MB)
    }

    /// Up, with so many messages shown.
    fn settle(seq: u32, token: &str) -> Input {
        Input::Settle { up: true, rules: Some(RULES), seq: Seq(seq), token: token.to_owned() }
    }

    /// A chat that is up and shows 5 messages.
    fn model() -> Model {
        let mut model = Model::new(1);
        model.apply(0, settle(5, "a"));
        model
    }

    fn done(n: u128, reply: Result<u32, Code>) -> Input {
        let reply = reply.map(|seq| Ack { id: id(n), seq: Seq(seq), at: Timestamp(1) });
        let reply = reply.map_err(|code| Failure { code: Some(code), retry_after_ms: None });
        Input::Upload(UploadInput::Done { id: id(n), reply })
    }

    fn starts(effects: &[Effect]) -> bool {
        effects.iter().any(|effect| matches!(effect, Effect::Upload(UploadEffect::Start(_))))
    }

    fn ids(model: &Model) -> Vec<ClientMsgId> {
        model.uploads.items().iter().map(|item| item.id.clone()).collect()
    }

    #[test]
    fn a_file_is_on_its_way_until_the_thread_shows_it() {
        let mut model = model();
        assert!(starts(&model.apply(1, Input::Add(file(7)))));
        let effects = model.apply(2, done(7, Ok(6)));
        let told = effects.iter().find_map(|effect| if let Effect::Tell(fared) = effect { Some(fared) } else { None });
        assert_eq!(told.and_then(|fared| fared.ack.as_ref()).map(|ack| ack.seq), Some(Seq(6)), "{effects:?}");
        assert_eq!(ids(&model), [id(7)]);
        model.apply(3, Input::Shown(id(7)));
        assert_eq!(ids(&model), []);
    }

    #[test]
    fn what_the_thread_has_shown_before_is_not_on_its_way() {
        // Before an earlier page's file was read: it is not sent again.
        let mut model = model();
        model.apply(1, Input::Shown(id(7)));
        assert_eq!(model.apply(2, Input::Restore(vec![file(7)])), [Effect::LetGo(id(7))]);
        // Or in a part of the thread that is not here, or was taken away: the server tells by its place.
        model.apply(3, Input::Restore(vec![file(8)]));
        assert!(model.apply(4, done(8, Ok(5))).contains(&Effect::LetGo(id(8))));
        assert_eq!(ids(&model), []);
    }

    #[test]
    fn files_of_an_earlier_page_go_first_oldest_first() {
        let mut model = Model::new(1);
        model.apply(1, Input::Add(file(9)));
        model.apply(1, Input::Restore(vec![file(7), file(8)]));
        assert_eq!(ids(&model), [id(7), id(8), id(9)]);
        let effects = model.apply(2, settle(0, "a"));
        assert!(effects.contains(&Effect::Upload(UploadEffect::Start(id(7)))), "{effects:?}");
    }

    #[test]
    fn the_link_hears_first_and_nothing_goes_by_a_token_that_was_refused() {
        let mut model = model();
        model.apply(1, Input::Add(file(7)));
        model.apply(1, Input::Add(file(8)));
        let effects = model.apply(2, done(7, Err(Code::TokenExpired)));
        let told = Fared { id: Some(id(7)), ack: None, code: Some(Code::TokenExpired) };
        assert_eq!(effects.first(), Some(&Effect::Tell(told)));
        assert!(!starts(&effects), "{effects:?}");
        assert!(starts(&model.apply(90_000, settle(5, "b"))));
    }

    #[test]
    fn a_token_of_before_refuses_nothing() {
        let mut model = model();
        model.apply(1, Input::Add(file(7)));
        // The link has found out by itself, and nothing new is told after this.
        model.apply(2, settle(5, "b"));
        let effects = model.apply(3, done(7, Err(Code::TokenExpired)));
        assert_eq!(effects.first(), Some(&Effect::Tell(Fared { id: None, ack: None, code: None })));
        assert!(starts(&model.apply(90_000, Input::Upload(UploadInput::Tick))), "it goes out again");
    }

    #[test]
    fn the_link_looks_for_the_network_when_a_file_does_not_get_through() {
        let mut model = model();
        model.apply(1, Input::Add(file(7)));
        let reply = Err(Failure::default());
        let effects = model.apply(2, Input::Upload(UploadInput::Done { id: id(7), reply }));
        assert_eq!(effects.first(), Some(&Effect::Tell(Fared { id: None, ack: None, code: None })));
    }

    #[test]
    fn one_that_failed_can_be_tried_again_or_given_up() {
        let mut model = model();
        model.apply(1, Input::Add(file(7)));
        model.apply(2, done(7, Err(Code::FileNotAllowed)));
        assert_eq!(model.uploads.items()[0].state, UploadState::Failed(Code::FileNotAllowed));
        assert!(starts(&model.apply(60_000, Input::Upload(UploadInput::Retry(id(7))))));
        let effects = model.apply(60_001, Input::Discard(id(7)));
        for effect in [
            Effect::Upload(UploadEffect::Cancel(id(7))),
            Effect::Upload(UploadEffect::Forget(id(7))),
            Effect::LetGo(id(7)),
        ] {
            assert!(effects.contains(&effect), "{effect:?} in {effects:?}");
        }
        assert_eq!(ids(&model), []);
    }

    #[test]
    fn what_is_refused_here_is_not_sent() {
        for (bytes, code) in [(11 * MB, Code::FileTooLarge), (0, Code::FileEmpty)] {
            let mut model = model();
            let (id, name, _) = file(7);
            assert!(!starts(&model.apply(1, Input::Add((id, name, bytes)))));
            assert_eq!(model.uploads.items()[0].state, UploadState::Failed(code));
        }
    }
}
