use proptest::prelude::*;

use super::*;
use crate::world::Statistic;

const WIDE: Bounds = Bounds { min: 0, max: 1_000 };

fn value(units: i32) -> MetricValue {
    MetricValue::whole(units)
}

fn step(lower: Option<i32>, upper: Option<i32>, change: i32) -> StepAdjustment {
    StepAdjustment { lower: lower.map(value), upper: upper.map(value), change }
}

fn policy(adjustment: Adjustment, steps: Vec<StepAdjustment>) -> StepScaling {
    StepScaling {
        adjustment,
        min_magnitude: None,
        aggregation: Statistic::Average,
        warmup: None,
        steps,
        enabled: true,
    }
}

/// The example of the EC2 Auto Scaling guide: at 50 % nothing, from 60 % ten and from 70 % thirty
/// percent more.
fn guide_out() -> StepScaling {
    let steps =
        vec![step(Some(0), Some(10), 0), step(Some(10), Some(20), 10), step(Some(20), None, 30)];
    policy(Adjustment::PercentChangeInCapacity, steps)
}

/// And from 40 % ten and from 30 % thirty percent fewer.
fn guide_in() -> StepScaling {
    let steps = vec![
        step(None, Some(-20), -30),
        step(Some(-20), Some(-10), -10),
        step(Some(-10), Some(0), 0),
    ];
    policy(Adjustment::PercentChangeInCapacity, steps)
}

fn breach(of: i32, desired: Instances) -> Breach {
    Breach { value: Some(value(of)), threshold: value(50), desired, warming: 0, bounds: WIDE }
}

fn capacity(policy: &StepScaling, breach: &Breach) -> Instances {
    adjust(policy, breach).map_or(breach.desired, |adjusted| adjusted.capacity)
}

#[test]
fn the_example_of_the_guide_comes_out() {
    let out = guide_out();
    assert_eq!(adjust(&out, &breach(59, 10)), Err(StepHold::Unchanged(10)));
    // "10 percent of 10 instances, 1"; then "30 percent of 10 instances, 3".
    assert_eq!(capacity(&out, &breach(60, 10)), 11);
    let warming = Breach { desired: 11, warming: 1, ..breach(70, 11) };
    assert_eq!(capacity(&out, &warming), 13);
    // "10 percent of 13 instances, 1"; then "30 percent of 12, rounded from 3.6: 3".
    let shrink = guide_in();
    assert_eq!(adjust(&shrink, &breach(41, 13)), Err(StepHold::Unchanged(13)));
    assert_eq!(capacity(&shrink, &breach(40, 13)), 12);
    assert_eq!(capacity(&shrink, &breach(30, 12)), 9);
}

#[test]
fn a_bound_belongs_to_the_step_that_is_farther_from_the_threshold() {
    let of = |policy: &StepScaling, value| adjust(policy, &breach(value, 100)).unwrap().step;
    let change = Adjustment::ChangeInCapacity;
    let out = policy(change, vec![step(Some(0), Some(10), 1), step(Some(10), None, 2)]);
    assert_eq!([50, 59, 60, 61].map(|value| of(&out, value)), [0, 0, 1, 1]);
    let shrink = policy(change, vec![step(None, Some(-10), -2), step(Some(-10), Some(0), -1)]);
    assert_eq!([50, 41, 40, 39].map(|value| of(&shrink, value)), [1, 1, 0, 0]);
}

#[test]
fn a_value_between_or_beyond_the_steps_changes_nothing() {
    let out = policy(Adjustment::ChangeInCapacity, vec![step(Some(0), None, 1)]);
    let below = breach(49, 5);
    let none = StepHold::NoStep { value: value(49), threshold: value(50) };
    assert_eq!(adjust(&out, &below), Err(none));
    assert_eq!(none.to_string(), "no step covers 49 at a threshold of 50");
    let unbounded = policy(Adjustment::ChangeInCapacity, vec![step(None, None, 1)]);
    assert_eq!(capacity(&unbounded, &below), 6);
}

#[test]
fn at_the_threshold_the_step_above_wins() {
    let steps = vec![step(None, Some(0), -1), step(Some(0), None, 1)];
    let both = policy(Adjustment::ChangeInCapacity, steps);
    assert_eq!(capacity(&both, &breach(50, 5)), 6);
}

