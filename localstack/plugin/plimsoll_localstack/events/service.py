"""LocalStack's EventBridge with the corrections over it.

A disabled rule delivers nothing, scheduled or not, and EnableRule lets it deliver again; a rule
that is put again replaces the one before, whose schedule ends. LocalStack's schedules know none
of it: they keep the state and the targets that the rule had when it was put.
"""

from collections.abc import Callable

from localstack.services.events.models import Rule
from localstack.services.events.provider import EventsProvider
from localstack.services.events.rule import RuleService
from localstack.services.events.scheduler import JobScheduler
from localstack.utils.patch import patch


class Events(EventsProvider):
    """EventBridge as AWS documents it, where LocalStack's differs."""

    def _process_rules(self, rule: Rule, *about) -> None:
        if rule.state != "DISABLED":
            super()._process_rules(rule, *about)

    def _get_scheduled_rule_job_function(
        self, account_id: str, region: str, rule: Rule
    ) -> Callable[..., None]:
        below = super()._get_scheduled_rule_job_function(account_id, region, rule)

        def fire(*_about) -> None:
            bus = self.get_store(region, account_id).event_buses["default"]
            if bus.rules.get(rule.name) is rule and rule.state != "DISABLED":
                below()

        return fire


@patch(RuleService.create_schedule_job, pass_target=False)
def create_schedule_job(rule: RuleService, fire: Callable[..., None]) -> None:
    """`fire` looks at the state of the rule itself, which can change."""
    rule.job_id = JobScheduler.instance().add_job(fire, rule.schedule_cron, True)
