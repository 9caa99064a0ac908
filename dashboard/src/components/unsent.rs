//! Messages that could not be sent, in chats that are not on the screen. They are told until the person has dealt with
//! them.

use crate::components::icon::{Icon, Shape};
use crate::hooks::nav::Nav;
use crate::route::{Route, Tab};
use crate::state::State;
use crate::state::rooms::Unsent;
use crate::text::{self, room};
use crate::web::rooms::Rooms;
use protocol::Name;
use yew::prelude::*;

/// Lines at once: when one has been dealt with, the next takes its place.
const MOST: usize = 2;

/// Lines over everything, so that they cover nothing.
pub fn unsent(store: &State, nav: &Nav, rooms: &Rooms) -> Html {
    let open = nav.route.chats().and_then(|chats| chats.open.as_ref());
    let line = |message: &Unsent| {
        let row = store.row_of(message.conversation);
        let name = row.and_then(|row| row.visitor_name.as_ref()).map_or(text::VISITOR, Name::as_str);
        let to = Route::from(nav.chats().with(Tab::All, message.conversation.clone()));
        let discard = {
            let (rooms, conversation, id) = (rooms.clone(), message.conversation.clone(), message.id.clone());
            move |_: MouseEvent| rooms.with(&conversation, |line| line.discard(id.clone()))
        };
        html! {
            <div key={message.id.as_str()} class="banner unsent">
                <Icon shape={Shape::Warn} />
                <p>
                    <b>{ room::not_sent(message.code, store.files) }</b>{ " " }
                    <span>{ room::unsent_to(name, message.what) }</span>
                </p>
                <a class="quiet small" href={to.path()} onclick={nav.follow(to)}>{ room::OPEN_CHAT }</a>
                <button type="button" class="quiet small" onclick={discard}>{ text::DISCARD }</button>
            </div>
        }
    };
    html! { for message in store.unsent(open).iter().take(MOST) { { line(message) } } }
}
