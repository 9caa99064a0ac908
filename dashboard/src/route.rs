//! What the address bar says: a page, and what is open on it.

use protocol::{AgentId, ConversationId};

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

/// The chats: a list, and maybe one of them beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chats {
    /// The list.
    pub tab: Tab,
    /// The conversation beside it.
    pub open: Option<ConversationId>,
}

impl Chats {
    /// A tab with nothing open.
    pub fn tab(tab: Tab) -> Chats {
        Chats { tab, open: None }
    }

    /// A tab with a conversation beside it.
    pub fn open(tab: Tab, conversation: ConversationId) -> Chats {
        Chats { tab, open: Some(conversation) }
    }

    fn path(&self) -> String {
        match &self.open {
            Some(conversation) => format!("/{}/{conversation}", self.tab.slug()),
            None => format!("/{}", self.tab.slug()),
        }
    }
}

/// A place in the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The chats.
    Chats(Chats),
    /// The people who answer.
    Team,
    /// One of them, for admins.
    Agent(AgentId),
    /// Where the agent at this browser is signed in.
    SignIns,
    /// The workspace's rules, for admins.
    Settings,
}

/// A page of its own in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The chats.
    Chats,
    /// The people who answer, and each of them.
    Team,
    /// What belongs to the agent at this browser; reached by their menu.
    Mine,
    /// The workspace's rules.
    Settings,
}

impl From<Chats> for Route {
    fn from(chats: Chats) -> Route {
        Route::Chats(chats)
    }
}

impl Route {
    /// Reads a path. What it does not know leads to *Pending*: an old bookmark is no reason for an error page.
    pub fn parse(path: &str) -> Route {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some("team"), id) => id.and_then(|id| AgentId::parse(id).ok()).map_or(Route::Team, Route::Agent),
            (Some("me"), Some("sign-ins")) => Route::SignIns,
            (Some("settings"), _) => Route::Settings,
            (Some(tab), id) => match Tab::parse(tab) {
                Some(tab) => Chats { tab, open: id.and_then(|id| ConversationId::parse(id).ok()) }.into(),
                None => Route::start(),
            },
            (None, _) => Route::start(),
        }
    }

    /// Where everybody begins.
    pub fn start() -> Route {
        Chats::tab(Tab::Pending).into()
    }

    /// The path for the address bar and for links.
    pub fn path(&self) -> String {
        match self {
            Route::Chats(chats) => chats.path(),
            Route::Team => "/team".to_owned(),
            Route::Agent(agent) => format!("/team/{agent}"),
            Route::SignIns => "/me/sign-ins".to_owned(),
            Route::Settings => "/settings".to_owned(),
        }
    }

    /// The page it belongs to.
    pub fn section(&self) -> Section {
        match self {
            Route::Chats(_) => Section::Chats,
            Route::Team | Route::Agent(_) => Section::Team,
            Route::SignIns => Section::Mine,
            Route::Settings => Section::Settings,
        }
    }

    /// The chats, where they are shown.
    pub fn chats(&self) -> Option<&Chats> {
        match self {
            Route::Chats(chats) => Some(chats),
            Route::Team | Route::Agent(_) | Route::SignIns | Route::Settings => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_survives_the_address_bar() {
        let id = ConversationId::random(7);
        let chats = Tab::ALL.into_iter().flat_map(|tab| [Chats::tab(tab), Chats::open(tab, id.clone())]);
        let pages = [Route::Team, Route::Agent(AgentId::random(7)), Route::SignIns, Route::Settings];
        for route in chats.map(Route::from).chain(pages) {
            assert_eq!(Route::parse(&route.path()), route, "{}", route.path());
        }
    }

    #[test]
    fn what_is_not_known_leads_to_the_nearest_page() {
        for path in ["", "/", "/nonsense", "/nonsense/cv_0123456789abcdefghjk", "//", "/me", "/me/x", "/teams"] {
            assert_eq!(Route::parse(path), Route::start(), "{path}");
        }
        let cases = [
            ("/active/../../x", Chats::tab(Tab::Active).into()),
            ("/active/ag_0123456789abcdefghjk", Chats::tab(Tab::Active).into()),
            ("/team/", Route::Team),
            ("/team/cv_0123456789abcdefghjk", Route::Team),
            ("/team/../settings", Route::Team),
            ("/settings/presence", Route::Settings),
        ];
        for (path, route) in cases {
            assert_eq!(Route::parse(path), route, "{path}");
        }
    }

    #[test]
    fn an_agent_stands_under_the_team() {
        assert_eq!(Route::Agent(AgentId::random(1)).section(), Section::Team);
        assert_eq!(Route::start().section(), Section::Chats);
    }
}
