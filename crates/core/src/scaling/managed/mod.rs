//! Managed scaling: the algorithm of the Kubernetes `HorizontalPodAutoscaler` (`autoscaling/v2`) on
//! EC2 groups.
//!
//! ```text
//!   gate ──> a proposal per reading ──> combine ──> stabilise ──> rate ──> clamp ──> Decision
//!    │              │                      │
//!    └─ outside the bounds: Decision       └─ nothing to go by: Hold
//! ```
//!
//! One file per step. [`decide`] is a function of its arguments: the log of earlier proposals and
//! the recent moves are handed in, and the caller writes down what a decision made of them:
//!
//! 1. before the first decision of a group, one [`Recommendation`] of its size as it is, so that a
//!    restarted controller does not shrink it before the window is over;
//! 2. after a [`Decision`], its `proposal` when it has one (the raw one, not what became of it);
//! 3. after its capacity was written and is another one, an [`Event`] with the change.
//!
//! A [`Hold`] is not written down. [`Memory`] says for how long what was written down can count.
//!
//! Source: `pkg/controller/podautoscaler/{horizontal,replica_calculator}.go` of Kubernetes at
//! 003e86297d18a8538c9da3619871393f9703bf70. It differs in five points:
//! - percentages are exact (100 and 10 % are 110, where IEEE doubles make 111 of it);
//! - a metric at the edge of the tolerance is inside it, as in newer Kubernetes;
//! - data that is no number fails its metric, and a metric over no ready instance fails (law 2);
//! - a value of the whole group never moves it against its load, as a mean never does;
//! - ages are compared in whole ticks, so that a late tick decides like a punctual one.

mod age;
mod combine;
mod decision;
mod memory;
mod pace;
mod ratio;
mod reading;
mod stabilize;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

pub use age::{Age, Tick};
pub use decision::{Decision, Hold, Limit, Reason};
pub use memory::Memory;
pub use pace::Event;
pub use reading::{BadData, Counts, Reading, ReadingKind, Verdict};
pub use stabilize::Recommendation;

use super::Behavior;
use crate::bounds::Bounds;
use crate::units::Instances;
use ratio::Tolerance;

/// All that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The desired capacity now.
    pub current: Instances,
    /// The bounds in force. A minimum above the maximum is read as the maximum.
    pub bounds: Bounds,
    /// The pace. `None` is what a `HorizontalPodAutoscaler` without `behavior` does: 300 s of
    /// patience to shrink, and at most the larger of 4 instances and the double in one step.
    pub behavior: Option<&'a Behavior>,
    /// What the load asks for.
    pub demand: Demand<'a>,
    /// The raw proposals of earlier decisions, in any order.
    pub recommendations: &'a [Recommendation],
    /// The moves made under a behaviour, in any order.
    pub events: &'a [Event],
    /// How often decisions are made.
    pub tick: Tick,
}

/// What the load asks for.
#[derive(Clone, Copy, Debug)]
pub enum Demand<'a> {
    /// So many instances.
    Proposal(Instances),
    /// What these readings make of it; the largest proposal wins.
    Readings(&'a [Reading]),
}

/// Decides the capacity of a group.
///
/// Whatever the log holds, the capacity is inside the bounds, and under a behaviour it is never on
/// the other side of `current` than the proposal.
///
/// ```
/// use plimsoll_core::bounds::Bounds;
/// use plimsoll_core::scaling::managed::{Counts, Demand, Input, Reading, ReadingKind, Tick, decide};
/// use plimsoll_core::units::{MetricValue, Seconds};
///
/// let cpu = Reading {
///     kind: ReadingKind::Utilization,
///     value: Ok(MetricValue::whole(90)),
///     target: MetricValue::whole(75),
///     counts: Counts::ready(5),
/// };
/// let decision = decide(&Input {
///     current: 5,
///     bounds: Bounds { min: 1, max: 100 },
///     behavior: None,
///     demand: Demand::Readings(&[cpu]),
///     recommendations: &[],
///     events: &[],
///     tick: Tick::every(Seconds(60)),
/// })?;
/// assert_eq!(decision.capacity, 6);
/// assert_eq!(decision.to_string(), "utilization 90 against target 75 asks for 6");
/// # Ok::<(), plimsoll_core::scaling::managed::Hold>(())
/// ```
///
/// # Errors
/// A [`Hold`] when nothing can be decided: a group that is scaled to zero, or data that is not
/// enough to shrink it.
pub fn decide(input: &Input<'_>) -> Result<Decision, Hold> {
    let Bounds { max, .. } = input.bounds;
    let bounds = Bounds { min: input.bounds.min.min(max), max };
    let input = &Input { bounds, ..*input };
    if let Some(gated) = gate(input)? {
        return Ok(gated);
    }
    let (proposal, reason) = match input.demand {
        Demand::Proposal(proposal) => (proposal, Reason::Proposed(proposal)),
        Demand::Readings(readings) => {
            combine::largest(readings, input.current, Tolerance::of(input.behavior))?
        }
    };
    let stabilized = stabilize::stabilized(input, proposal);
    let (capacity, limit) = pace::paced(input, stabilized);
    let held = limit == Limit::None && stabilized != proposal;
    let limited_by = if held { Limit::Stabilization } else { limit };
    Ok(Decision { capacity, stabilized, proposal: Some(proposal), limited_by, reason })
}

/// What is decided whatever the load is. Outside the bounds neither windows nor rates count, and
/// not even `Disabled` does.
fn gate(input: &Input<'_>) -> Result<Option<Decision>, Hold> {
    let Input { current, bounds: Bounds { min, max }, .. } = *input;
    if current == 0 && min != 0 {
        return Err(Hold::Off { min });
    }
    let to = |capacity, limited_by, reason| {
        Some(Decision { capacity, stabilized: capacity, proposal: None, limited_by, reason })
    };
    Ok(match (current.cmp(&max), current.cmp(&min)) {
        (Ordering::Greater, _) => to(max, Limit::Max, Reason::AboveMax { current, max }),
        (_, Ordering::Less) => to(min, Limit::Min, Reason::BelowMin { current, min }),
        _ => None,
    })
}
