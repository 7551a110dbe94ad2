"""The roles that GitHub's jobs take on: who gets each, and what it may do."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.delivery.workflows import FOLDER, ROOT
from tests.pages import DOCS, commands
from tools.deploying import BOOTSTRAP_ROLES, DEPLOYING

PATH = ROOT / "delivery" / "oidc-role.yml"
PAGE = (DOCS / "delivery.md").read_text(encoding="utf-8")
_WORKFLOWS = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml"))
VARIABLES = sorted(set(re.findall(r"(?<=\bvars\.)\w+|DRIFT_ROLE_ARN_\w+", _WORKFLOWS)))
READING = re.compile(r"[a-z0-9-]+:(Describe|Get|GET|List|View)")
SUBJECTS = {
    "DeployRole": "repo:${Repository}:environment:${Environment}",
    "DiffRole": "repo:${Repository}:pull_request",
    "DriftRole": "repo:${Repository}:ref:refs/heads/main",
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, which are read as the value that they are given."""


_Loader.add_multi_constructor("!", lambda loader, _, node: getattr(loader, _constructor(node))(node))


def _constructor(node: yaml.Node) -> str:
    return "construct_sequence" if isinstance(node, yaml.SequenceNode) else "construct_scalar"


TEMPLATE: dict[str, Any] = yaml.load(PATH.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def statements(role: str) -> list[dict[str, Any]]:
    (policy,) = TEMPLATE["Resources"][role]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def actions(role: str) -> set[str]:
    return {action for each in statements(role) for action in as_list(each["Action"])}


class TestRoles:
    def test_have_no_finding_of_cfn_lint(self) -> None:
        command = [shutil.which("cfn-lint") or "cfn-lint", str(PATH)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")

    def test_are_these(self) -> None:
        roles = [name for name, each in TEMPLATE["Resources"].items() if each["Type"] == "AWS::IAM::Role"]
        assert roles == list(SUBJECTS)

    @pytest.mark.parametrize("role", SUBJECTS)
    def test_trust_one_kind_of_job_of_one_repository(self, role: str) -> None:
        (trust,) = TEMPLATE["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert trust["Principal"]["Federated"].endswith(":oidc-provider/token.actions.githubusercontent.com")
        assert trust["Condition"] == {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": SUBJECTS[role],
            }
        }

    @pytest.mark.parametrize("role", SUBJECTS)
    def test_may_touch_every_resource_only_by_reading_settings(self, role: str) -> None:
        for each in statements(role):
            if as_list(each["Resource"]) == ["*"]:
                assert all(READING.match(action) for action in as_list(each["Action"]))

    @pytest.mark.parametrize("role", SUBJECTS)
    def test_may_not_read_what_people_have_written(self, role: str) -> None:
        items = re.compile(
            r".*\*|dynamodb:(BatchGet|GetItem|Query|Scan|GetRecords)|s3:|logs:(Get|Filter|Start)"
        )
        assert not [action for action in actions(role) if items.match(action)]


class TestDeployRole:
    def test_assumes_the_roles_of_the_bootstrap_and_no_other(self) -> None:
        assumed, _ = statements("DeployRole")
        assert assumed["Action"] == "sts:AssumeRole"
        names = {
            arn.rpartition("/")[2].replace("${AWS::AccountId}-${AWS::Region}", "*")
            for arn in assumed["Resource"]
        }
        assert names == set(BOOTSTRAP_ROLES)

    def test_asks_and_protects_its_own_stack(self) -> None:
        _, own = statements("DeployRole")
        assert set(own["Action"]) == {"cloudformation:DescribeStacks", "cloudformation:SetStackPolicy"}
        assert own["Resource"].endswith(":stack/LifestyleSpaces-${Environment}/*")


class TestDiffRole:
    def test_reads_the_template_of_its_own_stack_and_nothing_else(self) -> None:
        (own,) = statements("DiffRole")
        assert set(own["Action"]) == {"cloudformation:DescribeStacks", "cloudformation:GetTemplate"}
        assert own["Resource"].endswith(":stack/LifestyleSpaces-${Environment}/*")


class TestDriftRole:
    def test_reads_back_what_a_deployment_makes(self) -> None:
        reading = {action for each in DEPLOYING.values() for action in each if READING.match(action)}
        *_, settings = statements("DriftRole")
        assert set(settings["Action"]) == reading - {"s3:GetObject"}

    def test_has_the_drift_detected(self) -> None:
        assert {action for action in actions("DriftRole") if action.startswith("cloudformation:")} == {
            "cloudformation:DescribeStackDriftDetectionStatus",
            "cloudformation:DescribeStackResourceDrifts",
            "cloudformation:DetectStackDrift",
            "cloudformation:DetectStackResourceDrift",
        }


class TestPage:
    """docs/delivery.md, whose commands make the roles."""

    def test_has_no_command_that_the_aws_cli_refuses(self) -> None:
        faults = {each: each.faults() for each in commands(PAGE)}
        assert faults
        assert not any(faults.values()), faults

    def test_gives_each_parameter_of_the_template(self) -> None:
        assert set(re.findall(r"ParameterKey=(\w+),", PAGE)) == set(TEMPLATE["Parameters"])

    @pytest.mark.parametrize("name", VARIABLES)
    def test_names_the_variables_that_the_workflows_use(self, name: str) -> None:
        assert f"`{name}`" in PAGE
