//! What a step does to its resource: the sign before it, and what it counts as.

use clap::builder::styling::Style;
use plimsoll_core::action::Action;
use plimsoll_core::plan::Step;

use super::super::style::{ADD, CHANGE, DELETE};

/// What a step does to its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Makes it.
    Add,
    /// Changes it.
    Change,
    /// Deletes it.
    Delete,
}

impl Mark {
    /// The mark of a step. A part that is put is new when nothing of it is there.
    pub(super) fn of(step: &Step) -> Self {
        let whole = matches!(
            step.action,
            Action::PutPolicy { .. }
                | Action::PutSchedule { .. }
                | Action::PutHook { .. }
                | Action::PutWarmPool { .. }
                | Action::PutAlarm { .. }
        );
        let new = step.changes.iter().all(|change| change.old.is_none());
        let makes = matches!(step.action, Action::CreateTemplate { .. } | Action::CreateGroup(_));
        let deletes = matches!(
            step.action,
            Action::DeletePolicy { .. }
                | Action::DeleteSchedule { .. }
                | Action::DeleteHook { .. }
                | Action::DeleteWarmPool { .. }
                | Action::DeleteAlarms { .. }
                | Action::DeleteGroup { .. }
                | Action::DeleteTemplate { .. }
        );
        match (makes || (whole && new), deletes) {
            (true, _) => Self::Add,
            (false, true) => Self::Delete,
            (false, false) => Self::Change,
        }
    }

    /// Its sign and colour.
    pub(super) const fn sign(self) -> (char, Style) {
        match self {
            Self::Add => ('+', ADD),
            Self::Change => ('~', CHANGE),
            Self::Delete => ('-', DELETE),
        }
    }
}
