//! What is made of what was read of peers.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::cloud::{ErrorClass, Extent, Point, Probe, Series};
use plimsoll_core::peers::{
    Answer, Questions, Told, What, about_peers, brief, details, read, wants_details,
};
use plimsoll_core::reflex::{Condition, Evidence, Peer, Pulse};
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
    let table: [(&str, Change, Condition); 9] = [
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
fn each_minute_with_data_stands_for_two_at_most() {
    let mut library = Library::new();
    library.own.insert(What::Reachable(EAST.to_owned()), vec![(1, 0.0), (9, 0.0)]);
    assert_eq!(library.east().evidence.endpoint, impaired(4));
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
    let published = |quarters, since| {
        Some(Published { share: Share::quarters(quarters), since: at(since), setbacks: 0 })
    };
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

#[test]
fn what_was_closed_is_remembered_for_a_day() {
    let scene = Scene::new("{}");
    let window = about_peers(&scene.spec, HERE, at(NOW)).about_a_day().window;
    assert!(window.end.duration_since(window.start) >= SignedDuration::from_hours(24));
    let mut library = Library::new();
    library.own.insert(What::Judged(EAST.to_owned()), vec![(1_200, 0.0)]);
    assert_eq!(library.east().judged.map(|it| it.share), Some(Share::CLOSED));
    library.partial = true;
    assert_eq!(library.east().judged, None, "a memory that is not whole is none");
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
