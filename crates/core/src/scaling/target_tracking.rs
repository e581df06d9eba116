//! Target tracking, as Auto Scaling does it.
//!
//! Sources: EC2 Auto Scaling user guide, "Target tracking scaling policies" and "How scaling
//! policies work together". AWS publishes the rules and no formula; the proportional size is what
//! the rules imply in both directions, since adding 1.5 adds 2 and removing 1.5 removes 1.

use std::fmt;

use serde::Serialize;

use crate::bounds::Bounds;
use crate::units::{Instances, MetricValue};

/// The size at which the metric would meet its target: `ceil(capacity x metric / target)`.
///
/// A metric below zero counts as zero, a size beyond all bounds as the largest number, and a target
/// that is not above zero asks for nothing (`None`).
#[must_use]
pub fn proportional(
    capacity: Instances,
    metric: MetricValue,
    target: MetricValue,
) -> Option<Instances> {
    let target = u64::try_from(target.micros()).ok().filter(|target| *target > 0)?;
    let metric = u64::try_from(metric.micros()).unwrap_or(0);
    let wanted = match u64::from(capacity).checked_mul(metric) {
        Some(load) => u128::from(load.div_ceil(target)),
        None => (u128::from(capacity) * u128::from(metric)).div_ceil(u128::from(target)),
    };
    Some(Instances::try_from(wanted).unwrap_or(Instances::MAX))
}

/// The threshold of the low alarm: a share of the target, in percent. AWS was seen to use 90 and
/// 70, and rewrites it over time; whoever has the alarm should read it there.
#[must_use]
pub fn low_threshold(target: MetricValue, percent: u8) -> MetricValue {
    target.percent(percent)
}

/// The sizes of a group that target tracking looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// What Auto Scaling steers to.
    pub desired: Instances,
    /// In service and past their warmup: what the metric tells of.
    pub warmed: Instances,
    /// In service, and those that terminate: what a scale-in starts from.
    pub current: Instances,
    /// Whether an instance is launching or warming up.
    pub warming: bool,
    /// Whether the cooldown of the last scale-in still runs. It stands in for a warmup that is not
    /// set.
    pub cooling: bool,
    /// What is allowed.
    pub bounds: Bounds,
}

/// What a target tracking policy sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether the alarm above the target is in `ALARM`.
    pub high: bool,
    /// Whether the alarm below the low threshold is in `ALARM`.
    pub low: bool,
    /// The newest value of the metric; `None` when there is none, or none that is a number.
    pub metric: Option<MetricValue>,
    /// What to hold.
    pub target: MetricValue,
    /// Whether the policy may remove instances. One that may not has no say in a scale-in.
    pub scale_in: bool,
}

/// A new desired capacity, and the policy that won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The new desired capacity, within the bounds.
    pub to: Instances,
    /// The policy, by its place among the readings.
    pub policy: usize,
}

/// Why target tracking does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// No alarm asks for anything.
    Quiet,
    /// The group is at its maximum.
    AtMaximum,
    /// The group is at its minimum.
    AtMinimum,
    /// Nothing is in service, and proportion to nothing is nothing.
    FromZero,
    /// Instances that are on their way are enough.
    OnTheWay,
    /// The alarm has no value that is a number.
    NoData,
    /// Instances launch or warm up, so nothing is removed.
    Warming,
    /// The cooldown of the last scale-in runs.
    Cooldown,
    /// Not every policy agrees to remove instances.
    NotAllAgree,
    /// Without another instance the metric would be above its target.
    WouldOscillate,
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quiet => "no alarm asks for anything",
            Self::AtMaximum => "at the maximum",
            Self::AtMinimum => "at the minimum",
            Self::FromZero => "nothing is in service to be in proportion to",
            Self::OnTheWay => "what is on its way is enough",
            Self::NoData => "the metric has no value",
            Self::Warming => "instances launch or warm up",
            Self::Cooldown => "the cooldown of the last scale-in runs",
            Self::NotAllAgree => "not every policy agrees to scale in",
            Self::WouldOscillate => "one instance less would be above the target",
        })
    }
}

/// What the policies of a group make of it: any may scale out, all must agree to scale in, and the
/// largest size wins.
///
/// # Errors
/// A [`Hold`] when the desired capacity stays.
pub fn decide(sizes: &Sizes, readings: &[Reading]) -> Result<Move, Hold> {
    if readings.iter().any(|reading| reading.high) {
        scale_out(sizes, readings)
    } else {
        scale_in(sizes, readings)
    }
}

fn scale_out(sizes: &Sizes, readings: &[Reading]) -> Result<Move, Hold> {
    if sizes.desired >= sizes.bounds.max {
        return Err(Hold::AtMaximum);
    }
    if sizes.warmed == 0 {
        return Err(if sizes.warming { Hold::OnTheWay } else { Hold::FromZero });
    }
    let high = |reading: &&Reading| reading.high;
    let (to, policy) = largest(sizes.warmed, readings, high)?;
    if to <= sizes.desired {
        return Err(Hold::OnTheWay);
    }
    Ok(Move { to: sizes.bounds.clamp(to), policy })
}

fn scale_in(sizes: &Sizes, readings: &[Reading]) -> Result<Move, Hold> {
    let has_say = |reading: &&Reading| reading.scale_in;
    if !readings.iter().filter(has_say).any(|reading| reading.low) {
        return Err(Hold::Quiet);
    }
    if sizes.desired <= sizes.bounds.min {
        return Err(Hold::AtMinimum);
    }
    if !readings.iter().filter(has_say).all(|reading| reading.low) {
        return Err(Hold::NotAllAgree);
    }
    if sizes.warming {
        return Err(Hold::Warming);
    }
    if sizes.cooling {
        return Err(Hold::Cooldown);
    }
    let (to, policy) = largest(sizes.current, readings, has_say)?;
    if to >= sizes.desired {
        return Err(Hold::WouldOscillate);
    }
    Ok(Move { to: sizes.bounds.clamp(to), policy })
}

/// The largest size that one of some policies asks for, and which. One without data asks for no
/// size at all, and then nothing is decided: a guess could only be too small.
fn largest(
    capacity: Instances,
    readings: &[Reading],
    which: impl Fn(&&Reading) -> bool,
) -> Result<(Instances, usize), Hold> {
    let mut winner: Option<(Instances, usize)> = None;
    for (place, reading) in readings.iter().enumerate() {
        if !which(&reading) {
            continue;
        }
        let metric = reading.metric.ok_or(Hold::NoData)?;
        let wanted = proportional(capacity, metric, reading.target).ok_or(Hold::NoData)?;
        if winner.is_none_or(|(most, _)| wanted > most) {
            winner = Some((wanted, place));
        }
    }
    winner.ok_or(Hold::Quiet)
}

#[cfg(test)]
mod tests;
