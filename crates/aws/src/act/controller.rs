//! The actions that the controller takes. It grants and ends leases and sets capacities and bounds;
//! what a spec declares is put by an operator.

use plimsoll_core::action::Action;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};

use super::Actor;
use crate::call::Call;
use crate::error::refusal;

impl Actor {
    /// Carries out one action of the controller's.
    ///
    /// # Errors
    /// When AWS refuses it, or stays busy or silent beyond all attempts, and with
    /// [`ErrorClass::Invalid`] when the action is an operator's.
    pub(crate) async fn act(&self, action: &Action) -> Result<Outcome, ActError> {
        let (call, resource) = match action {
            Action::UpdateGroup { group, change } => return self.update_group(group, change).await,
            Action::PutTags { group, tags } => return self.put_tags(group, tags).await,
            Action::DeleteTags { group, keys } => return self.delete_tags(group, keys).await,
            Action::PutSchedule { group, name, schedule } => {
                return self.put_schedule(group, name, schedule).await;
            }
            Action::DeleteSchedule { group, name } => {
                return self.delete_schedule(group, name).await;
            }
            Action::CreateTemplate { name, .. } => (Call::CreateLaunchTemplate, name),
            Action::CreateTemplateVersion { name, .. } => (Call::CreateLaunchTemplateVersion, name),
            Action::DeleteTemplate { name } => (Call::DeleteLaunchTemplate, name),
            Action::CreateGroup(new) => (Call::CreateAutoScalingGroup, &new.name),
            Action::DeleteGroup { group } => (Call::DeleteAutoScalingGroup, group),
            Action::AttachTargetGroups { group, .. } => {
                (Call::AttachLoadBalancerTargetGroups, group)
            }
            Action::DetachTargetGroups { group, .. } => {
                (Call::DetachLoadBalancerTargetGroups, group)
            }
            Action::EnableMetrics { group, .. } => (Call::EnableMetricsCollection, group),
            Action::DisableMetrics { group, .. } => (Call::DisableMetricsCollection, group),
            Action::SuspendProcesses { group, .. } => (Call::SuspendProcesses, group),
            Action::ResumeProcesses { group, .. } => (Call::ResumeProcesses, group),
            Action::PutPolicy { group, .. } => (Call::PutScalingPolicy, group),
            Action::DeletePolicy { group, .. } => (Call::DeletePolicy, group),
            Action::PutHook { group, .. } => (Call::PutLifecycleHook, group),
            Action::DeleteHook { group, .. } => (Call::DeleteLifecycleHook, group),
            Action::PutWarmPool { group, .. } => (Call::PutWarmPool, group),
            Action::DeleteWarmPool { group } => (Call::DeleteWarmPool, group),
        };
        Err(refusal(call, resource, ErrorClass::Invalid, "the controller leaves this to `apply`"))
    }
}
