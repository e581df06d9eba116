//! What is read of peers: which metrics, where, and over which time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{NAMESPACE, dimension, metric};
use crate::cloud::{Query, Window};
use crate::spec::{Controller, Kind, Spec};
use crate::traffic;
use crate::units::Seconds;
use crate::world::{Metric, MetricStat, Statistic};

/// How long a controller is silent before it counts as never heard.
pub(super) const HOUR: u32 = 3_600;

const DAY: u32 = 24 * HOUR;

/// Evidence that reaches a little further back than it is asked for.
const MARGIN: u32 = 600;

/// How far back details reach: beyond the beginning of an impairment that is acted on at the latest
/// moment, three times the longest `failover.after`.
const DETAILS: u32 = HOUR;

/// Metrics that are asked for together: one call of `measure` in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questions {
    /// The time that they are about.
    pub window: Window,
    /// Each with what it is for, in the order of their answers.
    pub questions: Vec<Question>,
}

/// One metric that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What it tells.
    pub what: What,
    /// How to ask.
    pub query: Query,
}

/// What a metric tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Whether this region reached the endpoint of another.
    Reachable(String),
    /// The share of another region that this region published.
    Judged(String),
    /// Whether the peer's controller is at work.
    Heartbeat,
    /// Instances that the peer misses, over all services.
    Shortage,
    /// The peer's percent of 5xx answers.
    Errors,
    /// The peer's percent of healthy targets.
    Healthy,
    /// Whether the peer holds the database primary.
    Primary,
    /// The share of this region that the peer published.
    JudgesUs,
    /// Instances that a service of the peer asks for.
    ServiceWanted(String),
    /// Instances that a service of the peer misses.
    ServiceShortage(String),
    /// Instances by which the load of a service of the peer could grow.
    ServiceHeadroom(String),
    /// Requests per second of a service of the peer.
    ServiceDemand(String),
}

impl Questions {
    /// The same about a whole day: a controller that stood still for a night still knows what it
    /// closed. `GetMetricData` is paid by the metric and not by the time, but every minute is read.
    #[must_use]
    pub fn about_a_day(mut self) -> Self {
        let now = self.window.end;
        self.window.start = self.window.start.min(window(now, DAY).start);
        self
    }

    /// The queries alone.
    #[must_use]
    pub fn queries(&self) -> Vec<Query> {
        self.questions.iter().map(|question| question.query.clone()).collect()
    }
}

/// What this region remembers of its peers; asked in this region.
#[must_use]
pub fn about_peers(spec: &Spec, region: &str, now: Timestamp) -> Questions {
    let mut ask = Ask { spec, questions: Vec::new() };
    for (peer, of) in spec.regions.iter().filter(|(peer, _)| *peer != region) {
        let about = || Some((dimension::REGION, peer.as_str()));
        if of.endpoint.is_some() {
            // One answer in a minute is an answer.
            let what = What::Reachable(peer.clone());
            ask.put(what, (NAMESPACE, metric::REACHABLE), about(), Statistic::Maximum);
        }
        // As the alarms that open and close records read it.
        let what = What::Judged(peer.clone());
        ask.put(what, (traffic::NAMESPACE, traffic::SHARE), about(), Statistic::Maximum);
    }
    Questions { window: window(now, memory(&spec.controller)), questions: ask.questions }
}

/// The brief of a peer for this region; asked in the peer's region.
#[must_use]
pub fn brief(spec: &Spec, region: &str, now: Timestamp) -> Questions {
    let mut ask = Ask { spec, questions: Vec::new() };
    let about_us = Some((dimension::REGION, region));
    ask.put(What::Heartbeat, (NAMESPACE, metric::HEARTBEAT), None, Statistic::Maximum);
    ask.put(What::Shortage, (NAMESPACE, metric::SHORTAGE), None, Statistic::Maximum);
    ask.put(What::Errors, (NAMESPACE, metric::ERRORS), None, Statistic::Average);
    ask.put(What::Healthy, (NAMESPACE, metric::HEALTHY), None, Statistic::Average);
    // A spec without a database has no primary.
    if spec.regions.values().any(|region| region.database.is_some()) {
        ask.put(What::Primary, (NAMESPACE, metric::PRIMARY), None, Statistic::Maximum);
    }
    let share = (traffic::NAMESPACE, traffic::SHARE);
    ask.put(What::JudgesUs, share, about_us, Statistic::Maximum);
    Questions { window: window(now, evidence(&spec.controller)), questions: ask.questions }
}

/// The details of a peer; asked in the peer's region, when [`super::wants_details`] says so.
#[must_use]
pub fn details(spec: &Spec, peer: &str, now: Timestamp) -> Questions {
    let mut ask = Ask { spec, questions: Vec::new() };
    let services = spec.regions.get(peer).into_iter().flat_map(|region| &region.services);
    for (name, _) in services.filter(|(_, service)| service.kind == Kind::Stateless) {
        let of = Some((dimension::SERVICE, name.as_str()));
        let mut put = |what: fn(String) -> What, metric, statistic| {
            ask.put(what(name.clone()), (NAMESPACE, metric), of, statistic);
        };
        put(What::ServiceWanted, metric::WANTED, Statistic::Maximum);
        put(What::ServiceShortage, metric::SHORTAGE, Statistic::Maximum);
        put(What::ServiceHeadroom, metric::HEADROOM, Statistic::Minimum);
        put(What::ServiceDemand, metric::DEMAND, Statistic::Maximum);
    }
    Questions { window: window(now, DETAILS), questions: ask.questions }
}

/// How far back this region's own memory is read: so far that returns of traffic which came too early
/// are seen, though the longest that is waited after one is eight leases.
fn memory(controller: &Controller) -> u32 {
    evidence(controller).max(controller.lease.0.saturating_mul(24)).min(DAY)
}

fn evidence(controller: &Controller) -> u32 {
    let failover = &controller.failover;
    let longest = failover.after.0.saturating_mul(3);
    let longest = longest.max(failover.return_after.0).max(failover.step.0);
    longest.max(HOUR).saturating_add(MARGIN)
}

fn window(now: Timestamp, span: u32) -> Window {
    let start = now.checked_sub(SignedDuration::from_secs(i64::from(span)));
    Window { start: start.unwrap_or(Timestamp::MIN), end: now }
}

struct Ask<'a> {
    spec: &'a Spec,
    questions: Vec<Question>,
}

impl Ask<'_> {
    fn put(
        &mut self,
        what: What,
        (namespace, name): (&str, &str),
        of: Option<(&str, &str)>,
        statistic: Statistic,
    ) {
        let Spec { platform, environment, .. } = self.spec;
        let mut dimensions = BTreeMap::from([
            (dimension::PLATFORM.to_owned(), platform.clone()),
            (dimension::ENVIRONMENT.to_owned(), environment.clone()),
        ]);
        dimensions.extend(of.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let stat = MetricStat {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions,
            statistic,
            unit: None,
            period: Some(Seconds(60)),
        };
        let query = Query { group: String::new(), metric: Metric::Single(stat) };
        self.questions.push(Question { what, query });
    }
}
