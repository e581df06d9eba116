"""An execution environment: at most one process, one invocation at a time.

By AWS's documents: Init has 10 seconds, and is tried again with the first invocation, within the
function's timeout, when it fails. A function that exceeds its timeout is killed; one that ends by
itself fails its invocation with `Runtime.ExitError`. After either, the next invocation starts a
new process.
"""

import json
import time
from datetime import UTC, datetime

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor
from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager
from localstack.utils.patch import patch

from .logs import LogStream
from .process import Process, base_environment
from .register import REGISTER, Running
from .runtime_api import Work

INIT_SECONDS = 10
LOOPBACK = "127.0.0.1"


@patch(LambdaVersionManager.store_logs)
def store_logs(below, manager, invocation_result, execution_env) -> None:
    """A process' lines are in its log group already, each with its own time."""
    if not isinstance(execution_env.runtime_executor, ProcessExecutor):
        below(manager, invocation_result=invocation_result, execution_env=execution_env)


class ProcessExecutor(RuntimeExecutor):
    """Runs the invocations of one execution environment."""

    def __init__(self, id: str, function_version: FunctionVersion):
        super().__init__(id, function_version)
        self._environment: dict[str, str] = {}
        self._log: LogStream | None = None
        self._process: Process | None = None

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpacks the code; without a `bootstrap` the function cannot become Active."""
        code = function_version.config.code
        code.prepare_for_execution()
        if not (code.get_unzipped_code_location() / "bootstrap").is_file():
            raise ValueError("the package has no bootstrap; processes run custom runtimes only")

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """The code on disk belongs to LocalStack."""

    def start(self, env_vars: dict[str, str]) -> None:
        """Starts a process and waits for its init; a failed one is told by the invocation."""
        self._environment = base_environment() | {
            name: str(value) for name, value in env_vars.items()
        }
        self._environment["LAMBDA_TASK_ROOT"] = str(self._code)
        names = self.function_version.id
        self._log = LogStream(
            names.account,
            names.region,
            self._environment["AWS_LAMBDA_LOG_GROUP_NAME"],
            self._environment["AWS_LAMBDA_LOG_STREAM_NAME"],
        )
        self._begin().wait_until_ready(INIT_SECONDS)

    def stop(self) -> None:
        """Ends the process."""
        self._end()
        if self._log is not None:
            self._log.close()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """One invocation: what the function answered, or how it failed."""
        timeout = self.function_version.config.timeout
        work = Work(
            request_id=payload["invoke-id"],
            arn=payload["invoked-function-arn"],
            trace=payload["trace-id"],
            payload=payload["payload"].encode(),
            deadline=int((time.time() + timeout) * 1000),
        )
        self._log.begin()
        version = self.function_version.id.qualifier
        self._log.line(f"START RequestId: {work.request_id} Version: {version}")
        started = time.monotonic()
        self._run(work, started + timeout)
        self._report(work.request_id, min(time.monotonic() - started, timeout))
        return InvocationResult(work.request_id, work.answer, work.is_error, self._log.tail)

    def get_logs(self) -> str:
        """The end of the log of the invocation."""
        return self._log.tail if self._log else ""

    def get_address(self) -> str:
        return LOOPBACK

    def get_endpoint_from_executor(self) -> str:
        return LOOPBACK

    def get_runtime_endpoint(self) -> str:
        """Of LocalStack's own init program in a container, which has no part here."""
        return ""

    @property
    def _code(self):
        return self.function_version.config.code.get_unzipped_code_location()

    def _run(self, work: Work, until: float) -> None:
        process = self._process
        if process is None or not process.lives or process.api.init_error is not None:
            self._end()
            process = self._begin()
        if process.wait_until_ready(until - time.monotonic()):
            process.api.submit(work)
            process.wait_for(work, until)
        process.drain()
        if not work.answered.is_set():
            work.finish(self._failure(process, work.request_id), is_error=True)
            self._end()

    def _failure(self, process: Process, request_id: str) -> bytes:
        """Why an invocation has no answer, as Lambda tells it; it is logged as well."""
        if process.api.init_error is not None:
            return process.api.init_error
        if process.lives:
            timeout = self.function_version.config.timeout
            said = f"Task timed out after {timeout:.2f} seconds"
            now = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
            self._log.line(f"{now}Z {request_id} {said}")
            return _error("Sandbox.Timedout", request_id, said)
        process.bury()
        said = process.exit_reason()
        self._log.line(f"RequestId: {request_id} Error: {said}")
        self._log.line("Runtime.ExitError")
        return _error("Runtime.ExitError", request_id, said)

    def _report(self, request_id: str, seconds: float) -> None:
        took = seconds * 1000
        memory = self.function_version.config.memory_size
        self._log.line(f"END RequestId: {request_id}")
        self._log.line(
            f"REPORT RequestId: {request_id}\tDuration: {took:.2f} ms\t"
            f"Billed Duration: {int(took) + 1} ms\tMemory Size: {memory} MB"
        )

    def _begin(self) -> Process:
        process = Process(self._code, self._environment, self._log)
        self._process = process
        names = self.function_version.id
        REGISTER.add(
            Running(
                pid=process.pid,
                account=names.account,
                region=names.region,
                function=names.function_name,
                version=names.qualifier,
                environment=self.id,
            ),
            lives=lambda: process.lives,
        )
        return process

    def _end(self) -> None:
        if self._process is not None:
            REGISTER.remove(self._process.pid)
            self._process.kill()
            self._process = None


def _error(kind: str, request_id: str, said: str) -> bytes:
    message = f"RequestId: {request_id} Error: {said}"
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
