from typing import Any

import pytest

from stacks.settings import load_settings
from tests.infra.stack_helpers import ENVIRONMENTS, Backend, backend, changed, synthesise
from tests.infra.test_alarms import alarm


def group(backend: Backend) -> dict[str, Any]:
    return backend.properties("CodeDeploy::DeploymentGroup")


def with_canary(**values: Any) -> Backend:
    canary = {**ENVIRONMENTS["prod"]["function"]["canary"], **values}
    return synthesise(changed("prod", function={"canary": canary}))


class TestRelease:
    def test_release_shifts_the_alias_by_codedeploy(self, prod: Backend) -> None:
        (application,) = prod.all("CodeDeploy::Application")
        (name,) = prod.all("CodeDeploy::DeploymentGroup")
        assert prod.one("Lambda::Alias")["UpdatePolicy"] == {
            "CodeDeployLambdaAliasUpdate": {
                "ApplicationName": {"Ref": application},
                "DeploymentGroupName": {"Ref": name},
            }
        }

    @pytest.mark.parametrize("minutes", [5, 10, 15, 30])
    def test_tries_a_tenth_for_the_minutes_of_the_setting(self, minutes: int) -> None:
        shift = f"10_percent_for_{minutes}_minutes"
        configuration = group(with_canary(shift=shift))["DeploymentConfigName"]
        assert configuration == f"CodeDeployDefault.LambdaCanary10Percent{minutes}Minutes"

    def test_release_is_rolled_back_by_an_alarm_or_when_stopped(self, prod: Backend) -> None:
        assert group(prod)["AutoRollbackConfiguration"] == {
            "Enabled": True,
            "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"],
        }

    def test_release_is_rolled_back_by_errors_slowness_and_failing_answers(self, prod: Backend) -> None:
        alarms = prod.all("CloudWatch::Alarm")
        configuration = group(prod)["AlarmConfiguration"]
        named = [alarms[each["Name"]["Ref"]]["Properties"] for each in configuration["Alarms"]]
        assert configuration["Enabled"] is True
        assert named == [alarm(prod, page) for page in ("release-errors", "release-slow", "server-errors")]

    def test_release_looks_at_the_rate_of_5xx_only_if_that_has_a_threshold(self) -> None:
        blind = synthesise(changed("prod", alarms={"server_error_percent": None}))
        assert len(group(blind)["AlarmConfiguration"]["Alarms"]) == 2

    def test_release_uses_a_role_that_codedeploy_alone_can_assume(self, prod: Backend) -> None:
        role = prod.all("IAM::Role")[group(prod)["ServiceRoleArn"]["Fn::GetAtt"][0]]["Properties"]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "codedeploy.amazonaws.com"}
        (policy,) = role["ManagedPolicyArns"]
        assert policy["Fn::Join"][1][-1].endswith("/AWSCodeDeployRoleForLambdaLimited")

    @pytest.mark.parametrize("name", ["local", "dev"])
    def test_release_is_all_at_once_if_the_setting_is_null(self, name: str) -> None:
        assert "UpdatePolicy" not in backend(name).one("Lambda::Alias")
        assert backend(name).all("CodeDeploy::DeploymentGroup") == {}


@pytest.fixture(scope="module")
def limited() -> Backend:
    return with_canary(max_errors=3, max_p99_ms=1234)


class TestNewVersionAlarms:
    def test_new_version_alarms_of_errors_looks_past_the_old_one(self, prod: Backend) -> None:
        (function,) = prod.all("Lambda::Function")
        (version,) = prod.all("Lambda::Version")
        assert {each["Name"]: each["Value"] for each in alarm(prod, "release-errors")["Dimensions"]} == {
            "FunctionName": {"Ref": function},
            "Resource": {"Fn::Join": ["", [{"Ref": function}, ":live"]]},
            "ExecutedVersion": {"Fn::GetAtt": [version, "Version"]},
        }

    def test_new_version_alarms_ring_with_the_first_error_in_a_minute_above_the_setting(
        self, limited: Backend
    ) -> None:
        found = alarm(limited, "release-errors")
        assert (found["MetricName"], found["Statistic"], found["Threshold"]) == ("Errors", "Sum", 3)
        assert (found["Period"], found["EvaluationPeriods"]) == (60, 1)

    def test_new_version_alarms_ring_when_it_is_slow_for_three_minutes_of_five(
        self, limited: Backend
    ) -> None:
        found = alarm(limited, "release-slow")
        # Of requests: the alias's own duration has stream and schedules in it, of up to 15 s.
        assert (found["Namespace"], found["MetricName"]) == ("AWS/ApiGateway", "IntegrationLatency")
        assert {each["Name"]: each["Value"] for each in found["Dimensions"]} == {
            "ApiName": "LifestyleSpaces-prod-api",
            "Stage": "live",
        }
        assert (found["ExtendedStatistic"], found["Threshold"]) == ("p99", 1234)
        assert (found["Period"], found["DatapointsToAlarm"], found["EvaluationPeriods"]) == (60, 3, 5)

    @pytest.mark.parametrize("name", ["staging", "prod"])
    def test_new_version_alarms_can_ring_before_all_traffic_has_gone_over(self, name: str) -> None:
        minutes = int(ENVIRONMENTS[name]["function"]["canary"]["shift"].split("_")[3])
        assert alarm(backend(name), "release-slow")["DatapointsToAlarm"] < minutes


@pytest.fixture(scope="module")
def without_canary() -> Backend:
    return synthesise(load_settings(ENVIRONMENTS, "prod").without_canary("it is down"))


class TestWithoutCanary:
    """A deployment that cannot wait: a rollback, or another table in the place of `Table`."""

    def test_without_canary_shifts_all_traffic_despite_alarms(self, without_canary: Backend) -> None:
        assert "UpdatePolicy" not in without_canary.one("Lambda::Alias")
        assert without_canary.all("CodeDeploy::DeploymentGroup") == {}

    def test_without_canary_makes_a_new_version_when_nothing_else_changed(
        self, without_canary: Backend, prod: Backend
    ) -> None:
        versions = [set(each.all("Lambda::Version")) for each in (without_canary, prod)]
        assert versions[0].isdisjoint(versions[1])
        assert without_canary.properties("Lambda::Function")["Description"] == "it is down"

    def test_without_canary_is_never_configured_in_cdk_json(self) -> None:
        assert not [name for name, each in ENVIRONMENTS.items() if "description" in each["function"]]
