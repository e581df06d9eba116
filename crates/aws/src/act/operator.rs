//! Every action that there is.

use plimsoll_core::action::Action;
use plimsoll_core::cloud::{ActError, Outcome};

use super::Actor;

impl Actor {
    /// Carries out one action.
    ///
    /// # Errors
    /// When AWS refuses it, or stays busy or silent beyond all attempts.
    pub(crate) async fn act(&self, action: &Action) -> Result<Outcome, ActError> {
        match action {
            Action::CreateTemplate { name, data, tags } => {
                self.create_template(name, data, tags).await
            }
            Action::CreateTemplateVersion { name, data } => {
                self.create_template_version(name, data).await
            }
            Action::DeleteTemplate { name } => self.delete_template(name).await,
            Action::CreateGroup(group) => self.create_group(group).await,
            Action::UpdateGroup { group, change } => self.update_group(group, change).await,
            Action::DeleteGroup { group } => self.delete_group(group).await,
            Action::PutTags { group, tags } => self.put_tags(group, tags).await,
            Action::DeleteTags { group, keys } => self.delete_tags(group, keys).await,
            Action::AttachTargetGroups { group, arns } => {
                self.attach_target_groups(group, arns).await
            }
            Action::DetachTargetGroups { group, arns } => {
                self.detach_target_groups(group, arns).await
            }
            Action::EnableMetrics { group, metrics } => self.enable_metrics(group, metrics).await,
            Action::DisableMetrics { group, metrics } => self.disable_metrics(group, metrics).await,
            Action::SuspendProcesses { group, processes } => self.suspend(group, processes).await,
            Action::ResumeProcesses { group, processes } => self.resume(group, processes).await,
            Action::PutPolicy { group, name, policy } => self.put_policy(group, name, policy).await,
            Action::DeletePolicy { group, name } => self.delete_policy(group, name).await,
            Action::PutSchedule { group, name, schedule } => {
                self.put_schedule(group, name, schedule).await
            }
            Action::DeleteSchedule { group, name } => self.delete_schedule(group, name).await,
            Action::PutHook { group, name, hook } => self.put_hook(group, name, hook).await,
            Action::DeleteHook { group, name } => self.delete_hook(group, name).await,
            Action::PutWarmPool { group, pool } => self.put_warm_pool(group, pool).await,
            Action::DeleteWarmPool { group } => self.delete_warm_pool(group).await,
            Action::PutAlarm { name, alarm, tags } => self.put_alarm(name, alarm, tags).await,
            Action::DeleteAlarms { names } => self.delete_alarms(names).await,
        }
    }
}
