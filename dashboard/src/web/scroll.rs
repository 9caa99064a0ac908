//! How far something is scrolled, and how its reader's place is kept.

use protocol::Seq;
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};
use yew::NodeRef;

/// Nearer to an end than this, in pixels, is at it.
const NEAR: i32 = 48;

/// Whether a reader is at the end. Only who scrolls up leaves it: what grows or shrinks around them does not take them away.
pub struct End {
    here: Cell<bool>,
    top: Cell<i32>,
}

impl Default for End {
    fn default() -> End {
        End { here: Cell::new(true), top: Cell::new(0) }
    }
}

impl End {
    /// Whether they are.
    pub fn is_here(&self) -> bool {
        self.here.get()
    }

    /// It was scrolled, by them or by us.
    pub fn scrolled(&self, node: &NodeRef) {
        let Some(log) = node.cast::<HtmlElement>() else { return };
        let top = log.scroll_top();
        if log.scroll_height() - top - log.client_height() < NEAR {
            self.here.set(true);
        } else if top < self.top.get() {
            self.here.set(false);
        }
        self.top.set(top);
    }
}

/// Whether the beginning can be seen, and is not all there is.
pub fn is_at_top(node: &NodeRef) -> bool {
    node.cast::<HtmlElement>().is_some_and(|log| log.scroll_top() < NEAR && log.scroll_height() > log.client_height())
}

/// Goes to the end.
pub fn to_bottom(node: &NodeRef) {
    if let Some(log) = node.cast::<HtmlElement>() {
        log.set_scroll_top(log.scroll_height());
    }
}

/// Keeps the end in sight while the place for it changes its size.
pub struct Follow {
    observer: Option<ResizeObserver>,
    _ear: Closure<dyn FnMut()>,
}

impl Follow {
    /// As long as `wanted`.
    pub fn new(node: NodeRef, wanted: impl Fn() -> bool + 'static) -> Follow {
        let place = node.cast::<HtmlElement>();
        let ear = Closure::<dyn FnMut()>::new(move || {
            if wanted() {
                to_bottom(&node);
            }
        });
        let observer = ResizeObserver::new(ear.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(place)) = (&observer, &place) {
            observer.observe(place);
        }
        Follow { observer, _ear: ear }
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.observer.iter().for_each(ResizeObserver::disconnect);
    }
}

/// Where the first message of a transcript stood when it was last drawn.
#[derive(Default)]
pub struct Place {
    /// How many of ours were on their way then.
    pub ours: usize,
    first: Option<(Seq, i32)>,
}

impl Place {
    /// Notes it. The lower edge counts: over a message that was the first, a name may go away.
    pub fn note(&mut self, node: &NodeRef, first: Option<Seq>) {
        self.first = first.and_then(|seq| Some((seq, lower_edge(node, seq)?)));
    }

    /// Scrolls by as much as it has been moved since.
    pub fn restore(&self, node: &NodeRef) {
        let Some((seq, before)) = self.first else { return };
        if let (Some(log), Some(now)) = (node.cast::<HtmlElement>(), lower_edge(node, seq)) {
            log.set_scroll_top(log.scroll_top() + now - before);
        }
    }
}

fn lower_edge(node: &NodeRef, seq: Seq) -> Option<i32> {
    let found = node.cast::<HtmlElement>()?.query_selector(&format!("[data-seq='{}']", seq.0)).ok()??;
    let message = found.dyn_into::<HtmlElement>().ok()?;
    Some(message.offset_top() + message.offset_height())
}
