//! One action: requests that are safe to repeat.
//!
//! A create that finds its own work, and a delete that finds nothing, are done: either may be the
//! second attempt of a call whose answer was lost.

#[cfg(feature = "operator")]
mod alarms;
#[cfg(feature = "operator")]
mod attached;
#[cfg(not(feature = "operator"))]
mod controller;
#[cfg(feature = "operator")]
mod creation;
mod groups;
#[cfg(feature = "operator")]
mod operator;
mod parts;
#[cfg(feature = "operator")]
pub(crate) mod policies;
mod retry;
#[cfg(feature = "operator")]
pub(crate) mod templates;

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
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
