//! The main path of a room, step by step: what each input does to the state, the transcript, and the desk.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::notice::{ToDesk, ToRoom};
use desk::room::{Content, Effect, Input, Sent, Speaker};
use desk::{Refusal, Room};
use protocol::http::AfterHoursRequest;
use protocol::room::{HandoffView, Since};
use protocol::{Body, CloseReason, Email, Epoch, Event, Kind, Name, Party, Priority, Requeue, Seq, Stage};

/// What one step leaves: openness, stage, epoch, reason, e-mailed, and the newest message.
type Left = (bool, Option<(Stage, u32, Option<CloseReason>, bool)>, Option<Said>);

const MISSED: Option<(Stage, u32, Option<CloseReason>, bool)> =
    Some((Stage::Closed, 0, Some(CloseReason::Missed), false));

#[derive(Debug, Clone, PartialEq)]
enum Said {
    Text(Kind, u32),
    Event(Event, u32),
}

fn fresh_room() -> Room {
    Room::load(conversation(1), None, Seq(0), None)
}

fn visitor_speaks() -> Speaker {
    Speaker::Visitor { visitor: visitor(1), widget: widget() }
}

fn agent_speaks(n: u8) -> Speaker {
    Speaker::Agent { agent: agent_ref(n) }
}

fn ask(n: u8) -> Input {
    Input::Ask {
        speaker: visitor_speaks(),
        fresh: handoff(n),
        page: page(),
        department: None,
        priority: Priority::Normal,
    }
}

fn send(speaker: Speaker, id: u8) -> Input {
    let body = Body::parse(&format!("text {id}")).unwrap();
    Input::Send(speaker, Sent { id: message_id(id), content: Content::Text(body), prior: None })
}

fn form(fresh: u8, id: u8) -> Input {
    let form = AfterHoursRequest {
        email: Email::parse("ann@shop.example").unwrap(),
        name: Name::parse("Ann").ok(),
        message: Body::parse("Please write").unwrap(),
        id: message_id(id),
        page: page(),
    };
    Input::AfterHours { speaker: visitor_speaks(), fresh: handoff(fresh), form, prior: None }
}

fn queued(n: u8) -> Input {
    Input::Heard(ToRoom::Queued { handoff: handoff(n), place: None })
}

fn nobody(n: u8) -> Input {
    Input::Heard(ToRoom::Nobody { handoff: handoff(n) })
}

fn desk_open(open: bool, flips: u32) -> Input {
    Input::Heard(ToRoom::DeskOpen { open, flips })
}

fn claimed(n: u8, epoch: u32, agent: u8) -> Input {
    let (handoff, epoch, agent) = (handoff(n), Epoch(epoch), agent_ref(agent));
    Input::Heard(ToRoom::Claimed { handoff, epoch, agent, at: at(epoch.0.into()), department: None })
}

fn returned(n: u8, epoch: u32, agent: u8) -> Input {
    returned_why(n, epoch, agent, Requeue::Vanished)
}

fn returned_why(n: u8, epoch: u32, agent: u8, why: Requeue) -> Input {
    Input::Heard(ToRoom::Returned { handoff: handoff(n), epoch: Epoch(epoch), agent: agent_ref(agent), why })
}

fn closed(n: u8, epoch: u32) -> Input {
    let (handoff, epoch, reason) = (handoff(n), Epoch(epoch), CloseReason::Resolved);
    Input::Heard(ToRoom::Closed { handoff, epoch, reason, at: at(9) })
}

fn text(kind: Kind, seq: u32) -> Option<Said> {
    Some(Said::Text(kind, seq))
}

fn event(event: Event, seq: u32) -> Option<Said> {
    Some(Said::Event(event, seq))
}

/// Plays the steps and holds what each leaves against the table.
fn play(steps: Vec<(&str, Input, Left)>) -> (Room, Vec<ToDesk>) {
    let (mut room, mut told, mut newest) = (fresh_room(), Vec::new(), None);
    for (what, input, expected) in steps {
        for effect in room.apply(at(100), input).unwrap_or_else(|refusal| panic!("{what}: {refusal:?}")) {
            match effect {
                Effect::Append(m) => newest = Some(m),
                Effect::Tell(notice) => told.push(notice),
                _ => {}
            }
        }
        let state = room.state();
        let view = |view: HandoffView| (view.stage, view.epoch.0, view.reason, view.emailed);
        let said = newest.as_ref().map(|m| match m.event {
            Some(event) => Said::Event(event, m.seq.0),
            None => Said::Text(m.kind, m.seq.0),
        });
        assert_eq!((state.desk_open, state.handoff.map(view), said), expected, "{what}");
    }
    (room, told)
}

