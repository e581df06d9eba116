//! What is published, and what is made of what was read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::cloud::{ErrorClass, Extent, Point, Probe, Series};
use plimsoll_core::peers::{
    Answer, Questions, Told, What, about_peers, brief, details, read, samples, wants_details,
};
use plimsoll_core::reflex::{Condition, Evidence, Peer, Pulse};
use plimsoll_core::spec::Database;
use plimsoll_core::traffic::{Published, Share};
use plimsoll_core::units::Seconds;
use plimsoll_core::world::Unreachable;
use proptest::prelude::*;

use crate::support::{EAST, HERE, Scene, WEST, at, value};

/// What is read: values by how many minutes ago their minute began.
struct Library {
    own: BTreeMap<What, Vec<(i64, f64)>>,
    east: BTreeMap<What, Vec<(i64, f64)>>,
    details: BTreeMap<What, Vec<(i64, f64)>>,
    own_unreachable: bool,
    east_unreachable: bool,
    partial: bool,
}

/// Newest first in tests, since that is how streaks are told; a minute each, from the last whole one.
fn minutes(values: &[f64]) -> Vec<(i64, f64)> {
    (1..).zip(values.iter().copied()).collect()
}

const NOW: &str = "10:00:05";

impl Library {
    /// Everybody well for ten minutes.
    fn new() -> Self {
        let ones = minutes(&[1.0; 10]);
        Self {
            own: [EAST, WEST].map(|of| (What::Reachable(of.to_owned()), ones.clone())).into(),
            east: [
                (What::Heartbeat, ones.clone()),
                (What::Shortage, minutes(&[0.0; 10])),
                (What::Errors, minutes(&[1.0; 10])),
                (What::Healthy, minutes(&[100.0; 10])),
            ]
            .into(),
            details: BTreeMap::new(),
            own_unreachable: false,
            east_unreachable: false,
            partial: false,
        }
    }

    fn answer(
        &self,
        questions: Questions,
        of: &BTreeMap<What, Vec<(i64, f64)>>,
        is_unreachable: bool,
    ) -> Answer {
        if is_unreachable {
            let (call, message) = ("cloudwatch:GetMetricData".to_owned(), "no answer".to_owned());
            let class = ErrorClass::Unreachable;
            return Answer { questions, series: Err(Unreachable { call, class, message }) };
        }
        let point = |(ago, value): &(i64, f64)| {
            (at("10:00:00") - SignedDuration::from_mins(*ago), Point::from(*value))
        };
        let partial = || Extent::Partial("the answer was cut".to_owned());
        let extent = || if self.partial { partial() } else { Extent::Complete };
        let series = |what: &What| {
            let mut points: Vec<_> = of.get(what).into_iter().flatten().map(point).collect();
            points.sort_by_key(|(at, _)| *at);
            Series { points, extent: extent() }
        };
        let series = questions.questions.iter().map(|question| series(&question.what)).collect();
        Answer { questions, series: Ok(series) }
    }

    fn told(&self, scene: &Scene) -> (Answer, BTreeMap<String, Told>) {
        let (spec, now) = (&scene.spec, at(NOW));
        let own = self.answer(about_peers(spec, HERE, now), &self.own, self.own_unreachable);
        let of_east = self.answer(brief(spec, HERE, now), &self.east, self.east_unreachable);
        let detailed = self.answer(details(spec, EAST, now), &self.details, self.east_unreachable);
        let told = Told { brief: of_east, details: Some(detailed) };
        (own, BTreeMap::from([(EAST.to_owned(), told)]))
    }

    fn east(&self) -> Peer {
        let scene = Scene::new("{}");
        let (own, told) = self.told(&scene);
        read(&scene.spec, HERE, &own, &told, at(NOW)).remove(EAST).unwrap()
    }

