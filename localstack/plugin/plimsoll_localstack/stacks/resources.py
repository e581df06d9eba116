"""Corrections of single kinds of resources, each over LocalStack's own."""

import json

from localstack.services.cloudformation.resource_provider import (
    OperationStatus,
    ProgressEvent,
    ResourceProvider,
    ResourceRequest,
)
from localstack.services.cloudwatch.resource_providers.aws_cloudwatch_alarm import (
    CloudWatchAlarmProvider,
)
from localstack.services.cloudwatch.resource_providers.aws_cloudwatch_compositealarm import (
    CloudWatchCompositeAlarmProvider,
)
from localstack.services.events.resource_providers.aws_events_rule import EventsRuleProvider
from localstack.services.iam.resource_providers.aws_iam_role import IAMRoleProvider
from localstack.services.logs.resource_providers.aws_logs_loggroup import LogsLogGroupProvider
from localstack.services.route53.resource_providers.aws_route53_healthcheck import (
    Route53HealthCheckProvider,
)
from localstack.utils.patch import patch

# Of a health check: what only a replacement could change.
FIXED = ("Type", "MeasureLatency", "RequestInterval")


@patch(LogsLogGroupProvider.create)
def create_log_group(below, provider, request: ResourceRequest) -> ProgressEvent:
    """LocalStack forgets the retention."""
    made = below(provider, request)
    _keep_retention(request)
    return made


@patch(LogsLogGroupProvider.update, pass_target=False)
def update_log_group(_provider, request: ResourceRequest) -> ProgressEvent:
    """The retention is what a controller's group changes."""
    model = request.previous_state | request.desired_state
    if "RetentionInDays" not in request.desired_state:
        model.pop("RetentionInDays", None)
    request.desired_state = model
    _keep_retention(request)
    return ProgressEvent(OperationStatus.SUCCESS, resource_model=model)


@patch(EventsRuleProvider.update, pass_target=False)
def update_rule(provider, request: ResourceRequest) -> ProgressEvent:
    """PutRule and PutTargets replace what is there; targets that are gone are removed."""
    model = request.desired_state
    name = request.previous_state["Id"].split("|")[-1]
    model["Name"] = name
    wanted = {target["Id"] for target in model.get("Targets") or []}
    gone = [
        target["Id"]
        for target in request.previous_state.get("Targets") or []
        if target["Id"] not in wanted
    ]
    if gone:
        bus = {"EventBusName": model["EventBusName"]} if "EventBusName" in model else {}
        request.aws_client_factory.events.remove_targets(Rule=name, Ids=gone, **bus)
    # CloudFormation's rules are enabled unless they say otherwise.
    model.setdefault("State", "ENABLED")
    return provider.create(request)


@patch(CloudWatchAlarmProvider.update, pass_target=False)
def update_alarm(provider, request: ResourceRequest) -> ProgressEvent:
    """An alarm is put anew under its name: its state stays."""
    return _put_again(provider, request)


@patch(CloudWatchCompositeAlarmProvider.update, pass_target=False)
def update_composite_alarm(provider, request: ResourceRequest) -> ProgressEvent:
    """As a metric alarm."""
    return _put_again(provider, request)


@patch(IAMRoleProvider.update)
def update_role(below, provider, request: ResourceRequest) -> ProgressEvent:
    """LocalStack leaves the inline policies as they were."""
    updated = below(provider, request)
    name = updated.resource_model["RoleName"]
    iam = request.aws_client_factory.iam
    wanted = {
        policy["PolicyName"]: policy["PolicyDocument"]
        for policy in request.desired_state.get("Policies") or []
    }
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        if policy not in wanted:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy, document in wanted.items():
        text = document if isinstance(document, str) else json.dumps(document)
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text)
    updated.resource_model["Policies"] = request.desired_state.get("Policies") or []
    return updated


@patch(Route53HealthCheckProvider.create)
def create_health_check(below, provider, request: ResourceRequest) -> ProgressEvent:
    """LocalStack forgets the tags."""
    made = below(provider, request)
    _keep_tags(request, made.resource_model["HealthCheckId"])
    return made


@patch(Route53HealthCheckProvider.update, pass_target=False)
def update_health_check(_provider, request: ResourceRequest) -> ProgressEvent:
    """Everything but the type and the pace of the requests."""
    model = request.desired_state
    identifier = request.previous_state["HealthCheckId"]
    changed = {k: v for k, v in model["HealthCheckConfig"].items() if k not in FIXED}
    request.aws_client_factory.route53.update_health_check(HealthCheckId=identifier, **changed)
    model["HealthCheckId"] = identifier
    _keep_tags(request, identifier)
    return ProgressEvent(OperationStatus.SUCCESS, resource_model=model)


def _put_again(provider: ResourceProvider, request: ResourceRequest) -> ProgressEvent:
    request.desired_state["AlarmName"] = request.previous_state["AlarmName"]
    return provider.create(request)


def _keep_retention(request: ResourceRequest) -> None:
    logs, model = request.aws_client_factory.logs, request.desired_state
    name = model["LogGroupName"]
    if days := model.get("RetentionInDays"):
        logs.put_retention_policy(logGroupName=name, retentionInDays=int(days))
    else:
        logs.delete_retention_policy(logGroupName=name)


def _keep_tags(request: ResourceRequest, identifier: str) -> None:
    before = (request.previous_state or {}).get("HealthCheckTags") or []
    tags = request.desired_state.get("HealthCheckTags") or []
    gone = {tag["Key"] for tag in before} - {tag["Key"] for tag in tags}
    changes = {"AddTags": tags} if tags else {}
    if gone:
        changes["RemoveTagKeys"] = sorted(gone)
    if changes:
        request.aws_client_factory.route53.change_tags_for_resource(
            ResourceType="healthcheck", ResourceId=identifier, **changes
        )
