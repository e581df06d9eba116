"""Warm pools: their settings and the size they would have. No instance is kept warm."""

from moto.autoscaling.models import FakeAutoScalingGroup

# AWS: "the difference between the maximum capacity and desired capacity" (or the prepared
# capacity in max's place), "even if ... MinSize".
FakeAutoScalingGroup.warm_pool_size = property(
    lambda group: None if group.warm_pool is None else _size(group)
)


def _size(group: FakeAutoScalingGroup) -> int:
    pool = group.warm_pool
    prepared = pool.max_group_prepared_capacity
    # -1 puts the prepared capacity back to the group's max.
    ceiling = group.max_size if prepared is None or int(prepared) < 0 else int(prepared)
    return max(ceiling - group.desired_capacity, int(pool.min_size or 0))
