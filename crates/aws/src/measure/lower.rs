//! Queries in CloudWatch's words.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types as sdk;
use plimsoll_core::cloud::Query;
use plimsoll_core::world::{Metric, MetricQuery, MetricSource, MetricStat, Statistic};

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
            predefined(name, resource_label.as_deref(), &query.group)?
        }
    };
    // An id begins with a lower-case letter.
    let id = format!("m{position}");
    let asked = sdk::MetricDataQuery::builder().id(&id).metric_stat(metric_stat(&stat));
    Ok(Lowered { id, queries: vec![asked.return_data(true).build()] })
}

/// The CloudWatch metric behind a predefined one. Sources: API reference of Auto Scaling,
/// `PredefinedMetricSpecification`; "CloudWatch metrics for your Application Load Balancer", where
/// the sum is the only statistic of `RequestCountPerTarget` that means something.
fn predefined(name: &str, label: Option<&str>, group: &str) -> Result<MetricStat, String> {
    let of_group = |name: &str| MetricStat {
        namespace: "AWS/EC2".to_owned(),
        name: name.to_owned(),
        dimensions: BTreeMap::from([("AutoScalingGroupName".to_owned(), group.to_owned())]),
        statistic: Statistic::Average,
        unit: None,
        period: None,
    };
    match name {
        "ASGAverageCPUUtilization" => Ok(of_group("CPUUtilization")),
        "ASGAverageNetworkIn" => Ok(of_group("NetworkIn")),
        "ASGAverageNetworkOut" => Ok(of_group("NetworkOut")),
        "ALBRequestCountPerTarget" => requests_per_target(label, group),
        other => Err(format!("it is not known what the predefined metric `{other}` measures")),
    }
}

/// The label is `app/<name>/<id>/targetgroup/<name>/<id>`; each dimension is a part of it.
fn requests_per_target(label: Option<&str>, group: &str) -> Result<MetricStat, String> {
    let label = label.ok_or_else(|| {
        format!("no load balancer forwards to the target group of {group}, so nothing is counted")
    })?;
    let (load_balancer, target_group) = label
        .split_once("/targetgroup/")
        .map(|(before, after)| (before.to_owned(), format!("targetgroup/{after}")))
        .ok_or_else(|| format!("`{label}` names no load balancer and target group"))?;
    Ok(MetricStat {
        namespace: "AWS/ApplicationELB".to_owned(),
        name: "RequestCountPerTarget".to_owned(),
        dimensions: BTreeMap::from([
            ("LoadBalancer".to_owned(), load_balancer),
            ("TargetGroup".to_owned(), target_group),
        ]),
        statistic: Statistic::Sum,
        unit: None,
        period: None,
    })
}

fn math(queries: &[MetricQuery]) -> Result<Lowered, String> {
    let tracked = queries.iter().find(|query| query.return_data);
    let id = tracked.ok_or("none of its queries returns data")?.id.clone();
    Ok(Lowered { id, queries: queries.iter().map(math_query).collect() })
}

fn math_query(query: &MetricQuery) -> sdk::MetricDataQuery {
    let asked = sdk::MetricDataQuery::builder().id(&query.id).return_data(query.return_data);
    match &query.source {
        MetricSource::Expression(expression) => asked.expression(expression),
        MetricSource::Stat(stat) => asked.metric_stat(metric_stat(stat)),
    }
    .build()
}

fn metric_stat(stat: &MetricStat) -> sdk::MetricStat {
    let dimension = |(name, value): (&String, &String)| {
        sdk::Dimension::builder().name(name).value(value).build()
    };
    let metric = sdk::Metric::builder()
        .namespace(&stat.namespace)
        .metric_name(&stat.name)
        .set_dimensions(Some(stat.dimensions.iter().map(dimension).collect()))
        .build();
    sdk::MetricStat::builder()
        .metric(metric)
        .period(stat.period.map_or(MINUTE, |period| int(period.0)))
        .stat(stat.statistic.as_aws())
        .set_unit(stat.unit.as_deref().map(sdk::StandardUnit::from))
        .build()
}
