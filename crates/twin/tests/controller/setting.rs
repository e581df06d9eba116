//! Alfred in the twin, with a controller in each region that ticks when it is told to.

use std::collections::BTreeMap;
use std::future::{Future, pending};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::action::Action;
use plimsoll_core::cloud::{
    ActError, Cloud, Outcome, Probe, Query, RegionScope, Sample, Scope, Series, Window,
};
use plimsoll_core::controller::{Conduct, Record, Setup, tick};
use plimsoll_core::spec::{Document, Source, Spec};
use plimsoll_core::trigger::{Trigger, Wake};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{Group, RegionState, ScheduledAction, Unreachable, World};
use plimsoll_twin::cloud::Twin;
use plimsoll_twin::fault::Fault;
use plimsoll_twin::load::{Curve, Load, Source as From};
use plimsoll_twin::model::Model;
use plimsoll_twin::run::{Controller, Options};
use serde_json::{Value, json};

/// A Saturday noon: the platform's schedule is far from firing.
const START: &str = "2026-11-21T12:00:00Z";

/// The regions of the platform; the database primary is in the second.
pub(crate) const REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-central-1"];

/// Alfred with endpoints that can be asked, and what differs.
pub(crate) fn alfred(differs: &Value) -> Spec {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/alfred.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let mut whole: Value = serde_saphyr::from_str(&text).unwrap();
    for region in REGIONS {
        whole["regions"][region]["endpoint"] = json!(format!("https://{region}.alfred.example/"));
    }
    whole["defaults"]["instances"].as_object_mut().unwrap().remove("user_data");
    lay_over(&mut whole, differs);
    let source = Source { name: "alfred".to_owned(), text: whole.to_string() };
    let compiled = Document::parse(source).compile("production", &BTreeMap::new());
    compiled.spec.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
}

fn lay_over(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, above) in above {
                lay_over(below.entry(key).or_insert(Value::Null), above);
            }
        }
        (below, above) => *below = above.clone(),
    }
}

/// Requests per second to agent-core, spread over the regions.
pub(crate) fn load(rate: f64) -> Load {
    let source = |service: &str, rate| From::Open {
        service: service.to_owned(),
        region: None,
        rate: Curve::Steady(rate),
    };
    Load { sources: vec![source("agent-core", rate)], ..Load::default() }
}

/// A platform with its controllers.
pub(crate) struct House {
    pub(crate) spec: Spec,
    pub(crate) twin: Twin,
    passed: AtomicU64,
    /// What every controller said, in order.
    records: Mutex<Vec<Record>>,
}

