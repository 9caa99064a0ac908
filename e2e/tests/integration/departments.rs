//! What admins say about departments, widgets and the lives of conversations.

use e2e::{Agent, Request, Tenant};
use protocol::problem::Code;
use protocol::routing::*;
use protocol::team::AuditReply;
use protocol::{Deed, Delivery, DepartmentId, Priority, RoutingMode, WhenDeclined, WidgetId};
use serde_json::{Value, json};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_department_is_changed_and_told_to_everybody() {
    let tenant = Tenant::new().await;
    let (ann, mut ben) = (tenant.ann().await, tenant.ben_at_desk().await);
    let support = tenant.created.department.clone();
    let sales = ann.add_department("Sales").await;
    let DepartmentsReply { items } = ben.get("/v1/departments").await;
    let names: Vec<_> = items.iter().map(|it| (it.name.as_str(), it.routing.mode)).collect();
    assert_eq!(names, [("Sales", RoutingMode::Manual), ("Support", RoutingMode::Manual)]);
    assert_eq!(items[0].routing, Routing::default());
    let routing = Routing {
        mode: RoutingMode::LeastLoaded,
        delivery: Delivery::Assign,
        offer_ms: 5_000,
        sticky: false,
        fallback: Some(sales.clone()),
        when_declined: WhenDeclined::Form,
        form_after_ms: 0,
        alert_after_ms: 86_400_000,
    };
    let change = ChangeDepartment { name: protocol::Name::parse("Help").ok(), routing: Some(routing.clone()) };
    let changed: DepartmentDetails = ann.change_department(&support, &change).await.ok();
    let expected = DepartmentDetails { id: support.clone(), name: change.name.clone().unwrap(), routing };
    assert_eq!(changed, expected);
    let renamed = |desk: &e2e::Desk| desk.departments.get(&support).filter(|it| it.name.as_str() == "Help").map(drop);
    ben.desk.until("the new name", renamed).await;
    // A name alone leaves the rules as they are; rules that are not told are as usual.
    let name = ChangeDepartment { name: protocol::Name::parse("Support").ok(), routing: None };
    assert_eq!(ann.change_department(&support, &name).await.ok::<DepartmentDetails>().routing, expected.routing);
    let path = format!("/v1/departments/{support}");
    let little = json!({ "routing": { "mode": "round_robin" } });
    let changed: DepartmentDetails = ann.request("PATCH", &path).json(&little).send().await.ok();
    assert_eq!(changed.routing, Routing { mode: RoutingMode::RoundRobin, ..Routing::default() });
    let DepartmentsReply { items } = ben.get("/v1/departments").await;
    assert_eq!(items[1], changed);
    assert!(audited(&ann, Deed::ChangeDepartment).await.contains(&support.to_string()));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_out_of_range_or_leads_nowhere_changes_nothing() {
    let (tenant, other) = (Tenant::new().await, Tenant::new().await);
    let ann = tenant.ann().await;
    let support = tenant.created.department.clone();
    ann.add_department("Sales").await;
    let before: Value = ann.get("/v1/departments").await;
    let path = format!("/v1/departments/{support}");
    use Code::*;
    for (body, code) in [
        (json!({ "routing": { "offer_ms": 4_999 } }), OutOfRange),
        (json!({ "routing": { "offer_ms": 300_001 } }), OutOfRange),
        (json!({ "routing": { "form_after_ms": 9_999 } }), OutOfRange),
        (json!({ "routing": { "form_after_ms": 86_400_001 } }), OutOfRange),
        (json!({ "routing": { "alert_after_ms": 1 } }), OutOfRange),
        (json!({ "routing": { "alert_after_ms": 86_400_001 } }), OutOfRange),
        (json!({ "routing": { "offer_ms": -1 } }), Malformed),
        (json!({ "routing": { "offer_ms": "soon" } }), Malformed),
        (json!({ "routing": { "mode": "by_luck" } }), Malformed),
        (json!({ "routing": { "delivery": "owl" } }), Malformed),
        (json!({ "routing": { "sticky": 1 } }), Malformed),
        (json!({ "routing": { "fallback": "dp_nonsense" } }), Malformed),
        (json!({ "routing": { "fallback": DepartmentId::random(e2e::seed()) } }), NotFound),
        (json!({ "routing": { "fallback": other.created.department } }), NotFound),
        (json!({ "name": "" }), Malformed),
        (json!({ "name": "x".repeat(121) }), Malformed),
        (json!({ "name": "Sales" }), Exists),
        (json!([]), Malformed),
    ] {
        println!("{body}");
        ann.request("PATCH", &path).json(&body).send().await.refused(code);
    }
    // Back to itself leads nowhere, too.
    let itself = ann.request("PATCH", &path).json(&json!({ "routing": { "fallback": support } })).send().await;
    assert!(matches!(itself.status, 400 | 404), "{}: {}", itself.status, itself.text);
    for (id, code) in [
        (DepartmentId::random(e2e::seed()).to_string(), NotFound),
        (other.created.department.to_string(), NotFound),
        ("dp_nonsense".to_owned(), NotFound),
    ] {
        let path = format!("/v1/departments/{id}");
        let reply = ann.request("PATCH", &path).json(&json!({ "name": "Mine" })).send().await;
        assert!(reply.status == code.status() || reply.status == 400, "{path}: {}", reply.text);
    }
    assert_eq!(ann.get::<Value>("/v1/departments").await, before);
    // Both ends of each range are in it.
    for (offer_ms, wait) in [(5_000, 10_000), (300_000, 86_400_000), (30_000, 0)] {
        let routing = Routing { offer_ms, form_after_ms: wait, alert_after_ms: wait, ..Routing::default() };
        let change = ChangeDepartment { routing: Some(routing), name: None };
        ann.change_department(&support, &change).await.ok::<DepartmentDetails>();
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_lives_of_conversations_stay_within_their_ranges() {
    let tenant = Tenant::new().await;
    let (ann, ben) = (tenant.ann().await, tenant.ben().await);
    let path = "/v1/settings/conversations";
    assert_eq!(ben.get::<ConversationSettings>(path).await, ConversationSettings::default());
    let put = |website: Value| ann.request("PUT", path).json(&json!({ "website": website }));
    for bad in [
        json!({ "expire_after_ms": 299_999 }),
        json!({ "expire_after_ms": 604_800_001 }),
        json!({ "warn_before_ms": 86_400_001 }),
        json!({ "expire_after_ms": 600_000, "warn_before_ms": 600_000 }),
        json!({ "close_idle_after_ms": 59_999 }),
        json!({ "close_idle_after_ms": 86_400_001 }),
    ] {
        println!("{bad}");
        put(bad).send().await.refused(Code::OutOfRange);
    }
    put(json!({ "expire_after_ms": "late" })).send().await.refused(Code::Malformed);
    assert_eq!(ann.get::<ConversationSettings>(path).await, ConversationSettings::default());
    let website = ChannelSettings { expire_after_ms: 300_000, warn_before_ms: 0, close_idle_after_ms: 60_000 };
    let settings = ConversationSettings { website, ..ConversationSettings::default() };
    assert_eq!(put(json!(website)).send().await.ok::<ConversationSettings>(), settings);
    assert_eq!(ben.get::<ConversationSettings>(path).await, settings);
    audited(&ann, Deed::ChangeSettings).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_widget_says_where_its_conversations_go_and_how_urgent_they_are() {
    let (tenant, other) = (Tenant::new().await, Tenant::new().await);
    let mut ann = tenant.ann_at_desk().await;
    let WidgetsReply { items } = ann.get("/v1/widgets").await;
    let widget = &items[0];
    assert_eq!((items.len(), &widget.id, &widget.key), (1, &tenant.created.widget, &tenant.created.key));
    assert_eq!((&widget.department, widget.priority), (&Some(tenant.created.department.clone()), Priority::Normal));
    assert_eq!(widget.origins, tenant.asked.origins);
    let sales = ann.add_department("Sales").await;
    ann.puts(&ann.id().clone(), &[&sales]).await;
    let change = ChangeWidget { department: Some(sales.clone()), priority: Some(Priority::High) };
    let changed: WidgetDetails = ann.change_widget(&widget.id, &change).await.ok();
    assert_eq!((changed.department.as_ref(), changed.priority), (Some(&sales), Priority::High));
    let visitor = tenant.asking().await;
    let row = ann.waiting(&visitor).await;
    assert_eq!((row.department.as_ref(), row.priority), (Some(&sales), Priority::High));
    // One field alone leaves the other as it is.
    let change = ChangeWidget { priority: Some(Priority::Low), ..ChangeWidget::default() };
    let changed: WidgetDetails = ann.change_widget(&widget.id, &change).await.ok();
    assert_eq!((changed.department.as_ref(), changed.priority), (Some(&sales), Priority::Low));
    assert!(audited(&ann, Deed::ChangeWidget).await.contains(&widget.id.to_string()));
    let patch = |id: &WidgetId, body: Value| ann.request("PATCH", &format!("/v1/widgets/{id}")).json(&body);
    patch(&widget.id, json!({ "department": other.created.department })).send().await.refused(Code::NotFound);
    patch(&widget.id, json!({ "priority": "urgent" })).send().await.refused(Code::Malformed);
    patch(&other.created.widget, json!({ "priority": "low" })).send().await.refused(Code::NotFound);
    patch(&WidgetId::random(e2e::seed()), json!({ "priority": "low" })).send().await.refused(Code::NotFound);
    assert_eq!(ann.get::<WidgetsReply>("/v1/widgets").await.items, [changed]);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn only_admins_change_them() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let (department, widget) = (&tenant.created.department, &tenant.created.widget);
    let send = |request: Request, body: &Value| if body.is_null() { request } else { request.json(body) };
    for (method, path, body, for_agents) in [
        ("GET", "/v1/departments".to_owned(), Value::Null, true),
        ("GET", "/v1/settings/conversations".to_owned(), Value::Null, true),
        ("GET", "/v1/queue".to_owned(), Value::Null, true),
        ("PATCH", format!("/v1/departments/{department}"), json!({ "name": "Mine" }), false),
        ("PUT", "/v1/settings/conversations".to_owned(), json!({}), false),
        ("GET", "/v1/widgets".to_owned(), Value::Null, false),
        ("PATCH", format!("/v1/widgets/{widget}"), json!({ "priority": "low" }), false),
    ] {
        println!("{method} {path}");
        let nobody = tenant.server.request(method, &path).origin(&tenant.server.url);
        send(nobody, &body).send().await.refused(Code::Unauthenticated);
        let agent = send(ben.request(method, &path), &body).send().await;
        if for_agents {
            assert_eq!(agent.status, 200, "{}", agent.text);
        } else {
            agent.refused(Code::Forbidden);
        }
        if method != "GET" {
            let foreign = tenant.server.request(method, &path).header("cookie", &ben.cookie).origin(tenant.origin());
            send(foreign, &body).send().await.refused(Code::OriginNotAllowed);
        }
    }
}

/// The newest entry of this deed, as text.
async fn audited(ann: &Agent, deed: Deed) -> String {
    let AuditReply { items, .. } = ann.get("/v1/audit").await;
    let entry = items.iter().find(|entry| entry.deed == deed).unwrap_or_else(|| panic!("no {deed:?} in {items:#?}"));
    assert_eq!(&entry.by, ann.id());
    format!("{entry:?}")
}
