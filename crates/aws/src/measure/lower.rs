//! Queries in CloudWatch's words.

use aws_sdk_cloudwatch::types as sdk;
use plimsoll_core::cloud::Query;
use plimsoll_core::world::{Metric, MetricQuery, MetricSource, MetricStat};

use crate::convert::int;

/// A period that is not given, in seconds.
const MINUTE: i32 = 60;

/// What CloudWatch is asked for one series.
#[derive(Debug)]
pub(crate) struct Lowered {
    /// The id of the series in the answer.
    pub(crate) id: String,
    /// It, and what it is computed from.
    pub(crate) queries: Vec<sdk::MetricDataQuery>,
}

/// What CloudWatch is asked for a query.
///
/// # Errors
/// Why the query has no answer.
pub(crate) fn query(query: &Query, position: usize) -> Result<Lowered, String> {
    let stat = match &query.metric {
        Metric::Math(queries) => return math(queries),
        Metric::Single(stat) => stat.clone(),
        Metric::Predefined { name, resource_label } => {
            MetricStat::of_predefined(name, resource_label.as_deref(), &query.group)?
        }
    };
    // An id begins with a lower-case letter.
    let id = format!("m{position}");
    let asked = sdk::MetricDataQuery::builder().id(&id).metric_stat(metric_stat(&stat));
    Ok(Lowered { id, queries: vec![asked.return_data(true).build()] })
}

fn math(queries: &[MetricQuery]) -> Result<Lowered, String> {
    let tracked = queries.iter().find(|query| query.return_data);
    let id = tracked.ok_or("none of its queries returns data")?.id.clone();
    Ok(Lowered { id, queries: queries.iter().map(math_query).collect() })
}

/// A query of metric math.
pub(crate) fn math_query(query: &MetricQuery) -> sdk::MetricDataQuery {
    let asked = sdk::MetricDataQuery::builder().id(&query.id).return_data(query.return_data);
    match &query.source {
        MetricSource::Expression(expression) => asked.expression(expression),
        MetricSource::Stat(stat) => asked.metric_stat(metric_stat(stat)),
    }
    .build()
}

fn metric_stat(stat: &MetricStat) -> sdk::MetricStat {
    let metric = sdk::Metric::builder()
        .namespace(&stat.namespace)
        .metric_name(&stat.name)
        .set_dimensions(Some(dimensions(stat)))
        .build();
    sdk::MetricStat::builder()
        .metric(metric)
        .period(period(stat))
        .stat(stat.statistic.as_aws())
        .set_unit(stat.unit.as_deref().map(sdk::StandardUnit::from))
        .build()
}

/// The dimensions of a metric.
pub(crate) fn dimensions(stat: &MetricStat) -> Vec<sdk::Dimension> {
    let dimension = |(name, value): (&String, &String)| {
        sdk::Dimension::builder().name(name).value(value).build()
    };
    stat.dimensions.iter().map(dimension).collect()
}

/// The period of a metric in seconds.
pub(crate) fn period(stat: &MetricStat) -> i32 {
    stat.period.map_or(MINUTE, |period| int(period.0))
}
