//! Damping: groups that move too often do not shrink for a while.
//!
//! The floor is the desired capacity at which it was noticed. It stays there while the cause lasts:
//! a floor that followed the group up would never let it down again.

use jiff::Timestamp;

use super::{Effect, Finding, Input, Reflex, Verdict, lasting};
use crate::lease::{Cause, Lease};
use crate::units::Instances;
use crate::world::Group;

/// The id of its leases: a group has one at most.
const ID: &str = "damping";

/// Holds every stateless group that moved too often in the last hour. Where the metrics do not tell
/// how often, nothing is granted, and what is in force runs out.
pub(super) fn rule<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    let damping = &input.spec.controller.damping;
    for (name, signals) in input.signals {
        let changes = signals.changes.filter(|changes| *changes > damping.events_per_hour);
        let Some(held) = held(input, name).or_else(|| changes.map(|_| input.now)) else { continue };
        let Some((about, group)) = input.stateless_one(name) else { continue };
        let grant = changes.and_then(|changes| grant(input, group, changes));
        // It is told while it lasts: an alarm on findings asks for several minutes of them.
        let what = match changes {
            Some(changes) => {
                let allowed = damping.events_per_hour;
                format!("moved {changes} times in an hour, {allowed} are allowed")
            }
            None => format!("moved too often, and does not shrink until {held}"),
        };
        let next = "look for a target that is too tight, or policies that disagree".to_owned();
        let finding = Effect::Find(Finding { about: about.to_owned(), what, next });
        let effects = grant.into_iter().chain([finding]).collect();
        verdicts.push(Verdict { reflex: Reflex::Damping, about, outcome: Ok(effects) });
    }
}

/// Until when a service is held, if it is.
fn held(input: &Input<'_>, service: &str) -> Option<Timestamp> {
    let leases = &input.effective.get(service)?.leases;
    let held = leases.iter().find(|it| it.cause == Cause::Damping && it.in_force(input.now))?;
    Some(held.until)
}

/// The lease that holds a group, if it has to be written.
fn grant(input: &Input<'_>, group: &Group, changes: u32) -> Option<Effect> {
    let mut lease = Lease {
        cause: Cause::Damping,
        id: ID.to_owned(),
        floor: Some(group.desired),
        ceiling: None,
        zero: false,
        until: lasting::until(input.now, input.spec.controller.damping.hold),
        by: lasting::BY.to_owned(),
        why: format!("{changes} moves in an hour"),
    };
    let granted = lasting::in_force(group, &lease, input.now);
    let kept: Option<Instances> = granted.as_ref().and_then(|granted| granted.floor);
    lease.floor = kept.or(lease.floor);
    lease.is_due(granted.as_ref(), input.now).then_some(Effect::Grant(lease))
}
