//! A spec that is valid by construction: one environment, every layer merged, every default filled
//! in. Parts that Auto Scaling stores have the types of [`crate::world`], so that a plan compares
//! like with like.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use super::document::{
    Database, FailoverMode, Fits, Kind, Machine, RegionLimits, Selector, Signal, Use,
};
use super::problem::Place;
use crate::bounds::Bounds;
use crate::scaling::Behavior;
use crate::units::{HourlyPrice, MetricValue, Seconds};
use crate::world::{
    LifecycleHook, MaintenancePolicy, Metric, Policy, RootVolume, ScheduledAction, Tag,
    TargetTracking, WarmPool, ZoneDistribution,
};

/// A platform in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spec {
    /// The first part of every name in AWS.
    pub platform: String,
    /// The second part of every name in AWS.
    pub environment: String,
    /// Twelve digits.
    pub account: String,
    /// How the controller looks after the platform.
    pub controller: Controller,
    /// By region name.
    pub regions: BTreeMap<String, Region>,
    /// The name of the overlay that was laid over the environment, if any.
    #[serde(skip)]
    pub overlay: Option<String>,
}

/// A region of a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Region {
    /// What the region's database is.
    pub database: Option<Database>,
    /// The region's share of the traffic, relative to the other regions' weights.
    pub traffic_weight: u32,
    /// An address of its data plane that answers when it is well.
    pub endpoint: Option<String>,
    /// What is never exceeded.
    pub limits: RegionLimits,
    /// By service name.
    pub services: BTreeMap<String, Service>,
}

/// A service in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Whether it can be scaled out.
    pub kind: Kind,
    /// Its bounds while no schedule entry is in force.
    pub bounds: Bounds,
    /// Schedule entries by name, past single moments included.
    pub schedule: BTreeMap<String, ScheduledAction>,
    /// Who decides its size.
    pub mode: Mode,
    /// Policies by name; those of a managed service are its metrics with their targets, and Auto
    /// Scaling does not get them: see [`Service::native_policies`]. Dimensions may hold `${group}`, and labels are not filled in: both are
    /// known when the world is.
    pub policies: BTreeMap<String, Policy>,
    /// Lifecycle hooks by name.
    pub hooks: BTreeMap<String, LifecycleHook>,
    /// A pool of prepared instances.
    pub warm_pool: Option<WarmPool>,
    /// Group metrics to collect.
    pub metrics: BTreeSet<String>,
    /// Suspended processes.
    pub suspended: BTreeSet<String>,
    /// Tags of the group besides its identity.
    pub tags: BTreeMap<String, Tag>,
    /// Where instances are launched.
    pub subnets: Selector,
    /// Their security groups.
    pub security_groups: Selector,
    /// The target group, by name or ARN.
    pub target_group: Option<String>,
    /// The listener rule, by Name tag or ARN.
    pub listener_rule: Option<String>,
    /// What is launched.
    pub instances: Instances,
    /// Health checks besides nothing: `EC2`, and perhaps `ELB`.
    pub health_checks: BTreeSet<String>,
    /// How long an instance is not judged.
    pub health_check_grace: Seconds,
    /// How long an instance does not count in metrics.
    pub warmup: Option<Seconds>,
    /// In the order in which they are tried.
    pub termination_policies: Vec<String>,
    /// How far replacement may go.
    pub maintenance: Option<MaintenancePolicy>,
    /// What happens when a zone cannot launch.
    pub zones: ZoneDistribution,
    /// Whether new instances are protected from scale-in.
    pub scale_in_protection: bool,
    /// The age at which instances are replaced.
    pub max_instance_lifetime: Option<Seconds>,
    /// What one instance carries and costs.
    pub capacity: Capacity,
    /// What it leans on, by service name.
    pub uses: BTreeMap<String, Use>,
    /// When the services that lean on it may not grow.
    pub guard: Option<Guard>,
    /// Where its parts are written in the file.
    #[serde(skip)]
    pub places: Places,
}

/// Who decides the size of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Auto Scaling, by the service's policies.
    #[default]
    TargetTracking,
    /// Plimsoll's controller.
    Managed(Managed),
}

/// How the controller decides the size of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Managed {
    /// How fast the group may move.
    pub behavior: Behavior,
    /// The period of the metrics, and how often the size is decided: 10, 30 or 60 s.
    pub interval: Seconds,
}

/// The policy that stays with a managed group, so that it scales out if the controller stops. The
/// spec cannot use the name.
pub const BACKSTOP: &str = "plimsoll-backstop";

/// Percent of CPU above which the backstop scales out: high enough that a controller at work comes
/// first.
const BACKSTOP_TARGET: MetricValue = MetricValue::whole(90);

impl Service {
    /// The policies that Auto Scaling keeps: the service's own, or of a managed service the
    /// [`BACKSTOP`] alone.
    #[must_use]
    pub fn native_policies(&self) -> BTreeMap<String, Policy> {
        match self.mode {
            Mode::TargetTracking => self.policies.clone(),
            Mode::Managed(_) => BTreeMap::from([(BACKSTOP.to_owned(), backstop())]),
        }
    }
}

