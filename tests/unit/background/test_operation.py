"""How a task's operation moves on."""

from collections.abc import Callable
from typing import Any

from app.background.work import ContinueLater, Work
from app.models.access_patterns import EMAIL_CLAIMS
from tests.factories import FrozenClock
from tests.outbox_helpers import OutboxHarness, Payload, claim, fail, refuse, write_claim

Logs = Callable[[], list[dict[str, Any]]]


class TestOperation:
    def test_operation_runs_then_is_done(self, harness: OutboxHarness) -> None:
        operation = harness.start_operation()
        seen: list[str] = []
        harness.tasks["noun.verb"] = lambda work, payload: seen.append(harness.operation(operation).status)
        assert operation.status == "pending"

        harness.run()

        assert seen == ["running"]
        done = harness.operation(operation)
        assert (done.status, done.done, done.total) == ("done", 0, 0)

    def test_operation_is_done_with_as_many_items_as_there_were(self, harness: OutboxHarness) -> None:
        def task(work: Work, payload: Payload) -> None:
            work.progress(total=5)
            work.progress(done=3)

        operation = harness.start_operation()
        harness.tasks["noun.verb"] = task
        harness.run()

        done = harness.operation(operation)
        assert (done.status, done.done, done.total) == ("done", 5, 5)

    def test_operation_is_not_written_if_there_is_nothing_new_to_say(
        self, harness: OutboxHarness, calls: list[str]
    ) -> None:
        harness.start_operation()

        def task(work: Work, payload: Payload) -> None:
            calls.clear()
            work.progress()

        harness.tasks["noun.verb"] = task
        harness.run()

        assert calls == ["TransactWriteItems"]  # the end of it

    def test_operation_keeps_its_progress_over_continuations(self, harness: OutboxHarness) -> None:
        def task(work: Work, payload: Payload) -> None:
            work.progress(done=2, total=4)
            raise ContinueLater

        operation = harness.start_operation()
        harness.tasks["noun.verb"] = task
        harness.run()
        between = harness.operation(operation)
        harness.run()

        assert (between.status, between.done, between.total) == ("running", 2, 4)
        assert harness.operation(operation).done == 4

    def test_operation_keeps_its_progress_when_the_task_runs_again(self, harness: OutboxHarness) -> None:
        ran: list[int] = []

        def task(work: Work, payload: Payload) -> None:
            ran.append(1)
            work.progress(done=1)
            if len(ran) == 1:
                harness.table.write([EMAIL_CLAIMS.create(claim(work.session))])
                write_claim(work, payload)

        operation = harness.start_operation()
        harness.tasks["noun.verb"] = task
        harness.run()

        assert harness.operation(operation).done == 2

    def test_operation_fails_with_the_last_try(self, harness: OutboxHarness, clock: FrozenClock) -> None:
        operation = harness.start_operation()
        harness.tasks["noun.verb"] = fail
        (message,) = harness.messages()
        for _ in range(7):
            harness.run(message)
            clock.advance(hours=2)
        assert harness.operation(operation).status == "running"

        harness.run(message)

        assert harness.operation(operation).status == "failed"

    def test_operation_runs_again_when_it_is_redriven(
        self, harness: OutboxHarness, clock: FrozenClock
    ) -> None:
        operation = harness.start_operation()
        harness.tasks["noun.verb"] = fail
        (message,) = harness.messages()
        for _ in range(8):
            harness.run(message)
            clock.advance(hours=2)
        harness.redrive(message)
        harness.tasks["noun.verb"] = write_claim

        harness.run()

        assert harness.operation(operation).status == "done"

    def test_operation_fails_where_its_mail_is_rejected(self, harness: OutboxHarness) -> None:
        operation = harness.start_operation()
        harness.tasks["noun.verb"] = refuse
        harness.run()

        assert harness.operation(operation).status == "failed"

    def test_operation_may_be_forgotten_before_its_work_is_done(
        self, harness: OutboxHarness, clock: FrozenClock
    ) -> None:
        harness.start_operation()
        harness.tasks["noun.verb"] = lambda work, payload: work.progress(done=1)
        clock.advance(days=8)

        harness.run()

        assert harness.messages() == []
