//! How many calls a tick may make, and which steps come first.

use std::collections::BTreeMap;

use crate::action::Action;
use crate::cloud::ErrorClass;
use crate::reflex::Step;

/// Calls of one tick that change something. Auto Scaling publishes no rates; a sweep over fifty
/// groups with two writes each every minute stays well inside what was seen to be throttled.
const MOST: u32 = 100;

/// What may still be done in a tick.
#[derive(Debug)]
pub(super) struct Budget {
    left: u32,
    throttled: bool,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { left: MOST, throttled: false }
    }

    /// Whether one more step may be tried.
    pub(super) fn take(&mut self) -> bool {
        if self.throttled || self.left == 0 {
            return false;
        }
        self.left -= 1;
        true
    }

    /// A step failed. The adapter spent its retries, with growing pauses and jitter; whatever is
    /// tried now would only make it worse for the whole account, so the rest waits for the next
    /// tick.
    pub(super) fn failed(&mut self, class: ErrorClass) {
        self.throttled |= class == ErrorClass::Throttled;
    }
}

/// The steps in the order in which they are tried: services that need more first, so that what
/// hurts is done while calls are left. The steps of one service keep their order.
pub(super) fn by_urgency<'a, 'b>(steps: &'b [Step<'a>]) -> Vec<&'b Step<'a>> {
    let mut urgent: BTreeMap<&str, bool> = BTreeMap::new();
    for step in steps {
        *urgent.entry(step.service).or_default() |= is_urgent(&step.action);
    }
    let calm = |step: &&Step<'_>| !urgent.get(step.service).copied().unwrap_or_default();
    let mut ordered: Vec<&Step<'_>> = steps.iter().collect();
    ordered.sort_by_key(calm);
    ordered
}

/// Whether an action gives more: a lease, other bounds or another size. Clearing up can wait.
const fn is_urgent(action: &Action) -> bool {
    matches!(action, Action::PutTags { .. } | Action::UpdateGroup { .. })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn step(service: &'static str, action: Action) -> Step<'static> {
        Step { service, action }
    }

    #[test]
    fn what_needs_more_comes_first_and_each_service_keeps_its_order() {
        let forget = |group: &str| Action::DeleteTags {
            group: group.to_owned(),
            keys: BTreeSet::from(["a".to_owned()]),
        };
        let grant = Action::PutTags { group: "web".to_owned(), tags: BTreeMap::new() };
        let steps =
            [step("api", forget("api")), step("web", forget("web")), step("web", grant.clone())];
        let ordered: Vec<&Step<'_>> = by_urgency(&steps);
        assert_eq!(ordered, [&steps[1], &steps[2], &steps[0]]);
    }

    #[test]
    fn nothing_more_is_tried_when_aws_throttles() {
        let mut budget = Budget::new();
        assert!(budget.take());
        budget.failed(ErrorClass::Busy);
        assert!(budget.take());
        budget.failed(ErrorClass::Throttled);
        assert!(!budget.take());
    }

    #[test]
    fn a_tick_has_so_many_calls() {
        let mut budget = Budget::new();
        assert!((0..MOST).all(|_| budget.take()));
        assert!(!budget.take());
    }
}
