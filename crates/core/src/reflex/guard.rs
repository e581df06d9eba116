//! Guard: services do not grow onto a shared singleton that is full.
//!
//! ```text
//!   below 90 %           nothing; a ceiling in force runs out by itself
//!   90 % to threshold    no new ceiling; one in force is renewed
//!   threshold and above  a ceiling at the desired capacity
//!   unknown              no new ceiling; one in force runs out by itself
//! ```
//!
//! A ceiling at the desired capacity shrinks nothing (law 2). While it is in force it goes down with
//! the group and never up, and as an automatic ceiling it stays at or above the declared minimum. A
//! guard that went blind says nothing of fullness, and growth is what load needs, so a ceiling does
//! not outlive its last renewal.

use super::{Effect, Finding, Hold, Input, Reflex, Verdict, lasting};
use crate::lease::{Cause, Lease};
use crate::spec::{Guard, Kind, Service};
use crate::units::MetricValue;
use crate::world::Group;

/// A ceiling is renewed down to so many percent of the threshold.
const RELEASE: u8 = 90;

/// Watches every service of the region that has a guard.
pub(super) fn rule<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    for (name, service) in input.services() {
        let Some(guard) = &service.guard else { continue };
        let value = input.signals.get(name).and_then(|signals| signals.guarded);
        match value.unwrap_or(Err(crate::scaling::managed::BadData::Missing)) {
            Ok(value) if value < guard.threshold.percent(RELEASE) => {}
            Ok(value) => stop(input, name, guard, value, verdicts),
            Err(why) => {
                let outcome = Err(Hold::GuardUnknown(why));
                verdicts.push(Verdict { reflex: Reflex::Guard, about: name, outcome });
            }
        }
    }
}

/// Keeps the services that lean on a full singleton from growing.
fn stop<'a>(
    input: &Input<'a>,
    guarded: &'a str,
    guard: &Guard,
    value: MetricValue,
    verdicts: &mut Vec<Verdict<'a>>,
) {
    let is_full = value >= guard.threshold;
    let mut holds = false;
    let leans =
        |service: &Service| service.kind == Kind::Stateless && service.uses.contains_key(guarded);
    for (name, _) in input.services().filter(|(_, service)| leans(service)) {
        let Some(group) = input.group(name) else { continue };
        let Some((lease, granted)) = ceiling(input, guarded, group, is_full, value) else {
            continue;
        };
        holds = true;
        if lease.is_due(granted.as_ref(), input.now) {
            let outcome = Ok(vec![Effect::Grant(lease)]);
            verdicts.push(Verdict { reflex: Reflex::Guard, about: name, outcome });
        }
    }
    // It is told while it lasts: an alarm on findings asks for several minutes of them.
    if holds {
        let finding = Finding {
            about: guarded.to_owned(),
            what: format!("its guard reads {value}, {} is its threshold", guard.threshold),
            next: "what leans on it does not grow; give it more room, or raise the threshold"
                .to_owned(),
        };
        let outcome = Ok(vec![Effect::Find(finding)]);
        verdicts.push(Verdict { reflex: Reflex::Guard, about: guarded, outcome });
    }
}

/// The ceiling that a group should have, and the one that it has.
fn ceiling(
    input: &Input<'_>,
    guarded: &str,
    group: &Group,
    is_full: bool,
    value: MetricValue,
) -> Option<(Lease, Option<Lease>)> {
    let mut lease = Lease {
        cause: Cause::Guard,
        id: guarded.to_owned(),
        floor: None,
        ceiling: Some(group.desired.max(1)),
        zero: false,
        until: lasting::until(input.now, input.spec.controller.lease),
        by: lasting::BY.to_owned(),
        why: format!("{guarded} reads {value}"),
    };
    let granted = lasting::in_force(group, &lease, input.now);
    let kept = granted.as_ref().and_then(|granted| granted.ceiling);
    lease.ceiling = match (kept, lease.ceiling) {
        (Some(kept), Some(now)) if is_full => Some(kept.min(now)),
        (Some(kept), _) => Some(kept),
        (None, now) if is_full => now,
        (None, _) => return None,
    };
    Some((lease, granted))
}
