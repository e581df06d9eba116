//! A group: its instances, what goes through them, and what it is judged by.

use std::sync::Arc;

use plimsoll_core::spec::Service;
use plimsoll_core::units::{Instances, Seconds};
use plimsoll_core::world::{self, Policy};

use super::fleet::Fleet;
use super::flow::{Flow, Surroundings, needed};
use super::gauge::{Gauge, Tracked, Weather};
use super::managed::Managed;
use super::rises::RiseLog;
use super::signal::{Period, Signal};
use super::strip::Strip;
use super::tally::Tally;
use crate::model::Model;
use crate::station::Station;

/// How long dynamic scaling waits between two steps when no warmup is set.
/// Source: EC2 Auto Scaling API, `EstimatedInstanceWarmup`, which falls back to the default
/// cooldown.
pub(crate) const FALLBACK_WARMUP: u64 = 300;

/// A group of one region.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) service: String,
    pub(crate) fleet: Fleet,
    pub(crate) station: Arc<Station>,
    /// Other groups of the region that it leans on.
    pub(crate) calls: Vec<Call>,
    /// Connections that it accepts.
    pub(crate) connections: Option<f64>,
    /// Whether the load asks it, and not only other services.
    pub(crate) asked: bool,
    /// Requests per second from outside, in the span that runs.
    pub(crate) direct: f64,
    pub(crate) flow: Flow,
    /// Whether it has as many instances in service as it may have.
    full: bool,
    since: u64,
    periods: Vec<(u64, Period)>,
    pub(crate) weather: Weather,
    /// The native policies.
    pub(crate) native: Vec<Gauge>,
    /// When Plimsoll sizes the group.
    pub(crate) managed: Option<Managed>,
    instances_per_rps: f64,
    pub(crate) cooling_until: u64,
    pub(crate) reconciling: bool,
    pub(crate) tally: Tally,
    pub(crate) rises: RiseLog,
    pub(crate) strip: Option<Box<Strip>>,
    /// US dollars per instance and hour.
    pub(crate) price: Option<f64>,
    /// The moment for which a scheduled action is queued.
    pub(crate) schedule_at: Option<u64>,
}

/// How a group leans on another of its region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Call {
    /// The other's place.
    pub(crate) to: usize,
    /// Requests that a request causes there.
    pub(crate) per_request: f64,
    /// Share of the requests that need an answer from there.
    pub(crate) depends: f64,
    /// Connections that an instance holds open.
    pub(crate) connections: f64,
}

impl Group {
    /// A group of a service as the spec rates it, without instances.
    pub(crate) fn new(name: &str, service: &Service, station: Arc<Station>, now: u64) -> Self {
        Self {
            service: name.to_owned(),
            fleet: Fleet::default(),
            station,
            calls: Vec::new(),
            connections: service.capacity.connections.map(f64::from),
            asked: false,
            direct: 0.0,
            flow: Flow::default(),
            full: false,
            since: now,
            periods: Vec::new(),
            weather: Weather::default(),
            native: Vec::new(),
            managed: None,
            instances_per_rps: 0.0,
            cooling_until: 0,
            reconciling: false,
            tally: Tally::default(),
            rises: RiseLog::default(),
            strip: None,
            price: service.capacity.hourly_price.map(|price| crate::units::dollars(price.0)),
            schedule_at: None,
        }
    }

    /// Takes up the policies that the group has. Those that stay keep their alarms. What the twin
    /// has no model for is told.
    pub(crate) fn learn(
        &mut self,
        seen: &world::Group,
        service: &Service,
        model: &Model,
        now: u64,
    ) -> Vec<String> {
        let mut untold = Vec::new();
        let mut before = std::mem::take(&mut self.native);
        for (name, policy) in &seen.policies {
            let Policy::TargetTracking(policy) = policy else {
                untold.push(format!("{}: {}", self.service, unmodelled(name, policy)));
                continue;
            };
            if !policy.enabled {
                continue;
            }
            let (signal, why) = Signal::of(&policy.metric, &service.capacity, model);
            let gauge = gauge(name, policy, signal, model, now);
            let kept = before.iter().position(|old| old.tracks_as(&gauge));
            self.native.push(kept.map_or(gauge, |place| before.swap_remove(place)));
            untold.extend(
                why.map(|why| format!("{}: policy `{name}` has no data here: {why}", self.service)),
            );
        }
        let (managed, why) = Managed::of(self.managed.take(), service, model, now);
        self.managed = managed;
        untold.extend(why.into_iter().map(|why| format!("{}: {why}", self.service)));
        self.settle_periods();
        untold
    }

    /// Which periods have to be summed up, and what a load needs.
    fn settle_periods(&mut self) {
        let managed = self.managed.iter().flat_map(|managed| &managed.gauges);
        let gauges = || self.native.iter().chain(managed.clone());
        let mut lengths: Vec<u64> = gauges().map(|gauge| gauge.period).collect();
        lengths.sort_unstable();
        lengths.dedup();
        self.instances_per_rps = gauges().map(Gauge::instances_per_rps).fold(0.0, f64::max);
        self.periods.retain(|(length, _)| lengths.contains(length));
        for length in lengths {
            if self.periods.iter().all(|(other, _)| *other != length) {
                self.periods.push((length, Period::default()));
            }
        }
    }

