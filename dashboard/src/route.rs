//! What the address bar says: a page, and what is open on it.

use protocol::{AgentId, ConversationId, DepartmentId, Stage};

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

/// Chats of which department are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Which {
    /// Of every one, and of none.
    #[default]
    All,
    /// Of those that the agent at this browser is in, and of none.
    Mine,
    /// Of none: anybody's.
    Nobodys,
    /// Of this one.
    One(DepartmentId),
}

impl Which {
    /// The word in the address; empty for all.
    pub fn slug(&self) -> &str {
        match self {
            Which::All => "",
            Which::Mine => "mine",
            Which::Nobodys => "none",
            Which::One(department) => department.as_str(),
        }
    }

    /// Reads the word; what it does not know shows all.
    pub fn parse(slug: &str) -> Which {
        match slug {
            "mine" => Which::Mine,
            "none" => Which::Nobodys,
            other => DepartmentId::parse(other).map_or(Which::All, Which::One),
        }
    }
}

/// The chats: a list, and maybe one of them beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chats {
    /// The list.
    pub tab: Tab,
    /// The conversation beside it.
    pub open: Option<ConversationId>,
    /// What the list leaves out.
    pub which: Which,
}

impl Chats {
    /// A tab with nothing open.
    pub fn tab(tab: Tab) -> Chats {
        Chats { tab, open: None, which: Which::All }
    }

    /// The same list without a conversation.
    pub fn alone(&self) -> Chats {
        Chats { open: None, ..self.clone() }
    }

    /// A conversation beside `tab`.
    pub fn with(&self, tab: Tab, conversation: ConversationId) -> Chats {
        Chats { tab, open: Some(conversation), which: self.which.clone() }
    }

    fn path(&self) -> String {
        let path = match &self.open {
            Some(conversation) => format!("/{}/{conversation}", self.tab.slug()),
            None => format!("/{}", self.tab.slug()),
        };
        path + &query(&[("department", self.which.slug())])
    }
}

/// What the supervisor's page leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Live {
    /// By department.
    pub which: Which,
    /// With this agent only: theirs, or offered to them.
    pub agent: Option<AgentId>,
    /// At this stage only.
    pub stage: Option<Stage>,
}

impl Live {
    fn parse(query: &str) -> Live {
        Live {
            which: Which::parse(value(query, "department")),
            agent: AgentId::parse(value(query, "agent")).ok(),
            // Closed ones are no longer there.
            stage: Stage::parse(value(query, "stage")).ok().filter(|stage| *stage != Stage::Closed),
        }
    }

    fn path(&self) -> String {
        let agent = self.agent.as_ref().map_or("", AgentId::as_str);
        let stage = self.stage.map_or("", Stage::as_str);
        "/live".to_owned() + &query(&[("department", self.which.slug()), ("agent", agent), ("stage", stage)])
    }
}

/// A page of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// When somebody counts as there.
    Presence,
    /// Departments, and how they route.
    Departments,
    /// How long chats live.
    Conversations,
    /// Where the chats come from.
    Widgets,
    /// Who changed what.
    Audit,
}

impl Part {
    /// In the order of the screen.
    pub const ALL: [Part; 5] = [Part::Presence, Part::Departments, Part::Conversations, Part::Widgets, Part::Audit];

    /// The path in the address.
    pub fn path(self) -> &'static str {
        match self {
            Part::Presence => "/settings",
            Part::Departments => "/settings/departments",
            Part::Conversations => "/settings/conversations",
            Part::Widgets => "/settings/widgets",
            Part::Audit => "/settings/audit",
        }
    }

    fn parse(path: &str) -> Part {
        Part::ALL.into_iter().find(|part| part.path() == path).unwrap_or(Part::Presence)
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
    /// Every open conversation, for admins.
    Live(Live),
    /// The workspace's rules, for admins.
    Settings(Part),
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
    /// Every open conversation.
    Live,
    /// The workspace's rules.
    Settings,
}

impl From<Chats> for Route {
    fn from(chats: Chats) -> Route {
        Route::Chats(chats)
    }
}

impl Route {
    /// Reads an address, without its origin. What it does not know leads to *Pending*: an old bookmark is no reason
    /// for an error page.
    pub fn parse(address: &str) -> Route {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next()) {
            (Some("team"), id) => id.and_then(|id| AgentId::parse(id).ok()).map_or(Route::Team, Route::Agent),
            (Some("me"), Some("sign-ins")) => Route::SignIns,
            (Some("live"), _) => Route::Live(Live::parse(query)),
            (Some("settings"), _) => Route::Settings(Part::parse(path)),
            (Some(tab), id) => match Tab::parse(tab) {
                Some(tab) => Chats {
                    tab,
                    open: id.and_then(|id| ConversationId::parse(id).ok()),
                    which: Which::parse(value(query, "department")),
                }
                .into(),
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
            Route::Live(live) => live.path(),
            Route::Settings(part) => part.path().to_owned(),
        }
    }

    /// The page it belongs to.
    pub fn section(&self) -> Section {
        match self {
            Route::Chats(_) => Section::Chats,
            Route::Team | Route::Agent(_) => Section::Team,
            Route::SignIns => Section::Mine,
            Route::Live(_) => Section::Live,
            Route::Settings(_) => Section::Settings,
        }
    }

    /// The chats, where they are shown.
    pub fn chats(&self) -> Option<&Chats> {
        match self {
            Route::Chats(chats) => Some(chats),
            Route::Team | Route::Agent(_) | Route::SignIns | Route::Live(_) | Route::Settings(_) => None,
        }
    }
}

/// A query of the pairs that have a value. Values are words and ids: nothing has to be escaped.
fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(key);
        query.push('=');
        query.push_str(value);
    }
    query
}

/// A value of a query; empty if there is none.
fn value<'a>(query: &'a str, key: &str) -> &'a str {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_survives_the_address_bar() {
        let (id, department, agent) = (ConversationId::random(7), DepartmentId::random(7), AgentId::random(7));
        let which = [Which::All, Which::Mine, Which::Nobodys, Which::One(department)];
        let alone = Tab::ALL.into_iter().flat_map(|tab| which.clone().map(|which| Chats { which, ..Chats::tab(tab) }));
        let chats = alone.flat_map(|chats| [chats.with(chats.tab, id.clone()), chats]);
        let live = which.clone().into_iter().flat_map(|which| {
            let open = Live { which, ..Live::default() };
            [Live { agent: Some(agent.clone()), stage: Some(Stage::Waiting), ..open.clone() }, open]
        });
        let settings = Part::ALL.map(Route::Settings);
        let pages = [Route::Team, Route::Agent(agent.clone()), Route::SignIns].into_iter().chain(settings);
        let pages = pages.chain(live.map(Route::Live));
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
            ("/settings/presence", Route::Settings(Part::Presence)),
            ("/settings/nonsense?x=1", Route::Settings(Part::Presence)),
            ("/live?stage=closed&agent=x&department=../x", Route::Live(Live::default())),
            ("/all?department=&x&department=mine", Chats::tab(Tab::All).into()),
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
