//! What is stored or under way outlives deploys: its JSON is pinned here. If one of these tests fails, the
//! change needs a migration, or a field that may be absent.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use desk::desk::{Agent, Config, Department, LogEntry, Profile, SignIn, Upkeep, Versions};
use desk::notice::{Numbered, ToDesk, ToRoom};
use desk::pace::Pace;
use desk::presence::{Lease, Presence};
use desk::room::{Handoff, Record};
use protocol::desk::{LastMessage, Note, Offer, QueueRow};
use protocol::room::{Place, Receipt, Receipts};
use protocol::routing::{ChannelSettings, Considered, ConversationSettings, Decision, Routing};
use protocol::team::{PresenceChange, Tally};
use protocol::{
    Act, Body, Cause, CloseReason, Delivery, Email, Epoch, Intent, Kind, Name, Priority, Reachability, Requeue, Role,
    RoutingMode, Seq, Stage, Status, WhenDeclined, Why,
};
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
        "page": page_json(), "returned": false, "priority": "normal", "told": 0,
    })
}

fn agent_json() -> Value {
    json!({"id": AGENT, "name": "Agent 1"})
}

fn place() -> Place {
    Place { ahead: 3, from_min: Some(2), to_min: Some(5) }
}

fn place_json() -> Value {
    json!({"ahead": 3, "from_min": 2, "to_min": 5})
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
        department: Some(department(7)),
        priority: Priority::Vip,
        queued_at: Some(at(1_500)),
        told: Epoch(1),
        offer: Some(Offer { agent: agent_ref(1), at: at(1_600), until: at(31_600) }),
        declined: vec![agent_id(1)],
        ring_at: Some(at(16_600)),
        earlier: Some(agent_id(1)),
        place: Some(place()),
        form_offered: true,
        expires_at: Some(at(79_000)),
        note: Some(Note { by: agent_ref(1), at: at(1_800), text: Body::parse("Ask about the mug").unwrap() }),
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
        "department": DEPARTMENT, "priority": "vip", "queued_at": 1500, "told": 1,
        "offer": {"agent": agent_json(), "at": 1600, "until": 31600},
        "declined": [AGENT], "ring_at": 16600, "earlier": AGENT, "place": place_json(), "form_offered": true,
        "expires_at": 79000,
        "note": {"by": agent_json(), "at": 1800, "text": "Ask about the mug"},
    })
}

#[test]
fn a_row_of_the_queue() {
    pin(bare_row(), bare_row_json());
    pin(full_row(), full_row_json());
    // From before there were departments, priorities and offers.
    let mut earlier = bare_row_json();
    let fields = earlier.as_object_mut().unwrap();
    fields.remove("priority");
    fields.remove("told");
    reads(earlier, bare_row());
}

#[test]
fn from_a_room_to_its_desk() {
    let row = || Box::new(bare_row());
    pin(ToDesk::Ask { row: row(), by: None }, json!({"ask": {"row": bare_row_json(), "by": null}}));
    let (by, asked) = (Some(agent_ref(1)), json!({"ask": {"row": bare_row_json(), "by": agent_json()}}));
    pin(ToDesk::Ask { row: row(), by }, asked);
    let end = ToDesk::End { handoff: handoff(3), conversation: bare_row().conversation, epoch: Epoch(4) };
    pin(end, json!({"end": {"handoff": HANDOFF, "conversation": bare_row().conversation, "epoch": 4}}));
    let differs = json!({"differs": {"row": bare_row_json(), "checked": 4}});
    pin(ToDesk::Differs { row: row(), checked: Epoch(4) }, differs);
    pin(ToDesk::AfterHours { row: Box::new(full_row()) }, json!({"after_hours": {"row": full_row_json()}}));
    let redacted = ToDesk::Redacted { conversation: conversation(2), at: at(1_000) };
    pin(redacted, json!({"redacted": {"conversation": ROOM, "at": 1000}}));
    pin(
        ToDesk::Activity { handoff: handoff(3), conversation: conversation(2), last: last() },
        json!({"activity": {
            "handoff": HANDOFF, "conversation": ROOM, "last": {"kind": "visitor", "text": "Hello?", "at": 1000},
        }}),
    );
}

