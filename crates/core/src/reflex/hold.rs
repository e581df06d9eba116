//! Why a reflex does nothing.

use serde::{Serialize, Serializer};

use crate::scaling::managed::{self, BadData};
use crate::units::Instances;

/// Why a reflex does nothing. Each has a [`Hold::code`], which is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// The group has as many leases as a group may have.
    #[error(
        "the group has as many leases as it may have; plimsoll status lists them: delete the tag of one"
    )]
    TooManyLeases,
    /// No other region is open.
    #[error("no other region is open, and the last one never closes")]
    LastOpen,
    /// The API of a region does not answer, and nothing speaks against its data plane.
    #[error("its API does not answer, and that alone moves no traffic; look at its endpoint")]
    UnreachableAlone,
    /// The controller of a region is silent, and nothing speaks against its data plane.
    #[error("its controller is silent, and that alone moves no traffic; look at its controller")]
    SilentAlone,
    /// No endpoint answers: this controller is the one that is cut off.
    #[error(
        "no endpoint answers this controller, so endpoints prove nothing; look at its own region"
    )]
    CutOff,
    /// Something speaks against a region's data plane, and not for long enough.
    #[error("its data plane is impaired, and not yet for long enough; wait for `failover.after`")]
    Young,
    /// Too little is known of a region to judge it.
    #[error(
        "too little is known of it, so its traffic stays as it is; look at its endpoint and controller"
    )]
    NoEvidence,
    /// Capacity for the load of another region is not in service.
    #[error(
        "capacity for its load is not in service: {missing} instances are missing; look at the launches here"
    )]
    Preparing {
        /// Instances that are missing, over all services.
        missing: u32,
    },
    /// No region has room for what another cannot carry.
    #[error("no region has room for what it cannot carry; raise a maximum")]
    NoHeadroom,
    /// A region whose traffic returns carries no more, and others have room for the rest.
    #[error("it carries no more of its traffic, and others carry the rest; raise its maximum")]
    CarriesNoMore,
    /// A share changed a moment ago.
    #[error("its share changed a moment ago, and what comes of it is not seen yet")]
    Settling,
    /// This region's data plane is impaired as well.
    #[error(
        "this region is impaired as well, so no traffic is moved here; look at this region first"
    )]
    NotBetterHere,
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
            Self::TooManyLeases => "too_many_leases",
            Self::LastOpen => "last_open",
            Self::UnreachableAlone => "unreachable_alone",
            Self::SilentAlone => "silent_alone",
            Self::CutOff => "cut_off",
            Self::Young => "young",
            Self::NoEvidence => "no_evidence",
            Self::Preparing { .. } => "preparing",
            Self::NoHeadroom => "no_headroom",
            Self::CarriesNoMore => "carries_no_more",
            Self::Settling => "settling",
            Self::NotBetterHere => "not_better_here",
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
