//! What is stored or under way outlives deploys: its JSON is pinned here. If one of these tests fails, the
//! change needs a migration, or a field that may be absent.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::desk::Agent;
use desk::notice::{Numbered, ToDesk, ToRoom};
use desk::presence::Presence;
use desk::room::{Handoff, Record};
use protocol::desk::{LastMessage, QueueRow};
use protocol::{CloseReason, Email, Epoch, Intent, Kind, Name, Role, Seq, Stage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// Written like this, and read back as the same.
fn pin<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, pinned: Value) {
    assert_eq!(serde_json::to_value(&value).unwrap(), pinned);
    assert_eq!(serde_json::from_value::<T>(pinned).unwrap(), value);
}

/// Read like this, though written otherwise now.
fn reads<T: DeserializeOwned + PartialEq + Debug>(stored: Value, value: T) {
    assert_eq!(serde_json::from_value::<T>(stored).unwrap(), value);
}

const AGENT: &str = "ag_10000000000000000000";
const ROOM: &str = "cv_20000000000000000000";
const HANDOFF: &str = "ho_30000000000000000000";

fn ann() -> Option<Name> {
    Name::parse("Ann").ok()
}

fn last() -> LastMessage {
    LastMessage { kind: Kind::Visitor, text: "Hello?".into(), at: at(1_000) }
}

fn page_json() -> Value {
    json!({"url": "https://shop.example/mugs", "title": "Mugs"})
}

fn bare_row() -> QueueRow {
    QueueRow {
        handoff: handoff(3),
        conversation: conversation(2),
        stage: Stage::Waiting,
        epoch: Epoch(0),
        asked_at: at(1_000),
        page: page(),
        visitor_name: None,
        email: None,
        last: None,
        agent: None,
        picked_at: None,
        closed_at: None,
        reason: None,
        returned: false,
    }
}

fn bare_row_json() -> Value {
    json!({
        "handoff": HANDOFF, "conversation": ROOM, "stage": "waiting", "epoch": 0, "asked_at": 1000,
        "page": page_json(), "returned": false,
    })
}

fn full_row() -> QueueRow {
    QueueRow {
        stage: Stage::Closed,
        epoch: Epoch(2),
        visitor_name: ann(),
        email: Email::parse("ann@shop.example").ok(),
        last: Some(last()),
        agent: Some(agent_ref(1)),
        picked_at: Some(at(2_000)),
        closed_at: Some(at(3_000)),
        reason: Some(CloseReason::Resolved),
        returned: true,
        ..bare_row()
    }
}

fn full_row_json() -> Value {
    json!({
        "handoff": HANDOFF, "conversation": ROOM, "stage": "closed", "epoch": 2, "asked_at": 1000,
        "page": page_json(), "visitor_name": "Ann", "email": "ann@shop.example",
        "last": {"kind": "visitor", "text": "Hello?", "at": 1000},
        "agent": {"id": AGENT, "name": "Agent 1"},
        "picked_at": 2000, "closed_at": 3000, "reason": "resolved", "returned": true,
    })
}

#[test]
fn a_row_of_the_queue() {
    pin(bare_row(), bare_row_json());
    pin(full_row(), full_row_json());
}

#[test]
fn from_a_room_to_its_desk() {
    let ask = |visitor_name, last| ToDesk::Ask {
        handoff: handoff(3),
        conversation: conversation(2),
        asked_at: at(1_000),
        page: page(),
        visitor_name,
        last,
    };
    let bare = json!({
        "t": "ask", "handoff": HANDOFF, "conversation": ROOM, "asked_at": 1000, "page": page_json(),
        "visitor_name": null, "last": null,
    });
    pin(ask(None, None), bare.clone());
    let mut absent = bare.clone();
    absent.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    reads(absent, ask(None, None));
    let mut full = bare;
    full["visitor_name"] = json!("Ann");
    full["last"] = json!({"kind": "visitor", "text": "Hello?", "at": 1000});
    pin(ask(ann(), Some(last())), full);
    pin(ToDesk::AfterHours { row: Box::new(full_row()) }, json!({"t": "after_hours", "row": full_row_json()}));
    pin(
        ToDesk::Activity { handoff: handoff(3), last: last() },
        json!({"t": "activity", "handoff": HANDOFF, "last": {"kind": "visitor", "text": "Hello?", "at": 1000}}),
    );
}

