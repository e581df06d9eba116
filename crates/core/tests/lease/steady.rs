//! The cheap answer to whether all is in place.

use std::collections::BTreeSet;

use plimsoll_core::lease::Lease;
use proptest::prelude::*;

use super::cloud::{Cloud, any_lease};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whoever asks it first does what he would have done without: the same actions, which are none.
    #[test]
    fn it_is_never_yes_where_something_is_written(
        granted in proptest::collection::vec(any_lease(), 0..4),
        steps in prop_oneof![0..10usize, Just(usize::MAX)],
        seconds in prop_oneof![Just(0i64), 0..8_000i64],
        size in proptest::option::of(0u32..14),
        scheduled: bool,
    ) {
        let mut cloud = Cloud::any(scheduled);
        let mut keys = BTreeSet::new();
        let new = |it: &Lease| it.in_force(cloud.now) && keys.insert(it.key());
        let granted: Vec<Lease> = granted.into_iter().filter(new).collect();
        let actions = cloud.settled(&granted, &BTreeSet::new()).actions;
        cloud.write(actions.into_iter().take(steps).collect());
        cloud.pass(cloud.now + jiff::SignedDuration::from_secs(seconds));
        cloud.group.desired = size.unwrap_or(cloud.group.desired);
        if cloud.is_settled() {
            prop_assert_eq!(cloud.settled(&[], &BTreeSet::new()).actions, []);
        }
    }

    /// It is worth asking: where no schedule lies in between, what was granted is in place.
    #[test]
    fn it_is_yes_after_a_grant(granted in proptest::collection::vec(any_lease(), 0..4)) {
        let mut cloud = Cloud::any(false);
        let mut keys = BTreeSet::new();
        let new = |it: &Lease| it.in_force(cloud.now) && keys.insert(it.key());
        let granted: Vec<Lease> = granted.into_iter().filter(new).collect();
        cloud.grant(&granted);
        cloud.tick();
        prop_assert!(cloud.is_settled());
    }
}
