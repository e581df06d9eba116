//! What managed scaling is told.

use plimsoll_core::scaling::managed::{Age, BadData, Counts, Recommendation};
use plimsoll_core::signals::Purpose;

use super::{Region, cpu, value};

fn counts(region: &Region) -> Counts {
    region.of("web").readings["cpu"].counts
}

#[test]
fn instances_that_came_within_the_warmup_are_not_ready() {
    let mut region = Region::new();
    let of = |ready, unready| Counts { ready, missing: 0, unready };
    assert_eq!(counts(&region), of(4, 0), "without the metric what is in service counts");
    // The warmup is two minutes, and the newest minute that shows is two minutes old.
    region.set("web", Purpose::InService, &[2.0, 2.0, 4.0, 4.0, 4.0]);
    assert_eq!(counts(&region), of(4, 0));
    region.set("web", Purpose::InService, &[2.0, 2.0, 2.0, 3.0]);
    assert_eq!(counts(&region), of(2, 2));
    region.group("web").instances[0].lifecycle = "Pending:Wait".to_owned();
    region.set("web", Purpose::InService, &[3.0; 5]);
    assert_eq!(counts(&region), of(3, 1));
    region.group("web").instances[1].lifecycle = "Terminating".to_owned();
    assert_eq!(counts(&region), of(2, 2), "one is still to come");
}

#[test]
fn a_move_that_shows_nowhere_else_is_believed() {
    let mut region = Region::new();
    let tag = plimsoll_core::world::Tag {
        value: format!("1 {} 3 4", crate::support::ago(90)),
        propagate: false,
    };
    region.group("web").tags.insert("plimsoll:scaled".to_owned(), tag);
    assert_eq!(counts(&region), Counts { ready: 3, missing: 0, unready: 1 });
}

#[test]
fn a_reading_is_the_newest_value_or_says_why_there_is_none() {
    let mut region = Region::new();
    let read = |region: &Region| region.of("web").readings["cpu"].value;
    assert_eq!(read(&region), Err(BadData::Missing));
    region.set("web", cpu(), &[40.0, 60.0]);
    assert_eq!(read(&region), Ok(value(60.0)));
    region.set("web", cpu(), &[40.0, f64::NAN]);
    assert_eq!(read(&region), Err(BadData::NotANumber), "an older value does not stand in");
    region.set("web", cpu(), &[40.0, 60.0]);
    region.partial.insert(("web".to_owned(), cpu()));
    assert_eq!(read(&region), Err(BadData::Missing));
}

#[test]
fn earlier_proposals_are_recomputed_with_the_sizes_of_their_time() {
    let mut region = Region::new();
    region.set("web", Purpose::Desired, &[2.0, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0]);
    region.set("web", Purpose::InService, &[2.0, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0]);
    region.set("web", cpu(), &[90.0, 90.0, 90.0, 90.0, 90.0, 40.0]);
    let proposals = region.of("web").proposals;
    let log = |capacity, minutes: u64| Recommendation { capacity, age: Age::seconds(60 * minutes) };
    let first = &proposals[1..];
    assert_eq!(first, [log(4, 2), log(4, 3), log(4, 4), log(4, 5)], "{proposals:?}");
}

#[test]
fn before_there_were_metrics_the_size_stands_for_a_proposal() {
    let mut region = Region::new();
    let log = |capacity, minutes: u64| Recommendation { capacity, age: Age::seconds(60 * minutes) };
    assert_eq!(region.of("web").proposals, [log(4, 1)]);
    region.set("web", Purpose::Desired, &[4.0; 10]);
    region.set("web", cpu(), &[10.0, 10.0, 10.0]);
    assert_eq!(region.of("web").proposals, [log(1, 1), log(1, 2), log(4, 3)]);
    region.set("web", cpu(), &[10.0; 10]);
    assert_eq!(region.of("web").proposals.len(), 5);
    assert!(region.of("web").proposals.iter().all(|it| it.capacity == 1));
}
