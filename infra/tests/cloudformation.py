"""CloudFormation templates as plain data, and what a stack of one would make.

Only what the templates of this folder use is understood; anything else is an error, so that no
template can hold what the tests would silently read wrongly. An intrinsic function has a short form
(`!Ref`) and a long one (`Ref:`), which mean the same; resources that a stack would make are named
by `<LogicalId>` and their attributes by `<LogicalId.Attribute>`.
"""

import pathlib
import re
from typing import Any

import yaml

INFRA = pathlib.Path(__file__).parent.parent
TEMPLATES = sorted(INFRA.glob("*.yaml"))
NOTHING = object()


class Refused(ValueError):
    """A rule of the template refuses the parameters; CloudFormation makes nothing then."""


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of the intrinsic functions."""


def _short_form(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt":
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _short_form)


def load(name: str) -> dict[str, Any]:
    """A template of this folder, with its functions in their long form."""
    return yaml.load((INFRA / name).read_text(), _Loader)


class Stack:
    """What a template makes in a region, given its parameters."""

    def __init__(self, name: str, region: str = "us-east-1", **parameters: object) -> None:
        self.template = load(name)
        self.region = region
        self.parameters = {
            key: str(parameters.pop(key, spec.get("Default", NOTHING)))
            for key, spec in self.template["Parameters"].items()
            if key in parameters or "Default" in spec
        }
        missing = set(self.template["Parameters"]) - set(self.parameters)
        assert not missing and not parameters, f"missing {missing}, unknown {set(parameters)}"
        for key, value in self.parameters.items():
            spec = self.template["Parameters"][key]
            assert re.fullmatch(spec.get("AllowedPattern", ".*"), value, re.DOTALL), (key, value)
            assert value in map(str, spec.get("AllowedValues", [value])), (key, value)
        for rule in self.template.get("Rules", {}).values():
            if self.value(rule.get("RuleCondition", True)):
                for assertion in rule["Assertions"]:
                    if not self.value(assertion["Assert"]):
                        raise Refused(assertion["AssertDescription"])
        made = {
            logical: resource
            for logical, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.condition(resource["Condition"])
        }
        self.types: dict[str, str] = {logical: resource["Type"] for logical, resource in made.items()}
        self.resources: dict[str, dict[str, Any]] = {
            logical: self.value(resource["Properties"]) for logical, resource in made.items()
        }

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """The properties of the resources of a type."""
        return [self.resources[logical] for logical, found in self.types.items() if found == kind]

    def condition(self, name: str) -> bool:
        """Whether a named condition holds."""
        return self.value(self.template["Conditions"][name])

    def value(self, node: Any) -> Any:
        """A part of the template with its functions carried out."""
        if isinstance(node, list):
            values = [self.value(item) for item in node]
            return [value for value in values if value is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (function, argument), = node.items()
            if function == "Ref":
                return self.reference(argument)
            if function == "Condition" and isinstance(argument, str):
                return self.condition(argument)
            if function.startswith("Fn::"):
                return self.function(function[4:], argument)
        values = {key: self.value(item) for key, item in node.items()}
        return {key: value for key, value in values.items() if value is not NOTHING}

    def reference(self, name: str) -> Any:
        """What a name refers to: a parameter, a pseudo parameter or a resource."""
        pseudo = {
            "AWS::NoValue": NOTHING,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::AccountId": "000000000000",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        assert name in self.template["Resources"], f"{name} is declared nowhere"
        return f"<{name}>"

    def function(self, name: str, argument: Any) -> Any:
        """An intrinsic function carried out."""
        match name:
            case "If":
                condition, then, otherwise = argument
                return self.value(then if self.condition(condition) else otherwise)
            case "Equals":
                left, right = self.value(argument)
                return left == right
            case "Not":
                return not self.value(argument)[0]
            case "Or":
                return any(self.value(argument))
            case "Join":
                separator, parts = argument
                return separator.join(self.value(parts))
            case "GetAtt":
                return f"<{'.'.join(argument)}>"
            case "Sub":
                text, given = argument if isinstance(argument, list) else (argument, {})
                given = self.value(given)
                look_up = lambda found: str(given[found[1]] if found[1] in given else self.reference(found[1]))
                return re.sub(r"\$\{([^}]+)\}", look_up, text)
        raise AssertionError(f"the tests do not know Fn::{name}")
