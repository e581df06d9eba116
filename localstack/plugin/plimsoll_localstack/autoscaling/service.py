"""The table of Auto Scaling's operations, and what every correction of them needs."""

import threading
from dataclasses import dataclass
from typing import Any

from localstack.aws.api import RequestContext, ServiceRequest
from localstack.aws.skeleton import DispatchTable
from moto.autoscaling.models import (
    AutoScalingBackend,
    FakeAutoScalingGroup,
    autoscaling_backends,
)

from ..dispatch import Call, Corrections, Handler, moto_table
from ..errors import validation

# Requests come on many threads and the ticker on one more; moto guards nothing itself.
LOCK = threading.RLock()

# A list of a group that is not there is empty; everything else refuses it.
LISTS = {
    "DescribePolicies",
    "DescribeScalingActivities",
    "DescribeScheduledActions",
}


@dataclass(frozen=True)
class GroupCall(Call):
    """A request to Auto Scaling."""

    @property
    def backend(self) -> AutoScalingBackend:
        """moto's state of this account and region."""
        return autoscaling_backends[self.account][self.region]

    @property
    def group(self) -> FakeAutoScalingGroup:
        """The group that the request names; one that is not there is refused."""
        return find_group(self.backend, self.request["AutoScalingGroupName"])

    def listed_groups(self) -> list[FakeAutoScalingGroup]:
        """The group that a list is narrowed to, or every group of the region."""
        name = self.request.get("AutoScalingGroupName")
        return [
            group
            for group in self.backend.autoscaling_groups.values()
            if not name or group.name == name
        ]


class AutoScalingCorrections(Corrections):
    """Corrections that never run at the same time, on groups that are there."""

    def table(self) -> DispatchTable:
        """Every operation: corrected, or as moto has it."""
        over = self.over(moto_table(self.service))
        return {operation: self._guarded(operation, over[operation]) for operation in over}

    def _guarded(self, operation: str, handler: Handler) -> Handler:
        needs_group = operation not in LISTS and operation != "CreateAutoScalingGroup"

        def guarded(context: RequestContext, request: ServiceRequest):
            call = GroupCall(context, request or {}, handler)
            with LOCK:
                if needs_group and "AutoScalingGroupName" in call.request:
                    _ = call.group
                return handler(context, request)

        return guarded


def find_group(backend: AutoScalingBackend, name: str) -> FakeAutoScalingGroup:
    """The group of that name; ValidationError when there is none, as every operation says it."""
    group = backend.autoscaling_groups.get(name)
    if group is None:
        raise validation(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group


def attached(group: FakeAutoScalingGroup, kind: str) -> dict[str, Any]:
    """What AWS keeps per group, by name: its policies, scheduled actions or hooks."""
    return vars(group).setdefault(f"attached_{kind}", {})


corrections = AutoScalingCorrections("autoscaling", GroupCall)
