//! The port: what the core asks of a cloud.

mod measure;
mod publish;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use serde::Serialize;

pub use measure::{Extent, Point, Query, Series, Window};
pub use publish::{Probe, Sample};

use crate::action::Action;
use crate::world::{Group, Template, Unreachable, World, tag_keys, wake_prefix};

/// A cloud that can be read and changed.
///
/// The same contract holds for every implementation: a region that is down is data and not an
/// error, reads never write, and an action that is repeated changes nothing more.
pub trait Cloud: Sync {
    /// Reads what concerns a platform, regions in parallel.
    fn observe(&self, scope: &Scope) -> impl Future<Output = World> + Send;

    /// Measures in one region, over the whole periods of a window: one series for each query, in
    /// their order.
    ///
    /// What is wrong with one query shows in its series. A region that cannot be asked is data here
    /// as it is in a [`World`].
    fn measure(
        &self,
        region: &str,
        queries: &[Query],
        window: Window,
    ) -> impl Future<Output = Result<Vec<Series>, Unreachable>> + Send;

    /// Publishes samples in one region. A sample that is published twice counts twice in sums, and
    /// nobody sums these.
    fn publish(
        &self,
        region: &str,
        samples: &[Sample],
    ) -> impl Future<Output = Result<(), ActError>> + Send;

    /// Asks an endpoint of a data plane, once and for a few seconds at most.
    fn probe(&self, endpoint: &str) -> impl Future<Output = Probe> + Send;

    /// Carries out one action in one region.
    ///
    /// A create whose answer was lost and that is repeated finds its own resource and succeeds.
    fn act(
        &self,
        region: &str,
        action: &Action,
    ) -> impl Future<Output = Result<Outcome, ActError>> + Send;
}

/// What to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The platform, as the spec names it.
    pub platform: String,
    /// The environment, as the spec names it.
    pub environment: String,
    /// By region name.
    pub regions: BTreeMap<String, RegionScope>,
}

impl Scope {
    /// Whether a group is this platform's and environment's: by its tags, never by its name.
    #[must_use]
    pub fn owns(&self, group: &Group) -> bool {
        group.tag(tag_keys::PLATFORM) == Some(&self.platform)
            && group.tag(tag_keys::ENVIRONMENT) == Some(&self.environment)
    }

    /// What the names of the platform's wake alarms begin with.
    #[must_use]
    pub fn wake_prefix(&self) -> String {
        wake_prefix(&self.platform, &self.environment)
    }

    /// Names that our groups will have in a region, and names of templates that we made there: a
    /// group that is not ours and has such a name is in the way, or would lose its template.
    #[must_use]
    pub fn names_in_question(
        &self,
        wanted: &RegionScope,
        templates: &BTreeMap<String, Template>,
    ) -> BTreeSet<String> {
        let made_by_us = |template: &&Template| {
            let tags = &template.data.volume_tags;
            tags.get(tag_keys::PLATFORM) == Some(&self.platform)
                && tags.get(tag_keys::ENVIRONMENT) == Some(&self.environment)
        };
        let made = templates.values().filter(made_by_us).map(|template| template.name.clone());
        wanted.group_names.iter().cloned().chain(made).collect()
    }
}

/// What to read of one region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a read of its own")]
pub struct RegionScope {
    /// Names that groups will have: who has such a name and is not ours is a namesake. So is who
    /// has the name of a launch template whose volume tags are the platform's and environment's.
    pub group_names: BTreeSet<String>,
    /// Groups whose lifecycle hooks are read: one call each.
    pub hooks_of: BTreeSet<String>,
    /// Whether scaling policies are read.
    pub policies: bool,
    /// Whether target groups are read, without the other resources: the labels of load balancer
    /// metrics are made of them.
    pub target_groups: bool,
    /// Whether subnets, security groups, templates and target groups are read.
    pub resources: bool,
    /// Whether instance types are read; the list is long and changes rarely.
    pub instance_types: bool,
    /// Whether the alarms that wake the controller are read.
    pub alarms: bool,
    /// Whether the health of the targets of our groups is read: one call per target group.
    pub target_health: bool,
}

/// What an action brought about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is done, or was done already.
    Done,
    /// A launch template has this version now.
    TemplateVersion {
        /// The template's name.
        name: String,
        /// The version that holds the wanted data.
        version: u64,
    },
}

/// What a caller can do about a failed call. Source of the classes: the error shapes of the
/// Auto Scaling API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Too many calls: try again, slower. Retries were already spent.
    Throttled,
    /// Another activity holds the resource: try again later.
    Busy,
    /// The caller may not do this, or is nobody.
    Denied,
    /// The resource is gone.
    NotFound,
    /// A quota is reached.
    LimitExceeded,
    /// The name belongs to somebody else.
    Taken,
    /// The request cannot be right.
    Invalid,
    /// No answer, or an answer that makes no sense.
    Unreachable,
    /// Anything else.
    Other,
}

impl ErrorClass {
    /// What an operator does next.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Throttled => {
                "the account's API rate is used up; run the command again in a minute"
            }
            Self::Busy => "another activity holds the resource; run the command again when it ends",
            Self::Denied => "check the credentials (--profile) and the permissions for this call",
            Self::NotFound => "the resource is gone; run plan again",
            Self::LimitExceeded => "ask AWS for a higher quota, or want less",
            Self::Taken => {
                "the name belongs to somebody else; take the resource over with --adopt, or rename"
            }
            Self::Invalid => "the request was refused; correct the spec where the message says so",
            Self::Unreachable => "the API does not answer; run the command again when it does",
            Self::Other => "run the command again; if it stays, look at the message",
        }
    }

    /// Whether a later run of the same command may succeed without any other change.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::Busy | Self::Unreachable)
    }
}

/// An action that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{call} on {resource}: {message}")]
pub struct ActError {
    /// The API call, such as `autoscaling:UpdateAutoScalingGroup`.
    pub call: String,
    /// The resource by its name.
    pub resource: String,
    /// What a caller can do about it.
    pub class: ErrorClass,
    /// The service's own words.
    pub message: String,
}
