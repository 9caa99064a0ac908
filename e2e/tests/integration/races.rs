//! Many hands at the same moment: one owner, and nobody with more than they may have. `CLAIM_ROUNDS` asks for more
//! rounds; the figures go to stderr.

use e2e::{ApiClient, Reply, Seat, Server, Tenant, new_tenant, staff};
use futures_util::future::join_all;
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::routing::Routing;
use protocol::team::HeartbeatReply;
use protocol::{Act, AgentId, Delivery, Epoch, Event, RoutingMode, Stage};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use tokio::time::Instant;

/// Agents who reach for the same handoff.
const CROWD: usize = 50;
/// As many as one request may create.
const AT_ONCE: usize = 19;
/// Rounds in which beats hold, however slow the machine is.
const BEAT_EVERY: usize = 20;
/// The longest silence that a tenant may allow: the crowd reaches out, and does not beat all the time.
const STALE_AFTER_MS: u32 = 600_000;

/// A tenant with fifty who answer by a program each.
struct Crowd {
    tenant: Tenant,
    ann: Seat,
    clients: Vec<(AgentId, ApiClient)>,
}

impl Crowd {
    async fn new(count: usize, capacity: u32) -> Self {
        let mut asked = new_tenant();
        asked.agents.truncate(1);
        asked.agents.extend((0..count.min(AT_ONCE)).map(|number| staff(&format!("Agent {number}"))));
        asked.agents.iter_mut().for_each(|agent| agent.capacity = Some(capacity));
        let mut tenant = Tenant::create(Server::from_env(), asked).await;
        let ann = tenant.ann().await;
        let settings = json!({ "stale_after_ms": STALE_AFTER_MS, "grace_ms": 0 });
        ann.request("PUT", "/v1/settings/presence").json(&settings).send().await.ok::<serde_json::Value>();
        for number in AT_ONCE..count {
            let mut one = staff(&format!("Agent {number}"));
            one.capacity = Some(capacity);
            let body = json!({ "email": one.email, "name": one.name, "role": one.role, "password": one.password,
                "capacity": capacity, "departments": [tenant.created.department] });
            ann.request("POST", "/v1/agents").json(&body).send().await.ok::<protocol::team::AgentDetails>();
            tenant.asked.agents.push(one);
        }
        let ann = Seat::take(ann).await;
        let mut clients = Vec::new();
        for number in 1..=count {
            let client = tenant.client(number).await;
            let reply: HeartbeatReply = client.beat(false).await.ok();
            clients.push((reply.agent.id, client));
        }
        Self { tenant, ann, clients }
    }

    async fn beat(&self) {
        // Too soon is refused, and does no harm.
        join_all(self.clients.iter().map(|(_, client)| client.beat(false))).await;
    }

