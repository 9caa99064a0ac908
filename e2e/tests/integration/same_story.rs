//! One story, told over sockets and where no socket gets through: the transcript is the same, byte for byte.

use e2e::{Carrier, Door, Fault, Profile, Seen, Talk, Tenant, normal};
use protocol::room::Receipts;
use protocol::{Event, Kind};

/// What a run leaves behind.
struct Told {
    stored: String,
    shown: [String; 2],
    receipts: Receipts,
}

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn the_same_story_is_the_same_transcript_with_sockets_and_without() {
    let (open, forbidden, dropped) =
        tokio::join!(tell(Door::Open), tell(Door::ForbidsSockets), tell(Door::DropsSockets));
    for (what, told) in [("forbidden", &forbidden), ("dropped", &dropped)] {
        assert_eq!(open.stored, told.stored, "sockets are {what}");
        assert_eq!(open.receipts, told.receipts, "sockets are {what}");
    }
    for told in [&open, &forbidden, &dropped] {
        assert_eq!(told.shown, [told.stored.clone(), told.stored.clone()], "both sides have seen what is stored");
    }
    let events: Vec<_> = open.stored.lines().filter(|line| line.contains("\"event\"")).collect();
    assert!(events.len() >= 9, "a story without much in it: {events:#?}");
}

async fn tell(door: Door) -> Told {
    let mut talk = Talk::by(Tenant::new().await, door).await;
    talk.asks("Is the brass lamp in stock?").await;
    talk.answers("Let me look — \"brass\", you say? \u{1F4A1}\nYes.").await;
    // Several at once keep their order.
    let lines = ["one", "two", "three"];
    lines.iter().for_each(|line| drop(talk.widget.write(line)));
    talk.shows("three").await;
    // Somebody writes, and is seen to.
    talk.widget.put(client::link::Input::Typing(true));
    talk.room.until("that the visitor writes", |seen| seen.other_types.then_some(())).await;
    // A word too much, from before a reload.
    let slip = talk.answers("The password is swordfish").await;
    talk.room = talk.room.reload().await;
    talk.shows("The password is swordfish").await;
    talk.ben.redact(talk.visitor.conversation(), slip).await;
    talk.tells(Event::Redacted).await;
    talk.widget = talk.widget.reload().await;
    talk.tells(Event::Redacted).await;
    // It is passed on.
    let mut cem = talk.tenant.cem_at_desk().await;
    let passed = talk.ben.transfer(&talk.row, cem.id(), None).await;
    assert!(passed.status < 300, "{}", passed.text);
    let row = cem.has(&talk.visitor).await;
    talk.tells(Event::Transferred).await;
    let cems = Profile::of_agent(&cem.agent, talk.visitor.conversation(), &talk.far).open("Cem's page");
    cems.write("Cem here.");
    talk.shows("Cem here.").await;
    talk.asks("Thank you both.").await;
    // It ends, and begins again, and is ended by the visitor.
    talk.widget.until("that all was read", all_read).await;
    cem.resolve(&row).await.row();
    talk.tells(Event::EndedByAgent).await;
    talk.visitor.ask().await;
    cem.picks_up(&talk.visitor).await;
    talk.asks("One more thing.").await;
    cems.shows("One more thing.").await;
    cems.write("Yes?");
    talk.shows("Yes?").await;
    // Once it is over only watchers are left, who have no say.
    let receipts = talk.widget.until("that all was read", all_read).await;
    talk.widget.write("END CHAT");
    let last = talk.tells(Event::EndedByVisitor).await;
    cems.until("the end", |seen| (seen.last_seq() == last).then_some(())).await;
    went_by(&talk, door);
    let stored = normal(&talk.visitor.transcript().await);
    let shown = [&talk.widget, &cems].map(|page| normal(&page.seen().messages));
    Told { stored, shown, receipts }
}

/// Both have read what the other has written.
fn all_read(seen: &Seen) -> Option<Receipts> {
    let Receipts { visitor, agent } = seen.receipts;
    let read = (visitor.read, agent.read) == (seen.last_of(Kind::Agent), seen.last_of(Kind::Visitor));
    read.then_some(seen.receipts)
}

fn went_by(talk: &Talk, door: Door) {
    let expected = if door == Door::Open { Carrier::Socket } else { Carrier::Polling };
    for (page, road) in [(&talk.widget, &talk.near), (&talk.room, &talk.far)] {
        assert_eq!(page.seen().carrier, expected, "{door:?}");
        assert_eq!(road.faults().of(Fault::Blocked) > 0, door != Door::Open, "{door:?}");
    }
}
