//! Rate policies and bounds.

use super::*;
use SelectPolicy::{Disabled, Max, Min};

/// A move under rules for both directions, without windows.
fn moved(
    current: Instances,
    proposal: Instances,
    select: SelectPolicy,
    policies: &[RatePolicy],
    events: &[Event],
) -> (Instances, Limit) {
    let behavior = both_ways(&rules(select, policies));
    outcome(&Input { behavior: Some(&behavior), events, ..proposing(current, proposal) })
}

#[test]
fn percentages_are_exact_and_growth_rounds_up_and_shrinking_toward_zero() {
    let cases = [
        (100, 900, 10, 110),
        (50, 900, 10, 55),
        (1_000, 1, 7, 930),
        (1, 900, 1, 2),
        (10, 900, 25, 13),
        (3, 900, 100, 6),
        // 5 less 50 % is 2.5, cut to 2; 1 less 1 % is 0.99, cut to 0.
        (5, 1, 50, 2),
        (7, 1, 10, 6),
        (10, 1, 100, 1),
        (10, 1, 250, 1),
    ];
    for (current, proposal, value, expected) in cases {
        let (capacity, _) = moved(current, proposal, Max, &[percent(value, 60)], &[]);
        assert_eq!(capacity, expected, "{current} -> {proposal} by {value} %");
    }
}

#[test]
fn the_policy_that_is_selected_limits_the_move() {
    let two = [instances(4, 60), percent(10, 60)];
    let cases = [
        (20, 900, Max, 24, Limit::Rate),
        (20, 900, Min, 22, Limit::Rate),
        (20, 900, Disabled, 20, Limit::Disabled),
        (20, 1, Max, 16, Limit::Rate),
        (20, 1, Min, 18, Limit::Rate),
        (20, 1, Disabled, 20, Limit::Disabled),
        (20, 24, Max, 24, Limit::None),
        (20, 16, Max, 16, Limit::None),
    ];
    for (current, proposal, select, capacity, limit) in cases {
        let got = moved(current, proposal, select, &two, &[]);
        assert_eq!(got, (capacity, limit), "{current} -> {proposal}, {select:?}");
    }
}

#[test]
fn moves_of_both_directions_count_in_the_period_of_their_policy() {
    let five = [instances(5, 60)];
    // start = 20 - 4 + 1 = 17
    let events = [event(4, 20), event(-1, 30), event(3, 60), event(9, 61)];
    assert_eq!(moved(20, 900, Max, &five, &events), (22, Limit::Rate));
    assert_eq!(moved(20, 1, Max, &five, &events), (12, Limit::Rate));
    let longer = [instances(5, 61)];
    assert_eq!(moved(20, 900, Max, &longer, &events), (20, Limit::Rate), "start is 14");
}

#[test]
fn each_policy_looks_back_on_its_own_period() {
    let policies = [instances(5, 10), instances(8, 100)];
    let events = [event(6, 50)];
    // 20 + 5 and (20 - 6) + 8.
    assert_eq!(moved(20, 900, Max, &policies, &events), (25, Limit::Rate));
    assert_eq!(moved(20, 900, Min, &policies, &events), (22, Limit::Rate));
}

#[test]
fn a_limit_behind_the_current_size_holds_and_never_reverses() {
    assert_eq!(moved(20, 900, Max, &[instances(2, 60)], &[event(10, 5)]), (20, Limit::Rate));
    assert_eq!(moved(20, 1, Max, &[instances(2, 60)], &[event(-10, 5)]), (20, Limit::Rate));
    let wild = [event(i64::MAX, 5), event(i64::MAX, 6)];
    assert_eq!(moved(20, 900, Max, &[percent(u32::MAX, 60)], &wild), (20, Limit::Rate));
    let wild = [event(i64::MIN, 5), event(i64::MIN, 6)];
    assert_eq!(moved(20, 0, Max, &[percent(u32::MAX, 60)], &wild), (1, Limit::Min));
    assert_eq!(moved(20, 900, Min, &[percent(u32::MAX, 60)], &wild), (900, Limit::None));
}

#[test]
fn rules_without_a_policy_hold_under_max_and_limit_nothing_under_min() {
    assert_eq!(moved(20, 900, Max, &[], &[]), (20, Limit::Rate));
    assert_eq!(moved(20, 5, Max, &[], &[]), (20, Limit::Rate));
    assert_eq!(moved(20, 900, Min, &[], &[]), (900, Limit::None));
    assert_eq!(moved(20, 5, Min, &[], &[]), (5, Limit::None));
}

#[test]
fn on_a_tie_the_bound_is_named() {
    let four = both_ways(&rules(Max, &[instances(4, 60)]));
    let named = |current, proposal, min, max| {
        let bounds = Bounds { min, max };
        outcome(&Input { bounds, behavior: Some(&four), ..proposing(current, proposal) })
    };
    assert_eq!(named(10, 50, 1, 15), (14, Limit::Rate));
    assert_eq!(named(10, 50, 1, 14), (14, Limit::Max));
    assert_eq!(named(10, 50, 1, 13), (13, Limit::Max));
    assert_eq!(named(10, 1, 5, 99), (6, Limit::Rate));
    assert_eq!(named(10, 1, 6, 99), (6, Limit::Min));
    assert_eq!(named(10, 1, 7, 99), (7, Limit::Min));
    let stuck = both_ways(&rules(Disabled, &[]));
    let bounds = Bounds { min: 1, max: 10 };
    let at_max = Input { bounds, behavior: Some(&stuck), ..proposing(10, 50) };
    assert_eq!(outcome(&at_max), (10, Limit::Max));
}

#[test]
fn without_a_behaviour_a_group_doubles_or_reaches_four_and_shrinks_at_once() {
    let cases = [
        (1, 900, 4, Limit::Rate),
        (2, 900, 4, Limit::Rate),
        (3, 900, 6, Limit::Rate),
        (600, 5_000, 1_000, Limit::Max),
        (500, 5_000, 1_000, Limit::Max),
        (900, 2, 2, Limit::None),
        (900, 0, 1, Limit::Min),
        (2, 4, 4, Limit::None),
    ];
    for (current, proposal, capacity, limit) in cases {
        let got = outcome(&proposing(current, proposal));
        assert_eq!(got, (capacity, limit), "{current} -> {proposal}");
    }
    let events = [event(5, 1), event(-5, 1)];
    assert_eq!(outcome(&Input { events: &events, ..proposing(3, 900) }), (6, Limit::Rate));
}

#[test]
fn the_largest_group_neither_wraps_nor_panics() {
    let bounds = Bounds { min: 0, max: u32::MAX };
    let input = Input { bounds, ..proposing(u32::MAX - 1, u32::MAX) };
    assert_eq!(outcome(&input), (u32::MAX, Limit::None));
    let behavior = both_ways(&rules(Max, &[percent(u32::MAX, 60)]));
    assert_eq!(outcome(&Input { behavior: Some(&behavior), ..input }), (u32::MAX, Limit::None));
}
