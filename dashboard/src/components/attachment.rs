//! A file in a conversation: a picture in a box of a fixed size, so that nothing jumps when it comes; else a row.

use crate::components::icon::{Icon, Shape};
use crate::text::room;
use protocol::file::File;
use protocol::{ConversationId, FileName};
use yew::prelude::*;

/// Props of [`Attachment`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Where it was sent.
    pub conversation: ConversationId,
    /// It.
    pub file: File,
}

/// The file; a click downloads it.
#[component]
pub fn Attachment(props: &Props) -> Html {
    let broken = use_state_eq(|| false);
    let File { id, name, kind, bytes } = &props.file;
    let address = format!("/v1/conversations/{}/files?file={id}", props.conversation);
    let label = room::download(name.as_str(), *bytes);
    let onerror = {
        let broken = broken.setter();
        move |_: Event| broken.set(true)
    };
    if kind.is_image() && !*broken {
        return html! {
            <a class="bubble picture" href={address.clone()} download={name.as_str().to_owned()} title={label.clone()}
                aria-label={label}>
                <img src={address} alt={name.as_str().to_owned()} loading="lazy" decoding="async" {onerror} />
            </a>
        };
    }
    html! {
        <a class="bubble file" href={address} download={name.as_str().to_owned()} title={label}>
            <Icon shape={if kind.is_image() { Shape::Image } else { Shape::File }} />
            <span class="file-text">
                { file_name(name) }
                <span class="file-size">{ if *broken { room::IMAGE_HIDDEN.to_owned() } else { room::size(*bytes) } }</span>
            </span>
            <Icon shape={Shape::Down} />
        </a>
    }
}

/// A name as it is shown; a tip tells all of it.
pub fn file_name(name: &FileName) -> Html {
    html! { <span class="file-name" title={name.as_str().to_owned()}>{ room::file_name(name.as_str()) }</span> }
}
