//! Alarms as they are put are read back as they were; calls over mocked answers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_autoscaling::Client as AutoScaling;
use aws_sdk_autoscaling::operation::describe_auto_scaling_groups::DescribeAutoScalingGroupsOutput;
use aws_sdk_autoscaling::operation::describe_policies::DescribePoliciesOutput;
use aws_sdk_autoscaling::operation::describe_scheduled_actions::DescribeScheduledActionsOutput;
use aws_sdk_cloudwatch::Client as CloudWatch;
use aws_sdk_cloudwatch::operation::delete_alarms::{DeleteAlarmsError, DeleteAlarmsOutput};
use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::operation::put_metric_alarm::{PutMetricAlarmInput, PutMetricAlarmOutput};
use aws_sdk_cloudwatch::types as sdk;
use aws_smithy_mocks::{Rule, mock};
use aws_smithy_types::error::ErrorMetadata;
use plimsoll_core::action::Action;
use plimsoll_core::cloud::{Cloud as _, ErrorClass, Outcome, RegionScope, Scope};
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{
    Alarm, Metric, MetricQuery, MetricSource, MetricStat, RegionState, Statistic, Wake, tag_keys,
};

use super::{REGION, aws, map};
use crate::observe::alarms::alarm;

const WAKE: Wake<'static> =
    Wake { platform: "alfred", environment: "production", service: "agent-core", policy: "load" };

fn wanted(metric: &Metric) -> Alarm {
    let target = MetricValue::from_f64(52.5).unwrap();
    WAKE.alarm("alfred-production-agent-core-a", metric, target, Seconds(10)).unwrap()
}

fn cpu() -> Metric {
    Metric::Predefined { name: "ASGAverageCPUUtilization".to_owned(), resource_label: None }
}

fn stat() -> MetricStat {
    MetricStat {
        namespace: "Alfred".to_owned(),
        name: "Backlog".to_owned(),
        dimensions: map([("Queue", "jobs")]),
        statistic: Statistic::Sum,
        unit: Some("Count".to_owned()),
        period: None,
    }
}

fn math() -> Metric {
    let query =
        |id: &str, source, return_data| MetricQuery { id: id.to_owned(), source, return_data };
    Metric::Math(vec![
        query("backlog", MetricSource::Stat(stat()), false),
        query("per", MetricSource::Expression("backlog / 4".to_owned()), true),
    ])
}

fn put(alarm: &Alarm) -> Action {
    let tags = map([(tag_keys::PLATFORM, "alfred"), (tag_keys::SERVICE, "agent-core")]);
    Action::PutAlarm { name: WAKE.name(), alarm: Box::new(alarm.clone()), tags }
}

/// What is sent when an alarm is put.
async fn sent(alarm: &Alarm) -> PutMetricAlarmInput {
    let seen = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&seen);
    let rule = mock!(CloudWatch::put_metric_alarm)
        .match_requests(move |request| keep.lock().unwrap().replace(request.clone()).is_none())
        .then_output(|| PutMetricAlarmOutput::builder().build());
    assert_eq!(aws(&[&rule]).act(REGION, &put(alarm)).await, Ok(Outcome::Done));
    seen.lock().unwrap().take().unwrap()
}

/// What CloudWatch would describe of an alarm that was put.
fn described(put: &PutMetricAlarmInput) -> sdk::builders::MetricAlarmBuilder {
    sdk::MetricAlarm::builder()
        .set_alarm_name(put.alarm_name.clone())
        .set_alarm_description(put.alarm_description.clone())
        .set_namespace(put.namespace.clone())
        .set_metric_name(put.metric_name.clone())
        .set_dimensions(put.dimensions.clone())
        .set_statistic(put.statistic.clone())
        .set_unit(put.unit.clone())
        .set_period(put.period)
        .set_metrics(put.metrics.clone())
        .set_threshold(put.threshold)
        .set_comparison_operator(put.comparison_operator.clone())
        .set_evaluation_periods(put.evaluation_periods)
        .set_datapoints_to_alarm(put.datapoints_to_alarm)
        .set_treat_missing_data(put.treat_missing_data.clone())
}

