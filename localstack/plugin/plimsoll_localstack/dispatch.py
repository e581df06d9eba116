"""Corrections lie over a service as its dispatch table: moto below, what AWS documents above."""

from collections.abc import Callable
from dataclasses import dataclass

from localstack.aws.api import RequestContext, ServiceRequest, ServiceResponse
from localstack.aws.skeleton import DispatchTable
from localstack.aws.spec import load_service
from localstack.services.moto import call_moto

Handler = Callable[[RequestContext, ServiceRequest], ServiceResponse | None]


@dataclass(frozen=True)
class Call:
    """One request on its way down."""

    context: RequestContext
    request: ServiceRequest
    handler: Handler

    @property
    def account(self) -> str:
        return self.context.account_id

    @property
    def region(self) -> str:
        return self.context.region

    def below(self) -> ServiceResponse:
        """What the service answers without the correction."""
        return self.handler(self.context, self.request) or {}


class Corrections:
    """The corrections of one service, found by the names of its operations."""

    def __init__(self, service: str, call: type[Call] = Call):
        self.service = service
        self.call = call
        self.by_operation: dict[str, Callable[[Call], ServiceResponse | None]] = {}

    def corrects(self, operation: str):
        """The decorated function answers `operation`; `Call.below` asks what lies under it."""

        def register(correction):
            if operation not in load_service(self.service).operation_names:
                raise LookupError(f"{self.service} has no operation {operation}")
            self.by_operation[operation] = correction
            return correction

        return register

    def over(self, table: DispatchTable) -> DispatchTable:
        """`table` with the corrections laid over it."""
        return table | {
            operation: self._handler(correction, table[operation])
            for operation, correction in self.by_operation.items()
        }

    def _handler(self, correction, below: Handler) -> Handler:
        return lambda context, request: correction(self.call(context, request or {}, below))


def moto_table(service: str) -> DispatchTable:
    """Every operation of a service that LocalStack does not offer, answered by moto."""
    return dict.fromkeys(
        load_service(service).operation_names, lambda context, _request: call_moto(context)
    )
