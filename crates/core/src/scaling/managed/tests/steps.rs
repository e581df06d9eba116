//! The gate, and how proposals become one.

use super::*;

fn cpu(units: f64, ready: Instances) -> Reading {
    reading(ReadingKind::Utilization, units, 50.0, Counts::ready(ready))
}

fn failed(why: BadData) -> Reading {
    Reading { value: Err(why), ..cpu(0.0, 5) }
}

fn reading_of(current: Instances, readings: &[Reading]) -> Input<'_> {
    Input { demand: Demand::Readings(readings), ..proposing(current, 0) }
}

#[test]
fn a_group_at_zero_with_a_minimum_is_left_alone() {
    let off = decide(&proposing(0, 9)).unwrap_err();
    assert_eq!(off, Hold::Off { min: 1 });
    assert_eq!(
        off.to_string(),
        "scaling is off: current is 0 and min is 1; set either to end this"
    );
}

#[test]
fn a_minimum_of_zero_lets_a_group_scale_from_zero() {
    let bounds = Bounds { min: 0, max: 100 };
    assert_eq!(outcome(&Input { bounds, ..proposing(0, 3) }), (3, Limit::None));
    let defaults = Behavior::kubernetes();
    let behavior = Some(&defaults);
    assert_eq!(outcome(&Input { bounds, behavior, ..proposing(0, 9) }), (4, Limit::Rate));
    let percents = both_ways(&rules(SelectPolicy::Max, &[percent(900, 15)]));
    let behavior = Some(&percents);
    assert_eq!(outcome(&Input { bounds, behavior, ..proposing(0, 9) }), (0, Limit::Rate));
}

#[test]
fn a_group_outside_its_bounds_goes_to_them_whatever_else_is_said() {
    let stuck = both_ways(&rules(SelectPolicy::Disabled, &[]));
    let log = [log(6, 0), log(60, 0)];
    for (current, to, limit, reason) in [
        (12, 10, Limit::Max, Reason::AboveMax { current: 12, max: 10 }),
        (3, 5, Limit::Min, Reason::BelowMin { current: 3, min: 5 }),
    ] {
        let input = Input {
            bounds: Bounds { min: 5, max: 10 },
            behavior: Some(&stuck),
            recommendations: &log,
            ..reading_of(current, &[])
        };
        let decision = decide(&input).unwrap();
        let expected =
            Decision { capacity: to, stabilized: to, proposal: None, limited_by: limit, reason };
        assert_eq!(decision, expected, "nothing is logged, since nothing was proposed");
    }
}

#[test]
fn a_minimum_above_the_maximum_is_read_as_the_maximum() {
    let bounds = Bounds { min: 9, max: 4 };
    assert_eq!(outcome(&Input { bounds, ..proposing(2, 8) }), (4, Limit::Min));
    assert_eq!(outcome(&Input { bounds, ..proposing(6, 8) }), (4, Limit::Max));
}

#[test]
fn the_largest_proposal_wins_and_the_first_that_makes_it_is_named() {
    let readings = [cpu(20.0, 5), cpu(90.0, 5), cpu(100.0, 5), cpu(98.0, 5)];
    let decision = decide(&reading_of(5, &readings)).unwrap();
    assert_eq!((decision.capacity, decision.proposal), (10, Some(10)));
    let Reason::Reading { index, verdict, .. } = decision.reason else { panic!("{decision:?}") };
    assert_eq!((index, verdict), (2, Verdict::Asks(10)));
}

#[test]
fn without_any_reading_nothing_is_decided() {
    assert_eq!(decide(&reading_of(5, &[])), Err(Hold::NoReading));
}

#[test]
fn when_every_reading_failed_nothing_is_decided() {
    let readings = [failed(BadData::NotANumber), failed(BadData::Missing)];
    let hold = decide(&reading_of(5, &readings)).unwrap_err();
    assert_eq!(hold, Hold::AllFailed { failed: 2, why: BadData::NotANumber });
    assert_eq!(hold.to_string(), "every metric failed, the first with not a number");
}

#[test]
fn with_a_failed_reading_the_rest_may_grow_or_keep_the_group_but_not_shrink_it() {
    let bad = failed(BadData::Missing);
    let decided = |units| decide(&reading_of(5, &[bad, cpu(units, 5)]));
    assert_eq!(decided(80.0).unwrap().capacity, 8);
    assert_eq!(decided(50.0).unwrap().capacity, 5);
    let hold = decided(20.0).unwrap_err();
    let expected =
        Hold::SomeFailed { failed: 1, of: 2, why: BadData::Missing, rest: 2, current: 5 };
    assert_eq!(hold, expected);
    assert_eq!(
        hold.to_string(),
        "1 of 2 metrics failed, the first with no data; the rest ask for 2 of 5, and a group \
         shrinks only by all its metrics"
    );
}

#[test]
fn what_is_logged_is_the_raw_proposal() {
    let log = [log(4, 10)];
    let behavior = windows(300, 300);
    let input = Input {
        bounds: Bounds { min: 1, max: 6 },
        behavior: Some(&behavior),
        recommendations: &log,
        ..proposing(5, 9)
    };
    let decision = decide(&input).unwrap();
    assert_eq!((decision.proposal, decision.stabilized, decision.capacity), (Some(9), 5, 5));
}

#[test]
fn windows_come_before_rates() {
    // The other way round, the rate would allow 6, and the window 6 as well.
    let mut behavior = both_ways(&rules(SelectPolicy::Max, &[instances(1, 60)]));
    behavior.scale_up.stabilization_window = Seconds(300);
    let log = [log(8, 10)];
    let input = Input { behavior: Some(&behavior), recommendations: &log, ..proposing(5, 9) };
    let decision = decide(&input).unwrap();
    assert_eq!((decision.stabilized, decision.capacity), (8, 6));
    assert_eq!(decision.limited_by, Limit::Rate);
    assert_eq!(
        decision.to_string(),
        "the proposal is 9; recent proposals allow 8; the rate allows 6"
    );
}

#[test]
fn a_decision_says_what_held_it() {
    let shown = |input: &Input<'_>| decide(input).unwrap().to_string();
    let stuck = both_ways(&rules(SelectPolicy::Disabled, &[]));
    let bounds = Bounds { min: 2, max: 8 };
    let input = proposing(5, 9);
    assert_eq!(shown(&input), "the proposal is 9");
    assert_eq!(shown(&Input { bounds, ..input }), "the proposal is 9; max is 8");
    assert_eq!(shown(&Input { bounds, ..proposing(5, 1) }), "the proposal is 1; min is 2");
    assert_eq!(
        shown(&Input { behavior: Some(&stuck), ..input }),
        "the proposal is 9; this direction is disabled"
    );
    assert_eq!(shown(&Input { bounds, ..proposing(9, 5) }), "current 9 is above max 8");
    assert_eq!(
        shown(&reading_of(5, &[cpu(52.0, 5)])),
        "utilization 52 against target 50 is inside the tolerance"
    );
}
