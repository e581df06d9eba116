//! Bounds at a moment: what a schedule has left of them.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use plimsoll_core::bounds::{Bounds, Effective, Recurrence, effective, next_change, time_zone};
use plimsoll_core::world::ScheduledAction;
use proptest::prelude::*;

const DECLARED: Bounds = Bounds { min: 2, max: 10 };

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An entry that never fires and sets nothing.
fn entry() -> ScheduledAction {
    ScheduledAction {
        recurrence: None,
        time_zone: None,
        start: None,
        end: None,
        min: None,
        max: None,
        desired: None,
    }
}

fn cron(expression: &str, zone: &str) -> ScheduledAction {
    ScheduledAction {
        recurrence: Some(expression.to_owned()),
        time_zone: Some(zone.to_owned()),
        ..entry()
    }
}

fn schedule<const N: usize>(
    entries: [(&str, ScheduledAction); N],
) -> BTreeMap<String, ScheduledAction> {
    entries.into_iter().map(|(name, entry)| (name.to_owned(), entry)).collect()
}

/// Minimum and maximum that a schedule gives at a moment.
fn bounds(schedule: &BTreeMap<String, ScheduledAction>, now: &str) -> (u32, u32) {
    let Effective { bounds, .. } = effective(DECLARED, schedule, at(now));
    (bounds.min, bounds.max)
}

/// Whether a daily entry has fired within the last hour, in which it sets the minimum to 5.
fn fired(expression: &str, zone: &str, now: &str) -> bool {
    let now = at(now);
    let before = now - SignedDuration::from_mins(1);
    last_fired(&cron(expression, zone), now) != last_fired(&cron(expression, zone), before)
}

/// When an entry fired last, found from outside: the latest start of a second entry, setting
/// another minimum, that does not yet cover it.
fn last_fired(entry: &ScheduledAction, now: Timestamp) -> Option<Timestamp> {
    let probe = |minutes: i64| {
        let start = now - SignedDuration::from_mins(minutes);
        let schedule = schedule([
            ("a-probe", ScheduledAction { start: Some(start), min: Some(1), ..self::entry() }),
            ("entry", ScheduledAction { min: Some(2), ..entry.clone() }),
        ]);
        effective(DECLARED, &schedule, now).min_from.as_deref() == Some("entry")
    };
    // The entry wins over every probe that started at its last firing or before.
    let (mut never, mut covered) = (-1, 10 * 24 * 60);
    if !probe(covered) {
        return None;
    }
    while covered - never > 1 {
        let middle = never.midpoint(covered);
        if probe(middle) { covered = middle } else { never = middle }
    }
    Some(now - SignedDuration::from_mins(covered))
}

#[test]
fn without_a_schedule_the_declared_bounds_hold() {
    assert_eq!(bounds(&schedule([]), "2026-06-01T12:00:00Z"), (2, 10));
}

#[test]
fn an_entry_that_has_not_fired_yet_changes_nothing() {
    let start = Some(at("2026-06-01T12:00:00Z"));
    let later = schedule([("later", ScheduledAction { start, min: Some(5), ..entry() })]);
    assert_eq!(bounds(&later, "2026-06-01T11:59:59Z"), (2, 10));
    assert_eq!(bounds(&later, "2026-06-01T12:00:00Z"), (5, 10));
    assert_eq!(bounds(&later, "2027-06-01T12:00:00Z"), (5, 10), "it stays until another");
}

#[test]
fn each_bound_stays_until_an_entry_sets_it_again() {
    let day = schedule([
        ("morning", ScheduledAction { min: Some(4), ..cron("0 8 * * *", "UTC") }),
        ("noon", ScheduledAction { max: Some(20), ..cron("0 12 * * *", "UTC") }),
        ("evening", ScheduledAction { min: Some(1), max: Some(6), ..cron("0 20 * * *", "UTC") }),
    ]);
    for (now, expected) in [
        ("2026-06-01T07:59:59Z", (1, 6)),
        ("2026-06-01T08:00:00Z", (4, 6)),
        ("2026-06-01T12:00:00Z", (4, 20)),
        ("2026-06-01T19:59:59Z", (4, 20)),
        ("2026-06-01T20:00:00Z", (1, 6)),
    ] {
        assert_eq!(bounds(&day, now), expected, "{now}");
    }
}

