//! Groups: changed.

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::action::GroupChange;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{MaintenancePolicy, Tag, TemplateRef, ZoneDistribution};

use super::{Actor, done, once, retry};
use crate::call::Call;
use crate::convert::{int, join};
use crate::error::refusal;

impl Actor {
    /// Changes a group. What the change leaves out is left out of the request and stays.
    pub(super) async fn update_group(
        &self,
        group: &str,
        change: &GroupChange,
    ) -> Result<Outcome, ActError> {
        if change.template.as_ref().is_some_and(|template| template.version.is_empty()) {
            // Auto Scaling would take the template's default version, which nobody asked for.
            let message = "the template's version is not known; run plan again";
            let call = Call::UpdateAutoScalingGroup;
            return Err(refusal(call, group, ErrorClass::Invalid, message));
        }
        // To unset a lifetime is to set 0, a warmup -1 (API reference,
        // `UpdateAutoScalingGroupType`).
        let or = |unset: i32| move |value: Option<Seconds>| value.map_or(unset, |set| int(set.0));
        let request = self
            .clients
            .autoscaling
            .update_auto_scaling_group()
            .auto_scaling_group_name(group)
            .set_min_size(change.min.map(int))
            .set_max_size(change.max.map(int))
            .set_desired_capacity(change.desired.map(int))
            .set_launch_template(change.template.as_ref().map(template))
            .set_vpc_zone_identifier(change.subnets.as_ref().map(join))
            .set_health_check_type(change.health_checks.as_ref().map(join))
            .set_health_check_grace_period(change.health_check_grace.map(|grace| int(grace.0)))
            .set_default_instance_warmup(change.warmup.map(or(-1)))
            .set_termination_policies(change.termination_policies.clone())
            .set_instance_maintenance_policy(change.maintenance.map(maintenance))
            .set_availability_zone_distribution(change.zones.map(zones))
            .set_new_instances_protected_from_scale_in(change.scale_in_protection)
            .set_max_instance_lifetime(change.max_instance_lifetime.map(or(0)));
        retry::while_busy(self.busy_pauses, || async {
            let answer = once(Call::UpdateAutoScalingGroup, group, request.clone().send()).await;
            done(answer.map_err(lagging))
        })
        .await
    }
}

/// The plan points a group only at templates that are there. One that Auto Scaling cannot see was
/// made a moment ago, and reads lag writes: the call is worth another attempt.
pub(super) fn lagging(error: ActError) -> ActError {
    let about_template = error.message.to_lowercase().contains("launch template");
    if error.class == ErrorClass::NotFound && about_template {
        return ActError { class: ErrorClass::Busy, ..error };
    }
    error
}

pub(super) fn template(template: &TemplateRef) -> sdk::LaunchTemplateSpecification {
    sdk::LaunchTemplateSpecification::builder()
        .launch_template_name(&template.name)
        .version(&template.version)
        .build()
}

/// Both percentages at -1 clear a policy (API reference, `InstanceMaintenancePolicy`).
pub(super) fn maintenance(policy: Option<MaintenancePolicy>) -> sdk::InstanceMaintenancePolicy {
    let (min, max) = policy.map_or((-1, -1), |policy| {
        (policy.min_healthy_percent.into(), policy.max_healthy_percent.into())
    });
    sdk::InstanceMaintenancePolicy::builder()
        .min_healthy_percentage(min)
        .max_healthy_percentage(max)
        .build()
}

pub(super) fn zones(zones: ZoneDistribution) -> sdk::AvailabilityZoneDistribution {
    let strategy = match zones {
        ZoneDistribution::BalancedBestEffort => {
            sdk::CapacityDistributionStrategy::BalancedBestEffort
        }
        ZoneDistribution::BalancedOnly => sdk::CapacityDistributionStrategy::BalancedOnly,
    };
    sdk::AvailabilityZoneDistribution::builder().capacity_distribution_strategy(strategy).build()
}

/// A tag of a group for the wire.
pub(super) fn tag(group: &str, key: &str, tag: &Tag) -> sdk::Tag {
    sdk::Tag::builder()
        .resource_type("auto-scaling-group")
        .resource_id(group)
        .key(key)
        .value(&tag.value)
        .propagate_at_launch(tag.propagate)
        .build()
}
