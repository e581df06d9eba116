//! An Auto Scaling group and what hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::Policy;
use crate::bounds::Bounds;
use crate::units::{Instances, Seconds};

/// The tag keys that make a group ours.
pub mod tag_keys {
    /// The platform, as the spec names it.
    pub const PLATFORM: &str = "plimsoll:platform";
    /// The environment, as the spec names it.
    pub const ENVIRONMENT: &str = "plimsoll:environment";
    /// The service, as the spec names it.
    pub const SERVICE: &str = "plimsoll:service";
    /// The part that a group plays, see [`super::Role`].
    pub const ROLE: &str = "plimsoll:role";
    /// All of them, in the order in which a person reads them.
    pub const IDENTITY: [&str; 4] = [PLATFORM, ENVIRONMENT, SERVICE, ROLE];
}

/// An Auto Scaling group as it was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its name: `{platform}-{environment}-{service}-{a|b}`. Never its identity, see [`tag_keys`].
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Minimum and maximum size.
    pub bounds: Bounds,
    /// The size that Auto Scaling steers to. Scaling owns it; the spec does not.
    pub desired: Instances,
    /// What the spec owns and one `UpdateAutoScalingGroup` can change.
    pub settings: GroupSettings,
    /// Id of the launch template. A template that was deleted and made again has its old name and
    /// another id, and the group cannot launch from it until it is pointed there.
    pub template_id: Option<String>,
    /// Tags by key, all of them, other teams' included.
    pub tags: BTreeMap<String, Tag>,
    /// Group metrics that are collected, such as `GroupInServiceInstances`.
    pub metrics: BTreeSet<String>,
    /// Processes that are suspended, such as `AZRebalance`.
    pub suspended: BTreeSet<String>,
    /// ARNs of the target groups that its instances register with.
    pub target_groups: BTreeSet<String>,
    /// Its instances, in any state.
    pub instances: Vec<Instance>,
    /// Scaling policies by name.
    pub policies: BTreeMap<String, Policy>,
    /// Scheduled actions by name.
    pub schedules: BTreeMap<String, ScheduledAction>,
    /// Lifecycle hooks by name; `None` when they were not read.
    pub hooks: Option<BTreeMap<String, LifecycleHook>>,
    /// Its warm pool.
    pub warm_pool: Option<WarmPool>,
    /// Set while AWS deletes the group, in AWS's words.
    pub deleting: Option<String>,
}

impl Group {
    /// The value of a tag.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.get(key).map(|tag| tag.value.as_str())
    }

    /// Whether it is the living active group of a service.
    #[must_use]
    pub fn serves(&self, service: &str) -> bool {
        self.tag(tag_keys::SERVICE) == Some(service)
            && self.tag(tag_keys::ROLE).is_none_or(|role| role == Role::Active.as_str())
            && self.deleting.is_none()
    }

    /// Instances in service.
    #[must_use]
    pub fn in_service(&self) -> usize {
        self.instances.iter().filter(|instance| instance.lifecycle == "InService").count()
    }
}

/// What the spec owns of a group and one `UpdateAutoScalingGroup` call can change, besides bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupSettings {
    /// The launch template; `None` for a group that somebody made with a launch configuration.
    pub template: Option<TemplateRef>,
    /// Ids of the subnets that instances are launched in.
    pub subnets: BTreeSet<String>,
    /// Health checks that replace an instance, such as `EC2` or `ELB`. EC2 checks are always on.
    pub health_checks: BTreeSet<String>,
    /// How long after it came into service an instance is not judged.
    pub health_check_grace: Seconds,
    /// How long after it came into service an instance does not count in metrics;
    /// `None` when it is not set and the default cooldown stands in.
    pub warmup: Option<Seconds>,
    /// In the order in which they are tried.
    pub termination_policies: Vec<String>,
    /// How far replacement may go under and over the desired capacity.
    pub maintenance: Option<MaintenancePolicy>,
    /// What happens when a zone cannot launch.
    pub zones: ZoneDistribution,
    /// Whether new instances are protected from scale-in.
    pub scale_in_protection: bool,
    /// The age at which instances are replaced; `None` for never.
    pub max_instance_lifetime: Option<Seconds>,
}

/// A launch template and the version that a group is pinned to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateRef {
    /// Its name, unique in the region.
    pub name: String,
    /// A version number, or `$Latest` or `$Default`.
    pub version: String,
}

/// A tag of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// The value, at most 256 characters.
    pub value: String,
    /// Whether instances get the tag when they are launched.
    pub propagate: bool,
}

/// The part that a group plays for its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Carries the traffic.
    Active,
    /// Is being rolled out.
    Preview,
    /// Was replaced and waits for the undo window to end.
    Retired,
}

impl Role {
    /// The value of the tag [`tag_keys::ROLE`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Preview => "preview",
            Self::Retired => "retired",
        }
    }
}

/// An instance of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instance {
    /// Such as `i-0abc`.
    pub id: String,
    /// Such as `us-east-1a`.
    pub zone: String,
    /// AWS's lifecycle state, such as `InService` or `Pending:Wait`.
    pub lifecycle: String,
    /// Whether Auto Scaling considers it healthy.
    pub health: HealthStatus,
    /// The template version that it was launched from.
    pub template: Option<TemplateRef>,
}

/// What Auto Scaling thinks of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It stays.
    Healthy,
    /// It will be replaced.
    Unhealthy,
}

/// The instance maintenance policy: percent of the desired capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MaintenancePolicy {
    /// 0 to 100. At 100 a replacement is launched before the old instance ends.
    pub min_healthy_percent: u16,
    /// 100 to 200, and at most 100 above `min_healthy_percent`.
    pub max_healthy_percent: u16,
}

/// What happens when a zone cannot launch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneDistribution {
    /// Another zone launches instead. AWS's default.
    #[default]
    BalancedBestEffort,
    /// The same zone is tried again.
    BalancedOnly,
}

/// A scheduled action: what it sets, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduledAction {
    /// Five fields of cron; `None` for a single time.
    pub recurrence: Option<String>,
    /// An IANA zone in which `recurrence` is read; AWS's default is UTC.
    pub time_zone: Option<String>,
    /// The single time, or the first moment of a recurrence.
    pub start: Option<Timestamp>,
    /// The moment after which a recurrence ends.
    pub end: Option<Timestamp>,
    /// New minimum, when it changes.
    pub min: Option<Instances>,
    /// New maximum, when it changes.
    pub max: Option<Instances>,
    /// New desired capacity, when it changes.
    pub desired: Option<Instances>,
}

/// A lifecycle hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LifecycleHook {
    /// When it holds an instance.
    pub transition: HookTransition,
    /// 30 to 7200 seconds.
    pub heartbeat_timeout: Seconds,
    /// `CONTINUE` or `ABANDON`.
    pub default_result: String,
    /// ARN of the queue or topic that is told.
    pub notification_target: Option<String>,
    /// ARN of the role with which it is told.
    pub role: Option<String>,
}

/// The transition that a lifecycle hook holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HookTransition {
    /// Before an instance comes into service.
    Launch,
    /// Before an instance ends.
    Terminate,
}

/// A pool of prepared instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WarmPool {
    /// Instances kept ready at least.
    pub min: Instances,
    /// Ready and running instances together at most; `None` for the group's maximum.
    pub max_prepared: Option<Instances>,
    /// `Stopped`, `Running` or `Hibernated`.
    pub state: String,
    /// Whether instances go back to the pool on scale-in.
    pub reuse_on_scale_in: bool,
}
