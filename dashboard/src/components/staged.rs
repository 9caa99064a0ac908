//! Files that were chosen and wait for *Send*.

use crate::components::attachment::file_name;
use crate::components::icon::{Icon, Shape};
use crate::hooks::rooms::Room;
use crate::state::thread::Staged;
use crate::text::room;
use protocol::file::FileSettings;
use yew::prelude::*;

/// Over the field. Their place is always there, so that screen readers hear what is wrong with one.
pub fn staged(to: &Room, rules: Option<FileSettings>) -> Html {
    html! {
        <ul class="staged" aria-label={room::STAGED} aria-live="polite">
            for file in &to.thread.aside.staged { { one(file, to, rules) } }
        </ul>
    }
}

fn one(file: &Staged, to: &Room, rules: Option<FileSettings>) -> Html {
    let label = room::leave_out(file.name.as_str());
    let (to, id) = (to.clone(), file.id.clone());
    let size = file.wrong.map_or_else(|| room::size(file.bytes), |code| room::why(code, rules));
    html! {
        <li key={file.id.as_str()} class={classes!("staged-file", file.wrong.is_some().then_some("bad"))}>
            <Icon shape={if file.wrong.is_some() { Shape::Warn } else { Shape::File }} />
            <span class="file-text">{ file_name(&file.name) }<span class="file-size">{ size }</span></span>
            <button type="button" class="ghost" onclick={move |_: MouseEvent| to.unstage(&id)} aria-label={label.clone()} title={label}>
                <Icon shape={Shape::Close} />
            </button>
        </li>
    }
}
