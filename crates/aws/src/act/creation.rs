//! Groups: made and deleted.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::action::NewGroup;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};
use plimsoll_core::world::{Group, LifecycleHook, Tag, tag_keys};

use super::attached::transition;
use super::groups::{lagging, maintenance, tag, template, zones};
use super::{Actor, done, gone, once, retry};
use crate::call::Call;
use crate::convert::{int, join};
use crate::error::refusal;
use crate::observe::groups::group as observed;

impl Actor {
    /// Makes a group. The desired capacity is left out: AWS starts at the minimum.
    pub(super) async fn create_group(&self, new: &NewGroup) -> Result<Outcome, ActError> {
        let (name, settings) = (&new.name, &new.settings);
        let tags = new.tags.iter().map(|(key, value)| tag(name, key, value));
        let hooks = new.hooks.iter().map(|(name, held)| hook(name, held));
        let request = self
            .clients
            .autoscaling
            .create_auto_scaling_group()
            .auto_scaling_group_name(name)
            .min_size(int(new.bounds.min))
            .max_size(int(new.bounds.max))
            .set_launch_template(settings.template.as_ref().map(template))
            .vpc_zone_identifier(join(&settings.subnets))
            .health_check_type(join(&settings.health_checks))
            .health_check_grace_period(int(settings.health_check_grace.0))
            .set_default_instance_warmup(settings.warmup.map(|warmup| int(warmup.0)))
            .set_termination_policies(Some(settings.termination_policies.clone()))
            .set_instance_maintenance_policy(settings.maintenance.map(|p| maintenance(Some(p))))
            .availability_zone_distribution(zones(settings.zones))
            .new_instances_protected_from_scale_in(settings.scale_in_protection)
            .set_max_instance_lifetime(settings.max_instance_lifetime.map(|age| int(age.0)))
            .set_target_group_arns(Some(new.target_groups.iter().cloned().collect()))
            .set_tags(Some(tags.collect()))
            .set_lifecycle_hook_specification_list(Some(hooks.collect()));
        retry::while_busy(self.busy_pauses, || async {
            let answer = once(Call::CreateAutoScalingGroup, name, request.clone().send()).await;
            match answer.map_err(lagging) {
                Err(error) if error.class == ErrorClass::Taken => self.settle(new, error).await,
                answer => done(answer),
            }
        })
        .await
    }

    /// Who has the name: an earlier attempt of this create, or somebody else?
    async fn settle(&self, new: &NewGroup, taken: ActError) -> Result<Outcome, ActError> {
        let refuse =
            |class, message| Err(refusal(Call::CreateAutoScalingGroup, &new.name, class, message));
        match self.group_by_name(&new.name).await? {
            // Reads lag writes.
            None => refuse(ErrorClass::Busy, "the group exists and cannot be read yet".to_owned()),
            Some(Group { deleting: Some(status), .. }) => {
                let message = format!("a group of this name is being deleted ({status})");
                refuse(ErrorClass::Busy, message)
            }
            Some(group) if is_same(&group, &new.tags) => Ok(Outcome::Done),
            Some(_) => Err(taken),
        }
    }

    async fn group_by_name(&self, name: &str) -> Result<Option<Group>, ActError> {
        let request = self
            .clients
            .autoscaling
            .describe_auto_scaling_groups()
            .auto_scaling_group_names(name)
            .include_instances(false);
        let answer = once(Call::DescribeAutoScalingGroups, name, request.send()).await?;
        Ok(answer.auto_scaling_groups().first().map(observed))
    }

    /// Deletes a group with its instances, which AWS ends in the background.
    pub(super) async fn delete_group(&self, group: &str) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .delete_auto_scaling_group()
            .auto_scaling_group_name(group)
            .force_delete(true);
        gone(self.call(Call::DeleteAutoScalingGroup, group, || request.clone().send()).await)
    }
}

/// Whether a group has the identity that `wanted` gives it.
fn is_same(group: &Group, wanted: &BTreeMap<String, Tag>) -> bool {
    tag_keys::IDENTITY.into_iter().all(|key| {
        let wanted = wanted.get(key).map(|tag| tag.value.as_str());
        wanted.is_some() && group.tag(key) == wanted
    })
}

fn hook(name: &str, hook: &LifecycleHook) -> sdk::LifecycleHookSpecification {
    sdk::LifecycleHookSpecification::builder()
        .lifecycle_hook_name(name)
        .lifecycle_transition(transition(hook.transition))
        .heartbeat_timeout(int(hook.heartbeat_timeout.0))
        .default_result(&hook.default_result)
        .set_notification_target_arn(hook.notification_target.clone())
        .set_role_arn(hook.role.clone())
        .build()
}
