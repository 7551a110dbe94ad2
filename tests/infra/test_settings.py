import copy
import re
from typing import Any

import pytest

from stacks.errors import ConfigurationError
from stacks.settings import Settings, load_settings
from tests.infra.stack_helpers import CONTEXT, ENVIRONMENTS


def fault(environments: object, name: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(environments, name)
    return str(caught.value)


def dev_with(section: str, key: str, value: object) -> dict[str, Any]:
    environments: dict[str, Any] = copy.deepcopy(CONTEXT["environments"])
    environments["dev"][section][key] = value
    return environments


class TestProjectEnvironments:
    def test_environments_are_local_dev_staging_and_prod(self) -> None:
        assert list(ENVIRONMENTS) == ["local", "dev", "staging", "prod"]

    @pytest.mark.parametrize("name", ENVIRONMENTS)
    def test_project_environments_are_valid(self, name: str) -> None:
        assert load_settings(ENVIRONMENTS, name).name == name

    def test_project_environments_cannot_be_changed_once_loaded(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            load_settings(ENVIRONMENTS, "dev").name = "prod"  # type: ignore[misc]

    def test_prefix_their_parameters(self) -> None:
        assert load_settings(ENVIRONMENTS, "staging").parameter_prefix == "/lifestyle-spaces/staging"

    @pytest.mark.parametrize("name", ["staging", "prod"])
    def test_environments_with_real_users_protect_their_data(self, name: str) -> None:
        settings: Settings = load_settings(ENVIRONMENTS, name)
        assert settings.data.protected
        assert settings.data.point_in_time_recovery
        assert not settings.identity.password_flow

    def test_prod_tokens_live_fifteen_minutes(self) -> None:
        assert load_settings(ENVIRONMENTS, "prod").identity.id_token_minutes == 15


class TestInvalidSettings:
    def test_unknown_environment(self) -> None:
        assert fault(ENVIRONMENTS, "nonsense") == (
            "unknown environment 'nonsense': choose one of local, dev, staging, prod"
        )

    def test_no_environment_chosen(self) -> None:
        assert fault(ENVIRONMENTS, None) == (
            "no environment chosen: add -c env=NAME, with NAME one of local, dev, staging, prod"
        )

    @pytest.mark.parametrize("environments", [None, {}, "local"])
    def test_no_environments_at_all(self, environments: object) -> None:
        assert "no environments found" in fault(environments, "local")

    def test_environment_that_is_no_object(self) -> None:
        assert fault({"dev": 5}, "dev") == "cdk.json, environment 'dev': expected an object of settings"

    def test_unknown_key(self) -> None:
        assert fault(dev_with("function", "memroy_mb", 512), "dev") == (
            "cdk.json, environment 'dev': function.memroy_mb: Extra inputs are not permitted"
        )

    def test_wrong_type(self) -> None:
        assert fault(dev_with("function", "memory_mb", "512"), "dev") == (
            "cdk.json, environment 'dev': function.memory_mb: Input should be a valid integer"
        )

    def test_missing_key(self) -> None:
        environments = copy.deepcopy(CONTEXT["environments"])
        del environments["dev"]["gateway"]["cors_origin"]
        assert fault(environments, "dev") == (
            "cdk.json, environment 'dev': gateway.cors_origin: Field required"
        )

    def test_several_faults_stay_on_one_line(self) -> None:
        environments = dev_with("function", "memory_mb", 1)
        environments["dev"]["identity"]["mfa"] = "sms"
        message = fault(environments, "dev")
        assert "function.memory_mb" in message
        assert "identity.mfa" in message
        assert "\n" not in message

    @pytest.mark.parametrize(
        ("section", "key", "value"),
        [
            ("function", "timeout_seconds", 29),
            ("function", "runtime", "python3.9"),
            ("gateway", "cors_origin", "*"),
            ("gateway", "cors_origin", "https://example.com/"),
            ("app", "web_url", "http://example.com"),
            ("logs", "retention_days", 2),
            ("function", "canary", {"shift": "half", "max_errors": 0, "max_p99_ms": 5000}),
            ("gateway", "web_acl", {"requests_per_address": 9}),
            (
                "gateway",
                "domain",
                {"name": "https://x.example", "certificate_arn": "arn:aws:acm:x", "exclusive": False},
            ),
            ("alarms", "emails", ["nobody"]),
            ("alarms", "client_error_percent", 100),
            ("alarms", "monthly_budget_usd", 0),
        ],
    )
    def test_value_out_of_range(self, section: str, key: str, value: object) -> None:
        assert re.search(rf" {section}\.{key}[.:]", fault(dev_with(section, key, value), "dev"))
