//! Scheduled actions.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::cloud::ActError;
use plimsoll_core::world::ScheduledAction;

use super::{ByGroup, Reader};
use crate::call::Call;
use crate::convert::{count, text, timestamp};

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
