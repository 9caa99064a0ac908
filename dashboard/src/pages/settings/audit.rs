//! What was done in the workspace, and by whom: page by page.

use crate::api;
use crate::components::age::Since;
use crate::components::trouble::{Failed, Refused, loading};
use crate::hooks::fetch::use_fetch;
use crate::hooks::nav::Nav;
use crate::hooks::task::use_task;
use crate::hooks::{Store, use_store};
use crate::route::{Route, Tab};
use crate::text::{self, audit};
use protocol::team::{AuditEntry, AuditReply};
use protocol::{ConversationId, Deed};
use yew::prelude::*;

/// The part.
#[component]
pub fn Audit() -> Html {
    let first = use_fetch((), |()| api::team::audit(None));
    let older = use_state_eq(Vec::<AuditReply>::new);
    let task = use_task();
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let pages = || first.state.here.as_deref().into_iter().chain(older.iter());
    let cursor = pages().last().and_then(|page| page.cursor.clone());
    let more = {
        let (task, older, cursor) = (task.clone(), older.clone(), cursor.clone());
        move |_: MouseEvent| {
            let (older, cursor) = (older.clone(), cursor.clone());
            // Only one page is on its way at a time, so nothing is overwritten.
            let ask = async move { api::team::audit(cursor.as_deref()).await };
            task.run(ask, move |page| older.set(older.iter().cloned().chain([page]).collect()));
        }
    };
    let is_empty = first.state.here.as_ref().is_some_and(|page| page.items.is_empty());
    html! {
        <section class="block" aria-labelledby="audit-title">
            <h2 id="audit-title">{ audit::TITLE }</h2>
            <p class="block-lead">{ audit::LEAD }</p>
            if let Some(problem) = &first.state.failed { <Failed problem={problem.clone()} again={first.again.clone()} /> }
            else if first.state.here.is_none() { { loading() } }
            if is_empty {
                <p class="none">{ audit::EMPTY }</p>
            } else if first.state.here.is_some() {
                <table class="table audit">
                    <thead>
                        <tr>
                            <th scope="col">{ audit::WHEN }</th>
                            <th scope="col">{ audit::WHO }</th>
                            <th scope="col">{ audit::WHAT }</th>
                        </tr>
                    </thead>
                    <tbody>for entry in pages().flat_map(|page| &page.items) { { line(entry, &store, &nav) } }</tbody>
                </table>
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

fn line(entry: &AuditEntry, store: &Store, nav: &Nav) -> Html {
    let agent = |id: &_| store.name_of(id).map(str::to_owned);
    let department = |id: &_| store.desk.as_ref().and_then(|desk| desk.department(id)).map(str::to_owned);
    let chat = (entry.deed == Deed::Redact).then(|| ConversationId::parse(&entry.subject).ok()).flatten();
    let chat = chat.map(|conversation| Route::from(nav.chats().with(Tab::All, conversation)));
    html! {
        <tr>
            <td class="cell-when"><Since at={entry.at} /></td>
            <td class="cell-who">{ store.name_of(&entry.by).unwrap_or(audit::FORMER) }</td>
            <td>
                { audit::deed(entry, agent, department) }
                if let Some(chat) = chat {
                    { " " }<a class="link" href={chat.path()} onclick={nav.follow(chat)}>{ text::room::OPEN_CHAT }</a>
                }
            </td>
        </tr>
    }
}
