#!/usr/bin/env python3
"""A client of AWS that shares no code with Plimsoll, for a test that makes many calls.

    python client.py --endpoint-url http://127.0.0.1:4566 --account 123456789012

Reads one JSON list of calls from each line, makes them side by side, and prints a line with one
answer for each: `{"ok": …}`, or `{"error": code, "message": …}`. A call names a region, a service
and an operation as boto3 does, and what it is called with. Two things are made here:

- a value `{"$zip": path}` is a zip with that program as its `bootstrap`, as Lambda takes it;
- an operation `wait:NAME` is one of boto3's waiters.
"""

import argparse
import io
import json
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

Json = Any

# Calls that are under way at a time; LocalStack is one process of Python.
AT_ONCE = 8


class Account:
    """The clients of an account, each made once."""

    def __init__(self, endpoint: str, number: str):
        self.endpoint = endpoint
        self.session = boto3.Session(aws_access_key_id=number, aws_secret_access_key="localstack")
        # A function that fails is answered with 200 and so not tried again; a connection that the
        # server had closed is.
        self.config = Config(read_timeout=120)
        self.client = cache(self._client)

    def _client(self, service: str, region: str) -> BaseClient:
        return self.session.client(
            service, endpoint_url=self.endpoint, region_name=region, config=self.config
        )

    def make(self, call: dict[str, Json]) -> dict[str, Json]:
        """Makes one call."""
        client = self.client(call["service"], call["region"])
        asked = {name: value_of(value) for name, value in call["with"].items()}
        kind, _, waiter = call["operation"].partition(":")
        try:
            if kind == "wait":
                client.get_waiter(waiter).wait(**asked)
                return {"ok": None}
            answer = getattr(client, kind)(**asked)
        except ClientError as problem:
            error = problem.response["Error"]
            return {"error": error["Code"], "message": error.get("Message", "")}
        except BotoCoreError as problem:
            return {"error": type(problem).__name__, "message": str(problem)}
        answer.pop("ResponseMetadata", None)
        return {"ok": {name: text_of(value) for name, value in answer.items()}}


def value_of(value: Json) -> Json:
    """What boto3 is to get."""
    match value:
        case {"$zip": path}:
            return zipped(path)
        case _:
            return value


@cache
def zipped(path: str) -> bytes:
    """A zip with a program that may be run."""
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", compresslevel=1) as archive:
        archive.writestr(entry, Path(path).read_bytes())
    return buffer.getvalue()


def text_of(value: Json) -> Json:
    """A body is read to its end."""
    return value.read().decode() if isinstance(value, StreamingBody) else value


def main() -> None:
    """Answers until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint-url", required=True)
    parser.add_argument("--account", required=True, help="12 digits")
    asked = parser.parse_args()
    account = Account(asked.endpoint_url, asked.account)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for line in sys.stdin:
            calls = json.loads(line)
            # A session makes clients one at a time.
            for call in calls:
                account.client(call["service"], call["region"])
            answers = list(pool.map(account.make, calls))
            print(json.dumps(answers, default=str), flush=True)


if __name__ == "__main__":
    main()
