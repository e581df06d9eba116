//! Scaling policies, as Auto Scaling stores them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::units::{Instances, MetricValue, Seconds};

/// A scaling policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Keeps a metric at a target.
    TargetTracking(TargetTracking),
    /// Adjusts by steps when an alarm fires.
    Step(StepScaling),
    /// Launches ahead of a forecast.
    Predictive(PredictiveScaling),
    /// A policy of a kind that Plimsoll does not make, in AWS's word (such as `SimpleScaling`).
    Foreign(String),
}

/// Keeps a metric at a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetTracking {
    /// What is tracked.
    pub metric: Metric,
    /// In the metric's unit; a count is per instance and minute.
    pub target: MetricValue,
    /// Whether the policy may remove instances.
    pub scale_in: bool,
    /// Overrides the group's warmup.
    pub warmup: Option<Seconds>,
    /// A disabled policy keeps its place and does nothing.
    pub enabled: bool,
}

/// A metric that target tracking can track.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// A metric that AWS predefines, such as `ASGAverageCPUUtilization`.
    Predefined {
        /// AWS's name for it.
        name: String,
        /// Load balancer and target group, for `ALBRequestCountPerTarget`.
        resource_label: Option<String>,
    },
    /// One metric of CloudWatch.
    Single(MetricStat),
    /// Metric math: several queries, of which one returns data.
    Math(Vec<MetricQuery>),
}

impl Metric {
    /// The length of its periods: a minute unless it says otherwise. Metric math has a value where
    /// all of its metrics have one, so the longest period counts.
    #[must_use]
    pub fn period(&self) -> Seconds {
        let of = |stat: &MetricStat| stat.period.unwrap_or(MINUTE);
        match self {
            Self::Predefined { .. } => MINUTE,
            Self::Single(stat) => of(stat),
            Self::Math(queries) => {
                let periods = queries.iter().filter_map(|query| match &query.source {
                    MetricSource::Stat(stat) => Some(of(stat)),
                    MetricSource::Expression(_) => None,
                });
                periods.max().unwrap_or(MINUTE)
            }
        }
    }
}

/// The period of a metric that says none.
const MINUTE: Seconds = Seconds(60);

/// A CloudWatch metric with its statistic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MetricStat {
    /// Such as `AWS/SQS`.
    pub namespace: String,
    /// Such as `ApproximateNumberOfMessagesVisible`.
    pub name: String,
    /// By dimension name.
    pub dimensions: BTreeMap<String, String>,
    /// How the samples of a period become one.
    pub statistic: Statistic,
    /// Restricts to samples of one unit; AWS advises to leave it out.
    pub unit: Option<String>,
    /// 10, 30 or 60 seconds; `None` for 60.
    pub period: Option<Seconds>,
}

/// How the samples of a period become one value.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Their mean.
    #[default]
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
    /// Their number.
    SampleCount,
    /// Their sum.
    Sum,
}

impl Statistic {
    /// AWS's word.
    #[must_use]
    pub const fn as_aws(self) -> &'static str {
        match self {
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::SampleCount => "SampleCount",
            Self::Sum => "Sum",
        }
    }
}

/// One query of metric math.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MetricQuery {
    /// The name that expressions use; starts with a lower-case letter.
    pub id: String,
    /// Where its values come from.
    pub source: MetricSource,
    /// Whether this is the query whose values are tracked.
    pub return_data: bool,
}

/// Where the values of a query come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricSource {
    /// A metric.
    Stat(MetricStat),
    /// An expression over other queries.
    Expression(String),
}

/// Adjusts by steps when an alarm fires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepScaling {
    /// What a step's number means.
    pub adjustment: Adjustment,
    /// The least change, for percentages only.
    pub min_magnitude: Option<Instances>,
    /// How the alarm's metric is aggregated; AWS's default is the average.
    pub aggregation: Statistic,
    /// Overrides the group's warmup.
    pub warmup: Option<Seconds>,
    /// Ordered by their lower bound.
    pub steps: Vec<StepAdjustment>,
    /// A disabled policy keeps its place and does nothing.
    pub enabled: bool,
}

/// What a step's number means.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// So many instances more (or fewer).
    ChangeInCapacity,
    /// So many instances.
    ExactCapacity,
    /// So many percent more (or fewer).
    PercentChangeInCapacity,
}

/// One step: between two distances from the alarm's threshold, one adjustment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepAdjustment {
    /// Distance from the threshold; `None` for unbounded.
    pub lower: Option<MetricValue>,
    /// Distance from the threshold; `None` for unbounded.
    pub upper: Option<MetricValue>,
    /// By how much, in the sense of [`Adjustment`].
    pub change: i32,
}

/// Launches ahead of a forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PredictiveScaling {
    /// The pair of metrics that is forecast.
    pub metric: PredictiveMetric,
    /// The utilisation to hold, in the metric's unit.
    pub target: MetricValue,
    /// Whether it acts on its forecast.
    pub mode: PredictiveMode,
    /// How long before the hour it launches; below 3600 s.
    pub scheduling_buffer: Seconds,
    /// Whether a forecast above the maximum raises the maximum. Never wanted; see the spec.
    pub raises_max: bool,
}

/// The pair of metrics that a forecast uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PredictiveMetric {
    /// AWS's name, such as `ASGCPUUtilization` or `ALBRequestCount`.
    pub name: String,
    /// Load balancer and target group, for `ALBRequestCount`.
    pub resource_label: Option<String>,
}

/// Whether a predictive policy acts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PredictiveMode {
    /// It only forecasts. AWS's default.
    #[default]
    ForecastOnly,
    /// It launches ahead of its forecast.
    ForecastAndScale,
}
