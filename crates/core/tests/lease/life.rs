//! The life of a lease: granted, renewed, given up, and over by itself.

use std::collections::BTreeMap;

use plimsoll_core::action::Action;
use plimsoll_core::bounds::Bounds;
use plimsoll_core::lease::{Cause, Lease};
use plimsoll_core::world::Tag;

use super::cloud::{Cloud, after, lease};

const DECLARED: Bounds = Bounds { min: 2, max: 10 };

/// Half an hour of help for a neighbour, so that the schedule stays out of it.
fn overflow(floor: u32) -> Lease {
    Lease { floor: Some(floor), ..lease(Cause::Overflow, "us-east-1", after(1_800)) }
}

fn words(actions: &[Action]) -> Vec<String> {
    actions.iter().map(ToString::to_string).collect()
}

#[test]
fn a_grant_is_written_as_lease_then_end_then_bounds() {
    let mut cloud = Cloud::new();
    let actions = cloud.grant(&[overflow(6)]);
    assert_eq!(
        words(&actions),
        [
            "set tags plimsoll:lease:overflow:us-east-1",
            "put scheduled action plimsoll-lease-end-overflow-us-east-1",
            "update group shop-production-web-a",
        ]
    );
    assert_eq!(cloud.group.bounds, Bounds { min: 6, max: 10 });
    assert_eq!(cloud.group.desired, 6, "AWS takes the size along");
    cloud.assert_settled();
}

#[test]
fn a_lease_is_over_at_its_end_though_nobody_acts() {
    let mut cloud = Cloud::new();
    cloud.grant(&[overflow(6)]);
    cloud.pass(after(1_799));
    assert_eq!(cloud.group.bounds.min, 6);
    cloud.pass(after(1_800));
    assert_eq!(cloud.group.bounds, DECLARED);
    assert_eq!(cloud.group.desired, 6, "what shrinks it is scaling");
    // The tag is all that a later tick has to clear away.
    assert_eq!(words(&cloud.tick()), ["remove tags plimsoll:lease:overflow:us-east-1"]);
    cloud.assert_settled();
}

#[test]
fn a_renewed_lease_takes_its_end_along() {
    let mut cloud = Cloud::new();
    cloud.grant(&[overflow(6)]);
    cloud.pass(after(1_500));
    let renewed = Lease { until: after(3_300), ..overflow(6) };
    assert!(renewed.is_due(Some(&overflow(6)), cloud.now));
    assert_eq!(
        words(&cloud.grant(&[renewed])),
        [
            "set tags plimsoll:lease:overflow:us-east-1",
            "put scheduled action plimsoll-lease-end-overflow-us-east-1",
        ],
        "the bounds stay as they are"
    );
    cloud.pass(after(1_801));
    assert_eq!(cloud.group.bounds.min, 6);
    cloud.assert_settled();
    cloud.pass(after(3_301));
    assert_eq!(cloud.group.bounds, DECLARED);
}

#[test]
fn a_lease_that_is_given_up_leaves_nothing() {
    let mut cloud = Cloud::new();
    let before = cloud.group.clone();
    cloud.grant(&[overflow(3)]);
    let actions = cloud.drop_leases(&[overflow(3).key()]);
    assert_eq!(
        words(&actions),
        [
            "update group shop-production-web-a",
            "delete scheduled action plimsoll-lease-end-overflow-us-east-1",
            "remove tags plimsoll:lease:overflow:us-east-1",
        ]
    );
    assert_eq!(cloud.group, before);
}

#[test]
fn two_leases_with_one_end_have_ends_a_second_apart() {
    let [overflow, dark] = [Cause::Overflow, Cause::Dark]
        .map(|cause| Lease { floor: Some(5), ..lease(cause, "us-east-1", after(1_800)) });
    for order in [[overflow.clone(), dark.clone()], [dark.clone(), overflow.clone()]] {
        let mut cloud = Cloud::new();
        // The one that comes first by name must not push the other away: AWS would refuse it.
        for lease in &order {
            cloud.grant(std::slice::from_ref(lease));
        }
        let ends: Vec<_> = order.iter().map(|lease| cloud.ends()[&lease.end_name()]).collect();
        assert_eq!(ends, [after(1_800), after(1_801)]);
        cloud.assert_settled();
        cloud.pass(after(1_801));
        assert_eq!(cloud.group.bounds, DECLARED);
    }
    let mut at_once = Cloud::new();
    at_once.grant(&[overflow, dark]);
    at_once.assert_settled();
}

#[test]
fn an_end_gives_way_to_the_schedule() {
    let mut cloud = Cloud::new();
    let at_one = Lease { floor: Some(9), ..lease(Cause::Dark, "us-east-1", after(3_600)) };
    cloud.grant(&[at_one]);
    assert_eq!(cloud.ends().into_values().collect::<Vec<_>>(), [after(3_601)]);
    cloud.pass(after(3_601));
    assert_eq!(cloud.group.bounds, Bounds { min: 4, max: 12 }, "the bounds of the rush");
    cloud.tick();
    cloud.assert_settled();
}

#[test]
fn what_the_schedule_sets_in_the_time_of_a_lease_is_put_right_by_the_next_tick() {
    let mut cloud = Cloud::new();
    cloud.grant(&[Lease { floor: Some(9), ..lease(Cause::Dark, "us-east-1", after(7_200)) }]);
    cloud.pass(after(3_660));
    assert_eq!(cloud.group.bounds.min, 4, "AWS knows of no lease");
    assert_eq!(words(&cloud.tick()), ["update group shop-production-web-a"]);
    assert_eq!(cloud.group.bounds, Bounds { min: 9, max: 12 });
    cloud.pass(after(7_200));
    assert_eq!(cloud.group.bounds, Bounds { min: 4, max: 12 });
}

#[test]
fn the_end_of_one_lease_leaves_another_in_force() {
    let mut cloud = Cloud::new();
    let longer = Lease { floor: Some(5), ..lease(Cause::Dark, "us-west-2", after(2_400)) };
    cloud.grant(&[overflow(6)]);
    // The end that is there has to learn of the lease that outlives it, after that one's own end.
    assert_eq!(
        words(&cloud.grant(&[longer])),
        [
            "set tags plimsoll:lease:dark:us-west-2",
            "put scheduled action plimsoll-lease-end-dark-us-west-2",
            "put scheduled action plimsoll-lease-end-overflow-us-east-1",
        ]
    );
    for (seconds, min) in [(1_799, 6), (1_801, 5), (2_401, 2)] {
        cloud.pass(after(seconds));
        assert_eq!(cloud.group.bounds.min, min, "after {seconds} s");
    }
}

#[test]
fn what_others_put_on_the_group_stays() {
    let mut cloud = Cloud::new();
    let theirs = Tag { value: "theirs".to_owned(), propagate: true };
    let broken = Tag { value: "1 floor=many".to_owned(), propagate: false };
    let tags = BTreeMap::from([("team".to_owned(), theirs)]);
    cloud.group.tags.clone_from(&tags);
    cloud.grant(&[overflow(6)]);
    cloud.group.tags.insert("plimsoll:lease:dark:x".to_owned(), broken.clone());
    for action in cloud.settled(&[], &[overflow(6).key()].into()).actions {
        action.change_parts(&mut cloud.group);
    }
    assert_eq!(cloud.group.tags["team"], tags["team"]);
    assert_eq!(cloud.group.tags["plimsoll:lease:dark:x"], broken, "it may mean something later");
    assert!(cloud.group.schedules.contains_key("rush"));
}
