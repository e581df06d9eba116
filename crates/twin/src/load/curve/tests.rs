use proptest::prelude::*;

use super::*;
use crate::load::Day;

#[test]
fn means_of_samples_and_lines_are_those_of_the_hand() {
    let samples = Curve::Samples { step: 60, values: vec![10.0, 20.0, 60.0] };
    let ramp = Curve::Lines(vec![(60, 0.0), (160, 100.0), (160, 10.0), (260, 10.0)]);
    let table = [
        // Inside one sample; over a border, half of each; a quarter of the second one; beyond.
        (&samples, 0, 60, 10.0),
        (&samples, 30, 90, 15.0),
        (&samples, 0, 80, 12.5),
        (&samples, 0, 180, 30.0),
        (&samples, 120, 1_000_000, 60.0),
        (&samples, 1_000, 1_060, 60.0),
        (&samples, 60, 60, 20.0),
        // Flat before; the first quarter of the ramp; all of it; over the jump; flat after.
        (&ramp, 0, 60, 0.0),
        (&ramp, 60, 85, 12.5),
        (&ramp, 60, 160, 50.0),
        (&ramp, 150, 170, 52.5),
        (&ramp, 0, 260, 6_000.0 / 260.0),
        (&ramp, 300, 400, 10.0),
        (&ramp, 110, 110, 50.0),
        (&ramp, 160, 160, 10.0),
    ];
    for (curve, from, to, mean) in table {
        let found = curve.mean(from, to);
        assert!((found - mean).abs() < 1e-9, "{curve:?} over {from}..{to} is {found}, not {mean}");
    }
}

#[test]
fn an_empty_curve_is_nothing() {
    let samples = Curve::Samples { step: 0, values: Vec::new() };
    assert_eq!((samples.mean(0, 60), Curve::Lines(Vec::new()).mean(0, 60)), (0.0, 0.0));
}

#[test]
fn steps_that_are_far_apart_stay_a_list() {
    let steps = [(0, 1.0), (1, 2.0), (1_000_000, 3.0)];
    let Curve::Lines(points) = Curve::from_steps(&steps) else { panic!("lines") };
    assert_eq!(points, [(0, 1.0), (1, 1.0), (1, 2.0), (1_000_000, 2.0), (1_000_000, 3.0)]);
}

fn curves() -> impl Strategy<Value = Curve> {
    let value = || 0.0f64..1e6;
    let samples = (1u64..200, proptest::collection::vec(value(), 1..20))
        .prop_map(|(step, values)| Curve::Samples { step, values });
    let lines = proptest::collection::vec((0u64..2_000, value()), 1..10).prop_map(|mut points| {
        points.sort_by_key(|&(at, _)| at);
        Curve::Lines(points)
    });
    let daily = (value(), value(), 0u32..43_200, 43_200u32..86_400, 0.0f64..=1.0).prop_map(
        |(a, b, trough, peak, noise)| {
            let day = Day { low: a.min(b), high: a.max(b), trough, peak, noise };
            Curve::Daily(Daily::new(day).unwrap())
        },
    );
    prop_oneof![value().prop_map(Curve::Steady), samples, lines, daily]
}

proptest! {
    #[test]
    fn the_mean_is_that_of_its_parts(
        curve in curves(), from in 0u64..3_000, first in 0u64..3_000, second in 1u64..3_000
    ) {
        let (middle, to) = (from + first, from + first + second);
        let area = |from, to| curve.mean(from, to) * real(to - from);
        let (whole, parts) = (area(from, to), area(from, middle) + area(middle, to));
        prop_assert!((whole - parts).abs() <= 1e-9 * whole.max(1.0), "{} {}", whole, parts);
    }

    #[test]
    fn the_mean_is_that_of_its_seconds_where_nothing_is_sloped(
        curve in curves().prop_filter("sloped", |curve| !matches!(curve, Curve::Lines(_))),
        from in 0u64..3_000, length in 1u64..500
    ) {
        let sum: f64 = (from..from + length).map(|second| curve.at(second)).sum();
        let whole = curve.mean(from, from + length) * real(length);
        prop_assert!((whole - sum).abs() <= 1e-9 * whole.max(1.0), "{} {}", whole, sum);
    }

    #[test]
    fn a_curve_is_finite_and_never_negative(
        curve in curves(), from in any::<u64>(), length in 0u64..100_000
    ) {
        let mean = curve.mean(from, from.saturating_add(length));
        prop_assert!(mean.is_finite() && mean >= 0.0, "{}", mean);
    }

    #[test]
    fn scaling_and_taking_the_mean_commute(
        curve in curves(), factor in 0.0f64..1e3, from in 0u64..3_000, length in 0u64..3_000
    ) {
        let (a, b) = (curve.scaled(factor).mean(from, from + length),
            curve.mean(from, from + length) * factor);
        prop_assert!((a - b).abs() <= 1e-9 * b.max(1.0), "{} {}", a, b);
    }

    #[test]
    fn steps_hold_until_the_next(
        steps in proptest::collection::btree_map(0u64..5_000, 0.0f64..1e6, 1..20),
        at in 0u64..6_000
    ) {
        let held = steps.range(..=at).next_back().map_or(0.0, |(_, value)| *value);
        let steps: Vec<(u64, f64)> = steps.into_iter().collect();
        let found = Curve::from_steps(&steps).at(at);
        prop_assert!((found - held).abs() <= 1e-9 * held, "{} {}", found, held);
    }
}
