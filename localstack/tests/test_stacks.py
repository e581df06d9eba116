"""A controller's stack by CloudFormation, in any region and account, and what reads say then."""

import json
import uuid

import pytest
from conftest import eventually
from functions import package

REGIONS = ["us-east-1", "us-west-2", "eu-central-1"]
NAME = "plimsoll-alfred-production-controller"


def template(bucket: str) -> dict:
    """What a controller needs in a region."""
    watch = {
        "Namespace": "Plimsoll/Controller",
        "MetricName": "Ticks",
        "Dimensions": [{"Name": "Platform", "Value": "alfred"}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "ignore",
    }
    resources = {
        "Role": resource(
            "IAM::Role",
            RoleName={"Fn::Sub": f"{NAME}-${{AWS::Region}}"},
            AssumeRolePolicyDocument=policy("sts:AssumeRole", "lambda.amazonaws.com"),
            Policies=[
                {
                    "PolicyName": "publish",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": "cloudwatch:PutMetricData",
                                "Resource": "*",
                                "Condition": {
                                    "StringEquals": {"cloudwatch:namespace": "Plimsoll/Traffic"}
                                },
                            }
                        ],
                    },
                }
            ],
        ),
        "Logs": resource("Logs::LogGroup", LogGroupName=f"/aws/lambda/{NAME}", RetentionInDays=30),
        "Dead": resource("SQS::Queue", QueueName=f"{NAME}-dead-letters"),
        "Queue": resource(
            "SQS::Queue",
            QueueName=NAME,
            VisibilityTimeout=360,
            RedrivePolicy={"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 3},
        ),
        "Permit": resource(
            "SQS::QueuePolicy",
            Queues=[{"Ref": "Queue"}],
            PolicyDocument=policy("sqs:SendMessage", "events.amazonaws.com", arn("Queue")),
        ),
        "Function": resource(
            "Lambda::Function",
            FunctionName=NAME,
            Runtime="provided.al2023",
            Handler="bootstrap",
            Architectures=["arm64"],
            MemorySize=128,
            Timeout=60,
            Role=arn("Role"),
            Code={"S3Bucket": bucket, "S3Key": "controller.zip"},
            Environment={"Variables": {"PLIMSOLL_SPEC": {"Fn::Sub": "ssm:${Spec}"}}},
            Tags=[{"Key": "platform", "Value": "alfred"}],
        ),
        "Mapping": resource(
            "Lambda::EventSourceMapping",
            EventSourceArn=arn("Queue"),
            FunctionName={"Ref": "Function"},
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 2},
        ),
        "Tick": resource(
            "Events::Rule",
            Name=f"{NAME}-tick",
            ScheduleExpression="rate(1 minute)",
            State="DISABLED",
            Targets=[{"Id": "queue", "Arn": arn("Queue")}],
        ),
        "Wake": resource(
            "Events::Rule",
            Name=f"{NAME}-wake",
            EventPattern={
                "source": ["aws.cloudwatch"],
                "detail": {"alarmName": [{"prefix": "plimsoll-alfred-production-wake-"}]},
            },
            Targets=[{"Id": "queue", "Arn": arn("Queue")}],
        ),
        "Topic": resource("SNS::Topic", TopicName="plimsoll-alfred-production-notifications"),
        "Missed": resource(
            "CloudWatch::Alarm",
            AlarmName=f"{NAME}-missed-ticks",
            AlarmActions=[{"Ref": "Topic"}],
            **watch,
        ),
        "Spec": resource(
            "SSM::Parameter", Name="/plimsoll/alfred/production/spec", Type="String", Value="v: 1"
        ),
    }
    return {"Resources": resources, "Outputs": {"Queue": {"Value": {"Ref": "Queue"}}}}


def resource(kind: str, **properties) -> dict:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def arn(name: str) -> dict:
    return {"Fn::GetAtt": [name, "Arn"]}


def policy(action: str, service: str, target=None) -> dict:
    statement = {"Effect": "Allow", "Action": action, "Principal": {"Service": service}}
    if target is not None:
        statement["Resource"] = target
    return {"Version": "2012-10-17", "Statement": [statement]}


