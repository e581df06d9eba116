//! The SDK's failures as the core's errors.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use plimsoll_core::cloud::{ActError, ErrorClass};

use crate::call::Call;

/// A failed call, as the SDK has it.
pub(crate) type Failure<E> = SdkError<E, HttpResponse>;

/// A failed call as the core's error.
pub(crate) fn act_error<E>(call: Call, resource: &str, error: &Failure<E>) -> ActError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let (class, message) = match error {
        SdkError::ServiceError(answer) => {
            let message = answer.err().message().unwrap_or_default().trim();
            if let Some(code) = answer.err().code() {
                (classify(code, message), sentence(code, message))
            } else {
                // Whatever AWS answers has a code: this is a proxy, or no AWS at all.
                let status = answer.raw().status().as_u16();
                (ErrorClass::Unreachable, format!("an answer that is not AWS's: HTTP {status}"))
            }
        }
        SdkError::TimeoutError(_) => (ErrorClass::Unreachable, "no answer in time".to_owned()),
        SdkError::DispatchFailure(failure) => {
            failure.as_connector_error().map_or_else(no_connection, |error| dispatch(error))
        }
        SdkError::ResponseError(_) => {
            (ErrorClass::Unreachable, "the answer makes no sense".to_owned())
        }
        // Construction failures, and what later versions of the SDK add.
        other @ (SdkError::ConstructionFailure(_) | _) => {
            (ErrorClass::Other, innermost(other.source()))
        }
    };
    refusal(call, resource, class, message)
}

/// An error that this crate found by itself.
pub(crate) fn refusal(
    call: Call,
    resource: &str,
    class: ErrorClass,
    message: impl Into<String>,
) -> ActError {
    let (call, resource) = (call.name().to_owned(), resource.to_owned());
    ActError { call, resource, class, message: message.into() }
}

/// Credentials are fetched while a call is dispatched, so a caller who is nobody shows here too.
fn dispatch(error: &(dyn Error + 'static)) -> (ErrorClass, String) {
    let chain = || std::iter::successors(Some(error), |&error| error.source());
    if chain().any(|error| error.to_string().contains("credential")) {
        return (ErrorClass::Denied, format!("no credentials: {}", innermost(Some(error))));
    }
    (ErrorClass::Unreachable, format!("no connection: {}", innermost(Some(error))))
}

fn no_connection() -> (ErrorClass, String) {
    (ErrorClass::Unreachable, "no connection".to_owned())
}

/// The root of a chain of errors, which is the one that says what happened.
fn innermost(error: Option<&(dyn Error + 'static)>) -> String {
    std::iter::successors(error, |&error| error.source())
        .last()
        .map_or_else(|| "the request could not be made".to_owned(), ToString::to_string)
}

fn sentence(code: &str, message: &str) -> String {
    if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") }
}

/// What a caller can do, by the error's code. Sources: the error shapes of the Auto Scaling API,
/// the common errors of the query APIs, and the error codes of the EC2 and CloudWatch APIs.
fn classify(code: &str, message: &str) -> ErrorClass {
    match code {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "EC2ThrottledException"
        | "BandwidthLimitExceeded"
        | "SlowDown" => ErrorClass::Throttled,

        "ScalingActivityInProgress"
        | "ResourceContention"
        | "InstanceRefreshInProgress"
        | "IncorrectState"
        | "DependencyViolation" => ErrorClass::Busy,
        _ if code.ends_with("InUse") => ErrorClass::Busy,

        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthFailure"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "OptInRequired"
        | "MissingAuthenticationToken"
        | "InvalidAccessKeyId"
        | "NotAuthorized"
        | "Blocked" => ErrorClass::Denied,

        "InternalFailure"
        | "InternalError"
        | "InternalServerError"
        | "InternalServiceError"
        | "InternalServiceFault"
        | "ServiceUnavailable"
        | "Unavailable" => ErrorClass::Unreachable,

        _ if code.contains("LimitExceeded") => ErrorClass::LimitExceeded,
        _ if code.contains("AlreadyExists") => ErrorClass::Taken,
        _ if code.contains("NotFound") => ErrorClass::NotFound,
        "ValidationError" if is_gone(message) => ErrorClass::NotFound,
        "ValidationError"
        | "ValidationException"
        | "MissingParameter"
        | "UnknownParameter"
        | "UnsupportedOperation"
        | "IdempotentParameterMismatch" => ErrorClass::Invalid,
        _ if code.starts_with("Invalid") || code.starts_with("Malformed") => ErrorClass::Invalid,
        _ => ErrorClass::Other,
    }
}

/// Auto Scaling has no code of its own for a resource that is gone: it answers `ValidationError`
/// and says it in the message (`AutoScalingGroup name not found - null`).
fn is_gone(message: &str) -> bool {
    let message = message.to_lowercase();
    let phrases = [
        "not found",
        "does not exist",
        "doesn't exist",
        "cannot find",
        "no lifecycle hook",
        "no scaling policy",
        "no warm pool",
        "not part of the group",
    ];
    phrases.iter().any(|phrase| message.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_fall_into_the_class_that_says_what_to_do() {
        use ErrorClass::{
            Busy, Denied, Invalid, LimitExceeded, NotFound, Other, Taken, Throttled, Unreachable,
        };
        let cases = [
            ("Throttling", "Rate exceeded", Throttled),
            ("RequestLimitExceeded", "", Throttled),
            ("ScalingActivityInProgress", "", Busy),
            ("ResourceContention", "", Busy),
            ("ResourceInUse", "", Busy),
            ("AccessDenied", "", Denied),
            ("UnauthorizedOperation", "", Denied),
            ("ExpiredToken", "", Denied),
            ("InvalidClientTokenId", "", Denied),
            ("LimitExceeded", "", LimitExceeded),
            ("VcpuLimitExceeded", "", LimitExceeded),
            ("AlreadyExists", "", Taken),
            ("InvalidLaunchTemplateName.AlreadyExistsException", "", Taken),
            ("InvalidLaunchTemplateName.NotFoundException", "", NotFound),
            ("TargetGroupNotFound", "", NotFound),
            ("ValidationError", "AutoScalingGroup name not found - null", NotFound),
            ("ValidationError", "Max bound must be at least the min bound", Invalid),
            ("InvalidParameterValue", "", Invalid),
            ("InternalFailure", "", Unreachable),
            ("InternalServiceFault", "", Unreachable),
            ("ServiceLinkedRoleFailure", "", Other),
            ("", "", Other),
        ];
        for (code, message, class) in cases {
            assert_eq!(classify(code, message), class, "{code} {message}");
        }
    }

    #[test]
    fn a_message_keeps_the_services_words() {
        assert_eq!(sentence("Throttling", "Rate exceeded"), "Throttling: Rate exceeded");
        assert_eq!(sentence("Throttling", ""), "Throttling");
    }
}