    fn wants_details(&self) -> bool {
        let scene = Scene::new("{}");
        let (own, mut told) = self.told(&scene);
        let west = self.answer(brief(&scene.spec, HERE, at(NOW)), &self.east, false);
        told.insert(WEST.to_owned(), Told { brief: west, details: None });
        wants_details(&scene.spec, HERE, &own, &told, at(NOW))
    }

    fn reaches(&mut self, region: &str, newest_first: &[f64]) {
        self.own.insert(What::Reachable(region.to_owned()), minutes(newest_first));
    }
}

fn well(minutes: u32) -> Condition {
    Condition::Well(Seconds(60 * minutes))
}

fn impaired(minutes: u32) -> Condition {
    Condition::Impaired(Seconds(60 * minutes))
}

#[test]
fn what_the_endpoint_says() {
    type Change = fn(&mut Library);
    let table: [(&str, Change, Condition); 10] = [
        ("ten answers", |_| {}, well(10)),
        ("three failures", |it| it.reaches(EAST, &[0.0, 0.0, 0.0, 1.0]), impaired(3)),
        ("an answer after failures", |it| it.reaches(EAST, &[1.0, 0.0, 0.0]), well(1)),
        (
            "a gap ends no streak, and what was missed makes it no younger",
            |it| {
                let failures = vec![(1, 0.0), (2, 0.0), (5, 0.0), (6, 1.0)];
                it.own.insert(What::Reachable(EAST.to_owned()), failures);
            },
            impaired(5),
        ),
        (
            "each minute stands for two at most",
            |it| {
                it.reaches(WEST, &[1.0; 30]);
                it.own.insert(What::Reachable(EAST.to_owned()), vec![(1, 0.0), (9, 0.0)]);
            },
            impaired(4),
        ),
        (
            "a long gap does end it",
            |it| {
                it.reaches(WEST, &[1.0; 30]);
                let failures = vec![(1, 0.0), (2, 0.0), (14, 0.0)];
                it.own.insert(What::Reachable(EAST.to_owned()), failures);
            },
            impaired(2),
        ),
        (
            "no news is no evidence",
            |it| {
                it.own.insert(What::Reachable(EAST.to_owned()), vec![(5, 0.0), (6, 0.0)]);
            },
            Condition::Unknown,
        ),
        (
            "no endpoint answers: this region is the one that is cut off",
            |it| {
                it.reaches(EAST, &[0.0, 0.0, 0.0]);
                it.reaches(WEST, &[0.0, 0.0, 0.0]);
            },
            Condition::CutOff,
        ),
        (
            "minutes in which it was cut off prove nothing",
            |it| {
                it.reaches(EAST, &[0.0, 0.0, 0.0, 0.0]);
                it.reaches(WEST, &[1.0, 1.0, 0.0, 0.0]);
            },
            impaired(2),
        ),
        (
            "one endpoint alone is no proof",
            |it| {
                it.own.clear();
                it.reaches(EAST, &[0.0, 0.0, 0.0]);
            },
            Condition::CutOff,
        ),
    ];
    for (what, change, expected) in table {
        let mut library = Library::new();
        change(&mut library);
        assert_eq!(library.east().evidence.endpoint, expected, "{what}");
    }
}

#[test]
fn two_failures_a_minute_apart_are_no_two_minutes() {
    let scene = Scene::new("{}");
    let mut library = Library::new();
    library.reaches(EAST, &[0.0, 1.0]);
    let (mut own, told) = library.told(&scene);
    let probes = BTreeMap::from([
        (EAST.to_owned(), Probe::Failed("no answer".to_owned())),
        (WEST.to_owned(), Probe::Answered(200)),
    ]);
    own.learn(&probes, at(NOW));
    let peers = read(&scene.spec, HERE, &own, &told, at(NOW));
    assert_eq!(peers[EAST].evidence.endpoint, impaired(1));
}