#[test]
fn a_visitor_asks_talks_and_is_served() {
    use Stage::{Active, Closed, Waiting};
    let resolved = Some(CloseReason::Resolved);
    let waiting = |epoch| Some((Waiting, epoch, None, false));
    let active = |epoch| Some((Active, epoch, None, false));
    let (room, told) = play(vec![
        ("the visitor writes", send(visitor_speaks(), 1), (true, None, text(Kind::Visitor, 1))),
        ("asks", ask(1), (true, waiting(0), text(Kind::Visitor, 1))),
        ("asks again", ask(2), (true, waiting(0), text(Kind::Visitor, 1))),
        ("stands in the queue", queued(1), (true, waiting(0), event(Event::HandoffAsked, 2))),
        ("hears it twice", queued(1), (true, waiting(0), event(Event::HandoffAsked, 2))),
        ("is claimed", claimed(1, 1, 1), (true, active(1), event(Event::AgentJoined, 3))),
        ("the agent writes", send(agent_speaks(1), 2), (true, active(1), text(Kind::Agent, 4))),
        ("the visitor answers", send(visitor_speaks(), 3), (true, active(1), text(Kind::Visitor, 5))),
        ("the agent is lost", returned(1, 2, 1), (true, waiting(2), event(Event::AgentLost, 6))),
        ("another comes", claimed(1, 3, 2), (true, active(3), event(Event::AgentJoined, 7))),
        ("an old word comes late", returned(1, 2, 1), (true, active(3), event(Event::AgentJoined, 7))),
        ("the other writes", send(agent_speaks(2), 4), (true, active(3), text(Kind::Agent, 8))),
        ("it is over", closed(1, 4), (true, Some((Closed, 4, resolved, false)), event(Event::EndedByAgent, 9))),
        ("and starts again", ask(5), (true, waiting(0), event(Event::EndedByAgent, 9))),
    ]);
    assert_eq!(room.state().handoff.map(|view| view.id), Some(handoff(5)));
    let asked: Vec<_> = told
        .iter()
        .map(|notice| match notice {
            ToDesk::Ask { row, .. } => (row.handoff.clone(), row.last.as_ref().map(|last| last.text.clone())),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(asked, [(handoff(1), Some("text 1".into())), (handoff(5), Some("text 4".into()))]);
}

#[test]
fn nobody_is_there_and_the_form_is_left() {
    let missed = |emailed| Some((Stage::Closed, 0, Some(CloseReason::Missed), emailed));
    let waiting = Some((Stage::Waiting, 0, None, false));
    let (room, told) = play(vec![
        ("the visitor asks", ask(1), (true, waiting, None)),
        ("nobody is there", nobody(1), (false, missed(false), event(Event::NobodyAvailable, 1))),
        ("hears it twice", nobody(1), (false, missed(false), event(Event::NobodyAvailable, 1))),
        ("leaves the form", form(2, 1), (false, missed(true), event(Event::AfterHoursSaved, 3))),
        ("somebody comes", desk_open(true, 1), (true, missed(true), event(Event::AfterHoursSaved, 3))),
        ("asks again", ask(3), (true, waiting, event(Event::AfterHoursSaved, 3))),
        ("stands in the queue", queued(3), (true, waiting, event(Event::HandoffAsked, 4))),
        ("the desk closes", desk_open(false, 2), (false, waiting, event(Event::HandoffAsked, 4))),
        ("leaves another form", form(4, 2), (false, missed(true), event(Event::AfterHoursSaved, 6))),
    ]);
    let rows: Vec<_> = told
        .iter()
        .filter_map(|notice| if let ToDesk::AfterHours { row } = notice { Some(row) } else { None })
        .map(|row| (row.handoff.clone(), row.email.is_some(), row.last.as_ref().map(|last| last.text.as_str())))
        .collect();
    assert_eq!(rows, [(handoff(1), true, Some("Please write")), (handoff(3), true, Some("Please write"))]);
    assert_eq!(room.last_seq(), Seq(6));
}

#[test]
fn a_claim_that_crossed_a_form_takes_the_handoff_up_again() {
    let missed = Some((Stage::Closed, 0, Some(CloseReason::Missed), true));
    let (room, _) = play(vec![
        ("asks", ask(1), (true, Some((Stage::Waiting, 0, None, false)), None)),
        ("queued", queued(1), (true, Some((Stage::Waiting, 0, None, false)), event(Event::HandoffAsked, 1))),
        ("leaves the form", form(2, 1), (true, missed, event(Event::AfterHoursSaved, 3))),
        ("was claimed", claimed(1, 1, 1), (true, Some((Stage::Active, 1, None, true)), event(Event::AgentJoined, 4))),
    ]);
    assert_eq!(room.may_write(&agent_speaks(1)), Ok(()));
}

#[test]
fn who_may_write_when() {
    type May = Result<(), Refusal>;
    let stages: [(&str, Vec<Input>, May, May); 5] = [
        ("before it began", vec![], Err(Refusal::NotFound), Err(Refusal::NotFound)),
        ("waiting", vec![ask(1), queued(1)], Err(Refusal::NotOwner), Err(Refusal::NotOwner)),
        ("active", vec![ask(1), queued(1), claimed(1, 1, 1)], Ok(()), Err(Refusal::NotOwner)),
        (
            "handed on",
            vec![ask(1), claimed(1, 1, 1), returned(1, 2, 1), claimed(1, 3, 2)],
            Err(Refusal::NotOwner),
            Ok(()),
        ),
        ("closed", vec![ask(1), claimed(1, 1, 1), closed(1, 2)], Err(Refusal::NotOwner), Err(Refusal::NotOwner)),
    ];
    for (when, inputs, first, second) in stages {
        let mut room = fresh_room();
        inputs.into_iter().for_each(|input| drop(room.apply(at(1), input).unwrap()));
        assert_eq!(room.may_write(&agent_speaks(1)), first, "{when}");
        assert_eq!(room.may_write(&agent_speaks(2)), second, "{when}");
        assert_eq!(room.may_write(&visitor_speaks()), Ok(()), "{when}");
        let stranger = Speaker::Visitor { visitor: visitor(2), widget: widget() };
        let expected = if when == "before it began" { Ok(()) } else { Err(Refusal::NotFound) };
        assert_eq!(room.may_write(&stranger), expected, "{when}");
    }
}

#[test]
fn an_agent_with_a_conversation_takes_no_form() {
    let mut room = fresh_room();
    [ask(1), queued(1), claimed(1, 1, 1)].into_iter().for_each(|input| drop(room.apply(at(1), input).unwrap()));
    let before = format!("{room:?}");
    assert_eq!(room.apply(at(2), form(2, 1)), Err(Refusal::Taken { by: agent_ref(1), at: at(1) }));
    assert_eq!(before, format!("{room:?}"));
}

#[test]
fn each_handoff_keeps_the_last_message_of_its_own_time() {
    let (room, _) = play(vec![
        ("asks", ask(1), (true, Some((Stage::Waiting, 0, None, false)), None)),
        ("writes", send(visitor_speaks(), 1), (true, Some((Stage::Waiting, 0, None, false)), text(Kind::Visitor, 1))),
        ("nobody", nobody(1), (false, MISSED, event(Event::NobodyAvailable, 2))),
        ("asks again", ask(2), (false, Some((Stage::Waiting, 0, None, false)), event(Event::NobodyAvailable, 2))),
        ("writes", send(visitor_speaks(), 2), (false, Some((Stage::Waiting, 0, None, false)), text(Kind::Visitor, 3))),
    ]);
    let last: Vec<_> = room.rows().into_iter().map(|row| row.last.map(|last| last.text)).collect();
    assert_eq!(last, [Some("text 1".to_owned()), Some("text 2".to_owned())]);
}

#[test]
fn typing_is_passed_on_once_a_second_and_when_it_changes() {
    let (mut room, _) = play(vec![
        ("asks", ask(1), (true, Some((Stage::Waiting, 0, None, false)), None)),
        ("is claimed", claimed(1, 1, 1), (true, Some((Stage::Active, 1, None, false)), event(Event::AgentJoined, 1))),
    ]);
    let steps = [
        (1_000, visitor_speaks(), true, true),
        (1_500, visitor_speaks(), true, false),
        (2_000, visitor_speaks(), true, true),
        (2_100, visitor_speaks(), false, true),
        (2_200, visitor_speaks(), false, false),
        (2_300, agent_speaks(1), true, true),
        // Whoever only watches is not seen.
        (9_000, agent_speaks(2), true, false),
    ];
    for (now, speaker, on, is_told) in steps {
        let party = speaker.party();
        let effects = room.apply(at(now), Input::Typing(speaker, on)).unwrap();
        let told: Vec<_> =
            effects.iter().map(|effect| matches!(effect, Effect::ShowTo(to, _) if *to != party)).collect();
        assert_eq!(told, vec![true; usize::from(is_told)], "at {now}");
    }
    assert_eq!([8_299, 8_300].map(|now| room.is_writing(at(now), Party::Agent)), [true, false]);
    assert!(!room.is_writing(at(2_200), Party::Visitor));
}

#[test]
fn whoever_says_too_much_waits_and_nobody_else_does() {
    let mut room = fresh_room().limited(Some(2));
    [ask(1), claimed(1, 1, 1)].into_iter().for_each(|input| drop(room.apply(at(1), input).unwrap()));
    let slow = |retry_after_ms| Err(Refusal::SlowDown { retry_after_ms });
    let steps = [
        (100, visitor_speaks(), 1, Ok(())),
        (200, visitor_speaks(), 2, Ok(())),
        (300, visitor_speaks(), 3, slow(9_800)),
        (300, agent_speaks(1), 4, Ok(())),
        (10_099, visitor_speaks(), 3, slow(1)),
        (10_100, visitor_speaks(), 3, Ok(())),
    ];
    for (now, speaker, id, expected) in steps {
        assert_eq!(room.apply(at(100_000 + now), send(speaker, id)).map(drop), expected, "message {id} at {now}");
    }
    let frames = (0..20).filter(|_| room.count_frame(at(150_000), &visitor_speaks()).is_ok()).count();
    assert_eq!((frames, room.count_frame(at(150_000), &agent_speaks(1))), (10, Ok(())), "five frames for each message");
    let watching = (0..20).filter(|_| room.count_frame(at(150_000), &agent_speaks(2)).is_ok()).count();
    assert_eq!((watching, room.count_frame(at(150_000), &agent_speaks(1))), (10, Ok(())), "a watcher is not the owner");
}

#[test]
fn a_client_goes_on_where_it_is_and_never_beyond_the_end() {
    let mut room = fresh_room();
    (1..=3).for_each(|id| drop(room.apply(at(1), send(visitor_speaks(), id)).unwrap()));
    let cases = [
        (Since::After(Seq(0)), Ok(Seq(0))),
        (Since::After(Seq(3)), Ok(Seq(3))),
        (Since::After(Seq(4)), Err(Refusal::UnknownPlace)),
        (Since::Latest(2), Ok(Seq(1))),
        (Since::Latest(50), Ok(Seq(0))),
    ];
    for (since, expected) in cases {
        assert_eq!(room.resume(since), expected, "{since:?}");
    }
}

#[test]
fn a_lively_conversation_goes_to_the_history_in_batches_and_a_change_of_hands_at_once() {
    let (mut room, start) = (fresh_room(), 100_000);
    let due = |room: &Room, now| room.project_at(at(start + now)).map(|due| due.0 - start);
    let project = |room: &mut Room, now| {
        let lacking = room.unprojected().unwrap();
        room.apply(at(start + now), Input::Projected(lacking)).unwrap();
    };
    let say = |room: &mut Room, now, id| room.apply(at(start + now), send(visitor_speaks(), id)).unwrap();
    assert_eq!(due(&room, 0), None);
    say(&mut room, 0, 1);
    assert_eq!(due(&room, 0), Some(400), "the first message after a pause");
    project(&mut room, 400);
    assert_eq!(due(&room, 400), None);
    say(&mut room, 500, 2);
    assert_eq!(due(&room, 500), Some(3_400), "the next one waits for more");
    room.apply(at(start + 600), ask(1)).unwrap();
    assert_eq!(due(&room, 600), Some(1_000), "somebody waits: whoever looks is to know");
    project(&mut room, 1_000);
    let effects = say(&mut room, 9_000, 3);
    assert_eq!(due(&room, 9_000), Some(9_400));
    project(&mut room, 9_400);
    let message =
        effects.into_iter().find_map(|effect| if let Effect::Append(said) = effect { Some(said) } else { None });
    room.apply(at(start + 9_500), Input::Redact { by: agent_ref(1), is_admin: true, message: message.map(Box::new) })
        .unwrap();
    assert_eq!(due(&room, 9_500), Some(9_900), "what was taken away is gone from there as soon");
}
