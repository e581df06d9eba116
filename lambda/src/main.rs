//! The binary that Lambda starts.

mod init_error;

use std::process::ExitCode;

use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use plimsoll_aws::Aws;
use plimsoll_lambda::handler::{Controller, Failure};
use plimsoll_lambda::log;
use plimsoll_lambda::settings::Settings;
use serde_json::Value;

fn main() -> ExitCode {
    let variable = |name: &str| std::env::var(name).ok();
    log::start(variable("AWS_LAMBDA_LOG_LEVEL").as_deref());
    // One event at a time, on less than one core: more threads would only cost their stacks.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "there is no runtime");
            return ExitCode::FAILURE;
        }
    };
    let ended = match controller(&variable) {
        Ok(controller) => runtime.block_on(serve(&controller)),
        Err(error) => {
            runtime.block_on(init_error::report(&error));
            Err(error)
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "the controller cannot run");
            ExitCode::FAILURE
        }
    }
}

/// The controller, ready for its first event.
fn controller(variable: &dyn Fn(&str) -> Option<String>) -> Result<Controller, String> {
    let settings = Settings::read(variable).map_err(|error| error.to_string())?;
    let trust = settings.trust().map_err(|error| format!("AWS_CA_BUNDLE: {}", whole(&error)))?;
    let aws = Aws::in_function(settings.keys.clone(), &trust, settings.endpoint_url.clone());
    // While it starts a function has a full core, and 256 MB buy a seventh of one from then on. Making
    // these clients takes 0.35 ms of CPU, and takes 0.4 ms off the first tick: 3 ms of its time in
    // Lambda. Reading the certificates here as well made no difference that could be measured, and
    // whatever else there is before the first event needs a call (`cold_start` measures both parts).
    aws.prepare(&settings.region);
    Ok(Controller::new(settings, aws))
}

/// An error with its causes.
fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Handles events until Lambda ends the process.
async fn serve(controller: &Controller) -> Result<(), String> {
    let handler = service_fn(|event: LambdaEvent<Value>| async move {
        let LambdaEvent { payload, context } = event;
        let answer =
            controller.handle(&payload, &context.invoked_function_arn, Timestamp::now()).await;
        if let Err(error) = &answer {
            let retryable = error.is_retryable();
            tracing::error!(request = context.request_id, retryable, %error, "failed");
        }
        answer.map_err(FunctionError)
    });
    Runtime::new(handler).run().await.map_err(|error| error.to_string())
}

/// A failure for the Runtime API, which keeps a type and a message.
#[derive(Debug)]
struct FunctionError(Failure);

impl From<FunctionError> for lambda_runtime::Diagnostic {
    fn from(FunctionError(failure): FunctionError) -> Self {
        let kind = if failure.is_retryable() { "Plimsoll.Retryable" } else { "Plimsoll.Permanent" };
        Self { error_type: kind.to_owned(), error_message: failure.to_string() }
    }
}
