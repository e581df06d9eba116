//! What hangs on a group: put, and taken away.

use plimsoll_core::action::Action;
use plimsoll_core::world::Group;

/// Whether an action takes something away from a group, and so is done when there is no group.
pub(super) const fn removes(action: &Action) -> bool {
    matches!(
        action,
        Action::DeleteTags { .. }
            | Action::DetachTargetGroups { .. }
            | Action::DeletePolicy { .. }
            | Action::DeleteSchedule { .. }
            | Action::DeleteHook { .. }
            | Action::DeleteWarmPool { .. }
    )
}

/// Changes a part of a group.
pub(super) fn change(group: &mut Group, action: &Action) {
    match action {
        Action::PutTags { tags, .. } => group.tags.extend(tags.clone()),
        Action::DeleteTags { keys, .. } => group.tags.retain(|key, _| !keys.contains(key)),
        Action::AttachTargetGroups { arns, .. } => group.target_groups.extend(arns.clone()),
        Action::DetachTargetGroups { arns, .. } => {
            group.target_groups.retain(|arn| !arns.contains(arn));
        }
        Action::EnableMetrics { metrics, .. } => group.metrics.extend(metrics.clone()),
        Action::DisableMetrics { metrics, .. } => group.metrics.retain(|m| !metrics.contains(m)),
        Action::SuspendProcesses { processes, .. } => group.suspended.extend(processes.clone()),
        Action::ResumeProcesses { processes, .. } => {
            group.suspended.retain(|process| !processes.contains(process));
        }
        Action::PutPolicy { name, policy, .. } => {
            group.policies.insert(name.clone(), (**policy).clone());
        }
        Action::DeletePolicy { name, .. } => drop(group.policies.remove(name)),
        Action::PutSchedule { name, schedule, .. } => {
            group.schedules.insert(name.clone(), (**schedule).clone());
        }
        Action::DeleteSchedule { name, .. } => drop(group.schedules.remove(name)),
        Action::PutHook { name, hook, .. } => {
            group.hooks.get_or_insert_default().insert(name.clone(), (**hook).clone());
        }
        Action::DeleteHook { name, .. } => {
            group.hooks.get_or_insert_default().remove(name);
        }
        Action::PutWarmPool { pool, .. } => group.warm_pool = Some(pool.clone()),
        Action::DeleteWarmPool { .. } => group.warm_pool = None,
        // Those are carried out elsewhere: they are no changes of parts.
        Action::CreateTemplate { .. }
        | Action::CreateTemplateVersion { .. }
        | Action::DeleteTemplate { .. }
        | Action::CreateGroup(_)
        | Action::UpdateGroup { .. }
        | Action::DeleteGroup { .. } => {}
    }
}