#[test]
fn from_the_desk_to_a_room() {
    let (id, epoch, agent) = (handoff(3), Epoch(7), agent_ref(1));
    for (notice, pinned) in [
        (
            ToRoom::Queued { handoff: id.clone(), place: Some(place()) },
            json!({"queued": {"handoff": HANDOFF, "place": place_json()}}),
        ),
        (
            ToRoom::Moved { handoff: id.clone(), place: Place { ahead: 50, from_min: None, to_min: None } },
            json!({"moved": {"handoff": HANDOFF, "place": {"ahead": 50}}}),
        ),
        (ToRoom::FormOffered { handoff: id.clone() }, json!({"form_offered": {"handoff": HANDOFF}})),
        (
            ToRoom::Warned { handoff: id.clone(), expires_at: at(79_000) },
            json!({"warned": {"handoff": HANDOFF, "expires_at": 79000}}),
        ),
        (ToRoom::Unknown { handoff: id.clone() }, json!({"unknown": {"handoff": HANDOFF}})),
        (
            ToRoom::Check {
                handoff: id.clone(),
                epoch,
                stage: Stage::Active,
                agent: Some(agent.clone()),
                at: at(2_000),
            },
            json!({"check": {"handoff": HANDOFF, "epoch": 7, "stage": "active", "agent": agent_json(), "at": 2000}}),
        ),
        (ToRoom::Nobody { handoff: id.clone() }, json!({"nobody": {"handoff": HANDOFF}})),
        (ToRoom::DeskOpen { open: true, flips: 7 }, json!({"desk_open": {"open": true, "flips": 7}})),
        (ToRoom::SignedOut { sign_in: sign_in(6) }, json!({"signed_out": {"sign_in": SIGN_IN}})),
        (
            ToRoom::Claimed {
                handoff: id.clone(),
                epoch,
                agent: agent.clone(),
                at: at(2_000),
                department: Some(department(7)),
            },
            json!({"claimed": {
                "handoff": HANDOFF, "epoch": 7, "agent": agent_json(), "at": 2000, "department": DEPARTMENT,
            }}),
        ),
        (
            ToRoom::Returned { handoff: id.clone(), epoch, agent, why: Requeue::Vanished },
            json!({"returned": {"handoff": HANDOFF, "epoch": 7, "agent": agent_json(), "why": "vanished"}}),
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
    // From before there were places, and departments.
    let claimed = json!({"claimed": {"handoff": HANDOFF, "epoch": 7, "agent": agent_json(), "at": 2000}});
    let (of, agent) = (handoff(3), agent_ref(1));
    reads(claimed, ToRoom::Claimed { handoff: of, epoch, agent, at: at(2_000), department: None });
    reads(json!({"queued": {"handoff": HANDOFF}}), ToRoom::Queued { handoff: handoff(3), place: None });
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
        let since = at(4_000);
        let agent = Agent { profile, intent: Intent::DoNotDisturb, presence, since, served_at: at(3_500) };
        let who = json!({
            "id": AGENT, "name": "Agent 1", "role": "support_staff", "capacity": 5, "departments": [DEPARTMENT],
        });
        let known = json!({
            "profile": who, "intent": "do_not_disturb", "presence": pinned, "since": 4000, "served_at": 3500,
        });
        pin(agent.clone(), known.clone());
        // From before there were turns.
        let mut unserved = known;
        unserved.as_object_mut().unwrap().remove("served_at");
        reads(unserved, Agent { served_at: at(0), ..agent });
    }
}

#[test]
fn the_administration_and_a_sign_in() {
    let config = |conversations, routing| Config {
        versions: Versions { roster: 3, access: 4 },
        settings: SETTINGS,
        defaults: SETTINGS,
        conversations,
        departments: vec![Department { id: department(7), name: Name::parse("Sales").unwrap(), routing }],
    };
    let website =
        ChannelSettings { expire_after_ms: 79_200_000, warn_before_ms: 600_000, close_idle_after_ms: 900_000 };
    let routing = Routing {
        mode: RoutingMode::LeastLoaded,
        delivery: Delivery::Assign,
        offer_ms: 30_000,
        sticky: true,
        fallback: Some(department(7)),
        when_declined: WhenDeclined::Form,
        form_after_ms: 300_000,
        alert_after_ms: 120_000,
    };
    let pinned = json!({
        "versions": {"roster": 3, "access": 4},
        "settings": {"stale_after_ms": 45000, "grace_ms": 10000, "idle_after_ms": 300000},
        "defaults": {"stale_after_ms": 45000, "grace_ms": 10000, "idle_after_ms": 300000},
        "conversations": {
            "website": {"expire_after_ms": 79200000, "warn_before_ms": 600000, "close_idle_after_ms": 900000},
            "files": {"images": true, "documents": true, "max_kb": 10240},
        },
        "departments": [{"id": DEPARTMENT, "name": "Sales", "routing": {
            "mode": "least_loaded", "delivery": "assign", "offer_ms": 30000, "sticky": true, "fallback": DEPARTMENT,
            "when_declined": "form", "form_after_ms": 300000, "alert_after_ms": 120000,
        }}],
    });
    pin(config(ConversationSettings { website, ..Default::default() }, routing), pinned.clone());
    // From before departments routed and conversations expired.
    let mut earlier = pinned;
    earlier.as_object_mut().unwrap().remove("conversations");
    earlier["departments"] = json!([{"id": DEPARTMENT, "name": "Sales"}]);
    reads(earlier, config(ConversationSettings::default(), Routing::default()));
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
fn the_log_of_what_was_done_with_handoffs() {
    let decision = Decision {
        handoff: handoff(3),
        at: at(1_000),
        act: Act::Asked,
        agent: None,
        by: None,
        department: None,
        mode: None,
        considered: Vec::new(),
        note: None,
    };
    let bare = json!({"handoff": HANDOFF, "at": 1000, "act": "asked"});
    pin(LogEntry::Decision(decision.clone()), json!({"decision": bare}));
    let considered = Considered {
        agent: agent_ref(1),
        why: Why::AtCapacity,
        status: Status::Busy,
        since: at(500),
        load: 5,
        capacity: 5,
    };
    let full = Decision {
        act: Act::Transferred,
        agent: Some(agent_ref(1)),
        by: Some(agent_ref(1)),
        department: Some(department(7)),
        mode: Some(RoutingMode::RoundRobin),
        considered: vec![considered],
        note: Some(Body::parse("Ask about the mug").unwrap()),
        ..decision
    };
    let full_json = json!({
        "handoff": HANDOFF, "at": 1000, "act": "transferred", "agent": agent_json(), "by": agent_json(),
        "department": DEPARTMENT, "mode": "round_robin", "note": "Ask about the mug",
        "considered": [{
            "agent": agent_json(), "why": "at_capacity", "status": "busy", "since": 500, "load": 5, "capacity": 5,
        }],
    });
    pin(LogEntry::Decision(full), json!({"decision": full_json}));
}

#[test]
fn paces_and_upkeep() {
    let mut pace = Pace::default();
    assert!(pace.step(at(10_000), at(4_000)) && pace.step(at(15_000), at(5_000)));
    pin(pace, json!({"steps": [{"at": 10000, "took_ms": 6000}, {"at": 15000, "took_ms": 5000}]}));
    let tally = Tally { expired: 1, abandoned: 2, lapsed: 3, returned: 4, repaired: 5, at: Some(at(1_000)) };
    let full = json!({"expired": 1, "abandoned": 2, "lapsed": 3, "returned": 4, "repaired": 5, "at": 1000});
    let upkeep = Upkeep { tally, checked_at: at(2_000), checked: Some(handoff(3)) };
    pin(upkeep, json!({"tally": full, "checked_at": 2000, "checked": HANDOFF}));
    let none = json!({"expired": 0, "abandoned": 0, "lapsed": 0, "returned": 0, "repaired": 0});
    pin(Upkeep::default(), json!({"tally": none, "checked_at": 0, "checked": null}));
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
    let priorities: Vec<_> = Priority::ALL.iter().map(|word| json!(word)).collect();
    assert_eq!(priorities, words(&["vip", "high", "normal", "low"]));
    let modes: Vec<_> = RoutingMode::ALL.iter().map(|word| json!(word)).collect();
    assert_eq!(modes, words(&["manual", "round_robin", "least_loaded"]));
    let deliveries: Vec<_> = Delivery::ALL.iter().map(|word| json!(word)).collect();
    assert_eq!(deliveries, words(&["offer", "assign"]));
    let ways: Vec<_> = WhenDeclined::ALL.iter().map(|word| json!(word)).collect();
    assert_eq!(ways, words(&["ring_again", "form"]));
    let requeues: Vec<_> = Requeue::ALL.iter().map(|word| json!(word)).collect();
    assert_eq!(requeues, words(&["vanished", "released", "transferred"]));
    let reasons: Vec<_> = Why::ALL.iter().map(|word| json!(word)).collect();
    let known = ["chosen", "knows_visitor", "at_capacity", "not_available", "declined", "not_their_turn"];
    assert_eq!(reasons, words(&known));
    let acts: Vec<_> = Act::ALL.iter().map(|word| json!(word)).collect();
    let known = [
        "asked",
        "reopened",
        "offered",
        "routed",
        "claimed",
        "accepted",
        "declined",
        "offer_lapsed",
        "offer_withdrawn",
        "exhausted",
        "fell_back",
        "assigned",
        "taken_over",
        "transferred",
        "released",
        "returned",
        "prioritized",
        "form_offered",
        "warned",
        "resolved",
        "ended_by_visitor",
        "expired",
        "abandoned",
        "missed",
        "repaired",
    ];
    assert_eq!(acts, words(&known));
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
        receipts: Receipts { visitor: Receipt { delivered: Seq(8), read: Seq(7) }, agent: Receipt::default() },
    };
    let pinned = json!({
        "visitor": "vi_50000000000000000000", "widget": "wg_10000000000000000000", "began_at": 500,
        "desk_open": false, "flips": 4, "projected": 9,
        "receipts": {"visitor": {"delivered": 8, "read": 7}, "agent": {"delivered": 0, "read": 0}},
        "handoffs": [{"row": bare_row_json(), "queued": true, "version": 3, "projected": 2}],
    });
    pin(record.clone(), pinned.clone());
    // From before openings were counted, and before there were receipts.
    let mut uncounted = pinned;
    for later in ["flips", "receipts"] {
        uncounted.as_object_mut().unwrap().remove(later);
    }
    reads(uncounted, Record { flips: 0, receipts: Receipts::default(), ..record });
}
