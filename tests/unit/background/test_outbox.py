"""The runner: one message by its key."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.background.work import ContinueLater, Work
from app.core.database import Session
from app.models.access_patterns import EMAIL_CLAIMS
from app.models.messages import DeleteSpace
from app.models.operations import OutboxMessage
from tests.factories import FrozenClock
from tests.outbox_helpers import OutboxHarness, Payload, claim, fail, is_claimed, metrics, write_claim

Logs = Callable[[], list[dict[str, Any]]]


class TestSuccess:
    def test_runner_passes_the_enqueued_payload_to_the_task(self, harness: OutboxHarness) -> None:
        payload = {"text": "ü", "number": 3, "half": 0.5, "none": None, "list": [1, {"a": None}], "kind": "x"}
        seen: list[Payload] = []
        harness.tasks["noun.verb"] = lambda work, payload: seen.append(payload)

        harness.run(harness.enqueue(**payload))

        assert seen == [payload]
        assert repr(seen[0]) == repr(payload)

    def test_success_ends_the_message_in_the_transaction_of_what_the_task_wrote(
        self, harness: OutboxHarness, calls: list[str]
    ) -> None:
        harness.tasks["noun.verb"] = write_claim
        message = harness.enqueue()
        calls.clear()

        harness.run(message)

        assert calls == ["GetItem", "UpdateItem", "TransactWriteItems"]
        assert is_claimed(harness.table)
        assert harness.messages() == []

    def test_success_has_its_effect_once_however_often_it_is_run(self, harness: OutboxHarness) -> None:
        ran: list[Payload] = []
        harness.tasks["noun.verb"] = lambda work, payload: ran.append(payload)
        message = harness.enqueue()

        harness.run(message)
        harness.run(message)

        assert len(ran) == 1

    def test_success_is_an_event(self, harness: OutboxHarness, logs: Logs) -> None:
        harness.tasks["noun.verb"] = write_claim
        message = harness.enqueue()

        harness.run(message)

        (event,) = logs()
        assert (event["message"], event["level"]) == ("background.done", "INFO")
        assert (event["kind"], event["message_id"]) == ("noun.verb", message.message_id)

    def test_success_measures_how_old_the_message_was(
        self, harness: OutboxHarness, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
    ) -> None:
        harness.tasks["noun.verb"] = write_claim
        message = harness.enqueue()
        clock.advance(seconds=90)
        capsys.readouterr()

        harness.run(message)

        assert metrics(capsys.readouterr().out) == {"BackgroundAge": [90.0]}


class TestLease:
    def test_lease_counts_the_try_and_appoints_the_next_before_the_task_runs(
        self, harness: OutboxHarness, clock: FrozenClock
    ) -> None:
        seen: list[OutboxMessage] = []
        harness.tasks["noun.verb"] = lambda work, payload: seen.extend(harness.messages())

        harness.run(harness.enqueue())

        assert [(message.attempts, message.next_try_at) for message in seen] == [
            (1, clock() + timedelta(seconds=30))
        ]

    def test_lease_keeps_a_second_runner_away(self, harness: OutboxHarness) -> None:
        ran: list[Payload] = []

        def task(work: Work, payload: Payload) -> None:
            ran.append(payload)
            harness.run()

        harness.tasks["noun.verb"] = task
        harness.run(harness.enqueue())

        assert len(ran) == 1
        assert harness.messages() == []

    def test_lease_goes_to_one_of_two_runners_that_read_the_message_at_once(
        self, harness: OutboxHarness, before_commit: Callable[..., None]
    ) -> None:
        ran: list[Payload] = []
        harness.tasks["noun.verb"] = lambda work, payload: ran.append(payload)
        message = harness.enqueue()
        before_commit(lambda: harness.run(message))

        harness.run(message)

        assert len(ran) == 1

    def test_lease_that_ran_out_concurrently_commits_nothing(
        self, harness: OutboxHarness, clock: FrozenClock
    ) -> None:
        """As after a pause that no clock can rule out: another runner has taken over."""
        ran: list[int] = []

        def task(work: Work, payload: Payload) -> None:
            ran.append(1)
            work.session.add(EMAIL_CLAIMS.create(claim(work.session, f"{len(ran)}@example.com")))
            if len(ran) == 1:
                clock.advance(minutes=1)
                harness.run()

        harness.tasks["noun.verb"] = task
        harness.run(harness.enqueue())

        assert len(ran) == 2
        assert not is_claimed(harness.table, "1@example.com")
        assert is_claimed(harness.table, "2@example.com")

    def test_lease_outlives_any_run_even_the_first(self, harness: OutboxHarness, clock: FrozenClock) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue()
        harness.run(message)
        clock.advance(seconds=30, milliseconds=-1)
        harness.run(message)
        assert harness.messages()[0].attempts == 1

        clock.advance(milliseconds=1)
        harness.run(message)
        assert harness.messages()[0].attempts == 2


class TestFailure:
    def test_failure_leaves_the_message_for_another_try(
        self, harness: OutboxHarness, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
    ) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue()
        harness.run(message)
        harness.tasks["noun.verb"] = write_claim
        clock.advance(minutes=5)
        capsys.readouterr()

        harness.run(message)

        assert is_claimed(harness.table)
        assert harness.messages() == []
        assert metrics(capsys.readouterr().out) == {"BackgroundAge": [300.0], "BackgroundRetry": [1]}

    def test_failure_writes_nothing_of_what_the_task_added(self, harness: OutboxHarness) -> None:
        def task(work: Work, payload: Payload) -> None:
            write_claim(work, payload)
            fail(work, payload)

        harness.tasks["noun.verb"] = task
        harness.run(harness.enqueue())

        assert not is_claimed(harness.table)

    def test_failure_event_has_no_user_data(
        self, harness: OutboxHarness, logs: Logs, capsys: pytest.CaptureFixture[str]
    ) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue(text="ada@example.com")

        harness.run(message)

        (event,) = logs()
        assert event["message"] == "background.failure"
        assert event["level"] == "ERROR"
        assert (event["kind"], event["message_id"]) == ("noun.verb", message.message_id)
        assert (event["attempts"], event["error"]) == (1, "LookupError")
        assert re.search(r"outbox_helpers\.py:\d+$", event["where"][-1])
        assert "ada@" not in json.dumps(event)
        assert metrics(capsys.readouterr().out)["BackgroundFailure"] == [1]

    def test_failure_names_the_code_of_what_aws_rejected(self, harness: OutboxHarness, logs: Logs) -> None:
        def task(work: Work, payload: Payload) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "ada@example.com"}}, "SendEmail")

        harness.tasks["noun.verb"] = task
        harness.run(harness.enqueue())

        (event,) = logs()
        assert (event["error"], event["aws_code"]) == ("ClientError", "AccessDenied")
        assert "ada@" not in json.dumps(event)

    def test_failure_waits_twice_as_long_each_time(self, harness: OutboxHarness, clock: FrozenClock) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue()
        waits = []
        for _ in range(7):
            harness.run(message)
            (waiting,) = harness.messages()
            assert waiting.next_try_at is not None
            waits.append((waiting.next_try_at - clock()).total_seconds())
            clock.now = waiting.next_try_at

        assert waits == [30, 60, 120, 240, 480, 960, 1920]

    @pytest.mark.parametrize(("random", "seconds"), [(0.0, 30), (0.5, 37.5), (0.999, 44.985)])
    def test_failure_waits_up_to_half_as_long_again_by_chance(
        self, harness: OutboxHarness, clock: FrozenClock, random: float, seconds: float
    ) -> None:
        harness.tasks["noun.verb"] = fail
        object.__setattr__(harness.runner, "jitter", lambda: random)

        harness.run(harness.enqueue())

        (waiting,) = harness.messages()
        assert waiting.next_try_at == clock() + timedelta(seconds=seconds)


class TestStaleRead:
    def test_stale_read_runs_the_task_again_on_what_is_so_now(self, harness: OutboxHarness) -> None:
        """As a request is run again that read what has changed since."""
        ran: list[int] = []

        def task(work: Work, payload: Payload) -> None:
            ran.append(1)
            found = work.table.get(EMAIL_CLAIMS.key(email="ada@example.com"))
            if found is not None:
                work.session.add(EMAIL_CLAIMS.delete(found))
                return
            work.table.write([EMAIL_CLAIMS.create(claim(work.session))])  # meanwhile, by somebody else
            work.session.add(EMAIL_CLAIMS.create(claim(work.session)))

        harness.tasks["noun.verb"] = task
        harness.run(harness.enqueue())

        assert len(ran) == 2
        assert not is_claimed(harness.table)
        assert harness.messages() == []

    def test_stale_read_is_a_failure_once_it_never_ends(self, harness: OutboxHarness, logs: Logs) -> None:
        harness.table.write([EMAIL_CLAIMS.create(claim(Session(harness.table)))])
        harness.tasks["noun.verb"] = write_claim

        harness.run(harness.enqueue())

        assert [event["error"] for event in logs()] == ["Conflict"]
        assert harness.messages()[0].attempts == 1


class TestContinuation:
    def test_continuation_commits_what_was_done_and_goes_on_by_a_new_message(
        self, harness: OutboxHarness
    ) -> None:
        def task(work: Work, payload: Payload) -> None:
            write_claim(work, payload)
            raise ContinueLater

        harness.tasks["noun.verb"] = task
        message = harness.enqueue(space_id="S", number=3)
        harness.run(message)

        assert is_claimed(harness.table)
        (rest,) = harness.messages()
        assert rest.message_id != message.message_id
        assert (rest.kind, rest.payload) == ("noun.verb", {"space_id": "S", "number": 3})
        assert (rest.attempts, rest.next_try_at) == (0, None)

    def test_continuation_is_what_a_task_asks_for_when_its_time_is_up(self, harness: OutboxHarness) -> None:
        told: list[bool] = []
        harness.tasks["noun.verb"] = lambda work, payload: told.append(work.deadline_reached())
        for seconds in (60.0, 5.0, 4.9):
            harness.seconds_left = seconds
            harness.run(harness.enqueue())

        assert told == [False, False, True]


class TestUnknownKind:
    def test_unknown_kind_waits_for_a_version_that_knows_it(self, harness: OutboxHarness, logs: Logs) -> None:
        message = harness.enqueue()

        harness.run(message)

        assert harness.messages() == [message]
        assert [(event["message"], event["level"]) for event in logs()] == [
            ("background.unknown_kind", "WARNING")
        ]

        harness.tasks["noun.verb"] = write_claim
        harness.run(message)
        assert harness.messages() == []


class TestUnreadablePayload:
    @pytest.mark.parametrize("payload", [{}, {"operation_id": 3}])
    def test_unreadable_payload_waits_for_a_version_that_reads_it(
        self, harness: OutboxHarness, logs: Logs, payload: dict[str, Any], calls: list[str]
    ) -> None:
        harness.tasks.add("noun.verb", DeleteSpace, lambda work, message: pytest.fail("it ran"))
        message = harness.enqueue(**payload)
        calls.clear()

        harness.run(message)

        assert calls == ["GetItem"]
        assert harness.messages() == [message]
        assert [(event["message"], event["level"]) for event in logs()] == [
            ("background.unreadable", "WARNING")
        ]
