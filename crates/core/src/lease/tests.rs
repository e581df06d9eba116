use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::bounds::{Bounds, Declared};

const DECLARED: Bounds = Bounds { min: 2, max: 10 };

fn at(text: &str) -> Timestamp {
    format!("2026-11-24T{text}Z").parse().unwrap()
}

fn lease(cause: Cause, floor: Option<u32>, ceiling: Option<u32>) -> Lease {
    Lease {
        cause,
        id: "one".to_owned(),
        floor,
        ceiling,
        zero: false,
        until: at("12:00:00"),
        by: "alice".to_owned(),
        why: "a rush".to_owned(),
    }
}

fn bounds(leases: &[Lease]) -> (u32, u32) {
    let Bounds { min, max } = Limits::of(leases, at("11:00:00")).on(DECLARED, None);
    (min, max)
}

#[test]
fn the_stronger_lease_wins() {
    use Cause::{Guard, Maintain, Overflow, Surge};
    let (floor, ceiling) =
        (|cause, n| lease(cause, Some(n), None), |cause, n| lease(cause, None, Some(n)));
    let table: [(&[Lease], (u32, u32), &str); 9] = [
        (&[], (2, 10), "nothing"),
        (&[floor(Overflow, 6)], (6, 10), "a floor"),
        (&[floor(Surge, 99)], (10, 10), "a floor never raises the maximum"),
        (&[ceiling(Guard, 4)], (2, 4), "a ceiling"),
        (&[ceiling(Guard, 1)], (2, 2), "an automatic ceiling stops at the declared minimum"),
        (&[ceiling(Guard, 4), floor(Overflow, 6)], (6, 6), "a floor beats an automatic ceiling"),
        (&[ceiling(Maintain, 1)], (1, 1), "an operator goes below the minimum"),
        (&[ceiling(Maintain, 0)], (1, 1), "and to zero only when that was confirmed"),
        (
            &[ceiling(Maintain, 3), floor(Surge, 6)],
            (3, 3),
            "an operator's ceiling beats all floors",
        ),
    ];
    for (leases, expected, what) in table {
        assert_eq!(bounds(leases), expected, "{what}");
    }
    let confirmed = Lease { zero: true, ..ceiling(Maintain, 0) };
    assert_eq!(bounds(&[confirmed]), (0, 0));
}

#[test]
fn the_hard_limit_is_stronger_than_everything() {
    let surge = lease(Cause::Surge, Some(9), None);
    let on = Limits::from(&surge).on(DECLARED, Some(5));
    assert_eq!(on, Bounds { min: 5, max: 5 });
}

#[test]
fn a_lease_reads_back_from_its_tag() {
    let granted = lease(Cause::Surge, Some(4), Some(8));
    let (key, tag) = (granted.key(), granted.tag());
    assert_eq!(key, "plimsoll:lease:surge:one");
    assert_eq!(tag.value, "1 floor=4 ceiling=8 until=2026-11-24T12:00:00Z by=alice why=a rush");
    assert_eq!(Lease::from_tag(&key, &tag.value), Ok(granted));
}

#[test]
fn a_tag_that_is_no_lease_says_why() {
    let key = "plimsoll:lease:surge:one";
    let table = [
        (key, "", "version `` is unknown"),
        (key, "2 floor=1 until=2026-11-24T12:00:00Z", "version `2` is unknown"),
        (key, "1 until=2026-11-24T12:00:00Z", "it sets neither floor nor ceiling"),
        (key, "1 floor=4", "it has no `until`"),
        (key, "1 floor=-4 until=2026-11-24T12:00:00Z", "`floor=-4` is no size"),
        (key, "1 floor=4 until=noon", "`until=noon` is no moment"),
        (key, "1 floor=4 floor=5 until=2026-11-24T12:00:00Z", "`floor` is there twice"),
        (key, "1 floor until=2026-11-24T12:00:00Z", "`floor` has no `=`"),
        ("plimsoll:lease:magic:one", "1 floor=4", "`magic` is no cause"),
        ("plimsoll:lease:surge", "1 floor=4", "its key has no id"),
    ];
    for (key, value, why) in table {
        assert_eq!(Lease::from_tag(key, value).unwrap_err().why, why, "{key} {value}");
    }
}

