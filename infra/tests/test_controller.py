"""The controller's intake, and the alarms that tell when it fails."""


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