#[test]
fn it_is_told_which_entries_made_the_bounds() {
    let day = schedule([
        ("morning", ScheduledAction { min: Some(4), ..cron("0 8 * * *", "UTC") }),
        ("noon", ScheduledAction { max: Some(20), ..cron("0 12 * * *", "UTC") }),
    ]);
    let effective = effective(DECLARED, &day, at("2026-06-01T13:00:00Z"));
    assert_eq!(effective.min_from.as_deref(), Some("morning"));
    assert_eq!(effective.max_from.as_deref(), Some("noon"));
}

#[test]
fn at_one_moment_the_later_name_wins() {
    let twins = schedule([
        ("b", ScheduledAction { min: Some(4), ..cron("0 8 * * *", "UTC") }),
        ("a", ScheduledAction { min: Some(3), ..cron("0 10 * * *", "Europe/Berlin") }),
    ]);
    assert_eq!(bounds(&twins, "2026-06-01T09:00:00Z"), (4, 10));
}

#[test]
fn a_minimum_never_passes_the_maximum() {
    let high = schedule([("high", ScheduledAction { min: Some(50), ..cron("0 8 * * *", "UTC") })]);
    assert_eq!(bounds(&high, "2026-06-01T09:00:00Z"), (10, 10));
    let low = schedule([("low", ScheduledAction { max: Some(1), ..cron("0 8 * * *", "UTC") })]);
    assert_eq!(bounds(&low, "2026-06-01T09:00:00Z"), (1, 1));
}

#[test]
fn after_until_a_recurrence_fires_no_more_and_its_effect_stays() {
    let end = Some(at("2026-06-02T12:00:00Z"));
    let days = schedule([
        ("day", ScheduledAction { min: Some(5), end, ..cron("0 8 * * *", "UTC") }),
        ("night", ScheduledAction { min: Some(1), ..cron("0 20 * * *", "UTC") }),
    ]);
    assert_eq!(bounds(&days, "2026-06-02T13:00:00Z"), (5, 10));
    assert_eq!(bounds(&days, "2026-06-03T13:00:00Z"), (1, 10));
}

#[test]
fn a_recurrence_does_not_fire_before_its_start() {
    let start = Some(at("2026-06-02T09:00:00Z"));
    let days =
        schedule([("day", ScheduledAction { min: Some(5), start, ..cron("0 8 * * *", "UTC") })]);
    assert_eq!(bounds(&days, "2026-06-02T10:00:00Z"), (2, 10));
    assert_eq!(bounds(&days, "2026-06-03T10:00:00Z"), (5, 10));
}

#[test]
fn a_leap_day_comes_every_four_years() {
    let leap = schedule([("leap", ScheduledAction { min: Some(5), ..cron("0 0 29 2 *", "UTC") })]);
    let fired = |now| effective(DECLARED, &leap, at(now)).min_from.is_some();
    assert!(fired("2027-03-01T00:00:00Z"), "the one of 2024");
    let until = schedule([(
        "leap",
        ScheduledAction {
            min: Some(5),
            start: Some(at("2025-01-01T00:00:00Z")),
            ..cron("0 0 29 2 *", "UTC")
        },
    )]);
    assert_eq!(bounds(&until, "2028-02-28T23:59:59Z"), (2, 10));
    assert_eq!(bounds(&until, "2028-02-29T00:00:00Z"), (5, 10));
}

#[test]
fn an_entry_fires_by_the_clock_on_the_wall() {
    for (expression, zone, now) in [
        ("0 8 * * *", "Europe/Berlin", "2026-01-15T07:00:00Z"),
        ("0 8 * * *", "Europe/Berlin", "2026-07-15T06:00:00Z"),
        ("0 8 * * *", "America/New_York", "2026-01-15T13:00:00Z"),
        ("0 8 * * *", "America/New_York", "2026-07-15T12:00:00Z"),
        ("0 8 * * *", "Asia/Kolkata", "2026-07-15T02:30:00Z"),
        ("0 8 * * MON-FRI", "UTC", "2026-07-17T08:00:00Z"),
        ("0 8 1,15 * SUN", "UTC", "2026-07-19T08:00:00Z"),
        ("*/20 * * * *", "UTC", "2026-07-19T08:40:00Z"),
    ] {
        assert!(fired(expression, zone, now), "{expression} in {zone} at {now}");
    }
}

