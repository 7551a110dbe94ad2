"""Messages that are tried no more: after eight tries, or because SES refuses the mail."""

from collections.abc import Callable
from typing import Any

import pytest

from app.background.mail import MailOutcomeUnknown
from app.background.work import Work
from tests.factories import FrozenClock
from tests.outbox_helpers import OutboxHarness, Payload, fail, is_claimed, metrics, refuse, write_claim

Logs = Callable[[], list[dict[str, Any]]]


def lose_answer(work: Work, payload: Payload) -> None:
    raise MailOutcomeUnknown


class TestMailOutcomeUnknown:
    """SES has not answered: it may have sent the mail, and would send it again."""

    def test_mail_outcome_unknown_goes_to_the_dead_letters_at_once(
        self, harness: OutboxHarness, logs: Logs
    ) -> None:
        harness.tasks["noun.verb"] = lose_answer
        message = harness.enqueue()

        harness.run(message)

        assert [letter["message_id"] for letter in harness.dead_letters()] == [message.message_id]
        assert [event["message"] for event in logs()[-2:]] == ["background.failure", "background.dead_letter"]

    def test_mail_outcome_unknown_is_never_retried_by_itself(
        self, harness: OutboxHarness, clock: FrozenClock
    ) -> None:
        harness.tasks["noun.verb"] = lose_answer
        message = harness.enqueue()
        harness.run(message)
        harness.tasks["noun.verb"] = write_claim

        clock.advance(days=14)
        harness.run(message)

        assert not is_claimed(harness.table)


class TestDeadLetters:
    def test_get_the_key_after_eight_tries(
        self, harness: OutboxHarness, clock: FrozenClock, logs: Logs
    ) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue(secret="ada@example.com")

        for attempt in range(8):
            assert harness.dead_letters() == [], attempt
            harness.run(message)
            clock.advance(days=1)

        assert harness.dead_letters() == [
            {"shard": message.shard, "message_id": message.message_id, "kind": "noun.verb"}
        ]
        assert [event["message"] for event in logs()[-2:]] == ["background.failure", "background.dead_letter"]
        assert harness.messages()[0].payload == {"secret": "ada@example.com"}

    def test_get_the_key_too_if_the_last_try_was_killed(
        self, harness: OutboxHarness, clock: FrozenClock
    ) -> None:
        class Killed(BaseException):
            pass

        def die(work: Work, payload: Payload) -> None:
            raise Killed

        harness.tasks["noun.verb"] = die
        message = harness.enqueue()
        for _ in range(8):
            with pytest.raises(Killed):
                harness.run(message)
            clock.advance(days=1)
        assert harness.dead_letters() == []

        harness.run(message)

        assert len(harness.dead_letters()) == 1

    def test_dead_letters_are_left_alone(self, harness: OutboxHarness, clock: FrozenClock) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue()
        for _ in range(7):
            harness.run(message)
            clock.advance(days=1)
        harness.run(message)
        harness.tasks["noun.verb"] = write_claim

        clock.advance(days=13, milliseconds=-1)
        harness.run(message)

        assert not is_claimed(harness.table)
        assert len(harness.dead_letters()) == 1

    def test_dead_letters_are_told_again_before_the_queue_forgets_them(
        self, harness: OutboxHarness, clock: FrozenClock
    ) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue()
        harness.exhaust(message, clock)
        harness.empty_queue()

        clock.advance(days=12)
        harness.run(message)

        assert [letter["message_id"] for letter in harness.dead_letters()] == [message.message_id]

    def test_dead_letters_are_told_once_by_two_runners_or_twice_but_never_fail(
        self, harness: OutboxHarness, clock: FrozenClock, before_commit: Callable[..., None]
    ) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue()
        harness.exhaust(message, clock)
        clock.advance(days=14)
        before_commit(lambda: harness.run(message))

        harness.run(message)

        assert {letter["message_id"] for letter in harness.dead_letters()} == {message.message_id}

    def test_dead_letters_run_again_by_a_new_message(
        self, harness: OutboxHarness, clock: FrozenClock
    ) -> None:
        harness.tasks["noun.verb"] = fail
        message = harness.enqueue()
        harness.exhaust(message, clock)
        harness.tasks["noun.verb"] = write_claim
        harness.redrive(message)

        harness.run()

        assert is_claimed(harness.table)
        assert harness.messages() == []


class TestRefusal:
    def test_refusal_ends_the_message(
        self, harness: OutboxHarness, logs: Logs, capsys: pytest.CaptureFixture[str]
    ) -> None:
        harness.tasks["noun.verb"] = refuse
        harness.run(harness.enqueue())

        assert harness.messages() == []
        assert [(event["message"], event["level"]) for event in logs()] == [("background.refused", "ERROR")]
        assert metrics(capsys.readouterr().out)["BackgroundRefusal"] == [1]
