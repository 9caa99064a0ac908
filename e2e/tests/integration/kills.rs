//! The runtime is killed between any two steps of: claimed, the room told, the visitor told. `KILLS` asks for more than
//! twenty; the figures go to stderr.

use e2e::{ApiClient, OwnServer, Tenant, Visitor, seed};
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::routing::Decision;
use protocol::team::HeartbeatReply;
use protocol::{Act, AgentId, Epoch, Event, Stage};
use serde_json::json;
use std::io::Write;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Everything agrees within this, from the first answer of the new runtime on.
const HEALED: Duration = Duration::from_secs(5);
/// From the command on to its last effect it takes less; the kill falls somewhere into it.
const WINDOW_US: u64 = 40_000;
/// Longer than the runtime takes to start, so that nobody is lost by the way.
const STALE_AFTER_MS: u32 = 600_000;

/// Two programs that answer, and a visitor.
struct Scene {
    own: OwnServer,
    tenant: Tenant,
    clients: [(AgentId, ApiClient); 2],
    visitor: Visitor,
}

/// What everybody says of one handoff.
#[derive(Debug, PartialEq, Eq)]
struct Account {
    stage: Stage,
    epoch: Epoch,
    owner: Option<AgentId>,
    joined: usize,
    ended: usize,
}

impl Scene {
    async fn new() -> Self {
        let own = OwnServer::start().await;
        let tenant = Tenant::on(own.server.clone()).await;
        let ann = tenant.ann().await;
        let settings = json!({ "stale_after_ms": STALE_AFTER_MS });
        ann.request("PUT", "/v1/settings/presence").json(&settings).send().await.ok::<serde_json::Value>();
        let clients = [come(&tenant, 1).await, come(&tenant, 2).await];
        let visitor = tenant.visitor().await;
        Self { own, tenant, clients, visitor }
    }

    /// Sends a command and kills the runtime a moment later; the answer, if one came.
    async fn killed_amid(&self, what: impl Future<Output = Option<e2e::Reply>>) -> Option<e2e::Reply> {
        let moment = Duration::from_micros(u64::try_from(seed() % u128::from(WINDOW_US)).expect("small"));
        let killing = async {
            sleep(moment).await;
            self.own.kill_runtime();
        };
        // Wrangler's door keeps a request whose runtime has gone for longer than anybody waits.
        let (reply, ()) = tokio::join!(timeout(Duration::from_secs(3), what), killing);
        self.own.answers().await;
        reply.ok().flatten().filter(|reply| reply.status < 500)
    }

    async fn handoff(&self, row: &QueueRow) -> Option<QueueRow> {
        let path = format!("/v1/handoffs/{}", row.handoff);
        let reply = self.clients[0].1.request("GET", &path).try_send().await?;
        (reply.status == 200).then(|| reply.row())
    }

    async fn decisions(&self, row: &QueueRow) -> Vec<Decision> {
        let path = format!("/v1/handoffs/{}/decisions?limit=200", row.handoff);
        let reply = self.clients[0].1.request("GET", &path).send().await;
        reply.ok::<protocol::routing::DecisionsReply>().items
    }

    /// What the desk says, and what the visitor is told.
    async fn accounts(&self, row: &QueueRow, before: (usize, usize)) -> Option<(Account, Account)> {
        let desk = self.handoff(row).await?;
        let polled = self.visitor.request("GET", "events?after=0").try_send().await?;
        if polled.status != 200 {
            return None;
        }
        let room = self.visitor.state().await.handoff?;
        let (joined, ended) = self.told().await;
        let (joined, ended) = (joined - before.0, ended - before.1);
        let decisions = self.decisions(row).await;
        let count = |act| decisions.iter().filter(|decision| decision.act == act).count();
        let owner = desk.agent.map(|agent| agent.id);
        let by_desk = Account {
            stage: desk.stage,
            epoch: desk.epoch,
            owner,
            joined: count(Act::Claimed),
            ended: count(Act::Resolved),
        };
        let owner = room.agent.map(|agent| agent.id);
        Some((by_desk, Account { stage: room.stage, epoch: room.epoch, owner, joined, ended }))
    }

