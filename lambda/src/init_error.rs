//! Telling Lambda why there is no function to invoke, so that whoever invokes it reads the reason and
//! not only that the process ended.
//!
//! `lambda_runtime` tells this for functions with `SnapStart` alone, which `provided` runtimes do not
//! have. Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes",
//! "Initialization error".

use lambda_runtime_api_client::{BoxError, Client, body::Body, build_request};
use serde_json::json;

/// What Lambda calls it.
const KIND: &str = "Plimsoll.Settings";

/// Reports it. What cannot be told is in the log all the same.
pub(crate) async fn report(message: &str) {
    // Outside of Lambda nobody listens.
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    if let Err(error) = tell(message).await {
        tracing::warn!(error, "Lambda was not told");
    }
}

async fn tell(message: &str) -> Result<(), BoxError> {
    let body = json!({ "errorType": KIND, "errorMessage": message, "stackTrace": [] });
    let request = build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", KIND)
        .body(Body::from(body.to_string()))?;
    Client::builder().build()?.call(request).await?;
    Ok(())
}
