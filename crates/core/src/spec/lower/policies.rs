//! Scaling policies.

use std::collections::BTreeMap;

use super::Lower;
use crate::spec::document::Kind;
use crate::spec::names::POLICY;
use crate::spec::problem::code;
use crate::spec::scaling::{
    BreachDoc, MetricDoc, PolicyDoc, PredictiveDoc, PredictiveMetricDoc, QueryDoc, StatDoc,
    StepDoc, TargetTrackingDoc,
};
use crate::units::{MetricValue, Seconds};
use crate::world::{
    Adjustment, Metric, MetricQuery, MetricSource, MetricStat, Policy, PredictiveMetric,
    PredictiveMode, PredictiveScaling, Statistic, StepAdjustment, StepScaling, TargetTracking,
};

/// Most policies of a group. Source: EC2 Auto Scaling quotas.
const MOST_POLICIES: usize = 50;

/// Most steps of a policy. Source: EC2 Auto Scaling quotas.
const MOST_STEPS: usize = 20;

/// Periods that target tracking accepts. Source: `CustomizedMetricSpecification.Period`.
const PERIODS: [u32; 3] = [10, 30, 60];

/// Where one policy is written.
type At<'a> = [&'a str; 4];

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
        at: &At<'_>,
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

    fn metric(&mut self, doc: &MetricDoc, at: &At<'_>) -> Metric {
        let predefined =
            |name: &str| Metric::Predefined { name: name.to_owned(), resource_label: None };
        match doc {
            MetricDoc::Cpu => predefined("ASGAverageCPUUtilization"),
            MetricDoc::NetworkIn => predefined("ASGAverageNetworkIn"),
            MetricDoc::NetworkOut => predefined("ASGAverageNetworkOut"),
            MetricDoc::AlbRequestsPerTarget => predefined("ALBRequestCountPerTarget"),
            MetricDoc::Memory => Metric::Single(memory()),
            MetricDoc::Custom(stat) => {
                let path: Vec<&str> = at.iter().copied().chain(["metric", "custom"]).collect();
                Metric::Single(self.stat(stat, &path))
            }
            MetricDoc::Math(queries) => Metric::Math(self.math(queries, at)),
        }
    }

    fn stat(&mut self, doc: &StatDoc, path: &[&str]) -> MetricStat {
        if let Some(period) = doc.period.filter(|period| !PERIODS.contains(&period.0)) {
            let path: Vec<&str> = path.iter().copied().chain(["period"]).collect();
            let message = format!("target tracking does not accept a period of {period}");
            self.error(code::OUT_OF_RANGE, &path, message, "write 10s, 30s or 60s");
        }
        let mut dimensions = BTreeMap::new();
        for (name, value) in &doc.dimensions {
            let path: Vec<&str> = path.iter().copied().chain(["dimensions", name]).collect();
            if let Some(value) = self.text(&path, Some(value)) {
                dimensions.insert(name.clone(), value);
            }
        }
        MetricStat {
            namespace: doc.namespace.clone(),
            name: doc.name.clone(),
            dimensions,
            statistic: doc.statistic,
            unit: doc.unit.clone(),
            period: doc.period.filter(|period| period.0 != 60),
        }
    }

    fn math(&mut self, docs: &BTreeMap<String, QueryDoc>, at: &At<'_>) -> Vec<MetricQuery> {
        let path: Vec<&str> = at.iter().copied().chain(["metric", "math"]).collect();
        let tracked = docs.values().filter(|query| query.tracked).count();
        if tracked != 1 {
            let message = format!("{tracked} queries are `tracked`; exactly one yields the metric");
            self.error(code::BAD_MATH, &path, message, "set `tracked: true` on one query");
        }
        let mut queries = Vec::new();
        for (id, doc) in docs {
            let path: Vec<&str> = path.iter().copied().chain([id.as_str()]).collect();
            if !id.starts_with(|c: char| c.is_ascii_lowercase())
                || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            {
                let message = format!("`{id}` cannot be the id of a query");
                let help = "an id starts with a lower-case letter and holds letters, digits and _";
                self.error(code::BAD_NAME, &path, message, help);
            }
            let source = match (&doc.expression, &doc.metric) {
                (Some(expression), None) => MetricSource::Expression(expression.clone()),
                (None, Some(stat)) => {
                    let path: Vec<&str> = path.iter().copied().chain(["metric"]).collect();
                    MetricSource::Stat(self.stat(stat, &path))
                }
                _ => {
                    let message = format!("query `{id}` needs an `expression` or a `metric`");
                    self.error(code::BAD_MATH, &path, message, "write exactly one of them");
                    continue;
                }
            };
            queries.push(MetricQuery { id: id.clone(), source, return_data: doc.tracked });
        }
        queries
    }

    fn step(&mut self, doc: &StepDoc, at: &At<'_>) -> Policy {
        let mut steps: Vec<StepAdjustment> = doc
            .steps
            .iter()
            .map(|step| StepAdjustment { lower: step.from, upper: step.to, change: step.change })
            .collect();
        steps.sort_by_key(|step| step.lower);
        if let Some(message) = bad_steps(&steps) {
            let help = "each step begins where the one before ends, and one reaches the threshold";
            let path: Vec<&str> = at.iter().copied().chain(["steps"]).collect();
            self.error(code::BAD_STEPS, &path, message, help);
        }
        if doc.min_magnitude.is_some() && doc.adjustment != Adjustment::PercentChangeInCapacity {
            let path: Vec<&str> = at.iter().copied().chain(["min_magnitude"]).collect();
            let message = "`min_magnitude` goes with percent_change_in_capacity only";
            self.error(code::BAD_STEPS, &path, message, "remove it");
        }
        if matches!(doc.aggregation, Statistic::Sum | Statistic::SampleCount) {
            let path: Vec<&str> = at.iter().copied().chain(["aggregation"]).collect();
            let message = format!("a step policy cannot aggregate by {}", doc.aggregation.as_aws());
            self.error(code::OUT_OF_RANGE, &path, message, "write average, minimum or maximum");
        }
        Policy::Step(StepScaling {
            adjustment: doc.adjustment,
            min_magnitude: doc.min_magnitude,
            aggregation: doc.aggregation,
            warmup: doc.warmup,
            steps,
            enabled: doc.enabled,
        })
    }

    fn predictive(&mut self, doc: &PredictiveDoc, at: &At<'_>, has_target_group: bool) -> Policy {
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

    fn positive(&mut self, target: MetricValue, at: &At<'_>) {
        if target <= MetricValue::default() {
            let path: Vec<&str> = at.iter().copied().chain(["target"]).collect();
            let message = format!("a target of {target} can never be met");
            self.error(code::OUT_OF_RANGE, &path, message, "a target is above 0");
        }
    }

    fn needs_target_group(&mut self, at: &At<'_>, has_target_group: bool) {
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

/// The CloudWatch agent's memory metric, aggregated by group as its `aggregation_dimensions` do.
fn memory() -> MetricStat {
    MetricStat {
        namespace: "CWAgent".to_owned(),
        name: "mem_used_percent".to_owned(),
        dimensions: BTreeMap::from([(
            "AutoScalingGroupName".to_owned(),
            crate::spec::names::GROUP_PLACEHOLDER.to_owned(),
        )]),
        statistic: Statistic::Average,
        unit: None,
        period: None,
    }
}

/// What is wrong with steps that are ordered by their lower bound.
/// Source: EC2 Auto Scaling API, `StepAdjustment`.
fn bad_steps(steps: &[StepAdjustment]) -> Option<String> {
    if steps.is_empty() || steps.len() > MOST_STEPS {
        return Some(format!("a policy has 1 to {MOST_STEPS} steps, not {}", steps.len()));
    }
    let zero = MetricValue::default();
    for step in steps {
        if let (Some(lower), Some(upper)) = (step.lower, step.upper)
            && lower >= upper
        {
            return Some(format!("a step from {lower} to {upper} holds nothing"));
        }
        if step.lower.is_none() && step.upper.is_none() && steps.len() > 1 {
            return Some("a step without bounds leaves no room for another".to_owned());
        }
    }
    for pair in steps.windows(2) {
        let [before, after] = pair else { continue };
        if before.upper != after.lower || before.upper.is_none() {
            let end = before.upper.map_or_else(|| "infinity".to_owned(), |end| end.to_string());
            let start =
                after.lower.map_or_else(|| "minus infinity".to_owned(), |start| start.to_string());
            return Some(format!("one step ends at {end} and the next begins at {start}"));
        }
    }
    let negative = steps.iter().any(|step| step.lower.is_some_and(|lower| lower < zero));
    if negative && steps.iter().all(|step| step.lower.is_some()) {
        return Some("a step below the threshold needs one without a lower bound".to_owned());
    }
    let positive = steps.iter().any(|step| step.upper.is_some_and(|upper| upper > zero));
    if positive && steps.iter().all(|step| step.upper.is_some()) {
        return Some("a step above the threshold needs one without an upper bound".to_owned());
    }
    None
}
