//! The vocabulary of change.
//!
//! Every action is absolute ("max = 5", never "+2") and idempotent: a repeat, a retry or a twin
//! event is harmless. [`std::fmt::Display`] gives the operator's words.

mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::bounds::Bounds;
use crate::units::{Instances, Seconds};
use crate::world::{
    Alarm, GroupSettings, LifecycleHook, MaintenancePolicy, Policy, ScheduledAction, Tag,
    TemplateData, TemplateRef, WarmPool, ZoneDistribution,
};

/// One change in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes a launch template with its first version.
    CreateTemplate {
        /// Its name.
        name: String,
        /// What it launches.
        data: Box<TemplateData>,
        /// Tags of the template itself; they travel in the call.
        tags: BTreeMap<String, String>,
    },
    /// Adds a version to a launch template. Nothing runs it until a group is pointed at it.
    CreateTemplateVersion {
        /// Its name.
        name: String,
        /// What it launches.
        data: Box<TemplateData>,
    },
    /// Makes a group; its tags travel in the call.
    CreateGroup(Box<NewGroup>),
    /// Changes settings of a group; what is `None` stays as it is.
    UpdateGroup {
        /// The group's name.
        group: String,
        /// The settings that change.
        change: Box<GroupChange>,
    },
    /// Sets tags of a group; other keys stay as they are.
    PutTags {
        /// The group's name.
        group: String,
        /// By key.
        tags: BTreeMap<String, Tag>,
    },
    /// Removes tags of a group.
    DeleteTags {
        /// The group's name.
        group: String,
        /// Their keys.
        keys: BTreeSet<String>,
    },
    /// Registers a group's instances with target groups.
    AttachTargetGroups {
        /// The group's name.
        group: String,
        /// Their ARNs.
        arns: BTreeSet<String>,
    },
    /// Deregisters a group's instances from target groups.
    DetachTargetGroups {
        /// The group's name.
        group: String,
        /// Their ARNs.
        arns: BTreeSet<String>,
    },
    /// Collects group metrics, each minute.
    EnableMetrics {
        /// The group's name.
        group: String,
        /// Such as `GroupInServiceInstances`.
        metrics: BTreeSet<String>,
    },
    /// Collects group metrics no longer.
    DisableMetrics {
        /// The group's name.
        group: String,
        /// Such as `GroupInServiceInstances`.
        metrics: BTreeSet<String>,
    },
    /// Suspends processes of a group.
    SuspendProcesses {
        /// The group's name.
        group: String,
        /// Such as `AZRebalance`.
        processes: BTreeSet<String>,
    },
    /// Lets processes of a group run again.
    ResumeProcesses {
        /// The group's name.
        group: String,
        /// Such as `AZRebalance`.
        processes: BTreeSet<String>,
    },
    /// Puts a scaling policy, whole.
    PutPolicy {
        /// The group's name.
        group: String,
        /// The policy's name.
        name: String,
        /// All of it.
        policy: Box<Policy>,
    },
    /// Deletes a scaling policy and the alarms that AWS made for it.
    DeletePolicy {
        /// The group's name.
        group: String,
        /// The policy's name.
        name: String,
    },
    /// Puts a scheduled action, whole.
    PutSchedule {
        /// The group's name.
        group: String,
        /// The scheduled action's name.
        name: String,
        /// All of it.
        schedule: Box<ScheduledAction>,
    },
    /// Deletes a scheduled action.
    DeleteSchedule {
        /// The group's name.
        group: String,
        /// The scheduled action's name.
        name: String,
    },
    /// Puts a lifecycle hook, whole.
    PutHook {
        /// The group's name.
        group: String,
        /// The hook's name.
        name: String,
        /// All of it.
        hook: Box<LifecycleHook>,
    },
    /// Deletes a lifecycle hook.
    DeleteHook {
        /// The group's name.
        group: String,
        /// The hook's name.
        name: String,
    },
    /// Puts a warm pool, whole.
    PutWarmPool {
        /// The group's name.
        group: String,
        /// All of it.
        pool: WarmPool,
    },
    /// Deletes a warm pool with its instances.
    DeleteWarmPool {
        /// The group's name.
        group: String,
    },
    /// Puts an alarm, whole. CloudWatch allows three such calls a second in an account and region.
    /// Source: "CloudWatch service quotas", `PutMetricAlarm`.
    PutAlarm {
        /// Its name.
        name: String,
        /// All of it.
        alarm: Box<Alarm>,
        /// Its tags; they travel in the call, and count only when it makes the alarm.
        tags: BTreeMap<String, String>,
    },
    /// Deletes alarms; what is not there is deleted. One call takes 100, and CloudWatch allows three
    /// calls a second. Source: API reference, `DeleteAlarms`; "CloudWatch service quotas".
    DeleteAlarms {
        /// Their names: those of one service.
        names: BTreeSet<String>,
    },
    /// Deletes a group, its instances and all that hangs on it.
    DeleteGroup {
        /// The group's name.
        group: String,
    },
    /// Deletes a launch template with all its versions.
    DeleteTemplate {
        /// Its name.
        name: String,
    },
}

