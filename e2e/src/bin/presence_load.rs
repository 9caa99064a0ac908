//! One tenant with thousands of agents who beat every 15 s, some by socket and the rest by HTTP: what the desk holds,
//! what it costs, and how fast questions are answered meanwhile. How to run it: bench/README.md.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement, which stops where it cannot go on")]

#[path = "common/runtime.rs"]
#[allow(dead_code, reason = "not every measurement kills its server")]
mod runtime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::{Server, Tenant, seed};
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use protocol::room::{PING, PONG};
use protocol::{AgentId, SignInId};
use runtime::{Runtime, sqlite};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{env, fs};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// As dashboards beat, where nobody says otherwise.
const BEAT: Duration = Duration::from_secs(15);
/// How long each stage is looked at.
const WINDOW: Duration = Duration::from_secs(30);
/// Sockets that open at the same time.
const AT_ONCE: usize = 16;
/// Tenants without anybody.
const IDLE_TENANTS: usize = 20;

#[tokio::main]
async fn main() {
    let number = |name: &str, usual: usize| env::var(name).map_or(usual, |text| text.parse().expect("a number"));
    let (agents, most) = (number("AGENTS", 5000), number("SOCKETS", 2500));
    let runtime = Runtime::start(&[]).await;
    let tenant = Tenant::on(Server::at(&runtime.url)).await;
    let people = people(&tenant, agents, &runtime);
    let direct = Server::at(&runtime::behind(&runtime.url).await.url);
    println!(
        "asked at {}; {agents} agents",
        if direct.url == runtime.url { "wrangler's door" } else { "workerd itself" }
    );
    let ann = e2e::Agent::sign_in(direct.clone(), tenant.asked.agents[0].email.as_str(), e2e::PASSWORD).await;
    let bench = Bench { runtime, tenant, direct, ann, tally: Arc::default(), empty: Default::default() };
    bench.availability().await;
    bench.idle_tenants().await;
    let empty = bench.runtime.memory();
    if agents > most {
        bench.beat_by_http(&people[most..]).await;
        bench.stage(0, agents - most, empty).await;
    }
    let base = bench.runtime.memory();
    let mut open = 0;
    for wanted in [most / 10, most * 3 / 10, most] {
        let began = Instant::now();
        bench.open(&people[open..wanted]).await;
        let each = began.elapsed() / u32::try_from(wanted - open).expect("few");
        println!("{open} to {wanted} sockets opened, one every {:.1} ms", each.as_secs_f64() * 1e3);
        open = wanted;
        bench.stage(open, agents - most, base).await;
    }
    bench.availability().await;
}

/// Who beats: `cookie` for a socket, `token` for HTTP.
struct Person {
    cookie: String,
    token: String,
}

/// What came back.
#[derive(Default)]
struct Tally {
    pongs: AtomicU64,
    beats: AtomicU64,
    /// By status; 0 where there was no answer.
    refused: Mutex<BTreeMap<u16, u32>>,
    frames: AtomicU64,
    lost: AtomicU64,
    waits: Mutex<Vec<Duration>>,
}

struct Bench {
    runtime: Runtime,
    tenant: Tenant,
    direct: Server,
    ann: e2e::Agent,
    tally: Arc<Tally>,
    empty: reqwest::Client,
}

