"""Traffic moves when the other regions agree, or an operator says so; never by one word or silence."""

import itertools

import pytest
from cloudformation import Stack
from conftest import ALFRED, REGIONS
from route53 import Dns

QUARTERS = [0, 0.25, 0.5, 0.75, 1]
PAIRS = [(judge, judged) for judge, judged in itertools.product(REGIONS, REGIONS) if judge != judged]
OPEN = dict.fromkeys(PAIRS, 1.0)


@pytest.fixture
def dns():
    return Dns(REGIONS)


def peers(region):
    return [other for other in REGIONS if other != region]


def test_the_thresholds_lie_between_the_quarters():
    stack = Stack("traffic-alarms.yaml", region="us-west-2", JudgedRegion="us-east-1", **ALFRED)
    for step in (1, 2, 3, 4):
        assert stack.resources[f"Step{step}"]["Threshold"] == step / 4 - 1 / 8
        assert stack.resources[f"Step{step}"]["AlarmName"].endswith(f"-{step}")


@pytest.mark.parametrize("region", REGIONS)
def test_the_quarters_that_are_open_are_those_of_the_most_open_judgement(dns, region):
    for first, second in itertools.product(QUARTERS, QUARTERS):
        one, other = peers(region)
        dns.hear({(one, region): first, (other, region): second}, OPEN)
        assert dns.quarters(region) == 4 * max(first, second)


@pytest.mark.parametrize("region", REGIONS)
def test_a_record_closes_only_when_all_peers_agree_or_all_switches_do(dns, region):
    one, other = peers(region)
    for votes in itertools.product([0, 1], repeat=4):
        shares = {(one, region): votes[0], (other, region): votes[1]}
        switches = {(one, region): votes[2], (other, region): votes[3]}
        dns.hear(shares, switches)
        judged_open, switched_open = any(votes[:2]), any(votes[2:])
        assert dns.quarters(region) == (4 if judged_open and switched_open else 0), votes


@pytest.mark.parametrize("faulty", REGIONS)
def test_one_region_closes_no_other_whatever_it_says(dns, faulty):
    ours = [pair for pair in PAIRS if pair[0] == faulty]
    for votes in itertools.product([0, 1], repeat=2 * len(ours)):
        shares = {**OPEN, **dict(zip(ours, votes))}
        switches = {**OPEN, **dict(zip(ours, votes[len(ours) :]))}
        dns.hear(shares, switches)
        assert [dns.quarters(region) for region in REGIONS] == [4, 4, 4], votes


def test_two_regions_close_only_when_every_region_voted_for_it(dns):
    for votes in itertools.product([0, 1], repeat=2 * len(PAIRS)):
        shares, switches = dict(zip(PAIRS, votes)), dict(zip(PAIRS, votes[len(PAIRS) :]))
        dns.hear(shares, switches)
        if sum(dns.quarters(region) == 0 for region in REGIONS) >= 2:
            closers = {judge for judge, judged in PAIRS if not (shares[judge, judged] and switches[judge, judged])}
            assert closers == set(REGIONS), votes


@pytest.mark.parametrize("share", QUARTERS)
def test_silence_keeps_what_was_last_said(dns, share):
    dns.hear({**OPEN, ("us-west-2", "us-east-1"): share, ("eu-central-1", "us-east-1"): share}, OPEN)
    before = [dns.quarters(region) for region in REGIONS]
    dns.hear({}, {})
    assert [dns.quarters(region) for region in REGIONS] == before == [4 * share, 4, 4]


def test_a_judge_that_fell_silent_while_it_said_open_keeps_a_region_open(dns):
    dns.hear(OPEN, OPEN)
    dns.hear({("us-west-2", "us-east-1"): 0}, {})
    assert dns.quarters("us-east-1") == 4


def test_a_dark_region_is_closed_by_its_peers_while_it_says_nothing(dns):
    dns.hear(OPEN, OPEN)
    dns.hear({("us-west-2", "us-east-1"): 0, ("eu-central-1", "us-east-1"): 0}, {})
    assert [dns.quarters(region) for region in REGIONS] == [0, 4, 4]
    # And opened step by step.
    for share in QUARTERS:
        dns.hear({("us-west-2", "us-east-1"): share, ("eu-central-1", "us-east-1"): share}, {})
        assert dns.quarters("us-east-1") == 4 * share


def test_a_new_deployment_is_open(dns):
    assert [dns.quarters(region) for region in REGIONS] == [4, 4, 4]


def test_a_region_has_no_vote_about_itself(dns):
    for judge, name in dns.alarms:
        assert not name.endswith(f"-{judge}") and f"-{judge}-" not in name
    for region, stack in dns.stacks.items():
        for check in stack.of_type("AWS::Route53::HealthCheck"):
            assert check["HealthCheckConfig"].get("AlarmIdentifier", {}).get("Region") != region


def test_every_alarm_is_one_that_route_53_can_follow(dns):
    for alarm in dns.alarms.values():
        assert alarm["Statistic"] in ("Average", "Minimum", "Maximum", "Sum", "SampleCount")
        assert alarm["Period"] >= 60, "high-resolution metrics are not supported"
        assert not {"Metrics", "ExtendedStatistic", "DatapointsToAlarm"} & set(alarm)
        assert alarm["TreatMissingData"] == "missing"


def test_no_calculated_check_watches_a_calculated_one(dns):
    for stack in dns.stacks.values():
        for check in stack.of_type("AWS::Route53::HealthCheck"):
            for child in check["HealthCheckConfig"].get("ChildHealthChecks", []):
                assert stack.resources[child.strip("<>")]["HealthCheckConfig"]["Type"] == "CLOUDWATCH_METRIC"


def test_without_a_path_no_endpoint_closes_anything(dns):
    dns.mute = set(REGIONS)
    assert [dns.quarters(region) for region in REGIONS] == [4, 4, 4]


def test_all_records_of_the_platform_are_one_weighted_group(dns):
    records = [record for stack in dns.stacks.values() for record in stack.of_type("AWS::Route53::RecordSet")]
    group = [record for record in records if record["Name"] == "api.example.com"]
    assert len({record["SetIdentifier"] for record in group}) == len(group) == 12
    assert {record["Type"] for record in group} == {"A"}
    assert {record["Weight"] for record in group} == {"25"}


@pytest.mark.parametrize("count", [4, 5, 6])
def test_more_regions_agree_in_the_same_way_and_fit_an_accounts_health_checks(count):
    regions = [*REGIONS, "ap-south-1", "sa-east-1", "eu-west-1"][:count]
    dns = Dns(regions)
    others = [region for region in regions if region != "us-east-1"]
    for votes in itertools.product([0, 1], repeat=len(others)):
        dns.hear({(judge, "us-east-1"): vote for judge, vote in zip(others, votes)}, {})
        assert dns.quarters("us-east-1") == (4 if any(votes) else 0)
    checks = [check for stack in dns.stacks.values() for check in stack.of_type("AWS::Route53::HealthCheck")]
    assert len(checks) == count * 5 * count <= 200
