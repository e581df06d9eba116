//! The controller's share: what it does, and that it refuses the rest without a call.

use aws_sdk_autoscaling::Client as AutoScaling;
use aws_sdk_autoscaling::operation::describe_auto_scaling_groups::DescribeAutoScalingGroupsOutput;
use aws_sdk_autoscaling::operation::describe_policies::DescribePoliciesOutput;
use aws_sdk_autoscaling::operation::describe_scheduled_actions::DescribeScheduledActionsOutput;
use aws_sdk_autoscaling::operation::update_auto_scaling_group::UpdateAutoScalingGroupOutput;
use aws_sdk_elasticloadbalancingv2::Client as LoadBalancing;
use aws_sdk_elasticloadbalancingv2::operation::describe_target_groups::DescribeTargetGroupsOutput;
use aws_sdk_elasticloadbalancingv2::types::TargetGroup;
use aws_smithy_mocks::{Rule, mock};
use plimsoll_core::action::{Action, GroupChange};
use plimsoll_core::cloud::{Cloud as _, ErrorClass, Outcome, RegionScope, Scope};
use plimsoll_core::world::RegionState;

use super::{REGION, autoscaling_error, aws, set};

const GROUP: &str = "alfred-production-agent-core-a";

#[tokio::test]
async fn a_desired_capacity_is_sent() {
    let rule = mock!(AutoScaling::update_auto_scaling_group)
        .match_requests(|request| {
            request.desired_capacity() == Some(7) && request.min_size().is_none()
        })
        .then_output(|| UpdateAutoScalingGroupOutput::builder().build());
    let change = GroupChange { desired: Some(7), ..GroupChange::default() };
    let action = Action::UpdateGroup { group: GROUP.to_owned(), change: Box::new(change) };
    assert_eq!(aws(&[&rule]).act(REGION, &action).await, Ok(Outcome::Done));
}

#[tokio::test]
async fn what_an_operator_does_is_refused_without_a_call() {
    let group = || GROUP.to_owned();
    let actions = [
        (Action::DeleteGroup { group: group() }, "autoscaling:DeleteAutoScalingGroup"),
        (
            Action::SuspendProcesses { group: group(), processes: set(["AZRebalance"]) },
            "autoscaling:SuspendProcesses",
        ),
        (Action::DeleteWarmPool { group: group() }, "autoscaling:DeleteWarmPool"),
        (Action::DeleteTemplate { name: group() }, "ec2:DeleteLaunchTemplate"),
    ];
    let alarms = Action::DeleteAlarms { names: set([GROUP]) };
    let actions = actions.into_iter().chain([(alarms, "cloudwatch:DeleteAlarms")]);
    for (action, call) in actions {
        // A call that no rule foresees panics.
        let error = aws(&[]).act(REGION, &action).await.unwrap_err();
        assert_eq!((error.class, error.call.as_str()), (ErrorClass::Invalid, call));
        assert_eq!(error.resource, GROUP);
    }
}

fn nothing_but_a_target_group() -> [Rule; 4] {
    let groups = mock!(AutoScaling::describe_auto_scaling_groups)
        .then_output(|| DescribeAutoScalingGroupsOutput::builder().build());
    let policies = mock!(AutoScaling::describe_policies)
        .then_output(|| DescribePoliciesOutput::builder().build());
    let schedules = mock!(AutoScaling::describe_scheduled_actions)
        .then_output(|| DescribeScheduledActionsOutput::builder().build());
    let target_groups = mock!(LoadBalancing::describe_target_groups).then_output(|| {
        let web = TargetGroup::builder().target_group_name("web").build();
        DescribeTargetGroupsOutput::builder().target_groups(web).build()
    });
    [groups, policies, schedules, target_groups]
}

async fn read(wanted: RegionScope) -> RegionState {
    let scope = Scope { regions: [(REGION.to_owned(), wanted)].into(), ..Scope::default() };
    let mut world = aws(&nothing_but_a_target_group().each_ref()).observe(&scope).await;
    world.regions.remove(REGION).unwrap()
}

#[tokio::test]
async fn target_groups_are_read_when_they_are_asked_for() {
    let state = read(RegionScope { target_groups: true, ..RegionScope::default() }).await;
    let RegionState::Observed(region) = state else { panic!("{state:?}") };
    assert_eq!(region.target_groups[0].name, "web");
    assert_eq!(region.calls.len(), 3);
}

#[tokio::test]
async fn what_only_a_plan_needs_is_refused_rather_than_shown_as_nothing() {
    let beyond = [
        RegionScope { resources: true, ..RegionScope::default() },
        RegionScope { instance_types: true, ..RegionScope::default() },
        RegionScope { alarms: true, ..RegionScope::default() },
        RegionScope { hooks_of: set([GROUP]), ..RegionScope::default() },
    ];
    for wanted in beyond {
        let state = read(wanted).await;
        let RegionState::Unreachable(why) = state else { panic!("{state:?}") };
        assert_eq!(why.class, ErrorClass::Invalid);
    }
}

#[tokio::test]
async fn a_call_that_is_denied_keeps_its_class() {
    let rule = mock!(AutoScaling::update_auto_scaling_group)
        .sequence()
        .http_status(403, Some(autoscaling_error("AccessDenied", "not authorized")))
        .build();
    let change = GroupChange { desired: Some(7), ..GroupChange::default() };
    let action = Action::UpdateGroup { group: GROUP.to_owned(), change: Box::new(change) };
    let error = aws(&[&rule]).act(REGION, &action).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Denied);
}
