//! Neighbours that have more load than they can carry, and a region that is such a neighbour.

use jiff::SignedDuration;
use plimsoll_core::lease::Cause;
use plimsoll_core::reflex::{Condition, Evidence, Load, Pulse, Scarcity, Shortage};
use plimsoll_core::units::Seconds;

use crate::support::{EAST, HERE, Scene, WEST, at};

const DEFAULTS: &str = "{}";

/// The east has a load of 12 in `web` and can carry 10.
fn short() -> Scene {
    let mut scene = Scene::new(DEFAULTS);
    let load = scene.load(EAST, "web");
    (load.wanted, load.shortage, load.headroom) = (12, 2, 0);
    scene
}

/// What is different, and what is said then.
type Case = (&'static str, fn(&mut Scene), &'static [&'static str]);

const CASES: [Case; 12] = [
    ("room is made first", |_| {}, &["overflow", "us-east-1 holds: preparing"]),
    ("traffic comes when the room is there", ready, &["overflow", "us-east-1 keeps 75 %"]),
    (
        "one service that is not ready is enough to wait",
        |it| {
            ready(it);
            it.size("api", 5, 4);
        },
        &["overflow", "us-east-1 holds: preparing"],
    ),
    (
        "a share that fell a moment ago does not fall again before it is seen what comes of it",
        |it| {
            ready(it);
            it.judged(EAST, 4, 2);
        },
        &["overflow", "us-east-1 holds: settling"],
    ),
    (
        "what was published stays published",
        |it| it.judged(EAST, 3, 2),
        &["overflow", "us-east-1 keeps 75 %"],
    ),
    (
        "who is short as well makes no room, and lets the others take it",
        |it| it.signals("web").wanted = Some(11),
        &["misses", "us-east-1 holds: preparing"],
    ),
    (
        "nobody has room",
        |it| {
            it.load(WEST, "web").headroom = 0;
            it.signals("web").wanted = Some(10);
        },
        &["us-east-1 holds: no_headroom"],
    ),
    (
        "a shortage that nobody hears of",
        |it| it.peer(EAST).pulse = Pulse::Silent,
        &["dark", "us-east-1 holds: silent_alone"],
    ),
    (
        "a region that is closed is not overflow's",
        |it| {
            it.judged(EAST, 0, 2);
            it.peer(EAST).evidence.endpoint = Condition::Impaired(Seconds(60));
        },
        &["dark", "us-east-1 keeps 0 %"],
    ),
    (
        "a peer that says nothing of what it wants is helped with floors alone",
        |it| it.load(EAST, "web").wanted = 0,
        &["overflow us-east-1 web 5", "us-east-1 holds: no_evidence"],
    ),
    (
        "a quarter stays, whatever is missing",
        |it| {
            it.load(EAST, "web").shortage = 12;
            it.load(EAST, "api").wanted = 2;
            it.size("web", 10, 10);
            it.size("api", 10, 10);
        },
        &["overflow", "us-east-1 keeps 25 %"],
    ),
    ("an operator who wants none", |it| it.spec.controller.overflow = false, &[]),
];

#[test]
fn what_one_difference_makes() {
    // A quarter of the east's load is 3 of web and 1 of api: 2 and 1 of it come here.
    let floors = ["overflow us-east-1 api 5", "overflow us-east-1 web 6"];
    let expected = short().says();
    assert!(floors.iter().all(|floor| expected.iter().any(|it| it == floor)), "{expected:?}");
    for (what, change, expected) in CASES {
        let mut scene = short();
        change(&mut scene);
        let said = scene.says();
        for part in expected {
            assert!(said.iter().any(|it| it.contains(part)), "{what}: {part} is not in {said:#?}");
        }
        assert_eq!(said.is_empty(), expected.is_empty(), "{what}: {said:#?}");
        let judges = expected.iter().any(|part| part.contains("keeps"));
        assert_eq!(scene.share(EAST).is_some(), judges, "{what}: {said:#?}");
    }
}

fn ready(scene: &mut Scene) {
    scene.size("web", 6, 6);
    scene.size("api", 5, 5);
}

#[test]
fn help_does_not_grow_while_nothing_changes() {
    let mut scene = short();
    scene.act();
    assert_eq!(scene.floor(Cause::Overflow, "web"), Some(6));
    ready(&mut scene);
    for minute in 1..40 {
        scene.now = at("10:00:00") + SignedDuration::from_mins(minute);
        scene.act();
        assert_eq!(scene.floor(Cause::Overflow, "web"), Some(6), "after {minute} minutes");
    }
}

#[test]
fn help_does_not_grow_either_when_the_own_load_is_unknown() {
    let mut scene = short();
    scene.signals("web").wanted = None;
    scene.act();
    assert_eq!(scene.floor(Cause::Overflow, "web"), Some(6));
    for minute in 1..40 {
        ready(&mut scene);
        scene.now = at("10:00:00") + SignedDuration::from_mins(minute);
        scene.act();
        assert_eq!(scene.floor(Cause::Overflow, "web"), Some(6), "after {minute} minutes");
    }
}

/// It is heard and misses nothing: to be well is enough then.
#[test]
fn traffic_returns_to_a_region_that_is_well_though_nothing_is_known_of_its_loads() {
    let mut scene = Scene::new(DEFAULTS);
    scene.judged(EAST, 3, 8);
    scene.peer(EAST).loads.clear();
    assert_eq!(scene.share(EAST), Some(4));
    scene.peer(EAST).evidence = Evidence::default();
    assert_eq!(scene.share(EAST), None);
}

#[test]
fn traffic_returns_when_the_peer_could_carry_it() {
    type Change = fn(&mut Scene);
    let table: [(&str, Change, Option<u8>); 7] = [
        // 9 at three quarters are 12 at all: the maximum is 10.
        ("a peak that lasts holds the share", |it| it.load(EAST, "web").wanted = 9, Some(3)),
        ("7 at three quarters are 9 and a third", |it| it.load(EAST, "web").wanted = 7, Some(4)),
        (
            "not before it stood still for a step",
            |it| {
                it.load(EAST, "web").wanted = 7;
                it.judged(EAST, 3, 4);
            },
            Some(3),
        ),
        (
            "after an hour one quarter is tried, if 8 may be a little more than 7",
            |it| {
                it.load(EAST, "web").wanted = 8;
                it.judged(EAST, 3, 60);
            },
            Some(4),
        ),
        (
            "and not if it cannot fit",
            |it| {
                it.load(EAST, "web").wanted = 9;
                it.judged(EAST, 3, 600);
            },
            Some(3),
        ),
        (
            "not while anything speaks against it",
            |it| {
                it.load(EAST, "web").wanted = 7;
                it.impaired(EAST, 1);
            },
            Some(3),
        ),
        (
            "its controller is silent, and well for long: failover returns it",
            |it| it.peer(EAST).pulse = Pulse::Silent,
            Some(4),
        ),
    ];
    for (what, change, expected) in table {
        let mut scene = Scene::new(DEFAULTS);
        scene.judged(EAST, 3, 8);
        let load = scene.load(EAST, "web");
        load.headroom = 1;
        change(&mut scene);
        let load = scene.peer(EAST).loads.get_mut("web");
        if let Some(load) = load {
            load.headroom = 10 - load.wanted;
        }
        assert_eq!(scene.share(EAST), expected, "{what}: {:#?}", scene.says());
    }
}

#[test]
fn each_return_that_came_too_early_makes_the_next_one_wait_longer() {
    // Steps are of five minutes and leases of fifteen, and what comes of a share shows two minutes later.
    for (setbacks, minutes) in [(0, 7), (1, 32), (2, 62), (3, 122), (4, 122), (u32::MAX, 122)] {
        for (after, expected) in [(minutes - 1, Some(3)), (minutes, Some(4))] {
            let mut scene = Scene::new(DEFAULTS);
            scene.judged(EAST, 3, after);
            scene.peer(EAST).judged.as_mut().unwrap().setbacks = setbacks;
            assert_eq!(scene.share(EAST), expected, "{setbacks} setbacks, {after} minutes");
        }
    }
}

/// A closed loop: a load that grows and shrinks over a day, a peer that carries what its share
/// brings, a minute at a time. How often does the share fall?
#[test]
fn a_peak_is_one_cycle_and_not_many() {
    let mut scene = Scene::new(DEFAULTS);
    for service in ["web", "api"] {
        scene.size(service, 10, 10);
    }
    let (mut share, mut since, mut fell, mut short_for) = (4u8, at("00:00:00"), 0, 0);
    for minute in 0..1_440i64 {
        scene.now = at("00:00:00") + SignedDuration::from_mins(minute);
        // From 6 to 12 and back, with a peak of eight hours in the middle.
        let at_all = 6 + u32::try_from((minute.min(1_440 - minute) / 60).min(6)).unwrap();
        let wanted = (at_all * u32::from(share)).div_ceil(4);
        let load = scene.load(EAST, "web");
        load.wanted = wanted;
        (load.shortage, load.headroom) = (wanted.saturating_sub(10), 10u32.saturating_sub(wanted));
        short_for += i32::from(wanted > 10);
        let mine = 4 + (at_all - wanted).div_ceil(2);
        scene.signals("web").wanted = Some(mine);
        let published = plimsoll_core::traffic::Share::quarters(share);
        scene.peer(EAST).judged =
            Some(plimsoll_core::traffic::Published { share: published, since, setbacks: 0 });
        let next = scene.share(EAST).unwrap_or(share);
        fell += i32::from(next < share);
        if next != share {
            (share, since) = (next, scene.now);
        }
        scene.act();
    }
    assert_eq!(share, 4, "everything is back at the end of the day");
    assert_eq!(fell, 1, "it fell once");
    assert_eq!(short_for, 1, "it was short until its share fell");
}

#[test]
fn a_region_that_is_short_remembers_it_for_a_lease() {
    let mut scene = Scene::new(DEFAULTS);
    scene.signals("web").wanted = Some(13);
    assert!(scene.says().contains(&"web misses 3 AtMaximum".to_owned()), "{:?}", scene.says());
    scene.act();
    let known = Shortage::of(&scene.groups[0]).unwrap();
    assert_eq!((known.why, known.missing, known.until), (Scarcity::AtMaximum, 3, at("10:15:00")));
    scene.now = at("10:09:00");
    assert_eq!(scene.says(), Vec::<String>::new(), "it is remembered");
    scene.now = at("10:10:00");
    assert_eq!(scene.says(), ["web misses 3 AtMaximum"], "the last third");
    scene.signals("web").wanted = Some(9);
    assert_eq!(scene.says(), Vec::<String>::new(), "it is over");
    scene.now = at("10:15:00");
    scene.act();
    assert_eq!(Shortage::of(&scene.groups[0]), None, "and forgotten");
}

#[test]
fn a_region_that_cannot_launch_is_short() {
    type Change = fn(&mut Scene);
    let table: [(&str, Change, &[&str]); 4] = [
        ("it waits as long as a launch takes", |it| wait(it, 300), &[]),
        ("it waits for longer", |it| wait(it, 301), &["web misses 2 CannotLaunch"]),
        (
            "a launch failed",
            |it| {
                it.size("web", 6, 4);
                it.failed.insert(it.groups[0].name.clone());
            },
            &["web misses 2 CannotLaunch"],
        ),
        (
            "a launch failed, and another succeeded",
            |it| {
                it.failed.insert(it.groups[0].name.clone());
            },
            &[],
        ),
    ];
    for (what, change, expected) in table {
        let mut scene = Scene::new(DEFAULTS);
        change(&mut scene);
        assert_eq!(scene.says(), expected, "{what} in {HERE}");
    }
}

fn wait(scene: &mut Scene, seconds: u32) {
    scene.size("web", 6, 4);
    scene.signals("web").short_for = Some(Seconds(seconds));
}

#[test]
fn a_load_that_is_no_news_neither_fits_nor_moves_traffic() {
    let mut scene = Scene::new("{}");
    scene.judged(EAST, 2, 600);
    assert_eq!(scene.share(EAST), Some(3), "it fits");
    *scene.load(EAST, "web") = Load { stale: true, ..Load::default() };
    assert_eq!(scene.share(EAST), Some(2), "nothing is known of one service");
}
