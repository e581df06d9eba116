use proptest::prelude::*;

use super::*;

fn value(value: f64) -> MetricValue {
    MetricValue::from_f64(value).unwrap()
}

fn tracks(metric: f64, target: f64) -> Reading {
    let (metric, target) = (value(metric), value(target));
    let low = metric < low_threshold(target, 90);
    Reading { high: metric > target, low, metric: Some(metric), target, scale_in: true }
}

fn settled(size: Instances) -> Sizes {
    let bounds = Bounds { min: 1, max: 100 };
    Sizes { desired: size, warmed: size, current: size, warming: false, cooling: false, bounds }
}

fn to(sizes: &Sizes, readings: &[Reading]) -> Result<Instances, Hold> {
    decide(sizes, readings).map(|to| to.to)
}

#[test]
fn what_is_added_is_rounded_up_and_what_is_removed_is_rounded_down() {
    // 3 x 75 / 50 = 4.5: add 1.5, so 2. 3 x 25 / 50 = 1.5: remove 1.5, so 1.
    assert_eq!(to(&settled(3), &[tracks(75.0, 50.0)]), Ok(5));
    assert_eq!(to(&settled(3), &[tracks(25.0, 50.0)]), Ok(2));
}

#[test]
fn the_low_threshold_is_a_share_of_the_target_that_aws_chooses() {
    // Pairs that were seen: 70 % of 50, 75, 30 and 20; 90 % of 40 and 70.
    for (target, percent, threshold) in
        [(50.0, 70, 35.0), (75.0, 70, 52.5), (30.0, 70, 21.0), (40.0, 90, 36.0), (70.0, 90, 63.0)]
    {
        assert_eq!(low_threshold(value(target), percent), value(threshold));
    }
}

#[test]
fn any_policy_may_scale_out_and_the_largest_wins() {
    let readings = [tracks(60.0, 50.0), tracks(10.0, 50.0), tracks(90.0, 50.0)];
    assert_eq!(decide(&settled(4), &readings), Ok(Move { to: 8, policy: 2 }));
}

#[test]
fn all_policies_must_agree_to_scale_in_and_the_largest_wins() {
    assert_eq!(to(&settled(10), &[tracks(10.0, 50.0), tracks(48.0, 50.0)]), Err(Hold::NotAllAgree));
    let agree = [tracks(10.0, 50.0), tracks(30.0, 50.0)];
    assert_eq!(decide(&settled(10), &agree), Ok(Move { to: 6, policy: 1 }));
}

#[test]
fn a_policy_that_may_not_scale_in_has_no_say_in_it() {
    let out_only = Reading { scale_in: false, ..tracks(49.0, 50.0) };
    assert_eq!(to(&settled(10), &[tracks(25.0, 50.0), out_only]), Ok(5));
    let low = Reading { scale_in: false, ..tracks(10.0, 50.0) };
    assert_eq!(to(&settled(10), &[low]), Err(Hold::Quiet));
}

#[test]
fn a_warming_group_grows_only_beyond_what_is_on_its_way() {
    let warming = Sizes { desired: 6, warmed: 3, warming: true, ..settled(6) };
    assert_eq!(to(&warming, &[tracks(95.0, 50.0)]), Err(Hold::OnTheWay));
    assert_eq!(to(&warming, &[tracks(120.0, 50.0)]), Ok(8));
    assert_eq!(to(&warming, &[tracks(10.0, 50.0)]), Err(Hold::Warming));
}

#[test]
fn a_terminating_instance_counts_for_a_scale_in() {
    let draining = Sizes { desired: 8, warmed: 8, current: 10, ..settled(8) };
    assert_eq!(to(&draining, &[tracks(25.0, 50.0)]), Ok(5));
    assert_eq!(to(&Sizes { current: 8, ..draining }, &[tracks(25.0, 50.0)]), Ok(4));
}

#[test]
fn it_does_not_remove_what_it_would_add_again() {
    // 44 % of 2 instances is 88 % of one: above 50.
    assert_eq!(to(&settled(2), &[tracks(44.0, 50.0)]), Err(Hold::WouldOscillate));
}

#[test]
fn it_stops_at_the_bounds_and_does_not_start_from_zero() {
    let bounds = Bounds { min: 2, max: 5 };
    let group = |size| Sizes { bounds, ..settled(size) };
    assert_eq!(to(&group(4), &[tracks(100.0, 50.0)]), Ok(5));
    assert_eq!(to(&group(5), &[tracks(100.0, 50.0)]), Err(Hold::AtMaximum));
    assert_eq!(to(&group(4), &[tracks(1.0, 50.0)]), Ok(2));
    assert_eq!(to(&group(2), &[tracks(1.0, 50.0)]), Err(Hold::AtMinimum));
    let empty = Sizes { bounds: Bounds { min: 0, max: 5 }, ..settled(0) };
    assert_eq!(to(&empty, &[tracks(100.0, 50.0)]), Err(Hold::FromZero));
}

#[test]
fn without_data_nothing_is_removed() {
    let blind = Reading { metric: None, ..tracks(10.0, 50.0) };
    assert_eq!(to(&settled(10), &[tracks(10.0, 50.0), blind]), Err(Hold::NoData));
}

fn reading() -> impl Strategy<Value = Reading> {
    (0.0..300.0f64, 1.0..200.0f64, any::<bool>(), any::<bool>()).prop_map(
        |(metric, target, scale_in, blind)| {
            let reading = Reading { scale_in, ..tracks(metric, target) };
            if blind { Reading { metric: None, ..reading } } else { reading }
        },
    )
}

proptest! {
    #[test]
    fn a_move_stays_within_the_bounds(
        readings in prop::collection::vec(reading(), 0..5),
        (min, more, size) in (0u32..50, 0u32..50, 0u32..200),
    ) {
        let bounds = Bounds { min, max: min + more };
        // Bounds may have moved away from the size a moment ago.
        let sizes = Sizes { bounds, ..settled(size) };
        if let Ok(to) = decide(&sizes, &readings) {
            prop_assert_eq!(bounds.clamp(to.to), to.to);
            prop_assert_ne!(to.to, sizes.desired);
        }
    }

    #[test]
    fn more_load_never_means_less_capacity(
        size in 1u32..1_000,
        metric in 0.0..1_000.0f64,
        more in 0.0..1_000.0f64,
        target in 0.1..1_000.0f64,
    ) {
        let wanted = |metric| proportional(size, value(metric), value(target)).unwrap();
        prop_assert!(wanted(metric + more) >= wanted(metric));
    }

    #[test]
    fn the_order_of_the_policies_does_not_change_the_size(
        readings in prop::collection::vec(reading(), 0..5),
        size in 1u32..100,
    ) {
        let reversed: Vec<Reading> = readings.iter().rev().copied().collect();
        prop_assert_eq!(to(&settled(size), &readings), to(&settled(size), &reversed));
    }

    #[test]
    fn a_policy_without_data_never_makes_a_group_smaller(
        readings in prop::collection::vec(reading(), 1..5),
        size in 1u32..100,
    ) {
        let blind: Vec<Reading> =
            readings.iter().map(|reading| Reading { metric: None, ..*reading }).collect();
        prop_assert!(to(&settled(size), &blind).is_err());
    }
}
