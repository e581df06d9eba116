//! What hangs on a group or stands beside groups: put, and taken away.

use std::collections::BTreeMap;

use super::Action;
use crate::world::{Alarm, Group};

impl Action {
    /// Changes what hangs on a group as the call does, and nothing when the action is of another
    /// kind: one that makes, updates or deletes a group, a template or an alarm.
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
            | Self::PutAlarm { .. }
            | Self::DeleteAlarms { .. }
            | Self::DeleteGroup { .. } => {}
        }
    }

    /// Changes the alarms of a region as the call does, and says whether the action is one that
    /// does.
    pub fn change_alarms(&self, alarms: &mut BTreeMap<String, Alarm>) -> bool {
        if let Self::PutAlarm { name, alarm, .. } = self {
            alarms.insert(name.clone(), (**alarm).clone());
        } else if let Self::DeleteAlarms { names } = self {
            alarms.retain(|name, _| !names.contains(name));
        } else {
            return false;
        }
        true
    }
}
