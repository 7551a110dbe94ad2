"""What wakes the outbox."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from app.background.events import UnknownEvent, enqueue_hourly, handle, on_stream, run_overdue
from app.background.work import Work
from app.models.access_patterns import OUTBOX_MESSAGES
from app.models.messages import HourlyMessage
from app.models.operations import OutboxMessage
from app.services import outbox
from tests.client_helpers import intercepted
from tests.factories import FrozenClock
from tests.outbox_helpers import OutboxHarness, Payload, metrics

Logs = Callable[[], list[dict[str, Any]]]


def record(message: OutboxMessage, number: str = "100") -> dict[str, Any]:
    """A record as AWS documents it for DynamoDB streams, cut to what matters."""
    key = OUTBOX_MESSAGES.key_of(message)
    return {
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "Keys": key.attributes,
            "NewImage": {**key.attributes, "entity_type": {"S": "OutboxMessage"}},
            "SequenceNumber": number,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-01-01T00:00:00.000",
    }


def stream(*messages: OutboxMessage) -> dict[str, Any]:
    """The event of a batch; sequence numbers are 0, 1, ..."""
    return {"Records": [record(message, str(number)) for number, message in enumerate(messages)]}


def audit_record(change: str) -> dict[str, Any]:
    """The record of a change of an audit event."""
    keys = {"PK": {"S": "AUDIT#S"}, "SK": {"S": "E"}}
    return {
        "eventName": change,
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": keys, "SequenceNumber": "1", "StreamViewType": "NEW_IMAGE"},
    }


def failures(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.fixture
def ran(harness: OutboxHarness) -> list[str]:
    """The names in the payloads of the kind `works`, as they ran; `breaks` fails."""
    names: list[str] = []

    def fail(work: Work, payload: Payload) -> None:
        raise LookupError

    harness.tasks["works"] = lambda work, payload: names.append(payload["name"])
    harness.tasks["breaks"] = fail
    return names


class TestOnStream:
    def test_on_stream_runs_each_message(self, harness: OutboxHarness, ran: list[str]) -> None:
        batch = stream(harness.enqueue("works", name="a"), harness.enqueue("works", name="b"))

        assert on_stream(harness.runner, batch, lambda: 60.0) == {"batchItemFailures": []}

        assert ran == ["a", "b"]

    def test_on_stream_goes_on_after_a_poison_message_and_does_not_ask_for_it_again(
        self, harness: OutboxHarness, ran: list[str]
    ) -> None:
        poison = harness.enqueue("breaks")
        batch = stream(poison, harness.enqueue("works", name="a"), harness.enqueue("works", name="b"))

        assert failures(on_stream(harness.runner, batch, lambda: 60.0)) == []

        assert ran == ["a", "b"]
        assert [(left.message_id, left.attempts) for left in harness.messages()] == [(poison.message_id, 1)]

    @pytest.mark.parametrize("change", ["MODIFY", "REMOVE"])
    def test_on_stream_reports_an_audit_event_that_was_changed(
        self, harness: OutboxHarness, logs: Logs, capsys: pytest.CaptureFixture[str], change: str
    ) -> None:
        answer = on_stream(harness.runner, {"Records": [audit_record(change)]}, lambda: 60.0)

        assert answer == {"batchItemFailures": []}
        (event,) = logs()
        assert (event["level"], event["message"], event["change"]) == ("CRITICAL", "audit.changed", change)
        assert (event["partition"], event["event_id"]) == ("AUDIT#S", "E")
        assert metrics(capsys.readouterr().out) == {"AuditChanged": [1]}

    def test_on_stream_reports_no_audit_event_that_its_time_to_live_has_deleted(
        self, harness: OutboxHarness, logs: Logs
    ) -> None:
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
        expired = {
            **audit_record("REMOVE"),
            "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
        }
        assert failures(on_stream(harness.runner, {"Records": [expired]}, lambda: 60.0)) == []
        assert logs() == []

    def test_on_stream_ignores_executed_messages(self, harness: OutboxHarness, ran: list[str]) -> None:
        batch = stream(harness.enqueue("works", name="a"))

        for _ in range(2):
            assert failures(on_stream(harness.runner, batch, lambda: 60.0)) == []

        assert ran == ["a"]

    def test_on_stream_asks_again_for_what_the_time_was_too_short_for(
        self, harness: OutboxHarness, ran: list[str]
    ) -> None:
        batch = stream(*(harness.enqueue("works", name=name) for name in "abcd"))
        left = iter([12.0, 10.0, 9.9, 9.8])

        answer = on_stream(harness.runner, batch, lambda: next(left))

        assert ran == ["a", "b"]
        assert failures(answer) == ["2", "3"]
        assert {message.attempts for message in harness.messages()} == {0}

    def test_on_stream_asks_again_for_what_could_not_be_begun(
        self, harness: OutboxHarness, ran: list[str], logs: Logs, dynamodb: Any
    ) -> None:
        """As the lease, or the key's way into the queue, could not be written."""
        messages = [harness.enqueue("works", name=name) for name in "abc"]

        def refuse(operation: str, parameters: dict[str, Any], call: Callable[[], Any]) -> Any:
            if operation == "UpdateItem" and messages[1].message_id in str(parameters):
                raise ConnectionError
            return call()

        with intercepted(dynamodb, refuse):
            answer = on_stream(harness.runner, stream(*messages), lambda: 60.0)

        assert ran == ["a", "c"]
        assert failures(answer) == ["1"]
        (event,) = (event for event in logs() if event["message"] == "background.not_begun")
        assert event["message_id"] == messages[1].message_id


