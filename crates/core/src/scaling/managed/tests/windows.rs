//! Stabilisation windows and ticks.

use super::*;

fn stabilized(
    current: Instances,
    proposal: Instances,
    up: u32,
    down: u32,
    log: &[Recommendation],
) -> Instances {
    let behavior = windows(up, down);
    let input =
        Input { behavior: Some(&behavior), recommendations: log, ..proposing(current, proposal) };
    decide(&input).unwrap().stabilized
}

#[test]
fn a_move_goes_as_far_as_every_recent_proposal_agrees() {
    let log = [log(7, 10), log(9, 20), log(3, 250)];
    let cases = [
        // up: floor is the least of the window
        (5, 9, 60, 0, 7),
        (5, 9, 300, 0, 5),
        // down: ceiling is the largest of the window
        (9, 2, 0, 60, 9),
        (9, 2, 0, 15, 7),
        // a window of 0 looks at nothing
        (5, 9, 0, 0, 9),
        (9, 2, 0, 0, 2),
        // both windows apply whichever way the proposal points
        (5, 8, 300, 300, 5),
        (8, 5, 300, 300, 8),
        // the proposal takes part in its own window
        (5, 6, 60, 60, 6),
    ];
    for (current, proposal, up, down, expected) in cases {
        let got = stabilized(current, proposal, up, down, &log);
        assert_eq!(got, expected, "{current} -> {proposal}, windows {up} and {down}");
    }
}

#[test]
fn both_windows_may_take_a_group_past_its_own_proposal() {
    // Every proposal of the up window is 8 or more, so the group rises from 5 although it stands
    // below what it should be by less than it asks for.
    assert_eq!(stabilized(5, 9, 60, 300, &[log(8, 10), log(20, 100)]), 8);
    // Every proposal of the down window is 6 or less.
    assert_eq!(stabilized(9, 4, 300, 60, &[log(6, 10), log(2, 100)]), 6);
}

#[test]
fn with_a_behaviour_a_proposal_as_old_as_the_window_is_out() {
    assert_eq!(stabilized(5, 9, 60, 0, &[log(6, 59)]), 6);
    assert_eq!(stabilized(5, 9, 60, 0, &[log(6, 60)]), 9);
    assert_eq!(stabilized(9, 5, 0, 60, &[log(8, 59)]), 8);
    assert_eq!(stabilized(9, 5, 0, 60, &[log(8, 60)]), 5);
}

#[test]
fn without_a_behaviour_a_proposal_as_old_as_the_window_is_in() {
    let outcome = |proposal, entry| {
        let log = [entry];
        outcome(&Input { recommendations: &log, ..proposing(9, proposal) })
    };
    assert_eq!(outcome(5, log(8, 300)), (8, Limit::Stabilization));
    assert_eq!(outcome(5, log(8, 301)), (5, Limit::None));
    assert_eq!(outcome(12, log(5, 0)), (12, Limit::None), "there is no up window");
    assert_eq!(outcome(5, log(11, 0)), (11, Limit::Stabilization), "the largest wins");
}

#[test]
fn a_first_entry_of_the_current_size_keeps_a_restarted_controller_from_shrinking() {
    let defaults = Behavior::kubernetes();
    for behavior in [None, Some(&defaults)] {
        let log = [log(9, 1)];
        let input = Input { behavior, recommendations: &log, ..proposing(9, 2) };
        assert_eq!(outcome(&input), (9, Limit::Stabilization));
    }
}

#[test]
fn a_tick_a_few_seconds_early_or_late_decides_the_same() {
    let behavior = windows(0, 300);
    let decided = |age| {
        let log = [log(9, age)];
        let input = Input {
            behavior: Some(&behavior),
            recommendations: &log,
            tick: Tick::every(Seconds(60)),
            ..proposing(9, 2)
        };
        decide(&input).unwrap().capacity
    };
    assert_eq!([236, 240, 244, 269].map(decided), [9; 4], "four ticks, of five");
    assert_eq!([296, 300, 304, 330].map(decided), [2; 4], "five ticks, of five");
    let exact = |millis| Tick::EXACT.is_younger(Age::millis(millis), Seconds(300));
    assert_eq!([299_999, 300_000].map(exact), [true, false]);
}

#[test]
fn a_window_shorter_than_a_tick_covers_the_tick_itself() {
    let tick = Tick::every(Seconds(60));
    assert!(tick.is_younger(Age::seconds(5), Seconds(15)));
    assert!(!tick.is_younger(Age::seconds(60), Seconds(15)));
    assert!(!tick.is_younger(Age::seconds(0), Seconds(0)));
    assert!(!tick.is_younger(Age::seconds(u64::MAX), Seconds(u32::MAX)));
}

#[test]
fn memory_is_as_long_as_what_looks_back() {
    let defaults = Behavior::kubernetes();
    let expected = Memory { recommendations: Seconds(300), events: Seconds(15) };
    assert_eq!(Memory::of(Some(&defaults)), expected);
    let mut behavior = windows(600, 60);
    behavior.scale_down.policies = vec![percent(10, 60), percent(50, 1_800)];
    let expected = Memory { recommendations: Seconds(600), events: Seconds(1_800) };
    assert_eq!(Memory::of(Some(&behavior)), expected);
    let expected = Memory { recommendations: Seconds(300), events: Seconds(0) };
    assert_eq!(Memory::of(None), expected);
}
