//! A group: its instances, what goes through them, and what it is judged by.

use std::sync::Arc;

use plimsoll_core::spec::{Capacity, Service};
use plimsoll_core::units::{Instances, Seconds};
use plimsoll_core::world::{self, Policy, TargetTracking};

use super::fleet::Fleet;
use super::flow::{Flow, Surroundings, needed};
use super::gauge::{Gauge, Tracked, Weather};
use super::managed::Managed;
use super::rises::RiseLog;
use super::signal::{Period, Signal};
use super::strip::Strip;
use super::tally::Tally;
use super::watch::Watch;
use crate::model::Model;
use crate::station::Station;

/// How long dynamic scaling waits between two steps when no warmup is set.
/// Source: EC2 Auto Scaling API, `EstimatedInstanceWarmup`, which falls back to the default
/// cooldown.
pub(crate) const FALLBACK_WARMUP: u64 = 300;

/// A group of one region.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub(crate) struct Group {
    pub(crate) service: String,
    pub(crate) fleet: Fleet,
    pub(crate) station: Arc<Station>,
    /// Other groups of the region that it leans on.
    pub(crate) calls: Vec<Call>,
    /// Connections that it accepts.
    pub(crate) connections: Option<f64>,
    /// Connections that are held open, in the span that runs.
    pub(crate) held: f64,
    /// Carries the traffic of its service; one that is being rolled out or was replaced does not.
    pub(crate) active: bool,
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
    /// Whether a policy's metric was above its target in the minute that runs.
    above: bool,
    pub(crate) cooling_until: u64,
    /// When Auto Scaling will next launch or terminate what is missing or too much.
    pub(crate) reconcile_at: Option<u64>,
    pub(crate) tally: Tally,
    pub(crate) rises: RiseLog,
    pub(crate) strip: Option<Box<Strip>>,
    /// US dollars per instance and hour.
    pub(crate) price: Option<f64>,
    /// The moment for which a scheduled action is queued.
    pub(crate) schedule_at: Option<u64>,
    /// What the service's guard watches, if it has one.
    pub(crate) guard: Option<Gauge>,
    pub(crate) watch: Watch,
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
    pub(crate) fn new(name: &str, capacity: &Capacity, station: Arc<Station>, now: u64) -> Self {
        Self {
            service: name.to_owned(),
            fleet: Fleet::default(),
            station,
            calls: Vec::new(),
            connections: capacity.connections.map(f64::from),
            held: 0.0,
            active: true,
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
            reconcile_at: None,
            above: false,
            tally: Tally::default(),
            rises: RiseLog::default(),
            strip: None,
            price: capacity.hourly_price.map(|price| crate::units::dollars(price.0)),
            schedule_at: None,
            guard: None,
            watch: Watch::default(),
        }
    }

    /// Takes up the policies that the group has. Those that stay keep their alarms. What the twin
    /// has no model for is told.
    pub(crate) fn learn(
        &mut self,
        seen: &world::Group,
        service: Option<&Service>,
        model: &Model,
        now: u64,
    ) -> Vec<String> {
        let mut untold = Vec::new();
        let unrated = Capacity::default();
        let capacity = service.map_or(&unrated, |service| &service.capacity);
        let before = std::mem::take(&mut self.native);
        for (name, policy) in &seen.policies {
            let Policy::TargetTracking(policy) = policy else {
                untold.push(format!("{}: {}", self.service, unmodelled(name, policy)));
                continue;
            };
            if !policy.enabled {
                continue;
            }
            let (signal, why) = Signal::of(&policy.metric, capacity, model);
            self.native.push(gauge(name, policy, signal, model, now).take_up(&before));
            untold.extend(
                why.map(|why| format!("{}: policy `{name}` has no data here: {why}", self.service)),
            );
        }
        let (managed, why) = Managed::of(self.managed.take(), service, model, now);
        self.managed = managed;
        untold.extend(why.into_iter().map(|why| format!("{}: {why}", self.service)));
        let (guard, why) = guard(service, model, now);
        self.guard = guard.map(|guard| guard.take_up(self.guard.as_slice()));
        untold
            .extend(why.map(|why| format!("{}: its guard has no data here: {why}", self.service)));
        self.watch.changed = true;
        self.settle_periods();
        untold
    }

    /// Which periods have to be summed up, and what a load needs.
    fn settle_periods(&mut self) {
        let managed = self.managed.iter().flat_map(|managed| &managed.gauges);
        let gauges = || self.native.iter().chain(managed.clone());
        let mut lengths: Vec<u64> = gauges().chain(&self.guard).map(|gauge| gauge.period).collect();
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

    /// Seconds of the periods that its metrics have.
    pub(crate) fn periods(&self) -> impl Iterator<Item = u64> {
        self.periods.iter().map(|(length, _)| *length)
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
        self.tally.billed_seconds += f64::from(self.fleet.billed()) * seconds;
        let warm = if counts.warmed > 0 { seconds } else { 0.0 };
        // Machines of instances that answer nothing are idle, and count in the mean.
        let busy = 1.0 - f64::from(counts.idle) / f64::from(counts.warmed.max(1));
        for (_, period) in &mut self.periods {
            period.seconds += seconds;
            period.cpu += self.flow.cpu() * busy * warm;
            period.warm += warm;
            period.requests += self.flow.reached * seconds;
            period.targets += f64::from(counts.targets) * seconds;
            period.in_service += in_service * seconds;
            period.held += self.held * seconds;
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

    /// The desired capacity became another one.
    pub(crate) fn resized(&mut self, now: u64, from: Instances, to: Instances, cause: &str) {
        self.tally.events += 1;
        self.watch.resized(now);
        Tally::one_more(&mut self.tally.drivers, cause);
        if let Some(strip) = &mut self.strip {
            strip.desire(to);
        }
        if let Some(managed) = &mut self.managed {
            managed.moved(now, from, to);
        }
        if to > from {
            self.rises.decided(now, to);
        } else {
            self.rises.reduced(to);
        }
    }

    /// Metric periods that end now are published, and alarms look at them.
    pub(crate) fn end_periods(&mut self, now: u64) {
        for (length, period) in &mut self.periods {
            if !now.is_multiple_of(*length) {
                continue;
            }
            let managed = self.managed.iter_mut().flat_map(|managed| &mut managed.gauges);
            if let Some(guard) = self.guard.as_mut().filter(|guard| guard.period == *length) {
                guard.end(period, self.weather);
            }
            for gauge in self.native.iter_mut().chain(managed) {
                if gauge.period == *length {
                    if let Some(ended) = gauge.end(period, self.weather) {
                        self.rises.shown(now, ended);
                    }
                    self.above |= gauge.was_above;
                }
            }
            *period = Period::default();
        }
        if now.is_multiple_of(60) {
            self.tally.minutes_above += u64::from(std::mem::take(&mut self.above));
        }
    }

    /// Whether an alarm invokes a native policy.
    pub(crate) fn is_invoked(&self, now: u64) -> bool {
        self.native.iter().any(|gauge| gauge.invokes(now))
    }

    /// Whether an alarm of a native policy has nothing to judge by, though there is something to
    /// see: a metric that an idle group does not have is not missed.
    pub(crate) fn is_blind(&self) -> bool {
        let rises = self.rises.is_open();
        self.native.iter().any(|gauge| gauge.is_blind() && (rises || gauge.had_value))
    }
}

/// How long instances of a group warm up: the longest that its policies ask for, of which each takes
/// the group's unless it has its own.
/// Source: EC2 Auto Scaling API, `PutScalingPolicy`, `EstimatedInstanceWarmup`.
pub(crate) fn warmup(seen: &world::Group) -> Option<Seconds> {
    let each = seen.policies.values().filter_map(|policy| match policy {
        Policy::TargetTracking(policy) if policy.enabled => policy.warmup.or(seen.settings.warmup),
        Policy::TargetTracking(_)
        | Policy::Step(_)
        | Policy::Predictive(_)
        | Policy::Foreign(_) => None,
    });
    each.max().or(seen.settings.warmup)
}

/// When an instance that comes into service now is past its warmup.
pub(crate) fn warm_at(seen: &world::Group, now: u64, decided: u64) -> u64 {
    match warmup(seen) {
        Some(warmup) => now + u64::from(warmup.0),
        // Without a warmup it counts at once, and the default cooldown stands in between steps.
        // Alarms were seen to act again after exactly that time.
        None => now.max(decided + FALLBACK_WARMUP),
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
    let period = u64::from(policy.metric.period().0).max(1);
    let tracked = Tracked {
        policy: name.to_owned(),
        metric: policy.metric.clone(),
        period,
        signal,
        target: policy.target,
        scale_in: policy.scale_in,
        low_percent: model.low_percent,
        delay: u64::from(model.metric_delay.0),
    };
    Gauge::new(tracked, now / period)
}

/// What the guard of a service watches.
fn guard(service: Option<&Service>, model: &Model, now: u64) -> (Option<Gauge>, Option<String>) {
    let Some((service, guard)) = service.and_then(|it| Some((it, it.guard.as_ref()?))) else {
        return (None, None);
    };
    let (signal, why) = Signal::of(&guard.metric, &service.capacity, model);
    let policy = TargetTracking {
        metric: guard.metric.clone(),
        target: guard.threshold,
        scale_in: false,
        warmup: None,
        enabled: true,
    };
    (Some(gauge("guard", &policy, signal, model, now)), why)
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
