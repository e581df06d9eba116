//! The `behavior` of `autoscaling/v2`, in exactly its form.

use anyhow::{Context as _, Result, ensure};
use plimsoll_core::scaling::{Behavior, RateKind, RatePolicy, Rules, SelectPolicy};
use plimsoll_core::units::{Instances, MetricValue, Seconds};
use serde::Deserialize;

use super::number;
use super::object::Object;

/// Longest window and longest period, in seconds.
/// Source: `autoscaling/v2`, `HPAScalingRules` and `HPAScalingPolicy`.
const LONGEST_WINDOW: u32 = 3_600;
const LONGEST_PERIOD: u32 = 1_800;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BehaviorDoc {
    scale_up: Option<Object<RulesDoc>>,
    scale_down: Option<Object<RulesDoc>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RulesDoc {
    stabilization_window_seconds: Option<u32>,
    select_policy: Option<SelectPolicy>,
    policies: Option<Vec<Object<PolicyDoc>>>,
    #[serde(default, deserialize_with = "number::optional")]
    tolerance: Option<MetricValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PolicyDoc {
    #[serde(rename = "type")]
    kind: RateKind,
    value: Instances,
    period_seconds: u32,
}

impl BehaviorDoc {
    /// The behaviour, with what the API server fills in, and checked as it checks it. A list of
    /// policies that is empty is let through, so that it can be seen what it would do.
    pub(super) fn lower(self) -> Result<Behavior> {
        let defaults = Behavior::kubernetes();
        let rules = |doc: Option<Object<RulesDoc>>, defaults, direction| {
            doc.map_or_else(RulesDoc::default, |Object(doc)| doc)
                .over(defaults)
                .with_context(|| format!("behavior.{direction}"))
        };
        Ok(Behavior {
            scale_up: rules(self.scale_up, defaults.scale_up, "scaleUp")?,
            scale_down: rules(self.scale_down, defaults.scale_down, "scaleDown")?,
        })
    }
}

impl RulesDoc {
    fn over(self, defaults: Rules) -> Result<Rules> {
        let stabilization_window =
            self.stabilization_window_seconds.map_or(defaults.stabilization_window, Seconds);
        ensure!(
            stabilization_window <= Seconds(LONGEST_WINDOW),
            "stabilizationWindowSeconds {} is not 0 to {LONGEST_WINDOW}",
            stabilization_window.0
        );
        if let Some(tolerance) = self.tolerance {
            ensure!(tolerance >= MetricValue::default(), "tolerance {tolerance} is below 0");
        }
        let policies = match self.policies {
            None => defaults.policies,
            Some(docs) => {
                let at = |(index, Object(doc)): (usize, Object<PolicyDoc>)| {
                    doc.lower().with_context(|| format!("policies[{index}]"))
                };
                docs.into_iter().enumerate().map(at).collect::<Result<_>>()?
            }
        };
        Ok(Rules {
            stabilization_window,
            select_policy: self.select_policy.unwrap_or(defaults.select_policy),
            policies,
            tolerance: self.tolerance,
        })
    }
}

impl PolicyDoc {
    fn lower(self) -> Result<RatePolicy> {
        let Self { kind, value, period_seconds: period } = self;
        ensure!(value > 0, "value 0 is not above 0; `selectPolicy: Disabled` ends all moves");
        ensure!(
            (1..=LONGEST_PERIOD).contains(&period),
            "periodSeconds {period} is not 1 to {LONGEST_PERIOD}"
        );
        Ok(RatePolicy { kind, value, period: Seconds(period) })
    }
}
