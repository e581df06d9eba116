"""What the template's parameters mean as an overlay on the spec.

The form is that of an environment in the spec (`EnvironmentDoc` in the schema), and a region or
service that the spec does not have is an error there. So the overlay is held against the schema and
against the reference's spec.
"""

import json

import jsonschema
import pytest
import yaml
from cloudformation import INFRA

EXAMPLES = INFRA.parent / "examples"


def overlay(controller, **parameters):
    """What the function is handed, read."""
    function = controller(**parameters).resources["Function"]
    return yaml.safe_load(function["Environment"]["Variables"]["PLIMSOLL_OVERLAY"])


REFERENCE = {"Service": "agent-core", "MinCapacity": 2, "MaxCapacity": 10, "DatabaseReplica": "true"}
BOUNDS = {"agent-core": {"regions": {"us-east-1": {"bounds": {"min": 2, "max": 10}}}}}


@pytest.mark.parametrize("primary, database", [("true", "primary"), ("false", "replica")])
def test_the_references_values_are_a_database_and_bounds(controller, primary, database):
    assert overlay(controller, DatabasePrimary=primary, **REFERENCE) == {
        "regions": {"us-east-1": {"database": database}},
        "services": BOUNDS,
    }


def test_a_region_without_a_database_gets_none(controller):
    assert overlay(controller, **{**REFERENCE, "DatabaseReplica": "false"}) == {"services": BOUNDS}


@pytest.mark.parametrize("left_out", ["Service", "MinCapacity", "MaxCapacity"])
def test_half_of_the_bounds_is_left_to_the_spec(controller, left_out):
    assert overlay(controller, **{**REFERENCE, left_out: ""}) == {"regions": {"us-east-1": {"database": "replica"}}}


def test_nothing_given_is_no_overlay(controller):
    assert overlay(controller) is None


def test_an_overlay_that_is_given_replaces_the_rest(controller):
    assert overlay(controller, Overlay="services: { redis: null }", **REFERENCE) == {"services": {"redis": None}}


def test_the_overlay_fits_the_spec(controller):
    schema = json.loads((EXAMPLES / "plimsoll.schema.json").read_text())
    alfred = yaml.safe_load((EXAMPLES / "alfred.yaml").read_text())
    rendered = overlay(controller, **REFERENCE)
    jsonschema.validate(rendered, {**schema["$defs"]["EnvironmentDoc"], "$defs": schema["$defs"]})
    assert set(rendered["regions"]) <= set(alfred["regions"])
    assert set(rendered["services"]) <= set(alfred["services"])