impl Bench {
    /// Everybody beats, one asks.
    async fn stage(&self, sockets: usize, programs: usize, base: u64) {
        // Who has just come has to beat once.
        sleep(BEAT).await;
        let (before, began) = (self.tenant.vitals().await, Instant::now());
        let counts = || [&self.tally.pongs, &self.tally.beats, &self.tally.frames].map(|it| it.load(Relaxed));
        let start = counts();
        lock(&self.tally.waits).clear();
        let (mut presence, mut agents) = (Vec::new(), Vec::new());
        while began.elapsed() < WINDOW {
            presence.push(self.asked("/v1/presence").await);
            agents.push(self.asked("/v1/agents").await);
            sleep(Duration::from_millis(100)).await;
        }
        let (after, took, end) = (self.tenant.vitals().await, began.elapsed().as_secs_f64(), counts());
        let rate = |at: usize| (end[at] - start[at]) as f64 / took;
        let memory = self.runtime.memory();
        let waits = std::mem::take(&mut *lock(&self.tally.waits));
        println!("{sockets} sockets and {programs} programs ({} leases):", after.leases);
        println!("  beats/s {:.0} by socket, {:.0} by HTTP; pong after {}", rate(0), rate(1), figures(waits));
        let alarms = f64::from(after.alarms.saturating_sub(before.alarms)) * 3600.0 / took;
        println!("  alarms an hour {alarms:.0} (awake all the time: {})", after.awake_since == before.awake_since);
        println!("  GET /v1/presence {}; GET /v1/agents {}", figures(presence), figures(agents));
        let each = memory.saturating_sub(base) as f64 / (sockets.max(1) as f64);
        println!("  workerd {} MB, {each:.0} KB a socket more than before the first", memory / 1024);
        let (lost, refused) = (self.tally.lost.load(Relaxed), std::mem::take(&mut *lock(&self.tally.refused)));
        println!("  sockets lost {lost}, beats refused (by status) {refused:?}, frames beside pongs {:.1}/s", rate(2));
    }

    async fn asked(&self, path: &str) -> Duration {
        let began = Instant::now();
        let request = self.empty.get(format!("{}{path}", self.direct.url)).header("cookie", &self.ann.cookie);
        let reply = request.send().await.expect("an answer");
        assert!(reply.status().is_success(), "{path}: {}", reply.status());
        reply.bytes().await.expect("a body");
        began.elapsed()
    }

