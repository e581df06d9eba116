//! What a batch comes to, and the laws that hold for every batch.

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::trigger::{AlarmState, Batch, Change, Ignored, Message, Progress, Scope};
use plimsoll_core::trigger::{Trigger, Urgency, Wake, intake};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{alarm, capacity, now, payloads, scope, words};

const WAKE: &str = "plimsoll-alfred-production-wake-api-cpu";
const GROUP: &str = "alfred-production-api-a";

fn batch(reads: impl IntoIterator<Item = Result<Trigger, Ignored>>) -> Batch {
    Batch { messages: reads.into_iter().map(|read| Message { id: None, read }).collect() }
}

fn wake(triggers: impl IntoIterator<Item = Trigger>) -> Wake {
    batch(triggers.into_iter().map(Ok)).coalesce(&scope(), now())
}

fn tick(seconds_ago: i64) -> Trigger {
    Trigger::Tick { at: now() - SignedDuration::from_secs(seconds_ago) }
}

fn ignored(trigger: Trigger) -> Option<Ignored> {
    match wake([trigger]) {
        Wake::Rest { ignored } => Some(ignored[0].clone()),
        Wake::Look { .. } => None,
    }
}

#[test]
fn nothing_that_came_is_nothing_to_do() {
    assert_eq!(wake([]), Wake::Rest { ignored: vec![] });
}

#[test]
fn a_tick_counts_for_a_minute() {
    assert_eq!(ignored(tick(60)), None);
    let late = ignored(tick(61)).unwrap();
    assert_eq!(late.to_string(), "tick of 2026-11-25T11:59:29Z came 1m1s late");
    // A clock that goes after the schedule's is no reason to sleep.
    assert_eq!(ignored(tick(-5)), None);
}

#[test]
fn an_alarm_counts_however_late_it_comes() {
    for days in [0, 1, 300] {
        let at = now() - SignedDuration::from_hours(24 * days);
        assert_eq!(ignored(alarm(WAKE, AlarmState::Alarm, at)), None, "{days}");
    }
}

#[test]
fn an_alarm_without_data_wakes_and_one_that_is_calm_does_not() {
    assert_eq!(ignored(alarm(WAKE, AlarmState::InsufficientData, now())), None);
    let calm = ignored(alarm(WAKE, AlarmState::Ok, now()));
    assert!(matches!(calm, Some(Ignored::Calm(_))), "{calm:?}");
}

#[test]
fn names_of_others_are_foreign() {
    let foreign = |trigger| matches!(ignored(trigger), Some(Ignored::Foreign { .. }));
    for name in [
        "plimsoll-alfred-production-controller-errors",
        "plimsoll-alfred-production-traffic-us-east-1-1",
        "plimsoll-alfred-development-wake-api-cpu",
        "TargetTracking-alfred-productions-api-a-AlarmHigh-1",
        "targettracking-alfred-production-api-a-AlarmHigh-1",
        "alfred-production-api-a",
        "",
    ] {
        assert!(foreign(alarm(name, AlarmState::Alarm, now())), "{name}");
    }
    for name in ["alfred-development-api-a", "alfred-production", "bruce-alfred-production-a"] {
        assert!(foreign(capacity(name, Change::Launch, Progress::Failed)), "{name}");
    }
}

#[test]
fn another_region_has_a_controller_of_its_own() {
    let scope = Scope { region: "us-east-1".to_owned(), ..scope() };
    let own =
        [alarm(WAKE, AlarmState::Alarm, now()), capacity(GROUP, Change::Launch, Progress::Failed)];
    let wake = batch(own.map(Ok)).coalesce(&scope, now());
    assert!(wake.triggers().is_empty());
    assert!(wake.ignored().iter().all(|why| matches!(why, Ignored::OtherRegion { .. })));
}

#[test]
fn emergencies_come_first() {
    let low = "TargetTracking-alfred-production-api-a-AlarmLow-1";
    let wake = wake([
        tick(30),
        alarm(low, AlarmState::Alarm, now()),
        Trigger::Operator { by: "ada".to_owned(), why: None },
        capacity(GROUP, Change::Terminate, Progress::Failed),
        alarm(WAKE, AlarmState::Alarm, now()),
        capacity(GROUP, Change::Launch, Progress::Failed),
    ]);
    let lines: Vec<String> =
        wake.triggers().iter().map(|t| format!("{:?}: {t}", t.urgency())).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    Emergency: group alfred-production-api-a in eu-central-1 failed to launch an instance at 2026-11-25T12:00:30Z
    Emergency: alarm plimsoll-alfred-production-wake-api-cpu in eu-central-1 went to ALARM at 2026-11-25T12:00:30Z
    Change: group alfred-production-api-a in eu-central-1 failed to terminate an instance at 2026-11-25T12:00:30Z
    Change: alarm TargetTracking-alfred-production-api-a-AlarmLow-1 in eu-central-1 went to ALARM at 2026-11-25T12:00:30Z
    Change: ada asked
    Routine: tick of 2026-11-25T12:00:00Z
    ");
    assert_eq!(wake.urgency(), Some(Urgency::Emergency));
}

