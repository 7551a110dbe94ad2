"""How a task's operation moves on."""

from collections.abc import Callable
from typing import Any

from app.background.work import ContinueLater, Work
from app.models.access_patterns import EMAIL_CLAIMS
from tests.factories import FrozenClock
from tests.outbox_helpers import Bench, Payload, claim, fail, refuse, write_claim

Logs = Callable[[], list[dict[str, Any]]]


class TestOperation:
    def test_operation_runs_then_is_done(self, bench: Bench) -> None:
        operation = bench.start_operation()
        seen: list[str] = []
        bench.tasks["noun.verb"] = lambda work, payload: seen.append(bench.operation(operation).status)
        assert operation.status == "pending"

        bench.run()

        assert seen == ["running"]
        done = bench.operation(operation)
        assert (done.status, done.done, done.total) == ("done", 0, 0)

    def test_operation_is_done_with_as_many_items_as_there_were(self, bench: Bench) -> None:
        def task(work: Work, payload: Payload) -> None:
            work.progress(total=5)
            work.progress(done=3)

        operation = bench.start_operation()
        bench.tasks["noun.verb"] = task
        bench.run()

        done = bench.operation(operation)
        assert (done.status, done.done, done.total) == ("done", 5, 5)

    def test_operation_is_not_written_if_there_is_nothing_new_to_say(
        self, bench: Bench, calls: list[str]
    ) -> None:
        bench.start_operation()

        def task(work: Work, payload: Payload) -> None:
            calls.clear()
            work.progress()

        bench.tasks["noun.verb"] = task
        bench.run()

        assert calls == ["TransactWriteItems"]  # the end of it

    def test_operation_keeps_its_progress_over_continuations(self, bench: Bench) -> None:
        def task(work: Work, payload: Payload) -> None:
            work.progress(done=2, total=4)
            raise ContinueLater

        operation = bench.start_operation()
        bench.tasks["noun.verb"] = task
        bench.run()
        between = bench.operation(operation)
        bench.run()

        assert (between.status, between.done, between.total) == ("running", 2, 4)
        assert bench.operation(operation).done == 4

    def test_operation_keeps_its_progress_when_the_task_runs_again(self, bench: Bench) -> None:
        ran: list[int] = []

        def task(work: Work, payload: Payload) -> None:
            ran.append(1)
            work.progress(done=1)
            if len(ran) == 1:
                bench.table.write([EMAIL_CLAIMS.create(claim(work.session))])
                write_claim(work, payload)

        operation = bench.start_operation()
        bench.tasks["noun.verb"] = task
        bench.run()

        assert bench.operation(operation).done == 2

    def test_operation_fails_with_the_last_try(self, bench: Bench, clock: FrozenClock) -> None:
        operation = bench.start_operation()
        bench.tasks["noun.verb"] = fail
        (message,) = bench.messages()
        for _ in range(7):
            bench.run(message)
            clock.advance(hours=2)
        assert bench.operation(operation).status == "running"

        bench.run(message)

        assert bench.operation(operation).status == "failed"

    def test_operation_runs_again_when_it_is_redriven(self, bench: Bench, clock: FrozenClock) -> None:
        operation = bench.start_operation()
        bench.tasks["noun.verb"] = fail
        (message,) = bench.messages()
        for _ in range(8):
            bench.run(message)
            clock.advance(hours=2)
        bench.redrive(message)
        bench.tasks["noun.verb"] = write_claim

        bench.run()

        assert bench.operation(operation).status == "done"

    def test_operation_fails_where_its_mail_is_rejected(self, bench: Bench) -> None:
        operation = bench.start_operation()
        bench.tasks["noun.verb"] = refuse
        bench.run()

        assert bench.operation(operation).status == "failed"

    def test_operation_may_be_forgotten_before_its_work_is_done(
        self, bench: Bench, clock: FrozenClock
    ) -> None:
        bench.start_operation()
        bench.tasks["noun.verb"] = lambda work, payload: work.progress(done=1)
        clock.advance(days=8)

        bench.run()

        assert bench.messages() == []
