//! Where the agent writes. Enter sends, Shift + Enter breaks the line; a draft survives leaving and reloading, and files
//! that were chosen wait for *Send*, so that a slip of the hand reaches nobody.

use crate::components::icon::{Icon, Shape};
use crate::components::staged::staged;
use crate::hooks::rooms::Room;
use crate::hooks::use_store;
use crate::text::{self, room};
use crate::web::{drafts, files, focus};
use protocol::file::FileSettings;
use protocol::{AgentId, Body};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// From here on the characters left are shown.
const COUNT_FROM: usize = Body::MOST - 400;

/// Props of [`Composer`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Who writes.
    pub agent: AgentId,
    /// Where.
    pub room: Room,
}

/// The field and its buttons.
#[component]
pub fn Composer(props: &Props) -> Html {
    let (field, chooser) = (use_node_ref(), use_node_ref());
    let written = use_state_eq(|| drafts::load(&props.agent, &props.room.conversation));
    let known = use_store().and_then(|store| store.files);
    let rules = known.unwrap_or_default();
    let chosen = &props.room.thread.aside.staged;
    let count = written.trim().chars().count();
    let is_ready = count <= Body::MOST && chosen.iter().all(|file| file.wrong.is_none());
    let fits = is_ready && (count > 0 || !chosen.is_empty());

    use_effect_with((), {
        let (field, room) = (field.clone(), props.room.clone());
        move |()| {
            if focus::has_real_keyboard() {
                focus::on(&field);
            }
            // The line goes on without this place to write.
            move || room.typing(false)
        }
    });
    use_effect_with((*written).clone(), {
        let (field, agent, conversation) = (field.clone(), props.agent.clone(), props.room.conversation.clone());
        move |written: &String| {
            grow(&field);
            drafts::save(&agent, &conversation, written);
        }
    });
    // What was chosen, dropped or pasted is sent by the next press of Enter.
    use_effect_with(chosen.len(), {
        let field = field.clone();
        move |&chosen| {
            if chosen > 0 && focus::has_real_keyboard() {
                focus::on(&field);
            }
        }
    });

    let oninput = {
        let (written, room) = (written.clone(), props.room.clone());
        move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlTextAreaElement>().value();
            room.typing(!text.trim().is_empty());
            written.set(text);
        }
    };
    let send = {
        let (written, field, room) = (written.clone(), field.clone(), props.room.clone());
        Callback::from(move |()| {
            if fits {
                room.say(Body::parse(&written).ok());
                room.typing(false);
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
        let room = props.room.clone();
        move |_| room.typing(false)
    };
    let onpaste = {
        let room = props.room.clone();
        move |event: Event| {
            let given = files::pasted(&event);
            if !given.is_empty() {
                event.prevent_default();
                given.into_iter().for_each(|(name, blob)| room.stage(name, blob));
            }
        }
    };
    let onsubmit = move |event: SubmitEvent| {
        event.prevent_default();
        send.emit(());
    };
    html! {
        <form class="composer" {onsubmit}>
            <div class={classes!("composer-box", (count > Body::MOST).then_some("over"))}>
                { staged(&props.room, known) }
                { clip(&props.room, rules, &chooser) }
                <textarea ref={field} rows="1" value={(*written).clone()} {oninput} {onkeydown} {onblur} {onpaste}
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

/// The paper clip. The browser's own field behind it is out of everybody's way.
fn clip(to: &Room, rules: FileSettings, field: &NodeRef) -> Html {
    if !rules.images && !rules.documents {
        return Html::default();
    }
    let onchange = {
        let to = to.clone();
        move |event: Event| files::chosen(&event).into_iter().for_each(|(name, blob)| to.stage(name, blob))
    };
    let onclick = {
        let field = field.clone();
        move |_: MouseEvent| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.click();
            }
        }
    };
    html! {
        <>
            <input ref={field.clone()} type="file" class="sr" multiple=true tabindex="-1" aria-hidden="true" accept={accepted(rules)} {onchange} />
            <button type="button" class="ghost clip" {onclick} aria-label={room::ATTACH} title={room::ATTACH}>
                <Icon shape={Shape::Clip} />
            </button>
        </>
    }
}

/// What the browser's dialog offers first. The server looks at the content.
fn accepted(rules: FileSettings) -> String {
    let images = rules.images.then_some("image/png,image/jpeg,image/gif,image/webp");
    let documents = rules.documents.then_some(".pdf,.txt,.md,.csv,.log,.docx,.xlsx,.pptx,.odt");
    images.into_iter().chain(documents).collect::<Vec<_>>().join(",")
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
