//! What hangs on a group: tags, target groups, metrics, processes, schedules, hooks, warm pool.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::cloud::{ActError, Outcome};
use plimsoll_core::world::{HookTransition, LifecycleHook, ScheduledAction, Tag, WarmPool};

use super::groups::tag;
use super::{Actor, done, gone};
use crate::call::Call;
use crate::convert::{date_time, int};
use crate::observe::parts::{LAUNCHING, TERMINATING, schedule as observed};

/// Target groups of one attach or detach call (Auto Scaling quotas).
const TARGET_GROUPS_A_CALL: usize = 10;

impl Actor {
    pub(super) async fn put_tags(
        &self,
        group: &str,
        tags: &BTreeMap<String, Tag>,
    ) -> Result<Outcome, ActError> {
        let tags = tags.iter().map(|(key, value)| tag(group, key, value)).collect();
        let request = self.clients.autoscaling.create_or_update_tags().set_tags(Some(tags));
        done(self.call(Call::CreateOrUpdateTags, group, || request.clone().send()).await)
    }

    pub(super) async fn delete_tags(
        &self,
        group: &str,
        keys: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let tag = |key| {
            let tag = sdk::Tag::builder().resource_type("auto-scaling-group").resource_id(group);
            tag.key(key).build()
        };
        let tags = keys.iter().map(tag).collect();
        let request = self.clients.autoscaling.delete_tags().set_tags(Some(tags));
        gone(self.call(Call::DeleteTags, group, || request.clone().send()).await)
    }

    pub(super) async fn attach_target_groups(
        &self,
        group: &str,
        arns: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let arns: Vec<String> = arns.iter().cloned().collect();
        for arns in arns.chunks(TARGET_GROUPS_A_CALL) {
            let request = self
                .clients
                .autoscaling
                .attach_load_balancer_target_groups()
                .auto_scaling_group_name(group)
                .set_target_group_arns(Some(arns.to_vec()));
            let call = Call::AttachLoadBalancerTargetGroups;
            self.call(call, group, || request.clone().send()).await?;
        }
        Ok(Outcome::Done)
    }

    pub(super) async fn detach_target_groups(
        &self,
        group: &str,
        arns: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let arns: Vec<String> = arns.iter().cloned().collect();
        for arns in arns.chunks(TARGET_GROUPS_A_CALL) {
            let request = self
                .clients
                .autoscaling
                .detach_load_balancer_target_groups()
                .auto_scaling_group_name(group)
                .set_target_group_arns(Some(arns.to_vec()));
            let call = Call::DetachLoadBalancerTargetGroups;
            gone(self.call(call, group, || request.clone().send()).await)?;
        }
        Ok(Outcome::Done)
    }

    pub(super) async fn enable_metrics(
        &self,
        group: &str,
        metrics: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .enable_metrics_collection()
            .auto_scaling_group_name(group)
            .set_metrics(Some(metrics.iter().cloned().collect()))
            // The only granularity there is (API reference, `EnableMetricsCollectionQuery`).
            .granularity("1Minute");
        done(self.call(Call::EnableMetricsCollection, group, || request.clone().send()).await)
    }

    pub(super) async fn disable_metrics(
        &self,
        group: &str,
        metrics: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .disable_metrics_collection()
            .auto_scaling_group_name(group)
            .set_metrics(Some(metrics.iter().cloned().collect()));
        done(self.call(Call::DisableMetricsCollection, group, || request.clone().send()).await)
    }

    pub(super) async fn suspend(
        &self,
        group: &str,
        processes: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .suspend_processes()
            .auto_scaling_group_name(group)
            .set_scaling_processes(Some(processes.iter().cloned().collect()));
        done(self.call(Call::SuspendProcesses, group, || request.clone().send()).await)
    }

    pub(super) async fn resume(
        &self,
        group: &str,
        processes: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .resume_processes()
            .auto_scaling_group_name(group)
            .set_scaling_processes(Some(processes.iter().cloned().collect()));
        done(self.call(Call::ResumeProcesses, group, || request.clone().send()).await)
    }

