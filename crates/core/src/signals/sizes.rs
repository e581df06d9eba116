//! How many instances a group has, by what they do.

use crate::units::{Instances, Seconds};
use crate::world::{Group, TargetTracking};

/// The cooldown that stands in for a warmup that is not set.
/// Source: Auto Scaling API, `DefaultCooldown`.
const DEFAULT_COOLDOWN: Seconds = Seconds(300);

/// Instances of a group, by their lifecycle states. Those that go (`Terminating`, `Detaching`) and
/// those of the warm pool (`Warmed:…`) are none of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    /// In service.
    pub(super) in_service: Instances,
    /// On their way into service.
    pub(super) pending: Instances,
    /// These, and those on standby.
    pub(super) alive: Instances,
}

impl Sizes {
    pub(super) fn of(group: &Group) -> Self {
        let mut sizes = Self::default();
        for instance in &group.instances {
            let state = instance.lifecycle.as_str();
            let goes = ["Terminat", "Detach", "Warmed:"];
            if goes.iter().any(|prefix| state.starts_with(prefix)) {
                continue;
            }
            sizes.alive += 1;
            sizes.in_service += Instances::from(state == "InService");
            sizes.pending += Instances::from(state.starts_with("Pending"));
        }
        sizes
    }
}

/// How long after it came into service an instance does not count for a policy.
pub(super) fn warmup(policy: &TargetTracking, group: &Group) -> Seconds {
    policy.warmup.or(group.settings.warmup).unwrap_or(DEFAULT_COOLDOWN)
}
