//! A region goes dark and comes back, minute by minute: three controllers, what they publish, what
//! they read of one another, and traffic that follows the shares.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::bounds::{Declared, Effective};
use plimsoll_core::cloud::{ErrorClass, Point, Probe, Sample, Series};
use plimsoll_core::lease::leases_of;
use plimsoll_core::peers::{
    Answer, Questions, Told, about_peers, brief, details, read, samples, wants_details,
};
use plimsoll_core::reflex::{Input, Peer, Signals, decide};
use plimsoll_core::spec::Spec;
use plimsoll_core::traffic::{SHARE, Share};
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{Group, Metric, Unreachable, tag_keys};

use crate::support::{EAST, HERE, WEST, at, carry_out, group, instance, say, spec};

/// Region, namespace, metric and dimensions.
type Key = (String, String, String, BTreeMap<String, String>);

/// Three regions and their metrics.
struct World {
    spec: Spec,
    now: Timestamp,
    groups: BTreeMap<&'static str, Vec<Group>>,
    metrics: BTreeMap<Key, BTreeMap<Timestamp, Point>>,
    /// Shares by who published them and about whom: alarms keep what they saw.
    votes: BTreeMap<(String, String), Share>,
    /// Regions whose data plane does not answer.
    dead: BTreeSet<&'static str>,
    /// Regions whose API does not answer, and whose controller does not run.
    unreachable: BTreeSet<&'static str>,
    /// When instances come into service.
    booting: BTreeMap<String, Timestamp>,
    /// Metrics that the controller here asked for in the last minute.
    asked: usize,
}

const LOAD: u32 = 12;
const BOOT: SignedDuration = SignedDuration::from_mins(3);

impl World {
    fn new(controller: &str) -> Self {
        let spec = spec(controller);
        let groups = || ["web", "api"].map(|service| group(&spec, service, 4)).to_vec();
        Self {
            groups: [HERE, EAST, WEST].map(|region| (region, groups())).into(),
            metrics: BTreeMap::new(),
            votes: BTreeMap::new(),
            dead: BTreeSet::new(),
            unreachable: BTreeSet::new(),
            booting: BTreeMap::new(),
            asked: 0,
            now: at("10:00:05"),
            spec,
        }
    }

    /// A record is open while one judge keeps it open.
    fn share(&self, region: &str) -> Share {
        let judges = [HERE, EAST, WEST].into_iter().filter(|judge| *judge != region);
        let vote = |judge: &str| self.votes.get(&(judge.to_owned(), region.to_owned())).copied();
        judges.map(|judge| vote(judge).unwrap_or(Share::OPEN)).max().unwrap()
    }

    /// Instances that the load of a service asks for in a region.
    fn wanted(&self, region: &str) -> u32 {
        let quarters = |region| u32::from(self.share(region).as_quarters());
        let all: u32 = [HERE, EAST, WEST].into_iter().map(quarters).sum();
        (LOAD * quarters(region)).div_ceil(all)
    }

    fn ask(&mut self, region: &str, questions: Questions) -> Answer {
        if self.unreachable.contains(region) {
            let call = "cloudwatch:GetMetricData".to_owned();
            let message = "no answer".to_owned();
            let class = ErrorClass::Unreachable;
            return Answer { questions, series: Err(Unreachable { call, class, message }) };
        }
        self.asked += questions.questions.len();
        let window = questions.window.whole_periods(Seconds(60)).unwrap();
        let series = |query: plimsoll_core::cloud::Query| {
            let Metric::Single(stat) = query.metric else { panic!("one metric each") };
            let key = (region.to_owned(), stat.namespace, stat.name, stat.dimensions);
            let points = self.metrics.get(&key).into_iter();
            let points = points.flat_map(|all| all.range(window.start..window.end));
            Series { points: points.map(|(at, it)| (*at, *it)).collect(), ..Series::default() }
        };
        let series = questions.queries().into_iter().map(series).collect();
        Answer { questions, series: Ok(series) }
    }

    fn peers(&mut self, region: &str) -> BTreeMap<String, Peer> {
        let (spec, now) = (self.spec.clone(), self.now);
        self.asked = 0;
        let own = self.ask(region, about_peers(&spec, region, now));
        let mut told = BTreeMap::new();
        let others = || [HERE, EAST, WEST].into_iter().filter(|other| *other != region);
        for other in others() {
            let brief = self.ask(other, brief(&spec, region, now));
            told.insert(other.to_owned(), Told { brief, details: None });
        }
        if wants_details(&spec, region, &own, &told, now) {
            for other in others() {
                let answer = self.ask(other, details(&spec, other, now));
                told.get_mut(other).unwrap().details = Some(answer);
            }
        }
        read(&spec, region, &own, &told, now)
    }

