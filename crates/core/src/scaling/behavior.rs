//! How fast a managed group may move, and for how long a proposal must hold before it does: the
//! `behavior` of `autoscaling/v2`.

use serde::Serialize;

use crate::units::{Instances, MetricValue, Seconds};

/// Rules for both directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Behavior {
    /// For growing.
    pub scale_up: Rules,
    /// For shrinking.
    pub scale_down: Rules,
}

/// Rules for one direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// A move goes only as far as every proposal of this window agrees; 0 to 3600 s.
    #[serde(rename = "stabilizationWindowSeconds")]
    pub stabilization_window: Seconds,
    /// Which of several rate policies counts.
    pub select_policy: SelectPolicy,
    /// How far the group may move in a period.
    pub policies: Vec<RatePolicy>,
    /// Overrides the tolerance of 0.1 around the target; a share, such as 0.05.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<MetricValue>,
}

/// Which of several rate policies counts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub enum SelectPolicy {
    /// The one that allows the largest move. The default.
    #[default]
    Max,
    /// The one that allows the smallest move.
    Min,
    /// None: the group does not move in this direction.
    Disabled,
}

/// How far a group may move in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RatePolicy {
    /// What `value` counts.
    #[serde(rename = "type")]
    pub kind: RateKind,
    /// Above 0.
    pub value: Instances,
    /// 1 to 1800 s.
    #[serde(rename = "periodSeconds")]
    pub period: Seconds,
}

/// What the value of a rate policy counts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub enum RateKind {
    /// Percent of the size at the start of the period.
    Percent,
    /// Instances; `Pods` is read as this.
    #[serde(alias = "Pods")]
    Instances,
}

impl Behavior {
    /// What the Kubernetes API server fills in for what a spec leaves out.
    /// Source: `autoscaling/v2`, `HorizontalPodAutoscalerBehavior`.
    #[must_use]
    pub fn kubernetes() -> Self {
        let percent = RatePolicy { kind: RateKind::Percent, value: 100, period: Seconds(15) };
        let four = RatePolicy { kind: RateKind::Instances, value: 4, period: Seconds(15) };
        let rules = |window, policies| Rules {
            stabilization_window: Seconds(window),
            select_policy: SelectPolicy::Max,
            policies,
            tolerance: None,
        };
        Self { scale_up: rules(0, vec![four, percent]), scale_down: rules(300, vec![percent]) }
    }
}
