"""One process of a function: started, read, watched and killed."""

import os
import subprocess
import threading
import time
from pathlib import Path

import psutil

from .logs import LogStream
from .runtime_api import RuntimeApi, Work

LOOK_EVERY = 0.02


class Process:
    """A `bootstrap` with a Runtime API of its own."""

    def __init__(self, code: Path, environment: dict[str, str], log: LogStream):
        self.api = RuntimeApi()
        self._log = log
        self._child = subprocess.Popen(
            [code / "bootstrap"],
            cwd=code,
            env=environment | {"AWS_LAMBDA_RUNTIME_API": self.api.address},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # It stays in LocalStack's process group, so that whoever ends that group ends it.
        )
        self._reader = threading.Thread(target=self._read, name="function-output", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def lives(self) -> bool:
        return self._child.poll() is None

    def wait_until_ready(self, within: float) -> bool:
        """Whether it asks for its first invocation in time, in seconds."""
        end = time.monotonic() + within
        while not self.api.ready.wait(LOOK_EVERY):
            if not self.lives or self.api.init_error is not None or time.monotonic() > end:
                return False
        return True

    def wait_for(self, work: Work, until: float) -> bool:
        """Whether it answers before that moment of the monotonic clock, and before it ends."""
        while not work.answered.wait(LOOK_EVERY):
            if not self.lives or time.monotonic() > until:
                # The answer may have come just before the end.
                return work.answered.is_set()
        return True

    def exit_reason(self) -> str:
        """How it ended, in Lambda's words."""
        status = self._child.wait()
        if status < 0:
            return f"Runtime exited with error: signal: {_signal_name(-status)}"
        if status > 0:
            return f"Runtime exited with error: exit status {status}"
        return "Runtime exited without providing a reason"

    def kill(self) -> None:
        """Ends it and its children at once, as Lambda does."""
        try:
            root = psutil.Process(self.pid)
            family = [*root.children(recursive=True), root]
        except psutil.NoSuchProcess:
            family = []
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
        self.bury()

    def bury(self) -> None:
        """Waits for the end, reads what is left, and closes its Runtime API."""
        self._child.wait()
        self._reader.join(timeout=1)
        self.api.close()

    def drain(self) -> None:
        """What it printed before its answer comes through a pipe, a moment after it."""
        time.sleep(LOOK_EVERY)

    def _read(self) -> None:
        for line in self._child.stdout:
            self._log.line(line.decode(errors="replace").rstrip("\n"))


def base_environment() -> dict[str, str]:
    """What Lambda gives a process besides the function's own: never this server's secrets."""
    return {
        "PATH": os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin"),
        "LANG": "en_US.UTF-8",
    }


def _signal_name(number: int) -> str:
    names = {6: "aborted", 9: "killed", 11: "segmentation fault", 15: "terminated"}
    return names.get(number, str(number))
