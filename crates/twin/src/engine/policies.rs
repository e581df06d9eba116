//! What Auto Scaling's policies, or Plimsoll in their place, make of the metrics.

use plimsoll_core::scaling::target_tracking::{Hold, Reading, Sizes, decide};
use plimsoll_core::units::{Instances, MetricValue};
use plimsoll_core::world;

use super::group::{FALLBACK_WARMUP, Group};
use super::queue::At;
use super::tally::Tally;
use super::{Engine, groups};
use crate::outcome::MarkKind;

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
    /// Metric periods that end now are closed, and whoever sizes a group decides.
    pub(super) fn decide(&mut self) {
        let now = self.now;
        let mut decided = Vec::new();
        for (place, (site, seen)) in
            self.sites.iter_mut().zip(self.world.regions.values()).enumerate()
        {
            let reads = !site.ails.control_dark;
            for (index, (group, seen)) in site.groups.iter_mut().zip(groups(seen)).enumerate() {
                let asked = group.end_periods(now);
                let at = At { site: place, group: index };
                // Auto Scaling is invoked once a minute while an alarm asks for something.
                if asked && now.is_multiple_of(60) && reads && !is_deaf(seen) {
                    decided.extend(native(group, seen, at, now));
                }
                if let Some(mut managed) = group.managed.take_if(|managed| managed.is_due(now)) {
                    if let Some((to, cause, why)) = managed.decide(group, seen, now, reads) {
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

    /// A group has a new desired capacity.
    pub(super) fn desire(
        &mut self,
        at: At,
        to: Instances,
        cause: &str,
        why: impl FnOnce() -> String,
    ) {
        let now = self.now;
        let mut before = to;
        self.with(at, |group, seen| {
            before = std::mem::replace(&mut seen.desired, to);
            if before == to {
                return;
            }
            group.tally.events += 1;
            Tally::one_more(&mut group.tally.drivers, cause);
            if let Some(strip) = &mut group.strip {
                strip.desire(to);
            }
            if let Some(managed) = &mut group.managed {
                managed.moved(now, before, to);
            }
            if to > before {
                group.rises.decided(now, to);
            }
        });
        if before != to {
            let kind = if to > before { MarkKind::ScaleOut } else { MarkKind::ScaleIn };
            self.mark(at, kind, || {
                let why = why();
                let gap = if why.is_empty() { "" } else { ", " };
                format!("{before} -> {to}: {cause}{gap}{why}")
            });
            self.reconcile_soon(at);
        }
    }
}

/// Whether alarms reach no policy of the group.
fn is_deaf(seen: &world::Group) -> bool {
    seen.suspended.contains("AlarmNotification")
}

/// What the native policies of a group decide.
fn native(group: &mut Group, seen: &world::Group, at: At, now: u64) -> Option<Decided> {
    let counts = group.fleet.counts();
    let sizes = Sizes {
        desired: seen.desired,
        warmed: counts.warmed,
        current: counts.in_service + counts.terminating,
        warming: counts.pending > 0 || counts.warmed + counts.dead < counts.in_service,
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
                cools: moved.to < seen.desired && super::group::warmup_of(seen).is_none(),
            })
        }
        Err(Hold::Quiet) => None,
        Err(hold) => {
            group.tally.hold(hold);
            None
        }
    }
}
