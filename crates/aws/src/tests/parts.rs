//! Scheduled actions, hooks and target groups.

use aws_sdk_autoscaling::Client as AutoScaling;
use aws_sdk_autoscaling::operation::attach_load_balancer_target_groups::AttachLoadBalancerTargetGroupsOutput;
use aws_sdk_autoscaling::operation::delete_scheduled_action::DeleteScheduledActionOutput;
use aws_sdk_autoscaling::operation::describe_scheduled_actions::DescribeScheduledActionsOutput;
use aws_sdk_autoscaling::operation::put_scheduled_update_group_action::PutScheduledUpdateGroupActionOutput;
use aws_sdk_autoscaling::types as sdk;
use aws_smithy_mocks::{Rule, mock};
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use plimsoll_core::action::Action;
use plimsoll_core::cloud::{Cloud, ErrorClass, Outcome};
use plimsoll_core::world::ScheduledAction;

use super::{REGION, autoscaling_error, aws};
use crate::observe::hooks::hook;
use crate::observe::schedules::schedule;

const NOON: i64 = 1_700_000_000;

fn nightly() -> ScheduledAction {
    ScheduledAction {
        recurrence: Some("0 20 * * *".to_owned()),
        time_zone: Some("Europe/Berlin".to_owned()),
        start: None,
        end: None,
        min: Some(1),
        max: None,
        desired: None,
    }
}

/// What AWS describes of the nightly action: with the next run as its start.
fn described() -> sdk::builders::ScheduledUpdateGroupActionBuilder {
    sdk::ScheduledUpdateGroupAction::builder()
        .recurrence("0 20 * * *")
        .time_zone("Europe/Berlin")
        .start_time(DateTime::from_secs(NOON))
        .min_size(1)
}

#[test]
fn the_next_run_of_a_recurring_action_is_not_its_start() {
    assert_eq!(schedule(&described().build()), nightly());
}

#[test]
fn a_single_action_has_its_start_and_no_zone_of_its_own() {
    let single =
        sdk::ScheduledUpdateGroupAction::builder().start_time(DateTime::from_secs(NOON)).build();
    let read = schedule(&single);
    assert_eq!(read.start, Some(Timestamp::from_second(NOON).unwrap()));
    assert_eq!(read.time_zone, None);
}

#[test]
fn a_role_that_no_target_needs_is_not_shown() {
    let silent =
        sdk::LifecycleHook::builder().role_arn("arn:aws:iam::1:role/r").notification_target_arn("");
    let read = hook(&silent.build());
    assert_eq!((read.notification_target, read.role), (None, None));
    assert_eq!(read.default_result, "ABANDON");
}

/// Puts the nightly action over what `old` describes, and counts the deletes.
async fn deletes_before_put(old: sdk::ScheduledUpdateGroupAction) -> usize {
    let describe = mock!(AutoScaling::describe_scheduled_actions).then_output(move || {
        DescribeScheduledActionsOutput::builder()
            .scheduled_update_group_actions(old.clone())
            .build()
    });
    let delete = mock!(AutoScaling::delete_scheduled_action)
        .then_output(|| DeleteScheduledActionOutput::builder().build());
    let put = mock!(AutoScaling::put_scheduled_update_group_action)
        .then_output(|| PutScheduledUpdateGroupActionOutput::builder().build());
    let action = Action::PutSchedule {
        group: "agents".to_owned(),
        name: "nightly".to_owned(),
        schedule: Box::new(nightly()),
    };
    let done = aws(&[&describe, &delete, &put]).act(REGION, &action).await;
    assert_eq!((done, put.num_calls()), (Ok(Outcome::Done), 1));
    delete.num_calls()
}

#[tokio::test]
async fn a_scheduled_action_is_deleted_first_only_when_it_has_something_too_many() {
    assert_eq!(deletes_before_put(described().build()).await, 0);
    assert_eq!(deletes_before_put(described().min_size(5).build()).await, 0);
    assert_eq!(deletes_before_put(described().max_size(9).build()).await, 1);
}

#[tokio::test]
async fn a_moment_that_is_taken_is_worth_another_look() {
    let taken = "Scheduled action other has the same start time; it must be unique.";
    let describe = mock!(AutoScaling::describe_scheduled_actions)
        .then_output(|| DescribeScheduledActionsOutput::builder().build());
    let put = mock!(AutoScaling::put_scheduled_update_group_action)
        .sequence()
        .http_status(400, Some(autoscaling_error("AlreadyExists", taken)))
        .build();
    let action = Action::PutSchedule {
        group: "agents".to_owned(),
        name: "once".to_owned(),
        schedule: Box::new(nightly()),
    };
    let error = aws(&[&describe, &put]).act(REGION, &action).await.unwrap_err();
    assert_eq!((error.class, put.num_calls()), (ErrorClass::Busy, 1));
    assert!(error.class.is_transient() && error.message.contains("same start time"), "{error}");
}

#[tokio::test]
async fn target_groups_are_attached_ten_at_a_time() {
    let batch = |size: usize| -> Rule {
        mock!(AutoScaling::attach_load_balancer_target_groups)
            .match_requests(move |request| request.target_group_arns().len() == size)
            .then_output(|| AttachLoadBalancerTargetGroupsOutput::builder().build())
    };
    let (ten, two) = (batch(10), batch(2));
    let arns = (0..12).map(|number| format!("arn:{number}")).collect();
    let action = Action::AttachTargetGroups { group: "agents".to_owned(), arns };
    assert_eq!(aws(&[&ten, &two]).act(REGION, &action).await, Ok(Outcome::Done));
    assert_eq!((ten.num_calls(), two.num_calls()), (1, 1));
}
