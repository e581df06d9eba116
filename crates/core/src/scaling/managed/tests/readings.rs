//! What one reading asks for.

use super::*;
use ReadingKind::{AverageValue, Utilization, Value};
use Verdict::{Asks, Doubtful, Tolerated};

fn verdict_of(reading: &Reading, current: Instances, tolerance: Tolerance) -> Verdict {
    reading.verdict(reading.value.unwrap(), current, tolerance).unwrap()
}

/// What a value against a target asks of `ready` instances.
fn asked(kind: ReadingKind, units: f64, target: f64, ready: Instances) -> Verdict {
    verdict_of(&reading(kind, units, target, Counts::ready(ready)), ready, Tolerance::of(None))
}

#[test]
fn the_edges_of_the_tolerance_are_inside_it() {
    let cases = [
        (Value, 110.0, 100.0, Tolerated),
        (Value, 110.000_001, 100.0, Asks(12)),
        (Value, 90.0, 100.0, Tolerated),
        (Value, 89.999_999, 100.0, Asks(9)),
        (Utilization, 88.0, 80.0, Tolerated),
        (Utilization, 89.0, 80.0, Asks(12)),
        (Utilization, 72.0, 80.0, Tolerated),
        (Utilization, 71.0, 80.0, Asks(9)),
    ];
    for (kind, units, target, expected) in cases {
        assert_eq!(asked(kind, units, target, 10), expected, "{kind} {units} of {target}");
    }
}

#[test]
fn each_direction_may_have_its_own_tolerance() {
    let mut behavior = Behavior::kubernetes();
    behavior.scale_up.tolerance = Some(value(0.05));
    behavior.scale_down.tolerance = Some(value(0.0));
    let verdict = |units| {
        let reading = reading(Value, units, 100.0, Counts::ready(10));
        verdict_of(&reading, 10, Tolerance::of(Some(&behavior)))
    };
    assert_eq!(verdict(105.0), Tolerated);
    assert_eq!(verdict(105.1), Asks(11));
    assert_eq!(verdict(100.0), Tolerated);
    assert_eq!(verdict(89.0), Asks(9));
}

#[test]
fn a_utilisation_is_cut_to_a_whole_percent_before_it_is_divided() {
    assert_eq!(asked(Utilization, 82.9, 75.0, 10), Tolerated, "82 of 75 is 1.093");
    assert_eq!(asked(Utilization, 83.0, 75.0, 10), Asks(12));
}

#[test]
fn an_average_value_is_cut_to_thousandths() {
    assert_eq!(asked(AverageValue, 1.100_9, 1.0, 10), Tolerated);
    assert_eq!(asked(AverageValue, 1.101, 1.0, 10), Asks(12));
}

#[test]
fn the_ready_instances_are_multiplied_and_not_the_current_size() {
    let ready_of_more = reading(Utilization, 60.0, 30.0, Counts::ready(3));
    assert_eq!(verdict_of(&ready_of_more, 5, Tolerance::of(None)), Asks(6));
}

#[test]
fn proportions_round_up() {
    // 2000 requests a minute against 1000 on three instances; and the reference's CPU.
    assert_eq!(asked(AverageValue, 2_000.0, 1_000.0, 3), Asks(6));
    assert_eq!(asked(Utilization, 90.0, 75.0, 5), Asks(6));
    assert_eq!(asked(Utilization, 25.0, 75.0, 7), Asks(3));
    assert_eq!(asked(Utilization, 0.0, 75.0, 7), Asks(0));
}

#[test]
fn a_value_scales_from_no_instance_without_tolerance() {
    let from_zero = |units| {
        let reading = reading(Value, units, 100.0, Counts::default());
        verdict_of(&reading, 0, Tolerance::of(None))
    };
    assert_eq!(from_zero(0.0), Asks(0));
    assert_eq!(from_zero(1.0), Asks(1));
    assert_eq!(from_zero(105.0), Asks(2));
}

#[test]
fn a_value_above_its_target_takes_no_instance_away_that_is_on_its_way() {
    // 1.1847 of 27 is 32, and 33 are there or on their way.
    let counts = Counts { ready: 27, missing: 0, unready: 6 };
    let reading = reading(Value, 120.841, 102.0, counts);
    assert_eq!(verdict_of(&reading, 33, Tolerance::of(None)), Doubtful);
    assert_eq!(verdict_of(&reading, 31, Tolerance::of(None)), Asks(32));
}