#[test]
fn a_line_names_three_and_counts_the_rest() {
    let alarms = ["cpu", "memory", "queue", "requests", "threads"]
        .map(|name| format!("plimsoll-alfred-production-wake-{name}"));
    let wake = wake(alarms.iter().map(|name| alarm(name, AlarmState::Alarm, now())));
    let line = wake.to_string();
    let named = alarms.map(|name| line.contains(&name));
    assert_eq!(named, [true, true, true, false, false], "{line}");
    assert!(line.starts_with("woken: alarm plimsoll-") && line.ends_with("; and 2 more"), "{line}");
}

fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        (0..4i64).prop_map(|n| now() - SignedDuration::from_secs(n * 45)),
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
    ]
}

fn read() -> impl Strategy<Value = Result<Trigger, Ignored>> {
    let name = prop_oneof![
        Just(WAKE),
        Just("TargetTracking-alfred-production-api-a-AlarmHigh-1"),
        Just("TargetTracking-alfred-production-api-a-AlarmLow-1"),
        Just("plimsoll-alfred-production-controller-errors"),
    ];
    let state = prop_oneof![
        Just(AlarmState::Ok),
        Just(AlarmState::Alarm),
        Just(AlarmState::InsufficientData)
    ];
    let change = prop_oneof![Just(Change::Launch), Just(Change::Terminate)];
    let progress = prop_oneof![
        Just(Progress::Failed),
        Just(Progress::Succeeded),
        Just(Progress::Waiting { hook: "drain".to_owned() }),
    ];
    let group = prop_oneof![Just(GROUP), Just("bruce-production-batch-a")];
    prop_oneof![
        (name, state, moment()).prop_map(|(name, state, at)| Ok(alarm(name, state, at))),
        (group, change, progress)
            .prop_map(|(g, change, progress)| Ok(capacity(g, change, progress))),
        moment().prop_map(|at| Ok(Trigger::Tick { at })),
        Just(Ok(Trigger::Operator { by: "ada".to_owned(), why: None })),
        "[a-c]".prop_map(|seen| Err(Ignored::Unknown { seen })),
    ]
}

/// A list, and the same with some of its items again, in another order.
fn again<T: Clone + std::fmt::Debug + 'static>(
    items: impl Strategy<Value = Vec<T>>,
) -> impl Strategy<Value = (Vec<T>, Vec<T>)> {
    items.prop_flat_map(|items| {
        let repeats = proptest::sample::subsequence(items.clone(), 0..=items.len());
        let shuffled = (Just(items.clone()), repeats)
            .prop_map(|(items, repeats)| [items, repeats].concat())
            .prop_shuffle();
        (Just(items), shuffled)
    })
}

proptest! {
    #[test]
    fn order_and_repetition_mean_nothing(
        (once, mixed) in again(proptest::collection::vec(read(), 0..12)),
        now in moment(),
    ) {
        let (once, mixed) = (batch(once), batch(mixed));
        prop_assert_eq!(once.coalesce(&scope(), now), mixed.coalesce(&scope(), now));
    }

    #[test]
    fn a_queue_may_deliver_in_any_order_and_twice(
        (once, mixed) in again(proptest::sample::subsequence(payloads(), 0..10)),
    ) {
        let queued = |bodies: &[String]| {
            let record = |(n, body): (usize, &String)| {
                json!({ "eventSource": "aws:sqs", "messageId": format!("m{n}"), "body": body })
            };
            let records: Vec<Value> = bodies.iter().enumerate().map(record).collect();
            intake::read(&json!({ "Records": records }).to_string()).coalesce(&scope(), now())
        };
        prop_assert_eq!(queued(&once), queued(&mixed));
    }

    #[test]
    fn every_message_counts_or_is_ignored(
        reads in proptest::collection::vec(read(), 0..12),
        now in moment(),
    ) {
        let wake = batch(reads.clone()).coalesce(&scope(), now);
        for read in &reads {
            let alone = batch([read.clone()]).coalesce(&scope(), now);
            let kept = alone.triggers().iter().all(|trigger| wake.triggers().contains(trigger))
                && alone.ignored().iter().all(|why| wake.ignored().contains(why));
            prop_assert!(kept, "{}", words(read));
            prop_assert_eq!(alone.triggers().len() + alone.ignored().len(), 1);
        }
        prop_assert!(wake.triggers().is_sorted_by_key(Trigger::urgency));
        prop_assert_eq!(matches!(wake, Wake::Rest { .. }), wake.triggers().is_empty());
    }
}
