//! What the address bar says: a tab of the queue, and maybe one open conversation.

use protocol::ConversationId;

/// A view of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Waiting for somebody.
    Pending,
    /// In somebody's hands.
    Active,
    /// Both.
    All,
    /// Over.
    History,
}

impl Tab {
    /// In the order of the screen.
    pub const ALL: [Tab; 4] = [Tab::Pending, Tab::Active, Tab::All, Tab::History];

    /// The word in the address.
    pub fn slug(self) -> &'static str {
        match self {
            Tab::Pending => "pending",
            Tab::Active => "active",
            Tab::All => "all",
            Tab::History => "history",
        }
    }

    fn parse(slug: &str) -> Option<Tab> {
        Tab::ALL.into_iter().find(|tab| tab.slug() == slug)
    }
}

/// A place in the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The list.
    pub tab: Tab,
    /// The conversation beside it.
    pub open: Option<ConversationId>,
}

impl Route {
    /// A tab with nothing open.
    pub fn tab(tab: Tab) -> Route {
        Route { tab, open: None }
    }

    /// A tab with a conversation beside it.
    pub fn open(tab: Tab, conversation: ConversationId) -> Route {
        Route { tab, open: Some(conversation) }
    }

    /// Reads a path. What it does not know leads to *Pending*: an old bookmark is no reason for an error page.
    pub fn parse(path: &str) -> Route {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let Some(tab) = parts.next().and_then(Tab::parse) else {
            return Route::tab(Tab::Pending);
        };
        Route { tab, open: parts.next().and_then(|id| ConversationId::parse(id).ok()) }
    }

    /// The path for the address bar and for links.
    pub fn path(&self) -> String {
        match &self.open {
            Some(conversation) => format!("/{}/{conversation}", self.tab.slug()),
            None => format!("/{}", self.tab.slug()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_survives_the_address_bar() {
        let id = ConversationId::random(7);
        for tab in Tab::ALL {
            for route in [Route::tab(tab), Route::open(tab, id.clone())] {
                assert_eq!(Route::parse(&route.path()), route, "{}", route.path());
            }
        }
    }

    #[test]
    fn what_is_not_known_leads_to_pending() {
        for path in ["", "/", "/nonsense", "/nonsense/cv_0123456789abcdefghjk", "//"] {
            assert_eq!(Route::parse(path), Route::tab(Tab::Pending), "{path}");
        }
        assert_eq!(Route::parse("/active/../../x"), Route::tab(Tab::Active));
    }
}
