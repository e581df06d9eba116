//! Scheduled actions and lifecycle hooks.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types as sdk;
use futures::{StreamExt, TryStreamExt, stream};
use plimsoll_core::cloud::ActError;
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{Group, HookTransition, LifecycleHook, ScheduledAction};

use super::{AT_ONCE, ByGroup, Reader};
use crate::call::Call;
use crate::convert::{count, seconds, text, timestamp};

/// AWS's word for the transition into service.
pub(crate) const LAUNCHING: &str = "autoscaling:EC2_INSTANCE_LAUNCHING";
/// AWS's word for the transition out of service.
pub(crate) const TERMINATING: &str = "autoscaling:EC2_INSTANCE_TERMINATING";

impl Reader {
    /// All scheduled actions of the region: a few pages are fewer calls than one per group.
    pub(super) async fn schedules(&self) -> Result<ByGroup<ScheduledAction>, ActError> {
        let pages = self
            .clients
            .autoscaling
            .describe_scheduled_actions()
            .into_paginator()
            .page_size(100)
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribeScheduledActions, pages)?;
        let mut schedules: ByGroup<ScheduledAction> = BTreeMap::new();
        for action in pages.iter().flat_map(|page| page.scheduled_update_group_actions().iter()) {
            let group = action.auto_scaling_group_name().unwrap_or_default();
            let name = action.scheduled_action_name().unwrap_or_default();
            let of_group = schedules.entry(group.to_owned()).or_default();
            of_group.insert(name.to_owned(), schedule(action));
        }
        Ok(schedules)
    }

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

/// A scheduled action. AWS fills the start of a recurring one with its next run, which changes by
/// itself and says nothing about what was asked for, so it is dropped.
pub(crate) fn schedule(action: &sdk::ScheduledUpdateGroupAction) -> ScheduledAction {
    let recurrence = text(action.recurrence());
    let start = timestamp(action.start_time.as_ref().or(action.time.as_ref()));
    ScheduledAction {
        start: if recurrence.is_none() { start } else { None },
        recurrence,
        time_zone: text(action.time_zone()),
        end: timestamp(action.end_time.as_ref()),
        min: count(action.min_size),
        max: count(action.max_size),
        desired: count(action.desired_capacity),
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
