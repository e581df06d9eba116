//! Which instance a scale-in terminates.

use plimsoll_core::world::{self, Instance};

use super::fleet::{Fleet, Phase, Unit};

/// The period that Auto Scaling takes an instance to be billed by.
const BILLING_HOUR: u64 = 3_600;

impl Fleet {
    /// The instance to terminate next: from the zone with the most, then as the group's
    /// termination policies say in their order; among equals the first, where AWS leaves it to
    /// chance. `None` when all of them are protected.
    ///
    /// Source: EC2 Auto Scaling user guide, "Configure termination policies".
    pub(crate) fn victim(&self, seen: &world::Group, now: u64) -> Option<u64> {
        let may_go = |unit: &Unit| {
            unit.phase != Phase::Terminating && !unit.protected && !unit.extra && !unit.unhealthy
        };
        let mut left: Vec<(&Unit, &Instance)> =
            self.units.iter().zip(&seen.instances).filter(|(unit, _)| may_go(unit)).collect();
        let in_zone = |(_, instance): &(&Unit, &Instance)| self.in_zone(seen, &instance.zone);
        keep_most(&mut left, in_zone);
        for policy in &seen.settings.termination_policies {
            match policy.as_str() {
                "OldestInstance" => left.truncate(1),
                "NewestInstance" => drop(left.drain(..left.len().saturating_sub(1))),
                "OldestLaunchTemplate" => keep_most(&mut left, age_of_template),
                "ClosestToNextInstanceHour" => keep_most(&mut left, |unit| into_hour(unit, now)),
                "Default" => {
                    keep_most(&mut left, age_of_template);
                    keep_most(&mut left, |unit| into_hour(unit, now));
                }
                // The twin has no launch configurations, purchase options or Lambda functions.
                _ => {}
            }
        }
        left.first().map(|(unit, _)| unit.id)
    }

    /// Unhealthy instances that are not terminated yet, in the order of their launches.
    pub(crate) fn unhealthy(&self) -> Vec<u64> {
        let found = |unit: &&Unit| unit.unhealthy && unit.phase != Phase::Terminating;
        self.units.iter().filter(found).map(|unit| unit.id).collect()
    }
}

/// Keeps those of which something is the most.
fn keep_most<T: Ord>(left: &mut Vec<(&Unit, &Instance)>, of: impl Fn(&(&Unit, &Instance)) -> T) {
    let most = left.iter().map(&of).max();
    left.retain(|candidate| Some(of(candidate)) == most);
}

/// Older versions are more; what has no number counts as the oldest.
fn age_of_template((_, instance): &(&Unit, &Instance)) -> std::cmp::Reverse<Option<u64>> {
    let template = instance.template.as_ref();
    std::cmp::Reverse(template.and_then(|template| template.version.parse().ok()))
}

/// Seconds since its last billing hour began.
fn into_hour((unit, _): &(&Unit, &Instance), now: u64) -> u64 {
    now.saturating_sub(unit.launched) % BILLING_HOUR
}
