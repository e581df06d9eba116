//! Words of AWS that a spec may use.

/// The group metrics that Auto Scaling publishes and that Plimsoll collects unless told otherwise:
/// the five that the reference platform watches.
pub(super) const METRICS: [&str; 5] = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupTotalInstances",
];

/// All of them. Source: `autoscaling:EnableMetricsCollection`.
pub(super) const KNOWN_METRICS: [&str; 19] = [
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
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
];

/// Processes that can be suspended. Source: `autoscaling:SuspendProcesses`.
pub(super) const PROCESSES: [&str; 9] = [
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
];

/// What a stateful service does without: moving its one instance loses its data.
pub(super) const STATEFUL_SUSPENDED: [&str; 2] = ["AZRebalance", "ReplaceUnhealthy"];

/// Termination policies. Source: EC2 Auto Scaling user guide, "Termination policies".
pub(super) const TERMINATION_POLICIES: [&str; 7] = [
    "Default",
    "AllocationStrategy",
    "OldestLaunchTemplate",
    "OldestLaunchConfiguration",
    "ClosestToNextInstanceHour",
    "NewestInstance",
    "OldestInstance",
];
