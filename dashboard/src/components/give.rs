//! A chat changes hands: to an agent who can take it now, or to a department. Who cannot is shown with the reason.

use crate::api;
use crate::components::avatar::Avatar;
use crate::components::dialog::Dialog;
use crate::components::field::{Field, Input, use_field};
use crate::components::icon::{Icon, Shape};
use crate::components::status_icon::StatusIcon;
use crate::components::trouble::Refused;
use crate::hooks::clock::use_server_now;
use crate::hooks::task::{Task, use_task};
use crate::hooks::{Store, use_store};
use crate::state::Action;
use crate::state::choice::{self, Candidate, NotThere, Place};
use crate::state::look::Look;
use crate::text::{self, desk};
use protocol::desk::QueueRow;
use protocol::routing::{AssignRequest, TransferRequest};
use protocol::{AgentId, Body, DepartmentId, Timestamp};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// How it changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Passed on by its owner or an admin, with a note.
    Transfer,
    /// Given to an agent by an admin.
    Assign,
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq)]
enum To {
    Agent(AgentId),
    Department(DepartmentId),
}

/// Props of [`Give`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The handoff, as it is.
    pub row: QueueRow,
    /// How.
    pub way: Way,
    /// Hears that it is over.
    pub on_close: Callback<()>,
}

/// The dialog.
#[component]
pub fn Give(props: &Props) -> Html {
    let (sought, task) = (use_field(String::new), use_task());
    let to = use_state_eq(|| None::<To>);
    let note = use_state_eq(String::new);
    let trouble = use_state_eq(|| None::<&'static str>);
    let now = use_server_now();
    let Some(store) = use_store() else { return Html::default() };
    let Some(state) = &store.desk else { return Html::default() };
    let transfer = props.way == Way::Transfer;
    let agents = choice::agents(state, &props.row, &sought.value());
    let places = if transfer { choice::departments(state, &props.row, &sought.value()) } else { Vec::new() };
    let onsubmit = {
        let order = Order { row: props.row.clone(), way: props.way, to: (*to).clone(), note: (*note).clone() };
        let (task, store, on_close, trouble) = (task.clone(), store.clone(), props.on_close.clone(), trouble.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            trouble.set(order.give(&task, &store, &on_close).err());
        }
    };
    let written = {
        let note = note.setter();
        move |event: InputEvent| note.set(event.target_unchecked_into::<HtmlTextAreaElement>().value())
    };
    let (title, search) =
        if transfer { (desk::TRANSFER_TITLE, desk::SEARCH_BOTH) } else { (desk::ASSIGN_TITLE, desk::SEARCH) };
    html! {
        <Dialog {title} on_close={props.on_close.clone()}>
            <form class="form give" {onsubmit} novalidate=true>
                <Input field={sought as Field} id="give-search" label={search} kind="search" first=true />
                <div class="picks" role="radiogroup" aria-label={title}>
                    if agents.is_empty() && places.is_empty() { <p class="none">{ desk::NOBODY_FOUND }</p> }
                    if !places.is_empty() {
                        <h3>{ desk::DEPARTMENTS }</h3>
                        for place in &places { { department(place, &to) } }
                    }
                    if !agents.is_empty() {
                        <h3>{ desk::AGENTS }</h3>
                        for candidate in &agents { { agent(candidate, &to, now) } }
                    }
                </div>
                if transfer {
                    <div class="field">
                        <label for="give-note">{ desk::NOTE }</label>
                        <textarea id="give-note" rows="2" value={(*note).clone()} oninput={written}
                            aria-describedby="give-note-hint" />
                        <p id="give-note-hint" class="field-hint">{ desk::NOTE_HINT }</p>
                    </div>
                }
                <div role="alert">
                    if let Some(why) = *trouble { <p class="notice bad"><Icon shape={Shape::Warn} />{ why }</p> }
                </div>
                <Refused task={task.clone()} />
                <footer class="dialog-do">
                    <button type="button" class="quiet" onclick={props.on_close.reform(|_| ())}>{ text::CANCEL }</button>
                    <button class="primary" aria-disabled={task.is_busy().to_string()}>{ words(props.way, task.is_busy()) }</button>
                </footer>
            </form>
        </Dialog>
    }
}

fn words(way: Way, busy: bool) -> &'static str {
    match (way, busy) {
        (Way::Transfer, false) => desk::DO_TRANSFER,
        (Way::Transfer, true) => desk::TRANSFERRING,
        (Way::Assign, false) => desk::DO_ASSIGN,
        (Way::Assign, true) => desk::ASSIGNING,
    }
}

