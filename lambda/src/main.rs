//! The binary that Lambda starts.

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
    match run(&variable) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "the controller cannot run");
            ExitCode::FAILURE
        }
    }
}

fn run(variable: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
    let settings = Settings::read(variable).map_err(|error| error.to_string())?;
    let trust = settings.trust().map_err(|error| error.to_string())?;
    let aws = Aws::in_function(settings.keys.clone(), &trust, settings.endpoint_url.clone());
    let controller = Controller::new(settings, aws);
    // One event at a time, on less than one core: more threads would only cost their stacks.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    let handler = service_fn(|event: LambdaEvent<Value>| {
        let controller = &controller;
        async move {
            let LambdaEvent { payload, context } = event;
            let answer =
                controller.handle(&payload, &context.invoked_function_arn, Timestamp::now()).await;
            if let Err(error) = &answer {
                let retryable = error.is_retryable();
                tracing::error!(request = context.request_id, retryable, %error, "failed");
            }
            answer.map_err(FunctionError)
        }
    });
    runtime.block_on(Runtime::new(handler).run()).map_err(|error| error.to_string())
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
