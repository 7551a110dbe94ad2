"""Messages that are tried no more: after eight tries, or because SES refuses the mail."""

from collections.abc import Callable
from typing import Any

import pytest

from app.background.mail import MailOutcomeUnknown
from app.background.work import Work
from tests.factories import FrozenClock
from tests.outbox_helpers import Bench, Payload, fail, is_claimed, metrics, refuse, write_claim

Logs = Callable[[], list[dict[str, Any]]]


def lose_answer(work: Work, payload: Payload) -> None:
    raise MailOutcomeUnknown


class TestMailOutcomeUnknown:
    """SES has not answered: it may have sent the mail, and would send it again."""

    def test_mail_outcome_unknown_goes_to_the_dead_letters_at_once(self, bench: Bench, logs: Logs) -> None:
        bench.tasks["noun.verb"] = lose_answer
        message = bench.promise()

        bench.run(message)

        assert [letter["message_id"] for letter in bench.dead_letters()] == [message.message_id]
        assert [event["message"] for event in logs()[-2:]] == ["background.failure", "background.dead_letter"]

    def test_mail_outcome_unknown_is_never_retried_by_itself(self, bench: Bench, clock: FrozenClock) -> None:
        bench.tasks["noun.verb"] = lose_answer
        message = bench.promise()
        bench.run(message)
        bench.tasks["noun.verb"] = write_claim

        clock.advance(days=14)
        bench.run(message)

        assert not is_claimed(bench.table)


class TestDeadLetters:
    def test_get_the_key_after_eight_tries(self, bench: Bench, clock: FrozenClock, logs: Logs) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise(secret="ada@example.com")

        for attempt in range(8):
            assert bench.dead_letters() == [], attempt
            bench.run(message)
            clock.advance(days=1)

        assert bench.dead_letters() == [
            {"shard": message.shard, "message_id": message.message_id, "kind": "noun.verb"}
        ]
        assert [event["message"] for event in logs()[-2:]] == ["background.failure", "background.dead_letter"]
        assert bench.messages()[0].payload == {"secret": "ada@example.com"}

    def test_get_the_key_too_if_the_last_try_was_killed(self, bench: Bench, clock: FrozenClock) -> None:
        class Killed(BaseException):
            pass

        def die(work: Work, payload: Payload) -> None:
            raise Killed

        bench.tasks["noun.verb"] = die
        message = bench.promise()
        for _ in range(8):
            with pytest.raises(Killed):
                bench.run(message)
            clock.advance(days=1)
        assert bench.dead_letters() == []

        bench.run(message)

        assert len(bench.dead_letters()) == 1

    def test_dead_letters_are_left_alone(self, bench: Bench, clock: FrozenClock) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise()
        for _ in range(7):
            bench.run(message)
            clock.advance(days=1)
        bench.run(message)
        bench.tasks["noun.verb"] = write_claim

        clock.advance(days=13, milliseconds=-1)
        bench.run(message)

        assert not is_claimed(bench.table)
        assert len(bench.dead_letters()) == 1

    def test_dead_letters_are_told_again_before_the_queue_forgets_them(
        self, bench: Bench, clock: FrozenClock
    ) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise()
        bench.exhaust(message, clock)
        bench.empty_queue()

        clock.advance(days=12)
        bench.run(message)

        assert [letter["message_id"] for letter in bench.dead_letters()] == [message.message_id]

    def test_dead_letters_are_told_once_by_two_runners_or_twice_but_never_fail(
        self, bench: Bench, clock: FrozenClock, before_commit: Callable[..., None]
    ) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise()
        bench.exhaust(message, clock)
        clock.advance(days=14)
        before_commit(lambda: bench.run(message))

        bench.run(message)

        assert {letter["message_id"] for letter in bench.dead_letters()} == {message.message_id}

    def test_dead_letters_run_again_by_a_new_message(self, bench: Bench, clock: FrozenClock) -> None:
        bench.tasks["noun.verb"] = fail
        message = bench.promise()
        bench.exhaust(message, clock)
        bench.tasks["noun.verb"] = write_claim
        bench.redrive(message)

        bench.run()

        assert is_claimed(bench.table)
        assert bench.messages() == []


class TestRefusal:
    def test_refusal_ends_the_message(
        self, bench: Bench, logs: Logs, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bench.tasks["noun.verb"] = refuse
        bench.run(bench.promise())

        assert bench.messages() == []
        assert [(event["message"], event["level"]) for event in logs()] == [("background.refused", "ERROR")]
        assert metrics(capsys.readouterr().out)["BackgroundRefusal"] == [1]
