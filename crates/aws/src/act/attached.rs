//! What an operator attaches to a group: target groups, metrics, processes, hooks, warm pool.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::cloud::{ActError, Outcome};
use plimsoll_core::world::{HookTransition, LifecycleHook, WarmPool};

use super::{Actor, done, gone};
use crate::call::Call;
use crate::convert::int;
use crate::observe::hooks::{LAUNCHING, TERMINATING};

/// Target groups of one attach or detach call (Auto Scaling quotas).
const TARGET_GROUPS_A_CALL: usize = 10;

impl Actor {
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

/// AWS's word for a transition.
pub(super) const fn transition(transition: HookTransition) -> &'static str {
    match transition {
        HookTransition::Launch => LAUNCHING,
        HookTransition::Terminate => TERMINATING,
    }
}