    /// Puts a scheduled action, whole. AWS keeps what a put leaves out, so an action that has a
    /// setting too many is deleted first.
    pub(super) async fn put_schedule(
        &self,
        group: &str,
        name: &str,
        schedule: &ScheduledAction,
    ) -> Result<Outcome, ActError> {
        if self.schedule(group, name).await?.is_some_and(|old| has_more(&old, schedule)) {
            self.delete_schedule(group, name).await?;
        }
        let request = self
            .clients
            .autoscaling
            .put_scheduled_update_group_action()
            .auto_scaling_group_name(group)
            .scheduled_action_name(name)
            .set_recurrence(schedule.recurrence.clone())
            .set_time_zone(schedule.time_zone.clone())
            .set_start_time(schedule.start.map(date_time))
            .set_end_time(schedule.end.map(date_time))
            .set_min_size(schedule.min.map(int))
            .set_max_size(schedule.max.map(int))
            .set_desired_capacity(schedule.desired.map(int));
        let call = Call::PutScheduledUpdateGroupAction;
        done(self.call(call, group, || request.clone().send()).await)
    }

    async fn schedule(&self, group: &str, name: &str) -> Result<Option<ScheduledAction>, ActError> {
        let request = self
            .clients
            .autoscaling
            .describe_scheduled_actions()
            .auto_scaling_group_name(group)
            .scheduled_action_names(name);
        let call = Call::DescribeScheduledActions;
        let answer = self.call(call, group, || request.clone().send()).await?;
        Ok(answer.scheduled_update_group_actions().first().map(observed))
    }

    pub(super) async fn delete_schedule(
        &self,
        group: &str,
        name: &str,
    ) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .delete_scheduled_action()
            .auto_scaling_group_name(group)
            .scheduled_action_name(name);
        gone(self.call(Call::DeleteScheduledAction, group, || request.clone().send()).await)
    }

    /// Puts a hook, whole: an empty target takes an old one away (API reference,
    /// `PutLifecycleHookType`).
    pub(super) async fn put_hook(
        &self,
        group: &str,
        name: &str,
        hook: &LifecycleHook,
    ) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .put_lifecycle_hook()
            .auto_scaling_group_name(group)
            .lifecycle_hook_name(name)
            .lifecycle_transition(transition(hook.transition))
            .heartbeat_timeout(int(hook.heartbeat_timeout.0))
            .default_result(&hook.default_result)
            .notification_target_arn(hook.notification_target.clone().unwrap_or_default())
            .set_role_arn(hook.role.clone());
        done(self.call(Call::PutLifecycleHook, group, || request.clone().send()).await)
    }

    pub(super) async fn delete_hook(&self, group: &str, name: &str) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .delete_lifecycle_hook()
            .auto_scaling_group_name(group)
            .lifecycle_hook_name(name);
        gone(self.call(Call::DeleteLifecycleHook, group, || request.clone().send()).await)
    }

    /// Puts a warm pool, whole: -1 takes an old limit away (API reference, `PutWarmPoolType`).
    pub(super) async fn put_warm_pool(
        &self,
        group: &str,
        pool: &WarmPool,
    ) -> Result<Outcome, ActError> {
        let reuse =
            sdk::InstanceReusePolicy::builder().reuse_on_scale_in(pool.reuse_on_scale_in).build();
        let request = self
            .clients
            .autoscaling
            .put_warm_pool()
            .auto_scaling_group_name(group)
            .min_size(int(pool.min))
            .max_group_prepared_capacity(pool.max_prepared.map_or(-1, int))
            .pool_state(pool.state.as_str().into())
            .instance_reuse_policy(reuse);
        done(self.call(Call::PutWarmPool, group, || request.clone().send()).await)
    }

    pub(super) async fn delete_warm_pool(&self, group: &str) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .delete_warm_pool()
            .auto_scaling_group_name(group)
            .force_delete(true);
        gone(self.call(Call::DeleteWarmPool, group, || request.clone().send()).await)
    }
}

/// Whether the old action sets something that the new one does not.
fn has_more(old: &ScheduledAction, new: &ScheduledAction) -> bool {
    let dropped = |old: bool, new: bool| old && !new;
    dropped(old.recurrence.is_some(), new.recurrence.is_some())
        || dropped(old.time_zone.is_some(), new.time_zone.is_some())
        || dropped(old.start.is_some(), new.start.is_some())
        || dropped(old.end.is_some(), new.end.is_some())
        || dropped(old.min.is_some(), new.min.is_some())
        || dropped(old.max.is_some(), new.max.is_some())
        || dropped(old.desired.is_some(), new.desired.is_some())
}

/// AWS's word for a transition.
pub(super) const fn transition(transition: HookTransition) -> &'static str {
    match transition {
        HookTransition::Launch => LAUNCHING,
        HookTransition::Terminate => TERMINATING,
    }
}