#[tokio::test]
async fn an_alarm_reads_back_with_each_kind_of_metric() {
    for metric in [cpu(), Metric::Single(stat()), math()] {
        let wanted = wanted(&metric);
        assert_eq!(alarm(&described(&sent(&wanted).await).build()), wanted);
    }
}

#[tokio::test]
async fn an_alarm_is_put_with_its_tags_and_without_actions() {
    let sent = sent(&wanted(&cpu())).await;
    assert_eq!(sent.alarm_name(), Some("plimsoll-alfred-production-wake-agent-core-load"));
    assert_eq!(sent.comparison_operator(), Some(&sdk::ComparisonOperator::GreaterThanThreshold));
    assert_eq!((sent.evaluation_periods(), sent.datapoints_to_alarm()), (Some(1), Some(1)));
    assert_eq!((sent.threshold(), sent.period()), (Some(52.5), Some(60)));
    assert_eq!(sent.treat_missing_data(), Some("notBreaching"));
    let tags: Vec<_> =
        sent.tags().iter().map(|tag| (tag.key().unwrap(), tag.value().unwrap())).collect();
    assert_eq!(tags, [(tag_keys::PLATFORM, "alfred"), (tag_keys::SERVICE, "agent-core")]);
    assert!(sent.alarm_actions().is_empty() && sent.ok_actions().is_empty());
    assert!(sent.insufficient_data_actions().is_empty());
}

#[tokio::test]
async fn what_an_alarm_cannot_be_is_refused_without_a_call() {
    let fine = wanted(&cpu());
    let bad = [
        Alarm { metric: None, ..fine.clone() },
        Alarm { metric: Some(cpu()), ..fine.clone() },
        Alarm { actions: super::set(["arn:aws:sns:eu-central-1:1:pager"]), ..fine },
    ];
    for alarm in bad {
        // A call that no rule foresees panics.
        let error = aws(&[]).act(REGION, &put(&alarm)).await.unwrap_err();
        assert_eq!((error.class, &*error.call), (ErrorClass::Invalid, "cloudwatch:PutMetricAlarm"));
    }
}

#[tokio::test]
async fn what_the_core_has_no_words_for_is_not_half_read() {
    let plain = described(&sent(&wanted(&cpu())).await);
    let percentile = plain.clone().set_statistic(None).extended_statistic("p99").build();
    assert_eq!(alarm(&percentile).metric, None);
    let band = plain.clone().threshold_metric_id("band").set_threshold(None).build();
    assert_eq!((alarm(&band).metric, alarm(&band).threshold), (None, None));
    let mut queries = sent(&wanted(&math())).await.metrics.unwrap();
    queries[0].account_id = Some("123456789012".to_owned());
    assert_eq!(alarm(&plain.clone().set_metrics(Some(queries)).build()).metric, None);
    let told = plain.ok_actions("arn:ok").alarm_actions("arn:alarm").build();
    assert_eq!(alarm(&told).actions, super::set(["arn:alarm", "arn:ok"]));
}

#[test]
fn what_an_alarm_leaves_out_is_what_cloudwatch_fills_in() {
    let bare = sdk::MetricAlarm::builder().evaluation_periods(3).build();
    let bare = alarm(&bare);
    assert_eq!((bare.periods, bare.datapoints), (3, 3));
    assert_eq!(bare.missing_data, "missing");
    assert_eq!(bare.about(), None);
}

fn an_empty_region() -> [Rule; 3] {
    let groups = mock!(AutoScaling::describe_auto_scaling_groups)
        .then_output(|| DescribeAutoScalingGroupsOutput::builder().build());
    let policies = mock!(AutoScaling::describe_policies)
        .then_output(|| DescribePoliciesOutput::builder().build());
    let schedules = mock!(AutoScaling::describe_scheduled_actions)
        .then_output(|| DescribeScheduledActionsOutput::builder().build());
    [groups, policies, schedules]
}

