//! All about a chat, and why it is where it is: beside it on a wide screen, over it on a narrow one.

use crate::components::age::{Since, Wait};
use crate::components::dialog::Dialog;
use crate::components::icon::{Icon, Shape};
use crate::components::pane_head::{mail, page, text_of};
use crate::components::row::visitor;
use crate::components::why::Why;
use crate::hooks::commands::Commands;
use crate::hooks::{Store, use_store};
use crate::state::{Action, Desk};
use crate::text::{self, desk};
use crate::web;
use protocol::desk::QueueRow;
use protocol::{AgentId, Name, Priority, Stage};
use yew::prelude::*;

/// Props of [`Details`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The handoff.
    pub row: QueueRow,
    /// Who is here.
    pub me: AgentId,
    /// For the subject of an answer by e-mail.
    pub workspace: Name,
}

/// The panel.
#[component]
pub fn Details(props: &Props) -> Html {
    let narrow = use_state_eq(web::is_narrow);
    let store = use_store();
    use_effect_with(*narrow, {
        let store = store.as_ref().map(Store::dispatcher);
        move |&narrow| {
            move || {
                // What lies over a chat does not wait for the next one.
                if let Some(store) = store.filter(|_| narrow) {
                    store.dispatch(Action::Details(false));
                }
            }
        }
    });
    let Some(store) = store else { return Html::default() };
    let Some(state) = &store.desk else { return Html::default() };
    let row = &props.row;
    let on_close = {
        let store = store.dispatcher();
        Callback::from(move |()| store.dispatch(Action::Details(false)))
    };
    let inside = html! {
        <>
            { facts(row, state, &props.workspace) }
            { vip(row, &Commands::new(&store)) }
            <Why handoff={row.handoff.clone()} epoch={row.epoch} stage={row.stage} />
        </>
    };
    if *narrow {
        return html! { <Dialog title={desk::DETAILS} {on_close}><div class="details">{ inside }</div></Dialog> };
    }
    html! {
        <aside class="beside" aria-label={desk::DETAILS}>
            <header class="beside-head">
                <h2>{ desk::DETAILS }</h2>
                <button type="button" class="ghost" aria-label={text::CLOSE} title={text::CLOSE}
                    onclick={on_close.reform(|_| ())}>
                    <Icon shape={Shape::Close} />
                </button>
            </header>
            <div class="details">{ inside }</div>
        </aside>
    }
}

fn facts(row: &QueueRow, state: &Desk, workspace: &Name) -> Html {
    let owner = row.agent.as_ref().filter(|_| row.stage != Stage::Waiting);
    let picked = row.picked_at.filter(|_| row.stage != Stage::Waiting);
    let waited = picked.map(|at| at.since(if at < row.waits_since() { row.asked_at } else { row.waits_since() }));
    html! {
        <dl class="facts-list">
            { fact(desk::VISITOR, html! { { visitor(row) } }) }
            if let Some(email) = &row.email { { fact(desk::EMAIL, mail(email, workspace, text_of(email))) } }
            if !row.page.url.is_empty() { { fact(desk::PAGE, page(row)) } }
            { fact(desk::DEPARTMENT, html! { { state.department_of(row).unwrap_or(desk::NO_DEPARTMENT) } }) }
            { fact(desk::PRIORITY, html! { { desk::priority(row.priority) } }) }
            { fact(desk::ASKED, html! { <Since at={row.asked_at} /> }) }
            if row.stage == Stage::Waiting { { fact(desk::WAITING, html! { <Wait at={row.waits_since()} /> }) } }
            if let Some(place) = row.place.as_ref().filter(|_| row.stage == Stage::Waiting) {
                { fact(desk::LINE, html! { { desk::place(place) } }) }
            }
            if let Some(waited) = waited { { fact(desk::WAITED, html! { { text::time::about(waited) } }) } }
            if let Some(at) = picked { { fact(desk::PICKED_UP, html! { <Since {at} /> }) } }
            { fact(desk::OWNER, html! { { owner.map_or(desk::NOBODY_YET, |owner| owner.name.as_str()) } }) }
        </dl>
    }
}

/// Whether the visitor goes before others.
fn vip(row: &QueueRow, commands: &Commands) -> Html {
    let on = row.priority == Priority::Vip;
    let (commands, conversation) = (commands.clone(), row.conversation.clone());
    let onclick = move |_: MouseEvent| commands.set_vip(conversation.clone(), !on);
    html! {
        <button type="button" role="switch" class="switch" aria-checked={on.to_string()} {onclick}>
            <span class="switch-track"></span>{ desk::VIP }
        </button>
    }
}

fn fact(what: &'static str, is: Html) -> Html {
    html! { <div><dt>{ what }</dt><dd>{ is }</dd></div> }
}
