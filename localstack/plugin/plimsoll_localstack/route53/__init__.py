"""Route 53: health checks with every field they were given."""

from . import health_checks
from .service import corrections

__all__ = ["corrections", "health_checks"]
