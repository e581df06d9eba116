//! Why a reflex does nothing.

use serde::{Serialize, Serializer};

use crate::scaling::managed::{self, BadData};
use crate::units::Instances;

/// Why a reflex does nothing. Each has a [`Hold::code`], which is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// There is nothing to do.
    #[error("nothing to do")]
    Quiet,
    /// The group has as many leases as a group may have.
    #[error("the group has as many leases as it may have; drop one: plimsoll leases")]
    TooManyLeases,
    /// No other region is open.
    #[error("no other region is open, and the last one never closes")]
    LastOpen,
    /// Managed scaling decided to stay although the load asks for another size.
    #[error("{0}")]
    Stays(#[serde(serialize_with = "as_text")] managed::Decision),
    /// Managed scaling decided nothing.
    #[error("{0}")]
    Undecided(#[serde(serialize_with = "as_text")] managed::Hold),
    /// The group was moved a moment ago, and what is seen may be from before.
    #[error("it was moved from {from} to {to} within the last interval; what is seen may be older")]
    JustMoved {
        /// What the desired capacity was.
        from: Instances,
        /// What it became.
        to: Instances,
    },
    /// Somebody suspended what lets alarms size the group; that holds for the controller too.
    #[error("AlarmNotification is suspended on the group; it is sized again when that is resumed")]
    Suspended,
    /// The value of a guard is not known: growth is neither stopped nor allowed again.
    #[error("its guard has {0}; no new ceiling is set, and those in force run out")]
    GuardUnknown(#[serde(serialize_with = "as_text")] BadData),
}

impl Hold {
    /// A short word for it, in metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::TooManyLeases => "too_many_leases",
            Self::LastOpen => "last_open",
            Self::Stays(_) => "stays",
            Self::Undecided(_) => "undecided",
            Self::JustMoved { .. } => "just_moved",
            Self::Suspended => "suspended",
            Self::GuardUnknown(_) => "guard_unknown",
        }
    }
}

fn as_text<S: Serializer>(
    value: &impl std::fmt::Display,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
