//! One action: requests that are safe to repeat.
//!
//! A create that finds its own work, and a delete that finds nothing, are done: either may be the
//! second attempt of a call whose answer was lost.

mod groups;
mod parts;
pub(crate) mod policies;
mod retry;
pub(crate) mod templates;

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use plimsoll_core::action::Action;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};

use crate::call::Call;
use crate::client::{Aws, Clients};
use crate::error::{Failure, act_error};

/// Carries out actions in one region.
pub(crate) struct Actor {
    clients: Arc<Clients>,
    busy_pauses: &'static [Duration],
}

impl Actor {
    pub(crate) fn new(aws: &Aws, region: &str) -> Self {
        Self { clients: aws.clients(region), busy_pauses: aws.busy_pauses }
    }

    /// Carries out one action.
    ///
    /// # Errors
    /// When AWS refuses it, or stays busy or silent beyond all attempts.
    pub(crate) async fn act(&self, action: &Action) -> Result<Outcome, ActError> {
        match action {
            Action::CreateTemplate { name, data, tags } => {
                self.create_template(name, data, tags).await
            }
            Action::CreateTemplateVersion { name, data } => {
                self.create_template_version(name, data).await
            }
            Action::DeleteTemplate { name } => self.delete_template(name).await,
            Action::CreateGroup(group) => self.create_group(group).await,
            Action::UpdateGroup { group, change } => self.update_group(group, change).await,
            Action::DeleteGroup { group } => self.delete_group(group).await,
            Action::PutTags { group, tags } => self.put_tags(group, tags).await,
            Action::DeleteTags { group, keys } => self.delete_tags(group, keys).await,
            Action::AttachTargetGroups { group, arns } => {
                self.attach_target_groups(group, arns).await
            }
            Action::DetachTargetGroups { group, arns } => {
                self.detach_target_groups(group, arns).await
            }
            Action::EnableMetrics { group, metrics } => self.enable_metrics(group, metrics).await,
            Action::DisableMetrics { group, metrics } => self.disable_metrics(group, metrics).await,
            Action::SuspendProcesses { group, processes } => self.suspend(group, processes).await,
            Action::ResumeProcesses { group, processes } => self.resume(group, processes).await,
            Action::PutPolicy { group, name, policy } => self.put_policy(group, name, policy).await,
            Action::DeletePolicy { group, name } => self.delete_policy(group, name).await,
            Action::PutSchedule { group, name, schedule } => {
                self.put_schedule(group, name, schedule).await
            }
            Action::DeleteSchedule { group, name } => self.delete_schedule(group, name).await,
            Action::PutHook { group, name, hook } => self.put_hook(group, name, hook).await,
            Action::DeleteHook { group, name } => self.delete_hook(group, name).await,
            Action::PutWarmPool { group, pool } => self.put_warm_pool(group, pool).await,
            Action::DeleteWarmPool { group } => self.delete_warm_pool(group).await,
        }
    }

    /// Makes one call, again while the resource is busy. Every call of an action goes through here
    /// or through [`retry::while_busy`] itself.
    async fn call<T, E, F>(
        &self,
        call: Call,
        resource: &str,
        send: impl Fn() -> F,
    ) -> Result<T, ActError>
    where
        F: Future<Output = Result<T, Failure<E>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        retry::while_busy(self.busy_pauses, || once(call, resource, send())).await
    }
}

/// One attempt of one call, boxed: the SDK's futures are up to 24 kB large.
fn once<T, E>(
    call: Call,
    resource: &str,
    answer: impl Future<Output = Result<T, Failure<E>>>,
) -> Pin<Box<impl Future<Output = Result<T, ActError>>>>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    Box::pin(async move {
        let answer = answer.await.map_err(|error| act_error(call, resource, &error));
        match &answer {
            Ok(_) => tracing::debug!(call = call.name(), resource, "done"),
            Err(error) => tracing::debug!(call = call.name(), resource, %error, "failed"),
        }
        answer
    })
}

/// What a change that has no more to tell brings about.
fn done<T>(answer: Result<T, ActError>) -> Result<Outcome, ActError> {
    answer.map(|_| Outcome::Done)
}

/// What is to be deleted and is not there is deleted.
fn gone<T>(answer: Result<T, ActError>) -> Result<Outcome, ActError> {
    match answer {
        Err(error) if error.class == ErrorClass::NotFound => Ok(Outcome::Done),
        other => done(other),
    }
}
