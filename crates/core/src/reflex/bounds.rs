//! Bounds: groups follow their effective bounds, and what is over goes.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Effect, Input, Reflex, Verdict};
use crate::bounds::{Declared, Effective};
use crate::lease::{self, Lease, Leases, Settled, Steady};
use crate::spec::Service;
use crate::world::Group;

/// What lets a group follow its leases, together with those that are granted and without those that
/// are dropped.
pub(super) fn settle(
    input: &Input<'_>,
    (name, service): (&str, &Service),
    group: &Group,
    granted: &[Lease],
    dropped: &BTreeSet<String>,
) -> Settled {
    let bounds = input.effective.get(name).map_or(group.bounds, |effective| effective.bounds);
    let untouched = granted.is_empty() && dropped.is_empty() && group.bounds == bounds;
    let untouched = untouched && bounds.clamp(group.desired) == group.desired;
    let most = input.spec.regions.get(input.region).and_then(|it| it.limits.instances_per_service);
    let in_place = |effective: &Effective| {
        let until =
            effective.until.or_else(|| service.schedule.is_empty().then_some(Timestamp::MAX));
        let steady = Steady { scheduled: effective.scheduled, most, until };
        lease::is_settled(group, &steady, input.now)
    };
    let known = input.effective.get(name);
    if untouched && (!lease::has_traces(group) || known.is_some_and(in_place)) {
        return Settled { bounds, actions: Vec::new() };
    }
    let declared = Declared { bounds: service.bounds, schedule: &service.schedule, most };
    lease::settle(group, &declared, granted, dropped, input.now)
}

/// What is said of it, if anything is done.
pub(super) fn verdict<'a>(
    input: &Input<'a>,
    service: &'a str,
    group: &Group,
    settled: &Settled,
) -> Option<Verdict<'a>> {
    // Whatever is over is cleared by an action.
    if settled.actions.is_empty() && group.bounds == settled.bounds {
        return None;
    }
    let mut effects: Vec<Effect> = Vec::new();
    if group.bounds != settled.bounds {
        effects.push(Effect::Follow { from: group.bounds, to: settled.bounds });
    }
    if lease::has_traces(group) {
        let leases = Leases::of(group).readable;
        let over = leases.iter().filter(|lease| !lease.in_force(input.now));
        effects.extend(over.map(|lease| Effect::Drop(lease.key())));
    }
    let verdict = Verdict { reflex: Reflex::Bounds, about: service, outcome: Ok(effects) };
    verdict.outcome.as_ref().is_ok_and(|effects| !effects.is_empty()).then_some(verdict)
}