/// Spring: the clock jumps over an hour. An entry in that hour fires when it ends.
#[test]
fn in_spring_an_entry_in_the_lost_hour_fires_when_it_ends() {
    for (zone, gap) in
        [("Europe/Berlin", "2026-03-29T01:00:00Z"), ("America/New_York", "2026-03-08T07:00:00Z")]
    {
        assert!(fired("30 2 * * *", zone, gap), "{zone}");
        assert!(fired("0 3 * * *", zone, gap), "{zone}: the hour after it is itself");
        let day = at(gap);
        let fired_at = |minutes| {
            let now = day + SignedDuration::from_mins(minutes);
            last_fired(&cron("30 2 * * *", zone), now)
        };
        for minutes in [0, 1, 29, 30, 31, 120, 600] {
            assert_eq!(fired_at(minutes), Some(day), "{zone}, {minutes} minutes later");
        }
        assert_eq!(fired_at(-1), Some(day - SignedDuration::from_mins(23 * 60 + 30)), "{zone}");
    }
}

/// Autumn: an hour comes twice. An entry in it fires once, the first time.
#[test]
fn in_autumn_an_entry_in_the_doubled_hour_fires_once() {
    for (zone, entry, first) in [
        ("Europe/Berlin", "30 2 * * *", "2026-10-25T00:30:00Z"),
        ("America/New_York", "30 1 * * *", "2026-11-01T05:30:00Z"),
    ] {
        let first = at(first);
        for minutes in [0, 1, 29, 30, 31, 45, 59, 60, 61, 90, 120, 600] {
            let now = first + SignedDuration::from_mins(minutes);
            assert_eq!(last_fired(&cron(entry, zone), now), Some(first), "{zone}, {minutes}");
        }
    }
}

#[test]
fn an_entry_of_every_few_minutes_fires_in_both_doubled_hours() {
    for now in ["2026-10-25T00:20:00Z", "2026-10-25T01:20:00Z"] {
        assert!(fired("*/20 * * * *", "Europe/Berlin", now), "{now}");
    }
}

/// The next firings of a recurrence after a moment.
fn following(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let (recurrence, zone) = (Recurrence::parse(expression).unwrap(), time_zone(zone).unwrap());
    let next = |now: &Timestamp| recurrence.next_after(&now.to_zoned_datetime(zone.clone()));
    let firings = std::iter::successors(next(&at(after)), next);
    firings.take(count).map(|firing| firing.to_string()).collect()
}

#[test]
fn a_recurrence_goes_on_strictly_after_a_moment() {
    let expected = ["2026-06-02T08:00:00Z", "2026-06-03T08:00:00Z"];
    assert_eq!(following("0 8 * * *", "UTC", "2026-06-01T08:00:00Z", 2), expected);
    assert_eq!(following("0 8 * * *", "UTC", "2026-06-01T08:00:00.5Z", 2), expected);
    assert_eq!(
        following("0 8 * * *", "UTC", "2026-06-01T07:59:59.5Z", 1),
        ["2026-06-01T08:00:00Z"]
    );
}

