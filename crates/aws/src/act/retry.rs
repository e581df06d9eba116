//! Attempts while a resource is busy.

use std::time::Duration;

use plimsoll_core::cloud::{ActError, ErrorClass};

/// Attempts until the answer is not [`ErrorClass::Busy`], or the pauses are used up.
///
/// Scaling activities and pending updates end by themselves, and the SDK does not wait for them.
/// Everything else either was retried by the SDK (throttling, failures of the service) or stays
/// wrong however often it is sent (limits, names that are taken, invalid requests).
pub(super) async fn while_busy<T, F>(
    pauses: &[Duration],
    attempt: impl Fn() -> F,
) -> Result<T, ActError>
where
    F: Future<Output = Result<T, ActError>>,
{
    for pause in pauses {
        match attempt().await {
            Err(error) if error.class == ErrorClass::Busy => {
                tracing::debug!(%error, ?pause, "busy");
                tokio::time::sleep(*pause).await;
            }
            answer => return answer,
        }
    }
    attempt().await
}
