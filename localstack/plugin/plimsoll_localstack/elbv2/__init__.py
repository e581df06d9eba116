"""Elastic Load Balancing v2: creates that repeat, and the health of targets nobody sends to."""

from . import health, names
from .service import corrections

__all__ = ["corrections", "health", "names"]
