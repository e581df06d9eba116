//! Lifecycle hooks.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types as sdk;
use futures::{StreamExt, TryStreamExt, stream};
use plimsoll_core::cloud::ActError;
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{Group, HookTransition, LifecycleHook};

use super::{AT_ONCE, ByGroup, Reader};
use crate::call::Call;
use crate::convert::{seconds, text};

/// AWS's word for the transition into service.
pub(crate) const LAUNCHING: &str = "autoscaling:EC2_INSTANCE_LAUNCHING";
/// AWS's word for the transition out of service.
pub(crate) const TERMINATING: &str = "autoscaling:EC2_INSTANCE_TERMINATING";

impl Reader {
    /// The hooks of those `wanted` groups that exist. The API takes one group per call.
    pub(super) async fn hooks(
        &self,
        wanted: &BTreeSet<String>,
        groups: &[Group],
    ) -> Result<ByGroup<LifecycleHook>, ActError> {
        let existing = groups.iter().filter(|group| wanted.contains(&group.name));
        let names: Vec<String> = existing.map(|group| group.name.clone()).collect();
        stream::iter(names.into_iter().map(|name| self.hooks_of(name)))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn hooks_of(
        &self,
        group: String,
    ) -> Result<(String, BTreeMap<String, LifecycleHook>), ActError> {
        let answer = self
            .clients
            .autoscaling
            .describe_lifecycle_hooks()
            .auto_scaling_group_name(&group)
            .send()
            .await;
        let answer = self.answer(Call::DescribeLifecycleHooks, answer)?;
        let hooks = answer.lifecycle_hooks().iter().map(|described| {
            (described.lifecycle_hook_name.clone().unwrap_or_default(), hook(described))
        });
        Ok((group, hooks.collect()))
    }
}

/// A lifecycle hook. A role without a target means nothing, and AWS keeps it when a target goes.
pub(crate) fn hook(hook: &sdk::LifecycleHook) -> LifecycleHook {
    let launching = hook.lifecycle_transition() == Some(LAUNCHING);
    let notification_target = text(hook.notification_target_arn());
    LifecycleHook {
        transition: if launching { HookTransition::Launch } else { HookTransition::Terminate },
        // AWS's defaults (API reference, `PutLifecycleHookType`).
        heartbeat_timeout: seconds(hook.heartbeat_timeout).unwrap_or(Seconds(3600)),
        default_result: text(hook.default_result()).unwrap_or_else(|| "ABANDON".to_owned()),
        role: notification_target.as_ref().and_then(|_| text(hook.role_arn())),
        notification_target,
    }
}