#[test]
fn missing_instances_are_busy_when_the_group_would_shrink() {
    // (40 x 3 + 100) / 4 = 55 against 80: 0.6875 of 4 is 3.
    let counts = Counts { ready: 3, missing: 1, unready: 0 };
    let verdict = |kind, units, target, counts| {
        verdict_of(&reading(kind, units, target, counts), 4, Tolerance::of(None))
    };
    assert_eq!(verdict(Utilization, 40.0, 80.0, counts), Asks(3));
    // (70 x 3 + 100) / 4 = 77 of 80 is inside the tolerance.
    assert_eq!(verdict(Utilization, 70.0, 80.0, counts), Tolerated);
    // (70 x 2 + 100 x 2) / 4 = 85, and with three missing 92 of 80 turns the ratio.
    let most = Counts { ready: 1, missing: 3, unready: 0 };
    assert_eq!(verdict(Utilization, 70.0, 80.0, most), Doubtful);
    // A target above 100 % fills in the target: (60 x 3 + 150) / 4 = 82 of 150; 2.19 is 3.
    assert_eq!(verdict(Utilization, 60.0, 150.0, counts), Asks(3));
    // An average value fills in the target: (4 x 3 + 10) / 4 = 5.5 of 10; 2.2 is 3.
    assert_eq!(verdict(AverageValue, 4.0, 10.0, counts), Asks(3));
}

#[test]
fn missing_and_unready_instances_are_idle_when_the_group_would_grow() {
    let verdict = |units, counts: Counts, current| {
        verdict_of(&reading(Utilization, units, 50.0, counts), current, Tolerance::of(None))
    };
    // 100 x 3 / 4 = 75 of 50: 1.5 of 4 is 6.
    assert_eq!(verdict(100.0, Counts { ready: 3, missing: 1, unready: 0 }, 4), Asks(6));
    assert_eq!(verdict(100.0, Counts { ready: 3, missing: 0, unready: 1 }, 4), Asks(6));
    // 100 x 3 / 6 = 50 of 50.
    assert_eq!(verdict(100.0, Counts { ready: 3, missing: 1, unready: 2 }, 6), Tolerated);
    // 100 x 3 / 8 = 37 of 50 turns the ratio.
    assert_eq!(verdict(100.0, Counts { ready: 3, missing: 1, unready: 4 }, 8), Doubtful);
}

#[test]
fn unready_instances_do_not_count_when_the_group_would_shrink() {
    let counts = Counts { ready: 3, missing: 0, unready: 5 };
    let reading = reading(Utilization, 25.0, 50.0, counts);
    assert_eq!(verdict_of(&reading, 8, Tolerance::of(None)), Asks(2));
}

#[test]
fn at_the_target_nothing_is_filled_in() {
    let counts = Counts { ready: 1, missing: 9, unready: 9 };
    let reading = reading(Utilization, 50.0, 50.0, counts);
    assert_eq!(verdict_of(&reading, 19, Tolerance::of(None)), Tolerated);
}

#[test]
fn a_count_of_samples_that_moves_against_the_ratio_is_no_move() {
    // 90 x 4 / 5 = 72 of 50: 1.44 of 5 is 8, but the group has 9 already.
    let counts = Counts { ready: 4, missing: 1, unready: 0 };
    let grow = reading(Utilization, 90.0, 50.0, counts);
    assert_eq!(verdict_of(&grow, 9, Tolerance::of(None)), Doubtful);
    assert_eq!(verdict_of(&grow, 8, Tolerance::of(None)), Asks(8));
    // (10 x 4 + 100) / 5 = 28 of 50: 0.56 of 5 is 3, but the group has 2.
    let shrink = reading(Utilization, 10.0, 50.0, counts);
    assert_eq!(verdict_of(&shrink, 2, Tolerance::of(None)), Doubtful);
    assert_eq!(verdict_of(&shrink, 3, Tolerance::of(None)), Asks(3));
}

#[test]
fn what_cannot_be_divided_or_is_about_nobody_fails() {
    let failure = |reading: &Reading, current| {
        reading.verdict(reading.value.unwrap(), current, Tolerance::of(None)).unwrap_err()
    };
    for kind in [Utilization, AverageValue, Value] {
        for target in [0.0, -1.0] {
            let reading = reading(kind, 1.0, target, Counts::ready(3));
            assert_eq!(failure(&reading, 3), BadData::Target, "{kind} {target}");
        }
        let nobody = reading(kind, 1.0, 1.0, Counts { unready: 3, ..Counts::default() });
        assert_eq!(failure(&nobody, 3), BadData::NoInstance, "{kind}");
    }
}

#[test]
fn figures_beyond_all_measure_saturate() {
    assert_eq!(asked(Value, 9e12, 0.000_001, u32::MAX), Asks(u32::MAX));
    let counts = Counts { ready: u32::MAX, missing: u32::MAX, unready: u32::MAX };
    let reading = reading(AverageValue, 9e12, 0.000_001, counts);
    assert_eq!(verdict_of(&reading, u32::MAX, Tolerance::of(None)), Asks(u32::MAX));
    assert_eq!(asked(Value, -9e12, 1.0, 5), Asks(0), "below 0 counts as 0");
}