def deploy(account, region: str, body: dict, name: str = "controller", kind: str = "CREATE"):
    """Deploys by a change set, as tools do; the stack."""
    client = account.client("cloudformation", region)
    change = f"c{uuid.uuid4().hex}"
    client.create_change_set(
        StackName=name,
        ChangeSetName=change,
        ChangeSetType=kind,
        TemplateBody=json.dumps(body),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )

    def status():
        return client.describe_change_set(StackName=name, ChangeSetName=change)["Status"]

    eventually(lambda: status() != "CREATE_IN_PROGRESS" and status() != "CREATE_PENDING")
    assert status() == "CREATE_COMPLETE"
    client.execute_change_set(StackName=name, ChangeSetName=change)

    def stack():
        return client.describe_stacks(StackName=name)["Stacks"][0]

    eventually(lambda: not stack()["StackStatus"].endswith("IN_PROGRESS"), within=60)
    failed = [
        (event["LogicalResourceId"], event.get("ResourceStatusReason"))
        for event in client.describe_stack_events(StackName=name)["StackEvents"]
        if "FAILED" in event["ResourceStatus"]
    ]
    assert stack()["StackStatus"] == f"{kind}_COMPLETE", failed
    return stack()


def code(account, region: str) -> str:
    """A bucket with the code; its name."""
    s3 = account.client("s3", region)
    bucket = f"code-{account.number}-{region}"
    where = {} if region == "us-east-1" else {"LocationConstraint": region}
    s3.create_bucket(
        Bucket=bucket, **({"CreateBucketConfiguration": where} if where else {})
    )
    s3.put_object(Bucket=bucket, Key="controller.zip", Body=package())
    return bucket


@pytest.mark.parametrize("region", REGIONS)
def test_a_controllers_stack_is_deployed_and_works(aws, region):
    stack = deploy(aws, region, template(code(aws, region)))
    [queue] = [output["OutputValue"] for output in stack["Outputs"]]
    assert aws.number in queue
    function = aws.client("lambda", region).get_function(FunctionName=NAME)
    configuration = function["Configuration"]
    assert configuration["FunctionArn"] == f"arn:aws:lambda:{region}:{aws.number}:function:{NAME}"
    assert configuration["Role"] == f"arn:aws:iam::{aws.number}:role/{NAME}-{region}"
    variables = configuration["Environment"]["Variables"]
    assert variables == {"PLIMSOLL_SPEC": "ssm:/plimsoll/alfred/production/spec"}
    mapping = aws.client("lambda", region).list_event_source_mappings(FunctionName=NAME)
    [mapping] = mapping["EventSourceMappings"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    logs = aws.client("logs", region)
    [group] = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{NAME}")["logGroups"]
    assert group["retentionInDays"] == 30
    rule = aws.client("events", region).describe_rule(Name=f"{NAME}-tick")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 minute)", "DISABLED")
    [alarm] = aws.client("cloudwatch", region).describe_alarms(
        AlarmNamePrefix=f"{NAME}-"
    )["MetricAlarms"]
    assert alarm["TreatMissingData"] == "ignore"
    assert alarm["AlarmActions"][0].startswith(f"arn:aws:sns:{region}:{aws.number}:")
    sqs = aws.client("sqs", region)
    sqs.send_message(QueueUrl=queue, MessageBody="hello")

    def log():
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{NAME}")["events"]
        return "".join(event["message"] for event in found)

    eventually(lambda: "hello" in log())


