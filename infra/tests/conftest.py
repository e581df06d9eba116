"""The reference platform: Alfred's production in three regions."""

import pytest
from cloudformation import Stack

REGIONS = ["us-east-1", "us-west-2", "eu-central-1"]
ALFRED = {"Platform": "alfred", "Environment": "production"}
CODE = {"CodeBucket": "code", "CodeKey": "controller-1.zip"}


@pytest.fixture
def controller():
    """Makes the stack of a controller in us-east-1."""
    return lambda **parameters: Stack("controller.yaml", **{**ALFRED, **CODE, **parameters})
