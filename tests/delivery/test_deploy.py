"""`make deploy` against CloudFormation's answers; the CDK CLI is only written down."""

from collections.abc import Iterator, Sequence

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from mypy_boto3_cloudformation import CloudFormationClient

from delivery.deploy import deploy, is_first_deployment
from delivery.protect import POLICY
from stacks.settings import load_settings
from tests.infra.stack_helpers import ENVIRONMENTS

STACK = "LifestyleSpaces-prod"
PROD = load_settings(ENVIRONMENTS, "prod")


@pytest.fixture
def cloudformation() -> CloudFormationClient:
    return boto3.client("cloudformation", region_name="eu-west-1")


@pytest.fixture
def stub(cloudformation: CloudFormationClient) -> Iterator[Stubber]:
    with Stubber(cloudformation) as stub:
        yield stub
        stub.assert_no_pending_responses()


def add_status(stub: Stubber, status: str) -> None:
    stack = {"StackName": STACK, "CreationTime": "2026-11-25T00:00:00Z", "StackStatus": status}
    stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": STACK})


def add_absence(stub: Stubber) -> None:
    stub.add_client_error("describe_stacks", "ValidationError", f"Stack with id {STACK} does not exist")


def add_policy(stub: Stubber) -> None:
    stub.add_response("set_stack_policy", {}, {"StackName": STACK, "StackPolicyBody": POLICY.read_text()})


class TestDeploy:
    @pytest.fixture
    def calls(self) -> list[list[str]]:
        return []

    def run(self, calls: list[list[str]], command: Sequence[str]) -> None:
        assert command[:2] == ("cdk", "deploy") or list(command[:2]) == ["cdk", "deploy"]
        calls.append([word for word in command[2:] if not word.startswith("--no-")])

    def deploy(self, cloudformation: CloudFormationClient, calls: list[list[str]], **more: str) -> None:
        deploy(
            cloudformation,
            PROD,
            lambda command: self.run(calls, command),
            skip_canary_reason=more.get("skip_canary_reason"),
        )

    def test_first_deployment_is_unprotected_and_protected_at_once(
        self, cloudformation: CloudFormationClient, stub: Stubber, calls: list[list[str]]
    ) -> None:
        add_absence(stub)
        add_policy(stub)
        self.deploy(cloudformation, calls)
        assert calls == [["-c", "env=prod", "-c", "first_deployment=true"], ["-c", "env=prod"]]

    def test_later_deployment_is_one(
        self, cloudformation: CloudFormationClient, stub: Stubber, calls: list[list[str]]
    ) -> None:
        add_status(stub, "UPDATE_COMPLETE")
        add_policy(stub)
        self.deploy(cloudformation, calls, skip_canary_reason="it is down")
        assert calls == [["-c", "env=prod", "-c", "skip_canary_reason=it is down"]]

    def test_policy_is_not_set_after_a_failure(
        self, cloudformation: CloudFormationClient, stub: Stubber
    ) -> None:
        def fail(_: Sequence[str]) -> None:
            raise SystemExit(1)

        add_absence(stub)
        with pytest.raises(SystemExit):
            deploy(cloudformation, PROD, fail)

    def test_unprotected_environment_is_deployed_once_and_without_a_policy(
        self, cloudformation: CloudFormationClient, stub: Stubber, calls: list[list[str]]
    ) -> None:
        dev = load_settings(ENVIRONMENTS, "dev")
        deploy(cloudformation, dev, lambda command: self.run(calls, command))
        assert calls == [["-c", "env=dev"]]


class TestIsFirstDeployment:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    @pytest.mark.parametrize(
        ("status", "first"),
        [
            ("REVIEW_IN_PROGRESS", True),
            ("CREATE_FAILED", True),
            ("ROLLBACK_COMPLETE", True),
            ("ROLLBACK_FAILED", True),
            ("CREATE_COMPLETE", False),
            ("UPDATE_COMPLETE", False),
            ("UPDATE_ROLLBACK_COMPLETE", False),
            ("UPDATE_ROLLBACK_FAILED", False),
            ("IMPORT_COMPLETE", False),
        ],
    )
    def test_is_first_deployment_is_told_by_the_state_of_the_stack(
        self, cloudformation: CloudFormationClient, stub: Stubber, status: str, first: bool
    ) -> None:
        add_status(stub, status)
        assert is_first_deployment(cloudformation, STACK) is first

    def test_rejected_question_is_no_answer(
        self, cloudformation: CloudFormationClient, stub: Stubber
    ) -> None:
        stub.add_client_error("describe_stacks", "AccessDenied", "not authorized")
        with pytest.raises(ClientError, match="not authorized"):
            is_first_deployment(cloudformation, STACK)