def test_a_stack_is_updated_and_deleted(aws):
    body = template(code(aws, "us-west-2"))
    deploy(aws, "us-west-2", body)
    changed = body["Resources"]
    changed["Function"]["Properties"]["MemorySize"] = 256
    changed["Function"]["Properties"]["Environment"]["Variables"]["PLIMSOLL_MODE"] = "act"
    changed["Tick"]["Properties"]["State"] = "ENABLED"
    changed["Spec"]["Properties"]["Value"] = "v: 2"
    changed["Missed"]["Properties"]["EvaluationPeriods"] = 5
    changed["Logs"]["Properties"]["RetentionInDays"] = 7
    changed["Mapping"]["Properties"]["BatchSize"] = 1
    [statement] = changed["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    statement["Action"] = "cloudwatch:ListMetrics"
    aws.client("cloudwatch", "us-west-2").set_alarm_state(
        AlarmName=f"{NAME}-missed-ticks", StateValue="ALARM", StateReason="test"
    )
    deploy(aws, "us-west-2", body, kind="UPDATE")
    client = aws.client("lambda", "us-west-2")
    configuration = client.get_function_configuration(FunctionName=NAME)
    assert configuration["MemorySize"] == 256
    assert configuration["Environment"]["Variables"]["PLIMSOLL_MODE"] == "act"
    rule = aws.client("events", "us-west-2").describe_rule(Name=f"{NAME}-tick")
    assert rule["State"] == "ENABLED"
    parameter = aws.client("ssm", "us-west-2").get_parameter(
        Name="/plimsoll/alfred/production/spec"
    )
    assert parameter["Parameter"]["Value"] == "v: 2"
    [alarm] = aws.client("cloudwatch", "us-west-2").describe_alarms()["MetricAlarms"]
    assert (alarm["EvaluationPeriods"], alarm["StateValue"]) == (5, "ALARM")
    [group] = aws.client("logs", "us-west-2").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 7
    [mapping] = client.list_event_source_mappings()["EventSourceMappings"]
    assert mapping["BatchSize"] == 1
    role = aws.client("iam").get_role_policy(RoleName=f"{NAME}-us-west-2", PolicyName="publish")
    [statement] = role["PolicyDocument"]["Statement"]
    assert statement["Action"] == "cloudwatch:ListMetrics"
    stacks = aws.client("cloudformation", "us-west-2")
    stacks.delete_stack(StackName="controller")
    eventually(lambda: not client.list_functions()["Functions"], within=30)
    assert not aws.client("cloudwatch", "us-west-2").describe_alarms()["MetricAlarms"]


def test_health_checks_and_weighted_records_are_made(aws):
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(Name="alfred.example.", CallerReference="1")["HostedZone"]
    alarm = resource(
        "CloudWatch::Alarm",
        AlarmName="plimsoll-alfred-production-traffic-us-east-1-1",
        Namespace="Plimsoll/Traffic",
        MetricName="TrafficShare",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0.125,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="ignore",
    )
    watched = {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Name": {"Ref": "Alarm"}, "Region": "us-west-2"},
        "InsufficientDataHealthStatus": "LastKnownStatus",
    }
    calculated = {
        "Type": "CALCULATED",
        "ChildHealthChecks": [{"Ref": "Watched"}],
        "HealthThreshold": 1,
    }
    record = {
        "HostedZoneId": zone["Id"].split("/")[-1],
        "Name": "api.alfred.example.",
        "Type": "A",
        "TTL": "60",
        "ResourceRecords": ["192.0.2.1"],
        "Weight": 10,
    }
    tags = [{"Key": "Name", "Value": "us-east-1-1"}]
    body = {
        "Resources": {
            "Alarm": alarm,
            "Watched": resource(
                "Route53::HealthCheck", HealthCheckConfig=watched, HealthCheckTags=tags
            ),
            "All": resource("Route53::HealthCheck", HealthCheckConfig=calculated),
        }
        | {
            f"Record{step}": resource(
                "Route53::RecordSet",
                **record,
                SetIdentifier=f"us-east-1-{step}",
                HealthCheckId={"Ref": "All"},
            )
            for step in (1, 2)
        }
    }
    deploy(aws, "us-west-2", body, "traffic")
    checks = {
        check["HealthCheckConfig"]["Type"]: check
        for check in route53.list_health_checks()["HealthChecks"]
    }
    config = checks["CLOUDWATCH_METRIC"]["HealthCheckConfig"]
    assert config["InsufficientDataHealthStatus"] == "LastKnownStatus"
    assert config["AlarmIdentifier"] == {
        "Name": "plimsoll-alfred-production-traffic-us-east-1-1",
        "Region": "us-west-2",
    }
    config = checks["CALCULATED"]["HealthCheckConfig"]
    assert config["ChildHealthChecks"] == [checks["CLOUDWATCH_METRIC"]["Id"]]
    assert config["HealthThreshold"] == 1
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    weighted = [record for record in records if record["Type"] == "A"]
    assert {record["SetIdentifier"] for record in weighted} == {"us-east-1-1", "us-east-1-2"}
    assert {record["HealthCheckId"] for record in weighted} == {checks["CALCULATED"]["Id"]}
    assert {record["Weight"] for record in weighted} == {10}
    tagged = route53.list_tags_for_resource(
        ResourceType="healthcheck", ResourceId=checks["CLOUDWATCH_METRIC"]["Id"]
    )
    assert tagged["ResourceTagSet"]["Tags"] == tags
    watched["InsufficientDataHealthStatus"] = "Unhealthy"
    calculated["Inverted"] = True
    body["Resources"]["Record2"]["Properties"]["Weight"] = 0
    deploy(aws, "us-west-2", body, "traffic", "UPDATE")
    config = route53.get_health_check(HealthCheckId=checks["CLOUDWATCH_METRIC"]["Id"])
    config = config["HealthCheck"]["HealthCheckConfig"]
    assert config["InsufficientDataHealthStatus"] == "Unhealthy"
    config = route53.get_health_check(HealthCheckId=checks["CALCULATED"]["Id"])
    assert config["HealthCheck"]["HealthCheckConfig"]["Inverted"] is True
    assert config["HealthCheck"]["HealthCheckVersion"] == 2
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    assert sorted(record["Weight"] for record in records if record["Type"] == "A") == [0, 10]
