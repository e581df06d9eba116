//! Groups and whole regions, over mocked answers.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::Client as AutoScaling;
use aws_sdk_autoscaling::operation::create_auto_scaling_group::CreateAutoScalingGroupOutput;
use aws_sdk_autoscaling::operation::describe_auto_scaling_groups::DescribeAutoScalingGroupsOutput;
use aws_sdk_autoscaling::operation::describe_lifecycle_hooks::DescribeLifecycleHooksOutput;
use aws_sdk_autoscaling::operation::describe_policies::DescribePoliciesOutput;
use aws_sdk_autoscaling::operation::describe_scheduled_actions::DescribeScheduledActionsOutput;
use aws_sdk_autoscaling::operation::update_auto_scaling_group::UpdateAutoScalingGroupOutput;
use aws_sdk_autoscaling::types as sdk;
use aws_smithy_mocks::{Rule, mock};
use plimsoll_core::action::{Action, GroupChange, NewGroup};
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::{ActError, Cloud, ErrorClass, Outcome, RegionScope, Scope};
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{
    GroupSettings, RegionState, Tag, TemplateRef, ZoneDistribution, tag_keys,
};

use super::{NO_TIME, REGION, autoscaling_error, aws, clients, config, set};
use crate::client::Aws;

const GROUP: &str = "alfred-production-agent-core-a";

fn update() -> Action {
    let change = GroupChange { max: Some(5), ..GroupChange::default() };
    Action::UpdateGroup { group: GROUP.to_owned(), change: Box::new(change) }
}

fn create() -> Action {
    let settings = GroupSettings {
        template: Some(TemplateRef { name: "agent-core".to_owned(), version: "3".to_owned() }),
        subnets: set(["subnet-1", "subnet-2"]),
        health_checks: set(["ELB"]),
        health_check_grace: Seconds(90),
        warmup: None,
        termination_policies: vec!["Default".to_owned()],
        maintenance: None,
        zones: ZoneDistribution::default(),
        scale_in_protection: false,
        max_instance_lifetime: None,
    };
    let tag = |value: &str| Tag { value: value.to_owned(), propagate: true };
    Action::CreateGroup(Box::new(NewGroup {
        name: GROUP.to_owned(),
        bounds: Bounds { min: 2, max: 8 },
        settings,
        target_groups: set([]),
        tags: BTreeMap::from([
            (tag_keys::PLATFORM.to_owned(), tag("alfred")),
            (tag_keys::ENVIRONMENT.to_owned(), tag("production")),
            (tag_keys::SERVICE.to_owned(), tag("agent-core")),
            (tag_keys::ROLE.to_owned(), tag("active")),
        ]),
        hooks: BTreeMap::new(),
    }))
}

/// A group of the name that is wanted, for a service.
fn found(service: &str) -> sdk::builders::AutoScalingGroupBuilder {
    let tag = |key: &str, value: &str| sdk::TagDescription::builder().key(key).value(value).build();
    sdk::AutoScalingGroup::builder()
        .auto_scaling_group_name(GROUP)
        .tags(tag(tag_keys::PLATFORM, "alfred"))
        .tags(tag(tag_keys::ENVIRONMENT, "production"))
        .tags(tag(tag_keys::SERVICE, service))
        .tags(tag(tag_keys::ROLE, "active"))
}

fn describes(group: sdk::builders::AutoScalingGroupBuilder) -> Rule {
    mock!(AutoScaling::describe_auto_scaling_groups).then_output(move || {
        DescribeAutoScalingGroupsOutput::builder()
            .auto_scaling_groups(group.clone().build())
            .build()
    })
}

fn name_is_taken() -> Rule {
    mock!(AutoScaling::create_auto_scaling_group)
        .sequence()
        .http_status(400, Some(autoscaling_error("AlreadyExists", "A group of this name exists")))
        .repeatedly()
        .build()
}

async fn creates(rules: &[&Rule]) -> Result<Outcome, ActError> {
    aws(rules).act(REGION, &create()).await
}

#[tokio::test]
async fn a_throttled_call_is_made_again() {
    let rule = mock!(AutoScaling::update_auto_scaling_group)
        .sequence()
        .http_status(400, Some(autoscaling_error("Throttling", "Rate exceeded")))
        .output(|| UpdateAutoScalingGroupOutput::builder().build())
        .build();
    assert_eq!(aws(&[&rule]).act(REGION, &update()).await, Ok(Outcome::Done));
    assert_eq!(rule.num_calls(), 2);
}

