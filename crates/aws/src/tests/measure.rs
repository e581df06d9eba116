//! Series of metrics, over mocked answers.

use std::sync::{Arc, Mutex};

use aws_sdk_cloudwatch::Client as CloudWatch;
use aws_sdk_cloudwatch::operation::get_metric_data::{
    GetMetricDataError, GetMetricDataInput, GetMetricDataOutput,
};
use aws_sdk_cloudwatch::types as sdk;
use aws_smithy_mocks::{Rule, mock};
use aws_smithy_types::DateTime;
use aws_smithy_types::error::ErrorMetadata;
use jiff::Timestamp;
use plimsoll_core::cloud::{Cloud, ErrorClass, Extent, Point, Query, Series, Window};
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{Metric, MetricQuery, MetricSource, MetricStat, Statistic, Unreachable};

use super::{REGION, aws, map};

/// A whole minute.
const NOON: i64 = 1_795_521_600;

const GROUP: &str = "alfred-production-agent-core-a";

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(NOON + second).unwrap()
}

fn query(metric: Metric) -> Query {
    Query { group: GROUP.to_owned(), metric }
}

fn predefined(name: &str, label: Option<&str>) -> Query {
    let resource_label = label.map(str::to_owned);
    query(Metric::Predefined { name: name.to_owned(), resource_label })
}

fn cpu() -> Query {
    predefined("ASGAverageCPUUtilization", None)
}

fn backlog(period: u32) -> MetricStat {
    MetricStat {
        namespace: "Alfred".to_owned(),
        name: "Backlog".to_owned(),
        dimensions: map([("Queue", "jobs")]),
        statistic: Statistic::Maximum,
        unit: Some("Count".to_owned()),
        period: Some(Seconds(period)),
    }
}

fn backlog_per_instance() -> Query {
    let part =
        |id: &str, source, return_data| MetricQuery { id: id.to_owned(), source, return_data };
    query(Metric::Math(vec![
        part("backlog", MetricSource::Stat(backlog(60)), false),
        part("per", MetricSource::Expression("backlog / 4".to_owned()), true),
    ]))
}

/// Five minutes and a bit on both sides.
async fn measured(rules: &[&Rule], queries: &[Query]) -> Result<Vec<Series>, Unreachable> {
    let window = Window { start: moment(-301), end: moment(17) };
    aws(rules).measure(REGION, queries, window).await
}

fn result(id: &str, points: &[(i64, f64)]) -> sdk::builders::MetricDataResultBuilder {
    sdk::MetricDataResult::builder()
        .id(id)
        .set_timestamps(Some(points.iter().map(|(at, _)| DateTime::from_secs(NOON + at)).collect()))
        .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
        .status_code(sdk::StatusCode::Complete)
}

fn answer(results: Vec<sdk::builders::MetricDataResultBuilder>) -> GetMetricDataOutput {
    let results = results.into_iter().map(sdk::builders::MetricDataResultBuilder::build).collect();
    GetMetricDataOutput::builder().set_metric_data_results(Some(results)).build()
}

/// Answers every call with these results.
fn answers(results: &[sdk::builders::MetricDataResultBuilder]) -> Rule {
    let results = results.to_vec();
    mock!(CloudWatch::get_metric_data).then_output(move || answer(results.clone()))
}

fn refusal(code: &'static str) -> GetMetricDataError {
    GetMetricDataError::generic(ErrorMetadata::builder().code(code).message("no").build())
}

fn point(at: i64, value: i32) -> (Timestamp, Point) {
    (moment(at), Point::Value(MetricValue::whole(value)))
}

fn complete(points: Vec<(Timestamp, Point)>) -> Series {
    Series { points, extent: Extent::Complete }
}

fn why(series: &Series) -> &str {
    let Extent::Partial(why) = &series.extent else { panic!("{series:?}") };
    why
}

/// The requests that `queries` bring about, each answered with nothing.
async fn requests(queries: &[Query]) -> Vec<GetMetricDataInput> {
    let requests: Arc<Mutex<Vec<GetMetricDataInput>>> = Arc::default();
    let kept = Arc::clone(&requests);
    let rule = mock!(CloudWatch::get_metric_data).then_compute_output(move |request| {
        kept.lock().unwrap().push(request.clone());
        answer(Vec::new())
    });
    measured(&[&rule], queries).await.unwrap();
    let mut requests = requests.lock().unwrap().clone();
    requests.sort_by_key(|request| request.metric_data_queries().len());
    requests
}