    /// One tick of one region's controller; says what it decided.
    fn tick(&mut self, region: &'static str) -> Vec<String> {
        let peers = self.peers(region);
        let spec = self.spec.clone();
        let signals = Signals { wanted: Some(self.wanted(region)), ..Signals::default() };
        let signals: BTreeMap<_, _> =
            ["web", "api"].map(|service| (service.to_owned(), signals.clone())).into();
        let groups = self.groups[region].clone();
        let effective = effective(&spec, region, &groups, self.now);
        let input = Input {
            spec: &spec,
            region,
            groups: &groups,
            effective: &effective,
            signals: &signals,
            peers: &peers,
            failed_launches: &BTreeSet::new(),
            now: self.now,
        };
        let decision = decide(&input);
        let probe = |other: &String| {
            let reached = !self.dead.contains(other.as_str()) && !self.dead.contains(region);
            let probe =
                if reached { Probe::Answered(200) } else { Probe::Failed("time".to_owned()) };
            (other.clone(), probe)
        };
        let probes = spec.regions.keys().filter(|other| *other != region).map(probe).collect();
        for sample in samples(&input, &decision, &probes) {
            self.publish(region, sample);
        }
        for step in decision.steps.iter().map(|step| step.action.clone()) {
            carry_out(self.groups.get_mut(region).unwrap(), step);
        }
        let mut said = Vec::new();
        for verdict in &decision.verdicts {
            match &verdict.outcome {
                Ok(effects) => said.extend(effects.iter().filter_map(|it| say(verdict.about, it))),
                Err(hold) => said.push(format!("{} holds: {}", verdict.about, hold.code())),
            }
        }
        said
    }

    fn publish(&mut self, region: &str, sample: Sample) {
        if sample.name == SHARE {
            let about = (region.to_owned(), sample.dimensions["Region"].clone());
            self.votes.insert(about, Share::from_value(sample.value));
        }
        let dimensions =
            sample.dimensions.into_iter().map(|(key, it)| (key.to_owned(), it)).collect();
        let key =
            (region.to_owned(), sample.namespace.to_owned(), sample.name.to_owned(), dimensions);
        let minute = Timestamp::from_second(sample.at.as_second() / 60 * 60).unwrap();
        self.metrics.entry(key).or_default().insert(minute, Point::Value(sample.value));
    }

    /// What Auto Scaling does in a minute: it follows the load upwards, and launches.
    fn scale(&mut self) {
        let regions = [HERE, EAST, WEST].map(|region| (region, self.wanted(region)));
        for (region, wanted) in regions {
            for group in self.groups.get_mut(region).unwrap() {
                group.desired = group.bounds.clamp(group.desired.max(wanted));
                for n in group.instances.len()..group.desired as usize {
                    let mut launched = instance(&format!("i-{region}-{}-{n}", group.name));
                    "Pending".clone_into(&mut launched.lifecycle);
                    self.booting.insert(launched.id.clone(), self.now + BOOT);
                    group.instances.push(launched);
                }
                for instance in &mut group.instances {
                    if self.booting.get(&instance.id).is_some_and(|ready| *ready <= self.now) {
                        "InService".clone_into(&mut instance.lifecycle);
                    }
                }
            }
        }
    }

    /// So many minutes; says what the controller here decided about `web` and regions, when that
    /// is not what it decided the minute before.
    fn run(&mut self, minutes: u32) -> Vec<String> {
        let mut told = Vec::new();
        let mut before = Vec::new();
        for _ in 0..minutes {
            for region in [HERE, EAST, WEST] {
                if self.unreachable.contains(region) {
                    continue;
                }
                let said = self.tick(region);
                if region == HERE {
                    let said: Vec<String> =
                        said.into_iter().filter(|it| !it.contains("api")).collect();
                    if said != before && !said.is_empty() {
                        let time = self.now.to_string()[11..16].to_owned();
                        told.push(format!("{time} {}", said.join(" | ")));
                    }
                    before = said;
                }
            }
            self.scale();
            self.now += SignedDuration::from_mins(1);
        }
        told
    }
}

fn effective(
    spec: &Spec,
    region: &str,
    groups: &[Group],
    now: Timestamp,
) -> BTreeMap<String, Effective> {
    let region = &spec.regions[region];
    let of = |(name, service): (&String, _)| {
        let group = groups.iter().find(|it| it.tag(tag_keys::SERVICE) == Some(name));
        let leases = leases_of(service, group);
        (name.clone(), Declared::of(region, service).with(&leases, now))
    };
    region.services.iter().map(of).collect()
}

const ACT: &str = "{ failover: { mode: act } }";

