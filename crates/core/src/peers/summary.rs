//! What a region publishes of itself.

use std::collections::BTreeMap;

use super::{NAMESPACE, dimension, metric};
use crate::capacity::Downstream;
use crate::cloud::{Probe, Sample};
use crate::lease::Cause;
use crate::reflex::relief::Own;
use crate::reflex::{Decision, Hold, Input, Load, Peak, Peer};
use crate::signals::is_watched;
use crate::spec::{Database, Service};
use crate::traffic::{self, Share};
use crate::units::{Instances, MetricValue, Seconds};
use crate::world::Group;

/// For how long a region is well before it is said to be open: longer than it takes to read what was
/// published of it.
const SETTLED: Seconds = Seconds(300);

/// What a region publishes with a tick, in its own region. `probes` is what came of asking the
/// endpoints of the other regions, by region.
///
/// What is not known is not published: a zero would be read as one.
#[must_use]
pub fn samples(
    input: &Input<'_>,
    decision: &Decision<'_>,
    probes: &BTreeMap<String, Probe>,
) -> Vec<Sample> {
    let mut out = Samples { input, samples: Vec::new() };
    let mut short: Instances = 0;
    let downstream = Downstream::of(input);
    for (name, service, group) in input.stateless() {
        let own = Own::with(&downstream, input, name, group);
        short = short.saturating_add(own.shortage);
        let mut put = |metric, value| out.put(metric, Some((dimension::SERVICE, name)), value);
        put(metric::SHORTAGE, count(own.shortage));
        if let Some(wanted) = wanted(input, (name, service), group, &own) {
            put(metric::WANTED, count(wanted));
            put(metric::HEADROOM, count(own.headroom()));
        }
        if let Some(demand) = input.signals.get(name).and_then(|signals| signals.demand) {
            put(metric::DEMAND, demand);
        }
    }
    out.put(metric::HEARTBEAT, None, MetricValue::whole(1));
    out.put(metric::SHORTAGE, None, count(short));
    let health = health(input);
    let known = [(metric::ERRORS, health.errors), (metric::HEALTHY, health.healthy)];
    for (metric, value) in known {
        if let Some(value) = value {
            out.put(metric, None, value);
        }
    }
    if let Some(database) = input.spec.regions.get(input.region).and_then(|it| it.database) {
        let is_primary = i32::from(database == Database::Primary);
        out.put(metric::PRIMARY, None, MetricValue::whole(is_primary));
    }
    for (region, probe) in probes.iter().filter(|(region, _)| *region != input.region) {
        let well = MetricValue::whole(i32::from(probe.is_well()));
        out.put(metric::REACHABLE, Some((dimension::REGION, region)), well);
    }
    for (region, peer) in input.peers {
        if let Some(share) = share(input, decision, region, peer) {
            out.put(traffic::SHARE, Some((dimension::REGION, region)), share.value());
        }
    }
    out.samples
}

/// The load of each service, as the peers will read it; what it was at most they read themselves.
pub fn loads<'a>(input: &Input<'a>) -> impl Iterator<Item = (&'a str, Load)> {
    let downstream = Downstream::of(input);
    input.stateless().map(move |(name, service, group)| {
        let own = Own::with(&downstream, input, name, group);
        let wanted = wanted(input, (name, service), group, &own);
        let load = Load {
            wanted: wanted.unwrap_or_default(),
            stale: wanted.is_none(),
            shortage: own.shortage,
            headroom: wanted.map_or(0, |_| own.headroom()),
            demand: input.signals.get(name).and_then(|signals| signals.demand),
            peak: Peak::default(),
        };
        (name, load)
    })
}

/// What the load of a service asks for. One that is not watched is not at its maximum and has no room
/// for others: it steers to what its load asks for.
fn wanted(
    input: &Input<'_>,
    (name, service): (&str, &Service),
    group: &Group,
    own: &Own,
) -> Option<Instances> {
    own.wanted.or_else(|| {
        let effective = input.effective.get(name)?;
        let closely = is_watched(&input.spec.controller, service, group, effective, input.now);
        (!closely).then_some(group.desired)
    })
}

