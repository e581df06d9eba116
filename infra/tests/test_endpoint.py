"""A region may also be closed by its own data plane, where its operator says so, and never the primary's.

Votes, switch and endpoint are three levels of records, and a region is open as far as all three are.
"""

import itertools

import pytest
from cloudformation import Refused, Stack
from conftest import ALFRED, REGIONS
from route53 import BALANCER, ZONE, Dns

PRIMARY = "us-west-2"
ASKS = {"EndpointPath": "/health", "PrimaryRegion": PRIMARY}
OTHERS = [region for region in REGIONS if region != PRIMARY]
QUARTERS = [0, 0.25, 0.5, 0.75, 1]


@pytest.fixture
def dns():
    return Dns(REGIONS, **ASKS)


def records(region="us-east-1", **parameters):
    """The stack of a region's records."""
    peers = {f"Peer{number}": peer for number, peer in enumerate([r for r in REGIONS if r != region], 1)}
    return Stack("traffic.yaml", Region=region, **peers, **ALFRED, **ZONE, **BALANCER, **parameters)


def say(dns, region, share, switch=1):
    """Both peers of a region say the same about it."""
    pairs = [(peer, region) for peer in REGIONS if peer != region]
    dns.hear(dict.fromkeys(pairs, share), dict.fromkeys(pairs, switch))


@pytest.mark.parametrize("region", OTHERS)
def test_a_quarter_is_open_when_votes_and_switch_and_endpoint_are(dns, region):
    one, other = [peer for peer in REGIONS if peer != region]
    for first, second, *switches, answers in itertools.product(QUARTERS, QUARTERS, [0, 1], [0, 1], [False, True]):
        shares = {(one, region): first, (other, region): second}
        dns.hear(shares, {(one, region): switches[0], (other, region): switches[1]})
        dns.mute = set() if answers else {region}
        is_open = any(switches) and answers
        assert dns.quarters(region) == (4 * max(first, second) if is_open else 0), (shares, switches, answers)


def test_an_endpoint_closes_its_own_region_only(dns):
    for mute in itertools.product([False, True], repeat=len(REGIONS)):
        dns.mute = {region for region, is_mute in zip(REGIONS, mute) if is_mute}
        closed = {region for region in REGIONS if dns.quarters(region) == 0}
        assert closed == dns.mute - {PRIMARY}


def test_a_region_that_answers_again_comes_back_as_its_peers_let_it(dns):
    dns.mute = {"us-east-1"}
    say(dns, "us-east-1", 1)
    assert dns.quarters("us-east-1") == 0, "closed before its peers had evidence"
    say(dns, "us-east-1", 0)
    dns.mute = set()
    for share in QUARTERS:
        say(dns, "us-east-1", share)
        assert dns.quarters("us-east-1") == 4 * share


def test_without_votes_against_it_a_region_comes_back_at_once(dns):
    dns.mute = {"us-east-1"}
    say(dns, "us-east-1", 1)
    dns.mute = set()
    assert dns.quarters("us-east-1") == 4


@pytest.mark.parametrize("unsaid", [{}, {"PrimaryRegion": ""}])
def test_who_says_no_primary_gets_no_endpoint(unsaid):
    with pytest.raises(Refused, match="say which region has the database primary"):
        records(EndpointPath="/health", **unsaid)


def test_the_primarys_region_takes_no_endpoint():
    with pytest.raises(Refused, match="takes no EndpointPath"):
        records(region=PRIMARY, **ASKS)
    assert "Endpoint" not in records(region=PRIMARY, PrimaryRegion=PRIMARY).resources


def test_a_platform_without_a_database_may_ask_everywhere():
    for region in REGIONS:
        assert "Endpoint" in records(region=region, EndpointPath="/health", PrimaryRegion="none").resources


def test_it_is_off_by_default_and_adds_nothing():
    stack = records()
    assert not {"Endpoint", "EndpointRecord"} & set(stack.resources)
    target = stack.resources["RegionRecord"]["AliasTarget"]
    assert (target["DNSName"], target["EvaluateTargetHealth"]) == (BALANCER["LoadBalancerName"], False)


@pytest.mark.parametrize("interval", [10, 30])
def test_route_53_asks_the_load_balancer_itself_and_three_times(interval):
    check = records(**ASKS, EndpointInterval=interval).resources["Endpoint"]["HealthCheckConfig"]
    assert (check["Type"], check["Port"], check["ResourcePath"]) == ("HTTPS", 443, "/health")
    # A name that follows the records would ask another region while this one is closed.
    assert check["FullyQualifiedDomainName"] == BALANCER["LoadBalancerName"]
    assert (int(check["RequestInterval"]), check["FailureThreshold"]) == (interval, 3)


def test_one_health_check_and_one_record_are_added():
    without, asks = records().types, records(**ASKS).types
    added = sorted(asks[logical] for logical in set(asks) - set(without))
    assert added == ["AWS::Route53::HealthCheck", "AWS::Route53::RecordSet"]
