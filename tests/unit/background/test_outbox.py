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
from tests.outbox_helpers import Bench, Payload, claim, fail, is_claimed, metrics, write_claim

Logs = Callable[[], list[dict[str, Any]]]


class TestSuccess:
    def test_runner_passes_the_enqueued_payload_to_the_task(self, bench: Bench) -> None:
        payload = {"text": "ü", "number": 3, "half": 0.5, "none": None, "list": [1, {"a": None}], "kind": "x"}
        seen: list[Payload] = []
        bench.tasks["noun.verb"] = lambda work, payload: seen.append(payload)

        bench.run(bench.promise(**payload))

        assert seen == [payload]
        assert repr(seen[0]) == repr(payload)

    def test_success_ends_the_message_in_the_transaction_of_what_the_task_wrote(
        self, bench: Bench, calls: list[str]
    ) -> None:
        bench.tasks["noun.verb"] = write_claim
        message = bench.promise()
        calls.clear()

        bench.run(message)

        assert calls == ["GetItem", "UpdateItem", "TransactWriteItems"]
        assert is_claimed(bench.table)
        assert bench.messages() == []

    def test_success_has_its_effect_once_however_often_it_is_run(self, bench: Bench) -> None:
        ran: list[Payload] = []
        bench.tasks["noun.verb"] = lambda work, payload: ran.append(payload)
        message = bench.promise()

        bench.run(message)
        bench.run(message)

        assert len(ran) == 1

    def test_success_is_an_event(self, bench: Bench, logs: Logs) -> None:
        bench.tasks["noun.verb"] = write_claim
        message = bench.promise()

        bench.run(message)

        (event,) = logs()
        assert (event["message"], event["level"]) == ("background.done", "INFO")
        assert (event["kind"], event["message_id"]) == ("noun.verb", message.message_id)

    def test_success_measures_how_old_the_message_was(
        self, bench: Bench, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.tasks["noun.verb"] = write_claim
        message = bench.promise()
        clock.advance(seconds=90)
        capsys.readouterr()

        bench.run(message)

        assert metrics(capsys.readouterr().out) == {"BackgroundAge": [90.0]}


class TestLease:
    def test_lease_counts_the_try_and_appoints_the_next_before_the_task_runs(
        self, bench: Bench, clock: FrozenClock
    ) -> None:
        seen: list[OutboxMessage] = []
        bench.tasks["noun.verb"] = lambda work, payload: seen.extend(bench.messages())

        bench.run(bench.promise())

        assert [(message.attempts, message.next_try_at) for message in seen] == [
            (1, clock() + timedelta(seconds=30))
        ]

    def test_lease_keeps_a_second_runner_away(self, bench: Bench) -> None:
        ran: list[Payload] = []

        def task(work: Work, payload: Payload) -> None:
            ran.append(payload)
            bench.run()

        bench.tasks["noun.verb"] = task
        bench.run(bench.promise())

        assert len(ran) == 1
        assert bench.messages() == []

    def test_lease_goes_to_one_of_two_runners_that_read_the_message_at_once(
        self, bench: Bench, before_commit: Callable[..., None]
    ) -> None:
        ran: list[Payload] = []
        bench.tasks["noun.verb"] = lambda work, payload: ran.append(payload)
        message = bench.promise()
        before_commit(lambda: bench.run(message))

        bench.run(message)

        assert len(ran) == 1

    def test_lease_that_ran_out_concurrently_commits_nothing(self, bench: Bench, clock: FrozenClock) -> None:
        """As after a pause that no clock can rule out: another runner has taken over."""
        ran: list[int] = []

        def task(work: Work, payload: Payload) -> None:
            ran.append(1)
            work.session.add(EMAIL_CLAIMS.create(claim(work.session, f"{len(ran)}@example.com")))
            if len(ran) == 1:
                clock.advance(minutes=1)
                bench.run()

        bench.tasks["noun.verb"] = task
        bench.run(bench.promise())

        assert len(ran) == 2
        assert not is_claimed(bench.table, "1@example.com")
        assert is_claimed(bench.table, "2@example.com")

    def test_lease_outlives_any_run_even_the_first(self, bench: Bench, clock: FrozenClock) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise()
        bench.run(message)
        clock.advance(seconds=30, milliseconds=-1)
        bench.run(message)
        assert bench.messages()[0].attempts == 1

        clock.advance(milliseconds=1)
        bench.run(message)
        assert bench.messages()[0].attempts == 2


class TestFailure:
    def test_failure_leaves_the_message_for_another_try(
        self, bench: Bench, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise()
        bench.run(message)
        bench.tasks["noun.verb"] = write_claim
        clock.advance(minutes=5)
        capsys.readouterr()

        bench.run(message)

        assert is_claimed(bench.table)
        assert bench.messages() == []
        assert metrics(capsys.readouterr().out) == {"BackgroundAge": [300.0], "BackgroundRetry": [1]}

    def test_failure_writes_nothing_of_what_the_task_added(self, bench: Bench) -> None:
        def task(work: Work, payload: Payload) -> None:
            write_claim(work, payload)
            fail(work, payload)

        bench.tasks["noun.verb"] = task
        bench.run(bench.promise())

        assert not is_claimed(bench.table)

    def test_failure_event_has_no_user_data(
        self, bench: Bench, logs: Logs, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise(text="ada@example.com")

        bench.run(message)

        (event,) = logs()
        assert event["message"] == "background.failure"
        assert event["level"] == "ERROR"
        assert (event["kind"], event["message_id"]) == ("noun.verb", message.message_id)
        assert (event["attempts"], event["error"]) == (1, "LookupError")
        assert re.search(r"outbox_helpers\.py:\d+$", event["where"][-1])
        assert "ada@" not in json.dumps(event)
        assert metrics(capsys.readouterr().out)["BackgroundFailure"] == [1]

    def test_failure_names_the_code_of_what_aws_rejected(self, bench: Bench, logs: Logs) -> None:
        def task(work: Work, payload: Payload) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "ada@example.com"}}, "SendEmail")

        bench.tasks["noun.verb"] = task
        bench.run(bench.promise())

        (event,) = logs()
        assert (event["error"], event["aws_code"]) == ("ClientError", "AccessDenied")
        assert "ada@" not in json.dumps(event)

    def test_failure_waits_twice_as_long_each_time(self, bench: Bench, clock: FrozenClock) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise()
        waits = []
        for _ in range(7):
            bench.run(message)
            (waiting,) = bench.messages()
            assert waiting.next_try_at is not None
            waits.append((waiting.next_try_at - clock()).total_seconds())
            clock.now = waiting.next_try_at

        assert waits == [30, 60, 120, 240, 480, 960, 1920]

    @pytest.mark.parametrize(("random", "seconds"), [(0.0, 30), (0.5, 37.5), (0.999, 44.985)])
    def test_failure_waits_up_to_half_as_long_again_by_chance(
        self, bench: Bench, clock: FrozenClock, random: float, seconds: float
    ) -> None:
        bench.tasks["noun.verb"] = fail
        object.__setattr__(bench.runner, "jitter", lambda: random)

        bench.run(bench.promise())

        (waiting,) = bench.messages()
        assert waiting.next_try_at == clock() + timedelta(seconds=seconds)


