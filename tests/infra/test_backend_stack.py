import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from stacks.settings import load_settings
from tests.infra.difference_helpers import differences
from tests.infra.stack_helpers import ENVIRONMENTS, Backend, backend, make_stack, synthesise


def without_code(backend: Backend) -> dict[str, Any]:
    """Leave out what changes with the code alone: asset hashes and the version named after them."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<asset>", json.dumps(backend.template))
    template: dict[str, Any] = json.loads(
        re.sub(r"(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}\b", r"\1<code>", text)
    )
    return template


class TestStack:
    @pytest.mark.parametrize(
        "kind",
        [
            "Lambda::Function",
            "ApiGateway::RestApi",
            "DynamoDB::Table",
            "Cognito::UserPool",
            "Lambda::EventSourceMapping",
            "SQS::Queue",
        ],
    )
    def test_stack_has_exactly_one_of_each_main_resource(self, each_environment: Backend, kind: str) -> None:
        assert len(each_environment.all(kind)) == 1

    def test_stack_has_no_cdk_custom_resource(self, each_environment: Backend) -> None:
        kinds = {resource["Type"] for resource in each_environment.template["Resources"].values()}
        assert not any(kind.startswith("Custom::") or "CustomResource" in kind for kind in kinds)

    def test_stack_has_the_outputs_that_tools_read(self, each_environment: Backend) -> None:
        assert list(each_environment.template["Outputs"]) == [
            "ApiUrl",
            "UserPoolId",
            "UserPoolClientId",
            "TableName",
            "DeadLetterQueueUrl",
            "FunctionName",
        ]

    def test_api_url_has_no_version(self, each_environment: Backend) -> None:
        assert each_environment.template["Outputs"]["ApiUrl"]["Value"]["Fn::Join"][1][-1] == "/live"

    @pytest.mark.parametrize(("name", "protected"), [("dev", False), ("prod", True)])
    def test_stack_has_termination_protection_in_staging_and_prod(self, name: str, protected: bool) -> None:
        _, stack = make_stack(load_settings(ENVIRONMENTS, name))
        assert stack.termination_protection is protected

    def test_stack_tags_name_project_and_environment(self) -> None:
        _, stack = make_stack(load_settings(ENVIRONMENTS, "prod"))
        assert Stack.of(stack).tags.tag_values() == {"Project": "lifestyle-spaces", "Environment": "prod"}


class TestParameters:
    def test_parameters_are_plain_strings_below_the_prefix(self, prod: Backend) -> None:
        parameters = [each["Properties"] for each in prod.all("SSM::Parameter").values()]
        assert {each["Type"] for each in parameters} == {"String"}
        assert {each["Name"] for each in parameters} == {
            f"/lifestyle-spaces/prod/{name}"
            for name in (
                "api-url",
                "user-pool-id",
                "user-pool-client-id",
                "table-name",
                "app/web_url",
                "app/invite_code_days",
                "app/invitation_days",
                "app/max_invitations_per_day",
                "app/max_invitations_per_sender_per_day",
                "app/max_mails_per_recipient_per_day",
                "app/max_spaces_per_user",
                "app/max_members_per_space",
                "app/max_trackers_per_space",
                "app/mail_sender",
                "app/mail_delivery",
            )
        }

    def test_parameters_of_the_app_are_there_before_a_version_that_reads_them(
        self, each_environment: Backend
    ) -> None:
        (alias,) = each_environment.all("Lambda::Alias").values()
        read = {
            logical_id
            for logical_id, each in each_environment.all("SSM::Parameter").items()
            if "/app/" in each["Properties"]["Name"]
        }
        assert read <= set(alias["DependsOn"])

    def test_parameters_say_the_same_as_the_outputs(self, each_environment: Backend) -> None:
        values = {
            each["Properties"]["Name"].split("/", 3)[3]: each["Properties"]["Value"]
            for each in each_environment.all("SSM::Parameter").values()
        }
        outputs = {name: output["Value"] for name, output in each_environment.template["Outputs"].items()}
        assert values["api-url"] == outputs["ApiUrl"]
        assert values["user-pool-id"] == outputs["UserPoolId"]
        assert values["user-pool-client-id"] == outputs["UserPoolClientId"]
        assert values["table-name"] == outputs["TableName"]


class TestTemplate:
    @pytest.mark.parametrize("name", ENVIRONMENTS)
    def test_matches_snapshot(self, name: str, snapshot: SnapshotAssertion) -> None:
        """That of prod is the whole template, that of the others is how they differ from prod."""
        prod, template = without_code(backend("prod")), without_code(backend(name))
        expected = snapshot.use_extension(JSONSnapshotExtension)
        assert (template if name == "prod" else differences(prod, template)) == expected

    def test_differences_name_what_is_changed_added_and_removed(self) -> None:
        base = {"same": 1, "changed": [1, 2], "longer": [1], "removed": {"deep": 1}}
        other = {"same": 1, "changed": [1, 3], "longer": [1, 2], "added": {"deep": 2}}
        assert differences(base, other) == {
            "/added": {"deep": 2},
            "/changed/1": 3,
            "/longer": [1, 2],
            "/removed": None,
        }

    def test_template_is_the_same_each_time(self) -> None:
        settings = load_settings(ENVIRONMENTS, "prod")
        assert json.dumps(synthesise(settings).template) == json.dumps(backend("prod").template)

    def test_template_has_no_finding_of_cfn_lint(self, tmp_path: Path) -> None:
        for name in ENVIRONMENTS:
            (tmp_path / f"{name}.json").write_text(json.dumps(backend(name).template))
        command = [shutil.which("cfn-lint") or "cfn-lint", *map(str, tmp_path.iterdir())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")
