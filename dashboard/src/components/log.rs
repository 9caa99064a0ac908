//! The transcript. It follows new messages only while its reader is at the bottom, and stays where it is when earlier
//! ones come.

use crate::components::icon::{Icon, Shape};
use crate::components::pending::{sending, uploading};
use crate::components::redact::Redact;
use crate::components::said::Said;
use crate::hooks::clock::use_now;
use crate::hooks::rooms::Room;
use crate::hooks::use_store;
use crate::state::reading::Reading;
use crate::state::thread::{Item, Thread, can_redact, is_mine, what};
use crate::text::{self, room};
use crate::web::{self, focus, scroll};
use client::link::{Earlier, Health};
use protocol::room::Message;
use protocol::{AgentId, Event, Kind, Seq, Timestamp};
use std::rc::Rc;
use yew::prelude::*;

/// Props of [`Log`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What was said, and where.
    pub room: Room,
    /// Who is here.
    pub me: AgentId,
    /// The visitor's name.
    pub visitor: AttrValue,
    /// Whoever is here owns it.
    pub mine: bool,
    /// Whoever is here may take messages away.
    pub may_remove: bool,
}

/// The transcript.
#[component]
pub fn Log(props: &Props) -> Html {
    let node = use_node_ref();
    let at_bottom = use_state_eq(|| true);
    let end = use_memo((), |()| scroll::End::default());
    let removing = use_state_eq(|| None::<Seq>);
    let files = use_store().and_then(|store| store.files);
    let thread = &props.room.thread;
    let reading = use_mut_ref(Reading::default);
    reading.borrow_mut().follow(thread, props.mine, *at_bottom);
    let reading = *reading.borrow();
    use_place(&node, props, &end);

    let onscroll = {
        let (node, at_bottom, room) = (node.clone(), at_bottom.setter(), props.room.clone());
        move |_| {
            end.scrolled(&node);
            at_bottom.set(end.is_here());
            // Asked for once: what failed is asked for by the button.
            if room.thread.aside.earlier == Earlier::Idle && scroll::is_at_top(&node) {
                room.earlier();
            }
        }
    };
    let onkeydown = |event: KeyboardEvent| match event.key().as_str() {
        "ArrowUp" => focus::step(&event, ".log", ".said-remove", -1),
        "ArrowDown" => focus::step(&event, ".log", ".said-remove", 1),
        _ => {}
    };
    let close = {
        let removing = removing.setter();
        Callback::from(move |()| removing.set(None))
    };
    let on_remove = use_callback(removing.setter(), |seq, removing| removing.set(Some(seq)));
    let loading = thread.aside.health == Health::Starting && thread.messages.is_empty();
    let items = thread.items(reading.unread, |at| web::local(at).day_number);
    let pending = thread.aside.sends.len();
    html! {
        <div class="log-place">
            <div ref={node.clone()} class="log" role="log" aria-live="off" tabindex="0" {onscroll} {onkeydown} aria-busy={loading.to_string()}
                aria-label={format!("{}: {}", text::CONVERSATION, props.visitor)}>
                { earlier(&props.room) }
                if loading {
                    <p class="log-note">{ text::CONNECTING }</p>
                } else if items.is_empty() && !thread.has_unsent() {
                    <p class="log-note">{ text::NO_MESSAGES }</p>
                }
                { lines(&items, props, &on_remove) }
                for (at, send) in thread.aside.sends.iter().enumerate() { { sending(send, &props.room, files, at + 1 == pending) } }
                for upload in &thread.aside.uploads { { uploading(upload, &props.room, files) } }
                if thread.typing { { typing_line(&props.visitor) } }
            </div>
            if !*at_bottom { { to_bottom(reading.has_more(thread), node) } }
            { heard(reading, thread, &props.visitor) }
            if let Some(message) = removing.and_then(|seq| thread.messages.get(&seq)) {
                <Redact conversation={props.room.conversation.clone()} message={message.clone()} on_close={close} />
            }
        </div>
    }
}

/// Keeps the reader's place: at the bottom, or at what they read while earlier messages come above it.
#[hook]
fn use_place(node: &NodeRef, props: &Props, end: &Rc<scroll::End>) {
    let thread = &props.room.thread;
    let first = thread.messages.keys().next().copied();
    let last = thread.messages.keys().next_back().copied();
    let place = use_mut_ref(scroll::Place::default);
    use_effect_with((first, last, thread.typing, thread.aside.clone()), {
        let (node, end) = (node.clone(), end.clone());
        move |(first, _, _, aside)| {
            let mut place = place.borrow_mut();
            let ours = aside.sends.len() + aside.uploads.len();
            // What we have just written ourselves is always shown.
            if end.is_here() || ours > place.ours {
                scroll::to_bottom(&node);
            } else {
                place.restore(&node);
            }
            place.ours = ours;
            place.note(&node, *first);
        }
    });
    // The place to write may grow, and a keyboard may come over the page.
    use_effect_with((), {
        let (node, end) = (node.clone(), end.clone());
        move |()| {
            let follow = scroll::Follow::new(node, move || end.is_here());
            move || drop(follow)
        }
    });
}