#[test]
fn a_recurrence_goes_on_over_the_lost_hour_in_berlin() {
    let expected = ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"];
    assert_eq!(following("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3), expected);
    let expected = ["2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z"];
    assert_eq!(following("0 8 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 2), expected);
}

#[test]
fn a_recurrence_goes_on_over_the_doubled_hour_in_berlin() {
    let expected = ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
    assert_eq!(following("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", 3), expected);
    let expected = ["2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"];
    assert_eq!(following("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 3), expected);
}

/// The next moment of change, with the entries that fire.
fn change(schedule: &BTreeMap<String, ScheduledAction>, after: &str) -> Option<(String, String)> {
    let (moment, names) = next_change(schedule, at(after))?;
    Some((moment.to_string(), names.join(" ")))
}

#[test]
fn the_next_change_is_the_first_of_all_entries_and_names_every_entry_that_fires() {
    let once = Some(at("2026-06-01T08:00:00Z"));
    let day = schedule([
        ("c", ScheduledAction { start: once, ..entry() }),
        ("a", cron("0 8 * * *", "UTC")),
        ("b", cron("0 10 * * *", "Europe/Berlin")),
        ("late", cron("0 9 * * *", "UTC")),
    ]);
    let next = |after| change(&day, after).unwrap();
    let expected = |moment: &str, names: &str| (moment.to_owned(), names.to_owned());
    assert_eq!(next("2026-06-01T07:59:59Z"), expected("2026-06-01T08:00:00Z", "a b c"));
    assert_eq!(next("2026-06-01T08:00:00Z"), expected("2026-06-01T09:00:00Z", "late"));
    assert_eq!(next("2026-06-01T09:00:00Z"), expected("2026-06-02T08:00:00Z", "a b"));
}

#[test]
fn the_next_change_keeps_to_the_start_and_the_end_of_an_entry() {
    let days = |start: &str, end: &str| {
        let (start, end) = (Some(at(start)), Some(at(end)));
        schedule([("day", ScheduledAction { start, end, ..cron("0 8 * * *", "UTC") })])
    };
    let next = |days, after| change(&days, after).map(|(moment, _)| moment);
    let long_before = "2026-05-01T00:00:00Z";
    let first = Some("2026-06-02T08:00:00Z".to_owned());
    assert_eq!(next(days("2026-06-02T08:00:00Z", "2026-06-09T00:00:00Z"), long_before), first);
    assert_eq!(next(days("2026-06-01T08:00:01Z", "2026-06-02T08:00:00Z"), long_before), first);
    assert_eq!(next(days("2026-06-02T08:00:01Z", "2026-06-03T07:59:59Z"), long_before), None);
    let ended = days("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z");
    assert_eq!(next(ended, "2026-06-02T08:00:00Z"), None);
}

#[test]
fn nothing_changes_without_entries_and_after_single_moments() {
    assert_eq!(change(&schedule([]), "2026-06-01T08:00:00Z"), None);
    let start = Some(at("2026-06-01T08:00:00Z"));
    let once = schedule([("once", ScheduledAction { start, ..entry() })]);
    assert_eq!(change(&once, "2026-06-01T08:00:00Z"), None);
}

/// Fields of cron that fire at least once in a few days.
fn expression() -> impl Strategy<Value = String> {
    let minute = prop_oneof![(0..60u32).prop_map(|n| n.to_string()), Just("*/15".to_owned())];
    let hour = prop_oneof![
        (0..24u32).prop_map(|n| n.to_string()),
        Just("*".to_owned()),
        Just("8-18/2".to_owned()),
    ];
    let day = prop_oneof![Just("* * *"), Just("* * MON-FRI"), Just("* * 0,3,7"), Just("*/2 * *")];
    (minute, hour, day).prop_map(|(minute, hour, day)| format!("{minute} {hour} {day}"))
}

/// Moments around no clock change, around one, and anywhere.
fn moment() -> impl Strategy<Value = Timestamp> {
    let from = |text: &str| at(text).as_second() / 60;
    let span = |around: i64| around - 2_000..around + 2_000;
    prop_oneof![
        span(from("2026-06-15T12:00:00Z")),
        span(from("2026-03-29T01:00:00Z")),
        span(from("2026-10-25T01:00:00Z")),
    ]
    .prop_map(|minutes| Timestamp::from_second(minutes * 60).unwrap())
}

fn zone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
}

/// Whether a field of cron names a number.
fn names(field: &str, least: i8, number: i8) -> bool {
    let parse = |text: &str| text.parse::<i8>().unwrap();
    field.split(',').any(|item| {
        let (range, step) = item.split_once('/').unwrap_or((item, "1"));
        let (first, end) = match range.split_once('-') {
            _ if range == "*" => (least, i8::MAX),
            _ if range == "MON-FRI" => (1, 5),
            Some((first, end)) => (parse(first), parse(end)),
            None => (parse(range), parse(range)),
        };
        (first..=end).contains(&number) && (number - first) % parse(step) == 0
    })
}

/// The last firing within eight days, searched minute by minute on the wall. A time that the clock jumps over counts
/// when the jump is done; a single time in a doubled hour counts the first time only.
fn searched(expression: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let fields: Vec<&str> = expression.split(' ').collect();
    let matches = |civil: jiff::civil::DateTime| {
        let weekday = civil.weekday().to_sunday_zero_offset();
        names(fields[0], 0, civil.minute())
            && names(fields[1], 0, civil.hour())
            && names(fields[2], 1, civil.day())
            && (names(fields[4], 0, weekday) || weekday == 0 && names(fields[4], 0, 7))
    };
    let fixed = !expression.starts_with('*') && !fields[1].contains(['*', '/']);
    (0..8 * 24 * 60).map(|minutes| now - SignedDuration::from_mins(minutes)).find(|moment| {
        let civil = zone.to_datetime(*moment);
        let ambiguous = zone.to_ambiguous_timestamp(civil);
        let again = ambiguous.is_ambiguous() && ambiguous.compatible().unwrap() != *moment;
        if matches(civil) && !(fixed && again) {
            return true;
        }
        let before = zone.to_datetime(*moment - SignedDuration::from_mins(1));
        let jumped = civil.duration_since(before).as_mins() - 1;
        fixed && (1..=jumped).any(|skip| matches(civil - SignedDuration::from_mins(skip)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_last_firing_is_the_one_that_a_search_finds(
        expression in expression(), zone in zone(), now in moment(),
    ) {
        let found = last_fired(&cron(&expression, zone), now);
        let searched = searched(&expression, &TimeZone::get(zone).unwrap(), now);
        prop_assert_eq!(found, searched, "{} in {} at {}", expression, zone, now);
    }

    #[test]
    fn bounds_change_only_when_an_entry_fires(
        one in expression(), two in expression(), zone in zone(), now in moment(),
        (min, max) in (0..20u32, 0..20u32),
    ) {
        let entries = schedule([
            ("one", ScheduledAction { min: Some(min), ..cron(&one, zone) }),
            ("two", ScheduledAction { max: Some(max), ..cron(&two, zone) }),
        ]);
        let zone = TimeZone::get(zone).unwrap();
        let latest = |now| [&one, &two].map(|expression| searched(expression, &zone, now));
        let earlier = now - SignedDuration::from_mins(7);
        let (before, after) = (effective(DECLARED, &entries, earlier), effective(DECLARED, &entries, now));
        prop_assert!(after.bounds.min <= after.bounds.max);
        if latest(earlier) == latest(now) {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn the_next_firing_is_the_one_that_a_search_finds(
        expression in expression(), zone in zone(), now in moment(),
    ) {
        let next = following(&expression, zone, &now.to_string(), 1);
        let next = at(&next[0]);
        let zone = TimeZone::get(zone).unwrap();
        prop_assert_eq!(searched(&expression, &zone, next), Some(next), "{}", expression);
        // Nothing was passed over on the way.
        let before = searched(&expression, &zone, next - SignedDuration::from_mins(1));
        prop_assert!(before.is_none_or(|before| before <= now), "{} at {}", expression, now);
    }

    #[test]
    fn bounds_hold_until_the_next_change(
        one in expression(), two in expression(), zone in zone(), now in moment(),
        (min, max) in (0..20u32, 0..20u32), start in moment(), single in moment(),
    ) {
        let start = Some(start);
        let entries = schedule([
            ("one", ScheduledAction { min: Some(min), start, ..cron(&one, zone) }),
            ("two", ScheduledAction { max: Some(max), ..cron(&two, zone) }),
            ("three", ScheduledAction { min: Some(1), start: Some(single), ..entry() }),
        ]);
        let (next, names) = next_change(&entries, now).unwrap();
        prop_assert!(next > now);
        let held = effective(DECLARED, &entries, now);
        let last = next - SignedDuration::from_nanos(1);
        for seconds in (0..now.duration_until(next).as_secs()).step_by(600) {
            let moment = now + SignedDuration::from_secs(seconds);
            prop_assert_eq!(&effective(DECLARED, &entries, moment), &held, "{}", moment);
        }
        prop_assert_eq!(&effective(DECLARED, &entries, last), &held);
        // What fires then is what the bounds come from, the last name first.
        let changed = effective(DECLARED, &entries, next);
        let minimum = names.iter().rev().find(|name| **name != "two");
        if let Some(minimum) = minimum {
            prop_assert_eq!(changed.min_from.as_deref(), Some(*minimum));
        }
        if names.contains(&"two") {
            prop_assert_eq!(changed.max_from.as_deref(), Some("two"));
        }
    }

    #[test]
    fn the_order_in_which_entries_are_given_does_not_matter(
        entries in prop::collection::vec((expression(), 0..20u32, 0..20u32), 1..5), now in moment(),
    ) {
        let named = |(index, (expression, min, max)): (usize, &(String, u32, u32))| {
            let entry = ScheduledAction { min: Some(*min), max: Some(*max), ..cron(expression, "UTC") };
            (format!("entry-{index}"), entry)
        };
        let forwards: BTreeMap<_, _> = entries.iter().enumerate().map(named).collect();
        let backwards: BTreeMap<_, _> = entries.iter().enumerate().rev().map(named).collect();
        prop_assert_eq!(
            effective(DECLARED, &forwards, now),
            effective(DECLARED, &backwards, now)
        );
    }
}
