//! What an operator may write, as types: the source of the JSON Schema.
//!
//! Everything is optional here, since any layer may hold any part of a service; what must be there
//! in the end is checked after the layers are merged.

mod capacity;
mod controller;
mod group;
mod instances;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Unread;

pub(super) use capacity::CapacityDoc;
pub use capacity::{Signal, Use};
pub use controller::FailoverMode;
pub(super) use controller::{ControllerDoc, GuardDoc};
pub(super) use group::{
    HealthCheckDoc, HealthCheckKind, HookDoc, HookOn, HookOtherwise, LoadBalancingDoc,
    MaintenanceDoc, TagDoc, WarmPoolDoc, WarmPoolState, ZoneDistributionDoc,
};
pub use instances::{Fits, Machine};
pub(super) use instances::{Image, Imdsv2, InstancesDoc, RootVolumeDoc};

use super::scaling::ScalingDoc;
use crate::units::{Instances, Seconds};

/// A platform: services in regions, for one AWS account.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "Plimsoll platform")]
pub(super) struct PlatformDoc {
    /// The platform's name, the first part of every name in AWS: a-z, 0-9 and hyphens.
    pub(super) platform: Option<String>,
    /// The AWS account, twelve digits in quotes. Every command checks it against STS.
    pub(super) account: Option<String>,
    /// Regions by name, such as eu-central-1.
    pub(super) regions: BTreeMap<String, RegionDoc>,
    /// How the controller looks after the platform.
    pub(super) controller: ControllerDoc,
    /// What holds for every service that does not say otherwise.
    #[schemars(with = "Option<ServiceDoc>")]
    pub(super) defaults: Option<Unread>,
    /// Services by name.
    #[schemars(with = "BTreeMap<String, ServiceDoc>")]
    pub(super) services: BTreeMap<String, Unread>,
    /// Overlays by name, such as production and development: each is laid over the rest of the
    /// file, mapping by mapping; `null` takes a key away.
    #[schemars(with = "BTreeMap<String, EnvironmentDoc>")]
    pub(super) environments: BTreeMap<String, Unread>,
}

/// What differs in one environment.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct EnvironmentDoc {
    /// The AWS account of this environment.
    pub(super) account: Option<String>,
    /// What differs for the controller.
    #[schemars(with = "Option<ControllerDoc>")]
    pub(super) controller: Option<Unread>,
    /// What differs in a region. `null` leaves the region out of this environment.
    #[schemars(with = "BTreeMap<String, Option<RegionDoc>>")]
    pub(super) regions: BTreeMap<String, Unread>,
    /// What differs for every service.
    #[schemars(with = "Option<ServiceDoc>")]
    pub(super) defaults: Option<Unread>,
    /// What differs for a service. `null` leaves the service out of this environment.
    #[schemars(with = "BTreeMap<String, Option<ServiceDoc>>")]
    pub(super) services: BTreeMap<String, Unread>,
}

/// A region.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RegionDoc {
    /// What the region's database is.
    pub(super) database: Option<Database>,
    /// The region's share of the traffic, relative to the other regions' weights.
    pub(super) traffic_weight: Option<u32>,
    /// An address of the region's data plane that answers when it is well, such as
    /// `https://eu-central-1.alfred.example/health`. The other regions' controllers ask it.
    pub(super) endpoint: Option<String>,
    /// What is never exceeded in the region, whoever asks.
    pub(super) limits: RegionLimits,
    /// What holds for every service in this region that does not say otherwise.
    #[schemars(with = "Option<ServiceDoc>")]
    pub(super) defaults: Option<Unread>,
}

/// What a region's database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// It takes the writes. The region is not evacuated until a person has moved the primary.
    Primary,
    /// It follows the primary.
    Replica,
}

/// Absolute limits of a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RegionLimits {
    /// The most instances that one service may have in the region.
    pub instances_per_service: Option<Instances>,
    /// The most instances that all services together may have in the region.
    pub instances: Option<Instances>,
}

/// A service, or any part of one: defaults, an overlay, or what differs in a region.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ServiceDoc {
    /// Stateless services scale out; a stateful one has one instance and is sized vertically.
    pub(super) kind: Option<Kind>,
    /// Minimum and maximum size in each region.
    pub(super) bounds: BoundsDoc,
    /// Where instances are launched.
    pub(super) network: NetworkDoc,
    /// What is launched.
    pub(super) instances: InstancesDoc,
    /// When an instance is replaced.
    pub(super) health_check: HealthCheckDoc,
    /// How long after it came into service an instance does not count in metrics: 0 to 3600 s.
    pub(super) warmup: Option<Seconds>,
    /// Group metrics to collect each minute.
    pub(super) metrics: Option<Vec<String>>,
    /// Which instance goes first when the group shrinks, in the order in which they are tried.
    pub(super) termination_policies: Option<Vec<String>>,
    /// How far replacement may go under and over the desired capacity.
    pub(super) maintenance: Option<MaintenanceDoc>,
    /// What happens when a zone cannot launch.
    pub(super) zones: Option<ZoneDistributionDoc>,
    /// Whether new instances are protected from scale-in.
    pub(super) scale_in_protection: Option<bool>,
    /// The age at which instances are replaced; at least a day.
    pub(super) max_instance_lifetime: Option<Seconds>,
    /// Auto Scaling processes that are suspended, such as `AZRebalance`.
    pub(super) suspended: Option<Vec<String>>,
    /// Lifecycle hooks by name.
    pub(super) hooks: BTreeMap<String, HookDoc>,
    /// A pool of prepared instances.
    pub(super) warm_pool: Option<WarmPoolDoc>,
    /// What sends requests to the instances.
    pub(super) load_balancing: LoadBalancingDoc,
    /// Tags of the group, by key. Only the keys named here are managed.
    pub(super) tags: BTreeMap<String, TagDoc>,
    /// What makes the group grow and shrink.
    pub(super) scaling: ScalingDoc,
    /// What one instance can carry and what it costs.
    pub(super) capacity: CapacityDoc,
    /// What the service leans on: other services of the platform, by name.
    pub(super) uses: BTreeMap<String, Use>,
    /// When the services that lean on this one may not grow, for a service that cannot either.
    pub(super) guard: Option<GuardDoc>,
    /// What differs in a region, by region name.
    #[schemars(with = "BTreeMap<String, ServiceDoc>")]
    pub(super) regions: BTreeMap<String, Unread>,
}

/// Whether a service can be scaled out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Any instance can serve any request.
    #[default]
    Stateless,
    /// One instance holds the data: outside every reflex, capacity verb and rollout.
    Stateful,
}

/// Minimum and maximum size.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct BoundsDoc {
    /// At least so many instances.
    pub(super) min: Option<Instances>,
    /// At most so many instances.
    pub(super) max: Option<Instances>,
}

/// Where instances are launched.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NetworkDoc {
    /// The subnets, one a zone.
    pub(super) subnets: Option<Selector>,
    /// The security groups.
    pub(super) security_groups: Option<Selector>,
}

/// Names resources by id or by what they are tagged with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// By id.
    Ids(Vec<String>),
    /// Those that carry every one of these tags.
    Tags(BTreeMap<String, String>),
}
