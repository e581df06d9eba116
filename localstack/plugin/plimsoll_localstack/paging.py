"""Pages of a list, with AWS's bounds: 50 a page unless asked, at most 100."""

from typing import Any

from localstack.aws.api import ServiceRequest

from .errors import invalid_token, validation

DEFAULT_PAGE = 50
LARGEST_PAGE = 100


def page(items: list[Any], request: ServiceRequest, name: str) -> dict[str, Any]:
    """The page of `items` that `request` asks for, under `name`; NextToken while more follow."""
    size = page_size(request)
    start = _start(request, len(items))
    answer: dict[str, Any] = {name: items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = str(start + size)
    return answer


def page_size(request: ServiceRequest) -> int:
    """How many records a page holds; more than AWS allows is refused."""
    size = request.get("MaxRecords") or DEFAULT_PAGE
    if not 0 < size <= LARGEST_PAGE:
        raise validation(f"The number of records to retrieve must be between 1 and {LARGEST_PAGE}.")
    return size


def _start(request: ServiceRequest, count: int) -> int:
    token = request.get("NextToken") or "0"
    if not token.isdigit() or int(token) > count:
        raise invalid_token()
    return int(token)