#[tokio::test]
async fn a_busy_group_is_waited_for_and_a_limit_is_not() {
    let busy = autoscaling_error("ScalingActivityInProgress", "an activity is in progress");
    let rule = mock!(AutoScaling::update_auto_scaling_group)
        .sequence()
        .http_status(400, Some(busy))
        .times(2)
        .output(|| UpdateAutoScalingGroupOutput::builder().build())
        .build();
    assert_eq!(aws(&[&rule]).act(REGION, &update()).await, Ok(Outcome::Done));
    assert_eq!(rule.num_calls(), 3);

    let rule = mock!(AutoScaling::update_auto_scaling_group)
        .sequence()
        .http_status(400, Some(autoscaling_error("LimitExceeded", "too many")))
        .build();
    let error = aws(&[&rule]).act(REGION, &update()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::LimitExceeded);
    assert_eq!(error.call, "autoscaling:UpdateAutoScalingGroup");
    assert_eq!(error.resource, GROUP);
    assert_eq!(error.message, "LimitExceeded: too many");
    assert_eq!(rule.num_calls(), 1);
}

#[tokio::test]
async fn a_create_leaves_the_desired_capacity_to_aws() {
    let rule = mock!(AutoScaling::create_auto_scaling_group)
        .match_requests(|request| {
            request.desired_capacity().is_none()
                && request.min_size() == Some(2)
                && request.vpc_zone_identifier() == Some("subnet-1,subnet-2")
                && request.health_check_type() == Some("ELB")
                && request.tags().len() == 4
        })
        .then_output(|| CreateAutoScalingGroupOutput::builder().build());
    assert_eq!(creates(&[&rule]).await, Ok(Outcome::Done));
}

#[tokio::test]
async fn a_group_that_an_earlier_attempt_made_is_ours() {
    assert_eq!(
        creates(&[&name_is_taken(), &describes(found("agent-core"))]).await,
        Ok(Outcome::Done)
    );
}

#[tokio::test]
async fn a_group_of_another_service_is_taken() {
    let error = creates(&[&name_is_taken(), &describes(found("memory"))]).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Taken);
}

#[tokio::test]
async fn a_group_that_is_being_deleted_is_waited_for() {
    let going = found("agent-core").status("Delete in progress");
    let error = creates(&[&name_is_taken(), &describes(going)]).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Busy);
}

#[tokio::test]
async fn deleting_a_group_that_is_gone_is_done() {
    let rule = mock!(AutoScaling::delete_auto_scaling_group)
        .sequence()
        .http_status(
            400,
            Some(autoscaling_error("ValidationError", "AutoScalingGroup name not found")),
        )
        .build();
    let action = Action::DeleteGroup { group: GROUP.to_owned() };
    assert_eq!(aws(&[&rule]).act(REGION, &action).await, Ok(Outcome::Done));
}

#[tokio::test]
async fn unsetting_is_said_in_awss_numbers() {
    let rule = mock!(AutoScaling::update_auto_scaling_group)
        .match_requests(|request| {
            let maintenance = request.instance_maintenance_policy().unwrap();
            request.default_instance_warmup() == Some(-1)
                && request.max_instance_lifetime() == Some(0)
                && maintenance.min_healthy_percentage() == Some(-1)
                && maintenance.max_healthy_percentage() == Some(-1)
                && request.min_size().is_none()
        })
        .then_output(|| UpdateAutoScalingGroupOutput::builder().build());
    let change = GroupChange {
        warmup: Some(None),
        maintenance: Some(None),
        max_instance_lifetime: Some(None),
        ..GroupChange::default()
    };
    let action = Action::UpdateGroup { group: GROUP.to_owned(), change: Box::new(change) };
    assert_eq!(aws(&[&rule]).act(REGION, &action).await, Ok(Outcome::Done));
}

fn scope<const N: usize>(regions: [&str; N], wanted: &RegionScope) -> Scope {
    Scope {
        platform: "alfred".to_owned(),
        environment: "production".to_owned(),
        regions: regions.map(|region| (region.to_owned(), wanted.clone())).into(),
    }
}

