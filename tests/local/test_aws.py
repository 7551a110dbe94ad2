import os
from pathlib import Path

import pytest

from local.aws import Clients, Deployment, tool_environment

OUTPUTS = {
    "ApiUrl": "https://lifestyle-spaces.execute-api.us-east-1.amazonaws.com/live",
    "UserPoolId": "us-east-1_pool",
    "UserPoolClientId": "client",
    "TableName": "table",
    "FunctionName": "function",
}


class TestToolEnvironment:
    def test_tool_environment_forgets_real_accounts_and_keeps_proxies(self, tmp_path: Path) -> None:
        environ = {
            "AWS_PROFILE": "work",
            "AWS_SESSION_TOKEN": "real",
            "CDK_DEFAULT_ACCOUNT": "1",
            "HTTPS_PROXY": "p",
        }

        env = tool_environment(environ, "http://127.0.0.1:1", tmp_path)

        assert {"AWS_PROFILE", "AWS_SESSION_TOKEN", "CDK_DEFAULT_ACCOUNT"}.isdisjoint(env)
        assert env["HTTPS_PROXY"] == "p"
        assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
        assert env["AWS_CONFIG_FILE"] == os.devnull

    def test_tool_environment_goes_to_this_machine_without_a_proxy(self, tmp_path: Path) -> None:
        env = tool_environment({"no_proxy": "intranet"}, "http://127.0.0.1:1", tmp_path)

        assert env["NO_PROXY"] == env["no_proxy"] == "intranet,127.0.0.1,localhost"

    def test_tool_environment_puts_the_projects_own_tools_first(self, tmp_path: Path) -> None:
        env = tool_environment({"PATH": "/usr/bin"}, "http://127.0.0.1:1", tmp_path)

        assert env["PATH"].endswith(f"{os.pathsep}{tmp_path}/node_modules/.bin{os.pathsep}/usr/bin")


class TestClients:
    def test_a_profile_that_is_set_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_PROFILE", "nobody-made-this-one")
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "https://example.com")

        assert Clients("http://127.0.0.1:1").ssm.meta.endpoint_url == "http://127.0.0.1:1"


class TestDeployment:
    def test_deployment_rewrites_the_address_for_this_machine(self) -> None:
        deployment = Deployment.of(OUTPUTS, "http://127.0.0.1:4566")

        assert deployment.api_url == "http://127.0.0.1:4566/restapis/lifestyle-spaces/live/_user_request_"

    def test_deployment_rejects_an_address_that_is_no_stage(self) -> None:
        with pytest.raises(ValueError, match=r"ApiUrl is not a stage's address: https://example\.com"):
            Deployment.of(OUTPUTS | {"ApiUrl": "https://example.com"}, "http://127.0.0.1:4566")

    def test_deployment_is_read_as_it_was_written(self, tmp_path: Path) -> None:
        deployment = Deployment.of(OUTPUTS, "http://127.0.0.1:4566")
        deployment.write(tmp_path / "env.json")

        assert Deployment.read(tmp_path / "env.json") == deployment
