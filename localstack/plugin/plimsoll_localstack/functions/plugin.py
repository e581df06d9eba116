"""What LocalStack loads by the name `process`."""

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """Runs functions as processes of this machine, without Docker."""

    name = "process"

    def load(self, *_args, **_kwargs):
        """The class of the executors."""
        from . import mappings  # noqa: F401
        from .executor import ProcessExecutor

        return ProcessExecutor
