//! The hands of a [`Link`]: sockets, requests and timers for one room. It decides nothing.

use crate::api;
use crate::web::{outbox, random, socket_address};
use client::link::{Effect, Failure, Health, Input, Link, Ms, Outgoing};
use client::socket::{Heard, Socket};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use protocol::http::SendRequest;
use protocol::problem::Problem;
use protocol::room::{Message, RoomState};
use protocol::{AgentId, Body, ClientMsgId, ConversationId, Party};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// What is to be shown.
pub enum Shown {
    /// The next message.
    Message(Message),
    /// The rest of the room.
    State(RoomState),
    /// What is on its way, or failed.
    Outbox(Vec<Outgoing>),
    /// The visitor is writing, or has stopped.
    Typing(bool),
    /// How the line is.
    Health(Health),
    /// The server will not let us in.
    Refused,
    /// The sign-in has ended.
    Ended,
}

/// A room's line; dropping it hangs up.
pub struct RoomLine {
    inner: Rc<RefCell<Inner>>,
    _wakes: Vec<EventListener>,
}

struct Inner {
    link: Link,
    agent: AgentId,
    conversation: ConversationId,
    show: Rc<dyn Fn(Shown)>,
    socket: Option<Socket>,
    timer: Option<Timeout>,
}

impl RoomLine {
    /// Opens the line, with what an earlier life of the page had not got rid of.
    pub fn open(agent: AgentId, conversation: ConversationId, show: impl Fn(Shown) + 'static) -> RoomLine {
        let link = new_link(outbox::load(&agent, &conversation));
        let (socket, timer, show) = (None, None, Rc::new(show));
        let inner = Rc::new(RefCell::new(Inner { link, agent, conversation, show, socket, timer }));
        let _wakes = wakes(&Rc::downgrade(&inner));
        drive(&inner, Input::Start);
        show_outbox(&inner);
        RoomLine { inner, _wakes }
    }

    /// Sends a text; it is kept until the transcript shows it.
    pub fn say(&self, body: Body) {
        drive(&self.inner, Input::Send { id: ClientMsgId::random(random()), body });
    }

    /// Sends a failed message again, under the same id: it cannot be doubled.
    pub fn retry(&self, id: ClientMsgId) {
        drive(&self.inner, Input::Retry(id));
    }

    /// Gives a failed message up: the link starts a new life without it.
    pub fn discard(&self, id: &ClientMsgId) {
        {
            let mut inner = self.inner.borrow_mut();
            let mut saved = inner.link.saved();
            saved.retain(|send| &send.id != id);
            outbox::save(&inner.agent, &inner.conversation, &saved);
            inner.link = new_link(saved);
            inner.socket = None;
        }
        drive(&self.inner, Input::Start);
        show_outbox(&self.inner);
    }

    /// A key was pressed, or the text was given up.
    pub fn typing(&self, on: bool) {
        drive(&self.inner, Input::Typing(on));
    }
}

fn new_link(saved: Vec<SendRequest>) -> Link {
    Link::new(Party::Agent, random() as u32, saved)
}

/// The link's own clock: it never goes back.
fn clock() -> Ms {
    web_sys::window().and_then(|window| window.performance()).map_or(0, |performance| performance.now() as Ms)
}

/// The network is back; the page is looked at again.
fn wakes(inner: &Weak<RefCell<Inner>>) -> Vec<EventListener> {
    let wake = || {
        let inner = inner.clone();
        move |_: &web_sys::Event| drive_weak(&inner, Input::Wake)
    };
    let Some(window) = web_sys::window() else { return Vec::new() };
    let seen = window.document().map(|document| EventListener::new(&document, "visibilitychange", wake()));
    seen.into_iter().chain([EventListener::new(&window, "online", wake())]).collect()
}

fn drive_weak(inner: &Weak<RefCell<Inner>>, input: Input) {
    if let Some(inner) = inner.upgrade() {
        drive(&inner, input);
    }
}

