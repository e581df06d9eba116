//! Load that moves has to fit into what the stateful services of a region can carry.

use plimsoll_core::peers::loads;
use plimsoll_core::reflex::{Condition, Load};
use plimsoll_core::spec::Use;
use plimsoll_core::units::{MetricValue, Seconds};
use proptest::prelude::*;

use crate::support::{EAST, HERE, Scene, value};

/// `web` asks `db` once for each of its 40 requests a second, which want 4 of 10 instances. `db`
/// carries so many requests, and has so many connections, of which each instance of both holds 10.
fn leaning(rated: Option<i32>, connections: Option<u32>) -> Scene {
    let mut scene = Scene::new("{ failover: { mode: act } }");
    scene.signals("web").demand = Some(value(40));
    let services = &mut scene.spec.regions.get_mut(HERE).unwrap().services;
    let db = &mut services.get_mut("db").unwrap().capacity;
    (db.requests_per_second, db.connections) = (rated.map(value), connections);
    for (name, per_request) in [("web", Some(value(1))), ("api", None)] {
        let leans = Use { connections_per_instance: Some(10), per_request };
        services.get_mut(name).unwrap().uses.insert("db".to_owned(), leans);
    }
    scene
}

fn web(scene: &Scene) -> Load {
    scene.decide(|input, _| loads(input).find(|(name, _)| *name == "web").unwrap().1)
}

#[test]
fn headroom_is_what_the_stateful_services_can_carry() {
    type Change = fn(&mut Scene);
    type Case = (&'static str, Option<i32>, Option<u32>, Change, (u32, u32));
    let none: Change = |_| {};
    let table: [Case; 9] = [
        ("nothing is declared", None, None, none, (6, 0)),
        ("there is enough for all", Some(1_000), Some(200), none, (6, 0)),
        // 90 % of 80 are 72: 32 more than now, and an instance brings 10.
        ("requests", Some(80), None, none, (3, 0)),
        ("the services that lean on it share it", Some(80), None, api_asks, (1, 0)),
        (
            "what is asked is not known",
            Some(80),
            None,
            |it| it.signals("web").demand = None,
            (6, 0),
        ),
        // 90 % of 22 are 19.8, and 40 are asked: one of 4 instances is what it carries.
        ("it is asked for too much", Some(22), None, none, (0, 3)),
        // The 4 instances of `api` hold 40.
        ("connections", None, Some(110), none, (3, 0)),
        ("too few connections", None, Some(70), none, (0, 1)),
        ("the narrower of both", Some(80), Some(90), none, (1, 0)),
    ];
    for (what, rated, connections, change, expected) in table {
        let mut scene = leaning(rated, connections);
        change(&mut scene);
        let load = web(&scene);
        assert_eq!((load.headroom, load.shortage), expected, "{what}");
    }
}

fn api_asks(scene: &mut Scene) {
    scene.signals("api").demand = Some(value(20));
    let services = &mut scene.spec.regions.get_mut(HERE).unwrap().services;
    services.get_mut("api").unwrap().uses.get_mut("db").unwrap().per_request = Some(value(1));
}

#[test]
fn a_neighbour_is_not_helped_with_what_the_database_here_does_not_carry() {
    for (rated, expected) in [(1_000, Some(3)), (45, None)] {
        let mut scene = leaning(Some(rated), None);
        let load = scene.load(EAST, "web");
        (load.wanted, load.shortage, load.headroom) = (12, 2, 0);
        for service in ["web", "api"] {
            scene.size(service, 6, 6);
        }
        assert_eq!(scene.share(EAST), expected, "{rated}: {:#?}", scene.says());
        let holds = scene.says().iter().any(|it| it == "us-east-1 holds: no_headroom");
        assert_eq!(holds, expected.is_none(), "{rated}");
    }
}

#[test]
fn a_dead_region_is_closed_all_the_same_and_a_person_is_told_what_is_too_small() {
    for (rated, found) in [(1_000, false), (45, true)] {
        let mut scene = leaning(Some(rated), None);
        scene.peer(EAST).evidence.endpoint = Condition::Impaired(Seconds(180));
        for service in ["web", "api"] {
            scene.size(service, 6, 6);
        }
        assert_eq!(scene.share(EAST), Some(0));
        let text = "db carries 4 of 6 instances of web; enlarge db there";
        assert_eq!(scene.says().iter().any(|it| it.contains(text)), found, "{:?}", scene.says());
    }
}

proptest! {
    #[test]
    fn what_is_offered_to_neighbours_fits(
        wanted in 1u32..12, demand in 1i32..2_000, per_request in 1i32..300, rated in 1i32..4_000,
        connections in 1u32..300
    ) {
        let mut scene = leaning(Some(rated), Some(connections));
        scene.signals("web").wanted = Some(wanted);
        scene.signals("web").demand = Some(value(demand));
        let per_request = MetricValue::whole(per_request).percent(1);
        let services = &mut scene.spec.regions.get_mut(HERE).unwrap().services;
        services.get_mut("web").unwrap().uses.get_mut("db").unwrap().per_request = Some(per_request);
        let load = web(&scene);
        let size = wanted + load.headroom;
        prop_assert!(load.headroom == 0 || load.shortage == 0);
        if load.headroom > 0 {
            let asked = f64::from(demand) * per_request.as_f64() * f64::from(size) / f64::from(wanted);
            prop_assert!(asked <= 0.9 * f64::from(rated) * 1.000_001);
            prop_assert!((size + 4) * 10 <= connections && size <= 10);
        }
    }
}
