"""The corrections of Route 53, over LocalStack's own provider and moto under it."""

from ..dispatch import Call, Corrections

corrections = Corrections("route53", Call)