#[tokio::test]
async fn predefined_metrics_are_asked_for_by_the_metrics_behind_them() {
    let label = "app/alfred/50dc6c495c0c9188/targetgroup/agent-core/943f017f100becff";
    let names = ["ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut"];
    let mut queries = names.map(|name| predefined(name, None)).to_vec();
    queries.push(predefined("ALBRequestCountPerTarget", Some(label)));
    let [request] = requests(&queries).await.try_into().unwrap();

    assert_eq!(request.start_time(), Some(&DateTime::from_secs(NOON - 300)));
    assert_eq!(request.end_time(), Some(&DateTime::from_secs(NOON)));
    assert_eq!(request.scan_by(), Some(&sdk::ScanBy::TimestampAscending));
    let asked = request.metric_data_queries().iter().map(|query| {
        let stat = query.metric_stat().unwrap();
        let metric = stat.metric().unwrap();
        let pair = |dimension: &sdk::Dimension| {
            format!("{}={}", dimension.name().unwrap(), dimension.value().unwrap())
        };
        let dimensions: Vec<String> = metric.dimensions().iter().map(pair).collect();
        let (namespace, name) = (metric.namespace().unwrap(), metric.metric_name().unwrap());
        let (by, period) = (stat.stat().unwrap(), stat.period().unwrap());
        format!("{namespace} {name} {by} {period} {}", dimensions.join(" "))
    });
    let of_group = format!("Average 60 AutoScalingGroupName={GROUP}");
    let expected = [
        format!("AWS/EC2 CPUUtilization {of_group}"),
        format!("AWS/EC2 NetworkIn {of_group}"),
        format!("AWS/EC2 NetworkOut {of_group}"),
        "AWS/ApplicationELB RequestCountPerTarget Sum 60 \
         LoadBalancer=app/alfred/50dc6c495c0c9188 \
         TargetGroup=targetgroup/agent-core/943f017f100becff"
            .to_owned(),
    ];
    assert_eq!(asked.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_call_asks_for_five_hundred_metrics_of_one_period_at_most() {
    let mut queries = vec![cpu(); 501];
    queries.push(query(Metric::Single(backlog(10))));
    queries.push(query(Metric::Single(backlog(10))));
    let requests = requests(&queries).await;
    let sizes: Vec<usize> =
        requests.iter().map(|request| request.metric_data_queries().len()).collect();
    assert_eq!(sizes, [1, 2, 500]);
    assert_eq!(requests[0].end_time(), Some(&DateTime::from_secs(NOON)));
    let fine = &requests[1];
    assert_eq!(fine.start_time(), Some(&DateTime::from_secs(NOON - 300)));
    assert_eq!(fine.end_time(), Some(&DateTime::from_secs(NOON + 10)));
    assert_eq!(fine.metric_data_queries()[0].metric_stat().unwrap().period(), Some(10));
}

#[tokio::test]
async fn metric_math_has_a_call_of_its_own_and_keeps_its_ids() {
    let requests = requests(&[backlog_per_instance(), backlog_per_instance(), cpu()]).await;
    assert_eq!(requests.len(), 3);
    let [backlog, per] = requests[2].metric_data_queries() else { panic!("{requests:?}") };
    assert_eq!((backlog.id(), backlog.return_data()), (Some("backlog"), Some(false)));
    let stat = backlog.metric_stat().unwrap();
    assert_eq!(stat.unit(), Some(&sdk::StandardUnit::Count));
    assert_eq!((per.id(), per.return_data()), (Some("per"), Some(true)));
    assert_eq!(per.expression(), Some("backlog / 4"));
    assert!(per.metric_stat().is_none());
}

#[tokio::test]
async fn series_come_in_the_order_of_the_queries_with_what_is_no_number() {
    let rule = answers(&[
        result("m1", &[(-120, f64::NAN), (-60, f64::INFINITY)]),
        result("m2", &[]),
        result("m0", &[(-120, 55.0), (-60, 80.0)]),
    ]);
    let series = measured(&[&rule], &[cpu(), cpu(), cpu()]).await.unwrap();
    let no_number = |at| (moment(at), Point::NotANumber);
    assert_eq!(
        series,
        [
            complete(vec![point(-120, 55), point(-60, 80)]),
            complete(vec![no_number(-120), no_number(-60)]),
            complete(Vec::new()),
        ]
    );
}

#[tokio::test]
async fn a_series_over_several_pages_is_whole_when_the_last_says_so() {
    let first = |next: &str| {
        let part = result("m0", &[(-120, 1.0)]).status_code(sdk::StatusCode::PartialData);
        let page = GetMetricDataOutput::builder().metric_data_results(part.build());
        page.next_token(next).build()
    };
    let last = answer(vec![result("m0", &[(-60, 2.0)])]);
    let rule = mock!(CloudWatch::get_metric_data)
        .sequence()
        .output(move || first("more"))
        .output(move || last.clone())
        .build();
    let series = measured(&[&rule], &[cpu()]).await.unwrap();
    assert_eq!(series, [complete(vec![point(-120, 1), point(-60, 2)])]);
    assert_eq!(rule.num_calls(), 2);
}

#[tokio::test]
async fn a_series_that_is_not_whole_says_why_and_keeps_what_there_is() {
    let value = |code: sdk::StatusCode| result("m0", &[(-60, 1.0)]).status_code(code);
    let said = sdk::MessageData::builder().code("ArithmeticError").value("divided by zero").build();
    let cases = [
        (value(sdk::StatusCode::PartialData), "CloudWatch sent a part of it"),
        (value(sdk::StatusCode::InternalError), "CloudWatch could not read it: InternalError"),
        (value(sdk::StatusCode::Forbidden), "CloudWatch could not read it: Forbidden"),
        (value(sdk::StatusCode::Complete).messages(said), "ArithmeticError: divided by zero"),
        (
            value(sdk::StatusCode::Complete).set_status_code(None),
            "CloudWatch does not say whether this is all",
        ),
        (
            value(sdk::StatusCode::Complete).values(2.0),
            "of 1 moments and 2 values, 1 belong together",
        ),
        (result("m0", &[(-60, 1.0), (-60, 7.0)]), "it has two values for one moment"),
    ];
    for (result, words) in cases {
        let [series] =
            measured(&[&answers(&[result])], &[cpu()]).await.unwrap().try_into().unwrap();
        assert_eq!(why(&series), words);
        assert_eq!(series.points, [point(-60, 1)], "{words}");
    }
}

#[tokio::test]
async fn what_is_said_of_the_whole_answer_is_said_of_each_series() {
    let said = sdk::MessageData::builder().code("MaxMetricsExceeded").build();
    let rule = mock!(CloudWatch::get_metric_data).then_output(move || {
        let page = GetMetricDataOutput::builder().messages(said.clone());
        page.metric_data_results(result("m0", &[(-60, 1.0)]).build()).build()
    });
    let series = measured(&[&rule], &[cpu(), cpu()]).await.unwrap();
    assert_eq!(why(&series[0]), "MaxMetricsExceeded");
    assert_eq!(why(&series[1]), "CloudWatch's answer does not speak of it");
}

#[tokio::test]
async fn a_query_that_cannot_be_asked_is_not_asked() {
    let queries = [
        predefined("ALBRequestCountPerTarget", None),
        predefined("ALBRequestCountPerTarget", Some("nonsense")),
        predefined("ECSServiceAverageCPUUtilization", None),
        query(Metric::Math(Vec::new())),
    ];
    // A call would panic, since no rule foresees one.
    let series = measured(&[], &queries).await.unwrap();
    let words: Vec<&str> = series.iter().map(why).collect();
    assert_eq!(
        words,
        [
            "no load balancer forwards to the target group of alfred-production-agent-core-a, \
             so nothing is counted",
            "`nonsense` names no load balancer and target group",
            "it is not known what the predefined metric `ECSServiceAverageCPUUtilization` measures",
            "none of its queries returns data",
        ]
    );
}

#[tokio::test]
async fn a_window_without_a_whole_period_is_read_without_a_call() {
    let window = Window { start: moment(1), end: moment(59) };
    let series = aws(&[]).measure(REGION, &[cpu()], window).await.unwrap();
    assert_eq!(series, [Series::default()]);
}

#[tokio::test]
async fn an_expression_that_is_refused_leaves_the_other_series_readable() {
    let refused = mock!(CloudWatch::get_metric_data)
        .match_requests(|request| request.metric_data_queries().len() == 2)
        .then_error(|| refusal("ValidationError"));
    let read = mock!(CloudWatch::get_metric_data)
        .match_requests(|request| request.metric_data_queries().len() == 1)
        .then_output(|| answer(vec![result("m1", &[(-60, 3.0)])]));
    let series = measured(&[&refused, &read], &[backlog_per_instance(), cpu()]).await.unwrap();
    assert_eq!(series[0], Series::unknown("ValidationError: no"));
    assert_eq!(series[1], complete(vec![point(-60, 3)]));
}

#[tokio::test]
async fn a_throttled_measurement_is_made_again() {
    let rule = mock!(CloudWatch::get_metric_data)
        .sequence()
        .error(|| refusal("Throttling"))
        .output(|| answer(vec![result("m0", &[])]))
        .build();
    assert_eq!(measured(&[&rule], &[cpu()]).await, Ok(vec![Series::default()]));
    assert_eq!(rule.num_calls(), 2);
}

#[tokio::test]
async fn a_region_that_does_not_answer_is_unreachable() {
    for (code, class) in
        [("AccessDenied", ErrorClass::Denied), ("InternalServiceError", ErrorClass::Unreachable)]
    {
        let rule = mock!(CloudWatch::get_metric_data).then_error(move || refusal(code));
        let unreachable = measured(&[&rule], &[cpu()]).await.unwrap_err();
        assert_eq!(unreachable.call, "cloudwatch:GetMetricData");
        assert_eq!(unreachable.class, class);
        assert_eq!(unreachable.message, format!("{code}: no"));
    }
}
