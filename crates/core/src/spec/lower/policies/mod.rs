//! Scaling policies.

mod metric;
mod steps;

use std::collections::BTreeMap;

use super::Lower;
use crate::spec::document::Kind;
use crate::spec::model::BACKSTOP;
use crate::spec::names::POLICY;
use crate::spec::problem::code;
use crate::spec::scaling::{
    BreachDoc, MetricDoc, PolicyDoc, PredictiveDoc, PredictiveMetricDoc, TargetTrackingDoc,
};
use crate::units::{MetricValue, Seconds};
use crate::world::{
    Metric, Policy, PredictiveMetric, PredictiveMode, PredictiveScaling, TargetTracking,
};

/// Most policies of a group. Source: EC2 Auto Scaling quotas.
pub(crate) const MOST_POLICIES: usize = 50;

/// Where one policy is written.
type At<'a> = &'a [&'a str];

impl Lower<'_> {
    pub(super) fn policies(
        &mut self,
        docs: &BTreeMap<String, PolicyDoc>,
        kind: Kind,
        has_target_group: bool,
    ) -> BTreeMap<String, Policy> {
        let path = ["scaling", "policies"];
        if docs.len() > MOST_POLICIES {
            let message =
                format!("a group has {MOST_POLICIES} policies at most, not {}", docs.len());
            self.error(code::QUOTA, &path, message, "remove some");
        }
        if kind == Kind::Stateful && !docs.is_empty() {
            let message = format!("`{}` is stateful and does not scale", self.names.service);
            self.error(code::STATEFUL_SCALING, &path, message, "remove its policies");
        }
        let mut lowered = BTreeMap::new();
        for (name, doc) in docs {
            self.name(POLICY, &["scaling", "policies", name], name);
            if name == BACKSTOP {
                let message = format!("`{BACKSTOP}` is the policy that stays with managed groups");
                self.error(code::BAD_NAME, &["scaling", "policies", name], message, "rename it");
            }
            let policy = match doc {
                PolicyDoc::TargetTracking(doc) => {
                    let at = ["scaling", "policies", name, "target_tracking"];
                    self.target_tracking(doc, &at, has_target_group)
                }
                PolicyDoc::Step(doc) => self.step(doc, &["scaling", "policies", name, "step"]),
                PolicyDoc::Predictive(doc) => {
                    let at = ["scaling", "policies", name, "predictive"];
                    self.predictive(doc, &at, has_target_group)
                }
            };
            lowered.insert(name.clone(), policy);
        }
        self.different_metrics(&lowered);
        self.one_forecast(&lowered);
        lowered
    }

    fn target_tracking(
        &mut self,
        doc: &TargetTrackingDoc,
        at: At<'_>,
        has_target_group: bool,
    ) -> Policy {
        self.positive(doc.target, at);
        if matches!(doc.metric, MetricDoc::AlbRequestsPerTarget) {
            self.needs_target_group(at, has_target_group);
        }
        Policy::TargetTracking(TargetTracking {
            metric: self.metric(&doc.metric, at),
            target: doc.target,
            scale_in: doc.scale_in,
            warmup: doc.warmup,
            enabled: doc.enabled,
        })
    }

    fn predictive(&mut self, doc: &PredictiveDoc, at: At<'_>, has_target_group: bool) -> Policy {
        self.positive(doc.target, at);
        if doc.max_capacity_breach == Some(BreachDoc::IncreaseMaxCapacity) {
            let path: Vec<&str> = at.iter().copied().chain(["max_capacity_breach"]).collect();
            self.error(
                code::RAISES_MAX,
                &path,
                "IncreaseMaxCapacity is not accepted: AWS never lowers the raised maximum again",
                "raise `bounds.max`, or raise it for the hours that need it under `schedule`",
            );
        }
        if matches!(doc.metric, PredictiveMetricDoc::AlbRequests) {
            self.needs_target_group(at, has_target_group);
        }
        let buffer = doc.scheduling_buffer.unwrap_or(Seconds(300));
        let path: Vec<&str> = at.iter().copied().chain(["scheduling_buffer"]).collect();
        self.within(buffer, Seconds(0), Seconds(3_599), &path, "the scheduling buffer");
        Policy::Predictive(PredictiveScaling {
            metric: PredictiveMetric {
                name: match doc.metric {
                    PredictiveMetricDoc::Cpu => "ASGCPUUtilization",
                    PredictiveMetricDoc::NetworkIn => "ASGNetworkIn",
                    PredictiveMetricDoc::NetworkOut => "ASGNetworkOut",
                    PredictiveMetricDoc::AlbRequests => "ALBRequestCount",
                }
                .to_owned(),
                resource_label: None,
            },
            target: doc.target,
            mode: doc.mode,
            scheduling_buffer: buffer,
            raises_max: false,
        })
    }

    fn positive(&mut self, target: MetricValue, at: At<'_>) {
        if target <= MetricValue::default() {
            let path: Vec<&str> = at.iter().copied().chain(["target"]).collect();
            let message = format!("a target of {target} can never be met");
            self.error(code::OUT_OF_RANGE, &path, message, "a target is above 0");
        }
    }

    fn needs_target_group(&mut self, at: At<'_>, has_target_group: bool) {
        if !has_target_group {
            let path: Vec<&str> = at.iter().copied().chain(["metric"]).collect();
            let message = format!("`{}` has no target group to count at", self.names.service);
            self.error(code::NO_TARGET_GROUP, &path, message, "add `load_balancing.target_group`");
        }
    }

    /// Each target tracking policy of a group must track another metric.
    /// Source: EC2 Auto Scaling user guide, "Target tracking scaling policies", considerations.
    fn different_metrics(&mut self, policies: &BTreeMap<String, Policy>) {
        let mut tracked: BTreeMap<&Metric, &str> = BTreeMap::new();
        for (name, policy) in policies {
            let Policy::TargetTracking(TargetTracking { metric, .. }) = policy else { continue };
            if let Some(first) = tracked.insert(metric, name) {
                self.error(
                    code::SAME_METRIC,
                    &["scaling", "policies", name],
                    format!("policies `{first}` and `{name}` track the same metric"),
                    "keep one of them; the stricter target wins anyway",
                );
            }
        }
    }

    /// Source: EC2 Auto Scaling user guide, "Predictive scaling", considerations.
    fn one_forecast(&mut self, policies: &BTreeMap<String, Policy>) {
        let acting = policies.iter().filter(|(_, policy)| {
            matches!(policy, Policy::Predictive(policy) if policy.mode == PredictiveMode::ForecastAndScale)
        });
        for (name, _) in acting.skip(1) {
            self.error(
                code::TWO_FORECASTS,
                &["scaling", "policies", name, "predictive", "mode"],
                "only one predictive policy of a group can act",
                "write `mode: forecast_only`",
            );
        }
    }
}
