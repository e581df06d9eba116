//! Managed: the sizes of managed services, by their metrics.
//!
//! The arithmetic is [`crate::scaling::managed`]; what it remembers comes from the metrics and the
//! tag of [`super::moves`]. A group that was moved within the last interval is left alone: the tag
//! is written before the desired capacity, so whoever reads either of them old acts on the same
//! picture as the move did, and sends the same size again. Who reads both new holds.
//!
//! It never takes the last instance away (law 7): a size of 0 is an operator's to set.

use jiff::Timestamp;

use super::{Effect, Hold, Input, Reflex, Verdict, moves};
use crate::bounds::Bounds;
use crate::scaling::managed::{
    self, BadData, Counts, Demand, Limit, Reading, ReadingKind, Tick, decide,
};
use crate::spec::{Kind, Managed, Mode, Service};
use crate::units::Seconds;
use crate::world::{Group, Policy};

/// The process that lets alarms size a group: who suspends it wants its size to stay.
/// Source: Auto Scaling user guide, "Suspend and resume Amazon EC2 Auto Scaling processes".
const ALARMS: &str = "AlarmNotification";

/// Sizes every managed service.
pub(super) fn rule<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    for (name, service) in input.services() {
        let Mode::Managed(mode) = &service.mode else { continue };
        if service.kind != Kind::Stateless {
            continue;
        }
        let Some(group) = input.group(name) else { continue };
        if let Some(outcome) = size(input, (name, service, mode), group) {
            verdicts.push(Verdict { reflex: Reflex::Managed, about: name, outcome });
        }
    }
}

/// What becomes of one group; `None` when its load asks for nothing else.
fn size(
    input: &Input<'_>,
    (name, service, mode): (&str, &Service, &Managed),
    group: &Group,
) -> Option<Result<Vec<Effect>, Hold>> {
    let Bounds { min, max } = input.effective.get(name).map_or(group.bounds, |it| it.bounds);
    // At a maximum of 0 there is nothing to size; the bounds themselves take the group there.
    if max == 0 {
        return None;
    }
    let current = group.desired;
    let signals = input.signals.get(name);
    let readings = readings(service, |policy| signals.and_then(|it| it.readings.get(policy)));
    let decided = decide(&managed::Input {
        current,
        bounds: Bounds { min: if current > 0 { min.max(1) } else { min }, max },
        behavior: Some(&mode.behavior),
        demand: Demand::Readings(&readings),
        recommendations: signals.map_or(&[], |signals| &signals.proposals),
        events: signals.map_or(&[], |signals| &signals.moves),
        tick: Tick::every(mode.interval),
    });
    let decision = match decided {
        Ok(decision) => decision,
        Err(hold) => return Some(Err(Hold::Undecided(hold))),
    };
    // Outside the bounds the load was not looked at: the bounds take the group there.
    decision.proposal?;
    if decision.capacity == current {
        // Idle at the minimum is how most groups spend most of their time.
        let stays = !matches!(decision.limited_by, Limit::None | Limit::Min);
        return stays.then_some(Err(Hold::Stays(decision)));
    }
    if group.suspended.contains(ALARMS) {
        return Some(Err(Hold::Suspended));
    }
    if let Some(hold) = just_moved(group, mode.interval, input.now) {
        return Some(Err(hold));
    }
    let (from, to, why) = (current, decision.capacity, decision.to_string());
    Some(Ok(vec![Effect::Scale { from, to, why }]))
}

/// A reading for every enabled policy: one that is not among the signals failed (law 2).
fn readings<'a>(service: &Service, known: impl Fn(&str) -> Option<&'a Reading>) -> Vec<Reading> {
    let reading = |(name, policy): (&String, &Policy)| {
        let Policy::TargetTracking(policy) = policy else { return None };
        let failed = || Reading {
            kind: ReadingKind::of(&policy.metric),
            value: Err(BadData::Missing),
            target: policy.target,
            counts: Counts::default(),
        };
        policy.enabled.then(|| known(name).copied().unwrap_or_else(failed))
    };
    service.policies.iter().filter_map(reading).collect()
}

/// A move within the last interval, in whoever's time. A tenth of the interval is left to ticks
/// that come early.
fn just_moved(group: &Group, interval: Seconds, now: Timestamp) -> Option<Hold> {
    let patience = i64::from(interval.0) * 9 / 10;
    let recent = |it: &moves::Move| {
        now.duration_since(it.at).as_secs().unsigned_abs() < patience.unsigned_abs()
    };
    let moves::Move { from, to, .. } = moves::of(group).into_iter().find(recent)?;
    Some(Hold::JustMoved { from, to })
}
