//! A controller that may not act says what it would do, and does not look dead to its neighbours.

use std::collections::BTreeSet;

use super::harness::{
    alarm,
    function::{Program, SWITCH_PARAMETER, alfred},
    stub::Stub,
};
use super::{Handled, LOOKS, bootstrap, handles, looks_and_writes};

/// A service is hot, and nothing but the summary is written.
fn holds_back(program: &Program, stub: &Stub) -> Handled {
    stub.world().hot.insert("agent-core");
    let handled = handles(program, stub, alarm()).is_answered();
    let (looks, writes) = looks_and_writes(stub);
    assert_eq!(looks, LOOKS);
    assert_eq!(writes, ["monitoring:PutMetricData eu-central-1 Plimsoll/Controller"]);
    let published = &stub.world().published;
    assert!(published.contains("Plimsoll/Controller Heartbeat"), "{published:?}");
    let namespaces: BTreeSet<_> = published.iter().filter_map(|it| it.split(' ').next()).collect();
    assert_eq!(namespaces, BTreeSet::from(["Plimsoll/Controller"]));
    assert_eq!(handled.counted("Actions"), Some(0.0));
    let did = handled.record()["did"].as_array().unwrap();
    assert!(!did.is_empty() && did.iter().all(|did| did["outcome"] == "not_tried"), "{did:?}");
    handled
}

#[test]
fn the_red_button_stops_it() {
    let stub = alfred();
    stub.set(SWITCH_PARAMETER, Some("stop maria: network test"));
    let handled = holds_back(&bootstrap(), &stub);
    assert_eq!(handled.record()["conduct"]["stopped"], "maria: network test");
}

#[test]
fn a_controller_that_only_observes_says_what_it_would_do() {
    for observe in ["observe", ""] {
        let program = bootstrap().with("PLIMSOLL_MODE", observe);
        let handled = holds_back(&program, &alfred());
        assert_eq!(handled.record()["conduct"], "observe");
    }
}
