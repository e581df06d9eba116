//! What comes and goes on a group: tags and scheduled actions.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types as sdk;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};
use plimsoll_core::world::{ScheduledAction, Tag};

use super::groups::tag;
use super::{Actor, done, gone};
use crate::call::Call;
use crate::convert::{date_time, int};
use crate::observe::schedules::schedule as observed;

impl Actor {
    pub(super) async fn put_tags(
        &self,
        group: &str,
        tags: &BTreeMap<String, Tag>,
    ) -> Result<Outcome, ActError> {
        let tags = tags.iter().map(|(key, value)| tag(group, key, value)).collect();
        let request = self.clients.autoscaling.create_or_update_tags().set_tags(Some(tags));
        done(self.call(Call::CreateOrUpdateTags, group, || request.clone().send()).await)
    }

    pub(super) async fn delete_tags(
        &self,
        group: &str,
        keys: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let tag = |key| {
            let tag = sdk::Tag::builder().resource_type("auto-scaling-group").resource_id(group);
            tag.key(key).build()
        };
        let tags = keys.iter().map(tag).collect();
        let request = self.clients.autoscaling.delete_tags().set_tags(Some(tags));
        gone(self.call(Call::DeleteTags, group, || request.clone().send()).await)
    }

    /// Puts a scheduled action, whole. AWS keeps what a put leaves out, so an action that has a
    /// setting too many is deleted first.
    pub(super) async fn put_schedule(
        &self,
        group: &str,
        name: &str,
        schedule: &ScheduledAction,
    ) -> Result<Outcome, ActError> {
        if self.schedule(group, name).await?.is_some_and(|old| has_more(&old, schedule)) {
            self.delete_schedule(group, name).await?;
        }
        let request = self
            .clients
            .autoscaling
            .put_scheduled_update_group_action()
            .auto_scaling_group_name(group)
            .scheduled_action_name(name)
            .set_recurrence(schedule.recurrence.clone())
            .set_time_zone(schedule.time_zone.clone())
            .set_start_time(schedule.start.map(date_time))
            .set_end_time(schedule.end.map(date_time))
            .set_min_size(schedule.min.map(int))
            .set_max_size(schedule.max.map(int))
            .set_desired_capacity(schedule.desired.map(int));
        let call = Call::PutScheduledUpdateGroupAction;
        let put = self.call(call, group, || request.clone().send()).await;
        done(put.map_err(|error| match error.class {
            // A name that is there is put again; what is taken is the moment, by an action that
            // somebody else put since the group was read. Who reads again sees it.
            ErrorClass::Taken => ActError { class: ErrorClass::Busy, ..error },
            ErrorClass::Throttled
            | ErrorClass::Busy
            | ErrorClass::Denied
            | ErrorClass::NotFound
            | ErrorClass::LimitExceeded
            | ErrorClass::Invalid
            | ErrorClass::Unreachable
            | ErrorClass::Other => error,
        }))
    }

    async fn schedule(&self, group: &str, name: &str) -> Result<Option<ScheduledAction>, ActError> {
        let request = self
            .clients
            .autoscaling
            .describe_scheduled_actions()
            .auto_scaling_group_name(group)
            .scheduled_action_names(name);
        let call = Call::DescribeScheduledActions;
        let answer = self.call(call, group, || request.clone().send()).await?;
        Ok(answer.scheduled_update_group_actions().first().map(observed))
    }

    pub(super) async fn delete_schedule(
        &self,
        group: &str,
        name: &str,
    ) -> Result<Outcome, ActError> {
        let request = self
            .clients
            .autoscaling
            .delete_scheduled_action()
            .auto_scaling_group_name(group)
            .scheduled_action_name(name);
        gone(self.call(Call::DeleteScheduledAction, group, || request.clone().send()).await)
    }
}

/// Whether the old action sets something that the new one does not.
fn has_more(old: &ScheduledAction, new: &ScheduledAction) -> bool {
    let dropped = |old: bool, new: bool| old && !new;
    dropped(old.recurrence.is_some(), new.recurrence.is_some())
        || dropped(old.time_zone.is_some(), new.time_zone.is_some())
        || dropped(old.start.is_some(), new.start.is_some())
        || dropped(old.end.is_some(), new.end.is_some())
        || dropped(old.min.is_some(), new.min.is_some())
        || dropped(old.max.is_some(), new.max.is_some())
        || dropped(old.desired.is_some(), new.desired.is_some())
}
