//! Standing N-1.

use jiff::SignedDuration;
use plimsoll_core::lease::Cause;
use plimsoll_core::signals::is_watched;

use crate::support::{EAST, HERE, Scene, WEST, at};

const STANDING: &str = "{ standing_n_minus_1: true }";

#[test]
fn any_one_region_may_vanish() {
    type Change = fn(&mut Scene);
    let table: [(&str, Change, Option<u32>); 6] = [
        ("half of a neighbour's load of 4", |_| {}, Some(6)),
        ("the largest neighbour counts", |it| it.load(WEST, "web").wanted = 9, Some(9)),
        (
            "weights say what comes here",
            |it| it.spec.regions.get_mut(WEST).unwrap().traffic_weight = 300,
            Some(6),
        ),
        ("at most the maximum", |it| it.load(EAST, "web").wanted = 100, Some(10)),
        ("what is not read is guessed", |it| it.peers.clear(), Some(6)),
        ("only where the spec asks for it", |it| it.spec.controller.standing = false, None),
    ];
    for (what, change, expected) in table {
        let mut scene = Scene::new(STANDING);
        change(&mut scene);
        assert_eq!(scene.floor(Cause::Standing, "web"), expected, "{what}: {:#?}", scene.says());
    }
}

#[test]
fn a_maximum_that_is_too_low_is_said() {
    let mut scene = Scene::new(STANDING);
    scene.load(EAST, "web").wanted = 100;
    let said = scene.says();
    assert!(said.iter().any(|it| it.contains("it needs 54 instances and may have 10")), "{said:?}");
}

#[test]
fn a_load_that_wavers_writes_seldom() {
    let mut scene = Scene::new(STANDING);
    let mut writes = 0;
    for minute in 0..60 {
        scene.now = at("10:00:00") + SignedDuration::from_mins(minute);
        scene.signals("web").wanted = Some(if minute % 2 == 0 { 4 } else { 3 });
        writes += scene.says().iter().filter(|it| it.contains("web")).count();
        scene.act();
        assert!(scene.floor(Cause::Standing, "web") >= Some(5));
    }
    assert!(writes <= 12, "{writes}");
}

/// What the own load asks for is read of a service that is watched, and of no other.
#[test]
fn the_floor_follows_a_day() {
    let mut scene = Scene::new(STANDING);
    let mut floors = Vec::new();
    for minute in 0..24 * 60 {
        scene.now = at("00:00:00") + SignedDuration::from_mins(minute);
        let hour = minute / 60;
        let load: u32 = if (8..20).contains(&hour) { 6 } else { 2 };
        scene.load(EAST, "web").wanted = load;
        scene.load(WEST, "web").wanted = load;
        let service = &scene.spec.regions[HERE].services["web"];
        let effective = scene.effective().remove("web").unwrap();
        let group = &scene.groups[0];
        let is_read = is_watched(&scene.spec.controller, service, group, &effective, scene.now);
        scene.signals("web").wanted = is_read.then_some(load);
        scene.act();
        let bounds = scene.groups[0].bounds;
        scene.size("web", bounds.clamp(load), 10);
        floors.extend((minute % 60 == 59).then_some(bounds.min));
    }
    let expected: Vec<u32> =
        (0..24).map(|hour| if (8..20).contains(&hour) { 9 } else { 3 }).collect();
    assert_eq!(floors, expected, "its own load, and half of a neighbour's");
}

#[test]
fn room_does_not_grow_while_the_own_load_is_unknown() {
    let mut scene = Scene::new(STANDING);
    scene.signals("web").wanted = None;
    for minute in 0..60 {
        scene.now = at("10:00:00") + SignedDuration::from_mins(minute);
        scene.act();
        scene.size("web", 6, 6);
        assert_eq!(scene.floor(Cause::Standing, "web"), Some(6), "after {minute} minutes");
    }
}
