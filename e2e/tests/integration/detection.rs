//! How long it takes until everybody knows that an agent has gone, and that it is not said of those who have not.
//! `BECKON_TRIALS` asks for more than ten trials of each; the figures go to stderr.

use e2e::{Agent, PASSWORD, PATIENCE, Proxy, Server, Socket, Tenant, Way, Weather, new_tenant, rules};
use futures_util::future::join_all;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use protocol::desk::{AgentCard, DeskDown};
use protocol::http::NewAgent;
use protocol::problem::Code;
use protocol::{AgentId, Email, Name, Reachability, Role, Stage};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout};

/// What a busy machine may add to a deadline.
const SLACK: Duration = Duration::from_secs(10);
/// Between the runtime's clock and ours, both in whole milliseconds.
const ROUNDING: Duration = Duration::from_millis(20);
/// Agents who are lost at once.
const CROWD: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Close,
    Kill,
    Stop,
    BlackHole,
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_has_gone_is_found_in_time_and_gets_nothing() {
    let faults = [Fault::Close, Fault::Kill, Fault::Stop, Fault::BlackHole];
    join_all(faults.map(measure)).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_slow_and_stalling_network_takes_nobody_offline() {
    let team = Team::new().await;
    let way = Way { delay: Duration::from_millis(150), stall: Duration::from_secs(2), ..Way::default() };
    let proxies = join_all(team.crowd.iter().map(|_| Proxy::to(&team.tenant.server, Weather::both(way)))).await;
    let sockets = join_all(team.crowd.iter().zip(&proxies).map(|(agent, proxy)| distant(agent, proxy))).await;
    let mut watch = team.watch().await;
    watch.all(&team.crowd, Reachability::Connected).await;
    let slice = rules().1 * 2;
    for _ in 0..rounds() {
        let offline = timeout(slice, watch.next_where(|card| card.reachability != Reachability::Connected)).await;
        assert!(offline.is_err(), "taken for offline: {offline:?}");
    }
    let long = slice * u32::try_from(rounds()).unwrap();
    let carried: Vec<_> = proxies.iter().map(Proxy::carried).collect();
    let stalls: u32 = carried.iter().map(|one| one.stalls).sum();
    let silence = carried.iter().map(|one| one.gap).max().unwrap_or_default();
    assert!(stalls > 0 && silence < rules().1, "{carried:?}");
    let count = sockets.len();
    say(&format!("false offline: 0 in {long:?} with {count} agents, {stalls} stalls, longest silence {silence:?}"));
}

/// Loses everybody several times over in one way, and tells how long it took.
async fn measure(fault: Fault) {
    let team = Team::new().await;
    let mut watch = team.watch().await;
    let mut trials = Vec::new();
    for _ in 0..rounds() {
        let lost = join_all(team.crowd.iter().map(|agent| Client::start(agent, fault))).await;
        watch.all(&team.crowd, Reachability::Connected).await;
        trials.extend(lose(lost, fault, &mut watch).await);
        team.nobody_lost_gets_anything(&mut watch.0).await;
    }
    let of = |pick: fn(&Trial) -> Duration| figures(trials.iter().map(pick).collect());
    let (hidden, offline) = (of(|it| it.not_routable), of(|it| it.offline));
    let late = of(|it| it.late);
    let count = trials.len();
    // Of a connection that ends, the runtime tells at once; where it did not, only the silence did.
    let silent = trials.iter().filter(|it| it.not_routable * 2 > rules().1).count();
    say(&format!("{fault:?}, {count} trials: not routable after {hidden}, {silent} of them by silence"));
    say(&format!("{fault:?}: offline after {offline}"));
    say(&format!("{fault:?}: offline later than the rules have it by {late}; {count} claims afterwards, all refused"));
}

/// One agent who was lost, from the fault on.
struct Trial {
    not_routable: Duration,
    offline: Duration,
    /// Later than the rules have it.
    late: Duration,
}

async fn lose(mut clients: Vec<Client>, fault: Fault, watch: &mut Watch) -> Vec<Trial> {
    let mut faults = BTreeMap::new();
    for client in &mut clients {
        client.suffer(fault).await;
        faults.insert(client.agent.clone(), Instant::now());
    }
    let (mut hidden, mut trials) = (BTreeMap::new(), Vec::new());
    while trials.len() < clients.len() {
        let card = watch.next_where(|card| card.reachability != Reachability::Connected).await;
        let now = Instant::now();
        let since = now - faults[&card.id];
        let not_routable = *hidden.entry(card.id.clone()).or_insert(since);
        if card.reachability == Reachability::Offline {
            let client = clients.iter_mut().find(|client| client.agent == card.id).unwrap();
            let due = client.due(fault, faults[&card.id]).await;
            let late = (now + ROUNDING).checked_duration_since(due);
            let late = late.unwrap_or_else(|| panic!("{fault:?}: {:?} too early", due - now));
            assert!(late < SLACK, "{fault:?}: offline {late:?} late");
            trials.push(Trial { not_routable, offline: since, late });
        }
    }
    trials
}

/// A desk in a process of its own.
struct Client {
    agent: AgentId,
    child: Child,
    orders: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
    /// The last beat of which it told, or its start, since 1970.
    beat: Duration,
    proxy: Option<Proxy>,
}

impl Client {
    /// Its desk is open.
    async fn start(agent: &Agent, fault: Fault) -> Self {
        let proxy = match fault {
            Fault::BlackHole => Some(Proxy::to(&agent.server, Weather::default()).await),
            Fault::Close | Fault::Kill | Fault::Stop => None,
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_desk_client"));
        command.env("BECKON_URL", &agent.server.url).env("BECKON_COOKIE", &agent.cookie);
        command.env("BECKON_VIA", proxy.as_ref().map_or(&agent.server.url, |proxy| &proxy.url));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("a client");
        let orders = child.stdin.take().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut client = Self { agent: agent.id().clone(), child, orders, said, beat: since_epoch(), proxy };
        while client.hear().await.expect("a desk that opens") != "open" {}
        client
    }

    async fn suffer(&mut self, fault: Fault) {
        let id = Pid::from_raw(i32::try_from(self.child.id().expect("it runs")).unwrap());
        match fault {
            Fault::Close => self.orders.write_all(b"close\n").await.unwrap(),
            Fault::Kill => kill(id, Signal::SIGKILL).unwrap(),
            Fault::Stop => kill(id, Signal::SIGSTOP).unwrap(),
            Fault::BlackHole => self.proxy.as_ref().unwrap().swallow(),
        }
    }

    /// When the rules have it offline.
    async fn due(&mut self, fault: Fault, at: Instant) -> Instant {
        let (grace, stale_after) = rules();
        match fault {
            Fault::Close | Fault::Kill => at + grace,
            Fault::Stop => self.last_beat().await + stale_after,
            Fault::BlackHole => self.proxy.as_ref().unwrap().carried().last.unwrap() + stale_after,
        }
    }

    async fn hear(&mut self) -> Option<String> {
        let line = self.said.next_line().await.expect("text")?;
        if let Some(at) = line.strip_prefix("beat ") {
            self.beat = Duration::from_millis(at.parse().expect("milliseconds"));
        }
        Some(line)
    }

    /// The last beat of one that was stopped and says no more.
    async fn last_beat(&mut self) -> Instant {
        kill(Pid::from_raw(i32::try_from(self.child.id().unwrap()).unwrap()), Signal::SIGKILL).unwrap();
        while self.hear().await.is_some() {}
        Instant::now() - (since_epoch() - self.beat)
    }
}

/// A tenant whose admin stays while everybody else is lost.
struct Team {
    tenant: Tenant,
    ann: Agent,
    crowd: Vec<Agent>,
}

impl Team {
    async fn new() -> Self {
        let mut asked = new_tenant();
        asked.agents.truncate(1);
        let admin = asked.agents[0].email.clone();
        asked.agents.extend((0..CROWD).map(|number| staff(&admin, number)));
        let server = Server::from_env();
        let reply = server.post("/v1/platform/tenants").bearer(&server.platform_token).json(&asked).send().await;
        let tenant = Tenant { server, created: reply.ok(), asked };
        let ann = tenant.ann().await;
        let sign_in = |agent: &NewAgent| {
            let (server, email) = (tenant.server.clone(), agent.email.clone());
            async move { Agent::sign_in(server, email.as_str(), PASSWORD).await }
        };
        let crowd = join_all(tenant.asked.agents[1..].iter().map(sign_in)).await;
        Self { tenant, ann, crowd }
    }

    async fn watch(&self) -> Watch {
        Watch(self.ann.desk().await)
    }

    /// A visitor asks, and every one of the crowd reaches for them.
    async fn nobody_lost_gets_anything(&self, watch: &mut Socket<DeskDown>) {
        let visitor = self.tenant.visitor().await;
        visitor.ask().await;
        let row = watch.row(visitor.conversation(), Stage::Waiting).await;
        let claims = self.crowd.iter().map(|agent| agent.claim(&row));
        join_all(claims).await.iter().for_each(|reply| drop(reply.refused(Code::NotRoutable)));
        // Ann gets it, as everybody is told; nobody had it before her.
        self.ann.claim(&row).await.row();
        let taken = watch.row(visitor.conversation(), Stage::Active).await;
        assert_eq!(taken.agent.as_ref().map(|agent| &agent.id), Some(self.ann.id()));
        let resolved = self.ann.resolve(&taken).await;
        assert!(resolved.status < 300, "{}", resolved.text);
    }
}

fn staff(admin: &Email, number: usize) -> NewAgent {
    NewAgent {
        email: Email::parse(&format!("staff.{number}.{}", admin.as_str())).unwrap(),
        name: Name::parse(&format!("Agent {number}")).unwrap(),
        role: Role::SupportStaff,
        password: PASSWORD.to_owned(),
        capacity: None,
    }
}

/// Who sees what everybody is told about the team.
struct Watch(Socket<DeskDown>);

impl Watch {
    async fn next_where(&mut self, fits: impl Fn(&AgentCard) -> bool) -> AgentCard {
        let pick = |frame| if let DeskDown::Agent { agent } = frame { Some(agent).filter(|it| fits(it)) } else { None };
        self.0.expect("a change of the team", pick).await
    }

    /// Waits until all of them are shown so.
    async fn all(&mut self, agents: &[Agent], reachability: Reachability) {
        let wanted: BTreeSet<&AgentId> = agents.iter().map(Agent::id).collect();
        let mut there = BTreeSet::new();
        while there.len() < wanted.len() {
            let came = |frame| match frame {
                DeskDown::Agent { agent } => Some(vec![agent]),
                DeskDown::Welcome { agents, .. } => Some(agents),
                _ => None,
            };
            for card in self.0.expect("the team", came).await {
                if wanted.contains(&card.id) && card.reachability == reachability {
                    there.insert(card.id);
                }
            }
        }
    }
}

async fn distant(agent: &Agent, proxy: &Proxy) -> Socket<DeskDown> {
    let host = agent.server.url.trim_start_matches("http://");
    let headers = [("host", host), ("origin", &agent.server.url), ("cookie", &agent.cookie)];
    let address = format!("{}/v1/desk/socket", proxy.url.replacen("http", "ws", 1));
    timeout(PATIENCE, Socket::open(&address, &headers)).await.expect("a desk from afar")
}

#[expect(clippy::disallowed_methods, reason = "another process tells its beats by the clock of both")]
fn since_epoch() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock")
}

/// Each of as many as there are agents to lose.
fn rounds() -> usize {
    let trials = std::env::var("BECKON_TRIALS").map_or(CROWD, |text| text.parse().expect("a number of trials"));
    trials.div_ceil(CROWD).max(1)
}

fn figures(mut times: Vec<Duration>) -> String {
    times.sort();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    format!("{} ms (median), {} ms (worst)", median.as_millis(), worst.as_millis())
}

/// Past the test runner, which keeps what tests that pass print to itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "  {line}");
}