    fn client(&self, agent: &AgentId) -> &ApiClient {
        &self.clients.iter().find(|(id, _)| id == agent).expect("one of the crowd").1
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn of_fifty_who_reach_for_one_exactly_one_gets_it() {
    let mut crowd = Crowd::new(CROWD, 1).await;
    let rounds = rounds();
    let visitor = crowd.tenant.visitor().await;
    let (mut wins, mut took) = (BTreeMap::<AgentId, u32>::new(), Vec::new());
    for round in 0..rounds {
        if round % BEAT_EVERY == BEAT_EVERY - 1 {
            crowd.beat().await;
        }
        visitor.ask().await;
        let waits = |row: &QueueRow| row.stage == Stage::Waiting;
        let row = crowd.ann.row(&visitor, "a row that waits", waits).await;
        // Somebody else is the first to reach out each time.
        let order: Vec<_> = crowd.clients.iter().cycle().skip(round % CROWD).take(CROWD).collect();
        let since = Instant::now();
        let replies = join_all(order.iter().map(|(_, client)| client.claim(&row))).await;
        took.push(since.elapsed());
        let owner = one_owner(round, &order, &replies);
        *wins.entry(owner.clone()).or_default() += 1;
        // The desk and the visitor say the same, and nobody has two.
        let now = crowd.ann.handoff(&row.handoff).await;
        assert_eq!(now.agent.map(|agent| agent.id), Some(owner.clone()), "round {round}");
        assert_eq!(now.epoch, Epoch(row.epoch.0 + 1), "round {round}: one change of hands");
        let row = crowd.ann.owned(&visitor, &owner).await;
        assert_eq!(crowd.ann.card(&owner).await.load, 1, "round {round}");
        crowd.client(&owner).resolve(&row).await.row();
        crowd.ann.closed(&visitor).await;
    }
    let events = visitor.poll(0).await;
    assert_eq!(events.status, 200);
    took.sort();
    let (median, worst) = (took[rounds / 2], took[rounds - 1]);
    say(&format!(
        "{CROWD} claims of one handoff at once, {rounds} rounds: one owner each, {} different ones; \
         all answered within {} ms (median), {} ms (worst)",
        wins.len(),
        median.as_millis(),
        worst.as_millis()
    ));
}

/// Who won; everybody else was told so.
fn one_owner(round: usize, order: &[&(AgentId, ApiClient)], replies: &[Reply]) -> AgentId {
    let won: Vec<_> = replies.iter().enumerate().filter(|(_, reply)| reply.status == 200).collect();
    assert_eq!(won.len(), 1, "round {round}: {} owners", won.len());
    let owner = &order[won[0].0].0;
    let row = won[0].1.row();
    assert_eq!(row.agent.as_ref().map(|agent| &agent.id), Some(owner), "round {round}");
    for (at, reply) in replies.iter().enumerate().filter(|(at, _)| *at != won[0].0) {
        let problem = reply.refused(Code::Taken);
        let by = problem.by.map(|agent| agent.id);
        assert_eq!((by.as_ref(), problem.at), (Some(owner), row.picked_at), "round {round}: agent {at} was not told");
    }
    owner.clone()
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn one_who_reaches_for_ten_gets_no_more_than_they_may_have() {
    let mut crowd = Crowd::new(1, 3).await;
    let visitors = join_all((0..10).map(|_| crowd.tenant.visitor())).await;
    let mut rows = Vec::new();
    for visitor in &visitors {
        visitor.ask().await;
        rows.push(crowd.ann.waiting(visitor).await);
    }
    let (me, client) = &crowd.clients[0];
    for round in 0..5 {
        let replies = join_all(rows.iter().map(|row| client.claim(row))).await;
        let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
        assert_eq!(won.len(), 3, "round {round}");
        lost.iter().for_each(|reply| drop(reply.refused(Code::AtCapacity)));
        assert_eq!(crowd.ann.card(me).await.load, 3, "round {round}");
        for reply in won {
            let row = reply.row();
            let back = client.command(&row, "release").send().await.row();
            let at = rows.iter().position(|it| it.handoff == back.handoff).expect("one of the ten");
            rows[at] = back;
        }
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whatever_comes_at_the_same_moment_there_is_one_owner_and_no_load_above_capacity() {
    let tenant = Tenant::with(|asked| {
        asked.routing =
            Routing { mode: RoutingMode::LeastLoaded, delivery: Delivery::Offer, offer_ms: 400, ..Routing::default() };
        asked.agents.iter_mut().for_each(|agent| agent.capacity = Some(2));
    })
    .await;
    let mut ann = tenant.ann_at_desk().await;
    let (ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    for round in 0..20 {
        let visitors = join_all((0..4).map(|_| tenant.visitor())).await;
        join_all(visitors.iter().map(e2e::Visitor::ask)).await;
        let mut rows = Vec::new();
        for visitor in &visitors {
            rows.push(ann.row(visitor, "a row", |row| row.stage != Stage::Closed).await);
        }
        let mut storm = Vec::new();
        for row in &rows {
            for agent in [&ann.agent, &ben.agent, &cem.agent] {
                storm.extend(["claim", "accept", "decline", "release"].map(|verb| (agent, verb, row)));
            }
            storm.push((&ann.agent, "take_over", row));
        }
        let replies = join_all(storm.iter().map(|(agent, verb, row)| agent.command(row, verb))).await;
        let assigns = join_all(rows.iter().map(|row| ann.assign(row, ben.id()))).await;
        for reply in replies.iter().chain(&assigns) {
            assert!(matches!(reply.status, 200 | 409), "round {round}: {} {}", reply.status, reply.text);
        }
        for agent in &tenant.created.agents {
            let card = ann.card(agent).await;
            assert!(card.load <= card.capacity, "round {round}: {card:?}");
        }
        // Every change of hands is in the books, each with an epoch of its own.
        for (visitor, row) in visitors.iter().zip(&rows) {
            let now = ann.handoff(&row.handoff).await;
            let told = visitor.state().await.handoff.expect("a handoff");
            assert!(told.epoch <= now.epoch, "round {round}");
            visitor.end().await.ok::<protocol::room::RoomState>();
            let closed = ann.closed(visitor).await;
            let decisions = ann.decisions(&row.handoff).await;
            assert_eq!(decisions.last().map(|it| it.act), Some(Act::EndedByVisitor), "round {round}: {decisions:#?}");
            let given = decisions.iter().filter(|it| gives(it.act)).count();
            let joined =
                visitor.transcript().await.into_iter().filter(|it| it.event == Some(Event::AgentJoined)).count();
            assert_eq!(joined, given, "round {round}: the visitor is told of every owner: {decisions:#?}");
            assert!(closed.epoch > now.epoch || now.stage == Stage::Closed, "round {round}");
        }
        for agent in &tenant.created.agents {
            assert_eq!(ann.card(agent).await.load, 0, "round {round}: all is over");
        }
    }
}

fn gives(act: Act) -> bool {
    matches!(act, Act::Routed | Act::Claimed | Act::Accepted | Act::Assigned | Act::TakenOver)
}

fn rounds() -> usize {
    std::env::var("CLAIM_ROUNDS").map_or(100, |text| text.parse().expect("a number of rounds"))
}

/// Past the test runner, which keeps what tests that pass print to itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "  {line}");
}
