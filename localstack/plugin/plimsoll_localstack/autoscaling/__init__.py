"""Auto Scaling. What is added to a group is kept on moto's group, and so ends with the group."""

from . import activities, capacity, groups, hooks, metrics, policies, schedule, tags, warm_pool
from .service import corrections
from .ticker import Ticker

__all__ = [
    "Ticker",
    "activities",
    "capacity",
    "corrections",
    "groups",
    "hooks",
    "metrics",
    "policies",
    "schedule",
    "tags",
    "warm_pool",
]
