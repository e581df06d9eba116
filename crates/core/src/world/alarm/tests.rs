use proptest::prelude::*;

use super::*;
use crate::world::MetricQuery;

const GROUP: &str = "shop-production-web-a";

fn wake(policy: &'static str) -> Wake<'static> {
    Wake { platform: "shop", environment: "production", service: "web", policy }
}

fn alarm(metric: &Metric, target: i32, interval: u32) -> Alarm {
    wake("load").alarm(GROUP, metric, MetricValue::whole(target), Seconds(interval)).unwrap()
}

fn predefined(name: &str, label: Option<&str>) -> Metric {
    Metric::Predefined { name: name.to_owned(), resource_label: label.map(str::to_owned) }
}

fn stat(namespace: &str, statistic: Statistic) -> MetricStat {
    MetricStat {
        namespace: namespace.to_owned(),
        name: "Backlog".to_owned(),
        dimensions: [("Queue".to_owned(), "jobs".to_owned())].into(),
        statistic,
        unit: None,
        period: None,
    }
}

fn single(alarm: &Alarm) -> &MetricStat {
    match &alarm.metric {
        Some(Metric::Single(stat)) => stat,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_predefined_metric_is_watched_where_cloudwatch_has_it() {
    let cpu = alarm(&predefined("ASGAverageCPUUtilization", None), 60, 60);
    assert_eq!((&*single(&cpu).namespace, &*single(&cpu).name), ("AWS/EC2", "CPUUtilization"));
    assert_eq!(single(&cpu).dimensions["AutoScalingGroupName"], GROUP);
    assert_eq!(cpu.threshold, Some(MetricValue::whole(60)));

    let label = Some("app/a/1/targetgroup/t/2");
    let requests = alarm(&predefined("ALBRequestCountPerTarget", label), 1_000, 60);
    assert_eq!(single(&requests).statistic, Statistic::Sum);
    assert_eq!(single(&requests).dimensions["LoadBalancer"], "app/a/1");
    assert_eq!(single(&requests).dimensions["TargetGroup"], "targetgroup/t/2");
    assert_eq!(requests.threshold, Some(MetricValue::whole(1_000)));
}

#[test]
fn a_metric_that_nobody_knows_is_not_watched() {
    for metric in [predefined("ASGSecret", None), predefined("ALBRequestCountPerTarget", None)] {
        let target = MetricValue::whole(1);
        wake("load").alarm(GROUP, &metric, target, Seconds(60)).unwrap_err();
    }
}

#[test]
fn one_period_is_enough_and_one_without_data_is_a_good_one() {
    let alarm = alarm(&predefined("ASGAverageCPUUtilization", None), 60, 60);
    assert_eq!((alarm.datapoints, alarm.periods), (1, 1));
    assert_eq!((&*alarm.comparison, &*alarm.missing_data), (ABOVE, NOT_BREACHING));
    assert!(alarm.actions.is_empty());
}

#[test]
fn the_period_is_the_interval_and_of_aws_metrics_a_minute_at_least() {
    let cases = [
        ("Shop", 10, Some(Seconds(10))),
        ("Shop", 60, None),
        ("AWS/SQS", 10, None),
        ("AWSLike", 30, Some(Seconds(30))),
    ];
    for (namespace, interval, period) in cases {
        let alarm = alarm(&Metric::Single(stat(namespace, Statistic::Average)), 30, interval);
        assert_eq!(single(&alarm).period, period, "{namespace} each {interval} s");
        assert_eq!(alarm.threshold, Some(MetricValue::whole(30)));
    }
}

#[test]
fn a_count_of_ten_seconds_is_compared_with_a_sixth_of_the_target() {
    let cases = [
        (Statistic::Sum, 10, 100_000_000),
        (Statistic::SampleCount, 30, 300_000_000),
        (Statistic::Sum, 60, 600_000_000),
        (Statistic::Maximum, 10, 600_000_000),
    ];
    for (statistic, interval, micros) in cases {
        let alarm = alarm(&Metric::Single(stat("Shop", statistic)), 600, interval);
        assert_eq!(alarm.threshold.unwrap().micros(), micros, "{statistic:?} each {interval} s");
    }
}

#[test]
fn metric_math_has_one_period() {
    let query =
        |id: &str, source, return_data| MetricQuery { id: id.to_owned(), source, return_data };
    let math = |other: &str| {
        Metric::Math(vec![
            query("a", MetricSource::Stat(stat("Shop", Statistic::Sum)), false),
            query("b", MetricSource::Stat(stat(other, Statistic::Average)), false),
            query("per", MetricSource::Expression("a / b".to_owned()), true),
        ])
    };
    let periods = |metric: &Metric| {
        let Some(Metric::Math(queries)) = alarm(metric, 5, 10).metric else { panic!() };
        let stats = queries.iter().filter_map(|query| match &query.source {
            MetricSource::Stat(stat) => Some(stat.period),
            MetricSource::Expression(_) => None,
        });
        stats.collect::<Vec<_>>()
    };
    assert_eq!(periods(&math("Shop")), [Some(Seconds(10)); 2]);
    assert_eq!(periods(&math("AWS/AutoScaling")), [None; 2]);
}

#[test]
fn what_others_write_is_about_nothing() {
    for text in ["", "cpu is high", "shop/production web/cpu", "a b c: wakes"] {
        let cpu = predefined("ASGAverageCPUUtilization", None);
        let alarm = Alarm { description: text.to_owned(), ..alarm(&cpu, 60, 60) };
        assert_eq!(alarm.about(), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_description_says_what_the_alarm_is_about(
        platform in "[a-z][a-z0-9-]{0,20}",
        environment in "[a-z][a-z0-9-]{0,20}",
        service in "[a-z][a-z0-9-]{0,20}",
        policy in "[-a-zA-Z0-9_./ ()+=@#]{1,40}",
    ) {
        let wake = Wake {
            platform: &platform,
            environment: &environment,
            service: &service,
            policy: &policy,
        };
        let description = wake.description();
        prop_assert_eq!(Wake::of(&description), Some(wake));
        prop_assert!(wake.name().starts_with(&wake_prefix(&platform, &environment)));
    }
}
