//! What a region publishes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use plimsoll_core::cloud::Probe;
use plimsoll_core::peers::samples;
use plimsoll_core::reflex::{Condition, Evidence};
use plimsoll_core::spec::Database;
use plimsoll_core::units::Seconds;

use crate::support::{EAST, HERE, Scene, WEST, value};

fn well(minutes: u32) -> Condition {
    Condition::Well(Seconds(60 * minutes))
}

/// What is published, in short.
fn published(scene: &Scene) -> BTreeSet<String> {
    let probes = BTreeMap::from([
        (EAST.to_owned(), Probe::Answered(404)),
        (WEST.to_owned(), Probe::Answered(503)),
    ]);
    scene.decide(|input, decision| {
        let samples = samples(input, decision, &probes);
        let say = |sample: plimsoll_core::cloud::Sample| {
            assert_eq!(sample.at, scene.now);
            assert_eq!(sample.dimensions["Platform"], "shop");
            assert_eq!(sample.dimensions["Environment"], "production");
            let of = sample.dimensions.get("Service").or_else(|| sample.dimensions.get("Region"));
            let of = of.map(|of| format!(" {of}")).unwrap_or_default();
            format!("{} {}{of} {}", sample.namespace, sample.name, sample.value)
        };
        samples.into_iter().map(say).collect()
    })
}

#[test]
fn what_is_known_is_published_and_nothing_else() {
    let mut scene = Scene::new("{}");
    scene.signals("web").wanted = Some(13);
    scene.signals("web").demand = Some(value(300));
    scene.signals("web").errors = Some(value(2));
    scene.signals("web").healthy = Some(value(80));
    scene.signals("api").wanted = None;
    scene.size("api", 10, 10);
    scene.signals("api").errors = Some(value(100));
    scene.peer(WEST).evidence = Evidence::default();
    let expected = [
        "Plimsoll/Controller Heartbeat 1",
        "Plimsoll/Controller Shortage 3",
        // 300 requests a second with 2 %, and one that is not counted with 100 %.
        "Plimsoll/Controller ErrorsPercent 2.325581",
        "Plimsoll/Controller HealthyPercent 80",
        "Plimsoll/Controller Primary 0",
        "Plimsoll/Controller Shortage web 3",
        "Plimsoll/Controller Wanted web 13",
        "Plimsoll/Controller Headroom web 0",
        "Plimsoll/Controller Demand web 300",
        "Plimsoll/Controller Shortage api 0",
        "Plimsoll/Controller Reachable us-east-1 1",
        "Plimsoll/Controller Reachable us-west-2 0",
        "Plimsoll/Traffic TrafficShare us-east-1 1",
    ];
    assert_eq!(published(&scene), expected.into_iter().map(str::to_owned).collect());
}

#[test]
fn a_service_that_is_not_watched_asks_for_what_it_steers_to() {
    let mut scene = Scene::new("{}");
    scene.signals("api").wanted = None;
    let said = published(&scene);
    assert!(said.contains("Plimsoll/Controller Wanted api 4"), "{said:?}");
    assert!(said.contains("Plimsoll/Controller Headroom api 6"), "{said:?}");
    scene.spec.controller.standing = true;
    let said = published(&scene);
    assert!(!said.iter().any(|it| it.contains("Wanted api")), "its size holds room: {said:?}");
}

#[test]
fn a_share_that_was_lowered_is_never_opened_in_passing() {
    let mut scene = Scene::new("{ failover: { mode: act } }");
    scene.judged(EAST, 0, 2);
    let said = published(&scene);
    assert!(said.contains("Plimsoll/Traffic TrafficShare us-east-1 0"), "{said:?}");
}

#[test]
fn a_share_that_is_held_is_said_again_so_that_it_is_not_forgotten() {
    type Change = fn(&mut Scene);
    let table: [(&str, Change); 4] = [
        ("nothing is known", |it| it.peer(EAST).evidence = Evidence::default()),
        ("this region is cut off", |it| {
            it.peer(EAST).evidence.endpoint = Condition::CutOff;
        }),
        ("it is well for a while", |it| it.peer(EAST).evidence.endpoint = well(3)),
        ("it is no better here", |it| {
            it.impaired(EAST, 10);
            it.signals("web").healthy = Some(value(0));
        }),
    ];
    for (what, change) in table {
        let mut scene = Scene::new("{ failover: { mode: act } }");
        scene.judged(EAST, 0, 60);
        change(&mut scene);
        let said = published(&scene);
        assert!(said.contains("Plimsoll/Traffic TrafficShare us-east-1 0"), "{what}: {said:?}");
    }
}

#[test]
fn a_region_publishes_whether_it_holds_the_primary() {
    let mut scene = Scene::new("{}");
    assert!(published(&scene).contains("Plimsoll/Controller Primary 0"));
    scene.spec.regions.get_mut(HERE).unwrap().database = Some(Database::Primary);
    assert!(published(&scene).contains("Plimsoll/Controller Primary 1"));
}

#[test]
fn a_share_that_was_just_lowered_is_not_opened_before_it_is_read() {
    let opens =
        |scene: &Scene| published(scene).contains("Plimsoll/Traffic TrafficShare us-east-1 1");
    let mut scene = Scene::new("{ failover: { mode: act } }");
    assert!(opens(&scene), "first time: nothing was ever published, and it is well");
    // Room was made and the share published as 0; what is read is from before.
    scene.impaired(EAST, 10);
    scene.act();
    scene.peer(EAST).evidence.endpoint = well(6);
    for judged in [None, Some(4)] {
        scene.peer(EAST).judged = None;
        if let Some(quarters) = judged {
            scene.judged(EAST, quarters, 30);
        }
        assert!(!opens(&scene), "a lease names it, and {judged:?} is read");
    }
    scene.now += SignedDuration::from_mins(60);
    assert!(opens(&scene), "the lease is over");
    scene.peer(EAST).evidence.endpoint = well(4);
    assert!(!opens(&scene), "it is well for too short a time");
}

#[test]
fn who_cannot_launch_publishes_what_it_can_carry() {
    let mut scene = Scene::new("{}");
    scene.signals("web").wanted = Some(6);
    scene.size("web", 6, 4);
    scene.failed.insert(scene.groups[0].name.clone());
    let said = published(&scene);
    assert!(said.contains("Plimsoll/Controller Shortage web 2"), "{said:?}");
    scene.act();
    scene.failed.clear();
    scene.signals("web").wanted = Some(3);
    let said = published(&scene);
    assert!(said.contains("Plimsoll/Controller Headroom web 1"), "it is remembered: {said:?}");
}
