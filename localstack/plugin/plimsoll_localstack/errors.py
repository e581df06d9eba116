"""The errors of AWS, by the codes that a client matches on."""

from localstack.aws.api import CommonServiceException


def client_error(code: str, message: str) -> CommonServiceException:
    """A refusal that is the caller's to mend: HTTP 400, never retried by an SDK."""
    return CommonServiceException(code, message, status_code=400, sender_fault=True)


def validation(message: str) -> CommonServiceException:
    return client_error("ValidationError", message)


def already_exists(message: str) -> CommonServiceException:
    return client_error("AlreadyExists", message)


def resource_in_use(message: str) -> CommonServiceException:
    return client_error("ResourceInUse", message)


def invalid_token() -> CommonServiceException:
    return client_error("InvalidNextToken", "The NextToken value is not valid.")


def idempotent_mismatch() -> CommonServiceException:
    return client_error(
        "IdempotentParameterMismatch",
        "The client token was used before with other parameters.",
    )