    /// What has gone through since the last change is counted.
    pub(crate) fn advance(&mut self, now: u64) {
        if now <= self.since {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds of a run are far below 2^52")]
        let seconds = (now - self.since) as f64;
        self.since = now;
        let counts = self.fleet.counts();
        let in_service = f64::from(counts.in_service);
        self.tally.add(&self.flow, self.full, seconds);
        self.tally.capacity_seconds += in_service * seconds;
        self.tally.billed_seconds += f64::from(counts.billed()) * seconds;
        let warm = if counts.warmed > 0 { seconds } else { 0.0 };
        for (_, period) in &mut self.periods {
            period.seconds += seconds;
            period.cpu += self.flow.cpu() * warm;
            period.warm += warm;
            period.requests += self.flow.reached * seconds;
            period.targets += in_service * seconds;
        }
        if let Some(strip) = &mut self.strip {
            let elsewhere = self.flow.elsewhere;
            let p95 = (self.flow.offered > self.flow.lost)
                .then(|| (self.station.p95(self.flow.at) + elsewhere) * 1_000.0);
            strip.add(&self.flow, counts.in_service, p95, seconds);
        }
    }

    /// How much of so many requests per second its instances take up, and pass on to others.
    pub(crate) fn accepts(&self, offered: f64) -> f64 {
        let flow = Flow::of(offered, self.fleet.counts(), &self.station, Surroundings::default());
        flow.offered - flow.lost
    }

    /// What goes through from now on.
    pub(crate) fn flow(&mut self, now: u64, offered: f64, around: Surroundings, max: Instances) {
        let counts = self.fleet.counts();
        self.flow = Flow::of(offered, counts, &self.station, around);
        self.full = counts.in_service >= max;
        self.tally.peak = self.tally.peak.max(counts.in_service);
        if self.instances_per_rps > 0.0 {
            let need = needed(offered, self.instances_per_rps, max);
            self.rises.watch(now, need, counts.in_service);
        }
    }

    /// Metric periods that end now are published, and alarms look at them. Whether an alarm of the
    /// native policies asks for something.
    pub(crate) fn end_periods(&mut self, now: u64) -> bool {
        let mut above = false;
        for (length, period) in &mut self.periods {
            if !now.is_multiple_of(*length) {
                continue;
            }
            let managed = self.managed.iter_mut().flat_map(|managed| &mut managed.gauges);
            for gauge in self.native.iter_mut().chain(managed) {
                if gauge.period == *length {
                    if let Some(ended) = gauge.end(period, self.weather) {
                        self.rises.shown(now, ended);
                    }
                    above |= gauge.was_above();
                }
            }
            *period = Period::default();
        }
        if now.is_multiple_of(60) {
            self.tally.minutes_above += u64::from(above);
        }
        self.native.iter().any(Gauge::asks)
    }
}

/// How long instances of a group warm up: the longest that its policies ask for, of which each takes
/// the group's unless it has its own.
/// Source: EC2 Auto Scaling API, `PutScalingPolicy`, `EstimatedInstanceWarmup`.
pub(crate) fn warmup_of(seen: &world::Group) -> Option<Seconds> {
    let policies = seen.policies.values().filter_map(|policy| match policy {
        Policy::TargetTracking(policy) if policy.enabled => policy.warmup.or(seen.settings.warmup),
        Policy::TargetTracking(_)
        | Policy::Step(_)
        | Policy::Predictive(_)
        | Policy::Foreign(_) => None,
    });
    policies.max().or(seen.settings.warmup)
}

/// When an instance that comes into service now is past its warmup.
pub(crate) fn warm_at(seen: &world::Group, now: u64, decided: u64) -> u64 {
    match warmup_of(seen) {
        Some(warmup) => now + u64::from(warmup.0),
        // Without a warmup it counts at once, and the default cooldown stands in between steps.
        // Alarms were seen to act again after exactly that time, and what happens in the second of
        // a decision comes after it.
        None => now.max((decided + FALLBACK_WARMUP).saturating_sub(1)),
    }
}

/// The metric that a native policy tracks.
fn gauge(
    name: &str,
    policy: &world::TargetTracking,
    signal: Signal,
    model: &Model,
    now: u64,
) -> Gauge {
    let period = period_of(&policy.metric);
    let tracked = Tracked {
        policy: name.to_owned(),
        metric: policy.metric.clone(),
        period,
        signal,
        target: policy.target,
        scale_in: policy.scale_in,
        low_percent: model.low_percent,
    };
    Gauge::new(tracked, now / period)
}

/// What to say of a policy that does nothing here.
fn unmodelled(name: &str, policy: &Policy) -> String {
    let why = match policy {
        Policy::Step(_) => "it acts on an alarm of yours, which the spec does not hold",
        Policy::Predictive(_) => "AWS does not publish how it forecasts",
        Policy::Foreign(_) | Policy::TargetTracking(_) => "it is of a kind that is not modelled",
    };
    format!("policy `{name}` does nothing here: {why}")
}

/// The period of a metric in seconds.
pub(crate) fn period_of(metric: &world::Metric) -> u64 {
    match metric {
        world::Metric::Single(stat) => stat.period.map_or(60, |period| u64::from(period.0)),
        world::Metric::Predefined { .. } | world::Metric::Math(_) => 60,
    }
}