fn backstop() -> Policy {
    Policy::TargetTracking(TargetTracking {
        metric: Metric::Predefined {
            name: "ASGAverageCPUUtilization".to_owned(),
            resource_label: None,
        },
        target: BACKSTOP_TARGET,
        scale_in: false,
        warmup: None,
        enabled: true,
    })
}

/// How the controller looks after a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Controller {
    /// How long an automatic lease lasts.
    pub lease: Seconds,
    /// Whether regions help neighbours that have more load than they can carry.
    pub overflow: bool,
    /// Whether floors are kept such that any one region may vanish.
    pub standing: bool,
    /// What is done when a region's data plane is impaired.
    pub failover: Failover,
    /// What is done with groups that move too often.
    pub damping: Damping,
}

/// What is done when a region's data plane is impaired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failover {
    /// Whether the controller closes impaired regions by itself.
    pub mode: FailoverMode,
    /// For how long the evidence has to last.
    pub after: Seconds,
    /// For how long a region has to be well before its traffic returns.
    pub return_after: Seconds,
    /// Between two quarters of the traffic that return.
    pub step: Seconds,
    /// Impaired from so many percent of 5xx answers on: 1 to 100.
    pub errors_percent: u8,
    /// Impaired below so many percent of healthy targets: 1 to 100.
    pub healthy_percent: u8,
}

impl Failover {
    /// Whether so many percent of 5xx answers are an impairment.
    #[must_use]
    pub fn has_errors(&self, percent: MetricValue) -> bool {
        percent >= MetricValue::whole(i32::from(self.errors_percent))
    }

    /// Whether so few percent of healthy targets are an impairment.
    #[must_use]
    pub fn lacks_targets(&self, percent: MetricValue) -> bool {
        percent < MetricValue::whole(i32::from(self.healthy_percent))
    }
}

/// What is done with groups that move too often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damping {
    /// More scaling events than so many in an hour are too many.
    pub events_per_hour: u32,
    /// How long the group does not shrink then.
    pub hold: Seconds,
}

/// When the services that lean on a service may not grow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Guard {
    /// What is watched. Dimensions may hold `${group}`.
    pub metric: Metric,
    /// From this value on; above 0.
    pub threshold: MetricValue,
}

/// What is launched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instances {
    /// The type, or what it must offer.
    pub machine: Machine,
    /// An image id, or `resolve:ssm:` and a parameter.
    pub image: String,
    /// The script of the first boot.
    pub user_data: Option<String>,
    /// Name of the IAM instance profile.
    pub profile: Option<String>,
    /// The root volume.
    pub root_volume: RootVolume,
    /// Whether the metadata service answers only to tokens.
    pub imdsv2_required: bool,
    /// Whether instances get a public address.
    pub public_address: bool,
    /// Whether EC2 metrics come each minute.
    pub detailed_monitoring: bool,
}

/// What one instance carries and costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Capacity {
    /// Requests per second that one instance carries.
    pub requests_per_second: Option<MetricValue>,
    /// Latency of a request without load, in milliseconds.
    pub base_latency_ms: Option<u32>,
    /// Per instance.
    pub hourly_price: Option<HourlyPrice>,
    /// Connections that the service accepts.
    pub connections: Option<u32>,
    /// What its own metrics mean to the simulator, by metric name.
    pub signals: BTreeMap<String, Signal>,
}

/// Where the parts of a service are written: those that can turn out wrong in the world, and its
/// bounds, so that a plan can say who wants them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The service itself.
    pub service: Option<Place>,
    /// Its minimum size.
    pub min: Option<Place>,
    /// Its maximum size.
    pub max: Option<Place>,
    /// Its subnets.
    pub subnets: Option<Place>,
    /// Its security groups.
    pub security_groups: Option<Place>,
    /// Its target group.
    pub target_group: Option<Place>,
    /// What its instance type must offer.
    pub machine: Option<Place>,
}

impl Spec {
    /// `{platform}/{environment}`: what an operator types to confirm.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}/{}", self.platform, self.environment)
    }

    /// The name of a service's group in a slot. It is the name of its launch template too.
    #[must_use]
    pub fn group_name(&self, service: &str, slot: Slot) -> String {
        format!("{}-{}-{service}-{slot}", self.platform, self.environment)
    }

    /// Every service in every region.
    pub fn services(&self) -> impl Iterator<Item = (&str, &str, &Service)> {
        self.regions.iter().flat_map(|(region, inner)| {
            inner
                .services
                .iter()
                .map(move |(name, service)| (region.as_str(), name.as_str(), service))
        })
    }
}

/// Groups cannot be renamed, so their names carry a slot; outside a rollout there is one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The first.
    A,
    /// The other.
    B,
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
        })
    }
}
