//! Shared singletons that are full.

use jiff::SignedDuration;
use plimsoll_core::lease::{Cause, Lease};
use plimsoll_core::reflex::Reflex;
use plimsoll_core::scaling::managed::BadData;
use plimsoll_core::units::MetricValue;
use proptest::prelude::*;

use crate::support::{Seen, ago, now};

type Value = Option<Result<i32, BadData>>;

fn set(seen: &mut Seen, value: Value) {
    seen.signals("db").guarded = value.map(|value| value.map(MetricValue::whole));
}

fn lease(ceiling: u32, left: i64) -> Lease {
    Lease {
        cause: Cause::Guard,
        id: "db".to_owned(),
        floor: None,
        ceiling: Some(ceiling),
        zero: false,
        until: now() + SignedDuration::from_secs(left),
        by: "controller".to_owned(),
        why: String::new(),
    }
}

#[test]
fn what_leans_on_a_full_singleton_does_not_grow() {
    // The threshold is 900; `worker` stands at 4.
    let full = Some(Ok(900));
    let band = Some(Ok(810));
    let table = [
        ("well below", Some(Ok(500)), None, None),
        ("in the band", band, None, None),
        ("at the threshold", full, None, Some(4)),
        ("full, and held", full, Some((4, 800)), None),
        ("full, and held loosely: it goes down with the group", full, Some((6, 800)), Some(4)),
        ("full, and held below a floor: it does not rise", full, Some((3, 800)), None),
        ("full, and the lease runs out", full, Some((4, 200)), Some(4)),
        ("in the band, and the lease runs out", band, Some((6, 200)), Some(6)),
        ("below the band, and the lease runs out", Some(Ok(809)), Some((4, 200)), None),
        ("unknown, and the lease runs out", Some(Err(BadData::Missing)), Some((4, 200)), None),
        ("no number", Some(Err(BadData::NotANumber)), None, None),
        ("no signal at all", None, None, None),
    ];
    for (what, value, held, expected) in table {
        let mut seen = Seen::new();
        set(&mut seen, value);
        if let Some((ceiling, left)) = held {
            seen.lease("worker", &lease(ceiling, left));
            seen.group("worker").desired = 4;
        }
        let granted = seen.granted(Reflex::Guard);
        let found = granted.iter().find(|(about, _)| about == "worker");
        assert_eq!(found.map(|(_, lease)| lease.ceiling), expected.map(Some), "{what}");
        for (_, lease) in granted {
            assert_eq!((lease.until, lease.by.as_str()), (ago(-900), "controller"), "{what}");
        }
    }
}

#[test]
fn every_service_that_uses_it_is_held_and_no_other() {
    let mut seen = Seen::new();
    set(&mut seen, Some(Ok(1_000)));
    let granted = seen.granted(Reflex::Guard);
    let names: Vec<&str> = granted.iter().map(|(about, _)| about.as_str()).collect();
    assert_eq!(names, ["web", "worker"]);
    assert_eq!(seen.decide(|decision| decision.findings().count()), 1);
    seen.follow();
    assert_eq!(seen.decide(|decision| decision.findings().count()), 1, "for an alarm of minutes");
}

#[test]
fn a_blind_guard_is_said_to_be_blind() {
    for value in [None, Some(Err(BadData::Missing)), Some(Err(BadData::NotANumber))] {
        let mut seen = Seen::new();
        set(&mut seen, value);
        assert_eq!(seen.said(Reflex::Guard), ["db: guard_unknown"]);
    }
}

proptest! {
    /// Whatever a guard reads, no group shrinks by it, and no minimum is undercut.
    #[test]
    fn a_guard_shrinks_nothing(
        desired in 1u32..=8,
        values in prop::collection::vec(
            prop_oneof![
                (0i32..2_000).prop_map(|it| Some(Ok(it))),
                Just(Some(Err(BadData::Missing))),
                Just(None),
            ],
            1..30,
        ),
    ) {
        let mut seen = Seen::new();
        seen.group("worker").desired = desired;
        for value in values {
            set(&mut seen, value);
            seen.follow();
            prop_assert_eq!(seen.group("worker").desired, desired);
            prop_assert!(seen.group("worker").bounds.max >= desired);
            prop_assert_eq!(seen.group("worker").bounds.min, 1);
            prop_assert_eq!(seen.follow(), 0, "what was done is not done again");
            seen.now += SignedDuration::from_secs(60);
        }
    }
}