#[test]
fn percentages_round_as_auto_scaling_does() {
    // The examples of the guide: 12.7 is 12, 0.67 is 1, -0.58 is -1, -6.67 is -6.
    let cases = [
        (127, 10, 12),
        (67, 1, 1),
        (58, -1, -1),
        (667, -1, -6),
        (100, 1, 1),
        (199, 1, 1),
        (10, 0, 0),
        (0, 50, 0),
        (10, -100, -10),
        (3, 200, 6),
    ];
    for (of, percentage, change) in cases {
        assert_eq!(percent(of, percentage, 0), change, "{percentage} % of {of}");
    }
}

#[test]
fn the_least_change_is_for_percentages_only() {
    assert_eq!(percent(4, 25, 2), 2);
    assert_eq!(percent(4, -25, 2), -2);
    assert_eq!(percent(40, 25, 2), 10);
    assert_eq!(percent(0, 50, 2), 2, "from zero a percentage alone never grows");
    assert_eq!(percent(40, 0, 2), 0);
    let mut plain = policy(Adjustment::ChangeInCapacity, vec![step(Some(0), None, 1)]);
    plain.min_magnitude = Some(5);
    assert_eq!(capacity(&plain, &breach(50, 4)), 5);
}

#[test]
fn an_exact_capacity_is_taken_as_it_is() {
    let exact = policy(Adjustment::ExactCapacity, vec![step(Some(0), None, 7)]);
    assert_eq!(capacity(&exact, &Breach { warming: 3, ..breach(50, 9) }), 7);
    assert_eq!(adjust(&exact, &breach(50, 7)), Err(StepHold::Unchanged(7)));
}

#[test]
fn bounds_cut_a_move_and_never_turn_it() {
    let out = policy(Adjustment::ChangeInCapacity, vec![step(Some(0), None, 5)]);
    let bounds = Bounds { min: 1, max: 8 };
    let adjusted = adjust(&out, &Breach { bounds, ..breach(50, 6) }).unwrap();
    assert_eq!((adjusted.capacity, adjusted.wanted), (8, 11));
    assert_eq!(adjust(&out, &Breach { bounds, ..breach(50, 8) }), Err(StepHold::Unchanged(8)));
    assert_eq!(adjust(&out, &Breach { bounds, ..breach(50, 12) }), Err(StepHold::Unchanged(12)));
}

#[test]
fn instances_that_warm_up_cover_a_second_breach_of_the_same_step() {
    let out = policy(Adjustment::ChangeInCapacity, vec![step(Some(0), None, 2)]);
    let again = Breach { warming: 2, ..breach(55, 7) };
    assert_eq!(adjust(&out, &again), Err(StepHold::Warming { wanted: 7, desired: 7 }));
}

#[test]
fn a_disabled_policy_and_a_value_that_is_none_change_nothing() {
    let mut out = policy(Adjustment::ChangeInCapacity, vec![step(Some(0), None, 2)]);
    let silent = Breach { value: None, ..breach(55, 7) };
    assert_eq!(adjust(&out, &silent), Err(StepHold::NoValue));
    out.enabled = false;
    assert_eq!(adjust(&out, &breach(55, 7)), Err(StepHold::Disabled));
}

proptest! {
    #[test]
    fn a_step_keeps_inside_the_bounds_and_to_its_direction(
        change in any::<i32>(),
        kind in 0..2usize,
        magnitude in proptest::option::of(any::<u32>()),
        (desired, warming, min, more) in any::<(u32, u32, u32, u32)>(),
    ) {
        let kinds = [Adjustment::ChangeInCapacity, Adjustment::PercentChangeInCapacity];
        let mut policy = policy(kinds[kind], vec![step(None, None, change)]);
        policy.min_magnitude = magnitude;
        let bounds = Bounds { min, max: min.saturating_add(more) };
        let breach = Breach { warming, bounds, ..breach(60, desired) };
        if let Ok(adjusted) = adjust(&policy, &breach) {
            prop_assert!((bounds.min..=bounds.max).contains(&adjusted.capacity));
            prop_assert_eq!(adjusted.capacity > desired, change > 0);
        }
    }
}
