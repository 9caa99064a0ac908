//! Every open conversation, for admins: who waits, who has whom, and what can be done about it.

use crate::api::routing::Verb;
use crate::components::age::Wait;
use crate::components::avatar::Avatar;
use crate::components::give::{Give, Way};
use crate::components::icon::Shape;
use crate::components::page::Page;
use crate::components::pane_head::use_orders;
use crate::components::row::{badges, last, urgency, visitor};
use crate::components::select::{choice, select};
use crate::components::trouble::{empty, loading, not_for_you};
use crate::hooks::nav::Nav;
use crate::hooks::use_store;
use crate::route::{Live, Route, Tab, Which};
use crate::state::Desk;
use crate::state::live::{Line, lines, rows};
use crate::state::queue::is_mine;
use crate::state::standing::Handle;
use crate::text::{self, live};
use protocol::desk::QueueRow;
use protocol::{AgentId, Stage};
use yew::prelude::*;

/// Rows that are drawn at first, and with every press for more: a workspace may have thousands of chats.
const ROWS: usize = 100;

/// Props of [`LivePage`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// As the address says.
    pub filter: Live,
}

/// The page.
#[component]
pub fn LivePage(props: &Props) -> Html {
    let drawn = use_state_eq(|| ROWS);
    let (Some(store), Some(nav)) = (use_store(), use_context::<Nav>()) else { return Html::default() };
    let page = |body: Html| html! { <Page title={live::TITLE} lead={live::LEAD}>{ body }</Page> };
    if !store.is_admin() {
        return page(not_for_you());
    }
    let Some(desk) = &store.desk else { return page(loading()) };
    let found = rows(desk, &props.filter);
    let more = {
        let (drawn, next) = (drawn.setter(), *drawn + ROWS);
        move |_: MouseEvent| drawn.set(next)
    };
    let clear = {
        let nav = nav.clone();
        move |_: MouseEvent| nav.swap(Route::Live(Live::default()))
    };
    page(html! {
        <>
            <ul class="live-lines" aria-label={live::SUMMARY}>
                for one in lines(desk, &props.filter.which) { { line(&one) } }
            </ul>
            { filters(desk, &nav, &props.filter, found.len()) }
            if desk.queue.is_empty() {
                { empty(Shape::Check, live::EMPTY, live::EMPTY_LEAD) }
            } else if found.is_empty() {
                <>
                    { empty(Shape::Sliders, live::NOTHING_FITS, live::NOTHING_FITS_LEAD) }
                    <div class="more"><button type="button" class="quiet" onclick={clear}>{ live::CLEAR }</button></div>
                </>
            } else {
                { table(desk, &found, *drawn) }
                if found.len() > *drawn {
                    <div class="more">
                        <button type="button" class="quiet" onclick={more}>{ text::LOAD_MORE }</button>
                        <p>{ live::shown(*drawn, found.len()) }</p>
                    </div>
                }
            }
        </>
    })
}

fn table(desk: &Desk, found: &[&QueueRow], drawn: usize) -> Html {
    html! {
        <table class="table live-table" aria-label={live::TABLE}>
            <thead>
                <tr>
                    <th scope="col">{ live::VISITOR }</th>
                    <th scope="col">{ text::desk::DEPARTMENT }</th>
                    <th scope="col">{ live::STAGE }</th>
                    <th scope="col">{ live::AGENT }</th>
                    <th scope="col">{ live::FOR }</th>
                    <th scope="col">{ live::LAST }</th>
                    <th scope="col"><span class="sr">{ live::ACTIONS }</span></th>
                </tr>
            </thead>
            <tbody>
                for &row in found.iter().take(drawn) {
                    <One key={row.handoff.as_str()} row={row.clone()} me={desk.me.clone()} />
                }
            </tbody>
        </table>
    }
}

/// How a department stands.
fn line(line: &Line) -> Html {
    let late = line.department.is_some_and(|card| card.late);
    let name = line.department.map_or(text::desk::NO_DEPARTMENT, |card| card.name.as_str());
    html! {
        <li class={classes!("live-line", late.then_some("late"))}>
            <h2>{ name.to_owned() }</h2>
            <p class="live-counts">
                <span><b>{ line.waiting }</b>{ " " }{ live::WAITING }</span>
                <span><b>{ line.active }</b>{ " " }{ live::ACTIVE }</span>
            </p>
            <p class="live-more">
                if let Some(since) = line.since { <span>{ live::LONGEST }{ " " }<Wait at={since} /></span> }
                if late { <span class="badge warn">{ live::LATE }</span> }
                <span>{ live::room(line.available, line.spare) }</span>
            </p>
        </li>
    }
}

