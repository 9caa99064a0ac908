//! Pages die between any two things that they do: what they had kept goes out once, and nothing else.

use e2e::{Carrier, Door, History, Page, Profile, Proxy, Seen, Talk, Tenant, Weather};
use futures_util::future::join_all;

/// More than a page does from a written message to the one that is shown, and from its opening on.
const EFFECTS: u32 = 24;

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn whenever_a_page_dies_what_it_has_kept_goes_out_once() {
    let (sockets, polls) = tokio::join!(die_everywhere(Door::Open), die_everywhere(Door::ForbidsSockets));
    for (what, history) in [("sockets", sockets), ("polls", polls)] {
        assert_eq!(history.flaws(), [], "over {what}");
        let (written, lives) = (history.written.len(), history.shown.len());
        assert!(written > usize::try_from(EFFECTS).unwrap(), "over {what}: only {written} written");
        assert!(lives > 2 * usize::try_from(EFFECTS).unwrap(), "over {what}: only {lives} lives");
    }
}

async fn die_everywhere(door: Door) -> History {
    let talk = Talk::new().await;
    let road = Proxy::to(&talk.tenant.server, Weather { door, ..Weather::default() }).await;
    let carrier = if door == Door::Open { Carrier::Socket } else { Carrier::Polling };
    let dying = (0..EFFECTS).map(|effects| {
        let profile = Profile::of_visitor(&talk.visitor, &road);
        async move {
            let page = die_after(&profile, effects, carrier).await;
            (profile, page)
        }
    });
    let all = join_all(dying).await;
    let stored = talk.visitor.whole_transcript().await;
    let mut history = History { stored, ..History::default() };
    for (profile, page) in &all {
        let last = history.stored.last().map(|last| last.seq).unwrap_or_default();
        page.until("the end", |seen| (seen.last_seq() == last).then_some(())).await;
        assert_eq!((page.seen().unkept, profile.outbox()), (vec![], vec![]));
        history.written.extend(profile.written());
        history.acked.extend(profile.acked());
        history.shown.extend(profile.shown().into_iter().chain([page.shown()]));
    }
    history
}

/// Writes, and dies; comes back, and dies at that; comes back, and lives.
async fn die_after(profile: &Profile, effects: u32, carrier: Carrier) -> Page {
    let tab = format!("one that dies after {effects}");
    let page = profile.open(&tab);
    page.until("a line", |seen| (seen.carrier == carrier).then_some(())).await;
    page.crash_after(effects);
    for number in 1..=2 {
        page.write(&format!("{tab}: {number}"));
    }
    let all_out = |seen: &Seen| (seen.outbox.is_empty() && seen.find(&format!("{tab}: 2")).is_some()).then_some(());
    let died = page.unless_dead("everything", all_out).await.is_none();
    // Before anything comes of it.
    let page = page.reload_to_die(Some(effects)).await;
    if died {
        page.unless_dead("a line", |seen| (seen.carrier == carrier && seen.outbox.is_empty()).then_some(())).await;
    }
    let page = page.reload().await;
    page.until("an empty outbox", |seen| (seen.carrier == carrier && seen.outbox.is_empty()).then_some(())).await;
    page.write(&format!("{tab}: the last"));
    page.shows(&format!("{tab}: the last")).await;
    page.until("an empty outbox", |seen| seen.outbox.is_empty().then_some(())).await;
    page
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn another_tab_sends_what_a_dead_one_has_left() {
    let tenant = Tenant::new().await;
    let talk = Talk::by(tenant, Door::Open).await;
    talk.near.change(|weather| weather.door = Door::Refuses);
    talk.near.reset();
    talk.widget.until("no line", |seen| (seen.carrier != Carrier::Socket).then_some(())).await;
    talk.widget.write("Is anybody there?");
    talk.widget.until("that it waits", |seen| (seen.outbox.len() == 1).then_some(())).await;
    let Talk { widget, visitors, near, room, visitor, .. } = talk;
    widget.crash().await;
    near.heal();
    let tab = visitors.open("another tab");
    tab.shows("Is anybody there?").await;
    room.shows("Is anybody there?").await;
    tab.until("an empty outbox", |seen| seen.outbox.is_empty().then_some(())).await;
    assert_eq!((visitors.outbox(), visitor.transcript().await.len()), (vec![], 3));
}
