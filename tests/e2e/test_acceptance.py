"""`make acceptance` and `make preflight` against the embedded AWS: what these tests cannot show, AWS must."""

from pathlib import Path

import httpx2
import pytest

from delivery.acceptance import NOT_HERE, run
from delivery.acceptance_users import Environment
from delivery.account_checks import Account
from delivery.preflight import preflight
from local.aws import REGION, STACK_NAME, Clients, Deployment
from stacks.settings import load_settings
from tests.e2e.response_helpers import CORS_ORIGIN
from tests.infra.stack_helpers import ENVIRONMENTS


class TestAcceptance:
    def test_acceptance_passes_and_leaves_no_user_behind(
        self, embedded_aws: Clients, deployment: Deployment, tmp_path: Path
    ) -> None:
        stack = embedded_aws.cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        with httpx2.Client(
            base_url=deployment.api_url, headers={"Origin": CORS_ORIGIN}, timeout=60, trust_env=False
        ) as http:
            environment = Environment(
                settings=load_settings(ENVIRONMENTS, "local"),
                outputs={each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]},
                client=embedded_aws.client,
                http=http,
                on_emulator=True,
            )
            passed = run(environment, tmp_path / "reports")

        page = (tmp_path / "reports" / "acceptance-local.md").read_text()
        assert passed, page
        skipped = [line for line in page.splitlines() if line.startswith("| skipped")]
        assert all(NOT_HERE in line for line in skipped)
        emails = {user.email for user in environment.users}
        users = embedded_aws.cognito.list_users(UserPoolId=deployment.user_pool_id)["Users"]
        left = {each["Value"] for user in users for each in user["Attributes"] if each["Name"] == "email"}
        assert not emails & left


class TestPreflight:
    def test_preflight_reads_the_embedded_account(
        self, embedded_aws: Clients, deployment: Deployment, capsys: pytest.CaptureFixture[str]
    ) -> None:
        account = Account(embedded_aws.client, load_settings(ENVIRONMENTS, "local"), REGION)
        preflight(account)
        out = capsys.readouterr().out
        assert "ok     signed in to account 000000000000" in out
        assert "ok     stack LifestyleSpaces-local is" in out
