//! What is: everything that was observed, region by region.
//!
//! A region that cannot be read is [`RegionState::Unreachable`] in the world, and the rest still
//! works. The types of a group's parts (template, policies, schedules) are shared with
//! [`crate::plan`], which lowers the spec to the same types and compares field by field.

mod alarm;
mod group;
mod policy;
mod predefined;
mod template;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use alarm::{ABOVE, Alarm, NOT_BREACHING, Wake, wake_prefix};
pub use group::{
    Group, GroupSettings, HealthStatus, HookTransition, Instance, LifecycleHook, MaintenancePolicy,
    Role, ScheduledAction, Tag, TemplateRef, WarmPool, ZoneDistribution, tag_keys,
};
pub use policy::{
    Adjustment, Metric, MetricQuery, MetricSource, MetricStat, Policy, PredictiveMetric,
    PredictiveMode, PredictiveScaling, Statistic, StepAdjustment, StepScaling, TargetTracking,
};
pub(crate) use template::script_digest;
pub use template::{RootVolume, Template, TemplateData};

use crate::cloud::ErrorClass;

/// What was observed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct World {
    /// By region name, such as `eu-central-1`.
    pub regions: BTreeMap<String, RegionState>,
}

/// One region: what it holds, or why that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionState {
    /// The region answered.
    Observed(Box<Region>),
    /// The region, or part of it, could not be read.
    Unreachable(Unreachable),
}

/// Why a region could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreachable {
    /// The API call that failed, such as `autoscaling:DescribeAutoScalingGroups`.
    pub call: String,
    /// What a caller can do about it.
    pub class: ErrorClass,
    /// The service's own words.
    pub message: String,
}

/// What one region holds that concerns a platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Region {
    /// The groups of this platform and environment, found by their tags.
    pub groups: Vec<Group>,
    /// Groups that are not in `groups` and have a name that the platform wants, or that one of its
    /// launch templates has: a name is taken, or a template is in use.
    pub namesakes: Vec<Group>,
    /// The newest version of every launch template in the region, by name.
    pub templates: BTreeMap<String, Template>,
    /// Subnets.
    pub subnets: Vec<Subnet>,
    /// Security groups.
    pub security_groups: Vec<SecurityGroup>,
    /// Target groups.
    pub target_groups: Vec<TargetGroup>,
    /// Instance types that the region offers; empty unless the scope asked for them.
    pub instance_types: Vec<InstanceType>,
    /// Alarms with names that begin as [`wake_prefix`] says, by name; empty unless the scope asked
    /// for them.
    pub alarms: BTreeMap<String, Alarm>,
    /// Names of the API calls that were made to observe the region, in no particular order.
    pub calls: Vec<String>,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subnet {
    /// Such as `subnet-0abc`.
    pub id: String,
    /// Such as `us-east-1a`.
    pub zone: String,
    /// The VPC it lies in.
    pub vpc: String,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecurityGroup {
    /// Such as `sg-0abc`.
    pub id: String,
    /// The VPC it lies in.
    pub vpc: String,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
}

/// A target group of Elastic Load Balancing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: String,
    /// Its name, unique in the region.
    pub name: String,
    /// The load balancers that forward to it.
    pub load_balancers: BTreeSet<String>,
    /// Ids of the healthy targets; `None` unless the scope asked for target health.
    pub healthy_targets: Option<BTreeSet<String>>,
}

impl TargetGroup {
    /// The label of the predefined metric `ALBRequestCountPerTarget`:
    /// `app/<name>/<id>/targetgroup/<name>/<id>`.
    ///
    /// `None` while no application load balancer forwards to the target group: the metric does
    /// not exist then. Source: Auto Scaling API, `PredefinedMetricSpecification.ResourceLabel`.
    #[must_use]
    pub fn resource_label(&self) -> Option<String> {
        let (load_balancer, target_group) = self.dimensions()?;
        Some(format!("{load_balancer}/{target_group}"))
    }

    /// The dimensions `LoadBalancer` and `TargetGroup` of its metrics: `app/<name>/<id>` and
    /// `targetgroup/<name>/<id>`. `None` while no application load balancer forwards to it.
    /// Source: "CloudWatch metrics for your Application Load Balancer".
    #[must_use]
    pub fn dimensions(&self) -> Option<(&str, &str)> {
        let load_balancer = self
            .load_balancers
            .iter()
            .filter_map(|arn| arn.split_once(":loadbalancer/").map(|(_, tail)| tail))
            .find(|tail| tail.starts_with("app/"))?;
        let (_, target_group) = self.arn.rsplit_once(':')?;
        Some((load_balancer, target_group))
    }
}

/// What an EC2 instance type offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct InstanceType {
    /// Such as `c6i.large`.
    pub name: String,
    /// Virtual CPUs.
    pub vcpus: u32,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Whether CPU above a baseline is bought with credits (the T families).
    pub burstable: bool,
    /// Whether AWS lists it as of the current generation.
    pub current: bool,
    /// Processor architectures, such as `x86_64` and `arm64`.
    pub architectures: BTreeSet<String>,
}
