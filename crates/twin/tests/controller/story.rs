//! What a controller does over time, through the port alone.

use plimsoll_core::action::Action;
use plimsoll_core::bounds::Bounds;
use plimsoll_core::lease::{Cause, Lease};
use plimsoll_core::peers;
use plimsoll_core::traffic::{self, Share};
use plimsoll_twin::fault::{Fault, Kind, TO_THE_END};
use serde_json::json;
use std::collections::BTreeMap;

use crate::setting::{House, alfred, load};

#[test]
fn a_quiet_platform_is_left_alone() {
    let house = House::new(alfred(&json!({})), &load(60.0), Vec::new());
    house.pass(1_800);
    let before = house.picture();
    house.minutes(30);
    assert_eq!(house.picture(), before);
    let records = house.records();
    assert!(records.iter().all(|record| record.did.is_empty() && record.findings.is_empty()));
    let judged = records.last().unwrap();
    assert!(judged.shares.values().all(|share| *share == Share::OPEN), "{judged}");
}

#[test]
fn a_lease_ends_by_aws_alone_when_the_controller_is_gone() {
    let house = House::new(alfred(&json!({})), &load(60.0), Vec::new());
    house.pass(600);
    let group = house.group("eu-central-1", "agent-rag");
    let lease = Lease {
        cause: Cause::Surge,
        id: "rush".to_owned(),
        floor: Some(6),
        ceiling: None,
        zero: false,
        until: house.now() + jiff::SignedDuration::from_secs(900),
        by: "ada".to_owned(),
        why: String::new(),
    };
    let tags = BTreeMap::from([(lease.key(), lease.tag())]);
    house.act("eu-central-1", &Action::PutTags { group: group.name.clone(), tags });
    house.tick("eu-central-1");
    let leased = house.group("eu-central-1", "agent-rag");
    assert_eq!(leased.bounds, Bounds { min: 6, max: 8 });
    assert_eq!(leased.desired, 6);
    // Nobody ticks any more.
    house.pass(1_200);
    assert_eq!(house.group("eu-central-1", "agent-rag").bounds, group.bounds);
    // And a controller that is back clears what is over.
    house.tick("eu-central-1");
    let after = house.group("eu-central-1", "agent-rag");
    assert!(after.schedules.is_empty() && !after.tags.contains_key(&lease.key()));
}

#[test]
fn a_dark_neighbour_holds_everything_within_a_tick_and_loses_its_traffic_when_peers_are_ready() {
    let spec = alfred(&json!({ "controller": { "failover": { "mode": "act" } } }));
    let kind = Kind::DataPlaneDark { region: "us-east-1".to_owned() };
    let fault = Fault { from: 1_800, to: TO_THE_END, kind };
    let house = House::new(spec, &load(120.0), vec![fault]);
    house.pass(1_500);
    house.minutes(5);
    house.minutes(2);
    for region in ["us-west-2", "eu-central-1"] {
        for service in ["agent-core", "agent-rag", "agent-social"] {
            let group = house.group(region, service);
            assert!(group.bounds.min >= group.desired, "{region} {service} may shrink");
        }
    }
    house.minutes(12);
    for region in ["us-west-2", "eu-central-1"] {
        let record = house.last(region);
        assert_eq!(record.shares.get("us-east-1"), Some(&Share::CLOSED), "{record}");
    }
}

#[test]
fn the_primarys_region_is_never_evacuated_by_itself() {
    let spec = alfred(&json!({ "controller": { "failover": { "mode": "act" } } }));
    let kind = Kind::DataPlaneDark { region: "us-west-2".to_owned() };
    let fault = Fault { from: 1_800, to: TO_THE_END, kind };
    let house = House::new(spec, &load(120.0), vec![fault]);
    house.pass(1_500);
    house.minutes(25);
    let records = house.records();
    let closed = records
        .iter()
        .any(|record| record.shares.get("us-west-2").is_some_and(|share| *share < Share::OPEN));
    assert!(!closed);
    let finding = records.iter().flat_map(|record| &record.findings).next().unwrap();
    assert!(finding.to_string().contains("primary"), "{finding}");
}

/// Controllers of another day closed us-east-1 and were removed; new ones go on from its metrics, and
/// are woken every few seconds.
#[test]
fn a_region_that_was_closed_before_and_is_well_gets_its_traffic_back_by_quarters() {
    let failover = json!({ "mode": "act", "after": "2m", "return_after": "2m", "step": "1m" });
    let spec = alfred(&json!({ "controller": { "failover": failover } }));
    let house = House::new(spec, &load(60.0), Vec::new());
    house.pass(1_200);
    for (judge, other) in [("us-west-2", "eu-central-1"), ("eu-central-1", "us-west-2")] {
        house.tell(judge, traffic::NAMESPACE, traffic::SHARE, "us-east-1", 10, 0);
        house.tell(judge, peers::NAMESPACE, peers::metric::REACHABLE, "us-east-1", 3, 1);
        house.tell(judge, peers::NAMESPACE, peers::metric::REACHABLE, other, 3, 1);
    }
    let mut shares: Vec<Option<u8>> = Vec::new();
    for _ in 0..120 {
        house.pass(5);
        for region in ["us-west-2", "eu-central-1"] {
            let record = house.tick(region);
            let share = record.shares.get("us-east-1").map(|share| share.as_quarters());
            if region == "eu-central-1" && shares.last() != Some(&share) {
                shares.push(share);
            }
        }
    }
    assert_eq!(shares, [Some(1), Some(2), Some(3), Some(4), None]);
}
