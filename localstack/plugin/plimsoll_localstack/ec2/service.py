"""The corrections of EC2, over LocalStack's own provider, and moto's state under both."""

from dataclasses import dataclass

from moto.ec2 import ec2_backends
from moto.ec2.models import EC2Backend

from ..dispatch import Call, Corrections


@dataclass(frozen=True)
class Ec2Call(Call):
    """A request to EC2."""

    @property
    def backend(self) -> EC2Backend:
        """moto's state of this account and region."""
        return ec2_backends[self.account][self.region]


corrections = Corrections("ec2", Ec2Call)
