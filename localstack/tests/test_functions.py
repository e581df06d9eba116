"""Lambda functions run as processes: what they are given, how they fail, what they log."""

import json
import time

import pytest
from conftest import eventually
from functions import Function, package, zipped

TELL = """
def handle(event, context):
    return {"context": context, "environment": dict(os.environ), "pid": os.getpid()}
"""
DIE = """
import signal
def handle(event, context):
    if event == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if event == "exit":
        sys.exit(3)
    if event == "sleep":
        print("asleep", flush=True)
        time.sleep(60)
    if event == "raise":
        raise ValueError("no good")
    return os.getpid()
"""
CALL = """
from urllib.request import Request, urlopen
def handle(event, context):
    region, key = os.environ["AWS_REGION"], os.environ["AWS_ACCESS_KEY_ID"]
    scope = f"{key}/20260101/{region}/ssm/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "X-Amz-Target": "AmazonSSM.GetParameter",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Security-Token": os.environ["AWS_SESSION_TOKEN"],
    }
    body = json.dumps({"Name": "/spec"}).encode()
    with urlopen(Request(os.environ["AWS_ENDPOINT_URL"], body, headers)) as answer:
        return json.load(answer)["Parameter"]["Value"]
"""
EMF = """
def handle(event, context):
    directive = {
        "Namespace": "Plimsoll/Controller",
        "Dimensions": [["Platform"], ["Platform", "Reason"]],
        "Metrics": [{"Name": "Holds", "Unit": "Count"}],
    }
    print(json.dumps({
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        "Platform": "alfred", "Reason": "cooldown", "Holds": 3,
    }), flush=True)
"""


def test_a_function_answers_and_stays_for_the_next_invocation(aws):
    function = Function(aws, package(TELL))
    first, error = function.invoke({"a": 1})
    assert error is None
    assert function.invoke()[0]["pid"] == first["pid"]
    assert [process["pid"] for process in function.processes()] == [first["pid"]]


