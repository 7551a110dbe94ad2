"""Many runners at once: each message is run by one of them, and its effect is there once."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.background.events import run_overdue
from app.background.work import Work
from app.core.database import Session
from app.main import Backend
from app.models.access_patterns import OUTBOX_MESSAGES, USER_PROFILES
from app.services import outbox
from tests.database.conftest import ROUNDS, THREADS
from tests.outbox_helpers import OutboxHarness, Payload, make_outbox_harness
from tests.unit.services.user_helpers import profile

pytestmark = pytest.mark.long


@pytest.fixture
def harness(backend: Backend, inbox: object, shared_client: Callable[[Any], Any]) -> OutboxHarness:
    return make_outbox_harness(backend, shared_client)


@pytest.fixture
def ran(harness: OutboxHarness) -> Counter[str]:
    """How often the task of each message ran; it counts at Ada's profile too."""
    ada = profile(harness.table.clock(), "ada")
    harness.table.write([USER_PROFILES.create(ada)])
    runs: Counter[str] = Counter()

    def task(work: Work, payload: Payload) -> None:
        runs[payload["name"]] += 1
        work.session.add(USER_PROFILES.increment(USER_PROFILES.key_of(ada), {"space_count": 1}))

    harness.tasks["noun.verb"] = task
    return runs


def enqueue_all(harness: OutboxHarness) -> None:
    session = Session(harness.table)
    for number in range(ROUNDS):
        if number % 100 == 0:
            session.commit()
        outbox.put(session, "noun.verb", {"name": str(number)})
    session.commit()


def effect(harness: OutboxHarness) -> int:
    ada = harness.table.get(USER_PROFILES.key(user_id="ada"))
    assert ada is not None
    return ada.space_count


class TestRunners:
    def test_runners_run_a_message_once_that_all_were_brought(
        self, harness: OutboxHarness, ran: Counter[str]
    ) -> None:
        enqueue_all(harness)
        messages = harness.messages()
        shot = threading.Barrier(THREADS, timeout=60)

        def run(_: int) -> None:
            for message in messages:
                shot.wait()
                harness.runner.run(OUTBOX_MESSAGES.key_of(message), lambda: 60.0)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(run, range(THREADS)))

        assert ran == {str(number): 1 for number in range(ROUNDS)}
        assert effect(harness) == ROUNDS
        assert harness.messages() == []

    def test_runners_share_what_the_schedule_finds(self, harness: OutboxHarness, ran: Counter[str]) -> None:
        enqueue_all(harness)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda _: run_overdue(harness.runner, lambda: 60.0), range(THREADS)))

        # Where many count at one item at once, a run may end in a conflict: it waits for its next try.
        left = {message.payload["name"] for message in harness.messages()}
        assert {name for name, times in ran.items() if times > 1} == set()
        assert 0 < effect(harness) == ROUNDS - len(left)
