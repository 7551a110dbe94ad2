import json
from typing import Any

import pytest

from app.background import outbox
from app.background.events import START_S
from app.models.access_patterns import OUTBOX_MESSAGES
from tests.infra.stack_helpers import ENVIRONMENTS, Backend, backend, changed, synthesise

ALIAS = "FunctionLive"


def schedules(backend: Backend) -> dict[str, Any]:
    """The target of each rule, by its expression."""
    return {
        rule["Properties"]["ScheduleExpression"]: rule["Properties"]["Targets"]
        for rule in backend.all("Events::Rule").values()
    }


class TestStream:
    def test_stream_calls_the_alias(self, each_environment: Backend) -> None:
        mapping = each_environment.properties("Lambda::EventSourceMapping")
        assert mapping["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
        assert mapping["FunctionName"]["Fn::Join"][1][-1] == ":live"
        assert ALIAS in json.dumps(mapping["FunctionName"])

    def test_stream_brings_inserted_messages_and_changed_audit_events_only(
        self, each_environment: Backend
    ) -> None:
        filters = each_environment.properties("Lambda::EventSourceMapping")["FilterCriteria"]["Filters"]
        assert [json.loads(each["Pattern"]) for each in filters] == [
            {
                "eventName": ["INSERT"],
                "dynamodb": {"NewImage": {"entity_type": {"S": [OUTBOX_MESSAGES.name]}}},
            },
            {
                "eventName": ["MODIFY", "REMOVE"],
                "dynamodb": {"Keys": {"PK": {"S": [{"prefix": "AUDIT#"}]}}},
            },
        ]

    def test_stream_retries_unstarted_records_a_limited_number_of_times(
        self, each_environment: Backend
    ) -> None:
        mapping = each_environment.properties("Lambda::EventSourceMapping")
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["MaximumRetryAttempts"] == 3
        assert mapping["MaximumRecordAgeInSeconds"] == 3600
        assert mapping["StartingPosition"] == "TRIM_HORIZON"

    def test_stream_batches_as_the_settings_say(self) -> None:
        settings = changed("prod", background={"batch_size": 7, "window_seconds": 3, "parallelization": 5})
        mapping = synthesise(settings).properties("Lambda::EventSourceMapping")
        assert mapping["BatchSize"] == 7
        assert mapping["MaximumBatchingWindowInSeconds"] == 3
        assert mapping["ParallelizationFactor"] == 5

    def test_stream_is_mapped_once_the_role_may_read_it(self, each_environment: Backend) -> None:
        (policy,) = each_environment.all("IAM::Policy")
        assert policy in each_environment.one("Lambda::EventSourceMapping")["DependsOn"]


class TestSchedules:
    @pytest.mark.parametrize(
        ("expression", "name"), [("rate(5 minutes)", "overdue"), ("cron(0 * * * ? *)", "hourly")]
    )
    def test_schedules_call_the_alias_with_their_name_and_time(
        self, each_environment: Backend, expression: str, name: str
    ) -> None:
        (target,) = schedules(each_environment)[expression]
        assert target["Arn"]["Ref"].startswith(ALIAS)
        assert target["InputTransformer"] == {
            "InputPathsMap": {"time": "$.time"},
            "InputTemplate": f'{{"schedule":"{name}","time":<time>}}',
        }

    def test_there_are_two(self, each_environment: Backend) -> None:
        assert len(schedules(each_environment)) == 2
        assert {rule["Properties"]["State"] for rule in each_environment.all("Events::Rule").values()} == {
            "ENABLED"
        }

    def test_only_schedules_and_the_api_may_invoke_the_function(self, each_environment: Backend) -> None:
        permissions = [each["Properties"] for each in each_environment.all("Lambda::Permission").values()]
        rules = [
            permission["SourceArn"]["Fn::GetAtt"][0]
            for permission in permissions
            if permission["Principal"] == "events.amazonaws.com"
        ]
        assert sorted(rules) == sorted(each_environment.all("Events::Rule"))
        assert len(permissions) == 1 + len(rules)


class TestDeadLetters:
    @pytest.mark.parametrize(
        ("name", "encryption"),
        [
            ("dev", {"SqsManagedSseEnabled": True}),
            ("prod", {"KmsMasterKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]}}),
        ],
    )
    def test_dead_letters_are_encrypted_by_the_key_of_the_data_if_there_is_one(
        self, name: str, encryption: dict[str, Any]
    ) -> None:
        queue = backend(name).properties("SQS::Queue")
        assert {key: queue[key] for key in queue if key.startswith(("Sqs", "Kms"))} == encryption

    def test_dead_letters_are_kept_as_long_as_can_be(self, each_environment: Backend) -> None:
        queue = each_environment.properties("SQS::Queue")
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert outbox.REMINDED_EVERY.total_seconds() < queue["MessageRetentionPeriod"]

    def test_dead_letters_travel_by_tls_only(self, each_environment: Backend) -> None:
        (queue,) = each_environment.all("SQS::Queue")
        policy = each_environment.properties("SQS::QueuePolicy")
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert policy["Queues"] == [{"Ref": queue}]
        assert statement["Effect"] == "Deny"
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Action"] == "sqs:*"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_dead_letters_are_if_the_function_sends_them(self, each_environment: Backend) -> None:
        (queue,) = each_environment.all("SQS::Queue")
        variables = each_environment.properties("Lambda::Function")["Environment"]["Variables"]
        assert variables["DEAD_LETTER_QUEUE_URL"] == {"Ref": queue}
        assert each_environment.template["Outputs"]["DeadLetterQueueUrl"]["Value"] == {"Ref": queue}


class TestTime:
    """What the app takes for granted of the function that it runs in."""

    @pytest.mark.parametrize("name", ENVIRONMENTS)
    def test_time_of_a_run_ends_before_its_lease(self, name: str) -> None:
        timeout = backend(name).properties("Lambda::Function")["Timeout"]
        assert timeout < outbox.FIRST_WAIT.total_seconds()

    @pytest.mark.parametrize("name", ENVIRONMENTS)
    def test_time_of_a_run_is_enough_to_begin(self, name: str) -> None:
        assert backend(name).properties("Lambda::Function")["Timeout"] > START_S
