"""EC2: launch templates and the images they name."""

from . import images, templates
from .service import corrections

__all__ = ["corrections", "images", "templates"]
