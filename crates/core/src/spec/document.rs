//! What an operator may write, as types: the source of the JSON Schema.
//!
//! Everything is optional here, since any layer may hold any part of a service; what must be there
//! in the end is checked after the layers are merged.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Unread;

use super::scaling::ScalingDoc;
use crate::units::{Instances, MetricValue, Seconds};
use crate::world::ZoneDistribution;

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

/// What is launched.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct InstancesDoc {
    /// The instance type, or what it must offer.
    pub(super) machine: Option<Machine>,
    /// The image.
    pub(super) image: Option<Image>,
    /// A file with the script of the first boot, relative to the spec; at most 16 KB.
    pub(super) user_data: Option<String>,
    /// Name of the IAM instance profile.
    pub(super) profile: Option<String>,
    /// The root volume.
    pub(super) root_volume: RootVolumeDoc,
    /// Whether the metadata service answers only to tokens (`IMDSv2`). Default: required.
    pub(super) imdsv2: Option<Imdsv2>,
    /// Whether instances get a public address. Default: no.
    pub(super) public_address: Option<bool>,
    /// Whether EC2 metrics come each minute. Default: yes.
    pub(super) detailed_monitoring: Option<bool>,
}

/// The instance type, or what it must offer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Machine {
    /// An instance type, such as c6i.large.
    Type(String),
    /// The smallest current type that offers this. A living group keeps its type as long as it
    /// fits, so a new type at AWS replaces nothing.
    Fits(Fits),
}

/// What an instance type must offer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fits {
    /// Virtual CPUs, at least.
    pub vcpus: u32,
    /// Memory in GiB, at least.
    pub memory_gib: u32,
    /// The processor architecture: `x86_64` (default) or `arm64`.
    #[serde(default = "x86_64")]
    pub architecture: String,
    /// Whether types with CPU credits (the T families) may be chosen.
    #[serde(default)]
    pub burstable: bool,
}

fn x86_64() -> String {
    "x86_64".to_owned()
}

/// The image.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Image {
    /// An image id, such as ami-0abc; different in every region.
    Id(String),
    /// An SSM parameter that holds an image id; EC2 reads it at each launch.
    SsmParameter(String),
}

/// Whether the metadata service asks for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Imdsv2 {
    /// Only tokens are answered.
    Required,
    /// Requests without tokens are answered too.
    Optional,
}

/// The root volume.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RootVolumeDoc {
    /// The image's root device. Default: /dev/xvda, as Amazon Linux has it.
    pub(super) device: Option<String>,
    /// Size in GiB. Default: 20.
    pub(super) size_gib: Option<u32>,
    /// Volume type. Default: gp3.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    /// Whether it is encrypted. Default: yes.
    pub(super) encrypted: Option<bool>,
}

/// When an instance is replaced.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HealthCheckDoc {
    /// What is asked besides EC2 itself. Default: elb with a target group, else ec2.
    #[serde(rename = "type")]
    pub(super) kind: Option<HealthCheckKind>,
    /// How long after it came into service an instance is not judged. Default: 300 s.
    pub(super) grace: Option<Seconds>,
}

/// What judges an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum HealthCheckKind {
    /// EC2 status checks only.
    Ec2,
    /// The load balancer's target health too.
    Elb,
}

/// The instance maintenance policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MaintenanceDoc {
    /// 0 to 100. At 100 a replacement is launched before the old instance ends.
    pub(super) min_healthy_percent: u16,
    /// 100 to 200, and at most 100 above the minimum.
    pub(super) max_healthy_percent: u16,
}

/// What happens when a zone cannot launch.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ZoneDistributionDoc {
    /// Another zone launches instead.
    BalancedBestEffort,
    /// The same zone is tried again.
    BalancedOnly,
}

impl From<ZoneDistributionDoc> for ZoneDistribution {
    fn from(zones: ZoneDistributionDoc) -> Self {
        match zones {
            ZoneDistributionDoc::BalancedBestEffort => Self::BalancedBestEffort,
            ZoneDistributionDoc::BalancedOnly => Self::BalancedOnly,
        }
    }
}

/// A lifecycle hook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HookDoc {
    /// When it holds an instance.
    pub(super) on: HookOn,
    /// How long it waits for an answer: 30 to 7200 s. Default: 3600 s.
    #[serde(default)]
    pub(super) timeout: Option<Seconds>,
    /// What happens without an answer. Default: abandon.
    #[serde(default)]
    pub(super) otherwise: Option<HookOtherwise>,
    /// ARN of the queue or topic that is told.
    #[serde(default)]
    pub(super) notify: Option<String>,
    /// ARN of the role with which it is told.
    #[serde(default)]
    pub(super) role: Option<String>,
}

/// The transition that a hook holds.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum HookOn {
    /// Before an instance comes into service.
    Launch,
    /// Before an instance ends.
    Terminate,
}

/// What happens when nobody answers a hook.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum HookOtherwise {
    /// The transition goes on.
    Continue,
    /// A launching instance is given up.
    Abandon,
}

/// A pool of prepared instances.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WarmPoolDoc {
    /// Instances kept ready at least. Default: 0.
    pub(super) min: Instances,
    /// Ready and running instances together at most. Default: the group's maximum.
    pub(super) max_prepared: Option<Instances>,
    /// In which state they wait. Default: stopped.
    pub(super) state: Option<WarmPoolState>,
    /// Whether instances go back to the pool on scale-in. Default: no.
    pub(super) reuse_on_scale_in: bool,
}

/// In which state prepared instances wait.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WarmPoolState {
    /// Stopped: only their volumes cost.
    #[default]
    Stopped,
    /// Running.
    Running,
    /// Hibernated: with their memory.
    Hibernated,
}

/// What sends requests to the instances.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LoadBalancingDoc {
    /// The target group, by name or ARN.
    pub(super) target_group: Option<String>,
    /// The listener rule that forwards to it, by its Name tag or ARN. Rollouts shift its weights.
    pub(super) listener_rule: Option<String>,
}

/// A tag: its value, or its value and whether instances get it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(from = "TagForm")]
#[schemars(with = "TagForm")]
pub(super) struct TagDoc {
    pub(super) value: String,
    pub(super) propagate: bool,
}

/// How a tag is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected text, or `value` and `propagate`")]
enum TagForm {
    /// The value; instances get the tag.
    Value(String),
    /// The value, and whether instances get the tag.
    Whole {
        /// At most 256 characters.
        value: String,
        /// Whether instances get the tag when they are launched.
        propagate: bool,
    },
}

impl From<TagForm> for TagDoc {
    fn from(form: TagForm) -> Self {
        match form {
            TagForm::Value(value) => Self { value, propagate: true },
            TagForm::Whole { value, propagate } => Self { value, propagate },
        }
    }
}

/// What one instance can carry and what it costs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CapacityDoc {
    /// Requests per second that one instance carries.
    pub(super) requests_per_second: Option<MetricValue>,
    /// Latency of a request without load, in milliseconds.
    pub(super) base_latency_ms: Option<u32>,
    /// US dollars per instance and hour.
    pub(super) hourly_price: Option<MetricValue>,
    /// Connections that the service accepts, for a service that others lean on.
    pub(super) connections: Option<u32>,
}

/// How a service leans on another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Use {
    /// Connections that each instance holds open.
    pub connections_per_instance: Option<u32>,
    /// Requests that each request causes.
    pub per_request: Option<MetricValue>,
}
