//! What is over, page by page.

use crate::components::list::{empty, loading, none_here};
use crate::components::row::Row;
use crate::hooks::commands::Commands;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::Tab;
use crate::state::history::Load;
use crate::state::queue::closed;
use crate::text;
use yew::prelude::*;

/// Closed handoffs, newest first.
#[component]
pub fn HistoryList() -> Html {
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let Some(desk) = &store.desk else { return Html::default() };
    let (history, open) = (&store.history, nav.chats().open);
    let on_its_way = matches!(history.load, Load::Asked | Load::Needed);
    if history.items.is_empty() && history.load == Load::Done {
        return empty(Tab::History);
    }
    if history.items.is_empty() && on_its_way {
        return loading();
    }
    let rows = closed(desk, history, &nav.chats().which);
    let more = {
        let (commands, cursor) = (Commands::new(&store), history.cursor.clone());
        move |_| commands.load_history(cursor.clone())
    };
    html! {
        <>
            if rows.is_empty() { { none_here(&nav) } }
            <ul>
                for row in rows {
                    <Row key={row.handoff.as_str()} row={row.clone()} me={desk.me.clone()} tab={Tab::History}
                        selected={open.as_ref() == Some(&row.conversation)} />
                }
            </ul>
            if history.load == Load::Failed {
                <div class="more" role="alert">
                    <p>{ text::HISTORY_FAILED }</p>
                    <button class="quiet" onclick={more}>{ text::TRY_AGAIN }</button>
                </div>
            } else if history.cursor.is_some() {
                <div class="more">
                    <button class="quiet" onclick={more} disabled={on_its_way}>
                        { if on_its_way { text::LOADING } else { text::LOAD_MORE } }
                    </button>
                </div>
            }
        </>
    }
}
