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
        let call = match action {
            Action::UpdateGroup { group, change } => return self.update_group(group, change).await,
            Action::PutTags { group, tags } => return self.put_tags(group, tags).await,
            Action::DeleteTags { group, keys } => return self.delete_tags(group, keys).await,
            Action::PutSchedule { group, name, schedule } => {
                return self.put_schedule(group, name, schedule).await;
            }
            Action::DeleteSchedule { group, name } => {
                return self.delete_schedule(group, name).await;
            }
            Action::CreateTemplate { .. } => Call::CreateLaunchTemplate,
            Action::CreateTemplateVersion { .. } => Call::CreateLaunchTemplateVersion,
            Action::DeleteTemplate { .. } => Call::DeleteLaunchTemplate,
            Action::CreateGroup(_) => Call::CreateAutoScalingGroup,
            Action::DeleteGroup { .. } => Call::DeleteAutoScalingGroup,
            Action::AttachTargetGroups { .. } => Call::AttachLoadBalancerTargetGroups,
            Action::DetachTargetGroups { .. } => Call::DetachLoadBalancerTargetGroups,
            Action::EnableMetrics { .. } => Call::EnableMetricsCollection,
            Action::DisableMetrics { .. } => Call::DisableMetricsCollection,
            Action::SuspendProcesses { .. } => Call::SuspendProcesses,
            Action::ResumeProcesses { .. } => Call::ResumeProcesses,
            Action::PutPolicy { .. } => Call::PutScalingPolicy,
            Action::DeletePolicy { .. } => Call::DeletePolicy,
            Action::PutHook { .. } => Call::PutLifecycleHook,
            Action::DeleteHook { .. } => Call::DeleteLifecycleHook,
            Action::PutWarmPool { .. } => Call::PutWarmPool,
            Action::DeleteWarmPool { .. } => Call::DeleteWarmPool,
            Action::PutAlarm { .. } => Call::PutMetricAlarm,
            Action::DeleteAlarms { .. } => Call::DeleteAlarms,
        };
        let why = "the controller leaves this to `apply`";
        Err(refusal(call, action.resource(), ErrorClass::Invalid, why))
    }
}
