//! What comes out of managed scaling.

use std::fmt;

use super::reading::{BadData, ReadingKind, Verdict};
use crate::units::{Instances, MetricValue};

/// A capacity with its reason. It may be the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The desired capacity.
    pub capacity: Instances,
    /// What the recent proposals allowed, before rates and bounds.
    pub stabilized: Instances,
    /// The raw proposal, to be logged. `None` when the load was not looked at.
    pub proposal: Option<Instances>,
    /// What kept the capacity from the proposal.
    pub limited_by: Limit,
    /// Where the proposal comes from.
    pub reason: Reason,
}

/// What kept a capacity from its proposal; where several things did, the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Nothing did.
    None,
    /// Proposals of a stabilisation window.
    Stabilization,
    /// The rate policies of its direction or, without a behaviour, the largest single step.
    Rate,
    /// `selectPolicy: Disabled` in its direction.
    Disabled,
    /// The maximum.
    Max,
    /// The minimum.
    Min,
}

/// Where a proposal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The group is larger than it may be; the load was not looked at.
    AboveMax {
        /// Its size.
        current: Instances,
        /// Its maximum.
        max: Instances,
    },
    /// The group is smaller than it may be; the load was not looked at.
    BelowMin {
        /// Its size.
        current: Instances,
        /// Its minimum.
        min: Instances,
    },
    /// It was handed in.
    Proposed(Instances),
    /// One reading asks for as much as any other, or more.
    Reading {
        /// Its place among the readings.
        index: usize,
        /// What its value is.
        kind: ReadingKind,
        /// Its value.
        value: MetricValue,
        /// What the value should be.
        target: MetricValue,
        /// What it asks for.
        verdict: Verdict,
    },
}

/// Why nothing was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Hold {
    /// Somebody scaled the group to zero, and its minimum does not say that it scales from there.
    #[error("scaling is off: current is 0 and min is {min}; set either to end this")]
    Off {
        /// Its minimum.
        min: Instances,
    },
    /// There is nothing to go by.
    #[error("there is no metric")]
    NoReading,
    /// Every metric failed.
    #[error("every metric failed, the first with {why}")]
    AllFailed {
        /// How many there are.
        failed: usize,
        /// Why the first failed.
        why: BadData,
    },
    /// Some metrics failed, and what the others say would shrink the group.
    #[error(
        "{failed} of {of} metrics failed, the first with {why}; the rest ask for {rest} of \
         {current}, and a group shrinks only by all its metrics"
    )]
    SomeFailed {
        /// How many failed.
        failed: usize,
        /// How many there are.
        of: usize,
        /// Why the first failed.
        why: BadData,
        /// What the others ask for.
        rest: Instances,
        /// The size of the group.
        current: Instances,
    },
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { capacity, stabilized, .. } = self;
        write!(f, "{}", self.reason)?;
        let Some(proposal) = self.proposal else { return Ok(()) };
        if *stabilized != proposal {
            write!(f, "; recent proposals allow {stabilized}")?;
        }
        match self.limited_by {
            Limit::None | Limit::Stabilization => Ok(()),
            Limit::Rate => write!(f, "; the rate allows {capacity}"),
            Limit::Disabled => f.write_str("; this direction is disabled"),
            Limit::Max => write!(f, "; max is {capacity}"),
            Limit::Min => write!(f, "; min is {capacity}"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Stabilization => "stabilization",
            Self::Rate => "rate",
            Self::Disabled => "disabled",
            Self::Max => "max",
            Self::Min => "min",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AboveMax { current, max } => write!(f, "current {current} is above max {max}"),
            Self::BelowMin { current, min } => write!(f, "current {current} is below min {min}"),
            Self::Proposed(proposal) => write!(f, "the proposal is {proposal}"),
            Self::Reading { kind, value, target, verdict, .. } => {
                write!(f, "{kind} {value} against target {target} {verdict}")
            }
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asks(instances) => write!(f, "asks for {instances}"),
            Self::Tolerated => f.write_str("is inside the tolerance"),
            Self::Doubtful => f.write_str("may be turned by missing or unready instances"),
        }
    }
}
