//! Law 6: two invocations interleaved at any call end in the same world, and one that is killed at
//! any call is completed by the next.

use std::collections::BTreeMap;

use plimsoll_core::action::Action;
use plimsoll_core::lease::{Cause, Lease};
use plimsoll_twin::fault::{Fault, Kind, TO_THE_END};
use serde_json::json;

use crate::setting::{Crossed, House, Then, alfred, difference, finished, load, polled};

const HERE: &str = "eu-central-1";

/// A moment at which there is a lot to do in one tick: a neighbour just went dark, an operator
/// granted a lease, and another lease is over.
fn busy() -> House {
    let spec = alfred(&json!({ "controller": { "failover": { "mode": "act" } } }));
    let kind = Kind::DataPlaneDark { region: "us-east-1".to_owned() };
    let fault = Fault { from: 1_150, to: TO_THE_END, kind };
    // Several instances in each region, so that the floors of a dark neighbour are not the minimum.
    let house = House::new(spec, &load(180.0), vec![fault]);
    house.pass(900);
    house.minutes(4);
    let group = house.group(HERE, "agent-core");
    let until = house.now() + jiff::SignedDuration::from_secs(1_800);
    let lease = |cause, floor, until| Lease {
        cause,
        id: "x".to_owned(),
        floor: Some(floor),
        ceiling: None,
        zero: false,
        until,
        by: "ada".to_owned(),
        why: "a rush".to_owned(),
    };
    let leases = [lease(Cause::Surge, 9, until), lease(Cause::Pause, 2, house.now())];
    let tags: BTreeMap<_, _> = leases.iter().map(|lease| (lease.key(), lease.tag())).collect();
    house.act(HERE, &Action::PutTags { group: group.name, tags });
    house.pass(60);
    house
}

/// How many calls the tick makes when nothing comes between.
fn calls() -> usize {
    let house = busy();
    let view = house.twin.seen_from(HERE);
    let cloud = Crossed::new(&view, usize::MAX, || Then::GoOn);
    let record = finished(house.tick_through(HERE, &cloud));
    assert!(record.failures().is_empty(), "{record}");
    let writes = record.did.len();
    assert!(writes > 12, "there is little to interleave: {record}");
    cloud.calls()
}

/// What the world is in the end, when nothing comes between.
fn expected() -> Vec<String> {
    busy().settle(HERE)
}

#[test]
fn two_ticks_interleaved_at_any_call_end_in_the_same_world() {
    let expected = expected();
    for at in 0..calls() {
        let house = busy();
        let view = house.twin.seen_from(HERE);
        let cloud = Crossed::new(&view, at, || {
            house.tick(HERE);
            Then::GoOn
        });
        finished(house.tick_through(HERE, &cloud));
        let differs = difference(&house.settle(HERE), &expected);
        assert!(differs.is_empty(), "interleaved before call {at}: {differs:#?}");
    }
}

#[test]
fn a_tick_that_is_killed_at_any_call_is_completed_by_the_next() {
    let expected = expected();
    for at in 0..calls() {
        let house = busy();
        let view = house.twin.seen_from(HERE);
        let cloud = Crossed::new(&view, at, || Then::Die);
        assert!(polled(house.tick_through(HERE, &cloud)).is_none(), "call {at} was not made");
        let differs = difference(&house.settle(HERE), &expected);
        assert!(differs.is_empty(), "killed before call {at}: {differs:#?}");
    }
}