fn filters(desk: &Desk, nav: &Nav, filter: &Live, count: usize) -> Html {
    let own = |which: Which| choice(which.slug(), text::desk::which(&which));
    let mut of = vec![own(Which::All)];
    of.extend(desk.departments.iter().map(|card| choice(card.id.as_str(), card.name.as_str())));
    of.push(own(Which::Nobodys));
    if !desk.my_departments().is_empty() {
        of.insert(1, own(Which::Mine));
    }
    let mut with = vec![choice("", live::ALL_AGENTS)];
    with.extend(desk.agents.iter().map(|card| choice(card.id.as_str(), card.name.as_str())));
    let mut at = vec![choice("", live::ALL_STAGES)];
    at.extend([Stage::Waiting, Stage::Active].map(|stage| choice(stage.as_str(), live::stage(stage))));
    let go = |change: fn(&mut Live, String)| {
        let (nav, filter) = (nav.clone(), filter.clone());
        Callback::from(move |word: String| {
            let mut filter = filter.clone();
            change(&mut filter, word);
            nav.swap(Route::Live(filter));
        })
    };
    html! {
        <div class="filters" role="group" aria-label={live::FILTERS}>
            { select(text::desk::DEPARTMENT, &of, filter.which.slug(), go(|live, word| live.which = Which::parse(&word))) }
            { select(live::AGENT, &with, filter.agent.as_ref().map_or("", AgentId::as_str),
                go(|live, word| live.agent = AgentId::parse(&word).ok())) }
            { select(live::STAGE, &at, filter.stage.map_or("", Stage::as_str),
                go(|live, word| live.stage = Stage::parse(&word).ok())) }
            <span class="filters-count" role="status">
                if *filter != Live::default() { { live::shown(count, desk.queue.len()) } }
            </span>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OneProps {
    row: QueueRow,
    me: AgentId,
}

/// One conversation.
#[component]
fn One(props: &OneProps) -> Html {
    let giving = use_state_eq(|| false);
    let (Some(orders), Some(nav)) = (use_orders(&props.row.conversation), use_context::<Nav>()) else {
        return Html::default();
    };
    let Some(store) = use_store() else { return Html::default() };
    let Some(desk) = &store.desk else { return Html::default() };
    let row = &props.row;
    let (name, mine) = (visitor(row), is_mine(row, &props.me));
    let waits = row.stage == Stage::Waiting;
    let to = Route::from(nav.chats().with(Tab::All, row.conversation.clone()));
    let take = {
        let (orders, handle) = (orders.clone(), Handle::from(row));
        let verb = if waits && row.offer.is_none() { Verb::Claim } else { Verb::TakeOver };
        move |_: MouseEvent| orders.give(verb, &handle)
    };
    let open = {
        let giving = giving.setter();
        move |_: MouseEvent| giving.set(true)
    };
    let close = {
        let giving = giving.setter();
        Callback::from(move |()| giving.set(false))
    };
    let (watch, assign) =
        (if mine { live::OPEN } else { live::WATCH }, if waits { live::ASSIGN } else { live::REASSIGN });
    let taking = if waits && row.offer.is_none() { text::PICK_UP } else { text::desk::TAKE_OVER };
    html! {
        <tr>
            <th scope="row">
                <span class="person">
                    <Avatar name={row.visitor_name.as_ref().map(|name| AttrValue::from(name.as_str().to_owned()))}
                        seed={row.conversation.as_str().to_owned()} />
                    <span class="live-who"><b>{ name.clone() }</b>{ urgency(row) }</span>
                </span>
            </th>
            <td class="cell-teams">{ desk.department_of(row).unwrap_or(text::desk::NO_DEPARTMENT) }</td>
            <td class="cell-stage">{ stage(row, &props.me) }</td>
            <td class="cell-agent">{ owner(row, &props.me) }</td>
            <td class="cell-for">{ age(row) }</td>
            <td class="cell-last"><span>{ last(row, &store) }</span></td>
            <td class="cell-do">
                <a class="quiet small" href={to.path()} onclick={nav.follow(to)} aria-label={text::desk::of(watch, &name)}>
                    { watch }
                </a>
                if !mine {
                    <button type="button" class="quiet small" onclick={take} disabled={orders.is_busy()}
                        aria-label={text::desk::of(taking, &name)}>{ taking }</button>
                }
                <button type="button" class="quiet small" onclick={open} aria-label={text::desk::of(assign, &name)}>
                    { assign }
                </button>
                if *giving { <Give row={row.clone()} way={Way::Assign} on_close={close} /> }
            </td>
        </tr>
    }
}

fn stage(row: &QueueRow, me: &AgentId) -> Html {
    match row.stage {
        Stage::Waiting => badges(row, me),
        Stage::Active | Stage::Closed => html! { <span class="badge good">{ live::stage(row.stage) }</span> },
    }
}

fn owner(row: &QueueRow, me: &AgentId) -> Html {
    match row.agent.as_ref().filter(|_| row.stage == Stage::Active) {
        Some(_) if is_mine(row, me) => html! { { text::YOU } },
        Some(agent) => html! { { agent.name.as_str() } },
        None => html! { <span class="none-of">{ live::NOBODY }</span> },
    }
}

/// How long it has waited, or has been in somebody's hands.
fn age(row: &QueueRow) -> Html {
    match (row.stage, row.picked_at) {
        (Stage::Active, Some(at)) => html! { <Wait {at} calm=true /> },
        (Stage::Waiting | Stage::Active | Stage::Closed, _) => html! { <Wait at={row.waits_since()} /> },
    }
}
