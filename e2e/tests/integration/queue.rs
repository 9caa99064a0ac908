//! The line: who stands where in it, and what those who wait are told.

use e2e::{Agent, PATIENCE, Seat, Tenant, Visitor};
use protocol::desk::QueueRow;
use protocol::problem::Code;
use protocol::room::Place;
use protocol::routing::{ChangeWidget, QueueReply};
use protocol::{ConversationId, Priority, Stage};
use std::time::Duration;
use tokio::time::{sleep, timeout};

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn returned_goes_before_urgent_and_urgent_before_early() {
    let tenant = Tenant::new().await;
    let mut ann = tenant.ann_at_desk().await;
    let lost = tenant.asking().await;
    {
        let mut cem = tenant.cem_at_desk().await;
        cem.picks_up(&lost).await;
        cem.sign_out().await;
    }
    ann.row(&lost, "returned", |row| row.returned && row.stage == Stage::Waiting).await;
    let mut line = Vec::new();
    for priority in [Priority::Normal, Priority::Low, Priority::High, Priority::Normal, Priority::Low] {
        widget_is(&tenant, &ann, priority).await;
        let visitor = tenant.asking().await;
        assert_eq!(ann.waiting(&visitor).await.priority, priority);
        line.push(visitor);
    }
    // The last of all, who asked as low, goes before everybody but the lost one.
    make_vip(&ann, line[4].conversation(), true).await;
    ann.row(&line[4], "vip", |row| row.priority == Priority::Vip).await;
    let expected: Vec<_> = [&lost, &line[4], &line[2], &line[0], &line[3], &line[1]].map(Visitor::conversation).into();
    assert_eq!(conversations(&ann.queue("?stage=waiting").await), expected);
    // Who opens a desk now sees the same line.
    let (_, queue) = tenant.ben().await.desk().await.welcome().await;
    assert_eq!(queue.iter().map(|row| &row.conversation).collect::<Vec<_>>(), expected);
    // And back: as urgent as the widget's are now.
    make_vip(&ann, line[4].conversation(), false).await;
    ann.row(&line[4], "no vip", |row| row.priority == Priority::Low).await;
    let last = ann.queue("?stage=waiting").await;
    assert_eq!(conversations(&last).last(), Some(&line[4].conversation()));
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_queue_filters_and_pages() {
    let tenant = Tenant::new().await;
    let (mut ann, mut ben) = (tenant.ann_at_desk().await, tenant.ben_at_desk().await);
    let sales = ann.add_department("Sales").await;
    ann.puts(ann.id(), &[&sales, &tenant.created.department]).await;
    let mut visitors = Vec::new();
    for _ in 0..5 {
        let visitor = tenant.asking().await;
        ann.waiting(&visitor).await;
        visitors.push(visitor);
    }
    // One with Ann, one with Ben, one waits in Sales, two in Support.
    let of = |at: usize| visitors[at].conversation().clone();
    ann.picks_up(&visitors[0]).await;
    ben.picks_up(&visitors[1]).await;
    let row = ann.picks_up(&visitors[2]).await;
    ann.transfer_to_department(&row, &sales, None).await.row();
    let (a, b, support) = (ann.id().clone(), ben.id().clone(), tenant.created.department.clone());
    for (query, expected) in [
        (String::new(), vec![of(2), of(3), of(4), of(0), of(1)]),
        ("stage=waiting".into(), vec![of(2), of(3), of(4)]),
        ("stage=active".into(), vec![of(0), of(1)]),
        (format!("agent={a}&stage=active"), vec![of(0)]),
        (format!("agent={b}&stage=waiting"), vec![]),
        (format!("department={sales}"), vec![of(2)]),
        (format!("department={support}"), vec![of(3), of(4), of(0), of(1)]),
        (format!("department={support}&stage=active&agent={b}"), vec![of(1)]),
    ] {
        let whole = ann.queue(&format!("?{query}")).await;
        assert_eq!((sorted(&whole), &whole.cursor), (sorted_ids(&expected), &None), "{query}");
        let mut paged = Vec::new();
        let mut cursor = Some(String::new());
        while let Some(from) = cursor {
            let page = ann.queue(&format!("?{query}&limit=1{from}")).await;
            assert!(page.items.len() <= 1, "{query}");
            paged.extend(page.items);
            cursor = page.cursor.map(|cursor| format!("&cursor={cursor}"));
        }
        // Places in line are told by the way, in their own time.
        let ids = |rows: &[QueueRow]| rows.iter().map(|row| row.handoff.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&paged), ids(&whole.items), "{query}, one by one");
    }
    let waiting = ann.queue("?stage=waiting").await;
    assert_eq!(conversations(&waiting), [of(2), of(3), of(4)].iter().collect::<Vec<_>>());
    for query in ["stage=asleep", "agent=ag_nonsense", "department=7", "limit=0", "limit=201", "cursor=%00"] {
        ann.request("GET", &format!("/v1/queue?{query}")).send().await.refused(Code::Malformed);
    }
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whoever_waits_is_told_their_place_and_every_move_of_it() {
    let tenant = Tenant::new().await;
    let mut ann = tenant.ann_at_desk().await;
    let mut line = Vec::new();
    for ahead in 0..3 {
        let visitor = tenant.visitor().await;
        let mut screen = visitor.screen().await;
        let state = visitor.ask().await;
        assert_eq!(state.handoff.and_then(|handoff| handoff.place), Some(unknown(ahead)), "in the answer to the press");
        assert_eq!(screen.ahead(ahead).await, unknown(ahead));
        line.push((visitor, screen));
    }
    // The first is picked up: everybody moves, by socket and by polling.
    ann.picks_up(&line[0].0).await;
    for (at, ahead) in [(1, 0), (2, 1)] {
        line[at].1.ahead(ahead).await;
        assert_eq!(place_of(&line[at].0).await, Some(unknown(ahead)));
    }
    let active = line[0].1.stage(Stage::Active).await;
    assert_eq!(active.place, None, "who is answered stands in no line");
    // The last goes to the front, and whoever was there is told, too.
    make_vip(&ann, line[2].0.conversation(), true).await;
    line[2].1.ahead(0).await;
    line[1].1.ahead(1).await;
    // One who ends makes room.
    line[2].0.end().await.ok::<protocol::room::RoomState>();
    line[1].1.ahead(0).await;
    let ahead = |at: usize| line[at].1.picture.places.iter().map(|place| place.ahead).collect::<Vec<_>>();
    assert_eq!(ahead(1), [1, 0, 1, 0]);
    assert_eq!(ahead(2), [2, 1, 0]);
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn every_department_has_a_line_of_its_own() {
    let tenant = Tenant::new().await;
    let mut ann = tenant.ann_at_desk().await;
    let sales = ann.add_department("Sales").await;
    ann.puts(ann.id(), &[&sales, &tenant.created.department]).await;
    let (first, second, third) = (tenant.asking().await, tenant.asking().await, tenant.asking().await);
    let mut screens = [first.screen().await, second.screen().await, third.screen().await];
    screens[2].ahead(2).await;
    let row = ann.picks_up(&first).await;
    ann.transfer_to_department(&row, &sales, None).await.row();
    screens[0].ahead(0).await;
    screens[1].ahead(0).await;
    screens[2].ahead(1).await;
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn a_range_is_told_once_enough_is_known_and_not_before() {
    let tenant = Tenant::with(|asked| asked.agents[0].capacity = Some(50)).await;
    let mut ann = tenant.ann_at_desk().await;
    let (mut line, mut last) = (Vec::new(), tenant.visitor().await);
    for _ in 0..6 {
        line.push(std::mem::replace(&mut last, tenant.visitor().await));
        line.last().unwrap().ask().await;
    }
    last.ask().await;
    let mut screen = last.screen().await;
    screen.ahead(6).await;
    // Whoever is served sooner than in two seconds did not stand in line.
    sleep(Duration::from_millis(2100)).await;
    for visitor in &line[..4] {
        ann.picks_up(visitor).await;
    }
    assert_eq!(screen.ahead(2).await, unknown(2), "four say too little");
    ann.picks_up(&line[4]).await;
    let known = Place { ahead: 1, from_min: Some(0), to_min: Some(1) };
    assert_eq!(screen.ahead(1).await, known);
    timeout(PATIENCE, polled(&last, known)).await.expect("the same by polling");
}

async fn polled(visitor: &Visitor, place: Place) {
    while place_of(visitor).await != Some(place) {
        sleep(Duration::from_millis(50)).await;
    }
}

async fn place_of(visitor: &Visitor) -> Option<Place> {
    visitor.state().await.handoff.and_then(|handoff| handoff.place)
}

fn unknown(ahead: u32) -> Place {
    Place { ahead, from_min: None, to_min: None }
}

fn conversations(reply: &QueueReply) -> Vec<&ConversationId> {
    reply.items.iter().map(|row: &QueueRow| &row.conversation).collect()
}

/// What is in hand has no order among itself.
fn sorted(reply: &QueueReply) -> Vec<&ConversationId> {
    let mut ids = conversations(reply);
    ids.sort();
    ids
}

fn sorted_ids(ids: &[ConversationId]) -> Vec<&ConversationId> {
    let mut ids: Vec<_> = ids.iter().collect();
    ids.sort();
    ids
}

/// From now on the widget's conversations are so urgent.
async fn widget_is(tenant: &Tenant, ann: &Seat, priority: Priority) {
    let change = ChangeWidget { priority: Some(priority), ..ChangeWidget::default() };
    let changed: protocol::routing::WidgetDetails = ann.change_widget(&tenant.created.widget, &change).await.ok();
    assert_eq!(changed.priority, priority);
}

/// Says whether a visitor goes before others, as soon as the history knows of their conversation.
pub async fn make_vip(agent: &Agent, conversation: &ConversationId, vip: bool) {
    let saying = async {
        loop {
            let reply = agent.vip(conversation, vip).await;
            match reply.status {
                200..300 => return,
                404 => sleep(Duration::from_millis(50)).await,
                status => panic!("{status}: {}", reply.text),
            }
        }
    };
    timeout(PATIENCE, saying).await.expect("the history knows of the conversation");
}
