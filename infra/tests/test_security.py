"""checkov finds nothing that is not excepted, and every exception says why and is needed.

An exception is a comment in the resource that it is for: `checkov:skip=<check>:<reason>`.
PLIMSOLL_CHECKOV names the Python that checkov is installed for: what it pins is not what the other
tests need, so it lives alone.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest
from cloudformation import INFRA, TEMPLATES

SKIP = re.compile(r"#\s*checkov:skip=([A-Z0-9_]+)(?::(.*))?")
SOURCES = [*TEMPLATES, *sorted((INFRA / "terraform").rglob("*.tf"))]

# A check and the resource that it was made on.
Checked = tuple[str, str]


def scan(folder: pathlib.Path) -> tuple[set[Checked], set[Checked]]:
    """What fails in a folder, and what is excepted."""
    python = os.environ.get("PLIMSOLL_CHECKOV")
    if python is None:
        pytest.skip("PLIMSOLL_CHECKOV names no Python with checkov: `cargo xtask infra` sets it")
    command = [python, "-m", "checkov.main", "--directory", str(folder), "--output", "json"]
    frameworks = ["--framework", "cloudformation", "terraform", "--skip-download", "--soft-fail"]
    run = subprocess.run([*command, *frameworks], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    reports = json.loads(run.stdout)
    assert {report["check_type"] for report in reports} == {"cloudformation", "terraform"}
    assert all(report["summary"]["parsing_errors"] == 0 for report in reports)
    assert all(report["summary"]["resource_count"] > 0 for report in reports)
    return tuple(
        {(check["check_id"], of_module(check["resource"])) for report in reports for check in report["results"][kind]}
        for kind in ("failed_checks", "skipped_checks")
    )


def of_module(resource: str) -> str:
    """A resource without the module that it is used in: one exception holds for all of them."""
    return re.sub(r"^module\.[^.]+\.", "", resource)


@pytest.fixture(scope="module")
def as_it_is():
    return scan(INFRA)


@pytest.fixture(scope="module")
def unexcepted(tmp_path_factory):
    """What fails when every exception is taken away."""
    copy = tmp_path_factory.mktemp("unexcepted")
    for source in SOURCES:
        place = copy / source.relative_to(INFRA)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(SKIP.sub("# ", source.read_text()))
    failed, excepted = scan(copy)
    assert excepted == set()
    return failed


def test_nothing_fails_that_is_not_excepted(as_it_is):
    failed, _ = as_it_is
    assert failed == set()


def test_every_exception_says_why():
    for source in SOURCES:
        for check, reason in SKIP.findall(source.read_text()):
            assert len(reason.split()) >= 5, f"{source.name}: {check} is excepted without a reason"


def test_every_exception_is_needed_and_stands_where_it_counts(as_it_is, unexcepted):
    _, excepted = as_it_is
    assert excepted == unexcepted
    written = [check for source in SOURCES for check, _ in SKIP.findall(source.read_text())]
    assert sorted(written) == sorted(check for check, _ in excepted)
