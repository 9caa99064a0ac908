//! The middle column: tabs, and the rows of the chosen one.

use crate::components::heading::Heading;
use crate::components::history::HistoryList;
use crate::components::icon::{Icon, Shape};
use crate::components::row::Row;
use crate::components::tabs::Tabs;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Chats, Tab};
use crate::state::history::{History, Load};
use crate::state::{Desk, queue};
use crate::text;
use protocol::AgentId;
use yew::prelude::*;

/// Props of [`List`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who is here.
    pub me: AgentId,
}

/// The queue.
#[component]
pub fn List(props: &Props) -> Html {
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let chats = nav.chats();
    let tab = chats.tab;
    let counts = Tab::ALL.map(|tab| count(tab, store.desk.as_ref(), &store.history, &props.me));
    html! {
        <section class="list" aria-labelledby="list-title">
            <Heading id="list-title" class="list-title">{ text::CHATS }</Heading>
            <Tabs {counts} />
            <div id="list" class="rows" role="tabpanel" aria-labelledby={format!("tab-{}", tab.slug())} tabindex="-1">
                {
                    match (&store.desk, tab) {
                        (None, _) => loading(),
                        (Some(_), Tab::History) => html! { <HistoryList /> },
                        (Some(desk), _) => rows(desk, &chats, &props.me),
                    }
                }
            </div>
        </section>
    }
}

fn rows(desk: &Desk, chats: &Chats, me: &AgentId) -> Html {
    let tab = chats.tab;
    let rows = queue::of_tab(&desk.queue, tab, me);
    if rows.is_empty() {
        return empty(tab);
    }
    html! {
        <ul>
            for row in rows {
                <Row key={row.handoff.as_str()} row={row.clone()} me={me.clone()} {tab}
                    selected={chats.open.as_ref() == Some(&row.conversation)} />
            }
        </ul>
    }
}

/// What stands where rows would.
pub fn empty(tab: Tab) -> Html {
    let (title, help) = text::empty(tab);
    html! {
        <div class="empty">
            <Icon shape={if tab == Tab::Pending { Shape::Check } else { Shape::Chat }} />
            <h2>{ title }</h2>
            <p>{ help }</p>
        </div>
    }
}

/// Shapes of rows to come.
pub fn loading() -> Html {
    html! {
        <div class="ghosts" role="status">
            <span class="sr">{ text::LOADING }</span>
            for _ in 0..4 { <span class="ghost-row"></span> }
        </div>
    }
}

fn count(tab: Tab, desk: Option<&Desk>, history: &History, me: &AgentId) -> Option<AttrValue> {
    let (count, more) = match tab {
        Tab::History if history.load == Load::Needed && history.items.is_empty() => return None,
        Tab::History => (history.items.len(), history.cursor.is_some()),
        Tab::Pending | Tab::Active | Tab::All => (queue::of_tab(&desk?.queue, tab, me).len(), false),
    };
    Some(format!("{count}{}", if more { "+" } else { "" }).into())
}
