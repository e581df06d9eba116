//! What hangs on a group: put, and taken away.

use super::Action;
use crate::world::Group;

impl Action {
    /// Changes what hangs on a group as the call does, and nothing when the action is of another
    /// kind: one that makes, updates or deletes a group or a template.
    pub fn change_parts(&self, group: &mut Group) {
        match self {
            Self::PutTags { tags, .. } => group.tags.extend(tags.clone()),
            Self::DeleteTags { keys, .. } => group.tags.retain(|key, _| !keys.contains(key)),
            Self::AttachTargetGroups { arns, .. } => group.target_groups.extend(arns.clone()),
            Self::DetachTargetGroups { arns, .. } => {
                group.target_groups.retain(|arn| !arns.contains(arn));
            }
            Self::EnableMetrics { metrics, .. } => group.metrics.extend(metrics.clone()),
            Self::DisableMetrics { metrics, .. } => group.metrics.retain(|m| !metrics.contains(m)),
            Self::SuspendProcesses { processes, .. } => group.suspended.extend(processes.clone()),
            Self::ResumeProcesses { processes, .. } => {
                group.suspended.retain(|process| !processes.contains(process));
            }
            Self::PutPolicy { name, policy, .. } => {
                group.policies.insert(name.clone(), (**policy).clone());
            }
            Self::DeletePolicy { name, .. } => drop(group.policies.remove(name)),
            Self::PutSchedule { name, schedule, .. } => {
                group.schedules.insert(name.clone(), (**schedule).clone());
            }
            Self::DeleteSchedule { name, .. } => drop(group.schedules.remove(name)),
            Self::PutHook { name, hook, .. } => {
                group.hooks.get_or_insert_default().insert(name.clone(), (**hook).clone());
            }
            Self::DeleteHook { name, .. } => {
                group.hooks.get_or_insert_default().remove(name);
            }
            Self::PutWarmPool { pool, .. } => group.warm_pool = Some(pool.clone()),
            Self::DeleteWarmPool { .. } => group.warm_pool = None,
            Self::CreateTemplate { .. }
            | Self::CreateTemplateVersion { .. }
            | Self::DeleteTemplate { .. }
            | Self::CreateGroup(_)
            | Self::UpdateGroup { .. }
            | Self::DeleteGroup { .. } => {}
        }
    }
}
