//! What an operator may write about scaling.

mod behavior;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub(super) use behavior::{BehaviorDoc, RatePolicyDoc, RulesDoc};

use crate::units::{Instances, MetricValue, Seconds};
use crate::world::{Adjustment, PredictiveMode, Statistic};

/// What makes the group grow and shrink.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ScalingDoc {
    /// Who decides the size. Default: `target_tracking`.
    pub(super) mode: Option<ModeDoc>,
    /// How fast a managed group may move, in the words of `autoscaling/v2`.
    pub(super) behavior: Option<BehaviorDoc>,
    /// The period of a managed service's metrics, and how often its size is decided: 10, 30 or
    /// 60 s. Default: 60 s.
    pub(super) interval: Option<Seconds>,
    /// Scaling policies by name; at most 50 a group. The target tracking policies of a managed
    /// service are its metrics with their targets.
    pub(super) policies: BTreeMap<String, PolicyDoc>,
    /// Scheduled actions by name; at most 125 a group. The entry in force gives the group's
    /// bounds until the next one.
    pub(super) schedule: BTreeMap<String, ScheduleDoc>,
}

/// Who decides the size of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ModeDoc {
    /// Auto Scaling, by the service's policies.
    TargetTracking,
    /// Plimsoll's controller, as a `HorizontalPodAutoscaler` does. The group keeps one policy of
    /// its own, which scales out at 90 % CPU if the controller stops.
    Managed,
}

/// A scaling policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PolicyDoc {
    /// Keeps a metric at a target.
    TargetTracking(TargetTrackingDoc),
    /// Adjusts by steps when an alarm of yours fires.
    Step(StepDoc),
    /// Launches ahead of a forecast.
    Predictive(PredictiveDoc),
}

/// Keeps a metric at a target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetTrackingDoc {
    /// What is tracked.
    pub(super) metric: MetricDoc,
    /// In the metric's unit. A count is per instance and MINUTE, whatever the period is.
    pub(super) target: MetricValue,
    /// Whether the policy may remove instances. Default: yes.
    #[serde(default = "yes")]
    pub(super) scale_in: bool,
    /// Overrides the service's warmup.
    #[serde(default)]
    pub(super) warmup: Option<Seconds>,
    /// A disabled policy keeps its place and does nothing. Default: enabled.
    #[serde(default = "yes")]
    pub(super) enabled: bool,
}

fn yes() -> bool {
    true
}

/// A metric to track.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MetricDoc {
    /// Average CPU of the group, in percent.
    Cpu,
    /// Average memory of the group, in percent: the CloudWatch agent's `mem_used_percent`,
    /// aggregated by `AutoScalingGroupName`.
    Memory,
    /// Bytes that an instance receives in a minute.
    NetworkIn,
    /// Bytes that an instance sends in a minute.
    NetworkOut,
    /// Requests per target and minute. The resource label is derived from the target group.
    AlbRequestsPerTarget,
    /// Any one metric of CloudWatch.
    Custom(StatDoc),
    /// Metric math: queries by id, of which one has `tracked: true`.
    Math(BTreeMap<String, QueryDoc>),
}

/// A CloudWatch metric with its statistic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatDoc {
    /// Such as AWS/SQS.
    pub(super) namespace: String,
    /// Such as `ApproximateNumberOfMessagesVisible`.
    pub(super) name: String,
    /// By dimension name; `${group}` and the other placeholders are filled in.
    #[serde(default)]
    pub(super) dimensions: BTreeMap<String, String>,
    /// How the samples of a period become one. Default: average.
    #[serde(default)]
    pub(super) statistic: Statistic,
    /// Restricts to samples of one unit; best left out.
    #[serde(default)]
    pub(super) unit: Option<String>,
    /// 10, 30 or 60 s. Default: 60 s.
    #[serde(default)]
    pub(super) period: Option<Seconds>,
}

/// A query of metric math.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct QueryDoc {
    /// An expression over the ids of the other queries.
    pub(super) expression: Option<String>,
    /// A metric.
    pub(super) metric: Option<StatDoc>,
    /// Whether this is the query whose values are tracked. Exactly one is.
    pub(super) tracked: bool,
}

/// Adjusts by steps when an alarm fires.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepDoc {
    /// What a step's number means.
    pub(super) adjustment: Adjustment,
    /// The least change, for `percent_change_in_capacity` only.
    #[serde(default)]
    pub(super) min_magnitude: Option<Instances>,
    /// How the alarm's metric is aggregated: average, minimum or maximum. Default: average.
    #[serde(default)]
    pub(super) aggregation: Statistic,
    /// Overrides the service's warmup.
    #[serde(default)]
    pub(super) warmup: Option<Seconds>,
    /// One to twenty, without gaps or overlaps.
    pub(super) steps: Vec<StepAdjustmentDoc>,
    /// A disabled policy keeps its place and does nothing. Default: enabled.
    #[serde(default = "yes")]
    pub(super) enabled: bool,
}

/// One step.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StepAdjustmentDoc {
    /// From this distance to the alarm's threshold; left out for unbounded.
    pub(super) from: Option<MetricValue>,
    /// To this distance from the alarm's threshold; left out for unbounded.
    pub(super) to: Option<MetricValue>,
    /// By how much, as `adjustment` says.
    pub(super) change: i32,
}

/// Launches ahead of a forecast.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PredictiveDoc {
    /// What is forecast.
    pub(super) metric: PredictiveMetricDoc,
    /// The utilisation to hold, in the metric's unit.
    pub(super) target: MetricValue,
    /// Whether it acts on its forecast. Default: `forecast_only`.
    #[serde(default)]
    pub(super) mode: PredictiveMode,
    /// How long before the hour it launches; below 3600 s. Default: 300 s.
    #[serde(default)]
    pub(super) scheduling_buffer: Option<Seconds>,
    /// What a forecast above the maximum does. Only `honor_max_capacity` is accepted.
    #[serde(default)]
    pub(super) max_capacity_breach: Option<BreachDoc>,
}

/// What is forecast.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PredictiveMetricDoc {
    /// CPU, in percent.
    Cpu,
    /// Bytes that an instance receives.
    NetworkIn,
    /// Bytes that an instance sends.
    NetworkOut,
    /// Requests per target. The resource label is derived from the target group.
    AlbRequests,
}

/// What a forecast above the maximum does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum BreachDoc {
    /// The maximum holds.
    #[serde(alias = "HonorMaxCapacity")]
    HonorMaxCapacity,
    /// The maximum would be raised and never lowered again: refused.
    #[serde(alias = "IncreaseMaxCapacity")]
    IncreaseMaxCapacity,
}

/// A scheduled action: when, and which bounds from then on.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ScheduleDoc {
    /// Five fields of cron: minute, hour, day of month, month, day of week.
    pub(super) cron: Option<String>,
    /// A single moment, such as 2027-11-26T06:00:00Z.
    pub(super) at: Option<String>,
    /// The moment after which a recurrence ends.
    pub(super) until: Option<String>,
    /// An IANA time zone such as Europe/Berlin, in which `cron` is read. Default: UTC.
    pub(super) time_zone: Option<String>,
    /// The new minimum.
    pub(super) min: Option<Instances>,
    /// The new maximum.
    pub(super) max: Option<Instances>,
    /// A size to start from; scaling goes on from there.
    pub(super) desired: Option<Instances>,
}
