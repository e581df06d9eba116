"""Tags of groups. moto's filters of DescribeAutoScalingGroups are right and stay."""

from typing import Any

from ..errors import validation
from ..paging import page
from .service import GroupCall, corrections, find_group


@corrections.corrects("CreateOrUpdateTags")
def create_or_update_tags(call: GroupCall):
    """moto ends in an internal error for a group that is not there."""
    _check_groups(call)
    return call.below()


@corrections.corrects("DeleteTags")
def delete_tags(call: GroupCall):
    """moto ends in an internal error for a group that is not there."""
    _check_groups(call)
    return call.below()


@corrections.corrects("DescribeTags")
def describe_tags(call: GroupCall):
    """moto has no pages here, and its propagate-at-launch filter knows only `True`."""
    filters = call.request.get("Filters") or []
    tags = [tag for group in call.backend.autoscaling_groups.values() for tag in group.tags]
    found = [_described(tag) for tag in tags if all(_passes(tag, wanted) for wanted in filters)]
    return page(found, call.request, "Tags")


def _check_groups(call: GroupCall) -> None:
    for tag in call.request["Tags"]:
        find_group(call.backend, tag["ResourceId"])


def _described(tag: dict[str, Any]) -> dict[str, Any]:
    return tag | {"PropagateAtLaunch": _propagates(tag)}


def _propagates(tag: dict[str, Any]) -> bool:
    return str(tag.get("PropagateAtLaunch", False)).lower() == "true"


def _passes(tag: dict[str, Any], wanted: dict[str, Any]) -> bool:
    values = wanted.get("Values") or []
    match wanted.get("Name"):
        case "auto-scaling-group":
            return tag["ResourceId"] in values
        case "key":
            return tag["Key"] in values
        case "value":
            return tag.get("Value", "") in values
        case "propagate-at-launch":
            return str(_propagates(tag)).lower() in [value.lower() for value in values]
        case other:
            raise validation(f"Filter type {other} is not correct.")
