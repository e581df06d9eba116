//! Groups: found by their tags, or by the names that the platform wants.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types::{self as sdk, Filter};
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::ActError;
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{
    Group, GroupSettings, HealthStatus, Instance, MaintenancePolicy, Tag, TemplateRef, WarmPool,
    ZoneDistribution, tag_keys,
};

use super::Reader;
use crate::call::Call;
use crate::convert::{count, seconds, split, text};

/// The most groups of a page, and names of a request (API reference, `AutoScalingGroupNamesType`).
const PAGE: usize = 100;

impl Reader {
    /// The groups of a platform's environment.
    pub(super) async fn groups_of(
        &self,
        platform: &str,
        environment: &str,
    ) -> Result<Vec<Group>, ActError> {
        let tagged = |key: &str, value: &str| {
            Filter::builder().name(format!("tag:{key}")).values(value).build()
        };
        let pages = self
            .clients
            .autoscaling
            .describe_auto_scaling_groups()
            .filters(tagged(tag_keys::PLATFORM, platform))
            .filters(tagged(tag_keys::ENVIRONMENT, environment))
            .into_paginator()
            .page_size(100)
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribeAutoScalingGroups, pages)?;
        Ok(pages.iter().flat_map(|page| page.auto_scaling_groups().iter()).map(group).collect())
    }

    /// Groups that have a wanted name and are not among `ours`.
    pub(super) async fn namesakes(
        &self,
        wanted: &BTreeSet<String>,
        ours: &[Group],
    ) -> Result<Vec<Group>, ActError> {
        let ours: BTreeSet<&str> = ours.iter().map(|group| group.name.as_str()).collect();
        let missing: Vec<String> =
            wanted.iter().filter(|name| !ours.contains(name.as_str())).cloned().collect();
        let mut found = Vec::new();
        for names in missing.chunks(PAGE) {
            let pages = self
                .clients
                .autoscaling
                .describe_auto_scaling_groups()
                .set_auto_scaling_group_names(Some(names.to_vec()))
                .into_paginator()
                .page_size(100)
                .send()
                .collect::<Result<Vec<_>, _>>()
                .await;
            let pages = self.pages(Call::DescribeAutoScalingGroups, pages)?;
            found
                .extend(pages.iter().flat_map(|page| page.auto_scaling_groups().iter()).map(group));
        }
        Ok(found)
    }
}

/// A group without the parts that other calls describe.
pub(crate) fn group(group: &sdk::AutoScalingGroup) -> Group {
    Group {
        name: group.auto_scaling_group_name.clone().unwrap_or_default(),
        arn: group.auto_scaling_group_arn.clone().unwrap_or_default(),
        bounds: Bounds {
            min: count(group.min_size).unwrap_or(0),
            max: count(group.max_size).unwrap_or(0),
        },
        desired: count(group.desired_capacity).unwrap_or(0),
        settings: settings(group),
        template_id: group
            .launch_template()
            .and_then(|template| template.launch_template_id.clone()),
        tags: group.tags().iter().filter_map(tag).collect(),
        metrics: group.enabled_metrics().iter().filter_map(|on| on.metric.clone()).collect(),
        suspended: group
            .suspended_processes()
            .iter()
            .filter_map(|process| process.process_name.clone())
            .collect(),
        target_groups: group.target_group_arns().iter().cloned().collect(),
        instances: group.instances().iter().map(instance).collect(),
        policies: BTreeMap::new(),
        schedules: BTreeMap::new(),
        hooks: None,
        warm_pool: group.warm_pool_configuration().and_then(warm_pool),
        deleting: text(group.status()),
    }
}

