"""What tests ask of this package over HTTP, beside AWS: paths under `/_plimsoll`."""

from localstack.runtime import hooks
from localstack.services.edge import ROUTER


@hooks.on_infra_start()
def add_control_paths() -> None:
    """They answer as soon as LocalStack does, whatever service was used."""
    from .autoscaling.shortage import shortages
    from .functions.register import functions

    ROUTER.add([shortages, functions])


@hooks.on_infra_start()
def correct_stacks() -> None:
    """CloudFormation finds its resources corrected, whatever is deployed first."""
    from . import stacks  # noqa: F401