#[test]
fn what_its_own_metrics_say() {
    let mut library = Library::new();
    library.east.insert(What::Errors, minutes(&[50.0, 99.0, 49.9]));
    library.east.insert(What::Healthy, minutes(&[19.9, f64::NAN, 0.0, 20.0]));
    let evidence = library.east().evidence;
    assert_eq!((evidence.errors, evidence.healthy), (impaired(2), impaired(3)));
    library.own_unreachable = true;
    assert_eq!(library.east().evidence, Evidence::default(), "without memory it judges nobody");
}

#[test]
fn whether_a_controller_is_heard() {
    type Change = fn(&mut Library);
    let beats = |it: &mut Library, ago: &[i64]| {
        let beats = ago.iter().map(|ago| (*ago, 1.0)).collect();
        it.east.insert(What::Heartbeat, beats);
    };
    let table: [(&str, Change, &[i64], Pulse); 7] = [
        ("a minute ago", |_| {}, &[1], Pulse::Heard),
        ("three minutes after the last", |_| {}, &[3, 4], Pulse::Heard),
        ("four minutes after the last", |_| {}, &[5], Pulse::Silent),
        ("an hour ago", |_| {}, &[60], Pulse::Silent),
        ("never in this hour", |_| {}, &[], Pulse::Never),
        ("no answer", |it| it.east_unreachable = true, &[1], Pulse::Unreadable),
        ("an answer that was cut", |it| it.partial = true, &[], Pulse::Unreadable),
    ];
    for (what, change, ago, expected) in table {
        let mut library = Library::new();
        beats(&mut library, ago);
        change(&mut library);
        assert_eq!(library.east().pulse, expected, "{what}");
    }
}

#[test]
fn a_permission_that_is_missing_is_no_darkness() {
    let mut library = Library::new();
    library.east_unreachable = true;
    for (class, expected) in [
        (ErrorClass::Denied, Pulse::Refused),
        (ErrorClass::Invalid, Pulse::Refused),
        (ErrorClass::Throttled, Pulse::Unreadable),
        (ErrorClass::Unreachable, Pulse::Unreadable),
    ] {
        let scene = Scene::new("{}");
        let (own, mut told) = library.told(&scene);
        let brief = &mut told.get_mut(EAST).unwrap().brief;
        if let Err(why) = &mut brief.series {
            why.class = class;
        }
        let peers = read(&scene.spec, HERE, &own, &told, at(NOW));
        assert_eq!(peers[EAST].pulse, expected, "{class:?}");
    }
}

#[test]
fn a_region_says_whether_it_holds_the_primary() {
    let mut library = Library::new();
    assert_eq!(library.east().is_primary, None);
    library.east.insert(What::Primary, vec![(50, 1.0)]);
    assert_eq!(library.east().is_primary, Some(true));
    let mut scene = Scene::new("{}");
    assert!(published(&scene).contains("Plimsoll/Controller Primary 0"));
    scene.spec.regions.get_mut(HERE).unwrap().database = Some(Database::Primary);
    assert!(published(&scene).contains("Plimsoll/Controller Primary 1"));
}

#[test]
fn shares_and_loads_are_what_was_published() {
    let mut library = Library::new();
    library.own.insert(What::Judged(EAST.to_owned()), minutes(&[0.25, 0.25, 0.0, 0.0]));
    library.east.insert(What::JudgesUs, vec![(50, 0.75), (55, 0.75), (56, 1.0)]);
    let web = || "web".to_owned();
    library.details = [
        (What::ServiceWanted(web()), minutes(&[3.0, 9.0, 12.0])),
        (What::ServiceShortage(web()), minutes(&[0.0, 0.0, 2.0])),
        (What::ServiceHeadroom(web()), minutes(&[7.0, 1.0, 0.0])),
        (What::ServiceDemand(web()), minutes(&[120.0, 800.0])),
        (What::ServiceWanted("api".to_owned()), vec![(40, 5.0)]),
        (What::ServiceHeadroom("api".to_owned()), vec![(40, 5.0)]),
    ]
    .into();
    let peer = library.east();
    let published =
        |quarters, since| Some(Published { share: Share::quarters(quarters), since: at(since) });
    assert_eq!(peer.judged, published(1, "09:58:00"));
    assert_eq!(peer.judges_us, published(3, "09:05:00"));
    let load = peer.loads["web"];
    assert_eq!((load.wanted, load.shortage, load.headroom), (3, 0, 7));
    assert_eq!((load.demand, load.peak.demand), (Some(value(120)), Some(value(800))));
    assert_eq!(load.peak.wanted, 12);
    let stale = peer.loads["api"];
    assert_eq!((stale.wanted, stale.headroom), (5, 0), "room that is no news is no room");
    assert_eq!((load.stale, stale.stale), (false, true), "and no load that fits");
    library.details = [(What::ServiceShortage(web()), minutes(&[0.0]))].into();
    assert_eq!(library.east().loads.get("web"), None, "nothing short is no load of nothing");
}

