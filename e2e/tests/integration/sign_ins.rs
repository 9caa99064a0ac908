//! Where somebody is signed in, and that what ends a sign-in closes everything that was opened by it.

use crate::main_path::keep;
use e2e::{Agent, Tenant};
use protocol::desk::{DeskDown, QueueRow};
use protocol::http::Me;
use protocol::problem::Code;
use protocol::room::RoomDown;
use protocol::team::{AgentDetails, AuditReply, ChangeAgent, ChangePassword, SignInsReply};
use protocol::{Deed, Role, SignInId, Stage, Status};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The socket of a sign-in that has ended is closed within this.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Ben at his desk, in a conversation.
struct Scene {
    tenant: Tenant,
    ann: Agent,
    ben: Agent,
    desk: e2e::Socket<DeskDown>,
    room: e2e::Socket<RoomDown>,
    watch: e2e::Socket<DeskDown>,
    row: QueueRow,
}

impl Scene {
    async fn new() -> Self {
        let tenant = Tenant::new().await;
        let (ann, ben) = (tenant.ann().await, tenant.ben().await);
        let (watch, mut desk) = (ann.desk().await, ben.desk().await);
        let visitor = tenant.visitor().await;
        visitor.ask().await;
        let row = desk.row(visitor.conversation(), Stage::Waiting).await;
        let row: QueueRow = ben.claim(&row).await.ok();
        let mut room = ben.room(visitor.conversation(), 0).await;
        room.welcome().await;
        Self { tenant, ann, ben, desk, room, watch, row }
    }

