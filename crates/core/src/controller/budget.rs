//! What a tick may still do, and what comes first.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::cloud::ErrorClass;
use crate::reflex::{Decision, Effect, Step};

/// Most steps of one tick. Each is one to three requests. Auto Scaling publishes no rates; fifty
/// groups with a new lease each stay inside it.
const MOST: u32 = 200;

/// What may still be done in a tick.
pub(super) struct Budget<'a> {
    left: AtomicU32,
    over: AtomicBool,
    time_is_up: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Budget<'a> {
    pub(super) const fn new(time_is_up: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self { left: AtomicU32::new(MOST), over: AtomicBool::new(false), time_is_up }
    }

    /// Whether one more step may begin.
    pub(super) fn take(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        !self.over.load(Ordering::Relaxed)
            && !(self.time_is_up)()
            && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }

    /// A step failed. The adapter spent its retries, with growing pauses and jitter. While AWS
    /// throttles or does not answer, whatever is tried now would only make it worse for the whole
    /// account, or wait in vain: the rest is left to the next tick.
    pub(super) fn failed(&self, class: ErrorClass) {
        if matches!(class, ErrorClass::Throttled | ErrorClass::Unreachable) {
            self.over.store(true, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("left", &self.left).field("over", &self.over).finish()
    }
}

/// How much a service's steps matter: the smaller, the sooner they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It must not shrink, or may grow: leases and higher bounds.
    Floor,
    /// It grows.
    Out,
    /// It shrinks.
    In,
    /// What is over is cleared away.
    Clear,
}

/// The steps service by service, those that need more first.
pub(super) fn by_urgency<'a, 'b>(decision: &'b Decision<'a>) -> Vec<Vec<&'b Step<'a>>> {
    let mut services: BTreeMap<&str, Vec<&Step<'_>>> = BTreeMap::new();
    for step in &decision.steps {
        services.entry(step.service).or_default().push(step);
    }
    let mut ranked: Vec<(Rank, &str)> =
        services.keys().map(|service| (rank(decision, service), *service)).collect();
    ranked.sort_unstable();
    ranked.into_iter().filter_map(|(_, service)| services.remove(service)).collect()
}

fn rank(decision: &Decision<'_>, service: &str) -> Rank {
    let of_service = decision.verdicts.iter().filter(|verdict| verdict.about == service);
    let effects = of_service.flat_map(|verdict| verdict.outcome.as_deref().unwrap_or_default());
    let ranks = effects.map(|effect| match effect {
        Effect::Grant(_) | Effect::Remember(_) => Rank::Floor,
        Effect::Follow { from, to } if to.min > from.min || to.max > from.max => Rank::Floor,
        Effect::Scale { from, to, .. } if to > from => Rank::Out,
        Effect::Scale { .. } | Effect::Follow { .. } => Rank::In,
        Effect::Drop(_) | Effect::Judge { .. } | Effect::Find(_) => Rank::Clear,
    });
    ranks.min().unwrap_or(Rank::Clear)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::action::Action;
    use crate::reflex::{Reflex, Verdict};

    fn never() -> bool {
        false
    }

    #[test]
    fn what_needs_more_comes_first_and_each_service_keeps_its_order() {
        let scale = |about, from, to| Verdict {
            reflex: Reflex::Managed,
            about,
            outcome: Ok(vec![Effect::Scale { from, to, why: String::new() }]),
        };
        let keys = BTreeSet::from(["a".to_owned()]);
        let step = |service: &'static str, group: &str| Step {
            service,
            action: Action::DeleteTags { group: group.to_owned(), keys: keys.clone() },
        };
        let decision = Decision {
            verdicts: vec![scale("api", 4, 2), scale("web", 2, 4)],
            steps: vec![step("api", "1"), step("old", "2"), step("web", "3"), step("web", "4")],
            ..Decision::default()
        };
        let steps = &decision.steps;
        let ordered = by_urgency(&decision);
        assert_eq!(ordered, [vec![&steps[2], &steps[3]], vec![&steps[0]], vec![&steps[1]]]);
    }

    #[test]
    fn nothing_more_is_tried_while_aws_throttles_or_does_not_answer() {
        for class in [ErrorClass::Throttled, ErrorClass::Unreachable] {
            let budget = Budget::new(&never);
            assert!(budget.take());
            budget.failed(ErrorClass::Busy);
            assert!(budget.take());
            budget.failed(class);
            assert!(!budget.take());
        }
    }

    #[test]
    fn a_tick_has_so_many_steps_and_so_much_time() {
        let budget = Budget::new(&never);
        assert!((0..MOST).all(|_| budget.take()));
        assert!(!budget.take());
        assert!(!Budget::new(&|| true).take());
    }
}
