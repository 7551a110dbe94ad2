"""The roles that GitHub's jobs take on: who gets each, and what it may do."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from delivery.deploy_permissions import BOOTSTRAP_ROLES, DEPLOYING
from tests.delivery.workflow_helpers import FOLDER, ROOT
from tests.html_helpers import DOCS, commands

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
# Where a web ACL may stand besides an API, which here it does not.
NOT_READ = {
    "amplify:GetWebACLForResource",
    "apprunner:DescribeWebAclForService",
    "appsync:GetWebACLForResource",
    "cognito-idp:GetWebACLForResource",
    "ec2:DescribeVerifiedAccessInstanceWebAclAssociations",
    "ec2:GetVerifiedAccessInstanceWebAcl",
    "elasticloadbalancing:GetLoadBalancerWebACL",
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, which are read as the value that they are given."""


_Loader.add_multi_constructor("!", lambda loader, _, node: getattr(loader, _constructor(node))(node))


def _constructor(node: yaml.Node) -> str:
    return "construct_sequence" if isinstance(node, yaml.SequenceNode) else "construct_scalar"


TEMPLATE: dict[str, Any] = yaml.load(PATH.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506


def asked_to_read(kind: str) -> set[str]:
    """What AWS says it calls to read a resource of this type, else what a deployment reads back."""
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return set(schema["handlers"].get("read", {}).get("permissions", DEPLOYING[kind]))


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def statements(role: str) -> list[dict[str, Any]]:
    (policy,) = TEMPLATE["Resources"][role]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def actions(role: str) -> set[str]:
    return {action for each in statements(role) for action in as_list(each["Action"])}


class TestParameters:
    @pytest.mark.parametrize("name", ["ada/spaces", "ada@123456/life-style.spaces@456789"])
    def test_parameters_take_a_repository_as_its_tokens_name_it(self, name: str) -> None:
        assert re.fullmatch(TEMPLATE["Parameters"]["Repository"]["AllowedPattern"], name)

    @pytest.mark.parametrize("name", ["ada", "ada/*", "ada/spaces:environment", "ada@/spaces@"])
    def test_parameters_take_nothing_that_means_more_than_one(self, name: str) -> None:
        assert not re.fullmatch(TEMPLATE["Parameters"]["Repository"]["AllowedPattern"], name)


class TestRoles:
    def test_roles_have_no_finding_of_cfn_lint(self) -> None:
        command = [shutil.which("cfn-lint") or "cfn-lint", str(PATH)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")

    def test_roles_are_these(self) -> None:
        roles = [name for name, each in TEMPLATE["Resources"].items() if each["Type"] == "AWS::IAM::Role"]
        assert roles == list(SUBJECTS)

    @pytest.mark.parametrize("role", SUBJECTS)
    def test_roles_trust_one_kind_of_job_of_one_repository(self, role: str) -> None:
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
    def test_roles_may_touch_every_resource_only_by_reading_settings(self, role: str) -> None:
        for each in statements(role):
            if as_list(each["Resource"]) == ["*"]:
                assert all(READING.match(action) for action in as_list(each["Action"]))

    @pytest.mark.parametrize("role", SUBJECTS)
    def test_roles_may_not_read_what_people_have_written(self, role: str) -> None:
        items = re.compile(
            r".*\*|dynamodb:(BatchGet|GetItem|Query|Scan|GetRecords)|s3:|logs:(GetLog|GetQuery|Filter|Start)"
        )
        assert not [action for action in actions(role) if items.match(action)]


class TestDeployRole:
    def test_deploy_role_assumes_the_roles_of_the_bootstrap_and_no_other(self) -> None:
        assumed, _ = statements("DeployRole")
        assert assumed["Action"] == "sts:AssumeRole"
        names = {
            arn.rpartition("/")[2].replace("${AWS::AccountId}-${AWS::Region}", "*")
            for arn in assumed["Resource"]
        }
        assert names == set(BOOTSTRAP_ROLES)

    def test_deploy_role_asks_and_protects_its_own_stack(self) -> None:
        _, own = statements("DeployRole")
        assert set(own["Action"]) == {"cloudformation:DescribeStacks", "cloudformation:SetStackPolicy"}
        assert own["Resource"].endswith(":stack/LifestyleSpaces-${Environment}/*")


class TestDiffRole:
    def test_diff_role_reads_the_template_of_its_own_stack_and_nothing_else(self) -> None:
        (own,) = statements("DiffRole")
        assert set(own["Action"]) == {"cloudformation:DescribeStacks", "cloudformation:GetTemplate"}
        assert own["Resource"].endswith(":stack/LifestyleSpaces-${Environment}/*")


class TestDriftRole:
    def test_drift_role_reads_what_aws_says_that_it_reads_of_each_type(self) -> None:
        read = {action for kind in DEPLOYING for action in asked_to_read(kind) if READING.match(action)}
        asked = {action for action in actions("DriftRole") if not action.startswith("cloudformation:")}
        assert asked == read - NOT_READ
        assert read >= NOT_READ

    @pytest.mark.parametrize("action", ["ssm:GetParameters", "lambda:GetFunction"])
    def test_drift_role_reads_values_and_code_of_its_own_environment_only(self, action: str) -> None:
        (own,) = [each for each in statements("DriftRole") if action in as_list(each["Action"])]
        assert "${Environment}" in own["Resource"]

    def test_drift_role_has_the_drift_detected(self) -> None:
        assert {action for action in actions("DriftRole") if action.startswith("cloudformation:")} == {
            "cloudformation:DescribeStackDriftDetectionStatus",
            "cloudformation:DescribeStackResourceDrifts",
            "cloudformation:DetectStackDrift",
            "cloudformation:DetectStackResourceDrift",
        }


class TestPage:
    """docs/delivery.md, whose commands make the roles."""

    def test_page_has_no_command_that_the_aws_cli_rejects(self) -> None:
        faults = {each: each.faults() for each in commands(PAGE)}
        assert faults
        assert not any(faults.values()), faults

    def test_page_gives_each_parameter_of_the_template(self) -> None:
        assert set(re.findall(r"ParameterKey=(\w+),", PAGE)) == set(TEMPLATE["Parameters"])

    @pytest.mark.parametrize("name", VARIABLES)
    def test_page_names_the_variables_that_the_workflows_use(self, name: str) -> None:
        assert f"`{name}`" in PAGE
