//! How far the group may move at once, and the bounds.

use std::cmp::Ordering;

use super::age::{Age, Tick};
use super::{Input, Limit};
use crate::bounds::Bounds;
use crate::scaling::{RateKind, RatePolicy, Rules, SelectPolicy};
use crate::units::Instances;

/// A move of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// So many instances more, or fewer.
    pub change: i64,
    /// How long ago.
    pub age: Age,
}

/// The size that the rates and bounds of the direction of travel allow, and which of the two cut
/// it. Where both say the same, it is the bound.
pub(super) fn paced(input: &Input<'_>, wanted: Instances) -> (Instances, Limit) {
    let Input { current, bounds: Bounds { min, max }, behavior, events, tick, .. } = *input;
    let pace = Pace { current: current.into(), events, tick };
    let (cap, bound, rules) = match wanted.cmp(&current) {
        // The gate let it through, so it is inside the bounds.
        Ordering::Equal => return (current, Limit::None),
        Ordering::Greater => {
            let rules = behavior.map(|behavior| &behavior.scale_up);
            let most = rules.map_or_else(|| pace.unruled(), |rules| pace.most(rules));
            (capacity(most).min(max), (max, Limit::Max), rules)
        }
        Ordering::Less => {
            let rules = behavior.map(|behavior| &behavior.scale_down);
            let least = rules.map_or(0, |rules| pace.least(rules));
            (capacity(least).max(min), (min, Limit::Min), rules)
        }
    };
    // What is wanted lies between the current size and the cap, or beyond the cap.
    if (wanted.cmp(&cap)) != wanted.cmp(&current) {
        return (wanted, Limit::None);
    }
    let disabled = rules.is_some_and(|rules| rules.select_policy == SelectPolicy::Disabled);
    match bound {
        (end, limit) if end == cap => (cap, limit),
        _ if disabled => (cap, Limit::Disabled),
        _ => (cap, Limit::Rate),
    }
}

/// The nearest size that a group can have.
fn capacity(size: i128) -> Instances {
    Instances::try_from(size.max(0)).unwrap_or(Instances::MAX)
}

/// What rate policies are reckoned from.
#[derive(Clone, Copy)]
struct Pace<'a> {
    current: i128,
    events: &'a [Event],
    tick: Tick,
}

impl Pace<'_> {
    /// The size at the start of a policy's period, as far as the moves since then tell.
    fn start(self, policy: &RatePolicy) -> i128 {
        let since = self.events.iter().filter(|it| self.tick.is_younger(it.age, policy.period));
        self.current - since.map(|event| i128::from(event.change)).sum::<i128>()
    }

    /// The largest size that the rules for growing allow; never below the current one.
    fn most(self, rules: &Rules) -> i128 {
        let limits = rules.policies.iter().map(|policy| {
            let (start, value) = (self.start(policy), i128::from(policy.value));
            match policy.kind {
                RateKind::Instances => start + value,
                // Rounded up, so that a small group can grow at all.
                RateKind::Percent => (start * (100 + value) + 99).div_euclid(100),
            }
        });
        let most = match rules.select_policy {
            SelectPolicy::Disabled => Some(self.current),
            SelectPolicy::Max => limits.max().or(Some(self.current)),
            SelectPolicy::Min => limits.min(),
        };
        most.map_or(i128::MAX, |most| most.max(self.current))
    }

    /// The smallest size that the rules for shrinking allow; never above the current one.
    fn least(self, rules: &Rules) -> i128 {
        let limits = rules.policies.iter().map(|policy| {
            let (start, value) = (self.start(policy), i128::from(policy.value));
            match policy.kind {
                RateKind::Instances => start - value,
                RateKind::Percent => start * (100 - value) / 100,
            }
        });
        let least = match rules.select_policy {
            SelectPolicy::Disabled => Some(self.current),
            SelectPolicy::Max => limits.min().or(Some(self.current)),
            SelectPolicy::Min => limits.max(),
        };
        least.map_or(0, |least| least.min(self.current))
    }

    /// The largest size without a behaviour: the double, or 4 where that is more.
    /// Source: `calculateScaleUpLimit` of horizontal.go.
    fn unruled(self) -> i128 {
        (2 * self.current).max(4)
    }
}
