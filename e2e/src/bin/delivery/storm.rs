//! A power cut under a thousand pages, each with the very link of widget and dashboard: how long until all are back, and
//! whether anything is missing.

use super::figures::Times;
use super::rooms::House;
use super::runtime::{Runtime, answers, behind};
use e2e::{Carrier, History, Page, Profile, Server, Visitor};
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Pages that open at the same time.
const AT_ONCE: usize = 25;
/// Whoever has not come back by then never will.
const PATIENCE: Duration = Duration::from_secs(300);
const GLANCE: Duration = Duration::from_millis(100);

/// A conversation with its pages: two tabs of the visitor's, two of the owner's, and the admin's.
struct Chat<'a> {
    visitor: &'a Visitor,
    profiles: [Profile; 3],
    pages: Vec<Page>,
}

pub async fn measure(chats: usize) {
    let runtime = Runtime::start(&super::VARS).await;
    // Behind wrangler's door, which would fall first. A runtime that is started anew listens where it did before.
    let server = Server::at(&behind(&runtime.url).await.url);
    let house = House::with(&server, chats).await;
    let mut all: Vec<Chat> =
        house.chats.iter().map(|(visitor, owner)| Chat::of(&house, &server, visitor, *owner)).collect();
    for some in all.chunks_mut(AT_ONCE / 5) {
        join_all(some.iter_mut().map(Chat::open)).await;
    }
    let pages = all.iter().map(|chat| chat.pages.len()).sum::<usize>();
    join_all(all.iter().map(|chat| chat.say("before the cut"))).await;
    let cut = Instant::now();
    runtime.kill();
    // They do not know yet, or know and write on.
    all.iter().for_each(|chat| chat.write("in the dark"));
    let health = async {
        answers(&server.url).await;
        cut.elapsed()
    };
    let (answers, back) = tokio::join!(health, back(all.iter().flat_map(|chat| &chat.pages), cut));
    let by_polling = back.iter().filter(|(_, by)| *by == Carrier::Polling).count();
    let times = Times::of(back.into_iter().map(|(at, _)| at.saturating_sub(answers)).collect());
    println!("storm of {pages} pages: the server answered {:.1} s after the kill", answers.as_secs_f64());
    println!(
        "  after that, resumed with what was written in the dark: p50 {:.1} s, p99 {:.1} s, the last {:.1} s, {by_polling} by polling",
        times.p50.as_secs_f64(),
        times.p99.as_secs_f64(),
        times.most.as_secs_f64(),
    );
    while !all.iter().flat_map(|chat| &chat.pages).all(|page| page.seen().carrier == Carrier::Socket) {
        sleep(GLANCE).await;
    }
    println!("  all on sockets {:.1} s after the kill", cut.elapsed().as_secs_f64());
    let mut flaws = Vec::new();
    for chat in &all {
        flaws.extend(chat.history().await.flaws());
    }
    let written: usize = all.iter().map(|chat| chat.profiles.iter().map(|it| it.written().len()).sum::<usize>()).sum();
    println!("  {written} messages written, {} lost, doubled, or out of order", flaws.len());
    assert!(flaws.is_empty(), "{flaws:#?}");
    println!("  workerd {} MB", runtime.memory() / 1024);
}

/// Waits until all show what was written in the dark; how long after the cut each did, and by what it was reached.
async fn back(pages: impl Iterator<Item = &Page>, cut: Instant) -> Vec<(Duration, Carrier)> {
    let (mut missing, mut back) = (pages.collect::<Vec<_>>(), Vec::new());
    while !missing.is_empty() {
        assert!(cut.elapsed() < PATIENCE, "{} pages have not come back: {:?}", missing.len(), missing[0].seen());
        missing.retain(|page| {
            let seen = page.seen();
            let is_back = seen.carrier != Carrier::None && seen.find("in the dark").is_some();
            back.extend(is_back.then_some((cut.elapsed(), seen.carrier)));
            !is_back
        });
        sleep(GLANCE).await;
    }
    back
}

impl<'a> Chat<'a> {
    fn of(house: &House, server: &Server, visitor: &'a Visitor, owner: usize) -> Self {
        let agents = [&house.seats[owner].agent, &house.admin];
        let [owner, admin] = agents.map(|agent| Profile::of_agent(agent, visitor.conversation(), server));
        Self { visitor, profiles: [Profile::of_visitor(visitor, server), owner, admin], pages: Vec::new() }
    }

    async fn open(&mut self) {
        let [visitor, owner, admin] = &self.profiles;
        for (profile, tab) in [(visitor, "a"), (owner, "b"), (visitor, "c"), (owner, "d"), (admin, "e")] {
            let page = profile.open(tab);
            page.until("a socket", |seen| (seen.carrier == Carrier::Socket).then_some(())).await;
            self.pages.push(page);
        }
    }

    fn write(&self, text: &str) {
        self.pages[0].write(text);
    }

    async fn say(&self, text: &str) {
        self.write(text);
        join_all(self.pages.iter().map(|page| page.shows(text))).await;
    }

    async fn history(&self) -> History {
        History {
            written: self.profiles.iter().flat_map(Profile::written).collect(),
            acked: self.profiles.iter().flat_map(Profile::acked).collect(),
            stored: self.visitor.whole_transcript().await,
            shown: self.pages.iter().map(Page::shown).collect(),
        }
    }
}