/// A group that does not exist yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// Its bounds; the desired capacity starts at the minimum.
    pub bounds: Bounds,
    /// Everything that the create call takes.
    pub settings: GroupSettings,
    /// ARNs of its target groups.
    pub target_groups: BTreeSet<String>,
    /// Its tags, identity included.
    pub tags: BTreeMap<String, Tag>,
    /// Hooks travel in the create call, so that the first instances meet them.
    pub hooks: BTreeMap<String, LifecycleHook>,
}

/// Settings of a group that change; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GroupChange {
    /// New minimum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Instances>,
    /// New maximum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Instances>,
    /// New desired capacity: only when the living one lies outside the new bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<Instances>,
    /// New template or version. An empty version stands for the one that an earlier action of the
    /// same plan made, see [`crate::apply::Outputs`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateRef>,
    /// New subnets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnets: Option<BTreeSet<String>>,
    /// New health checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_checks: Option<BTreeSet<String>>,
    /// New grace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_grace: Option<Seconds>,
    /// New warmup; `Some(None)` unsets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warmup: Option<Option<Seconds>>,
    /// New termination policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_policies: Option<Vec<String>>,
    /// New maintenance policy; `Some(None)` unsets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<Option<MaintenancePolicy>>,
    /// New zone distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zones: Option<ZoneDistribution>,
    /// New protection of new instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_in_protection: Option<bool>,
    /// New longest lifetime; `Some(None)` unsets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_instance_lifetime: Option<Option<Seconds>>,
}

impl GroupChange {
    /// Changes settings as the call does; bounds and the desired capacity are the caller's.
    pub fn apply_to(&self, settings: &mut GroupSettings) {
        fn set<T: Clone>(setting: &mut T, new: Option<&T>) {
            if let Some(new) = new {
                setting.clone_from(new);
            }
        }
        if let Some(template) = &self.template {
            settings.template = Some(template.clone());
        }
        set(&mut settings.subnets, self.subnets.as_ref());
        set(&mut settings.health_checks, self.health_checks.as_ref());
        set(&mut settings.health_check_grace, self.health_check_grace.as_ref());
        set(&mut settings.warmup, self.warmup.as_ref());
        set(&mut settings.termination_policies, self.termination_policies.as_ref());
        set(&mut settings.maintenance, self.maintenance.as_ref());
        set(&mut settings.zones, self.zones.as_ref());
        set(&mut settings.scale_in_protection, self.scale_in_protection.as_ref());
        set(&mut settings.max_instance_lifetime, self.max_instance_lifetime.as_ref());
    }
}

