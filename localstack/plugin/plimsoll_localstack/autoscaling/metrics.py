"""Group metrics: which are enabled. None are published."""

from .service import GroupCall, corrections

ALL_METRICS = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
    "GroupInServiceCapacity",
    "GroupPendingCapacity",
    "GroupStandbyCapacity",
    "GroupTerminatingCapacity",
    "GroupTotalCapacity",
    "WarmPoolDesiredCapacity",
    "WarmPoolWarmedCapacity",
    "WarmPoolPendingCapacity",
    "WarmPoolTerminatingCapacity",
    "WarmPoolTotalCapacity",
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
]


@corrections.corrects("EnableMetricsCollection")
def enable_metrics_collection(call: GroupCall):
    """Adds to what is enabled; without names that is every metric, in moto none."""
    group = call.group
    added = call.request.get("Metrics") or ALL_METRICS
    group.metrics = [*group.metrics, *(name for name in added if name not in group.metrics)]
    return {}


@corrections.corrects("DisableMetricsCollection")
def disable_metrics_collection(call: GroupCall):
    """Not in moto. Without names it disables every metric."""
    group = call.group
    removed = call.request.get("Metrics") or ALL_METRICS
    group.metrics = [name for name in group.metrics if name not in removed]
    return {}
