//! What an agent can order. Each command tells its outcome to the store, and a refusal in words.

use crate::api;
use crate::hooks::Store;
use crate::state::history::Load;
use crate::state::{Action, State};
use crate::{text, web};
use protocol::problem::{Code, Problem};
use protocol::{Epoch, HandoffId, Intent, Timestamp};
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

    /// Picks a handoff up; `done` hears whether it is ours now.
    pub fn claim(&self, handoff: HandoffId, epoch: Epoch, done: Callback<bool>) {
        let this = self.clone();
        spawn_local(async move {
            let reply = api::claim(&handoff, epoch).await;
            done.emit(reply.is_ok());
            this.row(reply);
        });
    }

    /// Finishes a handoff; `done` hears whether it is over now.
    pub fn resolve(&self, handoff: HandoffId, epoch: Epoch, done: Callback<bool>) {
        let this = self.clone();
        spawn_local(async move {
            let reply = api::resolve(&handoff, epoch).await;
            let resolved = reply.is_ok();
            this.row(reply);
            if resolved {
                this.say(false, text::RESOLVED.to_owned());
            }
            done.emit(resolved);
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
