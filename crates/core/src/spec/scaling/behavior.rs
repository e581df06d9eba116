//! What an operator may write about the pace of managed scaling: the keys of `autoscaling/v2`, so
//! that the `behavior` of a `HorizontalPodAutoscaler` can be pasted.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scaling::{Behavior, RateKind, RatePolicy, Rules, SelectPolicy};
use crate::units::{Instances, MetricValue, Seconds};

/// How fast a managed group may move. What is left out is what the Kubernetes API server fills in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::spec) struct BehaviorDoc {
    /// For growing. Default: no window, and the larger of 4 instances and 100 % in 15 s.
    pub(in crate::spec) scale_up: RulesDoc,
    /// For shrinking. Default: a window of 300 s, and 100 % in 15 s.
    pub(in crate::spec) scale_down: RulesDoc,
}

/// Rules for one direction.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::spec) struct RulesDoc {
    /// A move goes only as far as every proposal of this window agrees: 0 to 3600 s.
    pub(in crate::spec) stabilization_window_seconds: Option<Seconds>,
    /// Which of several rate policies counts. Default: `Max`. `Disabled` ends all moves in this
    /// direction.
    pub(in crate::spec) select_policy: Option<SelectPolicy>,
    /// How far the group may move in a period; one at least.
    pub(in crate::spec) policies: Option<Vec<RatePolicyDoc>>,
    /// How far a metric may be off its target before the group moves, as a share: 0 or more, below
    /// 1. Default: 0.1.
    pub(in crate::spec) tolerance: Option<MetricValue>,
}

/// How far a group may move in a period.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::spec) struct RatePolicyDoc {
    /// What `value` counts.
    #[serde(rename = "type")]
    #[schemars(with = "RateKindForm")]
    pub(in crate::spec) kind: RateKind,
    /// Above 0.
    pub(in crate::spec) value: Instances,
    /// 1 to 1800 s.
    pub(in crate::spec) period_seconds: Seconds,
}

/// How the kind of a rate policy is written.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "shows the word of Kubernetes in the schema, which drops aliases")]
enum RateKindForm {
    /// Percent of the size at the start of the period.
    Percent,
    /// Instances.
    Instances,
    /// The word of Kubernetes for `Instances`.
    Pods,
}

impl BehaviorDoc {
    /// The behaviour, with the defaults of Kubernetes where nothing is written.
    pub(in crate::spec) fn filled_in(&self) -> Behavior {
        let Behavior { scale_up, scale_down } = Behavior::kubernetes();
        Behavior {
            scale_up: self.scale_up.over(scale_up),
            scale_down: self.scale_down.over(scale_down),
        }
    }
}

impl RulesDoc {
    fn over(&self, default: Rules) -> Rules {
        let rates =
            |policies: &Vec<RatePolicyDoc>| policies.iter().map(RatePolicyDoc::rate).collect();
        Rules {
            stabilization_window: self
                .stabilization_window_seconds
                .unwrap_or(default.stabilization_window),
            select_policy: self.select_policy.unwrap_or(default.select_policy),
            policies: self.policies.as_ref().map_or(default.policies, rates),
            tolerance: self.tolerance.or(default.tolerance),
        }
    }
}

impl RatePolicyDoc {
    fn rate(&self) -> RatePolicy {
        RatePolicy { kind: self.kind, value: self.value, period: self.period_seconds }
    }
}
