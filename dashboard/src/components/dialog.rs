//! A question over the page. The browser's own dialog: it keeps the keyboard inside, closes by Escape, and gives the
//! keyboard back to where it was.

use crate::components::icon::{Icon, Shape};
use crate::text;
use gloo_events::EventListener;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Props of [`Dialog`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its heading.
    pub title: AttrValue,
    /// Hears that it shall go, by Escape, by the cross, or by a click beside it.
    pub on_close: Callback<()>,
    /// What is asked.
    pub children: Html,
}

/// Open for as long as it is rendered.
#[component]
pub fn Dialog(props: &Props) -> Html {
    let node = use_node_ref();
    use_effect_with((), {
        let (node, on_close) = (node.clone(), props.on_close.clone());
        move |()| {
            let dialog = node.cast::<HtmlDialogElement>();
            let closed = dialog.as_ref().map(|dialog| {
                // Fails only for a dialog that is open already.
                let _ = dialog.show_modal();
                EventListener::new(dialog, "close", move |_| on_close.emit(()))
            });
            move || {
                drop(closed);
                dialog.iter().for_each(HtmlDialogElement::close);
            }
        }
    });
    let beside = {
        let (node, on_close) = (node.clone(), props.on_close.clone());
        move |event: MouseEvent| {
            if event.target_dyn_into::<HtmlDialogElement>().is_some_and(|target| node.cast() == Some(target)) {
                on_close.emit(());
            }
        }
    };
    html! {
        <dialog ref={node} class="dialog" aria-labelledby="dialog-title" onmousedown={beside}>
            <div class="dialog-in">
                <header class="dialog-head">
                    <h2 id="dialog-title">{ props.title.clone() }</h2>
                    <button type="button" class="ghost" aria-label={text::CLOSE} title={text::CLOSE}
                        onclick={props.on_close.reform(|_| ())}>
                        <Icon shape={Shape::Close} />
                    </button>
                </header>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
