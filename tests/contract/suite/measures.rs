//! Series of metrics.

use jiff::SignedDuration;
use plimsoll_core::cloud::{Cloud as _, ErrorClass, Extent, Point, Query, Series, Window};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::Metric;

use super::steps::stand;
use super::{HERE, NOBODY, Subject, THERE, WEB};

/// The mean CPU of a group.
pub(super) fn cpu_of(group: &str) -> Query {
    predefined("ASGAverageCPUUtilization", group)
}

fn predefined(name: &str, group: &str) -> Query {
    let metric = Metric::Predefined { name: name.to_owned(), resource_label: None };
    Query { group: group.to_owned(), metric }
}

pub(crate) async fn series_come_in_the_order_of_the_queries(subject: &impl Subject) {
    stand(subject).await;
    let window = subject.measured();
    let measure =
        async |queries: &[Query]| subject.cloud().measure(HERE, queries, window).await.unwrap();
    assert_eq!(measure(&[]).await, []);
    let alone = measure(&[cpu_of(WEB)]).await;
    assert!(!alone[0].points.is_empty());
    // CloudWatch knows metrics and no groups: one that is not there has no data, and that is all.
    let nothing = Series::default();
    let both = measure(&[cpu_of(NOBODY), cpu_of(WEB), cpu_of(WEB)]).await;
    assert_eq!(both, [nothing, alone[0].clone(), alone[0].clone()]);
}

pub(crate) async fn points_are_whole_periods_of_the_window_in_order(subject: &impl Subject) {
    stand(subject).await;
    let window = subject.measured();
    let query = [cpu_of(WEB)];
    let all = subject.cloud().measure(HERE, &query, window).await.unwrap().remove(0);
    assert_eq!(all.extent, Extent::Complete);
    assert!(all.points.len() >= 3, "{all:?}");
    assert!(all.points.is_sorted_by(|(one, _), (next, _)| one < next), "{all:?}");
    for (moment, point) in &all.points {
        assert_eq!(moment.as_millisecond() % 60_000, 0, "{moment}");
        assert!(window.start <= *moment && *moment < window.end, "{moment}");
        let Point::Value(value) = point else { panic!("{point:?}") };
        let percent = MetricValue::whole(0)..=MetricValue::whole(100);
        assert!(percent.contains(value), "{value:?}");
    }
    // A window that holds parts of two periods holds no whole one.
    let first = all.points[0].0;
    let half = SignedDuration::from_secs(30);
    let narrow = Window { start: first - half, end: first + half };
    let none = subject.cloud().measure(HERE, &query, narrow).await.unwrap();
    assert_eq!(none, [Series::default()]);
    let wider = Window { end: first + half * 3, ..narrow };
    let some = subject.cloud().measure(HERE, &query, wider).await.unwrap();
    assert_eq!(some[0].points, all.points[..1]);
}

pub(crate) async fn a_metric_that_nobody_knows_is_a_series_that_says_so(subject: &impl Subject) {
    stand(subject).await;
    let window = subject.measured();
    let queries = [predefined("ASGAverageMood", WEB), cpu_of(WEB)];
    let series = subject.cloud().measure(HERE, &queries, window).await.unwrap();
    assert!(matches!(&series[0].extent, Extent::Partial(why) if !why.is_empty()), "{series:?}");
    assert_eq!(series[0].points, []);
    assert_eq!(series[1].extent, Extent::Complete);
    assert!(!series[1].points.is_empty());
}

pub(crate) async fn a_region_that_does_not_answer_is_not_measured(subject: &impl Subject) {
    stand(subject).await;
    let window = subject.measured();
    let cloud = subject.without_there();
    let why = cloud.measure(THERE, &[cpu_of(WEB)], window).await.unwrap_err();
    assert_eq!(why.class, ErrorClass::Unreachable, "{why:?}");
    assert!(!cloud.measure(HERE, &[cpu_of(WEB)], window).await.unwrap()[0].points.is_empty());
}
