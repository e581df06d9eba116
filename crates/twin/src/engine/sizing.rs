//! How many instances Auto Scaling launches and terminates at a moment.
//!
//! An unhealthy instance is terminated and then replaced, unless the group's instance maintenance
//! policy wants all of its capacity healthy: then the replacement comes first, and the unhealthy
//! instance goes when it is in service. Sources: EC2 Auto Scaling user guide, "Suspend and resume
//! processes" and "Instance maintenance policies".

use plimsoll_core::units::Instances;
use plimsoll_core::world;

use super::fleet::Counts;

/// How the size of a group differs from what it should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Unhealthy instances to terminate.
    pub(crate) unhealthy: Instances,
    /// Other instances to terminate.
    pub(crate) surplus: Instances,
    /// Instances to launch.
    pub(crate) missing: Instances,
}

/// How the size of a group differs from what it should be.
pub(crate) fn difference(counts: Counts, seen: &world::Group) -> Difference {
    let desired = seen.desired;
    let live = counts.live() - counts.extra;
    let replaced = if is_suspended(seen, "ReplaceUnhealthy") { 0 } else { counts.unhealthy };
    let first = launches_first(seen).filter(|_| replaced > 0);
    // One that waits for its replacement does not count.
    let (unhealthy, waiting) = match first {
        Some(_) => {
            let spare = counts.in_service.saturating_sub(desired).min(replaced);
            (spare, replaced - spare)
        }
        // When none is replaced, a smaller size takes the unhealthy ones first.
        None if replaced == 0 => (live.saturating_sub(desired).min(counts.unhealthy), 0),
        None => (replaced, 0),
    };
    let most = first.map_or(desired, |percent| {
        let most = u64::from(desired) * u64::from(percent) / 100;
        Instances::try_from(most).unwrap_or(Instances::MAX).max(desired.saturating_add(1))
    });
    let left = live - unhealthy;
    let healthy = left - waiting;
    Difference {
        unhealthy,
        surplus: healthy.saturating_sub(desired),
        missing: desired.saturating_sub(healthy).min(most.saturating_sub(left)),
    }
}

/// The largest size while instances are replaced, in percent of the desired capacity, when
/// replacements are launched first.
fn launches_first(seen: &world::Group) -> Option<u16> {
    let policy = seen.settings.maintenance.filter(|policy| policy.min_healthy_percent >= 100)?;
    Some(policy.max_healthy_percent)
}

/// Whether a process of a group is suspended.
pub(crate) fn is_suspended(seen: &world::Group, process: &str) -> bool {
    seen.suspended.contains(process)
}
