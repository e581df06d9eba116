//! Alarms that wake the controller.
//!
//! What the core has no words for (a percentile, an anomaly band, a query) reads as a metric or a
//! threshold that is not there: the plan sees that the alarm is not what is wanted.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types as sdk;
use plimsoll_core::cloud::{ActError, RegionScope, Scope};
use plimsoll_core::world::{Alarm, Metric, MetricQuery, MetricSource, MetricStat};

use super::Reader;
use super::policies::{period, statistic};
use crate::call::Call;
use crate::convert::{count, metric_value, text};

/// Alarms of one page. Source: API reference, `DescribeAlarms`, `MaxRecords`.
const PAGE: i32 = 100;

impl Reader {
    /// The alarms whose names begin as those of the platform do, when the scope asks for them.
    pub(super) async fn alarms(
        &self,
        scope: &Scope,
        wanted: &RegionScope,
    ) -> Result<BTreeMap<String, Alarm>, ActError> {
        if !wanted.alarms {
            return Ok(BTreeMap::new());
        }
        let pages = self
            .clients
            .cloudwatch
            .describe_alarms()
            .alarm_name_prefix(scope.wake_prefix())
            .alarm_types(sdk::AlarmType::MetricAlarm)
            .into_paginator()
            .page_size(PAGE)
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribeAlarms, pages)?;
        let named =
            |described: &sdk::MetricAlarm| Some((described.alarm_name.clone()?, alarm(described)));
        Ok(pages.iter().flat_map(|page| page.metric_alarms().iter()).filter_map(named).collect())
    }
}

/// An alarm.
pub(crate) fn alarm(alarm: &sdk::MetricAlarm) -> Alarm {
    let periods = count(alarm.evaluation_periods).unwrap_or_default();
    let actions =
        [alarm.ok_actions(), alarm.alarm_actions(), alarm.insufficient_data_actions()].concat();
    Alarm {
        description: alarm.alarm_description().unwrap_or_default().to_owned(),
        metric: metric(alarm),
        threshold: metric_value(alarm.threshold),
        comparison: alarm.comparison_operator().map_or("", |word| word.as_str()).to_owned(),
        periods,
        // Absent means all of them (API reference, `PutMetricAlarm`).
        datapoints: count(alarm.datapoints_to_alarm).unwrap_or(periods),
        missing_data: text(alarm.treat_missing_data()).unwrap_or_else(|| "missing".to_owned()),
        actions: actions.into_iter().collect(),
    }
}

fn metric(alarm: &sdk::MetricAlarm) -> Option<Metric> {
    if alarm.threshold_metric_id().is_some() || alarm.evaluation_criteria().is_some() {
        return None;
    }
    if !alarm.metrics().is_empty() {
        return alarm.metrics().iter().map(query).collect::<Option<_>>().map(Metric::Math);
    }
    Some(Metric::Single(MetricStat {
        namespace: alarm.namespace.clone()?,
        name: alarm.metric_name.clone()?,
        dimensions: dimensions(alarm.dimensions()),
        statistic: statistic(alarm.statistic().map(sdk::Statistic::as_str))?,
        unit: text(alarm.unit().map(sdk::StandardUnit::as_str)),
        period: period(alarm.period),
    }))
}

fn query(query: &sdk::MetricDataQuery) -> Option<MetricQuery> {
    // A metric of another account is none of ours.
    if query.account_id().is_some_and(|account| !account.is_empty()) {
        return None;
    }
    let source = match (query.expression(), query.metric_stat()) {
        (Some(expression), None) => MetricSource::Expression(expression.to_owned()),
        (_, Some(stat)) => {
            let metric = stat.metric()?;
            MetricSource::Stat(MetricStat {
                namespace: metric.namespace.clone()?,
                name: metric.metric_name.clone()?,
                dimensions: dimensions(metric.dimensions()),
                statistic: statistic(stat.stat())?,
                unit: text(stat.unit().map(sdk::StandardUnit::as_str)),
                period: period(stat.period.or(query.period)),
            })
        }
        (None, None) => return None,
    };
    // Absent means that it does (API reference, `MetricDataQuery`).
    let return_data = query.return_data.unwrap_or(true);
    Some(MetricQuery { id: query.id.clone()?, source, return_data })
}

fn dimensions(dimensions: &[sdk::Dimension]) -> BTreeMap<String, String> {
    let pair = |dimension: &sdk::Dimension| {
        Some((dimension.name.clone()?, dimension.value.clone().unwrap_or_default()))
    };
    dimensions.iter().filter_map(pair).collect()
}
