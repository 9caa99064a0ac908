//! What stands where an answer would: it is on its way, it did not come, an order was refused, or the page is for others.

use crate::components::icon::{Icon, Shape};
use crate::hooks::clock::use_server_now;
use crate::hooks::task::Task;
use crate::text;
use protocol::problem::Problem;
use yew::prelude::*;

/// Shapes of what will come.
pub fn loading() -> Html {
    html! {
        <div class="ghosts" role="status">
            <span class="sr">{ text::LOADING }</span>
            for _ in 0..3 { <span class="ghost-row"></span> }
        </div>
    }
}

/// A short word in the middle, for what is empty or not for everybody.
pub fn empty(shape: Shape, title: &str, help: &str) -> Html {
    html! {
        <div class="empty">
            <Icon {shape} />
            <h2>{ title.to_owned() }</h2>
            <p>{ help.to_owned() }</p>
        </div>
    }
}

/// For those who came by an address that is not theirs.
pub fn not_for_you() -> Html {
    empty(Shape::Key, text::NOT_FOR_YOU, text::NOT_FOR_YOU_LEAD)
}

/// Props of [`Failed`].
#[derive(Properties, PartialEq)]
pub struct FailedProps {
    /// Why.
    pub problem: Problem,
    /// Asks again.
    pub again: Callback<()>,
}

/// An answer that did not come, and the way to ask again.
#[component]
pub fn Failed(props: &FailedProps) -> Html {
    let why = text::team::problem(&props.problem, use_server_now());
    html! {
        <div class="notice bad" role="alert">
            <Icon shape={Shape::Warn} />
            <p>{ text::LOAD_FAILED }{ " " }{ why }</p>
            <button type="button" class="quiet small" onclick={props.again.reform(|_| ())}>{ text::TRY_AGAIN }</button>
        </div>
    }
}

/// Props of [`Refused`].
#[derive(Properties, PartialEq)]
pub struct RefusedProps {
    /// Whose last order it is about.
    pub task: Task,
    /// The sentence, where the usual one does not fit.
    #[prop_or_default]
    pub why: Option<AttrValue>,
}

/// Why an order was refused, if it was. Its place is always there, so that screen readers hear what comes.
#[component]
pub fn Refused(props: &RefusedProps) -> Html {
    let now = use_server_now();
    let why = props.task.refused().map(|problem| {
        let usual = || text::team::problem(problem, now).into();
        props.why.clone().unwrap_or_else(usual)
    });
    html! {
        <div role="alert">
            if let Some(why) = why { <p class="notice bad"><Icon shape={Shape::Warn} />{ why }</p> }
        </div>
    }
}
