"""LocalStack's EventBridge with the corrections over it."""

from localstack.services.events.provider import EventsProvider


class Events(EventsProvider):
    """EventBridge as AWS documents it, where LocalStack's differs."""

    def _process_rules(self, rule, *about) -> None:
        """LocalStack matches a disabled rule as well."""
        if rule.state != "DISABLED":
            super()._process_rules(rule, *about)
