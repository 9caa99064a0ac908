//! Asks before what a message says is taken away.

use crate::api;
use crate::components::confirm::Confirm;
use crate::hooks::task::use_task;
use crate::state::thread::what;
use crate::text::room;
use protocol::ConversationId;
use protocol::room::Message;
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`Redact`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Where.
    pub conversation: ConversationId,
    /// Which message.
    pub message: Rc<Message>,
    /// Hears that it is over, one way or the other.
    pub on_close: Callback<()>,
}

/// The question. What has been taken away is told by the room, to everybody.
#[component]
pub fn Redact(props: &Props) -> Html {
    let task = use_task();
    let on_yes = {
        let (task, conversation, seq) = (task.clone(), props.conversation.clone(), props.message.seq);
        let on_close = props.on_close.clone();
        Callback::from(move |()| {
            let (conversation, on_close) = (conversation.clone(), on_close.clone());
            task.run(async move { api::redact(&conversation, seq).await }, move |()| on_close.emit(()));
        })
    };
    html! {
        <Confirm title={room::REMOVE_TITLE} means={room::remove_means(what(&props.message))} yes={room::DO_REMOVE} doing={room::REMOVING} {task}
            {on_yes} on_close={props.on_close.clone()} />
    }
}
