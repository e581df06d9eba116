"""The Terraform modules hand on what the templates take. They are read here, not run."""

import re
from typing import Any

import hcl2
import pytest
from cloudformation import INFRA, load
from conftest import REGIONS

TERRAFORM = INFRA / "terraform"
REGION = TERRAFORM / "modules/plimsoll-region"
TRAFFIC = TERRAFORM / "modules/plimsoll-traffic"
EXAMPLE = TERRAFORM / "examples/three-regions"


def plain(node: Any) -> Any:
    """What the parser yields, without the quotes that it keeps around strings and names."""
    if isinstance(node, dict):
        return {plain(key): plain(value) for key, value in node.items() if not key.startswith("__")}
    if isinstance(node, list):
        return [plain(item) for item in node]
    return node[1:-1] if isinstance(node, str) and re.fullmatch(r'".*"', node, re.DOTALL) else node


def read(folder) -> dict[str, dict[str, Any]]:
    """A module's blocks by kind and name."""
    blocks: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.tf")):
        for kind, found in plain(hcl2.loads(path.read_text())).items():
            for block in found:
                blocks.setdefault(kind, {}).update(block)
    return blocks


def stacks_of(folder) -> dict[str, Any]:
    """The stacks of a module by name."""
    stacks: dict[str, Any] = {}
    for path in sorted(folder.glob("*.tf")):
        for block in plain(hcl2.loads(path.read_text())).get("resource", []):
            stacks.update(block["aws_cloudformation_stack"])
    return stacks


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def parameters(template: str) -> dict[str, Any]:
    return load(template)["Parameters"]


def test_the_modules_variables_are_the_templates_parameters_and_the_region():
    variables = set(read(REGION)["variable"])
    assert variables == {"region", *map(snake, parameters("controller.yaml"))}


def test_the_references_interface_is_there():
    wanted = {"region", "environment", "min_capacity", "max_capacity", "database_replica", "database_primary"}
    assert wanted <= set(read(REGION)["variable"])


def test_every_parameter_is_handed_its_variable():
    given = read(REGION)["locals"]["given"]
    assert given == {name: f"${{var.{snake(name)}}}" for name in parameters("controller.yaml")}


def test_the_defaults_are_the_templates():
    variables = read(REGION)["variable"]
    for name, parameter in parameters("controller.yaml").items():
        variable = variables[snake(name)]
        assert ("default" in variable) == ("Default" in parameter), name
        default = variable.get("default")
        as_text = "" if default in (None, "null") else str(default).lower() if isinstance(default, bool) else str(default)
        assert as_text == str(parameter.get("Default", "")), name


def test_the_module_deploys_the_same_template_in_the_region():
    stack = stacks_of(REGION)["controller"]
    assert "controller.yaml" in stack["template_body"]
    assert stack["region"] == "${var.region}"


@pytest.mark.parametrize("resource, template", [("alarms", "traffic-alarms.yaml"), ("records", "traffic.yaml")])
def test_the_traffic_module_hands_each_template_all_its_parameters(resource, template):
    stack = stacks_of(TRAFFIC)[resource]
    assert set(stack["parameters"]) == set(parameters(template))
    assert f"/{template}" in stack["template_body"]


# What a region has of its own: all in the map `regions`.
OF_A_REGION = {"region", "judged_region", "record_weight", "load_balancer_name", "load_balancer_zone_id"}


def test_the_traffic_modules_variables_are_the_templates_parameters_and_the_regions():
    wanted = {*map(snake, parameters("traffic.yaml")), *map(snake, parameters("traffic-alarms.yaml"))}
    wanted -= OF_A_REGION | {f"peer{number}" for number in range(1, 6)}
    # The weight of the quarters follows from that of each region.
    assert set(read(TRAFFIC)["variable"]) == wanted | {"regions", "records_region"}


def test_the_endpoints_defaults_are_the_templates():
    for name in ("EndpointPath", "EndpointInterval", "PrimaryRegion"):
        default = read(TRAFFIC)["variable"][snake(name)]["default"]
        assert str(default) == str(parameters("traffic.yaml")[name]["Default"]), name


def test_the_module_asks_no_endpoint_in_the_primarys_region():
    given = stacks_of(TRAFFIC)["records"]["parameters"]
    assert given["EndpointPath"] == '${each.key == var.primary_region ? "" : var.endpoint_path}'
    assert (given["EndpointInterval"], given["PrimaryRegion"]) == ("${var.endpoint_interval}", "${var.primary_region}")


def test_the_alarms_are_there_before_the_health_checks_that_copy_them():
    assert stacks_of(TRAFFIC)["records"]["depends_on"] == ["${aws_cloudformation_stack.alarms}"]


def test_the_example_is_the_references_three_regions():
    modules = read(EXAMPLE)["module"]
    traffic = modules.pop("traffic")
    assert "plimsoll-traffic" in traffic["source"]
    assert {module["region"] for module in modules.values()} == set(REGIONS)
    primaries = [module["region"] for module in modules.values() if module["database_primary"] in (True, "true")]
    assert primaries == ["us-west-2"] == [traffic["primary_region"]]
    for module in modules.values():
        assert (module["min_capacity"], module["max_capacity"]) == (2, 10)
        assert (TERRAFORM / "examples/three-regions" / module["source"]).resolve() == REGION


def test_the_example_gives_what_has_no_default_and_nothing_unknown():
    for module in read(EXAMPLE)["module"].values():
        variables = read((EXAMPLE / module["source"]).resolve())["variable"]
        needed = {name for name, variable in variables.items() if "default" not in variable}
        assert needed <= set(module) - {"source"} <= set(variables)
