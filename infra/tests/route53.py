"""What Route 53 makes of the traffic templates: alarms, health checks, records.

A health check on an alarm is unhealthy while the alarm's data breach, and keeps its last status
while they are missing (`InsufficientDataHealthStatus`). A calculated one is healthy when at least
`HealthThreshold` of its children are, and its children are no calculated ones. A record with a
health check is open when that is healthy; an alias that evaluates its target, when the target is
open too. A check of an endpoint is healthy while Route 53's checkers get an answer. Source: the
Route 53 Developer Guide, "How Amazon Route 53 determines whether a health check is healthy" and
"What happens when you associate a health check with an alias record".
"""

import itertools
from typing import Any

from cloudformation import Stack
from conftest import ALFRED

ZONE = {"HostedZoneId": "Z1", "RecordName": "api.example.com"}
BALANCER = {"LoadBalancerName": "lb.example.com", "LoadBalancerZoneId": "Z2"}

# What a region says about another: a share or a switch, by the two; nothing is missing data.
Said = dict[tuple[str, str], float]


class Dns:
    """The alarms in every region, and the records and health checks of every region."""

    def __init__(self, regions: list[str], **asks: str) -> None:
        """With `asks`, further parameters of regions that are no database primary's."""
        self.regions = regions
        self.asks = asks
        # Regions whose load balancer does not answer Route 53.
        self.mute: set[str] = set()
        self.alarms: dict[tuple[str, str], dict[str, Any]] = {}
        for judge, judged in itertools.product(regions, regions):
            stack = Stack("traffic-alarms.yaml", region=judge, JudgedRegion=judged, **ALFRED)
            for alarm in stack.of_type("AWS::CloudWatch::Alarm"):
                self.alarms[judge, alarm["AlarmName"]] = alarm
        self.stacks = {region: self._records_of(region) for region in regions}
        # New health checks are healthy.
        self.last: dict[tuple[str, str], bool] = dict.fromkeys(self.alarms, True)

    def _records_of(self, region: str) -> Stack:
        others = [other for other in self.regions if other != region]
        peers = {f"Peer{number}": other for number, other in enumerate(others, 1)}
        asks = self.asks if region != self.asks.get("PrimaryRegion") else {}
        return Stack("traffic.yaml", Region=region, **peers, **ALFRED, **ZONE, **BALANCER, **asks)

    def hear(self, shares: Said, switches: Said) -> None:
        """A minute passes, in which this was published, each by (judge, judged)."""
        for (judge, name), alarm in self.alarms.items():
            dimensions = {pair["Name"]: pair["Value"] for pair in alarm["Dimensions"]}
            said = {"Plimsoll/Traffic": shares, "Plimsoll/Switch": switches}[alarm["Namespace"]]
            value = said.get((judge, dimensions["Region"]))
            if value is not None:
                assert alarm["ComparisonOperator"] == "LessThanThreshold"
                self.last[judge, name] = not value < float(alarm["Threshold"])

    def healthy(self, region: str, reference: str) -> bool:
        """Whether a health check of a region's stack is healthy."""
        check = self.stacks[region].resources[reference.strip("<>")]["HealthCheckConfig"]
        if check["Type"] == "CALCULATED":
            children = [self.healthy(region, child) for child in check["ChildHealthChecks"]]
            return sum(children) >= check["HealthThreshold"]
        if check["Type"] == "HTTPS":
            return region not in self.mute
        assert check["InsufficientDataHealthStatus"] == "LastKnownStatus"
        alarm = check["AlarmIdentifier"]
        return self.last[alarm["Region"], alarm["Name"]]

    def open(self, region: str, record: dict[str, Any]) -> bool:
        """Whether a record answers."""
        target = record["AliasTarget"]
        if not self.healthy(region, record["HealthCheckId"]):
            return False
        if not target["EvaluateTargetHealth"]:
            return True
        return self.open(region, self.stacks[region].resources[target["DNSName"].strip("<>")])

    def quarters(self, region: str) -> int:
        """How many of the region's four records answer."""
        records = self.stacks[region].of_type("AWS::Route53::RecordSet")
        top = [record for record in records if record["Name"] == ZONE["RecordName"]]
        assert len(top) == 4, "a region has four records"
        return sum(self.open(region, record) for record in top)