fn agent(candidate: &Candidate, to: &UseStateHandle<Option<To>>, now: Timestamp) -> Html {
    let Candidate { card, can, has } = *candidate;
    let name = card.name.as_str();
    let how = if has { desk::HAS_IT.to_owned() } else { desk::choice(card, now) };
    let face = html! {
        <span class="face">
            <Avatar name={name.to_owned()} seed={card.id.as_str().to_owned()} /><StatusIcon look={Look::of(card)} />
        </span>
    };
    pick(To::Agent(card.id.clone()), to, can, face, name, &how)
}

fn department(place: &Place, to: &UseStateHandle<Option<To>>) -> Html {
    let how = match place.not {
        Some(NotThere::Here) => desk::WAITS_HERE,
        Some(NotThere::Empty) => desk::NOBODY_IN_IT,
        None if place.card.covered => desk::JOINS_LINE,
        None => desk::NOBODY_THERE,
    };
    let face = html! { <span class="card-icon"><Icon shape={Shape::Team} /></span> };
    pick(To::Department(place.card.id.clone()), to, place.not.is_none(), face, place.card.name.as_str(), how)
}

fn pick(one: To, to: &UseStateHandle<Option<To>>, can: bool, face: Html, name: &str, how: &str) -> Html {
    let checked = can && **to == Some(one.clone());
    let onchange = {
        let to = to.setter();
        move |_: Event| to.set(Some(one.clone()))
    };
    html! {
        <label class={classes!("pick", (!can).then_some("cannot"))}>
            <input type="radio" name="give-to" {checked} disabled={!can} {onchange} />
            { face }
            <span class="pick-text"><b>{ name.to_owned() }</b><small>{ how.to_owned() }</small></span>
        </label>
    }
}

/// What was written when somebody pressed the button.
struct Order {
    row: QueueRow,
    way: Way,
    to: Option<To>,
    note: String,
}

impl Order {
    /// Sends it. Errors: what is missing, as a sentence.
    fn give(&self, task: &Task, store: &Store, on_close: &Callback<()>) -> Result<(), &'static str> {
        let to = self.to.clone().ok_or(desk::CHOOSE)?;
        let note = match self.note.trim() {
            "" => None,
            note => Some(Body::parse(note).map_err(|_| desk::NOTE_TOO_LONG)?),
        };
        let state = store.desk.as_ref();
        let name = state.and_then(|state| match &to {
            To::Agent(agent) => state.card(agent).map(|card| card.name.as_str()),
            To::Department(department) => state.department(department),
        });
        let said = desk::given(name.unwrap_or(text::TEAM));
        let (handoff, epoch, way) = (self.row.handoff.clone(), self.row.epoch, self.way);
        let order = async move {
            match (way, to) {
                (Way::Assign, To::Agent(agent)) => {
                    api::routing::assign(&handoff, &AssignRequest { epoch, agent }).await
                }
                (_, to) => {
                    let (agent, department) = match to {
                        To::Agent(agent) => (Some(agent), None),
                        To::Department(department) => (None, Some(department)),
                    };
                    api::routing::transfer(&handoff, &TransferRequest { epoch, agent, department, note }).await
                }
            }
        };
        let (say, store, on_close) = (task.clone(), store.clone(), on_close.clone());
        task.run(order, move |row| {
            store.dispatch(Action::Row(row));
            say.say(said);
            on_close.emit(());
        });
        Ok(())
    }
}
