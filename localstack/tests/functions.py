"""Functions for tests: a `bootstrap` in Python, zipped, made and asked."""

import io
import json
import os
import sys
import zipfile
from typing import Any

import requests
from conftest import REGION, Account

# The Lambda Runtime API in a few lines; `handle(event, context)` comes before it.
LOOP = '''
import http.client

def ask(method, path, body=None):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request(method, "/2018-06-01/runtime/" + path, body)
    answer = connection.getresponse()
    return answer, answer.read()

while True:
    headers, event = ask("GET", "invocation/next")
    request = headers.getheader("Lambda-Runtime-Aws-Request-Id")
    try:
        answer = handle(json.loads(event), dict(headers.getheaders()))
        ask("POST", f"invocation/{request}/response", json.dumps(answer))
    except Exception as problem:
        failed = {"errorType": type(problem).__name__, "errorMessage": str(problem)}
        ask("POST", f"invocation/{request}/error", json.dumps(failed))
'''

ECHO = """
def handle(event, context):
    print("got", json.dumps(event), flush=True)
    return event
"""


def package(handle: str = ECHO) -> bytes:
    """A zip with that handler as its `bootstrap`."""
    script = f"#!{sys.executable}\nimport json, os, sys, time\n{handle}\n{LOOP}"
    return zipped(script)


def zipped(text: str, name: str = "bootstrap") -> bytes:
    """A zip with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


class Function:
    """A function of an account."""

    def __init__(
        self,
        account: Account,
        code: bytes,
        name: str = "controller",
        region: str = REGION,
        **more: Any,
    ):
        self.account, self.name, self.region = account, name, region
        self.client = account.client("lambda", region)
        settings = {"Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 10} | more
        made = self.client.create_function(
            FunctionName=name,
            Code={"ZipFile": code},
            Role=f"arn:aws:iam::{account.number}:role/controller",
            **settings,
        )
        self.arn = made["FunctionArn"]
        self.client.get_waiter("function_active_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 1}
        )

    def invoke(self, event: Any = None, **more: Any) -> tuple[Any, str | None]:
        """What it answers, and the kind of its error if it failed."""
        answer = self.client.invoke(FunctionName=self.name, Payload=json.dumps(event), **more)
        return json.loads(answer["Payload"].read()), answer.get("FunctionError")

    def log(self) -> list[str]:
        """The lines of its log group; none before it has one."""
        logs = self.account.client("logs", self.region)
        try:
            found = logs.filter_log_events(logGroupName=f"/aws/lambda/{self.name}")
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in found["events"]]

    def processes(self, method: str = "GET") -> list[dict[str, Any]]:
        """The processes that run it; `DELETE` kills them."""
        wanted = {"account": self.account.number, "region": self.region, "function": self.name}
        return control(method, "functions", **wanted)


def control(method: str, path: str, **query: str) -> Any:
    """Asks the plugin beside AWS."""
    url = f"{os.environ['LOCALSTACK_ENDPOINT']}/_plimsoll/{path}"
    answer = requests.request(method, url, params=query, timeout=10)
    answer.raise_for_status()
    return answer.json()