#[test]
fn every_cause_has_a_key_of_its_own() {
    let keys: BTreeSet<String> =
        Cause::ALL.into_iter().map(|cause| lease(cause, Some(1), None).key()).collect();
    assert_eq!(keys.len(), Cause::ALL.len());
}

fn any_lease() -> impl Strategy<Value = Lease> {
    let size = || proptest::option::of(0u32..20);
    let cause = proptest::sample::select(Cause::ALL.to_vec());
    let words = ("[a-z0-9-]{1,32}", "\\PC{0,80}", "\\PC{0,80}");
    (cause, size(), size(), any::<bool>(), 0i64..10_000, words).prop_filter_map(
        "a lease sets something",
        |(cause, floor, ceiling, zero, until, (id, by, why))| {
            floor.or(ceiling)?;
            let until = at("10:00:00") + jiff::SignedDuration::from_secs(until);
            Some(Lease { cause, id, floor, ceiling, zero, until, by, why })
        },
    )
}

proptest! {
    #[test]
    fn combining_is_a_semilattice(a in any_lease(), b in any_lease(), c in any_lease()) {
        let (a, b, c) = (Limits::from(&a), Limits::from(&b), Limits::from(&c));
        prop_assert_eq!(a.and(b), b.and(a));
        prop_assert_eq!(a.and(b).and(c), a.and(b.and(c)));
        prop_assert_eq!(a.and(a), a);
        prop_assert_eq!(a.and(Limits::default()), a);
    }

    #[test]
    fn bounds_are_in_order_and_within_what_is_declared(
        leases in proptest::collection::vec(any_lease(), 0..9),
        min in 0u32..12, more in 0u32..12, hard in proptest::option::of(0u32..15),
    ) {
        let declared = Bounds { min, max: min + more };
        let bounds = Limits::of(&leases, at("11:00:00")).on(declared, hard);
        prop_assert!(bounds.min <= bounds.max);
        prop_assert!(bounds.max <= declared.max);
        prop_assert!(hard.is_none_or(|hard| bounds.max <= hard));
        let operator = leases.iter().any(|lease| lease.cause.is_operator());
        let least = hard.map_or(declared.min, |hard| declared.min.min(hard));
        prop_assert!(operator || bounds.max >= least, "only an operator goes below the minimum");
        let confirmed = leases.iter().any(|lease| lease.zero);
        prop_assert!(confirmed || bounds.max >= least.min(1));
    }

    #[test]
    fn every_tag_fits_and_reads_back(lease in any_lease()) {
        let tag = lease.tag();
        prop_assert!(tag.value.chars().count() <= 256 && lease.key().len() <= 128);
        let back = Lease::from_tag(&lease.key(), &tag.value).unwrap();
        prop_assert_eq!(Limits::from(&back), Limits::from(&lease));
        prop_assert_eq!((back.until, back.cause, &back.id), (lease.until, lease.cause, &lease.id));
        // What was written once is stable.
        prop_assert_eq!(back.tag(), tag);
    }

    #[test]
    fn no_tag_is_too_strange_to_be_read(key in "\\PC{0,60}", value in "\\PC{0,200}") {
        let _ = Lease::from_tag(&format!("{KEY_PREFIX}{key}"), &value);
    }

    #[test]
    fn after_its_end_action_nothing_of_a_lease_is_left(
        leases in proptest::collection::vec(any_lease(), 1..6),
    ) {
        let leases: BTreeMap<String, Lease> =
            leases.into_iter().map(|lease| (lease.key(), lease)).collect();
        let leases: Vec<Lease> = leases.into_values().collect();
        let schedule = BTreeMap::new();
        let declared = Declared { bounds: DECLARED, schedule: &schedule, most: None };
        let last = leases.iter().map(|lease| lease.until).max().unwrap();
        prop_assert_eq!(declared.with(&leases, last).bounds, DECLARED);
    }
}
