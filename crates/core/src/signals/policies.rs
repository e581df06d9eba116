//! What the policies of a service read, and what they ask for.

use super::history::History;
use super::questions::Purpose;
use super::sizes;
use super::track::{Track, Tracks};
use crate::bounds::Bounds;
use crate::scaling::managed::{
    self, Age, BadData, Demand, Memory, Reading, ReadingKind, Recommendation, Tick,
};
use crate::scaling::target_tracking::proportional;
use crate::spec::{Managed, Mode, Service};
use crate::units::{Instances, MetricValue};
use crate::world::{Group, Policy};

/// What an enabled target tracking policy holds.
#[derive(Debug)]
pub(super) struct Tracked<'a> {
    name: &'a str,
    kind: ReadingKind,
    target: MetricValue,
    warmup: i64,
    track: Option<&'a Track>,
}

/// The enabled target tracking policies whose metrics were asked for.
pub(super) fn tracked<'a>(
    name: &str,
    service: &'a Service,
    group: &Group,
    tracks: &'a Tracks<'_>,
) -> Vec<Tracked<'a>> {
    let policies = service.policies.iter().filter_map(|(policy_name, policy)| {
        let Policy::TargetTracking(policy) = policy else { return None };
        let purpose = Purpose::Policy(policy_name.clone());
        let asked = policy.enabled && tracks.was_asked(name, &purpose);
        asked.then(|| Tracked {
            name: policy_name,
            kind: ReadingKind::of(&policy.metric),
            target: policy.target,
            warmup: sizes::warmup(policy, group).0.into(),
            track: tracks.get(name, &purpose),
        })
    });
    policies.collect()
}

/// The newest value of each policy.
pub(super) fn readings(
    tracked: &[Tracked<'_>],
    history: &History<'_>,
    now: i64,
) -> Vec<(String, Reading)> {
    let reading = |policy: &Tracked<'_>| {
        let newest = policy.track.and_then(|track| track.newest(now));
        let (at, value) = newest.unwrap_or((now, Err(BadData::Missing)));
        let counts = history.counts_now(at, policy.warmup, now);
        let reading = Reading { kind: policy.kind, value, target: policy.target, counts };
        (policy.name.to_owned(), reading)
    };
    tracked.iter().map(reading).collect()
}

/// How many instances the load asks for, whatever the bounds are. A policy that is not known can
/// ask for more than the others, so they have the word only where they do not ask for fewer
/// instances than there are.
pub(super) fn wanted(
    tracked: &[Tracked<'_>],
    readings: &[(String, Reading)],
    desired: Instances,
) -> Option<Instances> {
    let asks = |(_, reading): &(String, Reading)| {
        let ready = Some(reading.counts.ready).filter(|ready| *ready > 0)?;
        proportional(ready, reading.value.ok()?, reading.target)
    };
    let asked: Vec<Instances> = readings.iter().filter_map(asks).collect();
    let largest = asked.iter().copied().max()?;
    (asked.len() == tracked.len() || largest >= desired).then_some(largest)
}

/// The raw proposals of earlier ticks, recomputed: one for each interval of the longest
/// stabilisation window. Where the metrics do not reach back so far, the size of the moment before
/// them counts as one, so that a controller that has just begun to see does not shrink a group
/// before the window is over.
pub(super) fn proposals(
    service: &Service,
    tracked: &[Tracked<'_>],
    history: &History<'_>,
    now: i64,
) -> Vec<Recommendation> {
    let Mode::Managed(mode) = &service.mode else { return Vec::new() };
    let interval = i64::from(mode.interval.0.max(1));
    let window = i64::from(Memory::of(Some(&mode.behavior)).recommendations.0);
    let ticks = window / interval;
    let mut proposals = Vec::new();
    let mut oldest = 0;
    let entry = |capacity, tick: i64| {
        let age = Age::seconds(u64::try_from(tick * interval).unwrap_or(0));
        Recommendation { capacity, age }
    };
    for tick in 1..=ticks {
        if let Some(capacity) = proposal(mode, tracked, history, now, tick * interval) {
            proposals.push(entry(capacity, tick));
            oldest = tick;
        }
    }
    if oldest < ticks {
        let before = oldest + 1;
        proposals.push(entry(history.desired_at(now - before * interval), before));
    }
    proposals
}

/// The raw proposal of a tick so many seconds ago, had it seen as much as this one: the values of
/// so many seconds before those that are the newest now.
fn proposal(
    mode: &Managed,
    tracked: &[Tracked<'_>],
    history: &History<'_>,
    now: i64,
    ago: i64,
) -> Option<Instances> {
    let moment = now - ago;
    let readings: Vec<Reading> = tracked
        .iter()
        .map(|policy| {
            let then = policy.track.and_then(|track| {
                let (newest, _) = track.newest(now)?;
                track.fresh_at(newest - ago)
            });
            let (at, value) = then.unwrap_or((moment, Err(BadData::Missing)));
            let counts = history.counts_then(at, policy.warmup, moment);
            Reading { kind: policy.kind, value, target: policy.target, counts }
        })
        .collect();
    let decision = managed::decide(&managed::Input {
        current: history.desired_at(moment),
        bounds: Bounds { min: 0, max: Instances::MAX },
        behavior: Some(&mode.behavior),
        demand: Demand::Readings(&readings),
        recommendations: &[],
        events: &[],
        tick: Tick::every(mode.interval),
    });
    decision.ok()?.proposal
}
