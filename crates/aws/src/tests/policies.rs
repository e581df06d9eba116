//! Policies as they are put are read back as they were.

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{
    Adjustment, Metric, MetricQuery, MetricSource, MetricStat, Policy, PredictiveMetric,
    PredictiveMode, PredictiveScaling, Statistic, StepAdjustment, StepScaling, TargetTracking,
};

use super::map;
use crate::act::policies::{adjustment, predictive_scaling, step, target_tracking};
use crate::observe::policies::policy;

fn tracking(metric: Metric) -> TargetTracking {
    TargetTracking {
        metric,
        target: MetricValue::from_f64(52.5).unwrap(),
        scale_in: false,
        warmup: Some(Seconds(120)),
        enabled: true,
    }
}

fn stat() -> MetricStat {
    MetricStat {
        namespace: "Alfred".to_owned(),
        name: "Backlog".to_owned(),
        dimensions: map([("Queue", "jobs")]),
        statistic: Statistic::Sum,
        unit: None,
        period: Some(Seconds(10)),
    }
}

/// What AWS would describe of a target-tracking policy that was put.
fn described(policy: &TargetTracking) -> sdk::ScalingPolicy {
    sdk::ScalingPolicy::builder()
        .policy_type("TargetTrackingScaling")
        .target_tracking_configuration(target_tracking(policy))
        .estimated_instance_warmup(120)
        .enabled(true)
        .build()
}

#[test]
fn target_tracking_reads_back_with_each_kind_of_metric() {
    let query =
        |id: &str, source, return_data| MetricQuery { id: id.to_owned(), source, return_data };
    let metrics = [
        Metric::Predefined { name: "ASGAverageCPUUtilization".to_owned(), resource_label: None },
        Metric::Predefined {
            name: "ALBRequestCountPerTarget".to_owned(),
            resource_label: Some("app/a/1/targetgroup/t/2".to_owned()),
        },
        Metric::Single(stat()),
        Metric::Math(vec![
            query("backlog", MetricSource::Stat(stat()), false),
            query("per", MetricSource::Expression("backlog / 4".to_owned()), true),
        ]),
    ];
    for wanted in metrics.map(tracking) {
        assert_eq!(policy(&described(&wanted)), Policy::TargetTracking(wanted));
    }
}

#[test]
fn a_period_of_a_minute_is_the_default_and_reads_as_none() {
    let minute = MetricStat { period: Some(Seconds(60)), ..stat() };
    let default = MetricStat { period: None, ..stat() };
    let read = policy(&described(&tracking(Metric::Single(minute))));
    assert_eq!(read, Policy::TargetTracking(tracking(Metric::Single(default))));
}

#[test]
fn step_scaling_reads_back_in_the_order_of_its_bounds() {
    let bound = |value| Some(MetricValue::whole(value));
    let steps = vec![
        StepAdjustment { lower: None, upper: bound(0), change: -1 },
        StepAdjustment { lower: bound(0), upper: bound(10), change: 1 },
        StepAdjustment { lower: bound(10), upper: None, change: 3 },
    ];
    let wanted = StepScaling {
        adjustment: Adjustment::PercentChangeInCapacity,
        min_magnitude: Some(2),
        aggregation: Statistic::Average,
        warmup: None,
        steps,
        enabled: false,
    };
    let described = sdk::ScalingPolicy::builder()
        .policy_type("StepScaling")
        .adjustment_type(adjustment(wanted.adjustment))
        .min_adjustment_magnitude(2)
        .set_step_adjustments(Some(wanted.steps.iter().rev().map(step).collect()))
        .enabled(false)
        .build();
    assert_eq!(policy(&described), Policy::Step(wanted));
}

#[test]
fn predictive_scaling_reads_back() {
    let wanted = PredictiveScaling {
        metric: PredictiveMetric { name: "ASGCPUUtilization".to_owned(), resource_label: None },
        target: MetricValue::whole(50),
        mode: PredictiveMode::ForecastAndScale,
        scheduling_buffer: Seconds(600),
        raises_max: false,
    };
    let described = sdk::ScalingPolicy::builder()
        .policy_type("PredictiveScaling")
        .predictive_scaling_configuration(predictive_scaling(&wanted))
        .build();
    assert_eq!(policy(&described), Policy::Predictive(wanted));
}

#[test]
fn what_the_core_has_no_words_for_is_foreign_and_never_half_read() {
    let percentile = sdk::TargetTrackingMetricDataQuery::builder()
        .id("p")
        .metric_stat(
            sdk::TargetTrackingMetricStat::builder()
                .metric(sdk::Metric::builder().namespace("N").metric_name("M").build())
                .stat("p99")
                .build(),
        )
        .build();
    let customized = sdk::CustomizedMetricSpecification::builder().metrics(percentile).build();
    let tracking = sdk::TargetTrackingConfiguration::builder()
        .customized_metric_specification(customized)
        .target_value(1.0)
        .build();
    let kinds = [
        sdk::ScalingPolicy::builder()
            .policy_type("TargetTrackingScaling")
            .target_tracking_configuration(tracking)
            .build(),
        sdk::ScalingPolicy::builder().policy_type("SimpleScaling").build(),
        sdk::ScalingPolicy::builder().policy_type("PredictiveScaling").build(),
    ];
    for described in kinds {
        let kind = described.policy_type().unwrap().to_owned();
        assert_eq!(policy(&described), Policy::Foreign(kind));
    }
}