impl Action {
    /// The resource that the action changes, by its name in AWS; of several the first.
    #[must_use]
    pub fn resource(&self) -> &str {
        match self {
            Self::CreateTemplate { name, .. }
            | Self::CreateTemplateVersion { name, .. }
            | Self::DeleteTemplate { name }
            | Self::PutAlarm { name, .. } => name,
            Self::DeleteAlarms { names } => names.first().map_or("", String::as_str),
            Self::CreateGroup(group) => &group.name,
            Self::UpdateGroup { group, .. }
            | Self::PutTags { group, .. }
            | Self::DeleteTags { group, .. }
            | Self::AttachTargetGroups { group, .. }
            | Self::DetachTargetGroups { group, .. }
            | Self::EnableMetrics { group, .. }
            | Self::DisableMetrics { group, .. }
            | Self::SuspendProcesses { group, .. }
            | Self::ResumeProcesses { group, .. }
            | Self::PutPolicy { group, .. }
            | Self::DeletePolicy { group, .. }
            | Self::PutSchedule { group, .. }
            | Self::DeleteSchedule { group, .. }
            | Self::PutHook { group, .. }
            | Self::DeleteHook { group, .. }
            | Self::PutWarmPool { group, .. }
            | Self::DeleteWarmPool { group }
            | Self::DeleteGroup { group } => group,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
        match self {
            Self::CreateTemplate { name, .. } => write!(f, "create launch template {name}"),
            Self::CreateTemplateVersion { name, .. } => {
                write!(f, "add a version to launch template {name}")
            }
            Self::CreateGroup(group) => write!(f, "create group {}", group.name),
            Self::UpdateGroup { group, .. } => write!(f, "update group {group}"),
            Self::PutTags { tags, .. } => {
                write!(f, "set tags {}", names(&tags.keys().cloned().collect()))
            }
            Self::DeleteTags { keys, .. } => write!(f, "remove tags {}", names(keys)),
            Self::AttachTargetGroups { arns, .. } => {
                write!(f, "attach {}", names(&short_names(arns)))
            }
            Self::DetachTargetGroups { arns, .. } => {
                write!(f, "detach {}", names(&short_names(arns)))
            }
            Self::EnableMetrics { metrics, .. } => write!(f, "collect {} metrics", metrics.len()),
            Self::DisableMetrics { metrics, .. } => {
                write!(f, "stop collecting {} metrics", metrics.len())
            }
            Self::SuspendProcesses { processes, .. } => {
                write!(f, "suspend {}", names(processes))
            }
            Self::ResumeProcesses { processes, .. } => write!(f, "resume {}", names(processes)),
            Self::PutPolicy { name, .. } => write!(f, "put scaling policy {name}"),
            Self::DeletePolicy { name, .. } => write!(f, "delete scaling policy {name}"),
            Self::PutSchedule { name, .. } => write!(f, "put scheduled action {name}"),
            Self::DeleteSchedule { name, .. } => write!(f, "delete scheduled action {name}"),
            Self::PutHook { name, .. } => write!(f, "put lifecycle hook {name}"),
            Self::DeleteHook { name, .. } => write!(f, "delete lifecycle hook {name}"),
            Self::PutWarmPool { .. } => f.write_str("put warm pool"),
            Self::DeleteWarmPool { .. } => f.write_str("delete warm pool"),
            Self::PutAlarm { name, .. } => write!(f, "put alarm {name}"),
            Self::DeleteAlarms { names: gone } if gone.len() == 1 => {
                write!(f, "delete alarm {}", names(gone))
            }
            Self::DeleteAlarms { names: gone } => write!(f, "delete alarms {}", names(gone)),
            Self::DeleteGroup { group } => write!(f, "delete group {group}"),
            Self::DeleteTemplate { name } => write!(f, "delete launch template {name}"),
        }
    }
}

/// `targetgroup/<name>/<id>` of an ARN as its name.
fn short_names(arns: &BTreeSet<String>) -> BTreeSet<String> {
    arns.iter().map(|arn| arn.split('/').nth(1).unwrap_or(arn).to_owned()).collect()
}
