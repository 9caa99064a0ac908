//! What an agent can order. Each command tells its outcome to the store, and a refusal in words.

use crate::api;
use crate::api::routing::Verb;
use crate::hooks::Store;
use crate::state::history::Load;
use crate::state::standing::Handle;
use crate::state::{Action, State};
use crate::{text, web};
use protocol::problem::{Code, Problem};
use protocol::{ConversationId, HandoffId, Intent, Timestamp};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Gives orders; cheap to clone into closures.
#[derive(Clone)]
pub struct Commands {
    dispatch: UseReducerDispatcher<State>,
    ahead_ms: i64,
}

impl Commands {
    /// For this store.
    pub fn new(store: &Store) -> Commands {
        Commands { dispatch: store.dispatcher(), ahead_ms: store.ahead_ms }
    }

    /// Does something with a handoff; `done` hears whether it was carried out.
    pub fn order(&self, verb: Verb, Handle { handoff, epoch }: Handle, done: Callback<bool>) {
        let this = self.clone();
        spawn_local(async move {
            let reply = api::routing::command(verb, &handoff, epoch).await;
            let carried_out = reply.is_ok();
            this.row(reply);
            match verb {
                Verb::Resolve if carried_out => this.say(false, text::RESOLVED.to_owned()),
                Verb::Release if carried_out => this.say(false, text::desk::RELEASED.to_owned()),
                Verb::Claim | Verb::Accept | Verb::Decline | Verb::Release | Verb::Resolve | Verb::TakeOver => {}
            }
            done.emit(carried_out);
        });
    }

    /// Opens a conversation again; `done` hears whether it is open now.
    pub fn reopen(&self, handoff: HandoffId, done: Callback<bool>) {
        let this = self.clone();
        spawn_local(async move {
            let reply = api::routing::reopen(&handoff).await;
            let open = reply.is_ok();
            this.row(reply);
            if open {
                this.say(false, text::desk::REOPENED.to_owned());
            }
            done.emit(open);
        });
    }

    /// Lets a visitor go before others, or no longer. The row follows by the desk.
    pub fn set_vip(&self, conversation: ConversationId, vip: bool) {
        let this = self.clone();
        spawn_local(async move {
            match api::routing::set_vip(&conversation, vip).await {
                Ok(()) => this.say(false, (if vip { text::desk::VIP_ON } else { text::desk::VIP_OFF }).to_owned()),
                Err(problem) => this.refused(&problem),
            }
        });
    }

    /// Chooses a status.
    pub fn intend(&self, intent: Intent) {
        let this = self.clone();
        spawn_local(async move {
            match api::intend(intent).await {
                Ok(agent) => this.dispatch.dispatch(Action::Agent(agent)),
                Err(problem) => this.refused(&problem),
            }
        });
    }

    /// Asks for the next page of the history, or for the first.
    pub fn load_history(&self, cursor: Option<String>) {
        let this = self.clone();
        this.dispatch.dispatch(Action::HistoryAsked);
        spawn_local(async move {
            match api::history(cursor.as_deref()).await {
                Ok(reply) => this.dispatch.dispatch(Action::HistoryCame(reply, cursor.is_none())),
                Err(problem) => {
                    this.dispatch.dispatch(Action::HistoryFailed);
                    this.sign_out_if_ended(&problem);
                }
            }
        });
    }

    /// Signs out. Only a server that did not hear of it keeps us here.
    pub fn sign_out(&self) {
        let this = self.clone();
        spawn_local(async move {
            match api::sign_out().await {
                Err(problem) if problem.code != Code::Unauthenticated => this.refused(&problem),
                Ok(()) | Err(_) => this.dispatch.dispatch(Action::SignedOut { ended: false }),
            }
        });
    }

    /// Tells something.
    pub fn say(&self, bad: bool, text: String) {
        self.dispatch.dispatch(Action::Say { bad, text });
    }

    fn row(&self, reply: api::Reply<protocol::desk::QueueRow>) {
        match reply {
            Ok(row) => self.dispatch.dispatch(Action::Row(row)),
            Err(problem) => self.refused(&problem),
        }
    }

    fn refused(&self, problem: &Problem) {
        if !self.sign_out_if_ended(problem) {
            let now = Timestamp(web::now().0 + self.ahead_ms);
            self.say(true, text::problem(problem, now));
        }
    }

    fn sign_out_if_ended(&self, problem: &Problem) -> bool {
        let ended = problem.code == Code::Unauthenticated;
        if ended {
            self.dispatch.dispatch(Action::SignedOut { ended });
        }
        ended
    }
}

/// Loads the first page of the history when it is needed and the desk is there.
#[hook]
pub fn use_history(store: &Store) {
    let commands = Commands::new(store);
    let needed = store.desk.is_some() && store.history.load == Load::Needed;
    use_effect_with(needed, move |&needed| {
        if needed {
            commands.load_history(None);
        }
    });
}
