//! The widgets: where chats come from, where they go, and how urgent they are.

use crate::api;
use crate::components::icon::{Icon, Shape};
use crate::components::select::{choice, field};
use crate::components::trouble::{Failed, Refused, empty, loading};
use crate::hooks::fetch::use_fetch;
use crate::hooks::task::use_task;
use crate::text::{desk, routing};
use crate::web;
use protocol::routing::{ChangeWidget, WidgetDetails};
use protocol::team::DepartmentCard;
use protocol::{DepartmentId, Priority};
use yew::prelude::*;

/// Props of [`Widgets`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Where chats can go.
    pub known: Vec<DepartmentCard>,
}

/// The list.
#[component]
pub fn Widgets(props: &Props) -> Html {
    let fetched = use_fetch((), |()| api::routing::widgets());
    let body = match (&fetched.state.here, &fetched.state.failed) {
        (_, Some(problem)) => html! { <Failed problem={problem.clone()} again={fetched.again.clone()} /> },
        (None, None) => loading(),
        (Some(here), None) if here.items.is_empty() => {
            empty(Shape::Chat, routing::NO_WIDGETS, routing::NO_WIDGETS_LEAD)
        }
        (Some(here), None) => html! {
            for widget in &here.items {
                <One key={widget.id.as_str()} widget={widget.clone()} known={props.known.clone()} />
            }
        },
    };
    html! {
        <section class="block" aria-labelledby="widgets-title">
            <h2 id="widgets-title">{ routing::WIDGETS }</h2>
            <p class="block-lead">{ routing::WIDGETS_LEAD }</p>
            { body }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct OneProps {
    widget: WidgetDetails,
    known: Vec<DepartmentCard>,
}

/// One of them. A choice is saved at once.
#[component]
fn One(props: &OneProps) -> Html {
    let widget = use_state_eq(|| props.widget.clone());
    let task = use_task();
    let save = {
        let (task, widget, id) = (task.clone(), widget.clone(), props.widget.id.clone());
        Callback::from(move |change: ChangeWidget| {
            let (say, widget, id) = (task.clone(), widget.setter(), id.clone());
            task.run(async move { api::routing::change_widget(&id, &change).await }, move |now: WidgetDetails| {
                say.say(routing::saved(&now.look.title));
                widget.set(now);
            });
        })
    };
    let snippet = routing::snippet(&web::origin(), widget.key.as_str());
    let copy = {
        let (snippet, say) = (snippet.clone(), task.clone());
        move |_: MouseEvent| {
            web::copy(&snippet);
            say.say(routing::COPIED.to_owned());
        }
    };
    html! {
        <article class="widget">
            <header class="card">
                <span class="card-icon"><Icon shape={Shape::Chat} /></span>
                <div class="card-text">
                    <h3 class="card-name"><strong>{ widget.look.title.clone() }</strong></h3>
                    <p class="card-more">
                        <span class="sr">{ routing::SITES }{ ": " }</span>
                        for origin in &widget.origins { <span>{ origin.clone() }</span> }
                    </p>
                </div>
            </header>
            <div class="widget-fields">
                { goes_to(&widget, &props.known, &save) }
                { priority(&widget, &save) }
            </div>
            <div class="snippet">
                <p>{ routing::SNIPPET }</p>
                <div class="snippet-box">
                    <code tabindex="0">{ snippet }</code>
                    <button type="button" class="quiet small" onclick={copy}>{ routing::COPY }</button>
                </div>
            </div>
            <Refused task={task.clone()} />
        </article>
    }
}

fn goes_to(widget: &WidgetDetails, known: &[DepartmentCard], save: &Callback<ChangeWidget>) -> Html {
    let mut choices: Vec<_> = known.iter().map(|card| choice(card.id.as_str(), card.name.as_str())).collect();
    if widget.department.is_none() {
        choices.insert(0, choice("", routing::ANYBODY));
    }
    let save = save.clone();
    let on = Callback::from(move |id: String| {
        if let Ok(department) = DepartmentId::parse(&id) {
            save.emit(ChangeWidget { department: Some(department), priority: None });
        }
    });
    let now = widget.department.as_ref().map_or("", DepartmentId::as_str);
    field(&format!("{}-department", widget.id), routing::GOES_TO, "", &choices, now, on)
}

/// A visitor is a VIP, not a widget.
const PRIORITIES: [Priority; 3] = [Priority::High, Priority::Normal, Priority::Low];

fn priority(widget: &WidgetDetails, save: &Callback<ChangeWidget>) -> Html {
    let mut known = PRIORITIES.to_vec();
    if !known.contains(&widget.priority) {
        known.insert(0, widget.priority);
    }
    let choices: Vec<_> = known.iter().map(|&one| choice(one.as_str(), desk::priority(one))).collect();
    let save = save.clone();
    let on = Callback::from(move |word: String| {
        if let Ok(priority) = Priority::parse(&word) {
            save.emit(ChangeWidget { department: None, priority: Some(priority) });
        }
    });
    field(
        &format!("{}-priority", widget.id),
        routing::PRIORITY,
        routing::PRIORITY_HINT,
        &choices,
        widget.priority.as_str(),
        on,
    )
}
