"""Health checks: moto knows those that ask an endpoint, and forgets what others are about.

A check of type CLOUDWATCH_METRIC watches an alarm (AlarmIdentifier) and has a status without data
(InsufficientDataHealthStatus); a CALCULATED one counts its children. What is kept here is the
configuration: no health check is ever run.
"""

from typing import Any

from localstack.aws.api import CommonServiceException
from moto.route53.models import HealthCheck, route53_backends

from ..dispatch import Call
from ..errors import client_error
from .service import corrections

# What AWS answers with where nothing was given, by type.
FOR_ALL = {"Inverted": False, "Disabled": False}
FOR_ENDPOINTS = {"RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False}

DATA_STATES = ("Healthy", "Unhealthy", "LastKnownStatus")
LARGEST_PAGE = 100


@corrections.corrects("CreateHealthCheck")
def create_health_check(call: Call):
    """moto keeps no alarm, and makes a second check for the same CallerReference."""
    reference, config = call.request["CallerReference"], call.request["HealthCheckConfig"]
    for check in _checks(call).values():
        if check.caller_reference == reference:
            if check.given != _whole(config):
                raise CommonServiceException(
                    "HealthCheckAlreadyExists", "A health check with this reference exists.", 409
                )
            return {"HealthCheck": _described(check), "Location": _location(check)}
    _check(config, call)
    made = call.below()
    check = _checks(call)[made["HealthCheck"]["Id"]]
    check.given, check.version = _whole(config), 1
    return {"HealthCheck": _described(check), "Location": _location(check)}


@corrections.corrects("UpdateHealthCheck")
def update_health_check(call: Call):
    """Fields that are given replace, the others stay."""
    check = _find(call, call.request["HealthCheckId"])
    version = call.request.get("HealthCheckVersion")
    if version is not None and version != check.version:
        raise CommonServiceException(
            "HealthCheckVersionMismatch", "The health check was changed in between.", 409
        )
    about = ("HealthCheckId", "HealthCheckVersion", "ResetElements")
    changed = {name: value for name, value in call.request.items() if name not in about}
    config = check.given | changed
    for name in call.request.get("ResetElements") or []:
        config.pop(name, None)
    _check(config, call)
    check.given, check.version = config, check.version + 1
    return {"HealthCheck": _described(check)}


@corrections.corrects("GetHealthCheck")
def get_health_check(call: Call):
    """The configuration as it was given."""
    return {"HealthCheck": _described(_find(call, call.request["HealthCheckId"]))}


@corrections.corrects("ListHealthChecks")
def list_health_checks(call: Call):
    """In pages of at most 100, in the order they were made."""
    size = min(int(call.request.get("MaxItems") or LARGEST_PAGE), LARGEST_PAGE)
    checks = list(_checks(call).values())
    ids = [check.id for check in checks]
    marker = call.request.get("Marker")
    if marker and marker not in ids:
        raise client_error("InvalidInput", f"There is no health check {marker}.")
    start = ids.index(marker) if marker else 0
    answer: dict[str, Any] = {
        "HealthChecks": [_described(check) for check in checks[start : start + size]],
        "Marker": marker or "",
        "MaxItems": str(size),
        "IsTruncated": start + size < len(checks),
    }
    if answer["IsTruncated"]:
        answer["NextMarker"] = ids[start + size]
    return answer


def _checks(call: Call) -> dict[str, HealthCheck]:
    return route53_backends[call.account][call.context.partition].health_checks


def _find(call: Call, identifier: str) -> HealthCheck:
    check = _checks(call).get(identifier)
    if check is None:
        raise CommonServiceException(
            "NoSuchHealthCheck", f"No health check exists with the specified ID {identifier}.", 404
        )
    return check


def _whole(config: dict[str, Any]) -> dict[str, Any]:
    endpoint = config["Type"] not in ("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL")
    return FOR_ALL | (FOR_ENDPOINTS if endpoint else {}) | config


def _check(config: dict[str, Any], call: Call) -> None:
    """Raises InvalidInput for what AWS refuses."""
    match config["Type"]:
        case "CLOUDWATCH_METRIC" if "AlarmIdentifier" not in config:
            raise client_error("InvalidInput", "A CLOUDWATCH_METRIC check needs AlarmIdentifier.")
        case "CALCULATED":
            missing = set(config.get("ChildHealthChecks") or []) - set(_checks(call))
            if missing:
                raise client_error("InvalidInput", f"There is no health check {min(missing)}.")
    if config.get("InsufficientDataHealthStatus", "Healthy") not in DATA_STATES:
        raise client_error("InvalidInput", "InsufficientDataHealthStatus is not valid.")


def _described(check: HealthCheck) -> dict[str, Any]:
    return {
        "Id": check.id,
        "CallerReference": check.caller_reference,
        "HealthCheckConfig": check.given,
        "HealthCheckVersion": check.version,
    }


def _location(check: HealthCheck) -> str:
    return f"https://route53.amazonaws.com/2013-04-01/healthcheck/{check.id}"
