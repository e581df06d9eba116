//! Scaling policies.
//!
//! A policy that the core has no words for (a percentile, a pair of custom forecast metrics) is
//! [`Policy::Foreign`]: the plan sees that it is there and that it is not what is wanted.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::cloud::ActError;
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{
    Adjustment, Metric, MetricQuery, MetricSource, MetricStat, Policy, PredictiveMetric,
    PredictiveMode, PredictiveScaling, Statistic, StepAdjustment, StepScaling, TargetTracking,
};

use super::{ByGroup, Reader};
use crate::call::Call;
use crate::convert::{count, metric_value, seconds, text};

/// A period that is not given.
const DEFAULT_PERIOD: Seconds = Seconds(60);

/// AWS launches five minutes ahead unless told otherwise (API reference,
/// `PredictiveScalingConfiguration`).
const DEFAULT_BUFFER: Seconds = Seconds(300);

impl Reader {
    /// All policies, if they are asked for.
    pub(super) async fn policies_if(&self, asked: bool) -> Result<ByGroup<Policy>, ActError> {
        if asked { self.policies().await } else { Ok(ByGroup::new()) }
    }

    /// All policies of the region: a few pages are fewer calls than one per group.
    async fn policies(&self) -> Result<ByGroup<Policy>, ActError> {
        let pages = self
            .clients
            .autoscaling
            .describe_policies()
            .into_paginator()
            .page_size(100)
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribePolicies, pages)?;
        let mut policies: ByGroup<Policy> = BTreeMap::new();
        for described in pages.iter().flat_map(|page| page.scaling_policies().iter()) {
            let group = described.auto_scaling_group_name().unwrap_or_default();
            let name = described.policy_name().unwrap_or_default();
            let of_group = policies.entry(group.to_owned()).or_default();
            of_group.insert(name.to_owned(), policy(described));
        }
        Ok(policies)
    }
}

/// A scaling policy.
pub(crate) fn policy(policy: &sdk::ScalingPolicy) -> Policy {
    // A policy without a type is a simple one (API reference, `PutScalingPolicyType`).
    let kind = policy.policy_type().unwrap_or("SimpleScaling");
    let known = match kind {
        "TargetTrackingScaling" => target_tracking(policy).map(Policy::TargetTracking),
        "StepScaling" => step_scaling(policy).map(Policy::Step),
        "PredictiveScaling" => predictive_scaling(policy).map(Policy::Predictive),
        _ => None,
    };
    known.unwrap_or_else(|| Policy::Foreign(kind.to_owned()))
}

fn target_tracking(policy: &sdk::ScalingPolicy) -> Option<TargetTracking> {
    let tracking = policy.target_tracking_configuration()?;
    let predefined = tracking.predefined_metric_specification().map(|metric| {
        Some(Metric::Predefined {
            name: metric.predefined_metric_type()?.as_str().to_owned(),
            resource_label: text(metric.resource_label()),
        })
    });
    let metric = predefined
        .or_else(|| tracking.customized_metric_specification().map(customized_metric))
        .flatten()?;
    Some(TargetTracking {
        metric,
        target: metric_value(tracking.target_value)?,
        scale_in: !tracking.disable_scale_in.unwrap_or(false),
        warmup: seconds(policy.estimated_instance_warmup),
        enabled: policy.enabled.unwrap_or(true),
    })
}

fn customized_metric(metric: &sdk::CustomizedMetricSpecification) -> Option<Metric> {
    if !metric.metrics().is_empty() {
        return metric.metrics().iter().map(query).collect::<Option<_>>().map(Metric::Math);
    }
    Some(Metric::Single(MetricStat {
        namespace: metric.namespace.clone()?,
        name: metric.metric_name.clone()?,
        dimensions: dimensions(metric.dimensions()),
        statistic: statistic(metric.statistic().map(sdk::MetricStatistic::as_str))?,
        unit: text(metric.unit()),
        period: period(metric.period),
    }))
}

