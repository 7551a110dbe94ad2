from functools import cache
from typing import Any

import pytest

from tests.infra.stack_helpers import Backend, backend, changed, synthesise

Alarm = dict[str, Any]
# By setting: any value that no other has, and the page of the alarm.
THRESHOLDS = {
    "function_errors": (41, "function-errors"),
    "function_p99_ms": (42, "function-slow"),
    "function_throttles": (43, "function-throttles"),
    "client_error_percent": (44, "client-errors"),
    "server_error_percent": (45, "server-errors"),
    "table_throttles": (46, "table-throttles"),
    "dead_letters": (47, "dead-letters"),
    "mail_refusals": (48, "mail-refusals"),
    "audit_changes": (49, "audit-changes"),
}


def alarm(backend: Backend, page: str) -> Alarm:
    """The one alarm that a page of the runbook is about."""
    found: Alarm
    (found,) = [
        each["Properties"]
        for each in backend.all("CloudWatch::Alarm").values()
        if each["Properties"]["AlarmDescription"].endswith(f"docs/runbook/{page}.md")
    ]
    return found


@cache
def with_alarms(**thresholds: Any) -> Backend:
    return synthesise(changed("prod", alarms=thresholds))


def metrics(alarm: Alarm) -> dict[str, tuple[str, str]]:
    """Name and statistic of each metric in an alarm's expression, by its id there."""
    return {
        each["Id"]: (each["MetricStat"]["Metric"]["MetricName"], each["MetricStat"]["Stat"])
        for each in alarm["Metrics"]
        if "MetricStat" in each
    }


def expression(alarm: Alarm) -> str:
    found: str
    (found,) = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    return found


class TestAlarms:
    def test_alarms_notify_on_alarm_and_on_recovery(self, each_environment: Backend) -> None:
        (topic,) = each_environment.all("SNS::Topic")
        for each in each_environment.all("CloudWatch::Alarm").values():
            assert each["Properties"]["AlarmActions"] == [{"Ref": topic}]
            assert each["Properties"]["OKActions"] == [{"Ref": topic}]

    def test_alarms_treat_missing_data_as_good(self, each_environment: Backend) -> None:
        for each in each_environment.all("CloudWatch::Alarm").values():
            assert each["Properties"]["TreatMissingData"] == "notBreaching"

    def test_alarms_alarm_above_their_threshold_only(self, each_environment: Backend) -> None:
        for each in each_environment.all("CloudWatch::Alarm").values():
            assert each["Properties"]["ComparisonOperator"] == "GreaterThanThreshold"

    @pytest.mark.parametrize("setting", THRESHOLDS)
    def test_alarms_have_the_threshold_of_their_setting(self, setting: str) -> None:
        threshold, page = THRESHOLDS[setting]
        thresholds = {name: value for name, (value, _) in THRESHOLDS.items()}
        assert alarm(with_alarms(**thresholds), page)["Threshold"] == threshold

    def test_alarms_do_not_exist_without_a_threshold(self) -> None:
        nothing = dict.fromkeys(
            (
                "function_errors",
                "function_p99_ms",
                "function_throttles",
                "client_error_percent",
                "server_error_percent",
                "table_throttles",
                "stream_age_seconds",
                "dead_letters",
                "mail_refusals",
                "audit_changes",
            )
        )
        settings = changed("prod", alarms=nothing, function={"canary": None})
        assert synthesise(settings).all("CloudWatch::Alarm") == {}

    def test_alarms_of_the_embedded_aws_are_those_that_it_can_make(self, local: Backend) -> None:
        made = local.all("CloudWatch::Alarm").values()
        assert made
        assert not any("Metrics" in each["Properties"] for each in made)

    @pytest.mark.parametrize("name", ["dev", "staging", "prod"])
    def test_alarms_of_aws_are_all_there(self, name: str) -> None:
        running = [each for each in backend(name).all("CloudWatch::Alarm") if each.startswith("Alarms")]
        assert len(running) == 10


class TestApp:
    @pytest.mark.parametrize(
        ("page", "metric"), [("mail-refusals", "BackgroundRefusal"), ("audit-changes", "AuditChanged")]
    )
    @pytest.mark.parametrize("name", ["staging", "prod"])
    def test_app_is_counted_by_itself_an_environment_each(self, name: str, page: str, metric: str) -> None:
        found = alarm(backend(name), page)
        assert (found["Namespace"], found["MetricName"]) == ("LifestyleSpaces", metric)
        assert found["Dimensions"] == [
            {"Name": "environment", "Value": name},
            {"Name": "service", "Value": "lifestyle-spaces"},
        ]
        assert (found["Statistic"], found["Threshold"]) == ("Sum", 0)


