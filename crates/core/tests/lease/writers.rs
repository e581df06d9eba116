//! Two writers with keys of their own, whose writes come in any order.

use std::collections::BTreeSet;

use plimsoll_core::action::Action;
use plimsoll_core::lease::{Cause, Lease, Leases};
use proptest::prelude::*;

use super::cloud::{Cloud, any_lease};

/// Leases of one writer: the controller's are automatic and an operator's are not, so no key is both.
fn leases_of(operator: bool) -> impl Strategy<Value = Vec<Lease>> {
    let own = any_lease().prop_map(move |lease| {
        let cause = if operator { Cause::Surge } else { Cause::Standing };
        Lease { cause, ..lease }
    });
    proptest::collection::vec(own, 1..3).prop_map(|leases| {
        let mut keys = BTreeSet::new();
        leases.into_iter().filter(|lease| keys.insert(lease.key())).collect()
    })
}

/// Carries out the writes of two in the order that `first` says; a writer that AWS refuses stops, as
/// one whose picture is old does.
fn interleave(cloud: &mut Cloud, one: Vec<Action>, other: Vec<Action>, first: &[bool]) {
    let mut writers = [one.into_iter(), other.into_iter()];
    let turns = first.iter().map(|one| usize::from(!one)).chain([0; 20]).chain([1; 20]);
    let mut stopped = [false; 2];
    for writer in turns {
        if stopped[writer] {
            continue;
        }
        if let Some(action) = writers[writer].next() {
            stopped[writer] = cloud.act(&action).is_err();
            cloud.assert_ends_by_itself();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Law 6: both look at the same picture, and write in any order; after a look at what came of it
    /// each, the leases of both are in force.
    #[test]
    fn writes_of_two_in_any_order_come_to_the_same(
        automatic in leases_of(false),
        operators in leases_of(true),
        first in proptest::collection::vec(any::<bool>(), 0..12),
        scheduled in proptest::bool::weighted(0.2),
    ) {
        let mut one_by_one = Cloud::any(scheduled);
        one_by_one.grant(&automatic);
        one_by_one.grant(&operators);

        let mut mixed = Cloud::any(scheduled);
        let none = BTreeSet::new();
        let (one, other) =
            (mixed.settled(&automatic, &none).actions, mixed.settled(&operators, &none).actions);
        interleave(&mut mixed, one, other, &first);
        // Who was refused tries again, and so does a tick.
        mixed.grant(&automatic);
        mixed.grant(&operators);
        mixed.assert_settled();
        prop_assert_eq!(mixed.group.bounds, one_by_one.group.bounds);
        prop_assert_eq!(&mixed.group.tags, &one_by_one.group.tags);
        prop_assert_eq!(Leases::of(&mixed.group), Leases::of(&one_by_one.group));
        let names = |cloud: &Cloud| cloud.ends().into_keys().collect::<Vec<_>>();
        prop_assert_eq!(names(&mixed), names(&one_by_one));
    }
}
