#!/usr/bin/env python3
"""Runs a command on a terminal of its own, answers its question, and prints what it showed.

    python terminal.py ANSWER COMMAND [ARGUMENT ...]

The answer is typed when the command has written a question: a line that waits at its end. What
the variable MEANWHILE holds, a word a line, is run before that.
"""

import os
import pty
import subprocess
import sys

QUESTIONS = (b"[y/N] ", b"to confirm: ")


def converse(answer: bytes, command: list[str]) -> tuple[int, bytes]:
    """The exit code, and everything that was on the screen."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(command[0], command)
    shown = b""
    while True:
        try:
            read = os.read(terminal, 4096)
        except OSError:  # Linux says EIO when the other side has closed.
            break
        if not read:
            break
        shown += read
        if shown.endswith(QUESTIONS):
            if meanwhile := os.environ.get("MEANWHILE"):
                subprocess.run(meanwhile.split("\n"), check=True, capture_output=True)
            os.write(terminal, answer + b"\n")
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), shown


def main() -> None:
    """Converses, and ends as the command did."""
    code, shown = converse(sys.argv[1].encode(), sys.argv[2:])
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    sys.exit(code)


if __name__ == "__main__":
    main()
