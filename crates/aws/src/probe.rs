//! Asking an endpoint of a data plane, as its users would.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use plimsoll_core::cloud::Probe;
use tokio::time::timeout;

use crate::client::Aws;

/// An endpoint that is well answers within a fraction of a second, from anywhere within one.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks, and asks a second time when there is no good answer: one lost packet is no dark region.
/// Redirects are answers, and are not followed.
pub(crate) async fn endpoint(aws: &Aws, endpoint: &str) -> Probe {
    let first = ask(aws, endpoint).await;
    if first.is_well() { first } else { ask(aws, endpoint).await }
}

async fn ask(aws: &Aws, endpoint: &str) -> Probe {
    let request = match HttpRequest::get(endpoint) {
        Ok(request) => request,
        Err(error) => return Probe::Failed(format!("not an address: {error}")),
    };
    match timeout(PATIENCE, aws.prober().call(request)).await {
        Ok(Ok(answer)) => Probe::Answered(answer.status().as_u16()),
        Ok(Err(error)) => Probe::Failed(innermost(&error)),
        Err(_) => Probe::Failed(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

/// The last cause: what wraps it says only that a connection failed.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.last().map_or_else(String::new, ToString::to_string)
}
