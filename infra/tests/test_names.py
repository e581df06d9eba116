"""Names are fixed: the controller, the operator's commands and the alarms find one another by them."""

from cloudformation import Stack
from conftest import ALFRED

QUEUE = "plimsoll-alfred-production-controller"


def names(stack, kind, key):
    return sorted(resource[key] for resource in stack.of_type(kind))


def test_the_controller_bears_its_names(controller):
    stack = controller()
    assert names(stack, "AWS::Lambda::Function", "FunctionName") == [QUEUE]
    assert names(stack, "AWS::SQS::Queue", "QueueName") == [QUEUE, f"{QUEUE}-dead-letters"]
    assert names(stack, "AWS::Logs::LogGroup", "LogGroupName") == [f"/aws/lambda/{QUEUE}"]
    assert names(stack, "AWS::SNS::Topic", "TopicName") == ["plimsoll-alfred-production-notifications"]
    about = ["dead-letters", "errors", "findings", "missed-ticks"]
    assert names(stack, "AWS::CloudWatch::Alarm", "AlarmName") == [f"{QUEUE}-{what}" for what in about]


def test_the_alarms_about_the_controller_do_not_wake_it(controller):
    stack = controller()
    woken_by = [
        prefix["prefix"]
        for rule in stack.of_type("AWS::Events::Rule")
        for prefix in rule.get("EventPattern", {}).get("detail", {}).get("alarmName", [])
    ]
    assert woken_by == ["plimsoll-alfred-production-wake-", "TargetTracking-alfred-production-"]
    for alarm in names(stack, "AWS::CloudWatch::Alarm", "AlarmName"):
        assert not alarm.startswith(tuple(woken_by))


def test_the_function_finds_its_spec_and_its_red_button(controller):
    stack = controller(SpecParameter="")
    variables = stack.resources["Function"]["Environment"]["Variables"]
    assert variables == {
        "PLIMSOLL_SPEC": "ssm:/plimsoll/alfred/production/spec",
        "PLIMSOLL_ENVIRONMENT": "production",
        "PLIMSOLL_MODE": "observe",
        "PLIMSOLL_SWITCH": "/plimsoll/alfred/production/controller",
        "PLIMSOLL_OVERLAY": "",
    }


def test_another_spec_is_named_and_may_be_read(controller):
    stack = controller(SpecParameter="/elsewhere/spec")
    assert stack.resources["Function"]["Environment"]["Variables"]["PLIMSOLL_SPEC"] == "ssm:/elsewhere/spec"
    statements = stack.resources["Role"]["Policies"][0]["PolicyDocument"]["Statement"]
    (reads,) = [statement for statement in statements if statement["Sid"] == "ReadSpecAndSwitch"]
    parameter = "arn:aws:ssm:us-east-1:000000000000:parameter"
    assert reads["Resource"] == [f"{parameter}/elsewhere/spec", f"{parameter}/plimsoll/alfred/production/controller"]


def test_a_judge_names_its_alarms_for_the_judged(controller):
    stack = Stack("traffic-alarms.yaml", region="us-west-2", JudgedRegion="eu-central-1", **ALFRED)
    steps = [f"plimsoll-alfred-production-traffic-eu-central-1-{step}" for step in (1, 2, 3, 4)]
    assert names(stack, "AWS::CloudWatch::Alarm", "AlarmName") == [
        "plimsoll-alfred-production-switch-eu-central-1",
        *steps,
    ]


def test_the_longest_names_fit(controller):
    stack = controller(Platform="p" * 24, Environment="e" * 19)
    assert len(stack.resources["Function"]["FunctionName"]) <= 64
    assert all(len(rule["Name"]) <= 64 for rule in stack.of_type("AWS::Events::Rule"))
    assert all(len(queue["QueueName"]) <= 80 for queue in stack.of_type("AWS::SQS::Queue"))
