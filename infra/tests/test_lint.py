"""The templates are what CloudFormation takes."""

import pathlib
import subprocess
import sys

import pytest
from cloudformation import TEMPLATES

CFN_LINT = pathlib.Path(sys.executable).with_name("cfn-lint")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_clean(template):
    linted = subprocess.run(
        [CFN_LINT, "--non-zero-exit-code", "informational", str(template)],
        capture_output=True,
        text=True,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_there_are_templates_to_lint():
    names = {template.name for template in TEMPLATES}
    assert names == {"controller.yaml", "rate-limit.yaml", "traffic-alarms.yaml", "traffic.yaml"}