/// Asks the link, then does what it says. Never while borrowed: what is shown may come back with an input.
fn drive(inner: &Rc<RefCell<Inner>>, input: Input) {
    let effects = inner.borrow_mut().link.apply(clock(), input);
    effects.into_iter().for_each(|effect| act(inner, effect));
    arm(inner);
}

fn arm(inner: &Rc<RefCell<Inner>>) {
    let at = inner.borrow().link.next_deadline();
    let ticking = Rc::downgrade(inner);
    let timer = at.map(|at| {
        let wait = u32::try_from(at - clock()).unwrap_or(0);
        Timeout::new(wait, move || drive_weak(&ticking, Input::Tick))
    });
    inner.borrow_mut().timer = timer;
}

fn act(inner: &Rc<RefCell<Inner>>, effect: Effect) {
    match effect {
        Effect::Connect { socket, after } => connect(inner, socket, after.0),
        Effect::Disconnect => drop(inner.borrow_mut().socket.take()),
        Effect::Transmit(frame) => speak(inner, |socket| socket.say(&frame)),
        Effect::Ping => speak(inner, Socket::ping),
        Effect::Poll { poll, after } => {
            request(inner, async move |conversation: ConversationId| {
                let reply = api::events(&conversation, after).await.map_err(failure);
                Some(Input::Polled { poll, reply })
            });
        }
        Effect::Post(message) => {
            request(inner, async move |conversation: ConversationId| {
                let reply = api::send(&conversation, &message).await.map_err(failure);
                Some(Input::Posted { id: message.id, reply })
            });
        }
        Effect::PostTyping(on) => {
            request(inner, async move |conversation: ConversationId| {
                // Nobody misses it.
                let _ = api::typing(&conversation, on).await;
                None
            });
        }
        Effect::Boot => show(inner, Shown::Ended),
        Effect::Refused(_) => show(inner, Shown::Refused),
        Effect::Message(message) => show(inner, Shown::Message(message)),
        Effect::State(state) => show(inner, Shown::State(state)),
        Effect::Outbox => {
            keep_outbox(inner);
            show_outbox(inner);
        }
        Effect::OtherTypes(on) => show(inner, Shown::Typing(on)),
        Effect::Health(health) => show(inner, Shown::Health(health)),
    }
}

fn show(inner: &Rc<RefCell<Inner>>, shown: Shown) {
    let show = inner.borrow().show.clone();
    show(shown);
}

fn show_outbox(inner: &Rc<RefCell<Inner>>) {
    let outgoing = inner.borrow().link.outbox().to_vec();
    show(inner, Shown::Outbox(outgoing));
}

fn keep_outbox(inner: &Rc<RefCell<Inner>>) {
    let inner = inner.borrow();
    outbox::save(&inner.agent, &inner.conversation, &inner.link.saved());
}

fn speak(inner: &Rc<RefCell<Inner>>, say: impl FnOnce(&Socket)) {
    if let Some(socket) = &inner.borrow().socket {
        say(socket);
    }
}

fn connect(inner: &Rc<RefCell<Inner>>, socket: u32, after: u32) {
    let path = format!("/v1/conversations/{}/socket?after={after}", inner.borrow().conversation);
    let hearing = Rc::downgrade(inner);
    let hear = move |heard| match heard {
        Heard::Frame(frame) => drive_weak(&hearing, Input::Heard { socket, frame }),
        Heard::Closed(code) => drive_weak(&hearing, Input::Closed { socket, code }),
    };
    let opened = socket_address(&path).and_then(|address| Socket::open(&address, &[], hear).ok());
    inner.borrow_mut().socket = opened;
}

fn request(inner: &Rc<RefCell<Inner>>, ask: impl AsyncFnOnce(ConversationId) -> Option<Input> + 'static) {
    let conversation = inner.borrow().conversation.clone();
    let asking = Rc::downgrade(inner);
    spawn_local(async move {
        if let Some(input) = ask(conversation).await {
            drive_weak(&asking, input);
        }
    });
}

/// The link tells a server that says no from one that says nothing.
fn failure(problem: Problem) -> Failure {
    if api::is_silence(&problem) { Failure::default() } else { problem.into() }
}
