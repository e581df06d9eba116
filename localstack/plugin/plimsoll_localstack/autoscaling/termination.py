"""Which instances a scale-in takes: the fullest zone first, then the group's policies in order."""

from collections import Counter

from moto.autoscaling.models import FakeAutoScalingGroup, InstanceState


def zone_of(state: InstanceState) -> str:
    """The zone an instance is in; moto keeps its whole placement under that name."""
    return state.instance.placement.zone


def victims(group: FakeAutoScalingGroup, count: int) -> list[InstanceState]:
    """At most `count` in-service instances, never one that is protected from scale-in."""
    age = {state.instance.id: place for place, state in enumerate(group.instance_states)}
    left = [s for s in group.active_instances() if not s.protected_from_scale_in]
    filled = Counter(map(zone_of, group.active_instances()))
    taken: list[InstanceState] = []
    for _ in range(min(count, len(left))):
        fullest = max(filled[zone_of(state)] for state in left)
        crowded = [s for s in left if filled[zone_of(s)] == fullest]
        chosen = min(crowded, key=lambda s: _order(group, s, age[s.instance.id]))
        left.remove(chosen)
        filled[zone_of(chosen)] -= 1
        taken.append(chosen)
    return taken


def _order(group: FakeAutoScalingGroup, state: InstanceState, age: int) -> list[int]:
    """How early an instance goes; its place in the group stands for its launch time.

    Billing hours and allocation strategies mean nothing here, and do not tell instances apart.
    """
    version = int((state.launch_template or {}).get("Version", 0))
    by_policy = {
        "Default": [version, age],
        "OldestInstance": [age],
        "NewestInstance": [-age],
        "OldestLaunchTemplate": [version],
    }
    return [key for policy in group.termination_policies for key in by_policy.get(policy, [])]
