//! Step adjustments, as Auto Scaling makes them when an alarm invokes a step policy.
//!
//! Source: "Step and simple scaling policies" of the EC2 Auto Scaling guide, and `StepAdjustment`
//! and `PutScalingPolicyType` of the API.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use crate::bounds::Bounds;
use crate::units::{Instances, MetricValue};
use crate::world::{Adjustment, StepAdjustment, StepScaling};

/// What an adjustment depends on besides its policy.
#[derive(Clone, Copy, Debug)]
pub struct Breach {
    /// The alarm's value; `None` where it has no usable one.
    pub value: Option<MetricValue>,
    /// The alarm's threshold.
    pub threshold: MetricValue,
    /// The desired capacity now.
    pub desired: Instances,
    /// How many of these are still warming up. They count as done when the group grows, so that
    /// several breaches inside one step are one move.
    pub warming: Instances,
    /// The bounds in force.
    pub bounds: Bounds,
}

/// A capacity with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjusted {
    /// The desired capacity, inside the bounds and other than the one now.
    pub capacity: Instances,
    /// The place of the step among the policy's steps.
    pub step: usize,
    /// What the step asks for, before the bounds.
    pub wanted: Instances,
}

/// Why a breach changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum StepHold {
    /// The policy is disabled.
    #[error("the policy is disabled")]
    Disabled,
    /// The alarm has no usable value.
    #[error("the metric has no usable value")]
    NoValue,
    /// No step covers the value. `ExecutePolicy` answers this with an error.
    #[error("no step covers {value} at a threshold of {threshold}")]
    NoStep {
        /// The alarm's value.
        value: MetricValue,
        /// The alarm's threshold.
        threshold: MetricValue,
    },
    /// Instances that are warming up already cover what the step asks for.
    #[error("the step asks for {wanted}, and {desired} with those warming up cover it")]
    Warming {
        /// What the step asks for, from the instances that are warmed up.
        wanted: Instances,
        /// The desired capacity now.
        desired: Instances,
    },
    /// The bounds, or a change of nothing, leave the group as it is.
    #[error("the group stays at {0}")]
    Unchanged(Instances),
}

/// What a policy makes of a breach.
///
/// ```
/// use plimsoll_core::bounds::Bounds;
/// use plimsoll_core::scaling::step::{Breach, adjust};
/// use plimsoll_core::units::MetricValue;
/// use plimsoll_core::world::{Adjustment, Statistic, StepAdjustment, StepScaling};
///
/// let policy = StepScaling {
///     adjustment: Adjustment::PercentChangeInCapacity,
///     min_magnitude: Some(2),
///     aggregation: Statistic::Average,
///     warmup: None,
///     steps: vec![StepAdjustment { lower: Some(MetricValue::whole(0)), upper: None, change: 25 }],
///     enabled: true,
/// };
/// let breach = Breach {
///     value: Some(MetricValue::whole(75)),
///     threshold: MetricValue::whole(60),
///     desired: 4,
///     warming: 0,
///     bounds: Bounds { min: 1, max: 10 },
/// };
/// // A quarter of 4 is 1; the least change is 2.
/// assert_eq!(adjust(&policy, &breach)?.capacity, 6);
/// # Ok::<(), plimsoll_core::scaling::step::StepHold>(())
/// ```
///
/// # Errors
/// A [`StepHold`] when the policy leaves the group as it is.
pub fn adjust(policy: &StepScaling, breach: &Breach) -> Result<Adjusted, StepHold> {
    if !policy.enabled {
        return Err(StepHold::Disabled);
    }
    let Breach { value, threshold, desired, warming, bounds } = *breach;
    let value = value.ok_or(StepHold::NoValue)?;
    let distance = i128::from(value.micros()) - i128::from(threshold.micros());
    let (step, change) =
        covering(&policy.steps, distance).ok_or(StepHold::NoStep { value, threshold })?;
    let wanted = wanted(policy, change, desired, desired.saturating_sub(warming));
    let grows = policy.adjustment != Adjustment::ExactCapacity && change > 0;
    if grows && warming > 0 && wanted <= desired {
        return Err(StepHold::Warming { wanted, desired });
    }
    let capacity = bounds.clamp(wanted);
    // Where the group lies outside its bounds, these could turn the move into its opposite.
    if capacity == desired || capacity.cmp(&desired) != wanted.cmp(&desired) {
        return Err(StepHold::Unchanged(desired));
    }
    Ok(Adjusted { capacity, step, wanted })
}

/// The step that covers a distance, with its change. Above the threshold the lower bound of a step
/// belongs to it, below the threshold the upper one. At the threshold itself it depends on the
/// alarm, whose steps all lie on one side of it; where they lie on both, those above win.
fn covering(steps: &[StepAdjustment], distance: i128) -> Option<(usize, i32)> {
    let find = |covers: &dyn Fn(&StepAdjustment) -> bool| {
        let step = steps.iter().enumerate().find(|(_, step)| covers(step));
        step.map(|(index, step)| (index, step.change))
    };
    let lower = |step: &StepAdjustment| {
        step.lower.map_or(Ordering::Less, |bound| i128::from(bound.micros()).cmp(&distance))
    };
    let upper = |step: &StepAdjustment| {
        step.upper.map_or(Ordering::Greater, |bound| i128::from(bound.micros()).cmp(&distance))
    };
    let above = || find(&|step| lower(step).is_le() && upper(step).is_gt());
    let below = || find(&|step| lower(step).is_lt() && upper(step).is_ge());
    match distance.cmp(&0) {
        Ordering::Greater => above(),
        Ordering::Less => below(),
        Ordering::Equal => above().or_else(below),
    }
}

/// The capacity that a step asks for. What grows is reckoned from the instances that are warmed up,
/// what shrinks from all.
fn wanted(policy: &StepScaling, change: i32, desired: Instances, warmed: Instances) -> Instances {
    let change = i64::from(change);
    let base = i64::from(if change > 0 { warmed } else { desired });
    let wanted = match policy.adjustment {
        Adjustment::ExactCapacity => change,
        Adjustment::ChangeInCapacity => base + change,
        Adjustment::PercentChangeInCapacity => {
            base + percent(base, change, policy.min_magnitude.map_or(0, i64::from))
        }
    };
    Instances::try_from(wanted.max(0)).unwrap_or(Instances::MAX)
}

/// So many percent of a capacity: cut toward zero, but a part of an instance is a whole one.
/// A percentage other than 0 changes the capacity by `least` at least, even if that is 0.
fn percent(capacity: i64, percent: i64, least: i64) -> i64 {
    let hundredths = capacity.saturating_mul(percent);
    let cut = match hundredths / 100 {
        0 => hundredths.signum(),
        whole => whole,
    };
    if cut.abs() < least { percent.signum() * least } else { cut }
}
