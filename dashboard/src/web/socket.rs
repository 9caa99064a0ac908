//! The desk's WebSocket, which comes back by itself, on the timing of [`Line`], and tells whether anybody is here.

use crate::state::idle::Idle;
use crate::state::line::{BEAT_EVERY, Line, Order, beat_every};
use crate::web::activity::Activity;
use crate::web::beat::Beat;
use crate::web::{now, random, socket_address};
use gloo_events::EventListener;
use protocol::desk::DeskUp;
use protocol::room::{PING, PONG};
use protocol::team::PresenceSettings;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// Closed by the server with one of these (as HTTP's 401, 403, 404), a socket stays closed: trying again cannot help.
const FINAL: [u16; 3] = [4401, 4403, 4404];
/// Closed by the server because we said too much.
const FLOODED: u16 = 4429;

/// What happens on the line.
pub enum News {
    /// A frame came.
    Frame(String),
    /// The line is up.
    Up,
    /// The line is gone and will be remade. `refused`: it had not even opened.
    Down {
        /// See above.
        refused: bool,
    },
    /// The server ended it for good.
    Ended,
}

/// The line; dropping it hangs up.
pub struct Socket {
    inner: Rc<RefCell<Inner>>,
    _beat: Beat,
    _online: EventListener,
    _activity: Activity,
}

struct Inner {
    line: Line,
    idle: Idle,
    beat_every: Duration,
    wire: Option<Wire>,
    ended: bool,
    path: &'static str,
    tell: Rc<dyn Fn(News)>,
}

impl Inner {
    fn new(path: &'static str, tell: impl Fn(News) + 'static) -> Inner {
        let (line, idle) = (Line::new(now()), Idle::new(now()));
        Inner { line, idle, beat_every: BEAT_EVERY, wire: None, ended: false, path, tell: Rc::new(tell) }
    }

    /// The address to dial: it says whether anybody is here, so that a line that comes back makes nobody active.
    fn address(&mut self) -> Option<String> {
        let query = if self.idle.dial() { "?idle=1" } else { "" };
        socket_address(&format!("{}{query}", self.path))
    }

    /// Tells the desk what it does not know yet of whether anybody is here.
    fn tell_idleness(&mut self) {
        let (Line::Open { .. }, Some(wire)) = (&self.line, &self.wire) else { return };
        let frame = self.idle.news().and_then(|on| serde_json::to_string(&DeskUp::Idle { on }).ok());
        if let Some(frame) = frame {
            // A socket that cannot send is dead; the next one's address says it.
            let _ = wire.socket.send_with_str(&frame);
        }
    }
}

struct Wire {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Drop for Wire {
    fn drop(&mut self) {
        // Refused only if it is closing already.
        let _ = self.socket.close();
    }
}

impl Socket {
    /// Dials.
    pub fn dial(path: &'static str, tell: impl Fn(News) + 'static) -> Socket {
        let inner = Rc::new(RefCell::new(Inner::new(path, tell)));
        connect(&inner);
        let (ticking, hurried, touched) = (Rc::downgrade(&inner), Rc::downgrade(&inner), Rc::downgrade(&inner));
        let hurry = move |_: &web_sys::Event| {
            if let Some(inner) = hurried.upgrade() {
                inner.borrow_mut().line.hurry(now());
            }
        };
        Socket {
            _beat: Beat::new(move || tick(&ticking)),
            _online: EventListener::new(&window_target(), "online", hurry),
            _activity: Activity::watch(move || touch(&touched)),
            inner,
        }
    }

    /// Follows the tenant's rules: how often to beat, and when nobody is here.
    pub fn follow(&self, rules: &PresenceSettings) {
        let mut inner = self.inner.borrow_mut();
        inner.beat_every = beat_every(Duration::from_millis(rules.stale_after_ms.into()));
        inner.idle.rule(Duration::from_millis(rules.idle_after_ms.into()));
    }
}

fn touch(inner: &Weak<RefCell<Inner>>) {
    if let Some(inner) = inner.upgrade() {
        let mut inner = inner.borrow_mut();
        inner.idle.touch(now());
        inner.tell_idleness();
    }
}

/// The page's window as something to listen to.
fn window_target() -> web_sys::EventTarget {
    js_sys::global().unchecked_into()
}

fn tick(inner: &Weak<RefCell<Inner>>) {
    let Some(inner) = inner.upgrade() else { return };
    if inner.borrow().ended {
        return;
    }
    let order = {
        let mut inner = inner.borrow_mut();
        inner.idle.tick(now());
        inner.tell_idleness();
        let every = inner.beat_every;
        inner.line.tick(now(), every)
    };
    match order {
        Some(Order::Dial) => connect(&inner),
        Some(Order::Beat) => beat(&inner),
        Some(Order::HangUp) => lost(&inner, 1006),
        None => {}
    }
}

fn beat(inner: &Rc<RefCell<Inner>>) {
    if let Some(wire) = &inner.borrow().wire {
        // A socket that cannot send will not answer either, and is hung up for that.
        let _ = wire.socket.send_with_str(PING);
    }
}

fn connect(inner: &Rc<RefCell<Inner>>) {
    let address = inner.borrow_mut().address();
    let socket = address.and_then(|address| WebSocket::new(&address).ok());
    let wire = socket.map(|socket| Wire { _listeners: listeners(&socket, inner), socket });
    inner.borrow_mut().wire = wire;
}

fn listeners(socket: &WebSocket, inner: &Rc<RefCell<Inner>>) -> [EventListener; 3] {
    let (opening, hearing, closing) = (Rc::downgrade(inner), Rc::downgrade(inner), Rc::downgrade(inner));
    [
        EventListener::new(socket, "open", move |_| {
            if let Some(inner) = opening.upgrade() {
                inner.borrow_mut().line.opened();
                tell(&inner, News::Up);
                tick(&opening);
            }
        }),
        EventListener::new(socket, "message", move |event| {
            let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            if let (Some(inner), Some(text)) = (hearing.upgrade(), text) {
                inner.borrow_mut().line.heard();
                if text != PONG {
                    tell(&inner, News::Frame(text));
                }
            }
        }),
        EventListener::new(socket, "close", move |event| {
            if let Some(inner) = closing.upgrade() {
                lost(&inner, event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code));
            }
        }),
    ]
}

fn lost(inner: &Rc<RefCell<Inner>>, code: u16) {
    let (wire, news) = {
        let mut inner = inner.borrow_mut();
        let refused = matches!(inner.line, Line::Opening { .. });
        inner.ended = FINAL.contains(&code);
        let luck = (random() & 255) as u8;
        if code == FLOODED {
            inner.line.flooded(now(), luck)
        } else {
            inner.line.lost(now(), luck)
        }
        (inner.wire.take(), if inner.ended { News::Ended } else { News::Down { refused } })
    };
    drop(wire);
    tell(inner, news);
}

/// Never while borrowed: who is told may send.
fn tell(inner: &Rc<RefCell<Inner>>, news: News) {
    let tell = inner.borrow().tell.clone();
    tell(news);
}
