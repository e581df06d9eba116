//! What a reflex brings about, and what it tells a person.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::bounds::Bounds;
use crate::lease::Lease;
use crate::traffic::Share;
use crate::units::Instances;

/// One thing that a reflex wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Grants or renews a lease on the group of the verdict's service.
    Grant(Lease),
    /// Gives the group other bounds, those of its leases and its schedule.
    Follow {
        /// What they are.
        from: Bounds,
        /// What they will be.
        to: Bounds,
    },
    /// Gives up the lease with this key.
    Drop(String),
    /// Sets the desired capacity of a managed service.
    Scale {
        /// What it is.
        from: Instances,
        /// What it will be; within the effective bounds.
        to: Instances,
        /// Why, in a person's words.
        why: String,
    },
    /// Remembers that the group cannot get what it needs.
    Remember(Shortage),
    /// Publishes the share of a peer's traffic.
    Judge {
        /// The peer.
        region: String,
        /// Its share.
        share: Share,
    },
    /// Tells a person.
    Find(Finding),
}

/// A group that cannot get what it needs, remembered in a tag until it expires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shortage {
    /// Why.
    pub why: Scarcity,
    /// Instances that are missing; at least 1.
    pub missing: Instances,
    /// The first moment at which it is forgotten, in whole seconds.
    pub until: Timestamp,
}

/// Why a group cannot get what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scarcity {
    /// It is at its maximum and hot.
    AtMaximum,
    /// It cannot launch.
    CannotLaunch,
}

/// Something that a person should know, with what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about: a region or a service.
    pub about: String,
    /// What is the case.
    pub what: String,
    /// What a person does next.
    pub next: String,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grant(lease) => write!(f, "grant {lease}"),
            Self::Follow { from, to } => {
                write!(f, "bounds {}..{} -> {}..{}", from.min, from.max, to.min, to.max)
            }
            Self::Drop(key) => write!(f, "drop {key}"),
            Self::Scale { from, to, why } => write!(f, "desired {from} -> {to}: {why}"),
            Self::Remember(shortage) => write!(f, "remember {shortage}"),
            Self::Judge { region, share } => write!(f, "{region} keeps {share} of its traffic"),
            Self::Find(finding) => finding.fmt(f),
        }
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, missing, until } = self;
        let why = match why {
            Scarcity::AtMaximum => "at its maximum and hot",
            Scarcity::CannotLaunch => "cannot launch",
        };
        write!(f, "{missing} missing, {why}, until {until}")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.about, self.what, self.next)
    }
}
