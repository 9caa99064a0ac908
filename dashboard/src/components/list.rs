//! The middle column: tabs, and the rows of the chosen one.

use crate::components::heading::Heading;
use crate::components::history::HistoryList;
use crate::components::icon::{Icon, Shape};
use crate::components::row::Row;
use crate::components::select::{choice, select};
use crate::components::tabs::Tabs;
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Chats, Tab, Which};
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
    let counts = Tab::ALL.map(|tab| count(tab, store.desk.as_ref(), &store.history, &chats.which));
    html! {
        <section class="list" aria-labelledby="list-title">
            <div class="list-head">
                <Heading id="list-title" class="list-title">{ text::CHATS }</Heading>
                { store.desk.as_ref().map(|desk| filter(desk, &nav)) }
            </div>
            <Tabs {counts} unread={store.any_unread()} />
            <div id="list" class="rows" role="tabpanel" aria-labelledby={format!("tab-{}", tab.slug())} tabindex="-1">
                {
                    match (&store.desk, tab) {
                        (None, _) => loading(),
                        (Some(_), Tab::History) => html! { <HistoryList /> },
                        (Some(desk), _) => rows(desk, &nav, &props.me),
                    }
                }
            </div>
        </section>
    }
}

/// The choice of departments, where there are any.
fn filter(desk: &Desk, nav: &Nav) -> Html {
    if desk.departments.is_empty() {
        return Html::default();
    }
    let own = |which: Which| choice(which.slug(), text::desk::which(&which));
    let mut choices = vec![own(Which::All), own(Which::Nobodys)];
    let known = desk.departments.iter().map(|card| choice(card.id.as_str(), card.name.as_str()));
    choices.splice(1..1, known);
    if !desk.my_departments().is_empty() {
        choices.insert(0, own(Which::Mine));
    }
    let chats = nav.chats();
    let on = {
        let (nav, chats) = (nav.clone(), chats.clone());
        Callback::from(move |slug: String| nav.swap(Chats { which: Which::parse(&slug), ..chats.clone() }))
    };
    html! { <div class="list-filter">{ select(text::desk::DEPARTMENT, &choices, chats.which.slug(), on) }</div> }
}

fn rows(desk: &Desk, nav: &Nav, me: &AgentId) -> Html {
    let chats = nav.chats();
    let tab = chats.tab;
    let rows = queue::of_tab(desk, tab, &chats.which);
    if rows.is_empty() && !queue::of_tab(desk, tab, &Which::All).is_empty() {
        return none_here(nav);
    }
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

/// There are chats, but the filter leaves all of them out.
pub fn none_here(nav: &Nav) -> Html {
    let nav = nav.clone();
    let onclick = move |_| nav.swap(Chats { which: Which::All, ..nav.chats() });
    html! {
        <div class="empty">
            <Icon shape={Shape::Sliders} />
            <h2>{ text::desk::NONE_HERE }</h2>
            <p><button type="button" class="quiet small" {onclick}>{ text::desk::SHOW_ALL }</button></p>
        </div>
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

fn count(tab: Tab, desk: Option<&Desk>, history: &History, which: &Which) -> Option<AttrValue> {
    let (count, more) = match tab {
        Tab::History if history.load == Load::Needed && history.items.is_empty() => return None,
        Tab::History => (queue::closed(desk?, history, which).len(), history.cursor.is_some()),
        Tab::Pending | Tab::Active | Tab::All => (queue::of_tab(desk?, tab, which).len(), false),
    };
    Some(format!("{count}{}", if more { "+" } else { "" }).into())
}
