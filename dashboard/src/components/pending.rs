//! What we have written and the transcript does not show yet: texts and files on their way, and those that failed.

use crate::components::attachment::file_name;
use crate::components::icon::{Icon, Shape};
use crate::components::tick::tick;
use crate::hooks::rooms::Room;
use crate::state::thread::Reached;
use crate::text::{self, room};
use client::link::{Delivery, Outgoing};
use client::uploads::{Upload, UploadState};
use protocol::ClientMsgId;
use protocol::file::FileSettings;
use protocol::problem::Code;
use yew::prelude::*;

/// A text. `last`: how far it is stands under it in a word.
pub fn sending(send: &Outgoing, to: &Room, files: Option<FileSettings>, last: bool) -> Html {
    let bubble = html! { <p class="bubble">{ send.body.as_str() }</p> };
    match send.delivery {
        Delivery::Sending => underway(&send.id, bubble, Reached::Sending, last),
        Delivery::Sent(_) => underway(&send.id, bubble, Reached::Sent, last),
        Delivery::Failed(code) => failed(&send.id, bubble, code, to, files),
    }
}

/// A file.
pub fn uploading(upload: &Upload, to: &Room, files: Option<FileSettings>) -> Html {
    let bubble = |how: Html| {
        html! {
            <div class="bubble file">
                <Icon shape={Shape::File} />
                <span class="file-text">{ file_name(&upload.name) }{ how }</span>
                if !matches!(upload.state, UploadState::Failed(_)) { { cancel(upload, to) } }
            </div>
        }
    };
    let size = |words: String| html! { <span class="file-size">{ words }</span> };
    match upload.state {
        UploadState::Waiting => {
            underway(&upload.id, bubble(size(room::UPLOAD_WAITS.to_owned())), Reached::Sending, false)
        }
        UploadState::Going { sent } => {
            let words = room::progress(sent, upload.bytes);
            let how = html! {
                <>
                    <progress max={upload.bytes.to_string()} value={sent.to_string()} aria-label={upload.name.as_str().to_owned()} />
                    { size(words) }
                </>
            };
            underway(&upload.id, bubble(how), Reached::Sending, false)
        }
        UploadState::Failed(code) => failed(&upload.id, bubble(size(room::size(upload.bytes))), code, to, files),
    }
}

fn underway(id: &ClientMsgId, bubble: Html, reached: Reached, last: bool) -> Html {
    html! {
        <div key={id.as_str()} class={classes!("said", "ours", "mine", "first", (reached == Reached::Sending).then_some("underway"))}>
            <div class="said-line">{ bubble }{ tick(reached) }</div>
            if last { <p class="said-state">{ room::reached(reached) }</p> }
        </div>
    }
}

fn failed(id: &ClientMsgId, bubble: Html, code: Code, to: &Room, files: Option<FileSettings>) -> Html {
    let give = |order: fn(&Room, &ClientMsgId)| {
        let (to, id) = (to.clone(), id.clone());
        move |_: MouseEvent| order(&to, &id)
    };
    html! {
        <div key={id.as_str()} class="said ours mine first failed">
            <div class="said-line">{ bubble }</div>
            <p class="said-state" role="alert">
                <Icon shape={Shape::Warn} /><span>{ room::not_sent(code, files) }</span>
                if may_help(code) {
                    <button type="button" class="link" onclick={give(Room::retry)}>{ text::RETRY }</button>
                }
                <button type="button" class="link" onclick={give(Room::discard)}>{ text::DISCARD }</button>
            </p>
        </div>
    }
}

/// Whether another try may be answered otherwise.
pub fn may_help(code: Code) -> bool {
    !matches!(code, Code::FileEmpty | Code::FileTooLarge | Code::FileNotAllowed | Code::ConflictingRetry)
}

fn cancel(upload: &Upload, to: &Room) -> Html {
    let label = room::cancel(upload.name.as_str());
    let (to, id) = (to.clone(), upload.id.clone());
    html! {
        <button type="button" class="ghost" onclick={move |_: MouseEvent| to.discard(&id)} title={text::CANCEL} aria-label={label}>
            <Icon shape={Shape::Close} />
        </button>
    }
}
