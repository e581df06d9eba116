//! Every API call that is ever made, as IAM names it.

use std::fmt;

/// Defines [`Call`] and [`CALLS`] from one table, so that neither can lack a call.
macro_rules! calls {
    ($($kind:ident $service:literal: $($call:ident)+;)+) => {
        /// An API call that this crate makes, named like the IAM action that allows it.
        ///
        /// Source of the names: the service authorization reference, where the service prefix of
        /// the load balancer API is `elasticloadbalancing`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Call {
            $($(
                #[doc = concat!("`", $service, ":", stringify!($call), "`.")]
                $call,
            )+)+
        }

        /// Every call that is ever made.
        pub static CALLS: &[Call] = &[$($(Call::$call,)+)+];

        impl Call {
            /// The IAM action, such as `autoscaling:DescribeAutoScalingGroups`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$call => concat!($service, ":", stringify!($call)),)+)+
                }
            }

            /// Whether the call changes something.
            #[must_use]
            pub const fn writes(self) -> bool {
                match self {
                    $($(Self::$call => calls!(@$kind),)+)+
                }
            }
        }
    };
    (@read) => { false };
    (@write) => { true };
}

calls! {
    read "sts": GetCallerIdentity;
    read "autoscaling":
        DescribeAutoScalingGroups DescribeLifecycleHooks DescribePolicies
        DescribeScheduledActions;
    read "cloudwatch": DescribeAlarms GetMetricData;
    read "ec2":
        DescribeInstanceTypes DescribeLaunchTemplateVersions DescribeSecurityGroups
        DescribeSubnets;
    read "elasticloadbalancing": DescribeTargetGroups DescribeTargetHealth;
    read "ssm": GetParameters;
    write "autoscaling":
        AttachLoadBalancerTargetGroups CreateAutoScalingGroup CreateOrUpdateTags
        DeleteAutoScalingGroup DeleteLifecycleHook DeletePolicy DeleteScheduledAction DeleteTags
        DeleteWarmPool DetachLoadBalancerTargetGroups DisableMetricsCollection
        EnableMetricsCollection PutLifecycleHook PutScalingPolicy PutScheduledUpdateGroupAction
        PutWarmPool ResumeProcesses SuspendProcesses UpdateAutoScalingGroup;
    write "cloudwatch": DeleteAlarms PutMetricAlarm PutMetricData;
    write "ec2": CreateLaunchTemplate CreateLaunchTemplateVersion DeleteLaunchTemplate;
    write "ssm": PutParameter;
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_describes_writes_nothing_and_all_else_writes() {
        for call in CALLS {
            let (_, operation) = call.name().split_once(':').unwrap();
            let reads = operation.starts_with("Describe") || operation.starts_with("Get");
            assert_eq!(call.writes(), !reads, "{call}");
        }
    }
}