class TestRunOverdue:
    def test_run_overdue_runs_what_no_stream_brought_however_old_it_is(
        self, harness: OutboxHarness, ran: list[str], clock: FrozenClock
    ) -> None:
        for name in "abcdefgh":
            harness.enqueue("works", name=name)
        clock.advance(days=30)

        run_overdue(harness.runner, lambda: 60.0)

        assert sorted(ran) == list("abcdefgh")
        assert harness.messages() == []

    def test_run_overdue_runs_what_failed_once_its_time_has_come(
        self, harness: OutboxHarness, ran: list[str], clock: FrozenClock
    ) -> None:
        harness.enqueue("breaks")
        run_overdue(harness.runner, lambda: 60.0)
        run_overdue(harness.runner, lambda: 60.0)
        assert [message.attempts for message in harness.messages()] == [1]

        clock.advance(minutes=5)
        run_overdue(harness.runner, lambda: 60.0)
        assert [message.attempts for message in harness.messages()] == [2]

    def test_run_overdue_goes_through_a_shard_in_pages(
        self, harness: OutboxHarness, ran: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.background.events._PAGE", 2)
        for number in range(16):
            harness.enqueue("works", name=str(number))

        run_overdue(harness.runner, lambda: 60.0)

        assert len(ran) == 16
        assert harness.messages() == []

    def test_run_overdue_begins_none_when_the_time_is_up(
        self, harness: OutboxHarness, ran: list[str], calls: list[str]
    ) -> None:
        harness.enqueue("works", name="a")
        calls.clear()

        run_overdue(harness.runner, lambda: 9.9)

        assert ran == calls == []

    def test_run_overdue_lets_any_shard_be_first(
        self, harness: OutboxHarness, ran: list[str], logs: Logs
    ) -> None:
        """So that one whose work fills the time does not starve the others."""
        while len({message.shard for message in harness.messages()}) < outbox.SHARDS:
            harness.enqueue("works", name="a")
        shards = {message.message_id: message.shard for message in harness.messages()}
        harness.tasks.clear()  # so that all of them wait, and are logged
        for _ in range(100):
            enough_for_one = iter([60.0, 60.0, 0.0])
            run_overdue(harness.runner, lambda: next(enough_for_one, 0.0))  # noqa: B023

        assert {shards[event["message_id"]] for event in logs()} == set(range(outbox.SHARDS))


class Hourly(HourlyMessage):
    stored_kind = "a.b"


class AlsoHourly(HourlyMessage):
    stored_kind = "c.d"


class TestEnqueueHourly:
    @pytest.mark.parametrize("time", ["2026-03-14T15:00:00Z", "2026-03-14T15:59:59Z"])
    def test_enqueue_hourly_enqueues_each_message_for_the_hour_of_the_schedule_however_late_it_comes(
        self, harness: OutboxHarness, clock: FrozenClock, time: str
    ) -> None:
        clock.advance(hours=3)

        enqueue_hourly(harness.runner, [Hourly, AlsoHourly], datetime.fromisoformat(time))

        enqueued = sorted((message.kind, message.payload["hour"]) for message in harness.messages())
        assert enqueued == [("a.b", "2026-03-14T15:00:00.000Z"), ("c.d", "2026-03-14T15:00:00.000Z")]


class TestHandle:
    def test_handle_recognizes_the_stream(self, harness: OutboxHarness, ran: list[str]) -> None:
        answer = handle(harness.runner, stream(harness.enqueue("works", name="a")), lambda: 60.0)

        assert answer == {"batchItemFailures": []}
        assert ran == ["a"]

    def test_handle_recognizes_the_schedule_of_what_is_overdue(
        self, harness: OutboxHarness, ran: list[str]
    ) -> None:
        harness.enqueue("works", name="a")

        assert (
            handle(harness.runner, {"schedule": "overdue", "time": "2026-03-14T15:05:00Z"}, lambda: 60.0)
            is None
        )

        assert ran == ["a"]

    def test_handle_recognizes_the_hourly_schedule(
        self, harness: OutboxHarness, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.background.events.HOURLY", (Hourly,))

        event = {"schedule": "hourly", "time": "2026-03-14T15:02:00Z"}
        assert handle(harness.runner, event, lambda: 60.0) is None

        (message,) = harness.messages()
        assert (message.kind, message.payload) == ("a.b", {"hour": "2026-03-14T15:00:00.000Z"})

    @pytest.mark.parametrize(
        "event",
        [
            {},
            {"Records": []},
            {"Records": [{"eventSource": "aws:sqs"}]},
            {"Records": [{"EventSource": "aws:sns"}]},
            {"schedule": "daily"},
            {"schedule": "hourly"},
            {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}},
            [],
            None,
        ],
    )
    def test_handle_rejects_anything_else(self, harness: OutboxHarness, event: Any) -> None:
        with pytest.raises(UnknownEvent):
            handle(harness.runner, event, lambda: 60.0)