    /// How often the visitor was told that somebody joined, and that it is over.
    async fn told(&self) -> (usize, usize) {
        let told = self.visitor.transcript().await;
        let count = |event| told.iter().filter(|message| message.event == Some(event)).count();
        (count(Event::AgentJoined), count(Event::EndedByAgent))
    }

    /// Waits until desk and visitor say the same; how long it took.
    async fn heals(&self, row: &QueueRow, before: (usize, usize), what: &str) -> (Account, Duration) {
        let since = Instant::now();
        let mut last = None;
        while since.elapsed() < e2e::PATIENCE {
            if let Some((desk, room)) = self.accounts(row, before).await {
                if desk == room {
                    return (desk, since.elapsed());
                }
                last = Some((desk, room));
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("{what}: never healed: {last:#?}");
    }
}

async fn come(tenant: &Tenant, number: usize) -> (AgentId, ApiClient) {
    let client = tenant.client(number).await;
    let reply: HeartbeatReply = client.beat(false).await.ok();
    (reply.agent.id, client)
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn wherever_the_runtime_dies_desk_room_and_visitor_agree_soon_after() {
    let scene = Scene::new().await;
    let kills = std::env::var("KILLS").map_or(20, |text| text.parse().expect("a number of kills"));
    let (mut longest, mut answered, mut done) = (Duration::ZERO, 0, 0);
    let mut number = 0;
    while number < kills {
        let before = scene.told().await;
        scene.visitor.ask().await;
        let row = scene.waiting().await;
        // Once at the claim, once at its end: both are two steps away from the visitor.
        let (me, client) = &scene.clients[number % 2];
        let what = format!("kill {number}, amid a claim");
        let reply = scene.killed_amid(client.command(&row, "claim").try_send()).await;
        let (account, took) = scene.heals(&row, before, &what).await;
        number += 1;
        longest = longest.max(took);
        let claimed = account.stage == Stage::Active;
        if let Some(reply) = &reply {
            answered += 1;
            assert!(claimed && reply.row().epoch == account.epoch, "{what}: what was answered holds: {account:?}");
        }
        done += usize::from(claimed);
        assert_eq!((account.joined, account.ended), (usize::from(claimed), 0), "{what}");
        // Whoever heard nothing asks again, and nobody else gets in between.
        let now = client.claim(&row).await.row();
        assert_eq!(now.agent.as_ref().map(|agent| &agent.id), Some(me), "{what}");
        scene.clients[(number) % 2].1.claim(&row).await.refused(Code::Taken);
        let what = format!("kill {number}, amid a resolve");
        let reply = scene.killed_amid(client.command(&now, "resolve").try_send()).await;
        let (account, took) = scene.heals(&now, before, &what).await;
        number += 1;
        longest = longest.max(took);
        let resolved = account.stage == Stage::Closed;
        if reply.is_some() {
            answered += 1;
            assert!(resolved, "{what}: what was answered holds: {account:?}");
        }
        done += usize::from(resolved);
        client.resolve(&now).await.row();
        let (account, _) = scene.heals(&now, before, "after all").await;
        assert_eq!((account.stage, account.joined, account.ended), (Stage::Closed, 1, 1), "kill {number}");
    }
    say(&format!(
        "{kills} kills: {answered} commands were answered, {done} done; all agreed within {} ms at most",
        longest.as_millis()
    ));
    assert!(longest < HEALED, "it took {longest:?}");
    let all = scene.visitor.transcript().await;
    let seqs: Vec<_> = all.iter().map(|message| message.seq.0).collect();
    assert!(seqs.iter().enumerate().all(|(at, seq)| *seq == u32::try_from(at).unwrap() + 1), "{seqs:?}");
}

impl Scene {
    /// The row of the visitor's open handoff.
    async fn waiting(&self) -> QueueRow {
        let path = "/v1/queue?stage=waiting";
        let looking = async {
            loop {
                let reply = self.clients[0].1.request("GET", path).send().await;
                let queue: protocol::routing::QueueReply = reply.ok();
                if let Some(row) = queue.items.into_iter().next() {
                    return row;
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(e2e::PATIENCE, looking).await.unwrap_or_else(|_| panic!("nobody waits in {}", self.tenant.id()))
    }
}

/// Past the test runner, which keeps what tests that pass print to itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "  {line}");
}