def test_a_function_is_told_who_it_is_and_what_it_was_given(aws):
    function = Function(
        aws,
        package(TELL),
        region="eu-central-1",
        MemorySize=256,
        Environment={"Variables": {"PLIMSOLL_MODE": "act"}},
    )
    told = function.invoke()[0]
    environment = told["environment"]
    assert environment["PLIMSOLL_MODE"] == "act"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-central-1"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "controller"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environment["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
    assert environment["AWS_LAMBDA_LOG_GROUP_NAME"] == "/aws/lambda/controller"
    assert environment["AWS_LAMBDA_LOG_STREAM_NAME"]
    assert environment["AWS_ACCESS_KEY_ID"]
    assert environment["AWS_SESSION_TOKEN"]
    assert environment["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    context = told["context"]
    assert context["Lambda-Runtime-Invoked-Function-Arn"] == function.arn
    assert context["Lambda-Runtime-Aws-Request-Id"]
    assert context["Lambda-Runtime-Trace-Id"].startswith("Root=")
    left = int(context["Lambda-Runtime-Deadline-Ms"]) / 1000 - time.time()
    assert 0 < left <= 10


def test_a_function_calls_the_services_of_its_own_account_and_region(aws):
    ssm = aws.client("ssm", "us-west-2")
    ssm.put_parameter(Name="/spec", Value="ours", Type="String")
    assert Function(aws, package(CALL), region="us-west-2").invoke() == ("ours", None)


def test_what_a_function_prints_is_in_its_log_group(aws):
    function = Function(aws, package())
    function.invoke({"n": 7})
    eventually(lambda: any("REPORT" in line for line in function.log()))
    log = function.log()
    assert 'got {"n": 7}' in log
    assert log[0].startswith("START RequestId: ")
    answer = function.client.invoke(FunctionName="controller", LogType="Tail", Payload=b"{}")
    assert answer["LogResult"]


def test_a_line_in_the_embedded_metric_format_becomes_metrics(aws):
    Function(aws, package(EMF)).invoke()
    metrics = aws.cloudwatch.list_metrics
    eventually(lambda: len(metrics(Namespace="Plimsoll/Controller")["Metrics"]) == 2)
    now = time.time()
    found = aws.cloudwatch.get_metric_statistics(
        Namespace="Plimsoll/Controller",
        MetricName="Holds",
        Dimensions=[{"Name": "Platform", "Value": "alfred"}],
        StartTime=now - 120,
        EndTime=now + 60,
        Period=60,
        Statistics=["Sum"],
    )
    assert [point["Sum"] for point in found["Datapoints"]] == [3.0]


def test_an_error_of_the_function_is_its_answer(aws):
    answer, error = Function(aws, package(DIE)).invoke("raise")
    assert error == "Unhandled"
    assert answer == {"errorType": "ValueError", "errorMessage": "no good"}


@pytest.mark.parametrize(
    ("how", "said"), [("die", "signal: killed"), ("exit", "exit status 3")]
)
def test_a_process_that_ends_fails_its_invocation_and_the_next_one_begins_anew(aws, how, said):
    function = Function(aws, package(DIE))
    before = function.invoke()[0]
    answer, error = function.invoke(how)
    assert error == "Unhandled"
    assert answer["errorType"] == "Runtime.ExitError"
    assert answer["errorMessage"].endswith(f"Error: Runtime exited with error: {said}")
    after, error = function.invoke()
    assert error is None
    assert after != before
    eventually(lambda: any(said in line for line in function.log()))


def test_a_process_killed_from_outside_fails_its_invocation(aws):
    function = Function(aws, package(DIE))
    function.client.invoke(FunctionName="controller", InvocationType="Event", Payload=b'"sleep"')
    eventually(lambda: "asleep" in function.log())
    [killed] = function.processes("DELETE")
    eventually(lambda: any("signal: killed" in line for line in function.log()))
    answer, error = function.invoke()
    assert error is None
    assert answer != killed["pid"]


def test_a_process_killed_while_idle_is_replaced_unnoticed(aws):
    function = Function(aws, package(DIE))
    before = function.invoke()[0]
    function.processes("DELETE")
    eventually(lambda: not function.processes())
    after, error = function.invoke()
    assert error is None
    assert after != before


def test_a_function_that_takes_too_long_is_killed(aws):
    function = Function(aws, package(DIE), Timeout=1)
    before = function.invoke()[0]
    began = time.monotonic()
    answer, error = function.invoke("sleep")
    assert 1 <= time.monotonic() - began < 4
    assert error == "Unhandled"
    assert answer["errorType"] == "Sandbox.Timedout"
    assert answer["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert function.invoke()[0] != before
    eventually(lambda: any("Task timed out after 1.00 seconds" in line for line in function.log()))


def test_a_failed_init_is_told_by_the_invocation(aws):
    function = Function(aws, zipped("#!/bin/sh\necho cannot begin >&2\nexit 1\n"))
    answer, error = function.invoke()
    assert error == "Unhandled"
    assert answer["errorType"] == "Runtime.ExitError"
    eventually(lambda: "cannot begin" in function.log())


def test_invocations_and_errors_are_counted(aws):
    function = Function(aws, package(DIE))
    function.invoke()
    function.invoke("raise")
    now = time.time()

    def count(name):
        found = aws.cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=name,
            Dimensions=[{"Name": "FunctionName", "Value": "controller"}],
            StartTime=now - 120,
            EndTime=now + 60,
            Period=60,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in found["Datapoints"])

    eventually(lambda: (count("Invocations"), count("Errors")) == (2, 1))


def test_new_code_runs_in_a_new_process(aws):
    function = Function(aws, package(TELL))
    before = function.invoke()[0]["pid"]
    function.client.update_function_code(FunctionName="controller", ZipFile=package())
    eventually(lambda: function.invoke({"new": True})[0] == {"new": True})
    eventually(lambda: before not in [process["pid"] for process in function.processes()])


def test_a_deleted_function_has_no_process(aws):
    function = Function(aws, package())
    function.invoke()
    function.client.delete_function(FunctionName="controller")
    eventually(lambda: not function.processes())


def test_a_package_without_bootstrap_is_refused(aws):
    client = aws.client("lambda")
    client.create_function(
        FunctionName="controller",
        Runtime="python3.12",
        Handler="index.handle",
        Role=f"arn:aws:iam::{aws.number}:role/controller",
        Code={"ZipFile": zipped("", name="index.py")},
    )

    def configuration():
        return client.get_function_configuration(FunctionName="controller")

    eventually(lambda: configuration()["State"] == "Failed")
    assert "bootstrap" in configuration()["StateReason"]


def test_an_alarm_invokes_a_function_itself(aws):
    function = Function(aws, package())
    function.client.add_permission(
        FunctionName="controller",
        StatementId="alarms",
        Action="lambda:InvokeFunction",
        Principal="lambda.alarms.cloudwatch.amazonaws.com",
    )
    aws.cloudwatch.put_metric_alarm(
        AlarmName="high",
        Namespace="Ours",
        MetricName="Load",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[function.arn],
    )
    aws.cloudwatch.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="test")
    eventually(lambda: any('"alarmName": "high"' in line for line in function.log()))
    [line] = [line for line in function.log() if '"alarmName"' in line]
    assert json.loads(line.removeprefix("got "))["source"] == "aws.cloudwatch"
