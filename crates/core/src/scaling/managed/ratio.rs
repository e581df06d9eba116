//! Observed over target, as exact fractions.

use std::cmp::Ordering;

use crate::scaling::Behavior;
use crate::units::{Instances, MetricValue};

/// Millionths in one: the scale of [`MetricValue`].
const ONE: i128 = 1_000_000;

/// How far a ratio may be off 1 before it counts, in millionths, by direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    up: i64,
    down: i64,
}

impl Tolerance {
    /// Where nothing is said: 0.1.
    /// Source: `--horizontal-pod-autoscaler-tolerance` of kube-controller-manager.
    const DEFAULT: i64 = 100_000;

    /// The tolerances of a behaviour.
    pub(super) fn of(behavior: Option<&Behavior>) -> Self {
        let of = |given: Option<MetricValue>| given.map_or(Self::DEFAULT, MetricValue::micros);
        Self {
            up: of(behavior.and_then(|behavior| behavior.scale_up.tolerance)),
            down: of(behavior.and_then(|behavior| behavior.scale_down.tolerance)),
        }
    }
}

/// Observed over target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ratio {
    /// In millionths of the metric's unit; 0 or more.
    pub(super) observed: i128,
    /// In millionths of the metric's unit; above 0.
    pub(super) target: i128,
}

impl Ratio {
    /// On which side of 1 it is.
    pub(super) fn side(self) -> Ordering {
        self.observed.cmp(&self.target)
    }

    /// Whether it is inside the tolerance, the edges included.
    pub(super) fn is_within(self, tolerance: Tolerance) -> bool {
        let observed = self.observed * ONE;
        let edge = |share: i128| self.target * share;
        edge(ONE - i128::from(tolerance.down)) <= observed
            && observed <= edge(ONE + i128::from(tolerance.up))
    }

    /// The ratio of so many instances, rounded up.
    pub(super) fn of(self, instances: u64) -> Instances {
        let product = self.observed * i128::from(instances);
        let rest = i128::from(product % self.target > 0);
        Instances::try_from(product / self.target + rest).unwrap_or(Instances::MAX)
    }
}
