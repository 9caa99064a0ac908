//! The team by HTTP: lists, counts, departments, what admins may do and others may not.

use crate::main_path::keep;
use e2e::{Agent, Request, Tenant};
use protocol::desk::AgentCard;
use protocol::problem::Code;
use protocol::team::*;
use protocol::{AgentId, Cause, Deed, Intent, Reachability, Stage, Status};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{sleep, timeout};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_list_filters_and_pages_and_shows_who_never_came() {
    let tenant = Tenant::new().await;
    let (ann, ben) = (tenant.ann().await, tenant.ben().await);
    keep(ben.desk().await);
    let all: AgentsReply = ann.get("/v1/agents").await;
    let names = |cards: &[AgentCard]| cards.iter().map(|card| card.name.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&all.items), ["Ann", "Ben", "Cem"]);
    let cem = &all.items[2];
    assert_eq!((cem.status, cem.seen_at, cem.load, cem.capacity), (Status::Offline, None, 0, 2));
    assert_eq!(cem.departments, std::slice::from_ref(&tenant.created.department));

    let (mut paged, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page: AgentsReply = ann.get(&format!("/v1/agents?limit=1{cursor}")).await;
        paged.extend(page.items);
        cursor = page.cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
    }
    assert_eq!((names(&paged), cursor.as_str()), (names(&all.items), ""));

    let sales: DepartmentCard =
        ann.request("POST", "/v1/departments").json(&json!({"name": "Sales"})).send().await.ok();
    let change = ChangeAgent { departments: Some(vec![sales.id.clone()]), ..ChangeAgent::default() };
    ann.change(&cem.id, &change).await.ok::<AgentDetails>();
    for (query, expected) in [
        (format!("department={}", sales.id), vec!["Cem"]),
        (format!("department={}", tenant.created.department), vec!["Ann", "Ben"]),
        ("status=available".to_owned(), vec!["Ben"]),
        (format!("status=offline&department={}", tenant.created.department), vec!["Ann"]),
        ("status=busy".to_owned(), vec![]),
    ] {
        let page: AgentsReply = ann.get(&format!("/v1/agents?{query}")).await;
        assert_eq!(names(&page.items), expected, "{query}");
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn counts_are_of_this_moment() {
    let tenant = Tenant::new().await;
    let (ann, ben) = (tenant.ann().await, tenant.ben().await);
    let mut desk = ben.desk().await;
    keep(tenant.cem().await.desk().await);
    let visitor = tenant.visitor().await;
    visitor.ask().await;
    let row = desk.row(visitor.conversation(), Stage::Waiting).await;
    ben.claim(&row).await.row();
    let reply: PresenceReply = ann.get("/v1/presence").await;
    let expected = Counts { agents: 3, online: 2, available: 2, offline: 1, load: 1, spare: 3, ..Counts::default() };
    assert_eq!(reply.tenant, expected);
    assert_eq!(reply.departments.len(), 1);
    assert_eq!((reply.departments[0].counts, reply.departments[0].department.covered), (expected, true));
    ben.intend(Intent::InMeeting).await;
    let reply: PresenceReply = ann.get("/v1/presence").await;
    assert_eq!((reply.tenant.occupied, reply.tenant.available, reply.tenant.spare), (1, 1, 2));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_department_that_nobody_covers_is_shown_at_once() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    ann.intend(Intent::Away).await;
    let mut watch = ann.desk().await;
    let support = &tenant.created.department;
    watch.covered(support, false).await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    watch.covered(support, true).await;
    for _ in 0..2 {
        let visitor = tenant.visitor().await;
        visitor.ask().await;
        let row = desk.row(visitor.conversation(), Stage::Waiting).await;
        ben.claim(&row).await.row();
    }
    // Two of two: nobody can take one more.
    watch.covered(support, false).await;
    let more = ChangeAgent { capacity: Some(3), ..ChangeAgent::default() };
    ann.change(ben.id(), &more).await.ok::<AgentDetails>();
    watch.covered(support, true).await;
    ben.sign_out().await;
    watch.covered(support, false).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_admin_chooses_for_others_and_it_is_written_down() {
    let tenant = Tenant::new().await;
    let (ann, ben) = (tenant.ann().await, tenant.ben().await);
    let mut desk = ben.desk().await;
    desk.status(ben.id(), Status::Available).await;
    let path = format!("/v1/agents/{}/intent", ben.id());
    let card: AgentCard = ann.request("PUT", &path).json(&json!({"intent": "break"})).send().await.ok();
    assert_eq!(card.status, Status::Break);
    desk.status(ben.id(), Status::Break).await;
    let AuditReply { items, .. } = ann.get("/v1/audit").await;
    let entry = items.iter().find(|entry| entry.deed == Deed::SetIntent).expect("an entry");
    assert_eq!((&entry.by, entry.subject.as_str(), entry.detail.as_str()), (ann.id(), ben.id().as_str(), "break"));
    let change = history(&ann, ben.id(), |items| items[0].cause == Cause::Admin).await;
    assert_eq!((change[0].intent, change[0].by.as_ref()), (Intent::Break, Some(ann.id())));
}

/// An agent's changes, newest first, once they are as expected: they are published a moment later.
async fn history(who: &Agent, of: &AgentId, fits: impl Fn(&[PresenceChange]) -> bool) -> Vec<PresenceChange> {
    let asking = async {
        loop {
            let PresenceHistoryReply { items, .. } = who.get(&format!("/v1/agents/{of}/presence")).await;
            if !items.is_empty() && fits(&items) {
                return items;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(e2e::PATIENCE, asking).await.expect("the history")
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn every_change_is_kept_with_its_cause() {
    let tenant = Tenant::new().await;
    let (ann, ben) = (tenant.ann().await, tenant.ben().await);
    let mut watch = ann.desk().await;
    let desk = ben.desk().await;
    watch.status(ben.id(), Status::Available).await;
    desk.idle(true);
    watch.status(ben.id(), Status::Away).await;
    desk.idle(false);
    watch.status(ben.id(), Status::Available).await;
    ben.intend(Intent::Busy).await;
    ben.intend(Intent::Busy).await;
    desk.close().await;
    watch.card("in the grace", ben.id(), |card| card.reachability == Reachability::Grace).await;
    let desk = ben.desk().await;
    watch.card("reloaded", ben.id(), |card| card.reachability == Reachability::Connected).await;
    desk.freeze();
    watch.card("vanished", ben.id(), |card| card.reachability == Reachability::Offline).await;
    keep(ben.desk().await);
    watch.card("back", ben.id(), |card| card.reachability == Reachability::Connected).await;
    ben.sign_out().await;
    watch.card("signed out", ben.id(), |card| card.reachability == Reachability::Offline).await;
    let mut items = history(&ann, ben.id(), |items| items.len() >= 9).await;
    items.reverse();
    let causes: Vec<Cause> = items.iter().map(|change| change.cause).collect();
    use Cause::{Active, Closed, Idle, Manual, Reloaded, SignedIn, SignedOut, Vanished};
    assert_eq!(causes, [SignedIn, Idle, Active, Manual, Closed, Reloaded, Vanished, SignedIn, SignedOut]);
    assert_eq!(items[4].reachability, Reachability::Grace);
    assert!(items.is_sorted_by_key(|change| change.at), "{items:?}");

    let now = items[8].at.0;
    let path = format!("/v1/reports/presence?from={}&to={}&offset_min=0", now - 86_400_000, now + 86_400_000);
    let PresenceReport { items: days } = ann.get(&path).await;
    let of_ben: Vec<_> = days.iter().filter(|day| day.agent == *ben.id()).collect();
    let online: u32 = of_ben.iter().map(|day| day.online_s).sum();
    let available: u32 = of_ben.iter().map(|day| day.available_s).sum();
    assert!(online >= 3 && available <= online, "{of_ben:?}");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn settings_hold_at_once_and_stay_within_their_ranges() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    let mut watch = ann.desk().await;
    watch.welcome().await;
    let put = |body: Value| ann.request("PUT", "/v1/settings/presence").json(&body);
    for bad in [
        json!({"stale_after_ms": 29_999}),
        json!({"stale_after_ms": 600_001}),
        json!({"grace_ms": 60_001}),
        json!({"idle_after_ms": 59_999}),
        json!({"idle_after_ms": 3_600_001}),
    ] {
        put(bad).send().await.refused(Code::OutOfRange);
    }
    put(json!({"idle_after_ms": "soon"})).send().await.refused(Code::Malformed);
    let settings: PresenceSettings = put(json!({"stale_after_ms": 90_000, "idle_after_ms": 600_000})).send().await.ok();
    assert_eq!((settings.stale_after_ms, settings.idle_after_ms), (90_000, 600_000));
    let pick = |frame| match frame {
        protocol::desk::DeskDown::Settings { settings } => Some(settings),
        _ => None,
    };
    assert_eq!(watch.expect("the new settings", pick).await, settings);
    assert_eq!(ann.get::<PresenceSettings>("/v1/settings/presence").await, settings);
    let client = tenant.client_of_ben().await;
    assert_eq!(client.beat(false).await.ok::<HeartbeatReply>().beat_every_ms, 30_000);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn admins_add_and_change_people() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    let mut watch = ann.desk().await;
    watch.welcome().await;
    let email = format!("dora.{:x}@test.example", e2e::seed());
    let add = |change: Value| {
        let mut body = json!({"email": email, "name": "Dora", "role": "support_staff", "password": "a good password"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        ann.request("POST", "/v1/agents").json(&body)
    };
    add(json!({"capacity": 0})).send().await.refused(Code::OutOfRange);
    add(json!({"capacity": 51})).send().await.refused(Code::OutOfRange);
    add(json!({"password": "short"})).send().await.refused(Code::BadPassword);
    add(json!({"email": "nobody"})).send().await.refused(Code::BadEmail);
    add(json!({"role": "platform_admin"})).send().await.refused(Code::Malformed);
    add(json!({"departments": [protocol::DepartmentId::random(7)]})).send().await.refused(Code::NotFound);
    let reply = add(json!({"departments": [tenant.created.department]})).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let dora: AgentDetails = reply.ok();
    assert_eq!((dora.capacity, dora.active), (5, true));
    watch.status(&dora.id, Status::Offline).await;
    add(json!({})).send().await.refused(Code::Exists);
    for bad in [0, 51] {
        ann.change(&dora.id, &ChangeAgent { capacity: Some(bad), ..ChangeAgent::default() })
            .await
            .refused(Code::OutOfRange);
    }
    let agent = Agent::sign_in(tenant.server.clone(), &email, "a good password").await;
    let mut desk = agent.desk().await;
    desk.status(&dora.id, Status::Available).await;
    let name = protocol::Name::parse("Dora D.").ok();
    ann.change(&dora.id, &ChangeAgent { name, capacity: Some(50), ..ChangeAgent::default() })
        .await
        .ok::<AgentDetails>();
    desk.card("renamed", &dora.id, |card| card.name.as_str() == "Dora D." && card.capacity == 50).await;
    let TeamReply { items, .. } = ann.get("/v1/team").await;
    assert_eq!(items.len(), 4);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn who_may_do_what() {
    let (tenant, other) = (Tenant::new().await, Tenant::new().await);
    let (ann, ben, spy) = (tenant.ann().await, tenant.ben().await, other.ann().await);
    let cem = &tenant.created.agents[2];
    let path = |rest: &str| format!("/v1/agents/{cem}{rest}");
    let admins_only: Vec<(&str, String, Value)> = vec![
        ("PUT", path("/intent"), json!({"intent": "away"})),
        ("PATCH", path(""), json!({"capacity": 3})),
        ("GET", path("/sign_ins"), Value::Null),
        ("GET", path("/presence"), Value::Null),
    ];
    let tenant_wide: Vec<(&str, String, Value)> = vec![
        (
            "POST",
            "/v1/agents".into(),
            json!({"email": "x@y.example", "name": "X", "role": "support_staff", "password": "long enough"}),
        ),
        ("GET", "/v1/team".into(), Value::Null),
        ("PUT", "/v1/settings/presence".into(), json!({"grace_ms": 5000})),
        ("POST", "/v1/departments".into(), json!({"name": "Sales"})),
        ("GET", "/v1/reports/presence?from=0&to=1&offset_min=0".into(), Value::Null),
        ("GET", "/v1/audit".into(), Value::Null),
    ];
    let send = |request: Request, body: &Value| if body.is_null() { request } else { request.json(body) };
    for (method, path, body) in admins_only.iter().chain(&tenant_wide) {
        let nobody = tenant.server.request(method, path).origin(&tenant.server.url);
        send(nobody, body).send().await.refused(Code::Unauthenticated);
        send(ben.request(method, path), body).send().await.refused(Code::Forbidden);
    }
    for (method, path, body) in &admins_only {
        send(spy.request(method, path), body).send().await.refused(Code::NotFound);
        let unknown = path.replace(cem.as_str(), AgentId::random(e2e::seed()).as_str());
        send(ann.request(method, &unknown), body).send().await.refused(Code::NotFound);
        let wrong = path.replace(cem.as_str(), "ag_nonsense");
        send(ann.request(method, &wrong), body).send().await.refused(Code::Malformed);
    }
    for (path, code) in [
        ("/v1/agents/ag_nonsense".to_owned(), Code::Malformed),
        (format!("/v1/agents/{}", AgentId::random(1)), Code::NotFound),
        ("/v1/agents?status=asleep".to_owned(), Code::Malformed),
        ("/v1/agents?department=dp_nonsense".to_owned(), Code::Malformed),
        ("/v1/agents?limit=0".to_owned(), Code::Malformed),
        ("/v1/agents?limit=201".to_owned(), Code::Malformed),
        ("/v1/agents?cursor=%00".to_owned(), Code::Malformed),
        ("/v1/reports/presence?from=1".to_owned(), Code::Malformed),
        ("/v1/reports/presence?from=0&to=9999999999999&offset_min=0".to_owned(), Code::Malformed),
    ] {
        ann.request("GET", &path).send().await.refused(code);
    }
    for intent in [json!({"intent": "asleep"}), json!({"intent": "offline"}), json!({}), json!({"intent": 1})] {
        ben.request("PUT", "/v1/agents/me/intent").json(&intent).send().await.refused(Code::Malformed);
    }
    assert_eq!(ann.card(cem).await.intent, Intent::Available, "nothing has changed");
    spy.request("GET", &path("")).send().await.refused(Code::NotFound);
    // Another tenant's agents are not in the list, and without an origin a cookie opens no socket.
    let all: AgentsReply = spy.get("/v1/agents").await;
    assert!(all.items.iter().all(|card| card.id != *cem));
    let bare = tenant.server.upgrade("/v1/desk/socket").header("cookie", &ben.cookie);
    bare.send().await.refused(Code::OriginNotAllowed);
}
