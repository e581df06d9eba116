//! Damping: groups that move too often do not shrink for a while.
//!
//! The floor is the desired capacity at which it was noticed. It stays there while the cause lasts:
//! a floor that followed the group up would never let it down again.

use super::{Effect, Finding, Input, Reflex, Verdict, lasting};
use crate::lease::{Cause, Lease};
use crate::units::Instances;

/// The id of its leases: a group has one at most.
const ID: &str = "damping";

/// Holds every stateless group that moved too often in the last hour. Where the metrics do not tell
/// how often, nothing is granted, and what is in force runs out.
pub(super) fn rule<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    let damping = &input.spec.controller.damping;
    let restless = input.signals.iter().filter_map(|(name, signals)| {
        let changes = signals.changes.filter(|changes| *changes > damping.events_per_hour)?;
        Some((name.as_str(), changes))
    });
    for (name, changes) in restless {
        let Some((about, group)) = input.stateless_one(name) else { continue };
        let mut lease = Lease {
            cause: Cause::Damping,
            id: ID.to_owned(),
            floor: Some(group.desired),
            ceiling: None,
            zero: false,
            until: lasting::until(input.now, damping.hold),
            by: lasting::BY.to_owned(),
            why: format!("{changes} moves in an hour"),
        };
        let granted = lasting::in_force(group, &lease, input.now);
        let kept: Option<Instances> = granted.as_ref().and_then(|granted| granted.floor);
        lease.floor = kept.or(lease.floor);
        if !lease.is_due(granted.as_ref(), input.now) {
            continue;
        }
        let finding = granted.is_none().then(|| {
            Effect::Find(Finding {
                about: about.to_owned(),
                what: format!(
                    "moved {changes} times in an hour, {} are allowed",
                    damping.events_per_hour
                ),
                next: "look for a target that is too tight, or policies that disagree".to_owned(),
            })
        });
        let effects = [Effect::Grant(lease)].into_iter().chain(finding).collect();
        verdicts.push(Verdict { reflex: Reflex::Damping, about, outcome: Ok(effects) });
    }
}