    /// All that Ben had open is closed, he is offline, and his conversation waits for somebody else.
    async fn ben_is_out(&mut self, what: &str) {
        let since = Instant::now();
        assert_eq!(self.desk.expect_close().await, Some(4401), "{what}: the desk's socket");
        assert_eq!(self.room.expect_close().await, Some(4401), "{what}: the room's socket");
        assert!(since.elapsed() < AT_ONCE, "{what}: closed only after {:?}", since.elapsed());
        self.ben.request("GET", "/v1/me").send().await.refused(Code::Unauthenticated);
        let fits =
            |row: QueueRow| row.conversation == self.row.conversation && row.returned && row.epoch > self.row.epoch;
        let back = |frame| if let DeskDown::Row { row } = frame { fits(row).then_some(()) } else { None };
        self.watch.expect(&format!("{what}: the conversation in the queue"), back).await;
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn signing_out_closes_the_desk_and_the_rooms() {
    let mut scene = Scene::new().await;
    scene.ben.sign_out().await;
    scene.ben_is_out("signed out").await;
    scene.watch.status(scene.ben.id(), Status::Offline).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_agent_ends_one_of_their_own_sign_ins() {
    let mut scene = Scene::new().await;
    let phone = scene.tenant.ben().await;
    let here = scene.ben.sign_in_id().await;
    let all = phone.sign_ins().await;
    assert_eq!(all.len(), 2, "{all:?}");
    let desktop = all.iter().find(|one| one.id == here).expect("the other one");
    assert!(!desktop.current && desktop.leases == 1 && desktop.expires_at > desktop.began_at, "{desktop:?}");
    let reply = phone.request("DELETE", &format!("/v1/sign_ins/{here}")).send().await;
    assert_eq!(reply.status, 204, "{}", reply.text);
    scene.ben_is_out("ended").await;
    assert_eq!(phone.sign_ins().await.len(), 1);
    phone.get::<Me>("/v1/me").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_admin_ends_anybodys_and_it_is_written_down() {
    let mut scene = Scene::new().await;
    let path = format!("/v1/agents/{}/sign_ins", scene.ben.id());
    let SignInsReply { items } = scene.ann.get(&path).await;
    let reply = scene.ann.request("DELETE", &format!("/v1/sign_ins/{}", items[0].id)).send().await;
    assert_eq!(reply.status, 204, "{}", reply.text);
    scene.ben_is_out("ended by an admin").await;
    let AuditReply { items: audit, .. } = scene.ann.get("/v1/audit").await;
    let entry = audit.iter().find(|entry| entry.deed == Deed::EndSignIn).expect("an entry");
    assert_eq!((&entry.by, entry.subject.as_str()), (scene.ann.id(), items[0].id.as_str()));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn deactivating_a_new_role_and_a_new_password_close_everything() {
    let none = ChangeAgent::default;
    for (what, change) in [
        ("role", ChangeAgent { role: Some(Role::ClientAdmin), ..none() }),
        ("password", ChangeAgent { password: Some("another good password".into()), ..none() }),
        ("deactivated", ChangeAgent { active: Some(false), ..none() }),
    ] {
        let mut scene = Scene::new().await;
        scene.ann.change(scene.ben.id(), &change).await.ok::<AgentDetails>();
        scene.ben_is_out(what).await;
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_is_deactivated_leaves_the_team_and_comes_back_with_what_they_chose() {
    let scene = Scene::new().await;
    let active = |active| ChangeAgent { active: Some(active), ..ChangeAgent::default() };
    scene.ann.change(scene.ben.id(), &active(false)).await.ok::<AgentDetails>();
    scene.ann.request("GET", &format!("/v1/agents/{}", scene.ben.id())).send().await.refused(Code::NotFound);
    let email = scene.tenant.asked.agents[1].email.as_str();
    let sign_in = protocol::http::SignInRequest { email: email.into(), password: e2e::PASSWORD.into() };
    let server = &scene.tenant.server;
    let try_again = || server.post("/v1/auth/sign_in").origin(&server.url).json(&sign_in);
    try_again().send().await.refused(Code::BadCredentials);
    scene.ann.change(scene.ben.id(), &active(true)).await.ok::<AgentDetails>();
    let ben = scene.tenant.ben().await;
    ben.desk().await.status(ben.id(), Status::Available).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn changing_the_own_password_leaves_only_this_browser_signed_in() {
    let mut scene = Scene::new().await;
    let phone = scene.tenant.ben().await;
    let change = |old: &str, new: &str| {
        let body = ChangePassword { old: old.into(), new: new.into() };
        phone.request("PUT", "/v1/me/password").json(&body)
    };
    change("not the password", "another good password").send().await.refused(Code::BadCredentials);
    change(e2e::PASSWORD, "short").send().await.refused(Code::BadPassword);
    let reply = change(e2e::PASSWORD, "another good password").send().await;
    assert_eq!(reply.status, 204, "{}", reply.text);
    scene.ben_is_out("password changed elsewhere").await;
    phone.get::<Me>("/v1/me").await;
    let email = scene.tenant.asked.agents[1].email.as_str();
    Agent::sign_in(scene.tenant.server.clone(), email, "another good password").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn sign_ins_of_others_are_nobodys_business() {
    let (scene, other) = (Scene::new().await, Tenant::new().await);
    let (cem, spy) = (scene.tenant.cem().await, other.ann().await);
    let id = scene.ben.sign_in_id().await;
    let ben = scene.ben.id();
    cem.request("GET", &format!("/v1/agents/{ben}/sign_ins")).send().await.refused(Code::Forbidden);
    spy.request("GET", &format!("/v1/agents/{ben}/sign_ins")).send().await.refused(Code::NotFound);
    for stranger in [&cem, &spy] {
        stranger.request("DELETE", &format!("/v1/sign_ins/{id}")).send().await.refused(Code::NotFound);
    }
    let unknown = SignInId::random(e2e::seed());
    scene.ben.request("DELETE", &format!("/v1/sign_ins/{unknown}")).send().await.refused(Code::NotFound);
    scene.ben.get::<Me>("/v1/me").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_tab_that_has_gone_leaves_when_it_was_last_seen() {
    let tenant = Tenant::new().await;
    let ben = tenant.ben().await;
    let mut desk = ben.desk().await;
    desk.welcome().await;
    assert_eq!(ben.sign_ins().await[0].seen_at, None, "it is open now");
    desk.close().await;
    let seen = async {
        while ben.sign_ins().await[0].seen_at.is_none() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(e2e::PATIENCE, seen).await.expect("a last sign of life");
    let mut watch = tenant.ann().await.desk().await;
    let card = watch.card("offline", ben.id(), |card| card.seen_at.is_some()).await;
    assert!(card.seen_at.expect("seen") <= card.since.max(card.seen_at.expect("seen")), "{card:?}");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_sign_out_closes_the_sockets_of_a_desk_and_a_room_that_sleep() {
    // The usual settings: an alarm every half minute, so that objects do sleep between.
    let own = e2e::OwnServer::start_with(&["STALE_AFTER_MS=60000"]).await;
    let tenant = Tenant::on(own.server.clone()).await;
    let (ben, other) = (tenant.ben().await, tenant.ben().await);
    let mut desk = ben.desk().await;
    let visitor = tenant.visitor().await;
    visitor.ask().await;
    desk.row(visitor.conversation(), Stage::Waiting).await;
    let mut room = ben.room(visitor.conversation(), 0).await;
    room.welcome().await;
    let id = ben.sign_in_id().await;
    let awake_since = tenant.vitals().await.awake_since;
    // The runtime evicts what was quiet for ten seconds.
    sleep(Duration::from_secs(13)).await;
    let reply = other.request("DELETE", &format!("/v1/sign_ins/{id}")).send().await;
    assert_eq!(reply.status, 204, "{}", reply.text);
    let since = Instant::now();
    assert_eq!(desk.expect_close().await, Some(4401));
    assert_eq!(room.expect_close().await, Some(4401));
    assert!(since.elapsed() < AT_ONCE, "closed only after {:?}", since.elapsed());
    assert!(tenant.vitals().await.awake_since > awake_since, "the desk had not slept");
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_last_admin_stays() {
    let tenant = Tenant::new().await;
    let ann = tenant.ann().await;
    for change in [
        ChangeAgent { active: Some(false), ..ChangeAgent::default() },
        ChangeAgent { role: Some(Role::SupportStaff), ..ChangeAgent::default() },
    ] {
        ann.change(ann.id(), &change).await.refused(Code::LastAdmin);
    }
    keep(ann.desk().await);
    ann.get::<Me>("/v1/me").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_socket_that_will_not_close_writes_nothing_any_more() {
    let scene = Scene::new().await;
    let stolen = scene.tenant.ben().await;
    let mut room = stolen.room(&scene.row.conversation, 0).await;
    room.welcome().await;
    room.deafen();
    let id = stolen.sign_in_id().await;
    let reply = scene.ben.request("DELETE", &format!("/v1/sign_ins/{id}")).send().await;
    assert_eq!(reply.status, 204, "{}", reply.text);
    room.send("I am still Ben");
    for text in ["one", "two", "three", "four", "five"] {
        scene.ben.send(&scene.row.conversation, text).await;
    }
    let path = format!("/v1/conversations/{}/events?after=0", scene.row.conversation);
    let transcript = scene.ben.request("GET", &path).send().await.text;
    assert!(transcript.contains("five") && !transcript.contains("still Ben"), "{transcript}");
}
