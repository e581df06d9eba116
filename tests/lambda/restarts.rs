//! A function that is killed in the middle, and the one that comes after it.

use std::time::{Duration, Instant};

use super::harness::alarm;
use super::harness::function::{Function, alfred};
use super::harness::runtime_api::{Did, RuntimeApi};
use super::harness::stub::Stub;
use super::harness::world::Trouble;
use super::{bootstrap, handles, looks_and_writes};

const GROUP: &str = "alfred-production-agent-core-a";

#[test]
fn the_next_one_completes_what_a_killed_one_began() {
    let stub = alfred();
    stub.world().hot.insert("agent-core");
    stub.spoil("UpdateAutoScalingGroup", "eu-central-1", Trouble::Silent);
    let api = RuntimeApi::start();
    let function = Function::start(&bootstrap(), &api, &stub);
    assert!(matches!(api.did().1, Did::Next));
    api.invoke(alarm());
    let deadline = Instant::now() + Duration::from_secs(30);
    while !stub.world().calls.iter().any(|call| call.contains(":UpdateAutoScalingGroup")) {
        assert!(Instant::now() < deadline, "it never came to its action: {:?}", stub.calls());
        std::thread::sleep(Duration::from_millis(5));
    }
    function.killed();
    let memory = stub.world().groups[GROUP].tags["plimsoll:scaled"].clone();
    assert!(memory.ends_with(" 3 4"), "{memory}");
    assert_eq!(stub.world().groups[GROUP].desired, 3);

    // Within the interval nobody knows whether the size was sent and is not seen yet.
    stub.calls();
    stub.world().faults.clear();
    let handled = handles(&bootstrap(), &stub, alarm()).is_answered();
    assert_eq!(writes_to_groups(&stub), NOTHING);
    assert!(handled.record()["said"].to_string().contains("just_moved"), "{handled:#?}");

    a_minute_passes(&stub);
    handles(&bootstrap(), &stub, alarm()).is_answered();
    assert_eq!(stub.world().groups[GROUP].desired, 4);
    assert_eq!(writes_to_groups(&stub).len(), 2);
    // The same message once more finds that it was done a moment ago.
    handles(&bootstrap(), &stub, alarm()).is_answered();
    assert_eq!(writes_to_groups(&stub), NOTHING);
}

const NOTHING: [&str; 0] = [];

fn writes_to_groups(stub: &Stub) -> Vec<String> {
    let writes = looks_and_writes(stub).1;
    writes.into_iter().filter(|call| call.starts_with("autoscaling:")).collect()
}

/// What the group remembers is a minute older.
fn a_minute_passes(stub: &Stub) {
    let mut world = stub.world();
    let memory = world.groups.get_mut(GROUP).unwrap().tags.get_mut("plimsoll:scaled").unwrap();
    let words: Vec<&str> = memory.split(' ').collect();
    let at: jiff::Timestamp = words[1].parse().unwrap();
    *memory =
        format!("{} {} {}", words[0], at - jiff::Span::new().minutes(1), words[2..].join(" "));
}
