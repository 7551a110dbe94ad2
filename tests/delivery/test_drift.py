"""Drift as CloudFormation tells it; botocore checks each question and answer against the service's model."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from delivery.drift import DriftError, drift, main

STACK = "LifestyleSpaces-prod"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class CloudFormation:
    """A client, and what it will be answered."""

    def __init__(self) -> None:
        self.client = boto3.client("cloudformation")
        self.stubber = Stubber(self.client)
        self.waits: list[float] = []

    def status(self, status: str, **other: str) -> None:
        answer = {"StackId": "1", "StackDriftDetectionId": "7", "DetectionStatus": status, "Timestamp": NOW}
        self.stubber.add_response(
            "describe_stack_drift_detection_status", {**answer, **other}, {"StackDriftDetectionId": "7"}
        )

    def resources(self, *found: dict[str, Any], token: str = "", more: str = "") -> None:
        answer: dict[str, Any] = {"StackResourceDrifts": found}
        asked = {"StackName": STACK, "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"]}
        self.stubber.add_response(
            "describe_stack_resource_drifts",
            answer | ({"NextToken": more} if more else {}),
            asked | ({"NextToken": token} if token else {}),
        )

    def drift(self) -> list[str]:
        return drift(self.client, STACK, sleep=self.waits.append)


def resource(name: str, status: str, **other: Any) -> dict[str, Any]:
    return {
        "StackId": "1",
        "LogicalResourceId": name,
        "ResourceType": "AWS::DynamoDB::Table",
        "StackResourceDriftStatus": status,
        "Timestamp": NOW,
        **other,
    }


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    made = CloudFormation()
    made.stubber.add_response("detect_stack_drift", {"StackDriftDetectionId": "7"}, {"StackName": STACK})
    with made.stubber:
        yield made
        made.stubber.assert_no_pending_responses()


class TestDrift:
    def test_drift_is_none_if_all_is_as_the_template_says(self, cloudformation: CloudFormation) -> None:
        cloudformation.status("DETECTION_COMPLETE")
        cloudformation.resources()
        assert cloudformation.drift() == []

    def test_drift_is_waited_for(self, cloudformation: CloudFormation) -> None:
        cloudformation.status("DETECTION_IN_PROGRESS")
        cloudformation.status("DETECTION_IN_PROGRESS")
        cloudformation.status("DETECTION_COMPLETE")
        cloudformation.resources()
        assert cloudformation.drift() == []
        assert len(cloudformation.waits) == 2

    def test_drift_is_a_line_a_resource_of_every_page(self, cloudformation: CloudFormation) -> None:
        expiry = {
            "PropertyPath": "/TimeToLiveSpecification/Enabled",
            "ExpectedValue": "true",
            "ActualValue": "false",
            "DifferenceType": "NOT_EQUAL",
        }
        mode = {**expiry, "PropertyPath": "/BillingMode", "ExpectedValue": "A", "ActualValue": "B"}
        cloudformation.status("DETECTION_COMPLETE")
        cloudformation.resources(resource("Topic", "DELETED"), more="next")
        cloudformation.resources(
            resource("Table", "MODIFIED", PropertyDifferences=[expiry, mode]), token="next"
        )
        table, topic = cloudformation.drift()
        assert table == (
            "Table (AWS::DynamoDB::Table): /TimeToLiveSpecification/Enabled is false, not true; "
            "/BillingMode is B, not A"
        )
        assert topic == "Topic (AWS::DynamoDB::Table): deleted"

    def test_drift_tells_what_was_found_if_not_all_could_be_looked_at(
        self, cloudformation: CloudFormation
    ) -> None:
        cloudformation.status("DETECTION_FAILED", DetectionStatusReason="no permission to describe Table")
        cloudformation.resources(resource("Topic", "DELETED"))
        assert cloudformation.drift() == [
            "Topic (AWS::DynamoDB::Table): deleted",
            "not all resources were checked: no permission to describe Table",
        ]

    def test_drift_is_unknown_if_the_detection_does_not_end(self, cloudformation: CloudFormation) -> None:
        for _ in range(90):
            cloudformation.status("DETECTION_IN_PROGRESS")
        with pytest.raises(DriftError, match="not detected after 15 minutes"):
            cloudformation.drift()
        assert sum(cloudformation.waits) == 900


class TestCommand:
    @pytest.fixture(autouse=True)
    def signed_in(self, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("delivery.drift.boto3.client", lambda _: cloudformation.client)

    def test_command_says_that_all_is_well(
        self, cloudformation: CloudFormation, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cloudformation.status("DETECTION_COMPLETE")
        cloudformation.resources()
        main("prod")
        assert capsys.readouterr().out == "prod matches its template\n"

    def test_command_fails_loudly_with_a_line_a_resource(
        self, cloudformation: CloudFormation, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cloudformation.status("DETECTION_COMPLETE")
        cloudformation.resources(resource("Table", "DELETED"), resource("Topic", "DELETED"))
        with pytest.raises(SystemExit, match=r"^error: prod differs from its template, or was not"):
            main("prod")
        assert len(capsys.readouterr().out.splitlines()) == 2

    def test_command_fails_in_one_line_if_it_cannot_tell(
        self, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(90):
            cloudformation.status("DETECTION_IN_PROGRESS")
        monkeypatch.setattr("delivery.drift._POLL_S", 0)
        with pytest.raises(SystemExit, match=r"^error: [^\n]+ after 15 minutes$"):
            main("prod")
