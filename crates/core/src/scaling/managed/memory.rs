//! For how long what was written down can count.

use super::super::{Behavior, Rules};
use crate::units::Seconds;

/// How long a group without a behaviour waits before it shrinks.
/// Source: `--horizontal-pod-autoscaler-downscale-stabilization` of kube-controller-manager.
pub(super) const PATIENCE: Seconds = Seconds(300);

/// For how long what was written down can count. Whoever drops only what is older by a tick or more
/// changes no decision.
///
/// Kubernetes reuses slots by the periods of one direction only, so that it can lose events which
/// the other direction still counts; nothing is lost here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// For proposals: the longer of the two windows.
    pub recommendations: Seconds,
    /// For moves: the longest period of a rate policy of either direction. 0 s without a
    /// behaviour, when moves do not count.
    pub events: Seconds,
}

impl Memory {
    /// What a behaviour looks back on.
    #[must_use]
    pub fn of(behavior: Option<&Behavior>) -> Self {
        let Some(Behavior { scale_up, scale_down }) = behavior else {
            return Self { recommendations: PATIENCE, events: Seconds(0) };
        };
        Self {
            recommendations: scale_up.stabilization_window.max(scale_down.stabilization_window),
            events: longest_period(scale_up).max(longest_period(scale_down)),
        }
    }
}

fn longest_period(rules: &Rules) -> Seconds {
    rules.policies.iter().map(|policy| policy.period).max().unwrap_or_default()
}
