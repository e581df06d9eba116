"""Which processes run which function: a test finds and kills them over HTTP.

`GET /_plimsoll/functions` lists them, `DELETE /_plimsoll/functions` kills them as a host that
fails would, with SIGKILL and no word to Lambda. Both are narrowed by any of `account`, `region`
and `function` in the query.
"""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass

from localstack.http import Request, Response, route


@dataclass(frozen=True)
class Running:
    """A process of a function."""

    pid: int
    account: str
    region: str
    function: str
    version: str
    # The execution environment: a process that follows a killed one has the same.
    environment: str


class Register:
    """The processes that live now."""

    def __init__(self):
        self._lock = threading.Lock()
        self._running: dict[int, tuple[Running, Callable[[], bool]]] = {}

    def add(self, running: Running, lives: Callable[[], bool]) -> None:
        """`lives` tells whether it runs still: somebody may have killed it."""
        with self._lock:
            self._running[running.pid] = (running, lives)

    def remove(self, pid: int) -> None:
        """It was ended."""
        with self._lock:
            self._running.pop(pid, None)

    def find(self, wanted: dict[str, str]) -> list[Running]:
        """Those that live, and whose fields are as wanted."""
        with self._lock:
            return [
                running
                for running, lives in self._running.values()
                if lives()
                and all(str(getattr(running, name)) == value for name, value in wanted.items())
            ]


REGISTER = Register()

FILTERS = ("account", "region", "function")


@route("/_plimsoll/functions", methods=["GET", "DELETE"])
def functions(request: Request) -> Response:
    """Lists processes, or kills and lists them."""
    found = REGISTER.find({name: request.args[name] for name in FILTERS if name in request.args})
    if request.method == "DELETE":
        for running in found:
            try:
                os.kill(running.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
    return Response.for_json([asdict(running) for running in found])
