//! Groups that move too often.

use jiff::SignedDuration;
use plimsoll_core::lease::{Cause, Lease};
use plimsoll_core::reflex::Reflex;
use proptest::prelude::*;

use crate::support::{Seen, ago, now};

fn seen(changes: Option<u32>) -> Seen {
    let mut seen = Seen::new();
    seen.signals("worker").changes = changes;
    seen
}

fn lease(floor: u32, left: i64) -> Lease {
    Lease {
        cause: Cause::Damping,
        id: "damping".to_owned(),
        floor: Some(floor),
        ceiling: None,
        zero: false,
        until: now() + SignedDuration::from_secs(left),
        by: "controller".to_owned(),
        why: String::new(),
    }
}

#[test]
fn a_group_that_moves_too_often_is_held_where_it_is() {
    // Changes in the last hour, floor and seconds left of the lease in force -> floor granted.
    let table = [
        ("rarely moved", Some(6), None, None),
        ("too often", Some(7), None, Some(4)),
        ("nobody knows", None, None, None),
        ("too often, held already", Some(7), Some((3, 1_500)), None),
        ("too often, and the lease runs out: the floor stays", Some(9), Some((3, 500)), Some(3)),
        ("calm, and the lease runs out", Some(6), Some((3, 500)), None),
        ("unknown, and the lease runs out", None, Some((3, 500)), None),
    ];
    for (what, changes, held, expected) in table {
        let mut seen = seen(changes);
        if let Some((floor, left)) = held {
            seen.lease("worker", &lease(floor, left));
        }
        let granted = seen.granted(Reflex::Damping);
        let floors: Vec<_> = granted.iter().map(|(about, it)| (about.as_str(), it.floor)).collect();
        let expected: Vec<_> = expected.iter().map(|floor| ("worker", Some(*floor))).collect();
        assert_eq!(floors, expected, "{what}");
        for (_, lease) in granted {
            assert_eq!(lease.until, ago(-1_800), "{what}: it lasts as long as the spec says");
        }
    }
}

#[test]
fn a_person_is_told_while_it_lasts() {
    let mut seen = seen(Some(7));
    assert_eq!(seen.decide(|decision| decision.findings().count()), 1);
    seen.follow();
    assert_eq!(seen.decide(|decision| decision.findings().count()), 1, "for an alarm of minutes");
    seen.signals("worker").changes = Some(2);
    assert_eq!(seen.decide(|decision| decision.findings().count()), 1, "it is still held");
}

#[test]
fn a_stateful_service_is_never_held() {
    let mut seen = Seen::new();
    seen.signals("db").changes = Some(99);
    assert!(seen.said(Reflex::Damping).is_empty());
}

proptest! {
    /// However the group grows and however long it is restless, its floor is the one at which that
    /// was noticed first.
    #[test]
    fn the_floor_never_rises_while_it_lasts(
        sizes in prop::collection::vec(1u32..=8, 1..40),
        changes in prop::collection::vec(7u32..60, 40),
    ) {
        let mut seen = seen(Some(7));
        let first = seen.group("worker").desired;
        for (size, changes) in sizes.into_iter().zip(changes) {
            seen.signals("worker").changes = Some(changes);
            seen.follow();
            let bounds = seen.group("worker").bounds;
            prop_assert_eq!(bounds.min, first);
            prop_assert_eq!(seen.follow(), 0, "what was done is not done again");
            seen.group("worker").desired = bounds.clamp(size);
            seen.now += SignedDuration::from_secs(60);
        }
    }
}