fn query(query: &sdk::TargetTrackingMetricDataQuery) -> Option<MetricQuery> {
    let source = match (query.expression(), query.metric_stat()) {
        (Some(expression), _) => MetricSource::Expression(expression.to_owned()),
        (None, Some(stat)) => {
            let metric = stat.metric()?;
            MetricSource::Stat(MetricStat {
                namespace: metric.namespace.clone()?,
                name: metric.metric_name.clone()?,
                dimensions: dimensions(metric.dimensions()),
                statistic: statistic(stat.stat())?,
                unit: text(stat.unit()),
                period: period(stat.period.or(query.period)),
            })
        }
        (None, None) => return None,
    };
    // Absent means that it does (API reference, `TargetTrackingMetricDataQuery`).
    let return_data = query.return_data.unwrap_or(true);
    Some(MetricQuery { id: query.id.clone()?, source, return_data })
}

fn dimensions(dimensions: &[sdk::MetricDimension]) -> BTreeMap<String, String> {
    let pair = |dimension: &sdk::MetricDimension| {
        Some((dimension.name.clone()?, dimension.value.clone().unwrap_or_default()))
    };
    dimensions.iter().filter_map(pair).collect()
}

/// A period of a metric, if it is not the usual one.
pub(super) fn period(seconds: Option<i32>) -> Option<Seconds> {
    count(seconds).map(Seconds).filter(|period| *period != DEFAULT_PERIOD)
}

/// A statistic that the core has a word for.
pub(super) fn statistic(word: Option<&str>) -> Option<Statistic> {
    use Statistic::{Average, Maximum, Minimum, SampleCount, Sum};
    [Average, Minimum, Maximum, SampleCount, Sum]
        .into_iter()
        .find(|statistic| Some(statistic.as_aws()) == word)
}

fn step_scaling(policy: &sdk::ScalingPolicy) -> Option<StepScaling> {
    let adjustment = match policy.adjustment_type()? {
        "ChangeInCapacity" => Adjustment::ChangeInCapacity,
        "ExactCapacity" => Adjustment::ExactCapacity,
        "PercentChangeInCapacity" => Adjustment::PercentChangeInCapacity,
        _ => return None,
    };
    let mut steps = policy.step_adjustments().iter().map(step).collect::<Option<Vec<_>>>()?;
    steps.sort_by_key(|step| step.lower);
    Some(StepScaling {
        adjustment,
        min_magnitude: count(policy.min_adjustment_magnitude),
        aggregation: statistic(Some(
            text(policy.metric_aggregation_type()).as_deref().unwrap_or("Average"),
        ))?,
        warmup: seconds(policy.estimated_instance_warmup),
        steps,
        enabled: policy.enabled.unwrap_or(true),
    })
}

/// `None` when a bound is no number: an absent bound would mean something else.
fn step(step: &sdk::StepAdjustment) -> Option<StepAdjustment> {
    let bound = |value: Option<f64>| match value {
        None => Some(None),
        given => metric_value(given).map(Some),
    };
    Some(StepAdjustment {
        lower: bound(step.metric_interval_lower_bound)?,
        upper: bound(step.metric_interval_upper_bound)?,
        change: step.scaling_adjustment?,
    })
}

fn predictive_scaling(policy: &sdk::ScalingPolicy) -> Option<PredictiveScaling> {
    let config = policy.predictive_scaling_configuration()?;
    let [specification] = config.metric_specifications() else { return None };
    let pair = specification.predefined_metric_pair_specification()?;
    let acts = config.mode() == Some(&sdk::PredictiveScalingMode::ForecastAndScale);
    let raises = sdk::PredictiveScalingMaxCapacityBreachBehavior::IncreaseMaxCapacity;
    Some(PredictiveScaling {
        metric: PredictiveMetric {
            name: pair.predefined_metric_type()?.as_str().to_owned(),
            resource_label: text(pair.resource_label()),
        },
        target: metric_value(specification.target_value)?,
        mode: if acts { PredictiveMode::ForecastAndScale } else { PredictiveMode::ForecastOnly },
        scheduling_buffer: seconds(config.scheduling_buffer_time).unwrap_or(DEFAULT_BUFFER),
        raises_max: config.max_capacity_breach_behavior() == Some(&raises),
    })
}
