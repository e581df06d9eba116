//! Carrying out what was decided.

use futures::{StreamExt as _, stream};

use super::Setup;
use super::budget::{Budget, by_urgency};
use super::record::{Did, Fate};
use crate::cloud::Cloud;
use crate::reflex::{Decision, Step};

/// Services that are served at once. Auto Scaling publishes no rates; four at a time stay well inside
/// what was seen to be throttled.
const AT_ONCE: usize = 4;

/// Carries the steps out, service by service, the urgent ones first and a few at once: services do
/// not depend on each other.
pub(super) async fn out<C: Cloud>(
    cloud: &C,
    setup: &Setup<'_>,
    decision: &Decision<'_>,
    time_is_up: &(dyn Fn() -> bool + Sync),
) -> Vec<Did> {
    let budget = Budget::new(time_is_up);
    let services =
        by_urgency(decision).into_iter().map(|steps| service(cloud, setup, steps, &budget));
    let did: Vec<Vec<Did>> = stream::iter(services).buffered(AT_ONCE).collect().await;
    did.into_iter().flatten().collect()
}

/// The steps of one service, in order. One that fails skips the rest.
async fn service<C: Cloud>(
    cloud: &C,
    setup: &Setup<'_>,
    steps: Vec<&Step<'_>>,
    budget: &Budget<'_>,
) -> Vec<Did> {
    let mut broken = false;
    let mut did = Vec::new();
    for Step { service, action } in steps {
        let outcome = if !setup.conduct.acts() {
            Fate::NotTried
        } else if broken {
            Fate::Skipped
        } else if !budget.take() {
            Fate::Deferred
        } else {
            match cloud.act(setup.region, action).await {
                Ok(_) => Fate::Done,
                Err(error) => {
                    budget.failed(error.class);
                    broken = true;
                    Fate::Failed(error)
                }
            }
        };
        did.push(Did { service: (*service).to_owned(), action: action.to_string(), outcome });
    }
    did
}
