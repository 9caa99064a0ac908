//! What has become of an agent's presence, and why: newest first, page by page.

use crate::api;
use crate::components::age::Since;
use crate::components::status_icon::StatusIcon;
use crate::components::trouble::{Failed, Refused, loading};
use crate::hooks::fetch::use_fetch;
use crate::hooks::task::use_task;
use crate::hooks::{Store, use_store};
use crate::state::look::Look;
use crate::text::{self, team};
use protocol::team::{PresenceChange, PresenceHistoryReply};
use protocol::{AgentId, Timestamp};
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`History`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Whose.
    pub agent: AgentId,
    /// Of the newest change, as far as the desk tells: the list is read again when there is another.
    pub since: Timestamp,
}

/// Older pages, behind the first.
#[derive(Default, PartialEq)]
struct Older {
    pages: Vec<PresenceHistoryReply>,
}

enum Turn {
    /// Another page came.
    Page(PresenceHistoryReply),
    /// The first page was read anew: what followed it may not follow it any more.
    Anew,
}

impl Reducible for Older {
    type Action = Turn;

    fn reduce(self: Rc<Self>, turn: Turn) -> Rc<Self> {
        let pages = match turn {
            Turn::Page(page) => self.pages.iter().cloned().chain([page]).collect(),
            Turn::Anew => Vec::new(),
        };
        Rc::new(Older { pages })
    }
}

/// The section.
#[component]
pub fn History(props: &Props) -> Html {
    let older = use_reducer(Older::default);
    let task = use_task();
    let first = use_fetch((props.agent.clone(), props.since), |(agent, _)| async move {
        api::team::presence_of(&agent, None).await
    });
    use_effect_with(first.state.here.clone(), {
        let older = older.dispatcher();
        move |_| older.dispatch(Turn::Anew)
    });
    let pages = || first.state.here.as_deref().into_iter().chain(&older.pages);
    let cursor = pages().last().and_then(|page| page.cursor.clone());
    let more = {
        let (task, agent, cursor, older) = (task.clone(), props.agent.clone(), cursor.clone(), older.dispatcher());
        move |_| {
            let (agent, cursor, older) = (agent.clone(), cursor.clone(), older.clone());
            let ask = async move { api::team::presence_of(&agent, cursor.as_deref()).await };
            task.run(ask, move |page| older.dispatch(Turn::Page(page)));
        }
    };
    html! {
        <section class="block" aria-labelledby="history-title">
            <h2 id="history-title">{ team::HISTORY }</h2>
            if let Some(problem) = &first.state.failed { <Failed problem={problem.clone()} again={first.again.clone()} /> }
            else if first.state.here.is_none() { { loading() } }
            if first.state.here.is_some() {
                <Changes changes={pages().flat_map(|page| page.items.iter().cloned()).collect::<Vec<_>>()} />
            }
            <Refused task={task.clone()} />
            if cursor.is_some() {
                <div class="more">
                    <button type="button" class="quiet" onclick={more} aria-disabled={task.is_busy().to_string()}>
                        { if task.is_busy() { text::LOADING } else { text::LOAD_MORE } }
                    </button>
                </div>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ChangesProps {
    changes: Vec<PresenceChange>,
}

#[component]
fn Changes(props: &ChangesProps) -> Html {
    let Some(store) = use_store() else { return Html::default() };
    if props.changes.is_empty() {
        return html! { <p class="none">{ team::HISTORY_EMPTY }</p> };
    }
    html! {
        <table class="table history">
            <thead>
                <tr>
                    <th scope="col">{ team::WHEN }</th>
                    <th scope="col">{ team::WHAT }</th>
                    <th scope="col">{ team::THEN }</th>
                </tr>
            </thead>
            <tbody>for change in &props.changes { { line(change, &store) } }</tbody>
        </table>
    }
}

fn line(change: &PresenceChange, store: &Store) -> Html {
    let look = Look::after(change.reachability, change.intent);
    let by = change.by.as_ref().and_then(|by| store.name_of(by));
    html! {
        <tr>
            <td class="cell-when"><Since at={change.at} /></td>
            <td>{ team::cause(change, by) }</td>
            <td><span class="how"><StatusIcon {look} /><span>{ team::look(look) }</span></span></td>
        </tr>
    }
}
