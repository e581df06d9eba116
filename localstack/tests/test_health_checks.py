"""Route 53 health checks keep everything they were given."""

from conftest import refused

WATCHED = {
    "Type": "CLOUDWATCH_METRIC",
    "AlarmIdentifier": {"Name": "traffic", "Region": "eu-central-1"},
    "InsufficientDataHealthStatus": "LastKnownStatus",
}


def make(route53, config, reference="1"):
    made = route53.create_health_check(CallerReference=reference, HealthCheckConfig=config)
    return made["HealthCheck"]["Id"]


def config_of(route53, identifier):
    return route53.get_health_check(HealthCheckId=identifier)["HealthCheck"]["HealthCheckConfig"]


def test_a_check_that_watches_an_alarm_keeps_its_alarm_and_its_status_without_data(aws):
    route53 = aws.client("route53")
    identifier = make(route53, WATCHED)
    assert config_of(route53, identifier) == WATCHED | {"Inverted": False, "Disabled": False}
    route53.update_health_check(HealthCheckId=identifier, Inverted=True)
    assert config_of(route53, identifier) == WATCHED | {"Inverted": True, "Disabled": False}


def test_the_same_reference_makes_no_second_check(aws):
    route53 = aws.client("route53")
    assert make(route53, WATCHED) == make(route53, WATCHED)
    with refused("HealthCheckAlreadyExists"):
        make(route53, WATCHED | {"InsufficientDataHealthStatus": "Healthy"})


def test_a_check_counts_children_that_are_there(aws):
    route53 = aws.client("route53")
    child = make(route53, WATCHED)
    counted = {"Type": "CALCULATED", "ChildHealthChecks": [child], "HealthThreshold": 1}
    parent = make(route53, counted, "2")
    assert config_of(route53, parent)["ChildHealthChecks"] == [child]
    missing = counted | {"ChildHealthChecks": ["00000000-0000-0000-0000-000000000000"]}
    with refused("InvalidInput"):
        make(route53, missing, "3")
    with refused("InvalidInput"):
        make(route53, {"Type": "CLOUDWATCH_METRIC"}, "4")


def test_an_update_of_an_older_version_is_refused(aws):
    route53 = aws.client("route53")
    identifier = make(route53, WATCHED)
    route53.update_health_check(HealthCheckId=identifier, HealthCheckVersion=1, Disabled=True)
    with refused("HealthCheckVersionMismatch"):
        route53.update_health_check(HealthCheckId=identifier, HealthCheckVersion=1)


def test_checks_come_in_pages(aws):
    route53 = aws.client("route53")
    made = [make(route53, WATCHED, str(at)) for at in range(3)]
    pages = route53.get_paginator("list_health_checks").paginate(PaginationConfig={"PageSize": 2})
    listed = [[check["Id"] for check in page["HealthChecks"]] for page in pages]
    assert listed == [made[:2], made[2:]]
