//! What belongs to the agent at this browser: their sign-ins and their password.

mod password;

use crate::components::page::Page;
use crate::components::sign_ins::SignIns;
use crate::text::account as text;
use password::Password;
use yew::prelude::*;

/// The page.
#[component]
pub fn Account() -> Html {
    html! {
        <Page title={text::TITLE} lead={text::LEAD} slim=true>
            <SignIns />
            <Password />
        </Page>
    }
}
