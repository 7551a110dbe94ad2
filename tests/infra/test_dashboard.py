import json
from typing import Any

import pytest

from tests.infra.stack_helpers import Backend, changed, synthesise


def body(backend: Backend) -> dict[str, Any]:
    """What the dashboard shows, with every reference as `${name}`."""
    written = backend.properties("CloudWatch::Dashboard")["DashboardBody"]["Fn::Join"][1]
    text = "".join(each if isinstance(each, str) else f"${{{json.dumps(each)[2:5]}}}" for each in written)
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def answers(backend: Backend) -> dict[str, list[str]]:
    """The titles below each question."""
    found: dict[str, list[str]] = {}
    question = ""
    for widget in body(backend)["widgets"]:
        if widget["type"] == "text":
            question = widget["properties"]["markdown"]
            found[question] = []
        else:
            found[question].append(widget["properties"]["title"])
    return found


def shown(backend: Backend) -> str:
    """All metrics and expressions of the dashboard."""
    return json.dumps([widget["properties"].get("metrics") for widget in body(backend)["widgets"]])


class TestDashboard:
    def test_dashboard_has_three_sections(self, each_environment: Backend) -> None:
        assert answers(each_environment) == {
            "# Is it healthy?": [
                "Alarms (docs/runbook/)",
                "Requests",
                "Error responses, percent",
                "Function",
                "Table: throttled reads and writes",
                "Background work",
            ],
            "# Is it slow?": ["Latency, ms", "Integration latency, ms", "Invocation duration, ms"],
            "# What does it cost?": [
                "Function: invocations and GB-seconds",
                "Table: consumed capacity",
                "The whole account this month, estimated, USD",
            ],
        }

    @pytest.mark.parametrize(
        "metric",
        [
            *("Count", "4XXError", "5XXError", "Latency", "IntegrationLatency"),
            *("Errors", "Throttles", "ConcurrentExecutions", "Duration", "IteratorAge", "Invocations"),
            *("ReadThrottleEvents", "WriteThrottleEvents"),
            *("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"),
            *("ApproximateNumberOfMessagesVisible", "EstimatedCharges"),
        ],
    )
    def test_dashboard_shows_metric(self, each_environment: Backend, metric: str) -> None:
        assert f'"{metric}"' in shown(each_environment)

    def test_dashboard_shows_every_alarm_of_the_running_system(self, prod: Backend) -> None:
        (widget,) = [each for each in body(prod)["widgets"] if each["type"] == "alarm"]
        running = [name for name in prod.all("CloudWatch::Alarm") if name.startswith("Alarms")]
        assert len(widget["properties"]["alarms"]) == len(running)

    def test_dashboard_counts_time_as_it_is_billed(self) -> None:
        larger = synthesise(changed("dev", function={"memory_mb": 2048}))
        assert "milliseconds / 1000 * 2048 / 1024" in shown(larger)

    def test_dashboard_reads_the_bill_in_which_aws_writes_it(self, each_environment: Backend) -> None:
        (bill,) = [
            each for each in body(each_environment)["widgets"] if "EstimatedCharges" in json.dumps(each)
        ]
        assert '"us-east-1"' in json.dumps(bill["properties"]["metrics"])

    def test_dashboard_is_found_by_the_names_of_stack_and_region(self, prod: Backend) -> None:
        name = prod.properties("CloudWatch::Dashboard")["DashboardName"]
        assert name == {"Fn::Join": ["", ["LifestyleSpaces-prod-", {"Ref": "AWS::Region"}]]}