class TestFunction:
    @pytest.mark.parametrize(
        ("page", "metric", "statistic"),
        [
            ("function-errors", "Errors", "Sum"),
            ("function-throttles", "Throttles", "Sum"),
            ("stream-behind", "IteratorAge", "Maximum"),
        ],
    )
    def test_function_alarms_cover_all_versions(
        self, each_environment: Backend, page: str, metric: str, statistic: str
    ) -> None:
        (function,) = each_environment.all("Lambda::Function")
        found = alarm(each_environment, page)
        assert (found["Namespace"], found["MetricName"]) == ("AWS/Lambda", metric)
        assert found["Statistic"] == statistic
        assert found["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]

    def test_function_duration_alarm_takes_p99_twice_in_15_minutes(self, each_environment: Backend) -> None:
        found = alarm(each_environment, "function-slow")
        assert (found["MetricName"], found["ExtendedStatistic"]) == ("Duration", "p99")
        assert (found["Period"], found["DatapointsToAlarm"], found["EvaluationPeriods"]) == (300, 2, 3)

    def test_function_duration_alarm_comes_before_the_timeout(self, each_environment: Backend) -> None:
        timeout = each_environment.properties("Lambda::Function")["Timeout"]
        assert alarm(each_environment, "function-slow")["Threshold"] < timeout * 1000

    def test_function_is_behind_the_stream_by_seconds_that_lambda_counts_in_thousandths(self) -> None:
        assert alarm(with_alarms(stream_age_seconds=90), "stream-behind")["Threshold"] == 90_000

    def test_function_is_behind_the_stream_before_a_record_is_given_up(
        self, each_environment: Backend
    ) -> None:
        given_up = each_environment.properties("Lambda::EventSourceMapping")["MaximumRecordAgeInSeconds"]
        assert alarm(each_environment, "stream-behind")["Threshold"] < given_up * 1000


class TestRates:
    @pytest.mark.parametrize(
        ("page", "metric", "name"),
        [("client-errors", "4XXError", "answers_4xx"), ("server-errors", "5XXError", "answers_5xx")],
    )
    def test_rates_are_shares_of_all_responses(self, page: str, metric: str, name: str) -> None:
        found = alarm(with_alarms(rate_from_requests=70), page)
        assert expression(found) == f"IF(requests >= 70, 100 * {name} / requests, 0)"
        assert metrics(found) == {name: (metric, "Sum"), "requests": ("Count", "SampleCount")}

    def test_rates_are_of_the_stage(self, prod: Backend) -> None:
        api = prod.properties("ApiGateway::RestApi")["Name"]
        stage = prod.properties("ApiGateway::Stage")["StageName"]
        for page in ("client-errors", "server-errors"):
            for each in alarm(prod, page)["Metrics"]:
                if "MetricStat" in each:
                    assert each["MetricStat"]["Metric"]["Dimensions"] == [
                        {"Name": "ApiName", "Value": api},
                        {"Name": "Stage", "Value": stage},
                    ]

    def test_rates_of_5xx_alarm_at_once_and_of_4xx_when_they_last(self, prod: Backend) -> None:
        assert alarm(prod, "server-errors")["EvaluationPeriods"] == 1
        assert alarm(prod, "client-errors")["DatapointsToAlarm"] == 3


class TestTable:
    def test_table_counts_reads_and_writes_rejected_by_itself_or_by_its_index(self, prod: Backend) -> None:
        found = alarm(prod, "table-throttles")
        table = {"Name": "TableName", "Value": {"Ref": "Table"}}
        index = {"Name": "GlobalSecondaryIndexName", "Value": "GSI1"}
        seen = [
            (each["MetricStat"]["Metric"]["MetricName"], each["MetricStat"]["Metric"]["Dimensions"])
            for each in found["Metrics"]
            if "MetricStat" in each
        ]
        assert seen == [
            ("ReadThrottleEvents", [table]),
            ("WriteThrottleEvents", [table]),
            ("ReadThrottleEvents", [index, table]),
            ("WriteThrottleEvents", [index, table]),
        ]

    def test_table_counts_what_is_not_reported_as_nothing(self, prod: Backend) -> None:
        found = alarm(prod, "table-throttles")
        assert expression(found) == " + ".join(f"FILL({name}, 0)" for name in metrics(found))


class TestDeadLetters:
    def test_dead_letters_alarm_at_the_first_message(self, prod: Backend) -> None:
        (queue,) = prod.all("SQS::Queue")
        found = alarm(prod, "dead-letters")
        assert found["MetricName"] == "ApproximateNumberOfMessagesVisible"
        assert found["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
        assert (found["Threshold"], found["EvaluationPeriods"]) == (0, 1)
