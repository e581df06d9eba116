//! The steps of one service, as comparing finds them.

use std::collections::BTreeSet;

use super::{Change, Step, describe};
use crate::action::Action;

/// The steps of one service, as they are found.
pub(super) struct Steps<'a> {
    service: &'a str,
    found: Vec<Step>,
}

impl<'a> Steps<'a> {
    pub(super) fn of(service: &'a str) -> Self {
        Self { service, found: Vec::new() }
    }

    pub(super) fn into_found(self) -> Vec<Step> {
        self.found
    }

    pub(super) fn push(&mut self, action: Action, changes: Vec<Change>, consequences: Vec<String>) {
        let service = self.service.to_owned();
        self.found.push(Step { service, action, changes, consequences, destructive: false });
    }

    /// Marks the step that was pushed last.
    pub(super) fn mark_destructive(&mut self, destructive: bool) {
        if let Some(step) = self.found.last_mut() {
            step.destructive = destructive;
        }
    }

    /// Says what the step that was pushed last means, if it is of that kind.
    pub(super) fn explain_last(&mut self, kind: impl Fn(&Action) -> bool, consequence: &str) {
        if let Some(step) = self.found.last_mut().filter(|step| kind(&step.action)) {
            step.consequences.push(consequence.to_owned());
        }
    }

    /// Adds and removes words of a set, each in one call.
    pub(super) fn words(
        &mut self,
        is: &BTreeSet<String>,
        should: &BTreeSet<String>,
        field: &str,
        action: impl Fn(bool, BTreeSet<String>) -> Action,
    ) {
        for (add, words) in [(true, should.difference(is)), (false, is.difference(should))] {
            let words: BTreeSet<String> = words.cloned().collect();
            if !words.is_empty() {
                let shown = Some(describe::list(&words));
                let (old, new) = if add { (None, shown) } else { (shown, None) };
                self.push(action(add, words), vec![change(field, old, new)], vec![]);
            }
        }
    }
}

/// One field that changes because the spec says so.
pub(super) fn change(field: &str, old: Option<String>, new: Option<String>) -> Change {
    let reason = match (&old, &new) {
        (None, _) => "not there yet",
        (_, None) => "the spec does not have it",
        _ => "the spec differs",
    };
    Change { field: field.to_owned(), old, new, reason: reason.to_owned() }
}