#[tokio::test]
async fn alarms_are_read_by_their_prefix_page_by_page() {
    let page = |name: &'static str, token: Option<&str>| {
        let alarm = sdk::MetricAlarm::builder().alarm_name(name).build();
        let page = DescribeAlarmsOutput::builder().metric_alarms(alarm);
        page.set_next_token(token.map(str::to_owned)).build()
    };
    let first = mock!(CloudWatch::describe_alarms)
        .match_requests(|request| {
            request.alarm_name_prefix() == Some("plimsoll-alfred-production-wake-")
                && request.alarm_types() == [sdk::AlarmType::MetricAlarm]
                && request.max_records() == Some(100)
                && request.next_token().is_none()
        })
        .then_output(move || page("one", Some("more")));
    let second = mock!(CloudWatch::describe_alarms)
        .match_requests(|request| request.next_token() == Some("more"))
        .then_output(move || page("two", None));
    let [groups, policies, schedules] = an_empty_region();
    let wanted = RegionScope { alarms: true, ..RegionScope::default() };
    let scope = Scope {
        platform: "alfred".to_owned(),
        environment: "production".to_owned(),
        regions: [(REGION.to_owned(), wanted)].into(),
    };
    let world = aws(&[&groups, &policies, &schedules, &first, &second]).observe(&scope).await;
    let RegionState::Observed(region) = &world.regions[REGION] else { panic!("{world:?}") };
    assert_eq!(region.alarms.keys().collect::<Vec<_>>(), ["one", "two"]);
    let calls = region.calls.iter().filter(|call| *call == "cloudwatch:DescribeAlarms");
    assert_eq!(calls.count(), 2);
}

#[tokio::test]
async fn alarms_are_deleted_a_hundred_at_a_time() {
    let names: BTreeSet<String> = (0..150).map(|number| format!("alarm-{number:03}")).collect();
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&sizes);
    let rule = mock!(CloudWatch::delete_alarms)
        .match_requests(move |request| {
            keep.lock().unwrap().push(request.alarm_names().len());
            true
        })
        .then_output(|| DeleteAlarmsOutput::builder().build());
    let answer = aws(&[&rule]).act(REGION, &Action::DeleteAlarms { names }).await;
    assert_eq!(answer, Ok(Outcome::Done));
    assert_eq!(*sizes.lock().unwrap(), [100, 50]);
}

fn gone() -> DeleteAlarmsError {
    DeleteAlarmsError::generic(ErrorMetadata::builder().code("ResourceNotFound").build())
}

#[tokio::test]
async fn an_alarm_that_is_gone_does_not_keep_the_others() {
    let both = mock!(CloudWatch::delete_alarms)
        .match_requests(|request| request.alarm_names().len() == 2)
        .then_error(gone);
    let first = mock!(CloudWatch::delete_alarms)
        .match_requests(|request| request.alarm_names() == ["here"])
        .then_output(|| DeleteAlarmsOutput::builder().build());
    let second = mock!(CloudWatch::delete_alarms)
        .match_requests(|request| request.alarm_names() == ["there"])
        .then_error(gone);
    let action = Action::DeleteAlarms { names: super::set(["here", "there"]) };
    let answer = aws(&[&both, &first, &second]).act(REGION, &action).await;
    assert_eq!(answer, Ok(Outcome::Done));
    assert_eq!((first.num_calls(), second.num_calls()), (1, 1));
}

#[tokio::test]
async fn a_delete_that_is_denied_is_an_error() {
    let rule = mock!(CloudWatch::delete_alarms).then_error(|| {
        DeleteAlarmsError::generic(ErrorMetadata::builder().code("AccessDenied").build())
    });
    let action = Action::DeleteAlarms { names: super::set(["here", "there"]) };
    let error = aws(&[&rule]).act(REGION, &action).await.unwrap_err();
    assert_eq!((error.class, &*error.resource), (ErrorClass::Denied, "here"));
}
