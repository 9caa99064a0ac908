//! What is stored or under way outlives deploys: its JSON is pinned here. If one of these tests fails, the
//! change needs a migration, or a field that may be absent.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::desk::{Agent, Config, Department, LogEntry, Profile, SignIn, Versions};
use desk::notice::{Numbered, ToDesk, ToRoom};
use desk::presence::{Lease, Presence};
use desk::room::{Handoff, Record};
use protocol::desk::{LastMessage, QueueRow};
use protocol::team::PresenceChange;
use protocol::{Cause, CloseReason, Email, Epoch, Intent, Kind, Name, Reachability, Role, Seq, Stage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
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
const SIGN_IN: &str = "si_60000000000000000000";
const DEPARTMENT: &str = "dp_70000000000000000000";
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
    QueueRow::waiting(handoff(3), conversation(2), at(1_000), page())
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
    let bare = json!({"ask": {"handoff": HANDOFF, "conversation": ROOM, "asked_at": 1000, "page": page_json(),
        "visitor_name": null, "last": null,
    }});
    pin(ask(None, None), bare.clone());
    let mut absent = bare.clone();
    absent["ask"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
    reads(absent, ask(None, None));
    let mut full = bare;
    full["ask"]["visitor_name"] = json!("Ann");
    full["ask"]["last"] = json!({"kind": "visitor", "text": "Hello?", "at": 1000});
    pin(ask(ann(), Some(last())), full);
    pin(ToDesk::AfterHours { row: Box::new(full_row()) }, json!({"after_hours": {"row": full_row_json()}}));
    pin(
        ToDesk::Activity { handoff: handoff(3), last: last() },
        json!({"activity": {"handoff": HANDOFF, "last": {"kind": "visitor", "text": "Hello?", "at": 1000}}}),
    );
}

#[test]
fn from_the_desk_to_a_room() {
    let (id, epoch, agent) = (handoff(3), Epoch(7), agent_ref(1));
    let agent_json = json!({"id": AGENT, "name": "Agent 1"});
    for (notice, pinned) in [
        (ToRoom::Queued { handoff: id.clone() }, json!({"queued": {"handoff": HANDOFF}})),
        (ToRoom::Nobody { handoff: id.clone() }, json!({"nobody": {"handoff": HANDOFF}})),
        (ToRoom::DeskOpen { open: true, flips: 7 }, json!({"desk_open": {"open": true, "flips": 7}})),
        (ToRoom::SignedOut { sign_in: sign_in(6) }, json!({"signed_out": {"sign_in": SIGN_IN}})),
        (
            ToRoom::Claimed { handoff: id.clone(), epoch, agent: agent.clone(), at: at(2_000) },
            json!({"claimed": {"handoff": HANDOFF, "epoch": 7, "agent": agent_json, "at": 2000}}),
        ),
        (
            ToRoom::Returned { handoff: id.clone(), epoch, agent },
            json!({"returned": {"handoff": HANDOFF, "epoch": 7, "agent": agent_json}}),
        ),
        (
            ToRoom::Closed { handoff: id, epoch, reason: CloseReason::Resolved, at: at(3_000) },
            json!({"closed": {"handoff": HANDOFF, "epoch": 7, "reason": "resolved", "at": 3000}}),
        ),
    ] {
        pin(notice.clone(), pinned.clone());
        pin(Numbered { n: 12, notice }, json!({"n": 12, "notice": pinned}));
    }
    // From before openings were counted.
    reads(json!({"desk_open": {"open": true}}), ToRoom::DeskOpen { open: true, flips: 0 });
}

#[test]
fn an_agent_in_every_presence() {
    let tab = "se_40000000000000000000";
    let lease = Lease { sign_in: sign_in(6), seen: at(5_000), idle: true, api: false };
    let lease_json = json!({"sign_in": SIGN_IN, "seen": 5000, "idle": true, "api": false});
    pin(lease.clone(), lease_json.clone());
    for (presence, pinned) in [
        (
            Presence::Connected { leases: BTreeMap::from([(session(4), lease)]) },
            json!({"connected": {"leases": {tab: lease_json}}}),
        ),
        (
            Presence::Grace { until: at(6_000), seen: at(5_500), sign_in: sign_in(6), idle: false },
            json!({"grace": {"until": 6000, "seen": 5500, "sign_in": SIGN_IN, "idle": false}}),
        ),
        (Presence::Offline { seen: Some(at(7_000)) }, json!({"offline": {"seen": 7000}})),
        (Presence::Offline { seen: None }, json!({"offline": {"seen": null}})),
    ] {
        let profile = Profile { departments: vec![department(7)], ..profile(1, 5) };
        let agent = Agent { profile, intent: Intent::DoNotDisturb, presence, since: at(4_000) };
        let who = json!({
            "id": AGENT, "name": "Agent 1", "role": "support_staff", "capacity": 5, "departments": [DEPARTMENT],
        });
        pin(agent, json!({"profile": who, "intent": "do_not_disturb", "presence": pinned, "since": 4000}));
    }
}

#[test]
fn the_administration_and_a_sign_in() {
    let config = Config {
        versions: Versions { roster: 3, access: 4 },
        settings: SETTINGS,
        defaults: SETTINGS,
        departments: vec![Department { id: department(7), name: Name::parse("Sales").unwrap() }],
    };
    let pinned = json!({
        "versions": {"roster": 3, "access": 4},
        "settings": {"stale_after_ms": 45000, "grace_ms": 10000, "idle_after_ms": 300000},
        "defaults": {"stale_after_ms": 45000, "grace_ms": 10000, "idle_after_ms": 300000},
        "departments": [{"id": DEPARTMENT, "name": "Sales"}],
    });
    pin(config, pinned);
    let sign_in = SignIn { agent: agent_id(1), expires_at: at(9_000), rooms: BTreeSet::from([conversation(2)]) };
    pin(sign_in, json!({"agent": AGENT, "expires_at": 9000, "rooms": [ROOM]}));
}

#[test]
fn the_log_of_presence() {
    let change = |by| PresenceChange {
        agent: agent_id(1),
        at: at(1_000),
        reachability: Reachability::Grace,
        intent: Intent::InMeeting,
        cause: Cause::Closed,
        by,
    };
    let bare = json!({
        "agent": AGENT, "at": 1000, "reachability": "grace", "intent": "in_meeting", "cause": "closed",
    });
    pin(LogEntry::Change(change(None)), json!({"change": bare}));
    let mut full = bare;
    full["by"] = json!(AGENT);
    pin(LogEntry::Change(change(Some(agent_id(1)))), json!({"change": full}));
    pin(LogEntry::Seen { sign_in: sign_in(6), at: at(2_000) }, json!({"seen": {"sign_in": SIGN_IN, "at": 2000}}));
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
    let reachable: Vec<_> = Reachability::ALL.iter().map(|word| json!(word)).collect();
    assert_eq!(reachable, words(&["connected", "idle", "grace", "offline"]));
    let causes: Vec<_> = Cause::ALL.iter().map(|cause| json!(cause)).collect();
    let known = ["signed_in", "reloaded", "signed_out", "closed", "vanished", "idle", "active", "manual", "admin"];
    assert_eq!(causes, words(&known));
}

#[test]
fn the_record_of_a_room() {
    let record = Record {
        visitor: visitor(5),
        widget: widget(),
        began_at: at(500),
        desk_open: false,
        flips: 4,
        handoffs: vec![Handoff { row: bare_row(), queued: true, version: 3, projected: 2 }],
        projected: Seq(9),
    };
    let pinned = json!({
        "visitor": "vi_50000000000000000000", "widget": "wg_10000000000000000000", "began_at": 500,
        "desk_open": false, "flips": 4, "projected": 9,
        "handoffs": [{"row": bare_row_json(), "queued": true, "version": 3, "projected": 2}],
    });
    pin(record.clone(), pinned.clone());
    // From before openings were counted.
    let mut uncounted = pinned;
    uncounted.as_object_mut().unwrap().remove("flips");
    reads(uncounted, Record { flips: 0, ..record });
}
