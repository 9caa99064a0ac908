//! Where the agent writes. Enter sends, Shift + Enter breaks the line; a draft survives leaving and reloading.

use crate::components::icon::{Icon, Shape};
use crate::text;
use crate::web::{focus, outbox};
use protocol::{AgentId, Body, ConversationId};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// From here on the characters left are shown.
const COUNT_FROM: usize = Body::MOST - 400;

/// Props of [`Composer`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who writes.
    pub agent: AgentId,
    /// Where.
    pub conversation: ConversationId,
    /// Takes what was written.
    pub on_say: Callback<Body>,
    /// Hears that somebody writes, or has stopped.
    pub on_typing: Callback<bool>,
}

/// The field and its button.
#[component]
pub fn Composer(props: &Props) -> Html {
    let field = use_node_ref();
    let written = use_state_eq(|| outbox::draft(&props.agent, &props.conversation));
    let count = written.trim().chars().count();
    let fits = (1..=Body::MOST).contains(&count);

    use_effect_with((), {
        let field = field.clone();
        move |()| {
            if focus::has_real_keyboard() {
                focus::on(&field);
            }
        }
    });
    use_effect_with((*written).clone(), {
        let (field, agent, conversation) = (field.clone(), props.agent.clone(), props.conversation.clone());
        move |written: &String| {
            grow(&field);
            outbox::save_draft(&agent, &conversation, written);
        }
    });

    let oninput = {
        let (written, on_typing) = (written.clone(), props.on_typing.clone());
        move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlTextAreaElement>().value();
            on_typing.emit(!text.trim().is_empty());
            written.set(text);
        }
    };
    let send = {
        let (written, field) = (written.clone(), field.clone());
        let (on_say, on_typing) = (props.on_say.clone(), props.on_typing.clone());
        Callback::from(move |()| {
            if let Ok(body) = Body::parse(&written) {
                on_say.emit(body);
                on_typing.emit(false);
                written.set(String::new());
            }
            focus::on(&field);
        })
    };
    let onkeydown = {
        let send = send.clone();
        move |event: KeyboardEvent| {
            // While an input method composes a character, Enter belongs to it.
            if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                send.emit(());
            }
        }
    };
    let onblur = {
        let on_typing = props.on_typing.clone();
        move |_| on_typing.emit(false)
    };
    let onsubmit = move |event: SubmitEvent| {
        event.prevent_default();
        send.emit(());
    };
    html! {
        <form class="composer" {onsubmit}>
            <div class={classes!("composer-box", (count > Body::MOST).then_some("over"))}>
                <textarea ref={field} rows="1" value={(*written).clone()} {oninput} {onkeydown} {onblur}
                    placeholder={text::WRITE} aria-label={text::MESSAGE} aria-describedby="composer-hint" />
                <button class="primary send" disabled={!fits} aria-label={text::SEND} title={text::SEND}>
                    <Icon shape={Shape::Send} />
                </button>
            </div>
            <p class="composer-foot">
                <span id="composer-hint">{ text::SEND_HINT }</span>
                <span class="composer-count" role="status">
                    if count >= COUNT_FROM { { text::characters(count, Body::MOST) } }
                </span>
            </p>
        </form>
    }
}

/// As high as its text, up to what the style sheet allows.
fn grow(field: &NodeRef) {
    if let Some(field) = field.cast::<HtmlTextAreaElement>() {
        let style = web_sys::HtmlElement::style(&field);
        // Fails for no property of this kind.
        let _ = style.set_property("height", "auto");
        let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
    }
}