class TestStaleRead:
    def test_stale_read_runs_the_task_again_on_what_is_so_now(self, bench: Bench) -> None:
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

        bench.tasks["noun.verb"] = task
        bench.run(bench.promise())

        assert len(ran) == 2
        assert not is_claimed(bench.table)
        assert bench.messages() == []

    def test_stale_read_is_a_failure_once_it_never_ends(self, bench: Bench, logs: Logs) -> None:
        bench.table.write([EMAIL_CLAIMS.create(claim(Session(bench.table)))])
        bench.tasks["noun.verb"] = write_claim

        bench.run(bench.promise())

        assert [event["error"] for event in logs()] == ["Conflict"]
        assert bench.messages()[0].attempts == 1


class TestContinuation:
    def test_continuation_commits_what_was_done_and_goes_on_by_a_new_message(self, bench: Bench) -> None:
        def task(work: Work, payload: Payload) -> None:
            write_claim(work, payload)
            raise ContinueLater

        bench.tasks["noun.verb"] = task
        message = bench.promise(space_id="S", number=3)
        bench.run(message)

        assert is_claimed(bench.table)
        (rest,) = bench.messages()
        assert rest.message_id != message.message_id
        assert (rest.kind, rest.payload) == ("noun.verb", {"space_id": "S", "number": 3})
        assert (rest.attempts, rest.next_try_at) == (0, None)

    def test_continuation_is_what_a_task_asks_for_when_its_time_is_up(self, bench: Bench) -> None:
        told: list[bool] = []
        bench.tasks["noun.verb"] = lambda work, payload: told.append(work.deadline_reached())
        for seconds in (60.0, 5.0, 4.9):
            bench.seconds_left = seconds
            bench.run(bench.promise())

        assert told == [False, False, True]


class TestUnknownKind:
    def test_unknown_kind_waits_for_a_version_that_knows_it(self, bench: Bench, logs: Logs) -> None:
        message = bench.promise()

        bench.run(message)

        assert bench.messages() == [message]
        assert [(event["message"], event["level"]) for event in logs()] == [
            ("background.unknown_kind", "WARNING")
        ]

        bench.tasks["noun.verb"] = write_claim
        bench.run(message)
        assert bench.messages() == []


class TestUnreadablePayload:
    @pytest.mark.parametrize("payload", [{}, {"operation_id": 3}])
    def test_unreadable_payload_waits_for_a_version_that_reads_it(
        self, bench: Bench, logs: Logs, payload: dict[str, Any], calls: list[str]
    ) -> None:
        bench.tasks.add("noun.verb", DeleteSpace, lambda work, message: pytest.fail("it ran"))
        message = bench.promise(**payload)
        calls.clear()

        bench.run(message)

        assert calls == ["GetItem"]
        assert bench.messages() == [message]
        assert [(event["message"], event["level"]) for event in logs()] == [
            ("background.unreadable", "WARNING")
        ]