/// The share of a region's traffic that is published with a decision, if any is.
#[must_use]
pub fn share(
    input: &Input<'_>,
    decision: &Decision<'_>,
    region: &str,
    peer: &Peer,
) -> Option<Share> {
    let judged = decision.shares.get(region).copied();
    judged.or_else(|| held(decision, region, peer)).or_else(|| open(input, region, peer))
}

/// A share that was lowered and about which nothing is decided stays as it is, and is said again: a
/// memory that is not refreshed is lost in a day, and then the region would open in one step. Where
/// closing it is refused, nothing is said.
fn held(decision: &Decision<'_>, region: &str, peer: &Peer) -> Option<Share> {
    let lowered = peer.judged.map(|published| published.share).filter(|it| *it < Share::OPEN)?;
    let is_refused =
        |(_, about, hold): (_, &str, &Hold)| about == region && *hold == Hold::LastOpen;
    (!decision.holds().any(is_refused)).then_some(lowered)
}

/// A region that nobody lowered is open as long as something is known of it and has spoken for it
/// for a while. About one of which nothing is known, nothing is said: its alarms keep the state that
/// they have.
///
/// What was published is read a minute or two later, and a lease is there at once. So nothing is
/// said either while room is kept for the region's load: its share may just have been lowered.
fn open(input: &Input<'_>, region: &str, peer: &Peer) -> Option<Share> {
    let is_open = !peer.is_lowered() && peer.evidence.is_well(SETTLED) && !has_room(input, region);
    is_open.then_some(Share::OPEN)
}

/// Whether any group here has a lease in force for a region's load.
fn has_room(input: &Input<'_>, region: &str) -> bool {
    let leases = input.effective.values().flat_map(|effective| &effective.leases);
    leases
        .filter(|lease| lease.id == region && lease.in_force(input.now))
        .any(|lease| matches!(lease.cause, Cause::Failover | Cause::Overflow))
}

/// How well a region's data plane is, as its own metrics tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Percent of 5xx answers, over all services that count them, by their requests.
    pub errors: Option<MetricValue>,
    /// Percent of healthy targets of the worst service: a request may need every one of them.
    pub healthy: Option<MetricValue>,
}

/// The health of this region. A service whose requests are not counted weighs one a second, so that
/// the errors of one that nobody calls do not condemn a region.
#[must_use]
pub fn health(input: &Input<'_>) -> Health {
    let mut healthy: Option<MetricValue> = None;
    let (mut errors, mut requests) = (0i128, 0i128);
    for (name, signals) in input.signals {
        if !crate::reflex::relief::carries(input, input.region, name) {
            continue;
        }
        if let Some(percent) = signals.healthy {
            healthy = Some(healthy.map_or(percent, |least| least.min(percent)));
        }
        if let Some(percent) = signals.errors {
            let demand = signals.demand.unwrap_or(MetricValue::whole(1));
            let demand = i128::from(demand.micros().max(1));
            errors += i128::from(percent.micros()) * demand;
            requests += demand;
        }
    }
    let errors = errors.checked_div(requests).and_then(|micros| i64::try_from(micros).ok());
    Health { errors: errors.map(MetricValue::from_micros), healthy }
}

fn count(instances: Instances) -> MetricValue {
    MetricValue::whole(i32::try_from(instances).unwrap_or(i32::MAX))
}

struct Samples<'a> {
    input: &'a Input<'a>,
    samples: Vec<Sample>,
}

impl Samples<'_> {
    fn put(&mut self, name: &'static str, of: Option<(&'static str, &str)>, value: MetricValue) {
        let Input { spec, now, .. } = *self.input;
        let mut dimensions = BTreeMap::from([
            (dimension::PLATFORM, spec.platform.clone()),
            (dimension::ENVIRONMENT, spec.environment.clone()),
        ]);
        dimensions.extend(of.map(|(key, value)| (key, value.to_owned())));
        let namespace = if name == traffic::SHARE { traffic::NAMESPACE } else { NAMESPACE };
        self.samples.push(Sample { namespace, name, dimensions, at: now, value });
    }
}
