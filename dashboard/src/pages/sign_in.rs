//! The door.

use crate::api;
use crate::components::icon::{Icon, Shape};
use crate::hooks::use_store;
use crate::state::Action;
use crate::text;
use crate::web::focus;
use protocol::problem::Code;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Props of [`SignIn`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The last session was ended by the server.
    pub ended: bool,
}

/// E-mail and password.
#[component]
pub fn SignIn(props: &Props) -> Html {
    let (email, password) = (use_node_ref(), use_node_ref());
    let shown = use_state_eq(|| false);
    let busy = use_state_eq(|| false);
    let wrong = use_state_eq(|| None::<&'static str>);
    let store = use_store();
    use_effect_with((), {
        let email = email.clone();
        move |()| {
            crate::web::set_title(text::PRODUCT);
            focus::on(&email);
        }
    });

    let onsubmit = {
        let (email, password) = (email.clone(), password.clone());
        let (busy, wrong) = (busy.clone(), wrong.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            let (address, secret) = (value(&email), value(&password));
            if let Some((field, text)) = missing(&address, &secret) {
                wrong.set(Some(text));
                return focus::on(if field == Field::Email { &email } else { &password });
            }
            busy.set(true);
            wrong.set(None);
            let (busy, wrong, store, password) = (busy.setter(), wrong.setter(), store.clone(), password.clone());
            spawn_local(async move {
                match api::sign_in(address, secret).await {
                    Ok(me) => store.iter().for_each(|store| store.dispatch(Action::SignedIn(me.clone()))),
                    Err(problem) => {
                        busy.set(false);
                        wrong.set(Some(told(problem.code)));
                        focus::on(&password);
                    }
                }
            });
        }
    };
    let toggle = {
        let shown = shown.clone();
        move |_| shown.set(!*shown)
    };
    let note = wrong.or(props.ended.then_some(text::SIGN_IN_ENDED));
    html! {
        <main class="door">
            <form class="door-card" {onsubmit} novalidate=true aria-labelledby="door-title">
                <span class="splash-mark" aria-hidden="true"></span>
                <h1 id="door-title">{ text::SIGN_IN_TITLE }</h1>
                <p class="door-lead">{ text::SIGN_IN_LEAD }</p>
                <div role="alert" id="door-note" class={classes!("door-note", wrong.is_some().then_some("bad"))}>
                    if let Some(note) = note {
                        <Icon shape={if wrong.is_some() { Shape::Warn } else { Shape::Info }} />
                        <span>{ note }</span>
                    }
                </div>
                <label for="email">{ text::EMAIL }</label>
                <input ref={email} id="email" name="email" type="email" autocomplete="username" inputmode="email"
                    autocapitalize="none" spellcheck="false" required=true aria-describedby="door-note" />
                <label for="password">{ text::PASSWORD }</label>
                <div class="door-secret">
                    <input ref={password} id="password" name="password" required=true aria-describedby="door-note"
                        type={if *shown { "text" } else { "password" }} autocomplete="current-password" />
                    <button type="button" class="ghost" onclick={toggle} aria-pressed={shown.to_string()}
                        title={if *shown { text::HIDE_PASSWORD } else { text::SHOW_PASSWORD }}
                        aria-label={text::SHOW_PASSWORD}>
                        <Icon shape={if *shown { Shape::EyeOff } else { Shape::Eye }} />
                    </button>
                </div>
                <button class="primary big" aria-disabled={busy.to_string()}>
                    if *busy { <span class="spin" aria-hidden="true"></span>{ text::SIGNING_IN } }
                    else { { text::SIGN_IN } }
                </button>
            </form>
        </main>
    }
}

#[derive(PartialEq)]
enum Field {
    Email,
    Password,
}

fn value(field: &NodeRef) -> String {
    field.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

fn missing(email: &str, password: &str) -> Option<(Field, &'static str)> {
    if email.trim().is_empty() {
        Some((Field::Email, text::NEED_EMAIL))
    } else if password.is_empty() {
        Some((Field::Password, text::NEED_PASSWORD))
    } else {
        None
    }
}

/// At this door, whatever is wrong with the two fields is wrong credentials.
fn told(code: Code) -> &'static str {
    match code {
        Code::Unauthenticated | Code::Malformed => text::refusal(Code::BadCredentials),
        code => text::refusal(code),
    }
}
