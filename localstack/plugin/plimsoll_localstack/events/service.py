"""LocalStack's EventBridge with the corrections over it.

A disabled rule delivers nothing, scheduled or not, and EnableRule lets it deliver again. A rule
has one schedule, the one it was last put with. LocalStack begins another with every PutTargets,
each with the state and the expression that the rule had then.
"""

from collections.abc import Callable

from localstack.services.events.models import Rule
from localstack.services.events.provider import EventsProvider
from localstack.services.events.rule import RuleService
from localstack.services.events.scheduler import JobScheduler
from localstack.utils.patch import patch

# The job of each scheduled rule, by its ARN.
_jobs: dict[str, str] = {}


class Events(EventsProvider):
    """EventBridge as AWS documents it, where LocalStack's differs."""

    def create_rule_service(self, name: str, region: str, account_id: str, *about) -> RuleService:
        """A rule that is put again goes by its new expression at once."""
        made = super().create_rule_service(name, region, account_id, *about)
        _end_schedule(made.arn)
        if made.schedule_cron:
            fire = self._get_scheduled_rule_job_function(account_id, region, made.rule)
            made.create_schedule_job(fire)
        return made

    def _process_rules(self, rule: Rule, *about) -> None:
        if rule.state != "DISABLED":
            super()._process_rules(rule, *about)

    def _get_scheduled_rule_job_function(
        self, account_id: str, region: str, rule: Rule
    ) -> Callable[..., None]:
        below = super()._get_scheduled_rule_job_function

        def fire(*_about) -> None:
            # Rules with a schedule are on the default bus.
            rules = self.get_store(region, account_id).event_buses["default"].rules
            current = rules.get(rule.name)
            if current is not None and current.state != "DISABLED":
                below(account_id, region, current)()

        return fire


@patch(RuleService.create_schedule_job, pass_target=False)
def create_schedule_job(rule: RuleService, fire: Callable[..., None]) -> None:
    """`fire` looks at the state of the rule itself, which can change."""
    _end_schedule(rule.arn)
    rule.job_id = JobScheduler.instance().add_job(fire, rule.schedule_cron, True)
    _jobs[rule.arn] = rule.job_id


def _end_schedule(arn: str) -> None:
    if job := _jobs.pop(arn, None):
        JobScheduler.instance().cancel_job(job)