#[test]
fn from_the_desk_to_a_room() {
    let (id, epoch, agent) = (handoff(3), Epoch(7), agent_ref(1));
    let agent_json = json!({"id": AGENT, "name": "Agent 1"});
    for (notice, pinned) in [
        (ToRoom::Queued { handoff: id.clone() }, json!({"t": "queued", "handoff": HANDOFF})),
        (ToRoom::Nobody { handoff: id.clone() }, json!({"t": "nobody", "handoff": HANDOFF})),
        (ToRoom::DeskOpen { open: true }, json!({"t": "desk_open", "open": true})),
        (
            ToRoom::Claimed { handoff: id.clone(), epoch, agent: agent.clone(), at: at(2_000) },
            json!({"t": "claimed", "handoff": HANDOFF, "epoch": 7, "agent": agent_json, "at": 2000}),
        ),
        (
            ToRoom::Returned { handoff: id.clone(), epoch, agent },
            json!({"t": "returned", "handoff": HANDOFF, "epoch": 7, "agent": agent_json}),
        ),
        (
            ToRoom::Closed { handoff: id, epoch, reason: CloseReason::Resolved, at: at(3_000) },
            json!({"t": "closed", "handoff": HANDOFF, "epoch": 7, "reason": "resolved", "at": 3000}),
        ),
    ] {
        pin(notice.clone(), pinned.clone());
        pin(Numbered { n: 12, notice }, json!({"n": 12, "notice": pinned}));
    }
}

#[test]
fn an_agent_in_every_presence() {
    let tab = "se_40000000000000000000";
    for (presence, pinned) in [
        (
            Presence::Connected { leases: BTreeMap::from([(session(4), at(5_000))]) },
            json!({"t": "connected", "leases": {tab: 5000}}),
        ),
        (Presence::Grace { until: at(6_000) }, json!({"t": "grace", "until": 6000})),
        (Presence::Offline { since: at(7_000) }, json!({"t": "offline", "since": 7000})),
    ] {
        let agent = Agent { profile: profile(1, 5), intent: Intent::DoNotDisturb, presence };
        let who = json!({"id": AGENT, "name": "Agent 1", "role": "support_staff", "capacity": 5});
        pin(agent, json!({"profile": who, "intent": "do_not_disturb", "presence": pinned}));
    }
}

#[test]
fn every_word_that_is_stored() {
    let words = |words: &[&str]| words.iter().map(|word| json!(word)).collect::<Vec<_>>();
    let written = |all: &[Intent]| all.iter().map(|intent| json!(intent)).collect::<Vec<_>>();
    assert_eq!(written(Intent::ALL), words(&["available", "busy", "away", "in_meeting", "break", "do_not_disturb"]));
    let roles: Vec<_> = Role::ALL.iter().map(|role| json!(role)).collect();
    assert_eq!(roles, words(&["platform_admin", "client_admin", "support_staff"]));
    let stages: Vec<_> = Stage::ALL.iter().map(|stage| json!(stage)).collect();
    assert_eq!(stages, words(&["waiting", "active", "closed"]));
    let reasons: Vec<_> = CloseReason::ALL.iter().map(|reason| json!(reason)).collect();
    assert_eq!(reasons, words(&["resolved", "ended_by_visitor", "expired", "abandoned", "missed"]));
}

#[test]
fn the_record_of_a_room() {
    let record = Record {
        visitor: visitor(5),
        widget: widget(),
        began_at: at(500),
        desk_open: false,
        handoffs: vec![Handoff { row: bare_row(), queued: true, version: 3, projected: 2 }],
        projected: Seq(9),
    };
    let pinned = json!({
        "visitor": "vi_50000000000000000000", "widget": "wg_10000000000000000000", "began_at": 500,
        "desk_open": false, "projected": 9,
        "handoffs": [{"row": bare_row_json(), "queued": true, "version": 3, "projected": 2}],
    });
    pin(record, pinned);
}
