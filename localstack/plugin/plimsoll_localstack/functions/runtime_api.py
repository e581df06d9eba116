"""The Lambda Runtime API: `next`, `response`, `error` and `init/error`, on a loopback port.

As AWS documents it under "Using the Lambda runtime API for custom runtimes", version 2018-06-01.
One server belongs to one process, and ends with it.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = "/2018-06-01/runtime"
ANSWER = re.compile(rf"{VERSION}/invocation/([^/]+)/(response|error)")

# Lambda's limit for what a function answers, in bytes.
LARGEST_ANSWER = 6 * 1024 * 1024


@dataclass
class Work:
    """One invocation, and its answer once `answered` is set."""

    request_id: str
    arn: str
    trace: str
    payload: bytes
    # Milliseconds since 1970.
    deadline: int
    answered: threading.Event = field(default_factory=threading.Event)
    answer: bytes = b""
    is_error: bool = False

    def finish(self, answer: bytes, is_error: bool) -> None:
        """The first answer counts."""
        if not self.answered.is_set():
            self.answer, self.is_error = answer, is_error
            self.answered.set()


class RuntimeApi:
    """Hands invocations to one process and takes its answers."""

    def __init__(self):
        self._turn = threading.Condition()
        self._waiting: Work | None = None
        self._current: Work | None = None
        self._closed = False
        # The process asked for its first invocation: its init is over.
        self.ready = threading.Event()
        # What it said with `init/error`.
        self.init_error: bytes | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="runtime-api", daemon=True
        ).start()

    def submit(self, work: Work) -> None:
        """The process gets it with its next question."""
        with self._turn:
            self._waiting = self._current = work
            self._turn.notify_all()

    def next(self) -> Work | None:
        """Waits for an invocation; None when the process has ended."""
        self.ready.set()
        with self._turn:
            self._turn.wait_for(lambda: self._waiting or self._closed)
            work, self._waiting = self._waiting, None
            return work

    def answer(self, request_id: str, body: bytes, is_error: bool) -> bool:
        """Takes an answer; false when no such invocation is under way."""
        work = self._current
        if work is None or work.request_id != request_id or work.answered.is_set():
            return False
        work.finish(body, is_error)
        return True

    def fail_init(self, body: bytes) -> None:
        """The process could not begin."""
        self.init_error = body

    def close(self) -> None:
        """Ends the server and everybody who waits in it."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()
        self._server.shutdown()
        self._server.server_close()


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body leave as two packets, and must not wait for each other.
        disable_nagle_algorithm = True

        def do_GET(self):  # noqa: N802
            if self.path != f"{VERSION}/invocation/next":
                self._say(404, b"")
                return
            work = api.next()
            if work is None:
                self.close_connection = True
                return
            self._say(
                200,
                work.payload,
                {
                    "Lambda-Runtime-Aws-Request-Id": work.request_id,
                    "Lambda-Runtime-Deadline-Ms": str(work.deadline),
                    "Lambda-Runtime-Invoked-Function-Arn": work.arn,
                    "Lambda-Runtime-Trace-Id": work.trace,
                },
            )

        def do_POST(self):  # noqa: N802
            body = self._body()
            if self.path == f"{VERSION}/init/error":
                api.fail_init(body)
                self._say(202, b'{"status":"OK"}')
                return
            asked = ANSWER.fullmatch(self.path)
            if asked is None:
                self._say(404, b"")
            elif len(body) > LARGEST_ANSWER:
                api.answer(asked[1], _too_large(len(body)), is_error=True)
                self._say(413, _problem("RequestEntityTooLarge", "Exceeded maximum payload size"))
            elif api.answer(asked[1], body, is_error=asked[2] == "error"):
                self._say(202, b'{"status":"OK"}')
            else:
                self._say(400, _problem("InvalidRequestID", "Invalid request ID"))

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                return b"".join(iter(self._chunk, b""))
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _chunk(self) -> bytes:
            size = int(self.rfile.readline().split(b";")[0], 16)
            chunk = self.rfile.read(size)
            self.rfile.readline()
            return chunk

        def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args) -> None:
            """The process' own log says enough."""

    return Handler


def _problem(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def _too_large(size: int) -> bytes:
    return _problem(
        "Function.ResponseSizeTooLarge",
        f"Response payload size ({size} bytes) exceeded maximum allowed payload size "
        f"({LARGEST_ANSWER} bytes).",
    )
