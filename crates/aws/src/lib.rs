//! The port of Plimsoll over the AWS SDK.
//!
//! [`Aws`] reads and changes what is in an account, region by region, and speaks only the words of
//! [`plimsoll_core`]: no type of the SDK leaves this crate.
//!
//! | room | what it holds |
//! |---|---|
//! | `client` | one set of clients per region |
//! | `trust` | whose certificates are believed |
//! | `operator`, `function` | configuration: a command's, and a Lambda function's |
//! | `call` | every API call that is ever made, as IAM names it |
//! | `iam` | the least policy for each role, from the table of calls |
//! | `count` | how many requests are sent |
//! | `error` | the SDK's failures as [`plimsoll_core::cloud::ActError`] |
//! | `observe` | answers to the core's words, normalised so that the plan can compare them |
//! | `measure` | series of metrics, in as few calls as the API allows |
//! | `publish`, `probe` | samples of metrics of our own; a data plane's endpoint |
//! | `act` | the core's words to requests, each safe to repeat |
//! | `parameters` | parameters of the Systems Manager |
//! | `published` | a spec as it is kept in one |
//!
//! Without the feature `operator` there is only what the controller calls: it reads groups with
//! their policies and scheduled actions, target groups and metrics, changes groups, tags and
//! scheduled actions, and refuses the rest.

mod act;
mod call;
mod client;
mod convert;
mod count;
mod error;
mod function;
#[cfg(feature = "operator")]
pub mod iam;
mod measure;
mod observe;
#[cfg(feature = "operator")]
mod operator;
mod parameters;
mod probe;
mod publish;
pub mod published;
#[cfg(test)]
mod tests;
mod trust;

pub use call::{CALLS, Call};
pub use client::Aws;
pub use function::Keys;
#[cfg(feature = "operator")]
pub use operator::{Caller, Settings};
pub use trust::{Trust, TrustError};

use futures::future::join_all;
use plimsoll_core::action::Action;
use plimsoll_core::cloud::{ActError, Cloud, Outcome, Probe, Query, Sample, Scope, Series, Window};
use plimsoll_core::world::{RegionState, Unreachable, World};

impl Cloud for Aws {
    async fn observe(&self, scope: &Scope) -> World {
        let regions = scope.regions.keys().map(|name| async move {
            let state = match observe::region(self, name, scope).await {
                Ok(region) => RegionState::Observed(Box::new(region)),
                Err(error) => RegionState::Unreachable(unreachable(error)),
            };
            (name.clone(), state)
        });
        World { regions: join_all(regions).await.into_iter().collect() }
    }

    async fn measure(
        &self,
        region: &str,
        queries: &[Query],
        window: Window,
    ) -> Result<Vec<Series>, Unreachable> {
        measure::region(self, region, queries, window).await.map_err(unreachable)
    }

    async fn publish(&self, region: &str, samples: &[Sample]) -> Result<(), ActError> {
        publish::region(self, region, samples).await
    }

    async fn probe(&self, endpoint: &str) -> Probe {
        probe::endpoint(self, endpoint).await
    }

    async fn act(&self, region: &str, action: &Action) -> Result<Outcome, ActError> {
        act::Actor::new(self, region).act(action).await
    }
}

/// A region in which a read failed.
fn unreachable(error: ActError) -> Unreachable {
    let ActError { call, class, message, .. } = error;
    Unreachable { call, class, message }
}
