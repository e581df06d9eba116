//! A writer that dies between two writes.

use std::collections::BTreeSet;

use plimsoll_core::lease::{Lease, Leases, is_end};
use proptest::prelude::*;

use super::cloud::{Cloud, after, any_lease};

/// Something that happens to a group.
#[derive(Clone, Debug)]
enum Turn {
    /// Leases are granted, others given up, and of the writes only so many happen.
    Write { granted: Vec<Lease>, dropped: Vec<Lease>, steps: usize },
    /// So many seconds pass.
    Pass(i64),
}

fn turn() -> impl Strategy<Value = Turn> {
    let leases = || proptest::collection::vec(any_lease(), 0..3);
    let steps = prop_oneof![0..8usize, Just(usize::MAX)];
    let write = (leases(), leases(), steps).prop_map(|(granted, dropped, steps)| Turn::Write {
        granted,
        dropped,
        steps,
    });
    prop_oneof![3 => write, 1 => (1..4_000i64).prop_map(Turn::Pass)]
}

/// Of several grants with one key one is meant, and nothing is granted that is over.
fn valid(granted: Vec<Lease>, cloud: &Cloud) -> Vec<Lease> {
    let mut keys = BTreeSet::new();
    let fine = |lease: &Lease| lease.in_force(cloud.now) && keys.insert(lease.key());
    granted.into_iter().filter(fine).collect()
}

/// A cloud without the moments at which leases end.
fn without_starts(cloud: &Cloud) -> Cloud {
    let mut cloud = cloud.clone();
    let ends = cloud.group.schedules.iter_mut().filter(|(name, _)| is_end(name));
    ends.for_each(|(_, end)| end.start = None);
    cloud
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The core of it: at no moment, after no write, are there bounds that nothing ends; and whoever
    /// comes next completes what is there.
    #[test]
    fn any_crash_leaves_what_ends_by_itself_and_what_the_next_tick_completes(
        turns in proptest::collection::vec(turn(), 1..7),
        scheduled in proptest::bool::weighted(0.2),
    ) {
        let mut cloud = Cloud::any(scheduled);
        for turn in turns {
            match turn {
                Turn::Pass(seconds) => {
                    let then = cloud.now + jiff::SignedDuration::from_secs(seconds);
                    cloud.pass(then);
                }
                Turn::Write { granted, dropped, steps } => {
                    let granted = valid(granted, &cloud);
                    let dropped = dropped.iter().map(Lease::key).collect();
                    let actions = cloud.settled(&granted, &dropped).actions;
                    for action in actions.into_iter().take(steps) {
                        cloud.write(vec![action]);
                        cloud.assert_ends_by_itself();
                    }
                }
            }
            cloud.assert_ends_by_itself();
            let mut next = cloud.clone();
            next.tick();
            next.assert_settled();
        }
    }

    /// A grant that is cut short and given again ends where one in peace does; but for the second by
    /// which ends of one moment give way to each other, since an end that is there stays.
    #[test]
    fn a_grant_that_died_is_completed_by_the_same_grant(
        before in proptest::collection::vec(any_lease(), 0..3),
        granted in proptest::collection::vec(any_lease(), 1..4),
        steps in 0..8usize,
        scheduled: bool,
    ) {
        let mut start = Cloud::any(scheduled);
        start.grant(&valid(before, &start));
        let granted = valid(granted, &start);
        let (mut whole, mut cut) = (start.clone(), start);
        whole.grant(&granted);
        let actions = cut.settled(&granted, &BTreeSet::new()).actions;
        cut.write(actions.into_iter().take(steps).collect());
        cut.grant(&granted);
        cut.assert_settled();
        prop_assert_eq!(without_starts(&whole), without_starts(&cut));
        whole.assert_settled();
    }

    /// What was granted once is not written twice.
    #[test]
    fn a_grant_is_idempotent(
        granted in proptest::collection::vec(any_lease(), 1..5),
        scheduled: bool,
    ) {
        let mut cloud = Cloud::any(scheduled);
        let granted = valid(granted, &cloud);
        let actions = cloud.grant(&granted);
        let once = cloud.clone();
        prop_assert_eq!(cloud.grant(&granted), []);
        // Nor does it matter that late twins of its writes arrive.
        cloud.write(actions);
        cloud.tick();
        prop_assert_eq!(cloud, once);
    }

    /// All that is left of leases in the end is tags, and a tick clears them away.
    #[test]
    fn in_the_end_nothing_is_left(
        granted in proptest::collection::vec(any_lease(), 1..5),
        scheduled in proptest::bool::weighted(0.2),
    ) {
        let mut cloud = Cloud::any(scheduled);
        let before = cloud.group.clone();
        cloud.grant(&valid(granted, &cloud));
        cloud.pass(after(86_400));
        cloud.tick();
        prop_assert_eq!(&cloud.group.tags, &before.tags);
        prop_assert_eq!(&cloud.group.schedules, &before.schedules);
        prop_assert_eq!(cloud.group.bounds, before.bounds);
        prop_assert_eq!(Leases::of(&cloud.group), Leases::default());
    }
}