/// Answers for a region that has one group, one policy and one hook.
fn one_group() -> [Rule; 4] {
    let policy = sdk::ScalingPolicy::builder()
        .auto_scaling_group_name(GROUP)
        .policy_name("simple")
        .policy_type("SimpleScaling");
    let hook = sdk::LifecycleHook::builder()
        .lifecycle_hook_name("drain")
        .lifecycle_transition("autoscaling:EC2_INSTANCE_TERMINATING")
        .notification_target_arn("");
    let group = found("agent-core")
        .min_size(1)
        .max_size(4)
        .default_instance_warmup(-1)
        .max_instance_lifetime(0)
        .health_check_type("EC2,ELB");
    let by_tag = mock!(AutoScaling::describe_auto_scaling_groups)
        .match_requests(|request| request.auto_scaling_group_names().is_empty())
        .then_output(move || {
            DescribeAutoScalingGroupsOutput::builder()
                .auto_scaling_groups(group.clone().build())
                .build()
        });
    let policies = mock!(AutoScaling::describe_policies).then_output(move || {
        DescribePoliciesOutput::builder().scaling_policies(policy.clone().build()).build()
    });
    let schedules = mock!(AutoScaling::describe_scheduled_actions)
        .then_output(|| DescribeScheduledActionsOutput::builder().build());
    let hooks = mock!(AutoScaling::describe_lifecycle_hooks).then_output(move || {
        DescribeLifecycleHooksOutput::builder().lifecycle_hooks(hook.clone().build()).build()
    });
    [by_tag, policies, schedules, hooks]
}

#[tokio::test]
async fn a_region_is_read_with_what_hangs_on_its_groups() {
    let wanted = RegionScope {
        policies: true,
        group_names: set([GROUP]),
        hooks_of: set([GROUP, "not-there-yet"]),
        ..RegionScope::default()
    };
    let aws = aws(&one_group().each_ref());
    let world = aws.observe(&scope([REGION], &wanted)).await;
    let RegionState::Observed(region) = &world.regions[REGION] else { panic!("{world:?}") };

    let [group] = region.groups.as_slice() else { panic!("{region:?}") };
    assert_eq!(group.settings.warmup, None);
    assert_eq!(group.settings.max_instance_lifetime, None);
    assert_eq!(group.settings.health_checks, set(["ELB"]));
    assert_eq!(group.settings.termination_policies, ["Default"]);
    assert!(group.policies.contains_key("simple"));
    assert_eq!(group.hooks.as_ref().unwrap()["drain"].notification_target, None);
    // The wanted name was found by its tags, so nobody is asked for it again.
    assert_eq!(region.calls.len(), 4);
}

#[tokio::test]
async fn a_region_that_fails_leaves_the_others_readable() {
    let dark = "us-east-1";
    let denied = mock!(AutoScaling::describe_auto_scaling_groups)
        .sequence()
        .http_status(403, Some(autoscaling_error("AccessDenied", "not authorized")))
        .repeatedly()
        .build();
    let [_, policies, schedules, _] = one_group();
    let aws = aws(&one_group().each_ref());
    aws.put_clients(dark, clients(dark, &[&denied, &policies, &schedules]));

    let world = aws.observe(&scope([REGION, dark], &RegionScope::default())).await;
    assert!(matches!(world.regions[REGION], RegionState::Observed(_)));
    let RegionState::Unreachable(why) = &world.regions[dark] else { panic!("{world:?}") };
    assert_eq!(why.call, "autoscaling:DescribeAutoScalingGroups");
    assert_eq!(why.class, ErrorClass::Denied);
    assert_eq!(why.message, "AccessDenied: not authorized");
}

#[tokio::test]
async fn a_proxy_that_answers_for_aws_is_said_in_plain_words() {
    let rule = mock!(AutoScaling::update_auto_scaling_group)
        .sequence()
        .http_status(407, Some("<html>who are you?</html>".to_owned()))
        .build();
    let error = aws(&[&rule]).act(REGION, &update()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unreachable);
    assert_eq!(error.message, "an answer that is not AWS's: HTTP 407");
}

#[tokio::test]
async fn a_closed_port_is_said_in_plain_words() {
    // Port 1 is reserved and closed everywhere.
    let aws =
        Aws::over(config().into_builder().endpoint_url("http://127.0.0.1:1").build(), NO_TIME);
    let error = aws.caller(REGION).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unreachable);
    assert!(error.message.starts_with("no connection: "), "{error}");
    assert!(!error.message.contains("Error {"), "{error}");
}

#[tokio::test]
async fn a_caller_without_credentials_is_denied_and_not_unreachable() {
    let config = aws_types::SdkConfig::builder()
        .behavior_version(crate::client::behavior())
        .endpoint_url("http://127.0.0.1:1")
        .build();
    let error = Aws::over(config, NO_TIME).caller(REGION).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Denied, "{error}");
}
