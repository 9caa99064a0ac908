//! A button that opens a menu of things to do. Escape and clicks elsewhere close it; arrows move within it.

use crate::components::icon::{Icon, Shape};
use crate::web::focus;
use yew::prelude::*;

/// One thing to do.
#[derive(Clone, PartialEq)]
pub struct Item {
    /// What.
    pub text: &'static str,
    /// A picture beside it.
    pub shape: Shape,
    /// On or off, of what can be either.
    pub checked: Option<bool>,
    /// Does it.
    pub on: Callback<()>,
}

/// Props of [`Menu`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the button is called.
    pub label: AttrValue,
    /// In the order of the screen.
    pub items: Vec<Item>,
}

/// The button and its menu.
#[component]
pub fn Menu(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let button = use_node_ref();
    use_effect_with(*open, |&open| {
        if open {
            focus::first(".do-menu button");
        }
    });
    let toggle = {
        let open = open.clone();
        move |_| open.set(!*open)
    };
    let onkeydown = {
        let (open, button) = (open.clone(), button.clone());
        move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" if *open => {
                open.set(false);
                focus::on(&button);
            }
            // Leaves the menu behind.
            "Tab" => open.set(false),
            "ArrowDown" => focus::step(&event, ".menu", "[role^=menuitem]", 1),
            "ArrowUp" => focus::step(&event, ".menu", "[role^=menuitem]", -1),
            _ => {}
        }
    };
    let shut = {
        let open = open.clone();
        move |_: MouseEvent| open.set(false)
    };
    html! {
        <div class="do-place" {onkeydown}>
            <button type="button" ref={button.clone()} class="ghost" onclick={toggle} aria-label={props.label.clone()}
                title={props.label.clone()} aria-haspopup="menu" aria-expanded={open.to_string()}>
                <Icon shape={Shape::Dots} />
            </button>
            if *open {
                <div class="menu-veil" onclick={shut}></div>
                <div class="menu do-menu" role="menu" aria-label={props.label.clone()}>
                    for item in &props.items { { one(item, &open, &button) } }
                </div>
            }
        </div>
    }
}

fn one(item: &Item, open: &UseStateHandle<bool>, button: &NodeRef) -> Html {
    let (open, button, on) = (open.setter(), button.clone(), item.on.clone());
    let onclick = move |_| {
        open.set(false);
        // A dialog that opens now gives the keyboard back to here.
        focus::on(&button);
        on.emit(());
    };
    let role = if item.checked.is_some() { "menuitemcheckbox" } else { "menuitem" };
    html! {
        <button type="button" {role} tabindex="-1" {onclick} aria-checked={item.checked.map(|on| on.to_string())}>
            <Icon shape={item.shape} />{ item.text }
            if item.checked == Some(true) { <span class="menu-tick"><Icon shape={Shape::Check} /></span> }
        </button>
    }
}
