//! Scaling policies: put whole, and deleted.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};
use plimsoll_core::world::{
    Adjustment, Metric, MetricQuery, MetricSource, MetricStat, Policy, PredictiveMode,
    PredictiveScaling, StepAdjustment, TargetTracking,
};

use super::{Actor, done, gone};
use crate::call::Call;
use crate::convert::int;
use crate::error::refusal;

impl Actor {
    /// Puts a policy, whole.
    pub(super) async fn put_policy(
        &self,
        group: &str,
        name: &str,
        policy: &Policy,
    ) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .put_scaling_policy()
            .auto_scaling_group_name(group)
            .policy_name(name);
        let request = match policy {
            Policy::TargetTracking(policy) => request
                .policy_type("TargetTrackingScaling")
                .target_tracking_configuration(target_tracking(policy))
                .set_estimated_instance_warmup(policy.warmup.map(|warmup| int(warmup.0)))
                .enabled(policy.enabled),
            Policy::Step(policy) => request
                .policy_type("StepScaling")
                .adjustment_type(adjustment(policy.adjustment))
                .set_min_adjustment_magnitude(policy.min_magnitude.map(int))
                .metric_aggregation_type(policy.aggregation.as_aws())
                .set_estimated_instance_warmup(policy.warmup.map(|warmup| int(warmup.0)))
                .set_step_adjustments(Some(policy.steps.iter().map(step).collect()))
                .enabled(policy.enabled),
            Policy::Predictive(policy) => request
                .policy_type("PredictiveScaling")
                .predictive_scaling_configuration(predictive_scaling(policy)),
            Policy::Foreign(kind) => {
                let message = format!("a policy of the kind {kind} is not put");
                let call = Call::PutScalingPolicy;
                return Err(refusal(call, group, ErrorClass::Invalid, message));
            }
        };
        done(self.call(Call::PutScalingPolicy, group, || request.clone().send()).await)
    }

    pub(super) async fn delete_policy(&self, group: &str, name: &str) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .delete_policy()
            .auto_scaling_group_name(group)
            .policy_name(name);
        gone(self.call(Call::DeletePolicy, group, || request.clone().send()).await)
    }
}

/// A target-tracking configuration for the wire.
pub(crate) fn target_tracking(policy: &TargetTracking) -> sdk::TargetTrackingConfiguration {
    let tracking = sdk::TargetTrackingConfiguration::builder()
        .target_value(policy.target.as_f64())
        .disable_scale_in(!policy.scale_in);
    match &policy.metric {
        Metric::Predefined { name, resource_label } => {
            let metric = sdk::PredefinedMetricSpecification::builder()
                .predefined_metric_type(name.as_str().into())
                .set_resource_label(resource_label.clone());
            tracking.predefined_metric_specification(metric.build())
        }
        Metric::Single(stat) => {
            let metric = sdk::CustomizedMetricSpecification::builder()
                .namespace(&stat.namespace)
                .metric_name(&stat.name)
                .set_dimensions(dimensions(&stat.dimensions))
                .statistic(stat.statistic.as_aws().into())
                .set_unit(stat.unit.clone())
                .set_period(stat.period.map(|period| int(period.0)));
            tracking.customized_metric_specification(metric.build())
        }
        Metric::Math(queries) => {
            let metric = sdk::CustomizedMetricSpecification::builder()
                .set_metrics(Some(queries.iter().map(query).collect()));
            tracking.customized_metric_specification(metric.build())
        }
    }
    .build()
}

fn query(query: &MetricQuery) -> sdk::TargetTrackingMetricDataQuery {
    let request =
        sdk::TargetTrackingMetricDataQuery::builder().id(&query.id).return_data(query.return_data);
    match &query.source {
        MetricSource::Expression(expression) => request.expression(expression),
        MetricSource::Stat(stat) => request.metric_stat(metric_stat(stat)),
    }
    .build()
}

fn metric_stat(stat: &MetricStat) -> sdk::TargetTrackingMetricStat {
    let metric = sdk::Metric::builder()
        .namespace(&stat.namespace)
        .metric_name(&stat.name)
        .set_dimensions(dimensions(&stat.dimensions))
        .build();
    sdk::TargetTrackingMetricStat::builder()
        .metric(metric)
        .stat(stat.statistic.as_aws())
        .set_unit(stat.unit.clone())
        .set_period(stat.period.map(|period| int(period.0)))
        .build()
}

/// `None` for none: an empty list is a parameter of its own on the wire.
fn dimensions(dimensions: &BTreeMap<String, String>) -> Option<Vec<sdk::MetricDimension>> {
    let dimension = |(name, value): (&String, &String)| {
        sdk::MetricDimension::builder().name(name).value(value).build()
    };
    (!dimensions.is_empty()).then(|| dimensions.iter().map(dimension).collect())
}

/// AWS's word for an adjustment.
pub(crate) const fn adjustment(adjustment: Adjustment) -> &'static str {
    match adjustment {
        Adjustment::ChangeInCapacity => "ChangeInCapacity",
        Adjustment::ExactCapacity => "ExactCapacity",
        Adjustment::PercentChangeInCapacity => "PercentChangeInCapacity",
    }
}

/// A step for the wire.
pub(crate) fn step(step: &StepAdjustment) -> sdk::StepAdjustment {
    sdk::StepAdjustment::builder()
        .set_metric_interval_lower_bound(step.lower.map(f64::from))
        .set_metric_interval_upper_bound(step.upper.map(f64::from))
        .scaling_adjustment(step.change)
        .build()
}

/// A predictive configuration for the wire.
pub(crate) fn predictive_scaling(
    policy: &PredictiveScaling,
) -> sdk::PredictiveScalingConfiguration {
    use sdk::PredictiveScalingMaxCapacityBreachBehavior::{HonorMaxCapacity, IncreaseMaxCapacity};
    let pair = sdk::PredictiveScalingPredefinedMetricPair::builder()
        .predefined_metric_type(policy.metric.name.as_str().into())
        .set_resource_label(policy.metric.resource_label.clone())
        .build();
    let specification = sdk::PredictiveScalingMetricSpecification::builder()
        .target_value(policy.target.as_f64())
        .predefined_metric_pair_specification(pair)
        .build();
    let mode = match policy.mode {
        PredictiveMode::ForecastOnly => sdk::PredictiveScalingMode::ForecastOnly,
        PredictiveMode::ForecastAndScale => sdk::PredictiveScalingMode::ForecastAndScale,
    };
    sdk::PredictiveScalingConfiguration::builder()
        .metric_specifications(specification)
        .mode(mode)
        .scheduling_buffer_time(int(policy.scheduling_buffer.0))
        .max_capacity_breach_behavior(if policy.raises_max {
            IncreaseMaxCapacity
        } else {
            HonorMaxCapacity
        })
        .build()
}
