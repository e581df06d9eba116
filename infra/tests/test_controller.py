"""The controller's intake, and the alarms that tell when it fails.

What the function counts is read from its source, since the alarms can only watch what is there: an
alarm on a metric that nobody publishes is silent, or never anything else.
"""

import re

from cloudformation import INFRA

TELEMETRY = (INFRA.parent / "lambda/src/telemetry.rs").read_text()
PEERS = (INFRA.parent / "crates/core/src/peers/mod.rs").read_text()


def test_a_trigger_is_hidden_for_six_times_the_functions_timeout(controller):
    resources = controller().resources
    assert resources["Queue"]["VisibilityTimeout"] == 6 * resources["Function"]["Timeout"]


def test_the_function_is_what_the_build_makes(controller):
    for architecture in ("x86_64", "arm64"):
        function = controller(Architecture=architecture).resources["Function"]
        assert (function["Runtime"], function["Handler"]) == ("provided.al2023", "bootstrap")
        assert function["Architectures"] == [architecture]
        assert (function["MemorySize"], function["Timeout"]) == (256, 30)


def test_what_fails_five_times_is_kept_for_a_person(controller):
    resources = controller().resources
    redrive = resources["Queue"]["RedrivePolicy"]
    assert redrive == {"deadLetterTargetArn": "<DeadLetters.Arn>", "maxReceiveCount": 5}
    assert resources["DeadLetters"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    # Long enough to be received that often before it is too old.
    assert 5 * resources["Queue"]["VisibilityTimeout"] < resources["Queue"]["MessageRetentionPeriod"]


def test_only_the_failed_part_of_a_batch_comes_back(controller):
    triggers = controller().resources["Triggers"]
    assert triggers["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert triggers["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert 0 < triggers["MaximumBatchingWindowInSeconds"] <= 5


def test_only_the_three_rules_may_fill_the_queue(controller):
    stack = controller()
    rules = [logical for logical, kind in stack.types.items() if kind == "AWS::Events::Rule"]
    allowed, denied = stack.resources["QueuePolicy"]["PolicyDocument"]["Statement"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": [f"<{rule}.Arn>" for rule in rules]}}
    assert denied["Effect"] == "Deny"
    for rule in rules:
        assert [target["Arn"] for target in stack.resources[rule]["Targets"]] == ["<Queue.Arn>"]
    assert stack.resources["Tick"]["ScheduleExpression"] == "rate(1 minute)"


def test_three_minutes_without_a_tick_are_an_alarm_and_so_is_silence(controller):
    alarm = controller().resources["MissedTicksAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Plimsoll/Controller", "Ticks")
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 180
    assert alarm["TreatMissingData"] == "breaching"


def test_the_alarms_watch_what_the_function_counts(controller):
    stack = controller()
    (namespace,) = re.findall(r'const NAMESPACE: &str = "([^"]+)"', PEERS)
    counted = set(re.findall(r'\("(\w+)", "(?:Count|Milliseconds)",', TELEMETRY))
    (dimensions,) = re.findall(r"dimensions = vec!\[([^\]]+)\]", TELEMETRY)
    # Lines with a reason have one dimension more, and are other metrics.
    assert re.findall(r'"(\w+)"', dimensions) == ["Platform", "Environment"]
    own = [alarm for alarm in stack.of_type("AWS::CloudWatch::Alarm") if alarm["Namespace"] == namespace]
    assert sorted(alarm["MetricName"] for alarm in own) == ["Findings", "Ticks"]
    for alarm in own:
        assert alarm["MetricName"] in counted
        wanted = [("Platform", "alfred"), ("Environment", "production")]
        assert [(pair["Name"], pair["Value"]) for pair in alarm["Dimensions"]] == wanted


def test_whatever_fails_is_counted_by_lambda_itself(controller):
    # Also what fails before there is a record to count by: no spec, the wrong account.
    alarm = controller().resources["ErrorsAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "<Function>"}]


def test_the_function_is_in_no_network_of_its_own(controller):
    # It asks the peers' CloudWatch and their endpoints, which are on the internet.
    assert "VpcConfig" not in controller().resources["Function"]


def test_every_alarm_tells_the_topic_that_it_rose_and_fell(controller):
    for alarm in controller().of_type("AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["<Notifications>"]


def test_nobody_is_subscribed_unless_named(controller):
    assert "Subscription" not in controller().resources
    assert controller(NotificationEmail="a@example.com").resources["Subscription"]["Endpoint"] == "a@example.com"


def test_a_key_encrypts_everything_that_can_take_it(controller):
    key = "arn:aws:kms:us-east-1:000000000000:key/1"
    resources = controller(KmsKey=key).resources
    for logical in ("Queue", "DeadLetters", "Notifications"):
        assert resources[logical]["KmsMasterKeyId"] == key
    assert resources["LogGroup"]["KmsKeyId"] == resources["Function"]["KmsKeyArn"] == key
    assert all(controller().resources[queue]["SqsManagedSseEnabled"] for queue in ("Queue", "DeadLetters"))


def test_concurrency_is_reserved_only_where_it_is_asked_for(controller):
    assert "ReservedConcurrentExecutions" not in controller().resources["Function"]
    assert controller(ReservedConcurrency=2).resources["Function"]["ReservedConcurrentExecutions"] == "2"
