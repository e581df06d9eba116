//! What a decision depends on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::bounds::Effective;
use crate::scaling::managed::{BadData, Event, Reading, Recommendation};
use crate::spec::Spec;
use crate::traffic::{Published, Share};
use crate::units::{Instances, MetricValue, Seconds};
use crate::world::Group;

/// All that a decision depends on. It is borrowed: a simulator decides for every minute of a year.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What is wanted.
    pub spec: &'a Spec,
    /// The region whose controller decides. It changes nothing elsewhere.
    pub region: &'a str,
    /// The platform's groups in the region.
    pub groups: &'a [Group],
    /// The bounds of each service as they should be at `now`, schedule and leases included.
    pub effective: &'a BTreeMap<String, Effective>,
    /// What metrics say of each service here.
    pub signals: &'a BTreeMap<String, Signals>,
    /// What is known of every other region of the platform.
    pub peers: &'a BTreeMap<String, Peer>,
    /// Groups that could not launch an instance, as events told since the last decision.
    pub failed_launches: &'a BTreeSet<String>,
    /// The moment of the decision.
    pub now: Timestamp,
}

/// What metrics say of one service in the region. What is not known is `None` and never a zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// The newest value of each enabled target tracking policy, by its name. They are read where
    /// [`crate::signals::is_watched`] says so.
    pub readings: BTreeMap<String, Reading>,
    /// Raw proposals of the recent past, for managed scaling.
    pub proposals: Vec<Recommendation>,
    /// Moves of the recent past, for managed scaling.
    pub moves: Vec<Event>,
    /// How many instances the load asks for, whatever the bounds are. It is known only where
    /// readings are: a service that is not watched steers to what its load asks for.
    pub wanted: Option<Instances>,
    /// Requests per second that the service carries here.
    pub demand: Option<MetricValue>,
    /// Changes of the desired capacity in the last hour.
    pub changes: Option<u32>,
    /// For how long the group has had fewer instances than it steers to, launching ones included.
    /// 0 s when it has all.
    pub short_for: Option<Seconds>,
    /// Percent of 5xx answers among the last requests, unless those are too few to say so.
    pub errors: Option<MetricValue>,
    /// Percent of registered targets that are healthy.
    pub healthy: Option<MetricValue>,
    /// The value of the service's guard, or why there is none; `None` without a guard.
    pub guarded: Option<Result<MetricValue, BadData>>,
}

/// What is known of another region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Peer {
    /// Whether its controller is heard.
    pub pulse: Pulse,
    /// What speaks for and against its data plane.
    pub evidence: Evidence,
    /// What it published of its services, as far as it was read and is fresh.
    pub loads: BTreeMap<String, Load>,
    /// The share of its traffic that this controller published last.
    pub judged: Option<Published>,
    /// The share of OUR traffic that its controller published last.
    pub judges_us: Option<Published>,
    /// Whether it says that it holds the database primary, as far as it was read.
    pub is_primary: Option<bool>,
}

impl Peer {
    /// Whether anything speaks against it, or it is dark.
    #[must_use]
    pub fn is_troubled(&self) -> bool {
        matches!(self.pulse, Pulse::Silent | Pulse::Unreadable)
            || self.evidence.impaired(Seconds(0)).is_some()
    }

    /// Whether its share was lowered by this controller.
    #[must_use]
    pub fn is_lowered(&self) -> bool {
        self.judged.is_some_and(|published| published.share < Share::OPEN)
    }
}

/// Whether a controller is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pulse {
    /// It published within the last minutes.
    Heard,
    /// It published before, and not any more.
    Silent,
    /// Its region's API does not answer. That alone moves no traffic (law 9).
    Unreadable,
    /// Its region's API answers, and refuses to tell: a permission is missing, which a person mends.
    Refused,
    /// It was never heard in the time that was read: it may not be there at all.
    Never,
}

/// What speaks for and against a region's data plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Its endpoint, asked from here.
    pub endpoint: Condition,
    /// Its 5xx answers, as its own metrics tell.
    pub errors: Condition,
    /// Its healthy targets, as its own metrics tell.
    pub healthy: Condition,
}

/// What one kind of evidence says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Nothing: there is no data, or too little.
    #[default]
    Unknown,
    /// Nothing: no endpoint answers this controller, so it is the one that is cut off.
    CutOff,
    /// Well, for so long.
    Well(Seconds),
    /// Impaired, for so long.
    Impaired(Seconds),
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::CutOff => f.write_str("cannot be judged, since none answers"),
            Self::Well(Seconds(0)) => f.write_str("well since this minute"),
            Self::Impaired(Seconds(0)) => f.write_str("impaired since this minute"),
            Self::Well(span) => write!(f, "well for {span}"),
            Self::Impaired(span) => write!(f, "impaired for {span}"),
        }
    }
}

impl Condition {
    /// Whether it has been impaired for at least so long.
    #[must_use]
    pub fn is_impaired(self, after: Seconds) -> bool {
        matches!(self, Self::Impaired(span) if span >= after)
    }
}

impl Evidence {
    /// The three kinds with their names, strongest first.
    #[must_use]
    pub const fn each(self) -> [(&'static str, Condition); 3] {
        [("endpoint", self.endpoint), ("errors", self.errors), ("healthy targets", self.healthy)]
    }

    /// The kind that has been impaired for at least so long.
    #[must_use]
    pub fn impaired(self, after: Seconds) -> Option<&'static str> {
        let found = self.each().into_iter().find(|(_, condition)| condition.is_impaired(after));
        found.map(|(name, _)| name)
    }

    /// Whether anything is known.
    #[must_use]
    pub fn is_known(self) -> bool {
        let known = |(_, it)| matches!(it, Condition::Well(_) | Condition::Impaired(_));
        self.each().into_iter().any(known)
    }

    /// Whether something is known, nothing is impaired, and all that is known has been well for at
    /// least so long.
    #[must_use]
    pub fn is_well(self, span: Seconds) -> bool {
        let mut known = false;
        for (_, condition) in self.each() {
            match condition {
                Condition::Unknown | Condition::CutOff => {}
                Condition::Well(well) if well >= span => known = true,
                Condition::Well(_) | Condition::Impaired(_) => return false,
            }
        }
        known
    }
}

/// What a region's controller publishes of one service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Instances that the load asks for, whatever the bounds are.
    pub wanted: Instances,
    /// Whether `wanted` is no news: what fits is not known then.
    pub stale: bool,
    /// Instances that are missing and will not come: the group is at its maximum, or cannot launch.
    pub shortage: Instances,
    /// Instances by which the load could grow: `wanted + headroom - shortage` is what it can carry.
    pub headroom: Instances,
    /// Requests per second, if they are counted.
    pub demand: Option<MetricValue>,
    /// The most that it was in the last hour: what a region carried before it went dark.
    pub peak: Peak,
}

/// The most that a load was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Peak {
    /// Instances that it asked for.
    pub wanted: Instances,
    /// Requests per second, if they are counted.
    pub demand: Option<MetricValue>,
}
