//! Regions whose data plane is impaired, and those that only look like it.

use jiff::SignedDuration;
use plimsoll_core::lease::{Cause, Lease, Leases, MOST};
use plimsoll_core::reflex::{Condition, Evidence, Hold, Pulse};
use plimsoll_core::traffic::{Published, Share};
use plimsoll_core::units::Seconds;

use crate::support::{EAST, Scene, WEST, at, spec, value};

const ACT: &str = "{ failover: { mode: act } }";

/// The east does not answer any more, for three minutes.
fn gone() -> Scene {
    let mut scene = Scene::new(ACT);
    scene.impaired(EAST, 3);
    scene
}

/// Room for half of the east's load of 4.
fn ready(scene: &mut Scene) {
    for service in ["web", "api"] {
        scene.size(service, 6, 6);
    }
}

/// What is different, and what is said then.
type Case = (&'static str, fn(&mut Scene), &'static [&'static str]);

const CASES: [Case; 16] = [
    (
        "floors first: sizes are held, and room is made",
        |_| {},
        &["dark neighbours web 4", "failover us-east-1 web 6", "us-east-1 holds: preparing"],
    ),
    ("then it is closed", ready, &["us-east-1 keeps 0 %"]),
    (
        "the first evidence holds sizes",
        |it| it.impaired(EAST, 1),
        &["dark neighbours api 4", "us-east-1 holds: young"],
    ),
    (
        "errors are evidence",
        |it| {
            ready(it);
            it.peer(EAST).evidence =
                Evidence { errors: Condition::Impaired(Seconds(180)), ..Evidence::default() };
        },
        &["us-east-1 keeps 0 %"],
    ),
    (
        "a dead region is worse than one that is too small",
        |it| it.impaired(EAST, 9),
        &["us-east-1 keeps 0 %", "2 of api, 2 of web", "raise maximums in eu-central-1"],
    ),
    (
        "a maximum that is too low is waited for no longer",
        |it| {
            it.impaired(EAST, 8);
            it.load(EAST, "web").wanted = 16;
            for service in ["web", "api"] {
                it.size(service, 10, 10);
            }
        },
        &["failover us-east-1 web 10", "us-east-1 holds: preparing"],
    ),
    (
        "an API that does not answer moves no traffic",
        |it| {
            it.peer(EAST).evidence = Evidence::default();
            it.peer(EAST).pulse = Pulse::Unreadable;
        },
        &["dark neighbours web 4", "us-east-1 holds: unreachable_alone"],
    ),
    (
        "neither does a controller that is silent",
        |it| {
            it.peer(EAST).evidence = Evidence::default();
            it.peer(EAST).pulse = Pulse::Silent;
        },
        &["dark neighbours web 4", "us-east-1 holds: silent_alone"],
    ),
    (
        "a region that was never heard is not dark",
        |it| {
            it.peer(EAST).evidence = Evidence::default();
            it.peer(EAST).pulse = Pulse::Never;
        },
        &[],
    ),
    (
        "a controller that is cut off judges nobody",
        |it| {
            it.peer(EAST).pulse = Pulse::Unreadable;
            it.peer(EAST).evidence =
                Evidence { endpoint: Condition::CutOff, ..Evidence::default() };
        },
        &["dark neighbours web 4", "us-east-1 holds: cut_off"],
    ),
    (
        "in mode advise a person does it",
        |it| {
            ready(it);
            it.spec = spec("{}");
        },
        &["dark neighbours web 6", "for 3m); close it with the operator's switch"],
    ),
    (
        "the primary's region gets room and is not closed",
        |it| {
            it.peers = Scene::new(ACT).peers;
            it.impaired(WEST, 30);
        },
        &["failover us-west-2 web 6", "move the database primary, then close it"],
    ),
    (
        "whoever is impaired as well takes nothing",
        |it| {
            ready(it);
            it.signals("web").healthy = Some(value(10));
        },
        &["us-east-1 holds: not_better_here"],
    ),
    (
        "what is not known is guessed by weights",
        |it| it.peer(EAST).loads.clear(),
        &["failover us-east-1 web 6"],
    ),
    (
        "what it carried before counts, and not what is left",
        |it| {
            let load = it.load(EAST, "web");
            (load.wanted, load.peak.wanted) = (0, 8);
        },
        &["failover us-east-1 web 8"],
    ),
    (
        "two regions at once bring their loads together",
        |it| {
            it.impaired(WEST, 3);
            it.spec.regions.get_mut(WEST).unwrap().database = None;
        },
        &["failover us-east-1 web 10", "failover us-west-2 web 10"],
    ),
];

#[test]
fn what_one_difference_makes() {
    for (what, change, expected) in CASES {
        let mut scene = gone();
        change(&mut scene);
        let said = scene.says();
        for part in expected {
            assert!(said.iter().any(|it| it.contains(part)), "{what}: {part} is not in {said:#?}");
        }
        assert_eq!(said.is_empty(), expected.is_empty(), "{what}: {said:#?}");
        let judges = expected.iter().any(|part| part.contains("keeps"));
        let shares = [EAST, WEST].map(|region| scene.share(region).is_some());
        assert_eq!(shares.contains(&true), judges, "{what}: {said:#?}");
    }
}

#[test]
fn requests_are_carried_by_what_one_instance_is_rated_for() {
    let mut scene = gone();
    let rated = Some(value(100));
    for region in scene.spec.regions.values_mut() {
        region.services.get_mut("web").unwrap().capacity.requests_per_second = rated;
    }
    scene.load(EAST, "web").peak.demand = Some(value(1_001));
    // 11 instances in all, half of them here, and 4 of our own.
    assert_eq!(scene.floor(Cause::Failover, "web"), Some(10));
}

#[test]
fn room_does_not_grow_when_the_traffic_has_come() {
    let mut scene = gone();
    scene.act();
    ready(&mut scene);
    scene.judged(EAST, 0, 1);
    scene.signals("web").wanted = Some(6);
    scene.load(EAST, "web").wanted = 0;
    assert_eq!(scene.floor(Cause::Failover, "web"), Some(6));
    scene.signals("web").wanted = None;
    assert_eq!(scene.floor(Cause::Failover, "web"), Some(6));
}

#[test]
fn traffic_returns_by_quarters_and_the_room_stays_until_it_is_back() {
    let mut scene = gone();
    ready(&mut scene);
    scene.act();
    let (mut share, mut since) = (Share::CLOSED, scene.now);
    let mut shares = Vec::new();
    // Well again after 20 minutes.
    for minute in 1..=60 {
        scene.now = at("10:00:00") + SignedDuration::from_mins(i64::from(minute));
        let endpoint = match minute {
            1..20 => Condition::Impaired(Seconds(60 * (minute + 3))),
            _ => Condition::Well(Seconds(60 * (minute - 19))),
        };
        scene.peer(EAST).evidence = Evidence { endpoint, ..Evidence::default() };
        scene.peer(EAST).judged = Some(Published { share, since, setbacks: 0 });
        let next = scene.share(EAST).map_or(share, Share::quarters);
        if next != share {
            (share, since) = (next, scene.now);
            shares.push((minute, share.as_quarters()));
        }
        if share < Share::OPEN {
            assert_eq!(scene.floor(Cause::Failover, "web"), Some(6), "after {minute} minutes");
        }
        scene.act();
    }
    // Ten minutes well, then a quarter every five minutes.
    assert_eq!(shares, [(29, 1), (34, 2), (39, 3), (44, 4)]);
    assert_eq!(scene.floor(Cause::Failover, "web"), None, "the room has run out");
    assert_eq!(scene.floor(Cause::Dark, "web"), None);
}

/// Half of the east's load of 4 comes here, where the own load is 4: that makes 6.
#[test]
fn load_that_dns_has_moved_already_is_not_counted_twice() {
    // It comes after the room was made.
    let mut scene = gone();
    scene.act();
    for (minute, wanted, expected) in [(1, 5, 6), (2, 6, 6), (3, 6, 6), (4, 7, 7), (5, 6, 7)] {
        scene.now = at("10:00:00") + SignedDuration::from_mins(minute);
        scene.impaired(EAST, 3 + u32::try_from(minute).unwrap());
        scene.signals("web").wanted = Some(wanted);
        scene.size("web", 6.max(wanted), 5);
        scene.act();
        assert_eq!(scene.floor(Cause::Failover, "web"), Some(expected), "after {minute} minutes");
    }
    // It comes before: the size that was held when the region went dark tells what was here.
    let mut scene = gone();
    scene.impaired(EAST, 1);
    scene.act();
    scene.now = at("10:02:00");
    scene.impaired(EAST, 3);
    scene.signals("web").wanted = Some(6);
    assert_eq!(scene.floor(Cause::Failover, "web"), Some(6));
    // A load that grew by itself is more than that.
    scene.signals("web").wanted = Some(9);
    assert_eq!(scene.floor(Cause::Failover, "web"), Some(9));
}

/// The east was closed, and has a quarter again for five minutes.
fn returning() -> Scene {
    let mut scene = gone();
    ready(&mut scene);
    scene.act();
    scene.now = at("10:05:00");
    scene.peer(EAST).evidence.endpoint = Condition::Well(Seconds(900));
    scene.judged(EAST, 1, 5);
    scene
}

/// It asks for more than it may have: 12 of 10.
fn short(scene: &mut Scene, region: &str) {
    let load = scene.load(region, "web");
    (load.wanted, load.shortage, load.headroom) = (12, 2, 0);
}

#[test]
fn what_returns_is_what_a_region_carries_and_no_region_is_spared_where_all_are_short() {
    type Change = fn(&mut Scene);
    let table: [(&str, Change, u8); 9] = [
        ("it carries more", |_| {}, 2),
        ("not before it stood still for a step", |it| it.judged(EAST, 1, 4), 1),
        ("it carries no more, and the others do", |it| short(it, EAST), 1),
        (
            "one other region that carries it better is enough",
            |it| {
                short(it, EAST);
                short(it, WEST);
            },
            1,
        ),
        (
            "nobody carries it better",
            |it| {
                for region in [EAST, WEST] {
                    short(it, region);
                }
                it.signals("web").wanted = Some(12);
            },
            2,
        ),
        (
            "a region that waits for its own traffic carries no other's",
            |it| {
                short(it, EAST);
                it.signals("web").wanted = Some(12);
                it.judged(WEST, 3, 1);
            },
            2,
        ),
        (
            "errors that are known again for as long as counts",
            |it| it.peer(EAST).evidence.errors = Condition::Well(Seconds(180)),
            2,
        ),
        (
            "errors that are known for a minute",
            |it| it.peer(EAST).evidence.errors = Condition::Well(Seconds(60)),
            1,
        ),
        (
            "what was asked an hour ago keeps nothing away",
            |it| {
                let load = it.load(EAST, "web");
                (load.wanted, load.headroom, load.peak.wanted) = (0, 0, 40);
            },
            2,
        ),
    ];
    for (what, change, expected) in table {
        let mut scene = returning();
        change(&mut scene);
        assert_eq!(scene.share(EAST), Some(expected), "{what}: {:#?}", scene.says());
    }
    let mut scene = returning();
    short(&mut scene, EAST);
    assert!(scene.holds().contains(&Hold::CarriesNoMore), "{:?}", scene.holds());
}

#[test]
fn a_closed_region_of_which_nothing_is_known_stays_closed() {
    let mut scene = Scene::new(ACT);
    scene.judged(EAST, 0, 60);
    scene.peer(EAST).evidence = Evidence::default();
    assert_eq!((scene.share(EAST), scene.holds()), (None, vec![Hold::NoEvidence]));
    scene.peer(EAST).evidence.endpoint = Condition::CutOff;
    assert_eq!((scene.share(EAST), scene.holds()), (None, vec![Hold::CutOff]));
}

#[test]
fn errors_that_end_because_the_traffic_is_gone_open_nothing_at_once() {
    let mut scene = Scene::new(ACT);
    scene.peer(EAST).evidence.errors = Condition::Unknown;
    scene.judged(EAST, 0, 9);
    assert_eq!(scene.share(EAST), Some(0));
    scene.judged(EAST, 0, 10);
    assert_eq!(scene.share(EAST), Some(1));
}

#[test]
fn the_last_open_region_does_not_close() {
    let mut scene = gone();
    for service in ["web", "api"] {
        scene.size(service, 8, 8);
    }
    scene.judged(WEST, 0, 60);
    scene.peer(WEST).evidence = Evidence::default();
    assert_eq!(scene.share(EAST), Some(0), "we are open ourselves");
    for region in [EAST, WEST] {
        let since = at("09:00:00");
        scene.peer(region).judges_us = Some(Published { share: Share::CLOSED, since, setbacks: 0 });
    }
    assert_eq!(scene.share(EAST), None);
    assert!(scene.holds().contains(&Hold::LastOpen), "{:?}", scene.holds());
    let since = at("09:00:00");
    scene.peer(WEST).judges_us = Some(Published { share: Share::quarters(1), since, setbacks: 0 });
    assert_eq!(scene.share(EAST), Some(0), "one judge keeps us open");
}

#[test]
fn errors_of_stragglers_keep_no_region_closed() {
    let mut scene = Scene::new(ACT);
    scene.peer(EAST).evidence.errors = Condition::Impaired(Seconds(3_000));
    scene.judged(EAST, 0, 10);
    assert_eq!(scene.share(EAST), Some(1), "its endpoint is well");
    scene.judged(EAST, 1, 1);
    assert_eq!(scene.share(EAST), Some(1), "what stragglers met before it opened is over");
    scene.judged(EAST, 1, 3);
    assert_eq!(scene.share(EAST), Some(0), "three minutes with traffic count");
    scene.judged(EAST, 0, 10);
    scene.peer(EAST).evidence.endpoint = Condition::Unknown;
    scene.peer(EAST).evidence.healthy = Condition::Unknown;
    assert_eq!(scene.share(EAST), Some(0), "nothing speaks for it");
}

#[test]
fn a_region_that_says_that_it_holds_the_primary_is_not_closed() {
    let mut scene = gone();
    ready(&mut scene);
    assert_eq!(scene.share(EAST), Some(0));
    scene.peer(EAST).is_primary = Some(true);
    assert_eq!(scene.share(EAST), None);
    let said = scene.says();
    assert!(said.iter().any(|it| it.contains("it holds the database primary")), "{said:?}");
}

#[test]
fn a_region_that_refuses_to_tell_is_a_finding_and_not_dark() {
    let mut scene = Scene::new(ACT);
    scene.peer(EAST).pulse = Pulse::Refused;
    let said = scene.says();
    assert!(said.iter().any(|it| it.contains("may not be read from here")), "{said:?}");
    assert_eq!((scene.floor(Cause::Dark, "web"), scene.holds()), (None, Vec::new()));
}

/// All but two of the leases that a group may have are taken.
fn crowded() -> Scene {
    let mut scene = gone();
    for group in &mut scene.groups {
        for n in 0..MOST - 2 {
            let lease = Lease {
                cause: Cause::Surge,
                id: format!("sale-{n}"),
                floor: Some(1),
                ceiling: None,
                zero: false,
                until: at("23:00:00"),
                by: "ada".to_owned(),
                why: String::new(),
            };
            group.tags.insert(lease.key(), lease.tag());
        }
    }
    scene
}

#[test]
fn dark_neighbours_take_one_lease_and_go_before_others() {
    let mut scene = crowded();
    scene.peer(WEST).pulse = Pulse::Silent;
    scene.spec.controller.standing = true;
    scene.act();
    let leases = Leases::of(&scene.groups[0]).readable;
    let automatic = leases.iter().filter(|lease| !lease.cause.is_operator());
    let found: Vec<String> = automatic.map(|it| format!("{} {}", it.cause, it.id)).collect();
    assert_eq!(found, ["dark neighbours", "failover us-east-1"]);
    let dark = leases.iter().find(|lease| lease.cause == Cause::Dark).unwrap();
    assert_eq!(dark.why, "dark or impaired: us-east-1 and us-west-2");
}
