//! What is wrong is refused with a clear word, and changes nothing.

use crate::main_path::{in_conversation, keep};
use e2e::{Agent, Request, Tenant, Visitor, message_id, new_tenant, visitor_token};
use protocol::desk::QueueRow;
use protocol::http::{BootRequest, HandoffCommand, SignInRequest};
use protocol::problem::Code;
use protocol::{Epoch, Stage, WidgetKey};
use serde_json::{Value, json};

/// 2100: still good.
const FAR: i64 = 4_102_444_800;
/// 2001: long over.
const LONG_AGO: i64 = 1_000_000_000;

/// What is sent, and how it is refused.
type Case = (&'static str, Request, Code);

/// Two tenants: every request is made against the first, with what the second has where that matters.
struct Scene {
    tenant: Tenant,
    other: Tenant,
    visitor: Visitor,
    stranger: Visitor,
    ben: Agent,
    spy: Agent,
    row: QueueRow,
}

impl Scene {
    async fn new() -> Self {
        let (tenant, other) = (Tenant::new().await, Tenant::new().await);
        let (ben, spy) = (tenant.ben().await, other.ben().await);
        let mut desk = ben.desk().await;
        keep(spy.desk().await);
        let (visitor, stranger) = (tenant.visitor().await, other.visitor().await);
        visitor.send("Hello?").await;
        stranger.send("Hello?").await;
        visitor.ask().await;
        let row = desk.row(visitor.conversation(), Stage::Waiting).await;
        keep(desk);
        Self { tenant, other, visitor, stranger, ben, spy, row }
    }

    /// All that a refused request could have changed.
    async fn picture(&self) -> (Vec<protocol::room::Message>, Vec<QueueRow>, usize) {
        let (_, queue) = self.ben.desk().await.welcome().await;
        (self.visitor.transcript().await, queue, self.ben.history().await.items.len())
    }

    async fn refuse_all(&self, cases: Vec<Case>) {
        let before = self.picture().await;
        for (what, request, code) in cases {
            println!("{what}");
            request.send().await.refused(code);
        }
        let after = self.picture().await;
        assert_eq!(before.0, after.0, "the transcript changed");
        let places = |queue: &[QueueRow]| {
            queue.iter().map(|row| (row.handoff.clone(), row.epoch, row.stage)).collect::<Vec<_>>()
        };
        assert_eq!(places(&before.1), places(&after.1), "the queue changed");
        assert_eq!(before.2, after.2, "the history changed");
    }

    fn post(&self, path: &str) -> Request {
        self.tenant.server.post(path)
    }

    /// A request about the visitor's conversation, with any token, from any website.
    fn as_visitor(&self, token: &str, origin: &str, rest: &str) -> Request {
        let path = format!("/v1/conversations/{}/{rest}", self.visitor.conversation());
        self.post(&path).bearer(token).origin(origin)
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_boot_needs_a_known_key_and_its_own_website() {
    let scene = Scene::new().await;
    let boot = |origin: &str, body: Value| scene.post("/v1/widget/boot").origin(origin).json(&body);
    let own = scene.tenant.origin();
    let key = json!({ "key": scene.tenant.created.key });
    scene
        .refuse_all(vec![
            ("a key that nobody has", boot(own, json!({ "key": WidgetKey::random(e2e::seed()) })), Code::UnknownKey),
            ("something that is no key", boot(own, json!({ "key": "pk_'; DROP TABLE widget" })), Code::Malformed),
            ("no key", boot(own, json!({})), Code::Malformed),
            ("another website", boot(scene.other.origin(), key.clone()), Code::OriginNotAllowed),
            (
                "a website that only begins so",
                boot(&format!("{own}.evil.example"), key.clone()),
                Code::OriginNotAllowed,
            ),
            (
                "the website without encryption",
                boot(&own.replace("https", "http"), key.clone()),
                Code::OriginNotAllowed,
            ),
            ("an opaque origin", boot("null", key.clone()), Code::OriginNotAllowed),
            ("no origin", scene.post("/v1/widget/boot").json(&key), Code::OriginNotAllowed),
            ("not JSON", scene.post("/v1/widget/boot").origin(own).raw("{\"key\":"), Code::Malformed),
            ("not UTF-8", scene.post("/v1/widget/boot").origin(own).raw(vec![0xff, 0xfe]), Code::Malformed),
            ("nothing at all", scene.post("/v1/widget/boot").origin(own), Code::Malformed),
        ])
        .await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_forged_token_of_before_makes_a_new_visitor() {
    let scene = Scene::new().await;
    let forged = visitor_token(&scene.tenant, &scene.visitor, FAR, Some("not the secret of this server"));
    let foreign = scene.stranger.boot.token.clone();
    for token in [forged, foreign, "nonsense".to_owned()] {
        let request = BootRequest { key: scene.tenant.created.key.clone(), token: Some(token) };
        let reply = scene.post("/v1/widget/boot").origin(scene.tenant.origin()).json(&request).send().await;
        let boot: protocol::http::BootReply = reply.ok();
        assert_ne!(boot.conversation, scene.visitor.boot.conversation);
        assert_ne!(boot.conversation, scene.stranger.boot.conversation);
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_message_has_1_to_4000_characters_and_a_proper_id() {
    let scene = Scene::new().await;
    let (token, origin) = (scene.visitor.boot.token.as_str(), scene.tenant.origin());
    let send = |body: Value| scene.as_visitor(token, origin, "messages").json(&body);
    let id = message_id();
    let raw = |text: &str| scene.as_visitor(token, origin, "messages").raw(text.to_owned());
    scene
        .refuse_all(vec![
            ("4,001 characters", send(json!({ "id": id, "body": "é".repeat(4001) })), Code::BodyTooLong),
            ("nothing", send(json!({ "id": id, "body": "" })), Code::BodyEmpty),
            ("only whitespace", send(json!({ "id": id, "body": " \n\t " })), Code::BodyEmpty),
            ("a number", send(json!({ "id": id, "body": 7 })), Code::Malformed),
            ("no text", send(json!({ "id": id })), Code::Malformed),
            ("no id", send(json!({ "body": "Hi" })), Code::Malformed),
            ("an id of another kind", send(json!({ "id": scene.row.handoff, "body": "Hi" })), Code::Malformed),
            ("not JSON", raw("hello"), Code::Malformed),
            ("deep nesting", raw(&"[".repeat(20_000)), Code::Malformed),
            ("half a character", raw(r#"{"id":"x","body":"\ud83d"}"#), Code::Malformed),
            ("a megabyte", send(json!({ "id": id, "body": "x".repeat(1_000_000) })), Code::TooLarge),
            (
                "a form without an address",
                scene.as_visitor(token, origin, "after_hours").json(&json!({
                    "email": "vera", "message": "Hi", "id": id, "page": { "url": "", "title": "" }
                })),
                Code::BadEmail,
            ),
            ("an ask without a page", scene.as_visitor(token, origin, "handoff").json(&json!({})), Code::Malformed),
            (
                "typing maybe",
                scene.as_visitor(token, origin, "typing").json(&json!({ "on": "maybe" })),
                Code::Malformed,
            ),
            ("a place that is none", scene.visitor.request("GET", "events?after=soon"), Code::Malformed),
            ("a socket without an upgrade", scene.visitor.request("GET", "socket"), Code::UpgradeRequired),
        ])
        .await;
    // The longest message is taken, whatever its bytes.
    scene.visitor.send(&"\u{1F4A1}".repeat(4000)).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_token_opens_its_own_conversation_from_its_own_website_for_its_own_time() {
    let scene = Scene::new().await;
    let origin = scene.tenant.origin();
    let hello = json!({ "id": message_id(), "body": "Hi" });
    let send = |token: &str, origin: &str| scene.as_visitor(token, origin, "messages").json(&hello);
    let own = scene.visitor.boot.token.clone();
    let mut changed = own.clone().into_bytes();
    let middle = changed.len() / 2;
    changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    let expired = visitor_token(&scene.tenant, &scene.visitor, LONG_AGO, None);
    let forged = visitor_token(&scene.tenant, &scene.visitor, FAR, Some("guessed"));
    let stranger = scene.stranger.boot.token.as_str();
    let neighbour = scene.tenant.visitor().await;
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", own.split('.').nth(1).unwrap());
    // What we forge with the right secret is good, so the refusals below are about what they say.
    let good = visitor_token(&scene.tenant, &scene.visitor, FAR, None);
    assert_eq!(scene.as_visitor(&good, origin, "typing").json(&json!({ "on": false })).send().await.status, 204);

    let conversation = scene.visitor.conversation();
    let path = format!("/v1/conversations/{conversation}/messages");
    scene
        .refuse_all(vec![
            ("an expired token", send(&expired, origin), Code::TokenExpired),
            ("a token of our own making", send(&forged, origin), Code::Unauthenticated),
            ("a changed token", send(&changed, origin), Code::Unauthenticated),
            ("a token without a signature", send(&unsigned, origin), Code::Unauthenticated),
            ("nonsense", send("nonsense", origin), Code::Unauthenticated),
            ("an empty token", send("", origin), Code::Unauthenticated),
            ("no token", scene.post(&path).origin(origin).json(&hello), Code::Unauthenticated),
            ("the token of another tenant's visitor", send(stranger, scene.other.origin()), Code::NotFound),
            ("the token of another visitor", send(&neighbour.boot.token, origin), Code::NotFound),
            ("the right token on another website", send(&own, scene.other.origin()), Code::OriginNotAllowed),
        ])
        .await;

    let path = format!("/v1/conversations/{conversation}/socket?after=0");
    let upgrade = |token: &str, origin: &str| {
        let offered = format!("beckon.v1, token.{token}");
        scene.tenant.server.upgrade(&path).header("sec-websocket-protocol", &offered).origin(origin)
    };
    scene
        .refuse_all(vec![
            ("a socket by an expired token", upgrade(&expired, origin), Code::TokenExpired),
            ("a socket by a forged token", upgrade(&forged, origin), Code::Unauthenticated),
            ("a socket by another tenant's visitor", upgrade(stranger, scene.other.origin()), Code::NotFound),
            ("a socket by another visitor", upgrade(&neighbour.boot.token, origin), Code::NotFound),
            ("a socket from another website", upgrade(&own, scene.other.origin()), Code::OriginNotAllowed),
            ("a socket by nobody", scene.tenant.server.upgrade(&path).origin(origin), Code::Unauthenticated),
        ])
        .await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_agent_reaches_nothing_of_another_tenant() {
    let scene = Scene::new().await;
    let conversation = scene.visitor.conversation();
    let epoch = HandoffCommand { epoch: scene.row.epoch };
    let handoff = &scene.row.handoff;
    let hello = json!({ "id": message_id(), "body": "Hi" });
    let room = |rest: &str| format!("/v1/conversations/{conversation}/{rest}");
    let spy = |method: &str, path: &str| scene.spy.request(method, path);
    let own_page = |request: Request| request.header("cookie", &scene.spy.cookie).origin(&scene.spy.server.url);
    scene
        .refuse_all(vec![
            ("reads", spy("GET", &room("events?after=0")), Code::NotFound),
            ("writes", spy("POST", &room("messages")).json(&hello), Code::NotFound),
            ("types", spy("POST", &room("typing")).json(&json!({ "on": true })), Code::NotFound),
            ("picks up", spy("POST", &format!("/v1/handoffs/{handoff}/claim")).json(&epoch), Code::NotOpen),
            ("resolves", spy("POST", &format!("/v1/handoffs/{handoff}/resolve")).json(&epoch), Code::NotOpen),
            (
                "asks as a visitor",
                spy("POST", &room("handoff")).json(&json!({ "page": { "url": "", "title": "" } })),
                Code::Unauthenticated,
            ),
            ("opens", own_page(scene.tenant.server.upgrade(&room("socket?after=0"))), Code::NotFound),
            ("a room that is none", spy("GET", "/v1/conversations/cv_nonsense/events"), Code::NotFound),
            ("a handoff that is none", spy("POST", "/v1/handoffs/ho_nonsense/claim").json(&epoch), Code::NotFound),
        ])
        .await;
    // The other tenant's own picture holds nothing of ours.
    let (agents, queue) = scene.spy.desk().await.welcome().await;
    assert!(queue.is_empty() && agents.iter().all(|card| card.id != *scene.ben.id()));
    assert!(scene.spy.history().await.items.is_empty());
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_for_agents_needs_a_sign_in_from_our_own_pages() {
    let scene = Scene::new().await;
    let (server, cookie, origin) = (&scene.tenant.server, scene.ben.cookie.as_str(), scene.tenant.origin());
    let epoch = HandoffCommand { epoch: Epoch(0) };
    let claim = format!("/v1/handoffs/{}/claim", scene.row.handoff);
    let busy = json!({ "intent": "busy" });
    let intent = |cookie: &str| server.request("PUT", "/v1/agents/me/intent").header("cookie", cookie).json(&busy);
    let with = |origin: &str| intent(cookie).origin(origin);
    scene
        .refuse_all(vec![
            ("no cookie", server.get("/v1/me"), Code::Unauthenticated),
            ("no cookie for the history", server.get("/v1/handoffs"), Code::Unauthenticated),
            ("no cookie for a claim", server.post(&claim).origin(&server.url).json(&epoch), Code::Unauthenticated),
            ("a made-up cookie", intent("__Host-beckon=AAAA").origin(&server.url), Code::Unauthenticated),
            ("an empty cookie", intent("__Host-beckon=").origin(&server.url), Code::Unauthenticated),
            ("a visitor's token", server.get("/v1/me").bearer(&scene.visitor.boot.token), Code::Unauthenticated),
            ("from the customer's website", with(origin), Code::OriginNotAllowed),
            ("from a file", with("null"), Code::OriginNotAllowed),
            ("from our host at another port", with("http://127.0.0.1:1"), Code::OriginNotAllowed),
            ("from nowhere", intent(cookie), Code::OriginNotAllowed),
            (
                "a word that is no intent",
                scene.ben.request("PUT", "/v1/agents/me/intent").json(&json!({ "intent": "offline" })),
                Code::Malformed,
            ),
            ("a claim without an epoch", scene.ben.request("POST", &claim).json(&json!({})), Code::Malformed),
            ("a page of none", scene.ben.request("GET", "/v1/handoffs?limit=0"), Code::Malformed),
            ("a page of too many", scene.ben.request("GET", "/v1/handoffs?limit=201"), Code::Malformed),
            ("a cursor from nowhere", scene.ben.request("GET", "/v1/handoffs?cursor=nowhere"), Code::Malformed),
            ("a desk without an upgrade", scene.ben.request("GET", "/v1/desk/socket"), Code::UpgradeRequired),
        ])
        .await;
    let desk = || server.upgrade("/v1/desk/socket");
    scene
        .refuse_all(vec![
            ("a desk without a cookie", desk().origin(&server.url), Code::Unauthenticated),
            ("a desk on another website", desk().header("cookie", cookie).origin(origin), Code::OriginNotAllowed),
            ("a desk from nowhere", desk().header("cookie", cookie), Code::OriginNotAllowed),
        ])
        .await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_wrong_password_does_not_tell_whether_the_address_is_right() {
    let scene = Scene::new().await;
    let server = &scene.tenant.server;
    let sign_in = |email: &str, password: &str| {
        let request = SignInRequest { email: email.to_owned(), password: password.to_owned() };
        server.post("/v1/auth/sign_in").origin(&server.url).json(&request)
    };
    let known = scene.tenant.asked.agents[1].email.as_str().to_owned();
    let wrong = sign_in(&known, "wrong horse").send().await;
    let unknown = sign_in("nobody@test.example", "wrong horse").send().await;
    assert_eq!(wrong.text, unknown.text);
    scene
        .refuse_all(vec![
            ("a wrong password", sign_in(&known, "wrong horse"), Code::BadCredentials),
            ("no password", sign_in(&known, ""), Code::BadCredentials),
            ("an endless password", sign_in(&known, &"x".repeat(20_000)), Code::BadCredentials),
            ("an address nobody has", sign_in("nobody@test.example", "wrong horse"), Code::BadCredentials),
            ("SQL", sign_in("' OR 1=1 --", "wrong horse"), Code::BadCredentials),
            (
                "from another website",
                server.post("/v1/auth/sign_in").origin("https://evil.example").json(&json!({})),
                Code::OriginNotAllowed,
            ),
            ("not JSON", server.post("/v1/auth/sign_in").origin(&server.url).raw("no"), Code::Malformed),
        ])
        .await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn only_the_platform_creates_tenants_and_each_only_once() {
    let scene = Scene::new().await;
    let server = &scene.tenant.server;
    let create = |token: &str, body: Value| server.post("/v1/platform/tenants").bearer(token).json(&body);
    let asked = serde_json::to_value(&scene.tenant.asked).unwrap();
    let with = |field: &str, value: Value| {
        let mut other = serde_json::to_value(new_tenant()).unwrap();
        other[field] = value;
        create(&server.platform_token, other)
    };
    scene
        .refuse_all(vec![
            ("no token", server.post("/v1/platform/tenants").json(&asked), Code::Unauthenticated),
            ("a wrong token", create("guess", asked.clone()), Code::Unauthenticated),
            ("a visitor's token", create(&scene.visitor.boot.token, asked.clone()), Code::Unauthenticated),
            ("the same once more", create(&server.platform_token, asked.clone()), Code::Exists),
            ("people who have another tenant", with("agents", asked["agents"].clone()), Code::Exists),
            ("no admin", with("agents", json!([])), Code::Malformed),
            ("an origin with a path", with("origins", json!(["https://shop.example/path"])), Code::Malformed),
            ("an origin that is none", with("origins", json!(["javascript:alert(1)"])), Code::Malformed),
            ("a name of 121 characters", with("name", json!("x".repeat(121))), Code::Malformed),
        ])
        .await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_address_that_is_none_and_a_method_that_does_not_fit_are_refused() {
    let scene = Scene::new().await;
    let server = &scene.tenant.server;
    let mut cases = Vec::new();
    for path in ["/v1/nothing", "/v1/", "/v1/conversations//events", "/v1/handoffs/a/b/claim", "/v1/%00", "/v1/me/"] {
        cases.push((path, server.get(path), Code::NotFound));
    }
    for (method, path) in [
        ("GET", "/v1/widget/boot"),
        ("DELETE", "/v1/health"),
        ("PATCH", "/v1/agents/me/intent"),
        ("POST", "/v1/me"),
        ("PUT", "/v1/handoffs/ho_x/claim"),
        ("GET", "/v1/platform/tenants"),
    ] {
        cases.push((path, server.request(method, path), Code::MethodNotAllowed));
    }
    scene.refuse_all(cases).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_browser_may_ask_from_a_customers_website() {
    let tenant = Tenant::new().await;
    let (visitor, ..) = in_conversation(&tenant).await;
    let path = format!("/v1/conversations/{}/messages", visitor.conversation());
    for path in ["/v1/widget/boot", path.as_str()] {
        let asked = tenant.server.request("OPTIONS", path).origin(tenant.origin());
        let asked = asked.header("access-control-request-method", "POST");
        let reply = asked.header("access-control-request-headers", "authorization,content-type").send().await;
        assert_eq!(reply.status, 204, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), Some(tenant.origin()));
        let allowed = reply.header("access-control-allow-headers").unwrap_or_default().to_lowercase();
        assert!(allowed.contains("authorization") && allowed.contains("content-type"), "{allowed}");
        assert_eq!(reply.header("access-control-allow-credentials"), None, "cookies must stay at home");
    }
    // Refusals can be read too, or the widget could not tell what is wrong.
    let reply = visitor.request("POST", "messages").raw("no").send().await;
    reply.refused(Code::Malformed);
    assert_eq!(reply.header("access-control-allow-origin"), Some(tenant.origin()));
    // Nothing of the dashboard can be read from there.
    let reply = tenant.server.get("/v1/me").origin(tenant.origin()).send().await;
    assert_eq!(reply.header("access-control-allow-origin"), None);
}
