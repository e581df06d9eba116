"""Lifecycle hooks. They are kept and listed; instances do not wait for them."""

from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup

from .service import GroupCall, attached, corrections

DEFAULT_HEARTBEAT = 3600
# "The maximum is 172800 seconds (48 hours) or 100 times HeartbeatTimeout, whichever is smaller."
LONGEST_WAIT = 172_800


def put_hook(group: FakeAutoScalingGroup, fields: dict[str, Any]) -> None:
    """Creates a hook, or changes the fields given of the one of that name."""
    name = fields["LifecycleHookName"]
    hooks = attached(group, "hooks")
    before = hooks.get(name, {"HeartbeatTimeout": DEFAULT_HEARTBEAT, "DefaultResult": "ABANDON"})
    # "To remove the target, specify an empty string."
    hook = {key: value for key, value in (before | fields).items() if value != ""}
    hook["AutoScalingGroupName"] = group.name
    hook["GlobalTimeout"] = min(LONGEST_WAIT, 100 * hook["HeartbeatTimeout"])
    hooks[name] = hook


@corrections.corrects("PutLifecycleHook")
def put_lifecycle_hook(call: GroupCall):
    """moto makes up a queue and a role for a hook that has none."""
    put_hook(call.group, call.request)
    return {}


@corrections.corrects("DescribeLifecycleHooks")
def describe_lifecycle_hooks(call: GroupCall):
    """A target and a role are there only if they were given."""
    names = call.request.get("LifecycleHookNames")
    hooks = attached(call.group, "hooks").values()
    return {"LifecycleHooks": [h for h in hooks if not names or h["LifecycleHookName"] in names]}


@corrections.corrects("DeleteLifecycleHook")
def delete_lifecycle_hook(call: GroupCall):
    """Deleting what is not there is no error."""
    attached(call.group, "hooks").pop(call.request["LifecycleHookName"], None)
    return {}
