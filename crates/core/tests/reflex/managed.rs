//! Sizes of managed services.

use jiff::SignedDuration;
use plimsoll_core::action::Action;
use plimsoll_core::reflex::{Hold, Reflex};
use plimsoll_core::scaling::managed::{self, Age, BadData, Recommendation};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::Tag;
use proptest::prelude::*;

use crate::support::{Seen, ago, cpu};

/// `web` at 4 with this reading, and a log that lets it shrink.
fn seen(percent: i32) -> Seen {
    let mut seen = Seen::new();
    seen.signals("web").readings.insert("cpu".to_owned(), cpu(percent, 4));
    // Its database is well.
    seen.signals("db").guarded = Some(Ok(MetricValue::whole(100)));
    seen
}

fn moved(seen: &mut Seen, seconds: i64, from: u32, to: u32) {
    let value = format!("1 {} {from} {to}", ago(seconds));
    let tag = Tag { value, propagate: false };
    seen.group("web").tags.insert("plimsoll:scaled".to_owned(), tag);
}

#[test]
fn a_managed_group_has_the_size_that_its_metrics_ask_for() {
    type Change = fn(&mut Seen);
    let table: [(&str, i32, Change, &[&str]); 15] = [
        ("on target", 50, |_| {}, &[]),
        ("hot", 75, |_| {}, &["web: desired 4 -> 6: utilization 75 against target 50 asks for 6"]),
        ("idle", 20, |_| {}, &["web: desired 4 -> 2: utilization 20 against target 50 asks for 2"]),
        (
            "idle, and wanted a moment ago",
            20,
            |seen| {
                let recent = Recommendation { capacity: 4, age: Age::seconds(60) };
                seen.signals("web").proposals = vec![recent];
            },
            &["web: stays"],
        ),
        ("idle at the minimum", 0, |seen| seen.group("web").desired = 2, &[]),
        (
            "hot at the maximum",
            90,
            |seen| {
                seen.group("web").desired = 10;
                seen.signals("web").readings.insert("cpu".to_owned(), cpu(90, 10));
            },
            &["web: stays"],
        ),
        ("hot, moved just now", 75, |seen| moved(seen, 40, 3, 4), &["web: just_moved"]),
        ("on target, moved just now", 50, |seen| moved(seen, 40, 3, 4), &[]),
        (
            "hot, moved by a clock ahead of ours",
            75,
            |seen| moved(seen, -20, 3, 4),
            &["web: just_moved"],
        ),
        (
            "hot, moved an interval ago",
            75,
            |seen| moved(seen, 58, 3, 4),
            &["web: desired 4 -> 6: utilization 75 against target 50 asks for 6"],
        ),
        (
            "hot, moved just now, and the old size still shows",
            75,
            |seen| moved(seen, 40, 4, 6),
            &["web: just_moved"],
        ),
        (
            "hot, and somebody wants no alarm to size it",
            75,
            |seen| _ = seen.group("web").suspended.insert("AlarmNotification".to_owned()),
            &["web: suspended"],
        ),
        ("without a reading", 0, |seen| seen.signals("web").readings.clear(), &["web: undecided"]),
        ("without signals", 0, |seen| _ = seen.signals.remove("web"), &["web: undecided"]),
        ("switched off by hand", 75, |seen| seen.group("web").desired = 0, &["web: undecided"]),
    ];
    for (what, percent, change, expected) in table {
        let mut seen = seen(percent);
        change(&mut seen);
        assert_eq!(seen.said(Reflex::Managed), expected, "{what}");
    }
}

#[test]
fn a_hold_says_why_in_the_words_of_managed_scaling() {
    let mut seen = seen(75);
    seen.signals("web").readings.clear();
    seen.decide(|decision| {
        let hold = managed::Hold::AllFailed { failed: 1, why: BadData::Missing };
        let holds: Vec<_> = decision.holds().collect();
        assert_eq!(holds, [(Reflex::Managed, "web", &Hold::Undecided(hold))]);
        let text = serde_json::to_string(holds[0].2).unwrap();
        assert_eq!(text, r#"{"undecided":"every metric failed, the first with no data"}"#);
    });
}

#[test]
fn the_move_is_remembered_before_it_is_made() {
    let actions = seen(75).decide(|decision| {
        decision.steps.iter().map(|step| step.action.to_string()).collect::<Vec<_>>()
    });
    assert_eq!(actions.len(), 2, "{actions:?}");
    let first = seen(75).decide(|decision| decision.steps[0].action.clone());
    assert!(matches!(first, Action::PutTags { .. }), "{first}");
}

#[test]
fn the_last_instance_is_never_taken_away() {
    let mut seen = seen(0);
    let region = seen.spec.regions.values_mut().next().unwrap();
    region.services.get_mut("web").unwrap().bounds.min = 0;
    seen.group("web").bounds.min = 0;
    let said = seen.said(Reflex::Managed);
    assert!(said[0].starts_with("web: desired 4 -> 1:"), "{said:?}");
    seen.group("web").desired = 1;
    assert!(seen.said(Reflex::Managed).is_empty());
}

#[test]
fn a_service_that_auto_scaling_sizes_is_left_alone() {
    let mut seen = seen(50);
    seen.signals("worker").readings.insert("cpu".to_owned(), cpu(100, 4));
    assert!(seen.said(Reflex::Managed).is_empty());
}

proptest! {
    /// Laws 1, 2, 6 and 7: what is sent lies within the bounds, bad data shrinks nothing, a second
    /// look at the same moment does nothing more, and one instance stays.
    #[test]
    fn what_is_sent_is_safe(
        percent in prop::option::of(0i32..200),
        desired in 0u32..=12,
        ready in 0u32..=12,
        min in 0u32..5,
    ) {
        let mut seen = seen(0);
        let region = seen.spec.regions.values_mut().next().unwrap();
        region.services.get_mut("web").unwrap().bounds.min = min;
        let group = seen.group("web");
        (group.bounds.min, group.desired) = (min, group.bounds.clamp(desired).max(min));
        let before = group.desired;
        let mut reading = cpu(percent.unwrap_or(0), ready);
        if percent.is_none() {
            reading.value = Err(BadData::NotANumber);
        }
        seen.signals("web").readings.insert("cpu".to_owned(), reading);
        let stale = seen.clone();
        seen.follow();
        let after = seen.group("web").desired;
        prop_assert!((min..=10).contains(&after));
        prop_assert!(after >= before || (percent.is_some() && ready > 0));
        prop_assert!(after > 0 || before == 0);
        prop_assert_eq!(seen.follow(), 0);
        // Whoever still sees the old picture sends what was sent already.
        let mut late = stale;
        late.now += SignedDuration::from_secs(20);
        late.follow();
        prop_assert_eq!(late.group("web").desired, after);
    }
}
