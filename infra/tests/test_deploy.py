"""Every AWS command of deploy.md and of the README is one that there is, with options that it has.

The CLI makes commands of the services' models, which botocore carries: `PutParameter` with `Overwrite`
is `put-parameter --overwrite`. A few commands are the CLI's own. Nothing is called here.
"""

import re
import shlex

import botocore.session
import pytest
from botocore import xform_name
from cloudformation import INFRA, load

# What every command takes.
GLOBAL = {"region", "query", "output", "max-items"}

# Commands that the CLI adds (`logs tail` since version 2), with those of their options that are used.
OF_THE_CLI = {
    "cloudformation deploy": {"stack-name", "template-file", "capabilities", "parameter-overrides"},
    "logs tail": {"since", "format"},
    "s3 cp": set(),
    "s3 mb": set(),
    "s3 rb": {"force"},
}

# Short for the members of the model, by the CLI's own rules.
SHORT = {"cloudwatch put-metric-data": {"metric-name", "dimensions", "value"}}


def commands():
    """All `aws` commands in blocks, split into words."""
    found = []
    for page in ("deploy.md", "README.md"):
        text = (INFRA / page).read_text().replace("\\\n", " ")
        blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        blocks += re.findall(r"^    aws .*$", text, re.MULTILINE)
        for line in "\n".join(blocks).splitlines():
            start = re.search(r"(?:^|\|\| )\s*aws ", line)
            if start:
                found.append(shlex.split(line[start.end() :]))
    return found


def options(words):
    return {word[2:] for word in words if word.startswith("--")}


def taken(service, operation):
    """The options that a command takes."""
    name = f"{service} {operation}"
    if name in OF_THE_CLI:
        return OF_THE_CLI[name]
    session = botocore.session.get_session()
    if operation == "wait":
        return {"stack-name"}
    model = session.get_service_model(service)
    operations = {xform_name(known, "-"): known for known in model.operation_names}
    assert operation in operations, f"aws {name} is no command"
    members = model.operation_model(operations[operation]).input_shape.members
    return {xform_name(member, "-") for member in members} | SHORT.get(name, set())


def test_there_are_commands():
    assert len(commands()) > 20


@pytest.mark.parametrize("words", commands(), ids=lambda words: " ".join(words[:2]))
def test_a_command_is_one_of_aws(words):
    service, operation, *rest = words
    assert options(rest) <= taken(service, operation) | GLOBAL
    if operation == "wait":
        session = botocore.session.get_session()
        waiters = session.create_client(service, region_name="us-east-1").waiter_names
        assert rest[0] in {waiter.replace("_", "-") for waiter in waiters}


@pytest.mark.parametrize("words", [words for words in commands() if words[1] == "deploy"])
def test_a_deployment_gives_parameters_that_the_template_has(words):
    template = words[words.index("--template-file") + 1].removeprefix("infra/")
    known = load(template)["Parameters"]
    given = {name for word in words[words.index("--parameter-overrides") + 1 :] for name in [word.partition("=")[0]]}
    assert given and given <= set(known)
    needed = {name for name, parameter in known.items() if "Default" not in parameter}
    # The first deployment of a stack gives all; later ones change what they name.
    assert needed <= given or len(given) <= 2


def test_the_spec_and_the_button_are_where_the_function_looks(controller):
    variables = controller().resources["Function"]["Environment"]["Variables"]
    names = {word for words in commands() for word in words if word.startswith("/plimsoll/")}
    assert names == {variables["PLIMSOLL_SPEC"].removeprefix("ssm:"), variables["PLIMSOLL_SWITCH"]}