#[test]
fn details_are_asked_when_something_is_the_matter() {
    type Change = fn(&mut Library);
    let table: [(&str, Change, bool); 6] = [
        ("quiet", |_| {}, false),
        ("a shortage", |it| _ = it.east.insert(What::Shortage, minutes(&[1.0])), true),
        ("a failure", |it| it.reaches(EAST, &[0.0, 1.0]), true),
        ("silence", |it| _ = it.east.insert(What::Heartbeat, vec![(9, 1.0)]), true),
        ("darkness", |it| it.east_unreachable = true, true),
        (
            "a share that is not full",
            |it| _ = it.own.insert(What::Judged(WEST.to_owned()), minutes(&[0.75])),
            true,
        ),
    ];
    for (what, change, expected) in table {
        let mut library = Library::new();
        change(&mut library);
        assert_eq!(library.wants_details(), expected, "{what}");
    }
    let mut scene = Scene::new("{ standing_n_minus_1: true }");
    scene.now = at(NOW);
    let (own, told) = Library::new().told(&scene);
    assert!(wants_details(&scene.spec, HERE, &own, &told, at(NOW)));
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
fn what_was_closed_is_remembered_for_a_day() {
    let scene = Scene::new("{}");
    let window = about_peers(&scene.spec, HERE, at(NOW)).window;
    assert!(window.end.duration_since(window.start) >= SignedDuration::from_hours(24));
    let mut library = Library::new();
    library.own.insert(What::Judged(EAST.to_owned()), vec![(1_200, 0.0)]);
    assert_eq!(library.east().judged.map(|it| it.share), Some(Share::CLOSED));
    library.partial = true;
    assert_eq!(library.east().judged, None, "a memory that is not whole is none");
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

proptest! {
    #[test]
    fn whatever_is_read_makes_a_picture_that_is_not_invented(
        values in prop::collection::vec((1i64..200, prop::num::f64::ANY), 0..40),
        cut in any::<bool>(),
    ) {
        let mut unique: BTreeMap<i64, f64> = BTreeMap::new();
        unique.extend(values);
        let values: Vec<(i64, f64)> = unique.into_iter().collect();
        let mut library = Library::new();
        library.partial = cut;
        library.own.insert(What::Reachable(EAST.to_owned()), values.clone());
        for what in [What::Errors, What::Healthy, What::Heartbeat, What::JudgesUs] {
            library.east.insert(what, values.clone());
        }
        let peer = library.east();
        let span = |condition| match condition {
            Condition::Well(span) | Condition::Impaired(span) => span.0 / 60,
            Condition::Unknown | Condition::CutOff => 0,
        };
        for (_, condition) in peer.evidence.each() {
            prop_assert!(span(condition) as usize <= 2 * values.len());
            prop_assert!(!cut || condition == Condition::Unknown);
        }
        let fresh: Timestamp = at("09:55:00");
        let newest = values.first().map(|(ago, _)| at("10:00:00") - SignedDuration::from_mins(*ago));
        prop_assert!(newest.is_some_and(|at| at > fresh) || !peer.evidence.is_known());
    }
}
