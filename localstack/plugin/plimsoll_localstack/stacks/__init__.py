"""CloudFormation resources that LocalStack makes in part, or does not update.

CloudFormation there takes an update that a resource does not know for done. What AWS documents
under "Update requires: No interruption" is done here, for the resources of a controller.
"""

from . import resources

__all__ = ["resources"]
