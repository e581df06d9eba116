//! Why a reflex does nothing.

use serde::Serialize;

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
    /// Managed scaling decided to stay, for the reason given.
    #[error("{0}")]
    Stays(String),
    /// Managed scaling decided nothing.
    #[error("{0}")]
    Undecided(String),
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
        }
    }
}