fn settings(group: &sdk::AutoScalingGroup) -> GroupSettings {
    let termination_policies = match group.termination_policies() {
        [] => vec!["Default".to_owned()],
        policies => policies.to_vec(),
    };
    let zones = group
        .availability_zone_distribution()
        .and_then(|distribution| distribution.capacity_distribution_strategy())
        .map_or_else(ZoneDistribution::default, zone_distribution);
    GroupSettings {
        // The template of a mixed instances policy is not the group's: a group that has one is
        // shown without, so that the plan gives it a template of its own.
        template: group.launch_template().map(template_ref),
        subnets: split(group.vpc_zone_identifier()),
        health_checks: health_checks(group.health_check_type()),
        health_check_grace: seconds(group.health_check_grace_period).unwrap_or(Seconds(0)),
        warmup: seconds(group.default_instance_warmup),
        termination_policies,
        maintenance: group.instance_maintenance_policy().and_then(maintenance),
        zones,
        scale_in_protection: group.new_instances_protected_from_scale_in.unwrap_or(false),
        max_instance_lifetime: seconds(group.max_instance_lifetime)
            .filter(|lifetime| *lifetime > Seconds(0)),
    }
}

/// EC2's own checks are always on, so beside others they are not worth a word: `EC2,ELB` and `ELB`
/// are one setting (API reference, `HealthCheckType`).
fn health_checks(kinds: Option<&str>) -> BTreeSet<String> {
    let mut kinds = split(kinds);
    kinds.remove("EC2");
    if kinds.is_empty() {
        kinds.insert("EC2".to_owned());
    }
    kinds
}

fn zone_distribution(strategy: &sdk::CapacityDistributionStrategy) -> ZoneDistribution {
    if *strategy == sdk::CapacityDistributionStrategy::BalancedOnly {
        ZoneDistribution::BalancedOnly
    } else {
        ZoneDistribution::BalancedBestEffort
    }
}

/// Auto Scaling takes a template without a version for its default version.
fn template_ref(template: &sdk::LaunchTemplateSpecification) -> TemplateRef {
    TemplateRef {
        name: template.launch_template_name.clone().unwrap_or_default(),
        version: text(template.version()).unwrap_or_else(|| "$Default".to_owned()),
    }
}

/// AWS shows a policy that was removed with `-1` for both.
fn maintenance(policy: &sdk::InstanceMaintenancePolicy) -> Option<MaintenancePolicy> {
    let percent = |value: Option<i32>| value.and_then(|value| u16::try_from(value).ok());
    Some(MaintenancePolicy {
        min_healthy_percent: percent(policy.min_healthy_percentage)?,
        max_healthy_percent: percent(policy.max_healthy_percentage)?,
    })
}

fn tag(tag: &sdk::TagDescription) -> Option<(String, Tag)> {
    let value = tag.value.clone().unwrap_or_default();
    Some((tag.key.clone()?, Tag { value, propagate: tag.propagate_at_launch.unwrap_or(false) }))
}

fn instance(instance: &sdk::Instance) -> Instance {
    // Auto Scaling shows the health in either case, `Healthy` and `HEALTHY`.
    let healthy =
        instance.health_status().is_none_or(|health| health.eq_ignore_ascii_case("healthy"));
    Instance {
        id: instance.instance_id.clone().unwrap_or_default(),
        zone: instance.availability_zone.clone().unwrap_or_default(),
        lifecycle: instance
            .lifecycle_state()
            .map(|state| state.as_str().to_owned())
            .unwrap_or_default(),
        health: if healthy { HealthStatus::Healthy } else { HealthStatus::Unhealthy },
        template: instance.launch_template().map(template_ref),
    }
}

/// A pool that is being deleted is no pool any more.
fn warm_pool(pool: &sdk::WarmPoolConfiguration) -> Option<WarmPool> {
    if pool.status() == Some(&sdk::WarmPoolStatus::PendingDelete) {
        return None;
    }
    let state = pool.pool_state().unwrap_or(&sdk::WarmPoolState::Stopped);
    Some(WarmPool {
        min: count(pool.min_size).unwrap_or(0),
        max_prepared: count(pool.max_group_prepared_capacity),
        state: state.as_str().to_owned(),
        reuse_on_scale_in: pool
            .instance_reuse_policy()
            .and_then(|policy| policy.reuse_on_scale_in)
            .unwrap_or(false),
    })
}
