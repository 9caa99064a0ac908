//! Why a chat is where it is: what was decided about it, in plain sentences.

use crate::api;
use crate::components::age::Since;
use crate::components::trouble::{Failed, loading};
use crate::hooks::fetch::use_fetch;
use crate::hooks::use_store;
use crate::state::Desk;
use crate::text::{desk, why};
use protocol::routing::Decision;
use protocol::{Epoch, HandoffId, Stage};
use yew::prelude::*;

/// Props of [`Why`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The handoff.
    pub handoff: HandoffId,
    /// Something was decided whenever it grows.
    pub epoch: Epoch,
    /// And when this changes.
    pub stage: Stage,
}

/// The decisions, newest first.
#[component]
pub fn Why(props: &Props) -> Html {
    let by = (props.handoff.clone(), props.epoch, props.stage);
    let fetched = use_fetch(by, |(handoff, ..)| async move { api::routing::decisions(&handoff).await });
    let Some(store) = use_store() else { return Html::default() };
    let body = match (&fetched.state.here, &fetched.state.failed) {
        (_, Some(problem)) => html! { <Failed problem={problem.clone()} again={fetched.again.clone()} /> },
        (Some(here), None) if here.items.is_empty() => html! { <p class="none">{ desk::WHY_EMPTY }</p> },
        (Some(here), None) => html! {
            <ol class="why">for decision in &here.items { { one(decision, store.desk.as_ref()) } }</ol>
        },
        (None, None) => loading(),
    };
    html! {
        <section class="why-part" aria-labelledby="why-title">
            <h3 id="why-title">{ desk::WHY }</h3>
            <p class="why-lead">{ desk::WHY_LEAD }</p>
            { body }
        </section>
    }
}

fn one(decision: &Decision, state: Option<&Desk>) -> Html {
    let department = decision.department.as_ref().and_then(|department| state?.department(department));
    let sentences = why::decision(decision, department);
    let (done, reasons) = sentences.split_first().map_or(("", &[][..]), |(done, reasons)| (done, reasons));
    html! {
        <li>
            <p class="why-done">{ done.to_owned() }{ " " }<Since at={decision.at} /></p>
            if !reasons.is_empty() { <p class="why-reasons">{ reasons.join(" ") }</p> }
            if let Some(note) = &decision.note { <p class="why-note">{ note.as_str() }</p> }
        </li>
    }
}
