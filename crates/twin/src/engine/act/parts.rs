//! What is taken away from a group.

use plimsoll_core::action::Action;

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
