"""The table of Elastic Load Balancing's operations, and moto's state under it."""

from dataclasses import dataclass

from moto.elbv2.models import ELBv2Backend, elbv2_backends

from ..dispatch import Call, Corrections


@dataclass(frozen=True)
class BalancerCall(Call):
    """A request to Elastic Load Balancing."""

    @property
    def backend(self) -> ELBv2Backend:
        """moto's state of this account and region."""
        return elbv2_backends[self.account][self.region]


corrections = Corrections("elbv2", BalancerCall)
