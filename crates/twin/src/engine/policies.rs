//! What Auto Scaling's policies, or Plimsoll in their place, make of the metrics.

use plimsoll_core::scaling::target_tracking::{Hold, Reading, Sizes, decide};
use plimsoll_core::units::{Instances, MetricValue};
use plimsoll_core::world;

use super::group::{FALLBACK_WARMUP, Group, warmup};
use super::queue::At;
use super::sizing::is_suspended;
use super::tally::Tally;
use super::{Engine, groups};

/// A decision to carry out.
struct Decided {
    at: At,
    to: Instances,
    cause: String,
    why: String,
    /// No scale-in before the default cooldown has passed.
    cools: bool,
}

impl Engine {
    /// Metric periods that end now are closed.
    pub(super) fn end_periods(&mut self) {
        for site in &mut self.sites {
            for group in &mut site.groups {
                group.end_periods(self.now);
            }
        }
    }

    /// Whoever sizes a group decides, when it is time to.
    pub(super) fn decide(&mut self) {
        let now = self.now;
        let mut decided = Vec::new();
        for (place, (site, seen)) in
            self.sites.iter_mut().zip(self.world.regions.values()).enumerate()
        {
            let reads = !site.ails.control_dark;
            // Plimsoll's own calls are refused when too many are made; Auto Scaling makes none.
            let calls = reads && !site.ails.throttled;
            for (index, (group, seen)) in site.groups.iter_mut().zip(groups(seen)).enumerate() {
                let at = At { site: place, group: index };
                let listens = !is_suspended(seen, "AlarmNotification");
                let moved = listens.then(|| alarmed(group, seen, at, now, reads)).flatten();
                // Both would decide by the same size, and the second would undo the first.
                let leaves = moved.is_none();
                decided.extend(moved);
                if let Some(mut managed) = group.managed.take_if(|managed| managed.is_due(now)) {
                    if leaves
                        && let Some((to, cause, why)) = managed.decide(group, seen, now, calls)
                    {
                        decided.push(Decided { at, to, cause, why, cools: false });
                    }
                    group.managed = Some(managed);
                }
            }
        }
        for Decided { at, to, cause, why, cools } in decided {
            if cools {
                self.with(at, |group, _| group.cooling_until = now + FALLBACK_WARMUP);
            }
            self.desire(at, to, &cause, || why);
        }
    }
}

/// What the native policies of a group decide when an alarm invokes them, and the region answers.
fn alarmed(
    group: &mut Group,
    seen: &world::Group,
    at: At,
    now: u64,
    answers: bool,
) -> Option<Decided> {
    if !group.is_invoked(now) {
        if now.is_multiple_of(60) && group.is_blind() {
            group.tally.hold(Hold::NoData);
        }
        return None;
    }
    let decided = native(group, seen, at, now)?;
    if !answers {
        Tally::one_more(&mut group.tally.holds, "the control plane does not answer");
        return None;
    }
    Some(decided)
}

/// What the native policies of a group decide.
fn native(group: &mut Group, seen: &world::Group, at: At, now: u64) -> Option<Decided> {
    let counts = group.fleet.counts();
    let sizes = Sizes {
        desired: seen.desired,
        warmed: counts.warmed,
        current: counts.in_service + counts.terminating,
        warming: counts.warming() > 0,
        cooling: now < group.cooling_until,
        bounds: seen.bounds,
    };
    let readings: Vec<Reading> = group.native.iter().map(super::gauge::Gauge::reading).collect();
    match decide(&sizes, &readings) {
        Ok(moved) => {
            let gauge = group.native.get(moved.policy)?;
            let value = gauge.value().map_or_else(String::new, MetricValue::rounded);
            Some(Decided {
                at,
                to: moved.to,
                cause: format!("policy {}", gauge.policy),
                why: format!("{value} at a target of {}", gauge.target()),
                cools: moved.to < seen.desired && warmup(seen).is_none(),
            })
        }
        Err(Hold::Quiet) => None,
        Err(hold) => {
            group.tally.hold(hold);
            None
        }
    }
}
