//! Where somebody is signed in, and the way to end it.

use crate::api;
use crate::components::confirm::Confirm;
use crate::components::icon::{Icon, Shape};
use crate::components::trouble::{Failed, loading};
use crate::hooks::clock::use_server_now;
use crate::hooks::fetch::use_fetch;
use crate::hooks::task::use_task;
use crate::{browser, text, web};
use protocol::problem::Code;
use protocol::team::SignInView;
use protocol::{AgentId, SignInId, Timestamp};
use yew::prelude::*;

/// Between two looks at what is open, ms.
const LOOK_EVERY_MS: i64 = 30_000;

/// Props of [`SignIns`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Whose; nobody given: ours.
    #[prop_or_default]
    pub agent: Option<AgentId>,
    /// The leases of an agent, as far as the desk tells: the list is read again when it changes.
    #[prop_or_default]
    pub since: Timestamp,
}

/// The list.
#[component]
pub fn SignIns(props: &Props) -> Html {
    let now = use_server_now();
    let look = now.0 / LOOK_EVERY_MS;
    let list = use_fetch((props.agent.clone(), props.since, look), |(agent, ..)| async move {
        api::team::sign_ins(agent.as_ref()).await
    });
    let ending = use_state_eq(|| None::<Vec<SignInId>>);
    let task = use_task();
    let (here, failed) = (list.state.here.clone(), list.state.failed.clone());
    let close = use_callback(ending.setter(), |(), ending| ending.set(None));
    let ask = use_callback(ending.setter(), |ids: Vec<SignInId>, ending| ending.set(Some(ids)));
    let on_yes = {
        let (task, ids, close, again) = (task.clone(), (*ending).clone(), close.clone(), list.again.clone());
        Callback::from(move |()| {
            let (ids, close, again, say) =
                (ids.clone().unwrap_or_default(), close.clone(), again.clone(), task.clone());
            let text = if ids.len() > 1 { text::account::ENDED_OTHERS } else { text::account::ENDED };
            task.run(end(ids), move |()| {
                close.emit(());
                again.emit(());
                say.say(text.to_owned());
            });
        })
    };
    html! {
        <>
            if let Some(problem) = failed { <Failed {problem} again={list.again.clone()} /> }
            if let Some(here) = &here { { items(&here.items, now, props.agent.is_none(), &ask) } }
            else if list.state.failed.is_none() { { loading() } }
            if let Some(ids) = &*ending {
                <Confirm title={if ids.len() > 1 { text::account::ASK_END_OTHERS } else { text::account::ASK_END }}
                    means={if ids.len() > 1 { text::account::ASK_END_OTHERS_MEANS } else { text::account::ASK_END_MEANS }}
                    yes={if ids.len() > 1 { text::account::END_OTHERS } else { text::account::END }}
                    doing={text::account::ENDING} {task} {on_yes} on_close={close} />
            }
        </>
    }
}

/// One after the other. What has ended by itself meanwhile is fine.
async fn end(ids: Vec<SignInId>) -> api::Reply<()> {
    for id in ids {
        match api::team::end_sign_in(&id).await {
            Err(problem) if problem.code != Code::NotFound => return Err(problem),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn items(items: &[SignInView], now: Timestamp, ours: bool, ask: &Callback<Vec<SignInId>>) -> Html {
    if items.is_empty() {
        return html! { <p class="none">{ text::account::NOWHERE }</p> };
    }
    let others: Vec<SignInId> = items.iter().filter(|item| !item.current).map(|item| item.id.clone()).collect();
    let all = (ours && others.len() > 1).then(|| ask.reform(move |_: MouseEvent| others.clone()));
    html! {
        <>
            <ul class="cards sign-ins">for item in items { { one(item, now, ask) } }</ul>
            if let Some(onclick) = all {
                <div class="below">
                    <button type="button" class="quiet danger" {onclick}>{ text::account::END_OTHERS }</button>
                </div>
            } else if ours && items.len() == 1 {
                <p class="none">{ text::account::ONLY_THIS }</p>
            }
        </>
    }
}

fn one(item: &SignInView, now: Timestamp, ask: &Callback<Vec<SignInId>>) -> Html {
    let name = text::account::browser(&browser::read(&item.browser));
    let today = web::local(now);
    let open = if item.leases > 0 {
        html! { <span class="badge good">{ text::account::open_now(item.leases) }</span> }
    } else {
        html! { <span>{ text::account::seen(item.seen_at.map(web::local), today) }</span> }
    };
    let place = item.country.as_deref().map(|code| format!("{}, ", web::country(code)));
    let id = item.id.clone();
    html! {
        <li key={item.id.as_str()} class="card">
            <span class="card-icon"><Icon shape={Shape::Page} /></span>
            <div class="card-text">
                <p class="card-name" title={item.browser.clone()}>
                    <strong>{ name.clone() }</strong>
                    if item.current { <span class="badge mine">{ text::account::THIS_BROWSER }</span> }
                </p>
                <p class="card-more">
                    { open }<span>{ place }{ text::account::began(web::local(item.began_at), today) }</span>
                </p>
            </div>
            if !item.current {
                <button type="button" class="quiet small" aria-label={text::account::end(&name)}
                    onclick={ask.reform(move |_| vec![id.clone()])}>{ text::account::END }</button>
            }
        </li>
    }
}
