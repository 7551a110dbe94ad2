"""The preflight against AWS's answers: for each fault of an account, a line that says what to do."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from delivery import account_checks as checks
from delivery import preflight as command
from delivery.account_checks import Account, Check, Finding
from delivery.preflight import main, preflight
from stacks.identity import USER_POOL_LOGICAL_ID
from stacks.settings import Settings
from tests.infra.stack_helpers import DOMAIN, changed

STACK = "LifestyleSpaces-prod"
REGION = "eu-west-1"
STACKS = {"StackName": STACK}


class Aws:
    """Clients whose answers are given beforehand, in their order; botocore checks them against its models."""

    def __init__(self) -> None:
        self.stubbers: dict[str, Stubber] = {}

    def client(self, service: str) -> Any:
        return self.stubber(service).client

    def stubber(self, service: str) -> Stubber:
        if service not in self.stubbers:
            self.stubbers[service] = Stubber(boto3.client(service, region_name=REGION))  # type: ignore[call-overload]  # by a name that is not literal
            self.stubbers[service].activate()
        return self.stubbers[service]

    def answer(self, service: str, operation: str, answer: dict[str, Any], asked: Any = None) -> None:
        self.stubber(service).add_response(operation, answer, asked)

    def refuse(self, service: str, operation: str, code: str, message: str = "") -> None:
        self.stubber(service).add_client_error(operation, code, message)


@pytest.fixture
def aws() -> Iterator[Aws]:
    fake = Aws()
    yield fake
    for stubber in fake.stubbers.values():
        stubber.assert_no_pending_responses()


Run = Callable[..., list[Finding]]


@pytest.fixture
def run(aws: Aws) -> Run:
    def run(check: Check, settings: Settings | None = None) -> list[Finding]:
        return list(check(Account(aws.client, settings or changed("prod"), REGION)))

    return run


def advice(findings: list[Finding]) -> list[str]:
    return [finding.advice for finding in findings if finding.advice is not None]


def stack(status: str, **more: Any) -> dict[str, Any]:
    return {"Stacks": [{**STACKS, "CreationTime": "2026-11-25T00:00:00Z", "StackStatus": status, **more}]}


class TestCredentials:
    def test_credentials_says_who_is_signed_in_where(self, aws: Aws, run: Run) -> None:
        arn = "arn:aws:iam::123456789012:user/ada"
        aws.answer("sts", "get_caller_identity", {"Account": "123456789012", "Arn": arn})
        (found,) = run(checks.credentials)
        assert str(found) == f"ok     signed in to account 123456789012, region eu-west-1, as {arn}"


class TestBootstrap:
    @pytest.mark.parametrize(("version", "todo"), [("5", 1), ("6", 0), ("30", 0)])
    def test_bootstrap_is_new_enough(self, aws: Aws, run: Run, version: str, todo: int) -> None:
        aws.answer("ssm", "get_parameter", {"Parameter": {"Value": version}})
        assert len(advice(run(checks.bootstrap))) == todo

    def test_bootstrap_is_missing(self, aws: Aws, run: Run) -> None:
        aws.refuse("ssm", "get_parameter", "ParameterNotFound")
        assert advice(run(checks.bootstrap))[0].startswith("npx cdk bootstrap -c env=prod ")


class TestStackState:
    def test_stack_state_is_in_order_without_a_stack(self, aws: Aws, run: Run) -> None:
        aws.refuse("cloudformation", "describe_stacks", "ValidationError", f"Stack {STACK} does not exist")
        assert advice(run(checks.stack_state)) == []

    @pytest.mark.parametrize(
        ("status", "told"),
        [
            ("CREATE_COMPLETE", None),
            ("UPDATE_COMPLETE", None),
            ("ROLLBACK_COMPLETE", None),
            ("REVIEW_IN_PROGRESS", None),
            ("UPDATE_IN_PROGRESS", "wait"),
            ("ROLLBACK_FAILED", "aws cloudformation delete-stack"),
            ("DELETE_FAILED", "aws cloudformation delete-stack"),
            ("UPDATE_ROLLBACK_FAILED", "see docs/runbook/release-errors.md: aws cloudformation continue"),
        ],
    )
    def test_stack_state_says_what_brings_the_stack_back(
        self, aws: Aws, run: Run, status: str, told: str | None
    ) -> None:
        aws.answer("cloudformation", "describe_stacks", stack(status), STACKS)
        found = advice(run(checks.stack_state))
        assert [each.startswith(told or "-") for each in found] == ([] if told is None else [True])

    def test_stack_state_finds_the_protection_that_keeps_a_failed_stack(self, aws: Aws, run: Run) -> None:
        answer = stack("ROLLBACK_COMPLETE", EnableTerminationProtection=True)
        aws.answer("cloudformation", "describe_stacks", answer, STACKS)
        assert "update-termination-protection" in advice(run(checks.stack_state))[0]


class TestLeftovers:
    def test_leftovers_are_named_each_with_its_command(self, aws: Aws, run: Run) -> None:
        aws.refuse("cloudformation", "describe_stacks", "ValidationError", f"Stack {STACK} does not exist")
        aws.answer("dynamodb", "list_tables", {"TableNames": [f"{STACK}-Table-1", "another"]})
        # As CloudFormation names a pool without a name: its logical id and twelve characters.
        pools = [
            {"Id": "eu-west-1_1", "Name": f"{USER_POOL_LOGICAL_ID}-znAcbaOnreid"},
            {"Id": "eu-west-1_2", "Name": f"{USER_POOL_LOGICAL_ID}-VQFB73BtHTuf"},
            {"Id": "eu-west-1_3", "Name": "another"},
        ]
        aws.answer("cognito-idp", "list_user_pools", {"UserPools": pools})
        for pool, environment in (("eu-west-1_1", "prod"), ("eu-west-1_2", "staging")):
            tags = {"Project": "lifestyle-spaces", "Environment": environment, "Team": "platform"}
            answer = {"UserPool": {"Id": pool, "UserPoolTags": tags}}
            aws.answer("cognito-idp", "describe_user_pool", answer, {"UserPoolId": pool})
        aws.answer("logs", "describe_log_groups", {"logGroups": [{"logGroupName": f"{STACK}-Log"}]})
        parameter = "/lifestyle-spaces/prod/api-url"
        aws.answer("ssm", "get_parameters_by_path", {"Parameters": [{"Name": parameter}]})
        assert advice(run(checks.leftovers)) == [
            (
                f"aws dynamodb update-table --table-name {STACK}-Table-1 --no-deletion-protection-enabled"
                f" && aws dynamodb delete-table --table-name {STACK}-Table-1"
            ),
            (
                "aws cognito-idp update-user-pool --user-pool-id eu-west-1_1 --deletion-protection INACTIVE"
                " && aws cognito-idp delete-user-pool --user-pool-id eu-west-1_1"
            ),
            f"aws logs delete-log-group --log-group-name {STACK}-Log",
            f"aws ssm delete-parameter --name {parameter}",
        ]

    def test_leftovers_are_none_of_a_stack_that_is_there(self, aws: Aws, run: Run) -> None:
        aws.answer("cloudformation", "describe_stacks", stack("UPDATE_COMPLETE"), STACKS)
        assert run(checks.leftovers) == []


class TestMail:
    def identity(self, aws: Aws, name: str, *, verified: bool | None) -> None:
        if verified is None:
            aws.refuse("sesv2", "get_email_identity", "NotFoundException")
        else:
            answer = {"VerifiedForSendingStatus": verified}
            aws.answer("sesv2", "get_email_identity", answer, {"EmailIdentity": name})

    def test_mail_is_in_order(self, aws: Aws, run: Run) -> None:
        self.identity(aws, "no-reply@lifestyle-spaces.example", verified=None)
        self.identity(aws, "lifestyle-spaces.example", verified=True)
        self.identity(aws, "lifestyle-spaces.example", verified=True)
        aws.answer("sesv2", "get_account", {"ProductionAccessEnabled": True, "SendingEnabled": True})
        assert advice(run(checks.mail)) == []

    def test_mail_lacks_identity_production_access_and_sending(self, aws: Aws, run: Run) -> None:
        self.identity(aws, "no-reply@lifestyle-spaces.example", verified=None)
        self.identity(aws, "lifestyle-spaces.example", verified=False)
        self.identity(aws, "lifestyle-spaces.example", verified=False)
        aws.answer("sesv2", "get_account", {"ProductionAccessEnabled": False, "SendingEnabled": False})
        sender, pool, sandbox, paused = advice(run(checks.mail))
        assert sender.startswith("aws sesv2 create-email-identity --email-identity lifestyle-spaces.example ")
        assert pool == sender
        assert sandbox.startswith("aws sesv2 put-account-details --production-access-enabled")
        assert "see the SES console" in paused

    def test_mail_of_sign_up_alone_is_cognitos(self, aws: Aws, run: Run) -> None:
        (found,) = run(checks.mail, changed("dev"))
        assert "50 a day" in found.subject

    def test_mail_by_ses_without_the_pools_identity(self, aws: Aws, run: Run) -> None:
        self.identity(aws, "no-reply@lifestyle-spaces.example", verified=True)
        self.identity(aws, "lifestyle-spaces.example", verified=None)
        aws.answer("sesv2", "get_account", {"ProductionAccessEnabled": True})
        found = run(checks.mail, changed("prod", identity={"ses_identity": None}))
        assert advice(found) == []
        assert any("50 a day" in each.subject for each in found)


class TestConcurrency:
    @pytest.mark.parametrize(("free", "todo"), [(299, 1), (300, 0)])
    def test_concurrency_leaves_a_hundred_unreserved(self, aws: Aws, run: Run, free: int, todo: int) -> None:
        limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": free}
        aws.answer("lambda", "get_account_settings", {"AccountLimit": limit})
        assert len(advice(run(checks.concurrency))) == todo

    def test_concurrency_of_new_account_is_raised_to_the_default(self, aws: Aws, run: Run) -> None:
        """Service Quotas refuses a value below the default, and a new account may have 10."""
        limit = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
        aws.answer("lambda", "get_account_settings", {"AccountLimit": limit})

        (command,) = advice(run(checks.concurrency))

        assert "--desired-value 1000 " in command

    def test_concurrency_asks_for_nothing_if_nothing_is_reserved(self, aws: Aws, run: Run) -> None:
        limit = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
        aws.answer("lambda", "get_account_settings", {"AccountLimit": limit})
        assert advice(run(checks.concurrency, changed("dev"))) == []


class TestLogRole:
    def test_log_role_is_missing(self, aws: Aws, run: Run) -> None:
        aws.answer("apigateway", "get_account", {})
        assert "update-account" in advice(run(checks.log_role))[0]

    def test_log_role_is_there(self, aws: Aws, run: Run) -> None:
        aws.answer("apigateway", "get_account", {"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/logs"})
        assert advice(run(checks.log_role)) == []

    def test_log_role_is_the_stacks(self, run: Run) -> None:
        settings = changed("prod", gateway={"owns_account_log_role": True})
        assert advice(run(checks.log_role, settings)) == []


class TestLinkedRoles:
    def test_linked_roles_are_made_where_they_are_missing(self, aws: Aws, run: Run) -> None:
        role = {
            "Path": "/",
            "RoleName": "r",
            "RoleId": "AROAAAAAAAAAAAAAAAAAA",
            "Arn": "arn:aws:iam::123456789012:role/r",
            "CreateDate": "2026-11-25T00:00:00Z",
        }
        aws.answer("iam", "get_role", {"Role": role})
        aws.refuse("iam", "get_role", "NoSuchEntity")
        found = run(checks.linked_roles, changed("prod", gateway={"domain": DOMAIN}))
        assert advice(found) == [
            "aws iam create-service-linked-role --aws-service-name ops.apigateway.amazonaws.com"
        ]

    def test_linked_roles_are_none_if_nothing_needs_them(self, run: Run, aws: Aws) -> None:
        aws.client("iam")
        assert run(checks.linked_roles, changed("dev")) == []


class TestCertificate:
    @pytest.mark.parametrize(
        ("status", "name", "told"),
        [
            ("ISSUED", DOMAIN["name"], None),
            ("ISSUED", "*.lifestyle-spaces.example", None),
            ("PENDING_VALIDATION", DOMAIN["name"], "is not issued"),
            ("ISSUED", "other.example", "is for other.example"),
        ],
    )
    def test_certificate_is_issued_for_the_name(
        self, aws: Aws, run: Run, status: str, name: str, told: str | None
    ) -> None:
        aws.answer("acm", "describe_certificate", {"Certificate": {"DomainName": name, "Status": status}})
        found = advice(run(checks.certificate, changed("prod", gateway={"domain": DOMAIN})))
        assert len(found) == (told is not None)
        assert (told or "") in "".join(found)

    def test_certificate_is_in_the_region_of_the_stack(self, run: Run) -> None:
        arn = str(DOMAIN["certificate_arn"]).replace("eu-west-1", "us-east-1")
        domain = {**DOMAIN, "certificate_arn": arn}
        found = run(checks.certificate, changed("prod", gateway={"domain": domain}))
        assert "--region eu-west-1" in advice(found)[0]

    def test_certificate_is_not_needed_without_a_domain(self, run: Run) -> None:
        assert run(checks.certificate) == []


class TestQuotas:
    @pytest.mark.parametrize(("limit", "todo"), [(20.0, 1), (300.0, 0)])
    def test_quotas_hold_the_resources_of_the_api(self, aws: Aws, run: Run, limit: float, todo: int) -> None:
        name = "Resources/Routes per REST/WebSocket API"
        quota = {"QuotaName": name, "QuotaCode": "L-01C8A9E0", "Value": limit}
        aws.answer("service-quotas", "list_service_quotas", {"Quotas": [quota]})
        assert len(advice(run(checks.quotas))) == todo

    def test_quotas_are_not_guessed(self, aws: Aws, run: Run) -> None:
        aws.answer("service-quotas", "list_service_quotas", {"Quotas": []})
        (found,) = run(checks.quotas)
        assert "no quota" in found.subject


class TestPreflight:
    def test_preflight_names_the_permission_that_is_missing(
        self, aws: Aws, capsys: pytest.CaptureFixture[str]
    ) -> None:
        aws.refuse("apigateway", "get_account", "AccessDeniedException", "no")
        account = Account(aws.client, changed("prod"), REGION)
        assert not preflight(account, {"log_role": checks.log_role})
        assert capsys.readouterr().out == (
            "TO DO  log_role could not be checked\n       ask for the permission of GetAccount\n"
        )

    def test_preflight_goes_on_after_another_error(
        self, aws: Aws, capsys: pytest.CaptureFixture[str]
    ) -> None:
        aws.refuse("apigateway", "get_account", "TooManyRequestsException", "slow down")
        aws.answer(
            "lambda",
            "get_account_settings",
            {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}},
        )
        account = Account(aws.client, changed("prod"), REGION)
        chosen = {"log_role": checks.log_role, "concurrency": checks.concurrency}
        assert not preflight(account, chosen)
        out = capsys.readouterr().out
        assert "GetAccount: TooManyRequestsException: slow down" in out
        assert "ok     concurrency" in out

    def test_preflight_says_in_one_line_that_nobody_is_signed_in(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_: Account) -> bool:
            raise NoCredentialsError

        monkeypatch.setattr(command, "preflight", refuse)
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        with pytest.raises(SystemExit, match="error: Unable to locate credentials; sign in first"):
            main("prod")