impl House {
    pub(crate) fn new(spec: Spec, load: &Load, faults: Vec<Fault>) -> Self {
        let (start, model) = (START.parse().unwrap(), Model::default());
        let options = Options {
            start,
            seconds: 86_400,
            seed: 7,
            trace: false,
            model,
            faults,
            controller: Controller::Off,
        };
        let twin = Twin::settled(&spec, load, &options);
        Self { spec, twin, passed: AtomicU64::new(0), records: Mutex::default() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let start: Timestamp = START.parse().unwrap();
        start
            + SignedDuration::from_secs(i64::try_from(self.passed.load(Ordering::SeqCst)).unwrap())
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.twin.pass(seconds);
        self.passed.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Lets minutes pass, with a tick in each region every minute.
    pub(crate) fn minutes(&self, minutes: u64) {
        for _ in 0..minutes {
            self.pass(60);
            for region in REGIONS {
                let record = self.tick(region);
                self.records.lock().unwrap().push(record);
            }
        }
    }

    /// What a controller published about a region in so many minutes before now.
    pub(crate) fn tell(
        &self,
        judge: &str,
        namespace: &'static str,
        name: &'static str,
        about: &str,
        minutes: i64,
        value: i32,
    ) {
        let sample = |minute: i64| Sample {
            namespace,
            name,
            dimensions: BTreeMap::from([
                ("Platform", self.spec.platform.clone()),
                ("Environment", self.spec.environment.clone()),
                ("Region", about.to_owned()),
            ]),
            at: self.now() - SignedDuration::from_secs(60 * minute - 30),
            value: MetricValue::whole(value),
        };
        let samples: Vec<Sample> = (1..=minutes).rev().map(sample).collect();
        finished(self.twin.publish(judge, &samples)).unwrap();
    }

    /// What every controller said so far, in order.
    pub(crate) fn records(&self) -> Vec<Record> {
        self.records.lock().unwrap().clone()
    }

    /// The last record of a region.
    pub(crate) fn last(&self, region: &str) -> Record {
        let records = self.records();
        records.into_iter().rev().find(|record| record.region == region).unwrap()
    }

    /// A tick in a region.
    pub(crate) fn tick(&self, region: &str) -> Record {
        finished(self.tick_through(region, &self.twin.seen_from(region)))
    }

    /// The same with other permissions.
    pub(crate) fn tick_under(&self, region: &str, conduct: &Conduct) -> Record {
        finished(self.tick_as(region, conduct, &self.twin.seen_from(region)))
    }

    /// The same through another view of the cloud.
    pub(crate) async fn tick_through(&self, region: &str, cloud: &impl Cloud) -> Record {
        self.tick_as(region, &Conduct::Act, cloud).await
    }

    async fn tick_as(&self, region: &str, conduct: &Conduct, cloud: &impl Cloud) -> Record {
        let setup = Setup { spec: &self.spec, region, conduct };
        let wake =
            Wake::Look { triggers: vec![Trigger::Tick { at: self.now() }], ignored: Vec::new() };
        tick(cloud, &setup, &wake, self.now(), &|| false).await
    }

    /// What a region holds, seen from outside.
    pub(crate) fn groups(&self, region: &str) -> Vec<Group> {
        let wanted = RegionScope::default();
        let scope = Scope {
            platform: self.spec.platform.clone(),
            environment: self.spec.environment.clone(),
            regions: BTreeMap::from([(region.to_owned(), wanted)]),
        };
        let mut world = finished(self.twin.observe(&scope));
        match world.regions.remove(region) {
            Some(RegionState::Observed(region)) => region.groups,
            other => panic!("{other:?}"),
        }
    }

    /// The group of a service in a region.
    pub(crate) fn group(&self, region: &str, service: &str) -> Group {
        let groups = self.groups(region);
        groups.into_iter().find(|group| group.serves(service)).unwrap()
    }

    /// Changes something as an operator would.
    pub(crate) fn act(&self, region: &str, action: &Action) {
        finished(self.twin.act(region, action)).unwrap();
    }

    /// All that a controller may change, a line each.
    pub(crate) fn picture(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for region in REGIONS {
            for Group { name, bounds, desired, tags, schedules, .. } in self.groups(region) {
                lines.push(format!("{region} {name} {}..{} {desired}", bounds.min, bounds.max));
                let ours = tags.iter().filter(|(key, _)| key.starts_with("plimsoll:"));
                lines.extend(ours.map(|(key, tag)| format!("{region} {name} {key} {}", tag.value)));
                let schedule = |(name, it): (&String, &ScheduledAction)| {
                    format!("{region} {name} {:?} {:?} {:?}", it.start, it.min, it.max)
                };
                lines.extend(schedules.iter().map(schedule));
            }
        }
        lines
    }

    /// Ticks in a region until nothing changes any more, which takes two at most.
    pub(crate) fn settle(&self, region: &str) -> Vec<String> {
        for _ in 0..2 {
            self.tick(region);
        }
        let settled = self.picture();
        let again = self.tick(region);
        assert!(again.did.is_empty(), "{again}");
        settled
    }
}

/// What two pictures do not have in common.
pub(crate) fn difference(is: &[String], should: &[String]) -> Vec<String> {
    let only = |these: &[String], those: &[String], sign: &str| {
        let lines = these.iter().filter(|line| !those.contains(line));
        lines.map(|line| format!("{sign} {line}")).collect::<Vec<_>>()
    };
    [only(is, should, "+"), only(should, is, "-")].concat()
}

/// The twin does not wait, so one poll is enough.
pub(crate) fn finished<T>(future: impl Future<Output = T>) -> T {
    polled(future).expect("the twin never waits")
}

/// What comes of one poll; a future that waits is dropped, as a process that is killed.
pub(crate) fn polled<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// A cloud in which something happens before the n-th call.
pub(crate) struct Crossed<'a, C, F> {
    cloud: &'a C,
    at: usize,
    calls: AtomicUsize,
    crossing: F,
}

/// What happens there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The call is made.
    GoOn,
    /// No call is ever made again.
    Die,
}

impl<'a, C: Cloud, F: Fn() -> Then + Sync> Crossed<'a, C, F> {
    pub(crate) fn new(cloud: &'a C, at: usize, crossing: F) -> Self {
        Self { cloud, at, calls: AtomicUsize::new(0), crossing }
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn before(&self) {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if call == self.at && (self.crossing)() == Then::Die {
            pending::<()>().await;
        }
    }
}

impl<C: Cloud, F: Fn() -> Then + Sync> Cloud for Crossed<'_, C, F> {
    async fn observe(&self, scope: &Scope) -> World {
        self.before().await;
        self.cloud.observe(scope).await
    }

    async fn measure(
        &self,
        region: &str,
        queries: &[Query],
        window: Window,
    ) -> Result<Vec<Series>, Unreachable> {
        self.before().await;
        self.cloud.measure(region, queries, window).await
    }

    async fn publish(&self, region: &str, samples: &[Sample]) -> Result<(), ActError> {
        self.before().await;
        self.cloud.publish(region, samples).await
    }

    async fn probe(&self, endpoint: &str) -> Probe {
        self.before().await;
        self.cloud.probe(endpoint).await
    }

    async fn act(&self, region: &str, action: &Action) -> Result<Outcome, ActError> {
        self.before().await;
        self.cloud.act(region, action).await
    }
}
