from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from mypy_boto3_ssm import SSMClient
from pydantic import ValidationError

from app.core.config import Parameters, ParameterSource, Settings, ssm_parameters
from app.core.errors import ServiceUnavailable
from tests.client_helpers import intercepted, raising

PREFIX = "/lifestyle-spaces/test"
VARIABLES = {
    "ENVIRONMENT": "dev",
    "PARAMETER_PREFIX": "/lifestyle-spaces/dev",
    "TABLE_NAME": "the-table",
    "USER_POOL_ID": "eu-west-1_pool",
    "USER_POOL_CLIENT_ID": "client",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters",
    "CORS_ORIGIN": "https://app.example.com",
    "AWS_REGION": "eu-west-1",
}
SetParameter = Callable[[str, str], None]
Logs = Callable[[], list[dict[str, Any]]]


class TestSettingsFromEnvironment:
    @pytest.fixture(autouse=True)
    def _environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in VARIABLES.items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
            monkeypatch.delenv(name, raising=False)

    def test_settings_from_environment_reads_each_variable(self) -> None:
        settings = Settings.from_environment()
        read = {name.upper(): value for name, value in settings.model_dump(exclude_none=True).items()}
        assert read == VARIABLES

    @pytest.mark.parametrize("name", VARIABLES)
    def test_settings_from_environment_names_the_variable_that_is_missing(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv(name)
        with pytest.raises(ValidationError, match=f"1 validation error for Settings\n{name.lower()}"):
            Settings.from_environment()

    def test_settings_from_environment_tells_no_values_when_it_fails(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("ENVIRONMENT")
        with pytest.raises(ValidationError) as raised:
            Settings.from_environment()
        assert "the-table" not in str(raised.value)

    def test_settings_from_environment_finds_issuer_and_keys_at_cognito(self) -> None:
        settings = Settings.from_environment()
        assert settings.token_issuer == "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool"
        assert settings.token_keys_url == f"{settings.token_issuer}/.well-known/jwks.json"

    def test_settings_from_environment_finds_the_keys_at_an_emulator_whose_tokens_name_cognito_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
        settings = Settings.from_environment()
        assert settings.token_issuer == "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool"
        assert settings.token_keys_url == "http://localhost:4566/eu-west-1_pool/.well-known/jwks.json"


class Monotonic:
    """A clock that shows how many seconds it was told have passed."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def monotonic() -> Monotonic:
    return Monotonic()


@pytest.fixture
def read(ssm: SSMClient, parameter_store: SetParameter, monotonic: Monotonic) -> ParameterSource:
    return ssm_parameters(lambda: ssm, PREFIX, monotonic=monotonic)


class TestSsmParameters:
    def test_ssm_parameters_reads_them_typed(self, read: ParameterSource) -> None:
        assert read() == Parameters.model_validate(
            {
                "web_url": "https://app.example.com",
                "invite_code_days": 30,
                "invitation_days": 7,
                "max_invitations_per_day": 200,
                "max_invitations_per_sender_per_day": 200,
                "max_mails_per_recipient_per_day": 20,
                "max_spaces_per_user": 100,
                "max_members_per_space": 1000,
                "max_trackers_per_space": 200,
                "mail_sender": "no-reply@example.com",
                "mail_delivery": "send",
            }
        )

    def test_ssm_parameters_leaves_alone_what_it_does_not_know(
        self, read: ParameterSource, parameter_store: SetParameter
    ) -> None:
        parameter_store("for_a_later_version", "1")
        assert not hasattr(read(), "for_a_later_version")

    @pytest.mark.parametrize(
        ("name", "value"),
        [("invite_code_days", "0"), ("max_spaces_per_user", "many"), ("web_url", "app.example.com")],
    )
    def test_ssm_parameters_rejects_what_makes_no_sense(
        self, read: ParameterSource, parameter_store: SetParameter, name: str, value: str
    ) -> None:
        parameter_store(name, value)
        with pytest.raises(ValidationError, match=name):
            read()

    def test_ssm_parameters_accepts_value_above_the_maximum_of_deployments(
        self, read: ParameterSource, parameter_store: Callable[[str, str], None]
    ) -> None:
        parameter_store("max_spaces_per_user", "101")
        assert read().max_spaces_per_user == 101

    def test_ssm_parameters_rejects_to_go_on_if_one_is_missing(
        self, read: ParameterSource, ssm: SSMClient
    ) -> None:
        ssm.delete_parameter(Name=f"{PREFIX}/app/web_url")
        with pytest.raises(ValidationError, match="web_url"):
            read()

    def test_ssm_parameters_says_that_ssm_cannot_be_read(self, read: ParameterSource, ssm: SSMClient) -> None:
        error = EndpointConnectionError(endpoint_url="https://ssm.example.com")
        with intercepted(ssm, raising(error)), pytest.raises(ServiceUnavailable) as raised:
            read()
        assert raised.value.retry_after_s

    def test_ssm_parameters_reads_more_parameters_than_fit_on_one_page_of_ssm(
        self, read: ParameterSource, parameter_store: SetParameter
    ) -> None:
        for number in range(10):
            parameter_store(f"a_{number}", "1")  # before all others in the order of SSM's pages
        assert read().web_url


class TestSsmParametersOverTime:
    def test_ssm_parameters_over_time_asks_ssm_once_in_five_minutes(
        self, read: ParameterSource, parameter_store: SetParameter, monotonic: Monotonic
    ) -> None:
        read()
        parameter_store("invite_code_days", "7")
        monotonic.seconds += 299
        assert read().invite_code_days == 30

    def test_ssm_parameters_over_time_sees_a_change_after_five_minutes(
        self, read: ParameterSource, parameter_store: SetParameter, monotonic: Monotonic
    ) -> None:
        read()
        parameter_store("invite_code_days", "7")
        monotonic.seconds += 301
        assert read().invite_code_days == 7

    def test_ssm_parameters_over_time_answers_what_it_has_read_last_if_ssm_cannot_be_read_any_more(
        self, read: ParameterSource, ssm: SSMClient, monotonic: Monotonic, logs: Logs
    ) -> None:
        before = read()
        monotonic.seconds += 301

        answer: Any = {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}
        with intercepted(ssm, raising(ClientError(answer, "GetParametersByPath"))):
            assert read() == before
        (event,) = logs()
        assert (event["level"], event["message"]) == ("WARNING", "parameters.stale")
