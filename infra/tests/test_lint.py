"""The templates are what CloudFormation takes."""

import pathlib
import subprocess
import sys

from cloudformation import TEMPLATES

CFN_LINT = pathlib.Path(sys.executable).with_name("cfn-lint")


def test_the_templates_are_clean():
    lint = [CFN_LINT, "--non-zero-exit-code", "informational", *TEMPLATES]
    linted = subprocess.run(lint, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_there_are_templates_to_lint():
    names = {template.name for template in TEMPLATES}
    assert names == {"controller.yaml", "rate-limit.yaml", "traffic-alarms.yaml", "traffic.yaml"}
