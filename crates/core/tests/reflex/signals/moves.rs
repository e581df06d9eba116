//! Moves, shortages.

use plimsoll_core::scaling::managed::{Age, Event};
use plimsoll_core::signals::Purpose;
use plimsoll_core::units::Seconds;
use plimsoll_core::world::Tag;

use super::Region;
use crate::support::ago;

fn remember(region: &mut Region, moves: &[(i64, u32, u32)]) {
    let words = moves.iter().map(|(seconds, from, to)| format!("{} {from} {to}", ago(*seconds)));
    let value = format!("1 {}", words.collect::<Vec<_>>().join(" / "));
    let tag = Tag { value, propagate: false };
    region.group("web").tags.insert("plimsoll:scaled".to_owned(), tag);
}

#[test]
fn one_move_is_counted_once() {
    // Tagged moves as (seconds ago, from, to), sizes that the metric shows -> changes in all.
    type Row = (&'static str, &'static [(i64, u32, u32)], &'static [f64], &'static [i64]);
    let table: [Row; 10] = [
        ("nothing", &[], &[4.0; 6], &[]),
        ("a move that the metric shows", &[(200, 3, 4)], &[3.0, 3.0, 4.0, 4.0], &[1]),
        ("a move that it does not show yet", &[(30, 3, 4)], &[3.0; 4], &[1]),
        ("a move of somebody else", &[], &[3.0, 3.0, 4.0, 4.0], &[1]),
        ("somebody else moves it further", &[(200, 2, 3)], &[2.0, 2.0, 3.0, 4.0], &[1, 1]),
        ("two moves of one minute", &[(190, 3, 4), (200, 2, 3)], &[2.0, 2.0, 4.0, 4.0], &[1, 1]),
        ("a minute in which it moved", &[(200, 2, 4)], &[2.0, 2.0, 3.3, 4.0], &[2]),
        (
            "there and back and there again",
            &[(200, 3, 4), (320, 4, 3), (440, 3, 4)],
            &[3.0, 4.0, 4.0, 3.0, 3.0, 4.0, 4.0],
            &[1, -1, 1],
        ),
        ("the same move, by somebody else", &[(230, 3, 4)], &[3.0, 4.0, 3.0, 4.0], &[1, -1, 1]),
        ("a move that never came about", &[(600, 4, 7)], &[4.0; 4], &[3]),
    ];
    for (what, tagged, shown, expected) in table {
        let mut region = Region::new();
        remember(&mut region, tagged);
        region.set("web", Purpose::Desired, shown);
        let signals = region.of("web");
        let changes: Vec<i64> = signals.moves.iter().map(|event| event.change).collect();
        assert_eq!(changes, expected, "{what}: {:?}", signals.moves);
        assert_eq!(signals.changes, Some(u32::try_from(expected.len()).unwrap()), "{what}");
    }
}

#[test]
fn a_remembered_move_has_its_own_moment() {
    let mut region = Region::new();
    remember(&mut region, &[(200, 3, 4)]);
    region.set("web", Purpose::Desired, &[3.0, 3.0, 4.0, 4.0]);
    assert_eq!(region.of("web").moves, [Event { change: 1, age: Age::seconds(200) }]);
}

#[test]
fn only_the_last_hour_counts() {
    let mut region = Region::new();
    let mut shown = vec![3.0];
    shown.extend([4.0; 61]);
    region.set("web", Purpose::Desired, &shown);
    assert_eq!(region.of("web").changes, Some(0));
}

#[test]
fn how_often_it_moved_is_not_known_without_the_metric() {
    let mut region = Region::new();
    remember(&mut region, &[(200, 3, 4)]);
    assert_eq!(region.of("web").changes, None);
    region.set("web", Purpose::Desired, &[4.0; 5]);
    region.partial.insert(("web".to_owned(), Purpose::Desired));
    assert_eq!(region.of("web").changes, None);
    assert_eq!(region.of("web").moves.len(), 1, "what the tag tells is known");
}

#[test]
fn a_shortage_lasts_as_long_as_the_metrics_show_it() {
    // Instances that are missing now, totals that the metric shows of 4 -> how long.
    let table: [(&str, usize, &[f64], Option<u32>); 6] = [
        ("nothing is missing", 0, &[3.0, 3.0, 3.0], Some(0)),
        ("one is missing since just now", 1, &[4.0, 4.0, 4.0], Some(60)),
        ("one is missing for three minutes", 1, &[4.0, 3.0, 3.0, 3.0], Some(240)),
        ("it was well in between", 1, &[3.0, 4.0, 3.0, 3.0], Some(180)),
        ("nobody knows since when", 1, &[], None),
        ("no number", 1, &[3.0, f64::NAN], None),
    ];
    for (what, missing, totals, expected) in table {
        let mut region = Region::new();
        let left = region.group("worker").instances.len() - missing;
        region.group("worker").instances.truncate(left);
        region.set("worker", Purpose::Desired, &[4.0; 10]);
        region.set("worker", Purpose::Total, totals);
        assert_eq!(region.of("worker").short_for, expected.map(Seconds), "{what}");
    }
}

#[test]
fn an_instance_that_terminates_is_missing() {
    let mut region = Region::new();
    region.group("worker").instances[0].lifecycle = "Terminating:Wait".to_owned();
    region.group("worker").instances[1].lifecycle = "Pending".to_owned();
    region.set("worker", Purpose::Desired, &[4.0; 10]);
    region.set("worker", Purpose::Total, &[3.0, 3.0]);
    assert_eq!(region.of("worker").short_for, Some(Seconds(180)));
}
