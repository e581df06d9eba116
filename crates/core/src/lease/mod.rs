//! Leases: other bounds for a while.
//!
//! ```text
//!   granted ──> tag on the group ──> effective bounds ──> AWS
//!                    │                                     ^
//!                    └──> plimsoll-lease-end, at expiry ───┘   even if nothing of ours runs
//! ```
//!
//! Whoever wants other bounds for a while grants a lease; nobody edits bounds. A lease is one tag
//! of the group, so its state is where its effect is, and two writers never share a key. How leases
//! combine is [`Limits`]; what a group needs to follow them is [`settle`].

mod limits;
mod settle;
mod steady;
mod tag;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

pub use limits::Limits;
pub use settle::{END, Settled, is_end, settle};
pub use steady::{Steady, is_settled};
pub use tag::{KEY_PREFIX, Leases, Unreadable, has_traces, leases_of};

use crate::units::Instances;

/// Most leases of one group. AWS allows 50 tags, and the spec leaves so many of them.
pub const MOST: usize = 8;

/// A temporary floor, ceiling or both on a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Lease {
    /// Why it was granted.
    pub cause: Cause,
    /// Tells leases of one cause apart: the region that an overflow relieves, an operator's
    /// incident. Letters, digits, `-`, `_` and `.`; 32 at most.
    pub id: String,
    /// At least so many instances, as far as the maximum allows.
    pub floor: Option<Instances>,
    /// At most so many instances.
    pub ceiling: Option<Instances>,
    /// Whether somebody confirmed by name that the ceiling may be 0. Without that it is 1.
    pub zero: bool,
    /// The first moment at which it is no longer in force, in whole seconds.
    pub until: Timestamp,
    /// Who granted it: a session name.
    pub by: String,
    /// The first characters of the reason; the whole is in the record of the decision.
    pub why: String,
}

/// Why a lease was granted, and with that how strong it is. No command grants an operator's lease
/// yet: a person writes the tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An operator set a size.
    Scale,
    /// An operator expects or meets a rush.
    Surge,
    /// An operator works on a service.
    Maintain,
    /// An operator moves a region's load away.
    Evacuate,
    /// An operator holds everything as it is.
    Pause,
    /// A neighbour has more load than it can carry.
    Overflow,
    /// A neighbour's data plane is impaired.
    Failover,
    /// Any one region may vanish.
    Standing,
    /// A neighbour is dark: quiet traffic is not read as low demand.
    Dark,
    /// The group moved too often.
    Damping,
    /// A shared singleton has too many connections.
    Guard,
}

impl Cause {
    /// All of them, in the order of the tag keys that they make.
    pub const ALL: [Self; 11] = [
        Self::Scale,
        Self::Surge,
        Self::Maintain,
        Self::Evacuate,
        Self::Pause,
        Self::Overflow,
        Self::Failover,
        Self::Standing,
        Self::Dark,
        Self::Damping,
        Self::Guard,
    ];

    /// The word in a tag key.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::Surge => "surge",
            Self::Maintain => "maintain",
            Self::Evacuate => "evacuate",
            Self::Pause => "pause",
            Self::Overflow => "overflow",
            Self::Failover => "failover",
            Self::Standing => "standing",
            Self::Dark => "dark",
            Self::Damping => "damping",
            Self::Guard => "guard",
        }
    }

    /// Whether a person granted it: that is stronger than any automatic lease.
    #[must_use]
    pub const fn is_operator(self) -> bool {
        match self {
            Self::Scale | Self::Surge | Self::Maintain | Self::Evacuate | Self::Pause => true,
            Self::Overflow
            | Self::Failover
            | Self::Standing
            | Self::Dark
            | Self::Damping
            | Self::Guard => false,
        }
    }
}

impl Lease {
    /// Whether it is in force.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// Whether it has to be written: it is not there, says something else, or is in the last third of
    /// its life. `granted` is what the group has under the same key.
    #[must_use]
    pub fn is_due(&self, granted: Option<&Self>, now: Timestamp) -> bool {
        granted.is_none_or(|granted| {
            let left = granted.until.duration_since(now).as_secs();
            let whole = self.until.duration_since(now).as_secs();
            (granted.floor, granted.ceiling) != (self.floor, self.ceiling) || left * 3 <= whole
        })
    }

    /// The ceiling as it counts: 0 takes a confirmation.
    #[must_use]
    pub fn allowed(&self) -> Option<Instances> {
        self.ceiling.map(|ceiling| if self.zero { ceiling } else { ceiling.max(1) })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}:", self.cause, self.id)?;
        if let Some(floor) = self.floor {
            write!(f, " at least {floor}")?;
        }
        if let Some(ceiling) = self.allowed() {
            let and = if self.floor.is_some() { "," } else { "" };
            write!(f, "{and} at most {ceiling}")?;
        }
        write!(f, " until {} by {}", self.until, self.by)?;
        if self.why.is_empty() { Ok(()) } else { write!(f, " ({})", self.why) }
    }
}
