//! Every command about a handoff: who may give it, what it is refused with, and that a refusal changes nothing.

use e2e::{Agent, Reply, Seat, Tenant, Visitor, staff};
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::room::{AgentRef, Message};
use protocol::routing::{ChangeDepartment, Decision, DepartmentDetails, Routing, TransferRequest};
use protocol::team::ChangeAgent;
use protocol::{AgentId, Delivery, DepartmentId, Epoch, HandoffId, Intent, Role, RoutingMode, Status, Timestamp};
use serde_json::{Value, json};

/// An answer, the code it should have, and whom it should name since when.
type Case = (&'static str, Reply, Code, Option<(AgentRef, Option<Timestamp>)>);

/// One handoff in every state. Cem is at capacity, Dora never came, nobody is in `empty`.
struct Scene {
    tenant: Tenant,
    ann: Seat,
    ben: Seat,
    cem: Seat,
    dora: Agent,
    sales: DepartmentId,
    empty: DepartmentId,
    visitors: Vec<Visitor>,
    /// Waits, and nobody is asked.
    waits: QueueRow,
    /// Ben is asked.
    rings: QueueRow,
    /// Ben has it.
    active: QueueRow,
    /// Ben has finished it.
    closed: QueueRow,
}

impl Scene {
    async fn new() -> Self {
        let tenant = Tenant::with(|asked| {
            asked.agents.push(staff("Dora"));
            asked.agents.iter_mut().for_each(|agent| agent.capacity = Some(10));
        })
        .await;
        let (mut ann, mut ben) = (tenant.ann_at_desk().await, tenant.ben_at_desk().await);
        let (mut cem, dora) = (tenant.cem_at_desk().await, tenant.sign_in(3).await);
        let (sales, empty) = (ann.add_department("Sales").await, ann.add_department("Empty").await);
        ann.puts(ben.id(), &[&sales, &tenant.created.department]).await;
        let routing = Routing {
            mode: RoutingMode::RoundRobin,
            delivery: Delivery::Offer,
            offer_ms: Routing::OFFER_MS.1,
            ..Routing::default()
        };
        let change = ChangeDepartment { routing: Some(routing), name: None };
        ann.change_department(&sales, &change).await.ok::<DepartmentDetails>();
        let mut visitors = Vec::new();
        for _ in 0..5 {
            visitors.push(tenant.asking().await);
        }
        ann.allows(cem.id(), 1).await;
        cem.picks_up(&visitors[4]).await;
        let active = ben.picks_up(&visitors[2]).await;
        let row = ben.picks_up(&visitors[3]).await;
        let closed = ben.resolve(&row).await.row();
        let row = ann.picks_up(&visitors[1]).await;
        ann.transfer_to_department(&row, &sales, None).await.row();
        let rings = ben.rung(&visitors[1]).await;
        let waits = ben.waiting(&visitors[0]).await;
        Self { tenant, ann, ben, cem, dora, sales, empty, visitors, waits, rings, active, closed }
    }

    /// All that a refused command could have changed.
    async fn picture(&self) -> (Vec<QueueRow>, Vec<Vec<Decision>>, Vec<Vec<Message>>, Vec<u32>) {
        let (mut rows, mut decisions, mut transcripts, mut loads) = (vec![], vec![], vec![], vec![]);
        for row in [&self.waits, &self.rings, &self.active, &self.closed] {
            // Its place in line is told by the way, in its own time.
            rows.push(QueueRow { place: None, ..self.ann.handoff(&row.handoff).await });
            decisions.push(self.ann.decisions(&row.handoff).await);
        }
        for visitor in &self.visitors {
            transcripts.push(visitor.transcript().await);
        }
        for agent in &self.tenant.created.agents {
            loads.push(self.ann.card(agent).await.load);
        }
        (rows, decisions, transcripts, loads)
    }

    fn ben(&self) -> AgentRef {
        self.active.agent.clone().expect("Ben")
    }
}

fn older(row: &QueueRow) -> QueueRow {
    QueueRow { epoch: Epoch(row.epoch.0.wrapping_sub(1)), ..row.clone() }
}

fn newer(row: &QueueRow) -> QueueRow {
    QueueRow { epoch: Epoch(row.epoch.0 + 1), ..row.clone() }
}

fn check(cases: Vec<Case>) {
    for (what, reply, code, named) in cases {
        println!("{what}");
        let problem = reply.refused(code);
        if let Some((by, at)) = named {
            assert_eq!(problem.by.as_ref(), Some(&by), "{what}: whom it names");
            assert_eq!(problem.at, at, "{what}: since when");
        }
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_an_agent_may_not_do_is_refused_with_the_reason_and_changes_nothing() {
    let s = Scene::new().await;
    let before = s.picture().await;
    let (ben, closed_at, picked_at) = (s.ben(), s.closed.closed_at, s.active.picked_at);
    let ended = || Some((ben.clone(), closed_at));
    let offered_at = s.rings.offer.as_ref().map(|offer| offer.at);
    let (waits, rings, active, closed) = (&s.waits, &s.rings, &s.active, &s.closed);
    use Code::*;
    check(vec![
        ("claim: another has it", s.ann.claim(active).await, Taken, Some((ben.clone(), picked_at))),
        ("claim: another is asked", s.ann.claim(rings).await, Offered, Some((ben.clone(), offered_at))),
        ("claim: it is over", s.ann.claim(closed).await, NotOpen, ended()),
        ("claim: from before", s.ben.claim(&older(rings)).await, StaleEpoch, None),
        ("claim: from nowhere", s.ben.claim(&newer(waits)).await, StaleEpoch, None),
        ("claim: not there", s.dora.claim(waits).await, NotRoutable, None),
        ("claim: full", s.cem.claim(waits).await, AtCapacity, None),
        ("accept: nobody is asked", s.ben.accept(waits).await, NotOffered, None),
        ("accept: another is asked", s.ann.accept(rings).await, NotOffered, None),
        ("accept: another has it", s.ann.accept(active).await, Taken, Some((ben.clone(), picked_at))),
        ("accept: it is over", s.ann.accept(closed).await, NotOpen, ended()),
        ("accept: from before", s.ben.accept(&older(rings)).await, StaleEpoch, None),
        ("decline: nobody is asked", s.ben.decline(waits).await, NotOffered, None),
        ("decline: another is asked", s.cem.decline(rings).await, NotOffered, None),
        ("decline: one has it", s.ben.decline(active).await, NotOffered, None),
        ("decline: it is over", s.ann.decline(closed).await, NotOpen, ended()),
        ("decline: from before", s.ben.decline(&older(rings)).await, StaleEpoch, None),
        ("release: nobody has it", s.ben.release(waits).await, NotOwner, None),
        ("release: one is asked", s.ben.release(rings).await, NotOwner, None),
        ("release: another has it", s.cem.release(active).await, NotOwner, None),
        ("release: another has it, to an admin", s.ann.release(active).await, NotOwner, None),
        ("release: it is over", s.ann.release(closed).await, NotOpen, ended()),
        ("release: from before", s.ben.release(&older(active)).await, StaleEpoch, None),
        ("resolve: nobody has it", s.ben.resolve(waits).await, NotOwner, None),
        ("resolve: one is asked", s.ben.resolve(rings).await, NotOwner, None),
        ("resolve: another has it", s.ann.resolve(active).await, NotOwner, None),
        ("resolve: another has ended it", s.cem.resolve(closed).await, NotOpen, ended()),
        ("resolve: from before", s.ben.resolve(&older(active)).await, StaleEpoch, None),
    ]);
    assert_eq!(s.picture().await, before);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_given_or_passed_on_goes_to_somebody_who_can_take_it_or_stays() {
    let s = Scene::new().await;
    let before = s.picture().await;
    let (ben, closed_at) = (s.ben(), s.closed.closed_at);
    let ended = || Some((ben.clone(), closed_at));
    let named = |seat: &Agent| Some((AgentRef { id: seat.id().clone(), name: seat.me.name.clone() }, None));
    let (waits, rings, active, closed) = (&s.waits, &s.rings, &s.active, &s.closed);
    let (stranger, nowhere) = (AgentId::random(e2e::seed()), DepartmentId::random(e2e::seed()));
    let other = Tenant::new().await;
    let (spy, abroad) = (&other.created.agents[1], &other.created.department);
    let (me, cem, dora) = (s.ben.id(), s.cem.id(), s.dora.id());
    let transfer = async |who: &Agent, body: Value| {
        who.request("POST", &format!("/v1/handoffs/{}/transfer", active.handoff)).json(&body).send().await
    };
    let epoch = active.epoch;
    use Code::*;
    check(vec![
        ("take over: it is over", s.ann.take_over(closed).await, NotOpen, ended()),
        ("take over: from before", s.ann.take_over(&older(active)).await, StaleEpoch, None),
        ("take over: not an admin", s.cem.take_over(active).await, Forbidden, None),
        ("assign: not an admin", s.ben.assign(active, cem).await, Forbidden, None),
        ("assign: to nobody", s.ann.assign(waits, &stranger).await, NotFound, None),
        ("assign: to another tenant's", s.ann.assign(waits, spy).await, NotFound, None),
        ("assign: to one who is not there", s.ann.assign(waits, dora).await, AgentNotRoutable, named(&s.dora)),
        ("assign: to one who is full", s.ann.assign(active, cem).await, AgentAtCapacity, named(&s.cem)),
        ("assign: to whom it is", s.ann.assign(active, me).await, AlreadyThere, None),
        ("assign: it is over", s.ann.assign(closed, me).await, NotOpen, ended()),
        ("assign: from before", s.ann.assign(&older(active), cem).await, StaleEpoch, None),
        ("transfer: nobody's", s.ben.transfer(waits, me, None).await, NotOwner, None),
        ("transfer: another's", s.cem.transfer(active, cem, None).await, NotOwner, None),
        ("transfer: to one who is asked", s.cem.transfer(rings, cem, None).await, NotOwner, None),
        ("transfer: to nobody", s.ben.transfer(active, &stranger, None).await, NotFound, None),
        ("transfer: to another tenant's", s.ben.transfer(active, spy, None).await, NotFound, None),
        ("transfer: not there", s.ben.transfer(active, dora, None).await, AgentNotRoutable, named(&s.dora)),
        ("transfer: full", s.ben.transfer(active, cem, None).await, AgentAtCapacity, named(&s.cem)),
        ("transfer: to oneself", s.ben.transfer(active, me, None).await, AlreadyThere, None),
        ("transfer: to whom it is", s.ann.transfer(active, me, None).await, AlreadyThere, None),
        ("transfer: nowhere", s.ben.transfer_to_department(active, &nowhere, None).await, NotFound, None),
        ("transfer: abroad", s.ben.transfer_to_department(active, abroad, None).await, NotFound, None),
        ("transfer: into a void", s.ben.transfer_to_department(active, &s.empty, None).await, EmptyDepartment, None),
        ("transfer: where it waits", s.ann.transfer_to_department(rings, &s.sales, None).await, AlreadyThere, None),
        ("transfer: it is over", s.ann.transfer(closed, me, None).await, NotOpen, ended()),
        ("transfer: from before", s.ben.transfer(&older(active), s.ann.id(), None).await, StaleEpoch, None),
        ("transfer: to neither", transfer(&s.ben, json!({ "epoch": epoch })).await, Malformed, None),
        (
            "transfer: to both",
            transfer(&s.ben, json!({ "epoch": epoch, "agent": s.ann.id(), "department": s.sales })).await,
            Malformed,
            None,
        ),
        (
            "transfer: with an endless note",
            transfer(&s.ben, json!({ "epoch": epoch, "agent": s.ann.id(), "note": "x".repeat(4001) })).await,
            Malformed,
            None,
        ),
        (
            "transfer: with an empty note",
            transfer(&s.ben, json!({ "epoch": epoch, "agent": s.ann.id(), "note": " " })).await,
            Malformed,
            None,
        ),
    ]);
    s.ann.intend(Intent::Busy).await;
    check(vec![
        ("take over: not available", s.ann.take_over(waits).await, NotRoutable, None),
        ("transfer: busy", s.ben.transfer(active, s.ann.id(), None).await, AgentNotRoutable, named(&s.ann)),
    ]);
    s.ann.intend(Intent::Available).await;
    assert_eq!(s.picture().await, before);
    let active = active.clone();
    let Scene { mut ann, visitors, .. } = s;
    let me = ann.id().clone();
    ann.allows(&me, 1).await;
    ann.picks_up(&visitors[0]).await;
    check(vec![("take over: full", ann.take_over(&active).await, AtCapacity, None)]);
    assert_eq!(ann.handoff(&active.handoff).await.epoch, active.epoch);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_may_come_near_a_handoff_at_all() {
    let s = Scene::new().await;
    let other = Tenant::new().await;
    let spy = Seat::take(other.ann().await).await;
    let before = s.picture().await;
    let row = &s.active;
    let unknown = QueueRow { handoff: HandoffId::random(e2e::seed()), ..row.clone() };
    let transfer = TransferRequest { epoch: row.epoch, agent: Some(spy.id().clone()), department: None, note: None };
    let transfer = serde_json::to_value(transfer).unwrap();
    let assign = json!({ "epoch": row.epoch, "agent": spy.id() });
    let epoch = json!({ "epoch": row.epoch });
    for (verb, body) in [
        ("claim", &epoch),
        ("accept", &epoch),
        ("decline", &epoch),
        ("release", &epoch),
        ("resolve", &epoch),
        ("take_over", &epoch),
        ("assign", &assign),
        ("transfer", &transfer),
    ] {
        println!("{verb}");
        let path = |row: &QueueRow| format!("/v1/handoffs/{}/{verb}", row.handoff);
        let server = &s.tenant.server;
        server.post(&path(row)).origin(&server.url).json(body).send().await.refused(Code::Unauthenticated);
        let token = &s.visitors[2].boot.token;
        server.post(&path(row)).bearer(token).json(body).send().await.refused(Code::Unauthenticated);
        s.ben.request("POST", &path(row)).origin(s.tenant.origin()).json(body).send().await;
        // Another tenant's handoff is as unknown as one that never was.
        spy.request("POST", &path(row)).json(body).send().await.refused(Code::NotOpen);
        spy.request("POST", &path(&unknown)).json(body).send().await.refused(Code::NotOpen);
        let nonsense = format!("/v1/handoffs/ho_nonsense/{verb}");
        spy.request("POST", &nonsense).json(body).send().await.refused(Code::NotFound);
        for bad in [json!({}), json!({ "epoch": "new" }), json!({ "epoch": -1 }), json!([]), Value::Null] {
            spy.request("POST", &path(row)).json(&bad).send().await.refused(Code::Malformed);
        }
        spy.request("GET", &path(row)).send().await.refused(Code::MethodNotAllowed);
    }
    for path in [format!("/v1/handoffs/{}", row.handoff), format!("/v1/handoffs/{}", unknown.handoff)] {
        spy.request("GET", &path).send().await.refused(Code::NotFound);
        s.tenant.server.get(&path).send().await.refused(Code::Unauthenticated);
    }
    spy.request("GET", "/v1/handoffs/ho_nonsense").send().await.refused(Code::NotFound);
    for handoff in [&row.handoff, &s.closed.handoff, &unknown.handoff] {
        spy.reopen(handoff).await.refused(Code::NotFound);
    }
    let conversation = s.visitors[2].conversation();
    spy.vip(conversation, true).await.refused(Code::NotFound);
    let path = format!("/v1/conversations/{conversation}/vip");
    s.tenant.server.request("PUT", &path).json(&json!({ "vip": true })).send().await.refused(Code::Unauthenticated);
    s.ben.request("PUT", &path).json(&json!({ "vip": "very" })).send().await.refused(Code::Malformed);
    assert!(spy.queue("").await.items.is_empty());
    let decisions = spy.request("GET", &format!("/v1/handoffs/{}/decisions", row.handoff)).send().await;
    assert!(!decisions.text.contains(s.ben.id().as_str()), "{}", decisions.text);
    assert_eq!(s.picture().await, before);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_command_that_is_repeated_does_nothing_more_and_is_answered_clearly() {
    let mut s = Scene::new().await;
    let quiet = async |s: &Scene, what: &str, row: &QueueRow, reply: Reply, code: Option<Code>| {
        println!("{what} again");
        let now = s.ann.handoff(&row.handoff).await;
        assert_eq!(now.epoch, row.epoch, "{what} again");
        match code {
            Some(code) => drop(reply.refused(code)),
            None => assert_eq!(reply.row().epoch, row.epoch, "{what} again"),
        }
    };
    let (waits, rings) = (s.waits.clone(), s.rings.clone());
    let declined = s.ben.decline(&rings).await.row();
    quiet(&s, "decline", &declined, s.ben.decline(&rings).await, None).await;
    let claimed = s.ben.claim(&waits).await.row();
    quiet(&s, "claim", &claimed, s.ben.claim(&waits).await, None).await;
    quiet(&s, "accept", &claimed, s.ben.accept(&waits).await, None).await;
    let released = s.ben.release(&claimed).await.row();
    quiet(&s, "release", &released, s.ben.release(&claimed).await, Some(Code::NotOwner)).await;
    let assigned = s.ann.assign(&released, &s.ben.id().clone()).await.row();
    quiet(&s, "assign", &assigned, s.ann.assign(&released, s.ben.id()).await, Some(Code::AlreadyThere)).await;
    let taken = s.ann.take_over(&assigned).await.row();
    quiet(&s, "take over", &taken, s.ann.take_over(&assigned).await, None).await;
    let passed = s.ann.transfer(&taken, &s.ben.id().clone(), Some("Yours")).await.row();
    quiet(&s, "transfer", &passed, s.ann.transfer(&taken, s.ben.id(), Some("Yours")).await, Some(Code::AlreadyThere))
        .await;
    let resolved = s.ben.resolve(&passed).await.row();
    quiet(&s, "resolve", &resolved, s.ben.resolve(&passed).await, None).await;
    quiet(&s, "resolve", &resolved, s.ben.resolve(&resolved).await, None).await;
    let first = s.ann.reopen(&resolved.handoff).await.row();
    quiet(&s, "reopen", &first, s.ann.reopen(&resolved.handoff).await, None).await;
    assert_ne!(first.handoff, resolved.handoff);
    // Each was done once, as those say who looked on.
    let visitor = &s.visitors[0];
    let events: Vec<_> = visitor.transcript().await.into_iter().filter_map(|message| message.event).collect();
    use protocol::Event::*;
    let count = |event| events.iter().filter(|it| **it == event).count();
    assert_eq!(
        (count(AgentJoined), count(AgentLeft), count(EndedByAgent), count(Reopened)),
        (4, 1, 1, 1),
        "{events:?}"
    );
    s.ann.closed(&s.visitors[3]).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_is_not_there_any_more_accepts_nothing() {
    let routing = Routing { mode: RoutingMode::RoundRobin, offer_ms: 300_000, ..Routing::default() };
    let tenant = Tenant::routed(routing).await;
    let mut ann = tenant.ann_at_desk().await;
    ann.puts(&ann.id().clone(), &[]).await;
    let ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ann.offered(&visitor, ben.id()).await;
    // In the grace the offer is still theirs, and they are not there to take it.
    let Seat { agent, desk } = ben;
    desk.close().await;
    agent.accept(&row).await.refused(Code::NotRoutable);
    assert_eq!(ann.handoff(&row.handoff).await.epoch, row.epoch);
    ann.sees(agent.id(), Status::Offline).await;
    let after = ann.row(&visitor, "no offer", |row| row.offer.is_none()).await;
    agent.accept(&row).await.refused(Code::NotOffered);
    agent.accept(&after).await.refused(Code::NotOffered);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn one_who_is_no_admin_any_more_takes_nothing_over() {
    let tenant = Tenant::with(|asked| asked.agents[2].role = Role::ClientAdmin).await;
    let (ann, mut ben) = (tenant.ann().await, tenant.ben_at_desk().await);
    let cem = tenant.cem_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ben.picks_up(&visitor).await;
    let change = ChangeAgent { role: Some(Role::SupportStaff), ..ChangeAgent::default() };
    ann.change(cem.id(), &change).await.ok::<protocol::team::AgentDetails>();
    cem.take_over(&row).await.refused(Code::Unauthenticated);
    let again = tenant.cem_at_desk().await;
    again.take_over(&row).await.refused(Code::Forbidden);
    again.assign(&row, again.id()).await.refused(Code::Forbidden);
    again.transfer(&row, again.id(), None).await.refused(Code::NotOwner);
    assert_eq!(ben.handoff(&row.handoff).await.epoch, row.epoch);
}
