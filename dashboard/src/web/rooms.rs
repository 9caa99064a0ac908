//! The lines to all rooms that matter here: those of our chats, the one on the screen, and those where something of ours
//! still waits. They live as long as the agent is signed in, whatever page is shown.

use crate::state::lines::{Lines, Order};
use crate::state::{Action, State};
use crate::web::room::RoomLine;
use crate::web::shelf::{Kept, Shelf};
use crate::web::{is_looked_at, is_visible, now};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use protocol::file::FileSettings;
use protocol::{AgentId, ConversationId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use yew::prelude::*;

type Dispatch = UseReducerDispatcher<State>;

/// All lines; cheap to clone.
#[derive(Clone)]
pub struct Rooms(Rc<RefCell<Inner>>);

struct Inner {
    agent: AgentId,
    dispatch: Dispatch,
    shelf: Shelf,
    lines: Lines,
    held: BTreeMap<ConversationId, RoomLine>,
    /// What was left behind in rooms without a line.
    left: BTreeMap<ConversationId, Vec<Kept>>,
    /// The chat on the screen.
    open: Option<ConversationId>,
    wanted: Vec<ConversationId>,
    rules: FileSettings,
    timer: Option<Timeout>,
    _wakes: Vec<EventListener>,
}

impl PartialEq for Rooms {
    fn eq(&self, other: &Rooms) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Rooms {
    /// No lines yet. They end with the last clone.
    pub fn new(agent: AgentId, dispatch: Dispatch) -> Rooms {
        let inner = Rc::new_cyclic(|weak| {
            RefCell::new(Inner {
                shelf: Shelf::open(agent.clone()),
                agent,
                dispatch,
                lines: Lines::default(),
                held: BTreeMap::new(),
                left: BTreeMap::new(),
                open: None,
                wanted: Vec::new(),
                rules: FileSettings::default(),
                timer: None,
                _wakes: wakes(weak),
            })
        });
        Rooms(inner)
    }

    /// Holds lines to these, the most wanted first; `open` is on the screen.
    pub fn follow(&self, open: Option<ConversationId>, wanted: Vec<ConversationId>) {
        {
            let mut inner = self.0.borrow_mut();
            (inner.open, inner.wanted) = (open, wanted);
        }
        self.arrange();
    }

    /// Takes over what is on the shelf: of an earlier life of this page, or of a tab that was closed meanwhile.
    pub fn take_over(&self) {
        let this = Rc::downgrade(&self.0);
        self.0.borrow().shelf.read(move |kept| {
            if let Some(inner) = this.upgrade() {
                for (conversation, kept) in kept {
                    inner.borrow_mut().left.entry(conversation).or_default().push(kept);
                }
                Rooms(inner).arrange();
            }
        });
    }

    /// What may be sent besides text.
    pub fn allow(&self, rules: FileSettings) {
        self.0.borrow_mut().rules = rules;
        self.all().iter().for_each(|line| line.allow(rules));
    }

    /// Gives an order to the line of a conversation.
    pub fn with(&self, conversation: &ConversationId, order: impl FnOnce(&RoomLine)) {
        let line = self.0.borrow().held.get(conversation).cloned();
        if let Some(line) = line {
            order(&line);
        }
    }

    /// Never borrowed while a line is spoken to: what it tells may come back with an order.
    fn all(&self) -> Vec<RoomLine> {
        self.0.borrow().held.values().cloned().collect()
    }

    fn arrange(&self) {
        let orders = {
            let inner = &mut *self.0.borrow_mut();
            let left = inner.left.keys().cloned();
            let wanted: Vec<_> = inner.open.iter().cloned().chain(left).chain(inner.wanted.iter().cloned()).collect();
            inner.lines.want(now(), &wanted)
        };
        self.carry_out(orders);
        let left = std::mem::take(&mut self.0.borrow_mut().left);
        for (conversation, kept) in left {
            self.with(&conversation, |line| line.restore(kept));
        }
        self.attend();
        self.arm();
    }

    fn carry_out(&self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Open(conversation) => {
                    let line = self.line(&conversation);
                    self.0.borrow_mut().held.insert(conversation, line);
                }
                Order::Close(conversation) => {
                    let line = self.0.borrow_mut().held.remove(&conversation);
                    drop(line);
                    self.0.borrow().dispatch.dispatch(Action::RoomLeft(conversation));
                }
            }
        }
    }

    fn line(&self, conversation: &ConversationId) -> RoomLine {
        let inner = self.0.borrow();
        let (told, over) = (inner.dispatch.clone(), inner.dispatch.clone());
        let of = conversation.clone();
        let tell = move |news, aside| told.dispatch(Action::Room(of.clone(), news, Box::new(aside)));
        let ended = move || over.dispatch(Action::SignedOut { ended: true });
        let (agent, shelf) = (inner.agent.clone(), inner.shelf.clone());
        let line = RoomLine::open(agent, conversation.clone(), shelf, Rc::new(tell), Rc::new(ended));
        line.allow(inner.rules);
        line
    }

    /// Only the chat on the screen is before somebody's eyes, and only while this tab is.
    fn attend(&self) {
        let (open, looks) = (self.0.borrow().open.clone(), is_looked_at());
        let held: Vec<_> = self.0.borrow().held.iter().map(|(known, line)| (known.clone(), line.clone())).collect();
        for (conversation, line) in held {
            line.attend(looks && open.as_ref() == Some(&conversation));
        }
    }

    fn arm(&self) {
        let at = self.0.borrow().lines.next_deadline();
        let ticking = Rc::downgrade(&self.0);
        let timer = at.map(|at| {
            Timeout::new(u32::try_from(at.0 - now().0).unwrap_or(0), move || {
                if let Some(inner) = ticking.upgrade() {
                    Rooms(inner).arrange();
                }
            })
        });
        self.0.borrow_mut().timer = timer;
    }
}

/// The network is back; the page is looked at again, or no longer.
fn wakes(inner: &Weak<RefCell<Inner>>) -> Vec<EventListener> {
    let hear = |wakes: fn() -> bool| {
        let inner = inner.clone();
        move |_: &web_sys::Event| {
            if let Some(rooms) = inner.upgrade().map(Rooms) {
                rooms.attend();
                if wakes() {
                    rooms.all().iter().for_each(RoomLine::wake);
                }
            }
        }
    };
    let Some(window) = web_sys::window() else { return Vec::new() };
    let seen = window.document().map(|document| EventListener::new(&document, "visibilitychange", hear(is_visible)));
    let others = [
        EventListener::new(&window, "online", hear(|| true)),
        EventListener::new(&window, "focus", hear(|| true)),
        EventListener::new(&window, "blur", hear(|| false)),
    ];
    seen.into_iter().chain(others).collect()
}