    /// The answer for a page view against a file, one after the other.
    async fn availability(&self) {
        let path = format!("/v1/widget/availability?key={}", self.tenant.created.key);
        let (mut ours, mut file, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..300 {
            ours.push(self.asked(&path).await);
            file.push(self.asked("/beckon.js").await);
            bare.push(self.asked("/v1/health").await);
        }
        let ours_to =
            |other: &mut [Duration], ours: &mut [Duration]| median(ours).as_secs_f64() / median(other).as_secs_f64();
        let (to_file, to_bare) = (ours_to(&mut file, &mut ours), ours_to(&mut bare, &mut ours));
        println!("availability {}; a static file {}; the clock {}", figures(ours), figures(file), figures(bare));
        println!("  ratio of medians: {to_file:.2} to a file, {to_bare:.2} to an answer that needs nothing");
    }

    /// Tenants without connected agents must not be woken.
    async fn idle_tenants(&self) {
        let tenants = join_all((0..IDLE_TENANTS).map(|_| Tenant::on(self.tenant.server.clone()))).await;
        self.tenant.server.cron().await;
        let vitals = join_all(tenants.iter().map(Tenant::vitals)).await;
        let armed = vitals.iter().filter(|it| it.alarm_at.is_some()).count();
        let alarms: u32 = vitals.iter().map(|it| it.alarms).sum();
        println!("{IDLE_TENANTS} idle tenants: {armed} with an alarm, {alarms} alarms rung");
    }

    async fn open(&self, people: &[Person]) {
        for some in people.chunks(AT_ONCE) {
            join_all(some.iter().map(|person| self.open_one(person))).await;
        }
    }

    async fn open_one(&self, person: &Person) {
        let mut request = self.direct.ws("/v1/desk/socket").into_client_request().expect("an address");
        for (name, value) in [("cookie", &person.cookie), ("origin", &self.direct.url)] {
            request.headers_mut().insert(name, value.parse().expect("a header"));
        }
        let (mut socket, _) = connect_async(request).await.expect("a desk socket");
        let tally = self.tally.clone();
        tokio::spawn(async move {
            let (mut beat, mut sent) = (interval_at_random(), Instant::now());
            loop {
                tokio::select! {
                    _ = beat.tick() => {
                        sent = Instant::now();
                        let _ = socket.send(Message::text(PING)).await;
                    }
                    coming = socket.next() => match coming {
                        Some(Ok(Message::Text(text))) if text.as_str() == PONG => {
                            tally.pongs.fetch_add(1, Relaxed);
                            lock(&tally.waits).push(sent.elapsed());
                        }
                        Some(Ok(Message::Close(_)) | Err(_)) | None => {
                            tally.lost.fetch_add(1, Relaxed);
                            return;
                        }
                        Some(Ok(_)) => drop(tally.frames.fetch_add(1, Relaxed)),
                    },
                }
            }
        });
    }

    /// Their programs beat by themselves from now on.
    async fn beat_by_http(&self, people: &[Person]) {
        let url = format!("{}/v1/agents/me/heartbeat", self.direct.url);
        for person in people {
            let request = self.empty.post(&url).bearer_auth(&person.token);
            let tally = self.tally.clone();
            tokio::spawn(async move {
                let mut beat = interval_at_random();
                loop {
                    beat.tick().await;
                    let sent = request.try_clone().expect("no body").send().await;
                    match sent.map_or(0, |reply| reply.status().as_u16()) {
                        200 => drop(tally.beats.fetch_add(1, Relaxed)),
                        other => *lock(&tally.refused).entry(other).or_default() += 1,
                    }
                }
            });
        }
        sleep(BEAT).await;
    }
}

/// Every 15 s, from some moment of the next 15 s on.
fn interval_at_random() -> tokio::time::Interval {
    let part = u32::try_from(seed() % 15_000).unwrap_or_default();
    tokio::time::interval_at(Instant::now() + Duration::from_millis(part.into()), BEAT)
}

/// Writes agents and their sign-ins into D1 themselves: by the API each would cost two hashes of a password.
fn people(tenant: &Tenant, count: usize, runtime: &Runtime) -> Vec<Person> {
    let (id, department) = (tenant.id(), &tenant.created.department);
    let mut sql = String::from("BEGIN;\n");
    let mut people = Vec::new();
    for number in 0..count {
        let agent = AgentId::random(seed());
        let (secret, token) = (format!("{:032x}", seed()), format!("bk_{:032x}", seed()));
        let _ = writeln!(
            sql,
            "INSERT INTO agent (tenant, id, email, name, role, capacity, password_hash, created_ms) \
            VALUES ('{id}', '{agent}', '{agent}@bench.example', 'Agent {number}', 'support_staff', 5, 'none', 0);\n\
            INSERT INTO department_agent VALUES ('{id}', '{department}', '{agent}');"
        );
        for (kind, token) in [("browser", &secret), ("api", &token)] {
            let (sign_in, hash) = (SignInId::random(seed()), URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes())));
            let _ = writeln!(
                sql,
                "INSERT INTO sign_in (token_hash, tenant, id, agent, browser, kind, began_ms, expires_ms) \
                VALUES ('{hash}', '{id}', '{sign_in}', '{agent}', 'bench', '{kind}', 0, 4102444800000);"
            );
        }
        people.push(Person { cookie: format!("__Host-beckon={secret}"), token });
    }
    let _ = write!(sql, "UPDATE tenant SET roster_v = roster_v + 1 WHERE id = '{id}';\nCOMMIT;\n");
    let file = runtime.state.join("people.sql");
    fs::write(&file, sql).expect("a file");
    let read = format!(".read {}", file.display());
    let database = runtime.databases("D1DatabaseObject").pop().expect("a database");
    sqlite(&database, &read);
    people
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn figures(mut times: Vec<Duration>) -> String {
    let middle = median(&mut times);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let late = times.get((times.len() * 99 / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default();
    format!("p50 {:.1} ms, p99 {:.1} ms of {}", ms(middle), ms(late), times.len())
}
