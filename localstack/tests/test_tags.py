"""Tags find groups, and are found."""

import pytest
from conftest import refused


def tag(key, value, group="web", propagate=False):
    return {
        "ResourceId": group,
        "ResourceType": "auto-scaling-group",
        "Key": key,
        "Value": value,
        "PropagateAtLaunch": propagate,
    }


@pytest.fixture
def fleet(aws):
    """Two groups of alfred, in production and in development, and one of another platform."""
    for name, platform, environment in [
        ("a", "alfred", "production"),
        ("b", "alfred", "development"),
        ("c", "other", "production"),
    ]:
        tags = [
            tag("plimsoll:platform", platform, name, propagate=True),
            tag("plimsoll:environment", environment, name),
        ]
        aws.create_group(name, Tags=tags)
    return aws


def names(aws, *filters):
    asked = [{"Name": name, "Values": values} for name, values in filters]
    found = aws.autoscaling.describe_auto_scaling_groups(Filters=asked)["AutoScalingGroups"]
    return [group["AutoScalingGroupName"] for group in found]


def test_groups_are_found_by_all_their_tags(fleet):
    alfred = ("tag:plimsoll:platform", ["alfred"])
    production = ("tag:plimsoll:environment", ["production"])
    assert names(fleet, alfred) == ["a", "b"]
    assert names(fleet, alfred, production) == ["a"]
    assert names(fleet, ("tag:plimsoll:platform", ["alfred", "other"]), production) == ["a", "c"]
    assert names(fleet, ("tag-key", ["plimsoll:platform"]), ("tag-value", ["other"])) == ["c"]
    assert names(fleet, ("tag:plimsoll:platform", ["missing"])) == []


def test_tags_are_found_by_all_filters(fleet):
    def found(*filters):
        asked = [{"Name": name, "Values": values} for name, values in filters]
        tags = fleet.autoscaling.describe_tags(Filters=asked)["Tags"]
        return [(tag["ResourceId"], tag["Key"], tag["Value"]) for tag in tags]

    platform, environment = "plimsoll:platform", "plimsoll:environment"
    assert found(("key", [platform]), ("value", ["alfred"])) == [
        ("a", platform, "alfred"),
        ("b", platform, "alfred"),
    ]
    assert found(("auto-scaling-group", ["c"]), ("propagate-at-launch", ["true"])) == [
        ("c", platform, "other")
    ]
    assert found(("auto-scaling-group", ["c"]), ("propagate-at-launch", ["false"])) == [
        ("c", environment, "production")
    ]


def test_tags_come_in_pages(fleet):
    first = fleet.autoscaling.describe_tags(MaxRecords=4)
    rest = fleet.autoscaling.describe_tags(NextToken=first["NextToken"])
    assert (len(first["Tags"]), len(rest["Tags"])) == (4, 2)


def test_tags_are_added_changed_and_deleted(aws):
    aws.create_group()
    aws.autoscaling.create_or_update_tags(Tags=[tag("plimsoll:lease:a:1", "x"), tag("b", "1")])
    aws.autoscaling.create_or_update_tags(Tags=[tag("b", "2", propagate=True)])
    assert aws.group()["Tags"] == [tag("plimsoll:lease:a:1", "x"), tag("b", "2", propagate=True)]
    gone = {"ResourceId": "web", "ResourceType": "auto-scaling-group", "Key": "plimsoll:lease:a:1"}
    aws.autoscaling.delete_tags(Tags=[gone])
    assert [tag["Key"] for tag in aws.group()["Tags"]] == ["b"]


def test_tags_of_a_group_that_is_not_there_are_refused(aws):
    with refused("ValidationError", "not found"):
        aws.autoscaling.create_or_update_tags(Tags=[tag("a", "b", "missing")])
    with refused("ValidationError", "not found"):
        aws.autoscaling.delete_tags(Tags=[tag("a", "b", "missing")])
