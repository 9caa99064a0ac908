//! Asks before something is ended.

use crate::components::dialog::Dialog;
use crate::components::trouble::Refused;
use crate::hooks::task::Task;
use crate::text;
use yew::prelude::*;

/// Props of [`Confirm`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The question.
    pub title: AttrValue,
    /// What a yes does.
    pub means: AttrValue,
    /// The word on the button.
    pub yes: AttrValue,
    /// The word on the button while it is being done.
    pub doing: AttrValue,
    /// The order that a yes gives.
    pub task: Task,
    /// Gives it.
    pub on_yes: Callback<()>,
    /// Hears a no.
    pub on_close: Callback<()>,
}

/// A dialog with two ways out.
#[component]
pub fn Confirm(props: &Props) -> Html {
    let busy = props.task.is_busy();
    html! {
        <Dialog title={props.title.clone()} on_close={props.on_close.clone()}>
            <p class="dialog-text">{ props.means.clone() }</p>
            <Refused task={props.task.clone()} />
            <footer class="dialog-do">
                <button type="button" class="quiet" onclick={props.on_close.reform(|_| ())}>{ text::CANCEL }</button>
                <button type="button" class="primary danger" aria-disabled={busy.to_string()}
                    onclick={props.on_yes.reform(|_| ())}>
                    { if busy { props.doing.clone() } else { props.yes.clone() } }
                </button>
            </footer>
        </Dialog>
    }
}
