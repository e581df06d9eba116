//! Plimsoll's controller in the twin: it reads the metrics that show, and decides by the core's
//! arithmetic.

use std::collections::VecDeque;

use plimsoll_core::scaling::Behavior;
use plimsoll_core::scaling::managed::{
    Age, BadData, Counts, Demand, Event, Input, Limit, Memory, Reading, ReadingKind, Reason,
    Recommendation, Tick, Verdict, decide,
};
use plimsoll_core::spec::{Mode, Service};
use plimsoll_core::units::{Instances, MetricValue};
use plimsoll_core::world::{self, Metric, Policy};

use super::fleet;
use super::gauge::{Gauge, Tracked};
use super::group::Group;
use super::signal::Signal;
use super::tally::Tally;
use crate::model::Model;

/// The controller's view of one group, and what it wrote down.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    behavior: Behavior,
    interval: u64,
    tick: Tick,
    memory: Memory,
    pub(crate) gauges: Vec<Gauge>,
    kinds: Vec<ReadingKind>,
    /// Raw proposals with their moments.
    proposals: VecDeque<(u64, Instances)>,
    /// Moves with their moments.
    moves: VecDeque<(u64, i64)>,
    /// Reused for every decision.
    readings: Vec<Reading>,
    recommendations: Vec<Recommendation>,
    events: Vec<Event>,
}

impl Managed {
    /// The controller of a service, if it has one; what it wrote down before stays. What the twin
    /// has no model for is told.
    pub(crate) fn of(
        before: Option<Self>,
        service: Option<&Service>,
        model: &Model,
        now: u64,
    ) -> (Option<Self>, Vec<String>) {
        let Some((service, Mode::Managed(mode))) = service.map(|it| (it, &it.mode)) else {
            return (None, Vec::new());
        };
        let interval = u64::from(mode.interval.0).max(1);
        let mut untold = Vec::new();
        let known = before.as_ref().map_or(&[][..], |before| &before.gauges);
        let (mut gauges, mut kinds) = (Vec::new(), Vec::new());
        for (name, policy) in &service.policies {
            let Policy::TargetTracking(policy) = policy else { continue };
            if !policy.enabled {
                continue;
            }
            let (signal, why) = Signal::of(&policy.metric, &service.capacity, model);
            untold.extend(why.map(|why| format!("metric `{name}` has no data here: {why}")));
            if interval < 60 && matches!(policy.metric, Metric::Predefined { .. }) {
                untold.push(format!(
                    "metric `{name}` comes every {interval} s here: AWS publishes it each minute, so \
                     publish your own at that pace"
                ));
            }
            let tracked = Tracked {
                policy: name.clone(),
                metric: policy.metric.clone(),
                period: interval,
                signal,
                target: policy.target,
                scale_in: policy.scale_in,
                low_percent: model.low_percent,
                delay: u64::from(model.metric_delay.0),
            };
            gauges.push(Gauge::new(tracked, now / interval).take_up(known));
            kinds.push(ReadingKind::of(&policy.metric));
        }
        let (proposals, moves) =
            before.map(|before| (before.proposals, before.moves)).unwrap_or_default();
        let managed = Self {
            behavior: mode.behavior.clone(),
            interval,
            tick: Tick::every(mode.interval),
            memory: Memory::of(Some(&mode.behavior)),
            gauges,
            kinds,
            proposals,
            moves,
            readings: Vec::new(),
            recommendations: Vec::new(),
            events: Vec::new(),
        };
        (Some(managed), untold)
    }

    /// Whether a decision is due.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        now.is_multiple_of(self.interval)
    }

    /// The desired capacity became another one, whoever changed it.
    pub(crate) fn moved(&mut self, now: u64, from: Instances, to: Instances) {
        self.moves.push_back((now, i64::from(to) - i64::from(from)));
    }

    /// A new desired capacity, what brought it about, and why.
    pub(crate) fn decide(
        &mut self,
        group: &mut Group,
        seen: &world::Group,
        now: u64,
        reads: bool,
    ) -> Option<(Instances, String, String)> {
        if !reads {
            Tally::one_more(&mut group.tally.holds, "managed: the region cannot be read");
            return None;
        }
        let counts = group.fleet.counts();
        self.read(counts);
        if self.proposals.is_empty() {
            self.proposals.push_back((now, seen.desired));
        }
        self.recall(now);
        let decision = decide(&Input {
            current: seen.desired,
            bounds: seen.bounds,
            behavior: Some(&self.behavior),
            demand: Demand::Readings(&self.readings),
            recommendations: &self.recommendations,
            events: &self.events,
            tick: self.tick,
        });
        match decision {
            Ok(decision) => {
                if let Some(proposal) = decision.proposal {
                    self.proposals.push_back((now, proposal));
                    if proposal > seen.desired && decision.limited_by == Limit::Stabilization {
                        group.rises.wanted(now);
                    }
                }
                if decision.capacity == seen.desired {
                    if group.rises.is_open() && is_tolerated(&decision.reason) {
                        Tally::one_more(&mut group.tally.holds, "managed: inside the tolerance");
                    }
                    return None;
                }
                Some((decision.capacity, "managed".to_owned(), decision.to_string()))
            }
            Err(hold) => {
                Tally::one_more(&mut group.tally.holds, &format!("managed: {hold}"));
                None
            }
        }
    }

    /// What the metrics show.
    fn read(&mut self, fleet: fleet::Counts) {
        // What shows is a minute or two old: an instance that came since must not be multiplied with
        // it, and its warmup outlasts that.
        let counts = Counts { ready: fleet.warmed, missing: fleet.lost, unready: fleet.warming() };
        self.readings.clear();
        let readings = self.gauges.iter().zip(&self.kinds).map(|(gauge, kind)| Reading {
            kind: *kind,
            value: gauge
                .shown()
                .ok_or(BadData::Missing)
                .and_then(|value| MetricValue::from_f64(value).map_err(BadData::from)),
            target: gauge.target(),
            counts,
        });
        self.readings.extend(readings);
    }

    /// What was written down, as far back as it counts.
    fn recall(&mut self, now: u64) {
        let old = |at: u64, memory: u32| now - at > u64::from(memory) + self.interval;
        while self.proposals.front().is_some_and(|(at, _)| {
            old(*at, self.memory.recommendations.0) && self.proposals.len() > 1
        }) {
            self.proposals.pop_front();
        }
        while self.moves.front().is_some_and(|(at, _)| old(*at, self.memory.events.0)) {
            self.moves.pop_front();
        }
        self.recommendations.clear();
        self.recommendations.extend(self.proposals.iter().map(|(at, capacity)| Recommendation {
            capacity: *capacity,
            age: Age::seconds(now - at),
        }));
        self.events.clear();
        self.events.extend(
            self.moves
                .iter()
                .map(|(at, change)| Event { change: *change, age: Age::seconds(now - at) }),
        );
    }
}

/// Whether the metric that decides is too close to its target to act on.
const fn is_tolerated(reason: &Reason) -> bool {
    matches!(reason, Reason::Reading { verdict: Verdict::Tolerated, .. })
}
