//! A proposal moves the group only as far as every recent one agrees.

use super::Input;
use super::age::{Age, Tick};
use super::memory::PATIENCE;
use crate::scaling::Behavior;
use crate::units::{Instances, Seconds};

/// A proposal of an earlier decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// The raw proposal, before windows, rates and bounds.
    pub capacity: Instances,
    /// How old it is.
    pub age: Age,
}

/// Where the recent proposals let the group go.
///
/// With a behaviour, both windows apply whichever way the proposal points. Without one, the largest
/// proposal of the down window counts, even where it is above the current size.
pub(super) fn stabilized(input: &Input<'_>, proposal: Instances) -> Instances {
    let Input { current, behavior, recommendations, tick, .. } = *input;
    let Some(Behavior { scale_up, scale_down }) = behavior else {
        let recent = recommendations.iter().filter(|entry| tick.is_no_older(entry.age, PATIENCE));
        return recent.map(|entry| entry.capacity).fold(proposal, Instances::max);
    };
    let within = |window| younger(recommendations, tick, window);
    let floor = within(scale_up.stabilization_window).fold(proposal, Instances::min);
    let ceiling = within(scale_down.stabilization_window).fold(proposal, Instances::max);
    current.max(floor).min(ceiling)
}

/// The proposals that are younger than a window.
fn younger(
    log: &[Recommendation],
    tick: Tick,
    window: Seconds,
) -> impl Iterator<Item = Instances> + '_ {
    log.iter().filter(move |entry| tick.is_younger(entry.age, window)).map(|entry| entry.capacity)
}