#[test]
fn a_region_goes_dark_and_comes_back() {
    let mut world = World::new(ACT);
    assert_eq!(world.run(10), Vec::<String>::new(), "ten quiet minutes");
    assert_eq!(world.asked, 16, "a quiet tick asks for few");

    world.dead.insert(EAST);
    world.unreachable.insert(EAST);
    let dark = [
        // Within the same tick every size is held (law 3); an API alone moves no traffic (law 9).
        "10:10 dark neighbours web 4 | us-east-1 holds: unreachable_alone",
        // The probe of 10:10 is read.
        "10:11 us-east-1 holds: young",
        // Three minutes of evidence. Its loads cannot be read: half of as much as here.
        "10:13 failover us-east-1 web 6 | us-east-1 holds: preparing",
        "10:14 dark neighbours web 6 | us-east-1 holds: preparing",
        "10:15 us-east-1 holds: preparing",
        // What was launched at 10:13 is in service.
        "10:17 us-east-1 keeps 0 %",
        "10:23 failover us-east-1 web 6 | us-east-1 keeps 0 %",
        "10:24 dark neighbours web 6 | us-east-1 keeps 0 %",
        "10:25 us-east-1 keeps 0 %",
    ];
    assert_eq!(world.run(20), dark);
    assert_eq!(world.share(EAST), Share::CLOSED, "both judges agree");

    world.dead.clear();
    world.unreachable.clear();
    let back = [
        "10:30 us-east-1 keeps 0 %",
        "10:33 failover us-east-1 web 6 | us-east-1 keeps 0 %",
        "10:34 us-east-1 keeps 0 %",
        "10:39 us-east-1 keeps 0 % | web drops dark:neighbours",
        // Ten minutes well; then a quarter every five minutes.
        "10:40 us-east-1 keeps 25 %",
        "10:43 failover us-east-1 web 6 | us-east-1 keeps 25 %",
        "10:44 us-east-1 keeps 25 %",
        "10:45 us-east-1 keeps 50 %",
        "10:50 us-east-1 keeps 75 %",
        "10:53 failover us-east-1 web 6 | us-east-1 keeps 75 %",
        "10:54 us-east-1 keeps 75 %",
        "10:55 us-east-1 keeps 100 %",
        "11:08 web drops failover:us-east-1",
    ];
    assert_eq!(world.run(60), back);
    assert_eq!(world.asked, 16, "and it is quiet again");
    assert_eq!(world.groups[HERE][0].bounds.min, 2);
}

#[test]
fn a_data_plane_that_dies_alone_is_seen_by_its_endpoint() {
    let mut world = World::new(ACT);
    world.run(10);
    world.dead.insert(EAST);
    let story = [
        "10:11 dark neighbours web 4 | us-east-1 holds: young",
        "10:12 us-east-1 holds: young",
        "10:13 failover us-east-1 web 6 | us-east-1 holds: preparing",
        "10:14 dark neighbours web 6 | us-east-1 holds: preparing",
        "10:15 us-east-1 holds: preparing",
        "10:17 us-east-1 keeps 0 %",
    ];
    assert_eq!(world.run(10), story);
    assert!(world.asked > 16, "details are asked while something is the matter");
}

#[test]
fn in_mode_advise_a_person_is_told() {
    let mut world = World::new("{}");
    world.run(10);
    world.dead.insert(EAST);
    let story = world.run(10);
    assert!(
        story
            .iter()
            .any(|it| it.contains("(endpoint, for 3m); close it with the operator's switch"))
    );
    assert_eq!(world.share(EAST), Share::OPEN);
}

#[test]
fn the_region_of_the_primary_waits_for_a_person() {
    let mut world = World::new(ACT);
    world.run(10);
    world.dead.insert(WEST);
    let story = world.run(20);
    assert!(story.iter().any(|it| it.contains("failover us-west-2 web 6")), "{story:#?}");
    assert!(story.iter().any(|it| it.contains("move the database primary")), "{story:#?}");
    assert_eq!(world.share(WEST), Share::OPEN);
}

#[test]
fn a_region_that_is_cut_off_closes_nobody() {
    let mut world = World::new(ACT);
    world.run(10);
    // From here nothing answers; the others are well, and see that we do not answer.
    world.dead.insert(HERE);
    let story = world.run(20);
    assert!(story.iter().all(|it| !it.contains("keeps 0 %")), "{story:#?}");
    assert_eq!((world.share(EAST), world.share(WEST)), (Share::OPEN, Share::OPEN));
    assert_eq!(world.share(HERE), Share::CLOSED);
}

#[test]
fn a_controller_that_stops_moves_nothing() {
    let mut world = World::new(ACT);
    world.run(10);
    world.unreachable.insert(EAST);
    let story = world.run(30);
    assert!(story.iter().all(|it| it.contains("dark") || it.contains("unreachable_alone")));
    assert_eq!(world.share(EAST), Share::OPEN);
}