/// Over the oldest message.
fn earlier(of: &Room) -> Html {
    let aside = &of.thread.aside;
    if !aside.has_earlier {
        return Html::default();
    }
    let onclick = {
        let of = of.clone();
        move |_: MouseEvent| of.earlier()
    };
    let failed = aside.earlier == Earlier::Failed;
    let (words, busy) = match aside.earlier {
        Earlier::Idle => (room::EARLIER, false),
        Earlier::Loading => (room::EARLIER_LOADING, true),
        Earlier::Failed => (text::TRY_AGAIN, false),
    };
    html! {
        <div class="log-earlier" role="status">
            if failed { <p>{ room::EARLIER_FAILED }</p> }
            <button type="button" class="quiet small" {onclick} aria-disabled={busy.to_string()}>
                if busy { <i class="spin"></i> }
                { words }
            </button>
        </div>
    }
}

fn lines(items: &[Item], props: &Props, on_remove: &Callback<Seq>) -> Html {
    let thread = &props.room.thread;
    let said =
        || items.iter().filter_map(|item| if let Item::Said { message, .. } = item { Some(message) } else { None });
    // The word stands under our newest message, as long as nobody has said anything after it.
    let in_words = said().next_back().filter(|newest| is_mine(newest, &props.me) && !thread.has_unsent());
    let in_words = in_words.map(|newest| newest.seq);
    let by_tab = said().rev().find(|message| can_redact(message)).map(|message| message.seq);
    let line = |item: &Item| match item {
        Item::Day(at) => html! { <Day key={format!("day-{}", at.0)} at={*at} /> },
        Item::Live(seq) => rule(format!("live-{}", seq.0), "live", text::LIVE),
        Item::Unread(seq) => rule(format!("new-{}", seq.0), "live new", room::UNREAD),
        Item::Event(message, event) => told(message, *event),
        Item::Said { message, first } => html! {
            <Said key={message.seq.0} conversation={props.room.conversation.clone()} message={message.clone()} first={*first}
                me={props.me.clone()} visitor={props.visitor.clone()} on_remove={on_remove.clone()}
                reached={(message.kind == Kind::Agent).then(|| thread.reached(message.seq))}
                in_words={in_words == Some(message.seq)}
                remove={props.may_remove.then_some(by_tab == Some(message.seq))} />
        },
    };
    items.iter().map(line).collect()
}

fn rule(key: String, class: &'static str, words: &'static str) -> Html {
    html! { <p {key} {class} role="separator" aria-label={words}><span>{ words }</span></p> }
}

fn told(message: &Message, event: Event) -> Html {
    let agent = message.agent.as_ref().map(|agent| agent.name.as_str());
    let time = text::time::clock(web::local(message.at));
    html! {
        <p key={message.seq.0} class="event" data-seq={message.seq.0.to_string()}>{ text::event(event, agent) }<span>{ time }</span></p>
    }
}

#[derive(Properties, PartialEq)]
struct DayProps {
    at: Timestamp,
}

/// A new day. Only this draws again when the clock ticks.
#[component]
fn Day(props: &DayProps) -> Html {
    let today = web::local(use_now());
    html! { <p class="day"><span>{ text::time::day(web::local(props.at), today) }</span></p> }
}

fn typing_line(visitor: &str) -> Html {
    html! {
        <div key="typing" class="said theirs first typing">
            <p class="bubble"><i></i><i></i><i></i><span class="sr">{ text::is_typing(visitor) }</span></p>
        </div>
    }
}

/// What screen readers hear: what the visitor writes from now on, and neither ticks nor earlier pages.
fn heard(reading: Reading, thread: &Thread, visitor: &str) -> Html {
    let newest = reading.heard(thread).map(|message| room::says(visitor, what(message)));
    html! { <p class="sr" aria-live="polite">{ newest }</p> }
}

/// The way back down; it says so when something has come since.
fn to_bottom(new: bool, log: NodeRef) -> Html {
    let onclick = move |_: MouseEvent| scroll::to_bottom(&log);
    html! {
        <button type="button" class={classes!("to-bottom", new.then_some("some"))} {onclick}
            aria-label={(!new).then_some(room::TO_NEWEST)} title={room::TO_NEWEST}>
            <Icon shape={Shape::Down} />if new { { text::NEW_MESSAGES } }
        </button>
    }
}
