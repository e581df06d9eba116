//! Samples that are published, and endpoints that are asked.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::cloud::{
    Cloud as _, ErrorClass, Extent, Point, Probe, Query, Sample, Series, Window,
};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{Metric, MetricStat, Statistic};

use super::steps::stand;
use super::{HERE, Subject, THERE};

const NAMESPACE: &str = "Plimsoll/Contract";

/// A sample in the middle of a minute, so that nobody has to be punctual.
fn sample(minute: Timestamp, region: &str, value: i32) -> Sample {
    Sample {
        namespace: NAMESPACE,
        name: "Share",
        dimensions: BTreeMap::from([("Region", region.to_owned())]),
        at: minute + SignedDuration::from_secs(30),
        value: MetricValue::whole(value),
    }
}

fn query(region: &str, statistic: Statistic) -> Query {
    let stat = MetricStat {
        namespace: NAMESPACE.to_owned(),
        name: "Share".to_owned(),
        dimensions: BTreeMap::from([("Region".to_owned(), region.to_owned())]),
        statistic,
        unit: None,
        period: None,
    };
    Query { group: String::new(), metric: Metric::Single(stat) }
}

/// The last minute of a window that is over.
fn last_minute(window: Window) -> Timestamp {
    let end = window.end.as_second();
    Timestamp::from_second(end - end.rem_euclid(60) - 60).unwrap()
}

pub(crate) async fn what_is_published_can_be_measured(subject: &impl Subject) {
    stand(subject).await;
    let window = subject.measured();
    let minute = last_minute(window);
    let samples = [sample(minute, "a", 1), sample(minute, "a", 3), sample(minute, "b", 7)];
    subject.cloud().publish(HERE, &samples).await.unwrap();
    let queries = [
        query("a", Statistic::Maximum),
        query("a", Statistic::Minimum),
        query("b", Statistic::Average),
        query("c", Statistic::Average),
    ];
    let series = subject.cloud().measure(HERE, &queries, window).await.unwrap();
    let one = |value| Series {
        points: vec![(minute, Point::Value(MetricValue::whole(value)))],
        extent: Extent::Complete,
    };
    assert_eq!(series, [one(3), one(1), one(7), Series::default()]);
    let elsewhere = subject.cloud().measure(THERE, &queries, window).await.unwrap();
    assert!(elsewhere.iter().all(|series| series.points.is_empty()), "{elsewhere:?}");
}

pub(crate) async fn nothing_is_published_where_nobody_answers(subject: &impl Subject) {
    stand(subject).await;
    let minute = last_minute(subject.measured());
    let error =
        subject.without_there().publish(THERE, &[sample(minute, "a", 1)]).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unreachable, "{error}");
    subject.cloud().publish(HERE, &[]).await.unwrap();
}

pub(crate) async fn an_endpoint_that_does_not_answer_is_not_well(subject: &impl Subject) {
    // The name is reserved for what is never there (RFC 6761).
    let probe = subject.cloud().probe("http://nowhere.invalid/health").await;
    assert!(matches!(&probe, Probe::Failed(why) if !why.is_empty()), "{probe:?}");
    assert!(!probe.is_well());
}
