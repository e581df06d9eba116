//! What each call needs: who makes it, on what, and what else must be allowed for it.

use super::Role;
use crate::call::Call;

/// What a grant is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bound {
    /// The action knows no resources of ours: it lists.
    Anything,
    /// Groups with the platform's and environment's tags.
    Groups,
    /// The same, with no size beyond the largest of the spec.
    Sizes,
    /// The same as [`Bound::Groups`], for the tags that are the controller's memory.
    Memory,
    /// The same, for all tags of groups.
    Tags,
    /// Groups that are made with the platform's and environment's tags.
    NewGroups,
    /// Launch templates that are made with the platform's and environment's tags.
    NewTemplates,
    /// Launch templates with the platform's and environment's tags.
    Templates,
    /// Alarms that wake the controller, by their names: those on traffic are not among them.
    Alarms,
    /// Metrics of our own namespaces; the traffic's is a grant of its own.
    Metrics,
    /// The platform's parameters.
    Parameters,
}

/// An action that AWS asks for behind a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Depends {
    /// `iam:PassRole`: instances get the role of their profile.
    PassRole,
    /// `iam:CreateServiceLinkedRole`: the first group of an account makes Auto Scaling's.
    ServiceLinkedRole,
    /// `ec2:RunInstances`: who points a group at a template must be able to launch from it.
    RunInstances,
    /// `ec2:CreateTags`, while templates and volumes are made.
    CreateTags,
    /// `cloudwatch:TagResource`: alarms are made with their tags.
    TagAlarms,
    /// `ssm:GetParameters`, for public parameters that name images.
    ImageParameters,
}

/// What a call is bound to in the hands of a role; `None` when the role never makes it.
pub(super) fn bound(call: Call, role: Role) -> Option<Bound> {
    match role {
        Role::Reader => (!call.writes()).then(|| place(call)),
        // Samples are the controller's: an operator changes what is, and no metric.
        Role::Operator => (call != Call::PutMetricData).then(|| place(call)),
        Role::Controller => controllers(call),
    }
}

/// The controller reads what it decides by, follows leases, and does nothing else.
fn controllers(call: Call) -> Option<Bound> {
    let made = [
        Call::DescribeAutoScalingGroups,
        Call::DescribeScheduledActions,
        Call::DescribeTargetGroups,
        Call::GetMetricData,
        Call::GetParameters,
        Call::CreateOrUpdateTags,
        Call::DeleteTags,
        Call::PutScheduledUpdateGroupAction,
        Call::DeleteScheduledAction,
        Call::UpdateAutoScalingGroup,
        Call::PutMetricData,
    ];
    made.contains(&call).then(|| place(call)).map(|bound| {
        // Other tags of a group are the spec's.
        if bound == Bound::Tags { Bound::Memory } else { bound }
    })
}

/// Where a call belongs.
fn place(call: Call) -> Bound {
    match call {
        Call::GetCallerIdentity
        | Call::DescribeAutoScalingGroups
        | Call::DescribeLifecycleHooks
        | Call::DescribePolicies
        | Call::DescribeScheduledActions
        | Call::DescribeAlarms
        | Call::GetMetricData
        | Call::DescribeInstanceTypes
        | Call::DescribeLaunchTemplateVersions
        | Call::DescribeSecurityGroups
        | Call::DescribeSubnets
        | Call::DescribeTargetGroups
        | Call::DescribeTargetHealth => Bound::Anything,
        Call::GetParameters | Call::PutParameter => Bound::Parameters,
        Call::AttachLoadBalancerTargetGroups
        | Call::DeleteAutoScalingGroup
        | Call::DeleteLifecycleHook
        | Call::DeletePolicy
        | Call::DeleteScheduledAction
        | Call::DeleteWarmPool
        | Call::DetachLoadBalancerTargetGroups
        | Call::DisableMetricsCollection
        | Call::EnableMetricsCollection
        | Call::PutLifecycleHook
        | Call::PutScalingPolicy
        | Call::PutWarmPool
        | Call::ResumeProcesses
        | Call::SuspendProcesses => Bound::Groups,
        Call::PutScheduledUpdateGroupAction | Call::UpdateAutoScalingGroup => Bound::Sizes,
        Call::CreateOrUpdateTags | Call::DeleteTags => Bound::Tags,
        Call::CreateAutoScalingGroup => Bound::NewGroups,
        Call::CreateLaunchTemplate => Bound::NewTemplates,
        Call::CreateLaunchTemplateVersion | Call::DeleteLaunchTemplate => Bound::Templates,
        Call::DeleteAlarms | Call::PutMetricAlarm => Bound::Alarms,
        Call::PutMetricData => Bound::Metrics,
    }
}

/// What else must be allowed for a call. The controller changes sizes only, which asks for nothing
/// more: `iam:PassRole` is checked where a template or its profile changes.
pub(super) fn depends(call: Call, role: Role) -> &'static [Depends] {
    match (call, role) {
        (_, Role::Controller | Role::Reader) => &[],
        (Call::CreateAutoScalingGroup, _) => &[
            Depends::PassRole,
            Depends::ServiceLinkedRole,
            Depends::RunInstances,
            Depends::CreateTags,
            Depends::ImageParameters,
        ],
        (Call::UpdateAutoScalingGroup, _) => {
            &[Depends::PassRole, Depends::RunInstances, Depends::CreateTags]
        }
        (Call::CreateLaunchTemplate, _) => &[Depends::CreateTags, Depends::ImageParameters],
        (Call::PutMetricAlarm, _) => &[Depends::TagAlarms],
        (Call::CreateLaunchTemplateVersion, _) => &[Depends::ImageParameters],
        _ => &[],
    }
}
