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
from tests.outbox_helpers import Bench, Payload, make_bench
from tests.unit.services.user_helpers import profile

pytestmark = pytest.mark.long


@pytest.fixture
def bench(backend: Backend, inbox: object, shared_client: Callable[[Any], Any]) -> Bench:
    return make_bench(backend, shared_client)


@pytest.fixture
def ran(bench: Bench) -> Counter[str]:
    """How often the task of each message ran; it counts at Ada's profile too."""
    ada = profile(bench.table.clock(), "ada")
    bench.table.write([USER_PROFILES.create(ada)])
    runs: Counter[str] = Counter()

    def task(work: Work, payload: Payload) -> None:
        runs[payload["name"]] += 1
        work.session.add(USER_PROFILES.increment(USER_PROFILES.key_of(ada), {"space_count": 1}))

    bench.tasks["noun.verb"] = task
    return runs


def promise_all(bench: Bench) -> None:
    session = Session(bench.table)
    for number in range(ROUNDS):
        if number % 100 == 0:
            session.commit()
        outbox.put(session, "noun.verb", {"name": str(number)})
    session.commit()


def effect(bench: Bench) -> int:
    ada = bench.table.get(USER_PROFILES.key(user_id="ada"))
    assert ada is not None
    return ada.space_count


class TestRunners:
    def test_runners_run_a_message_once_that_all_were_brought(self, bench: Bench, ran: Counter[str]) -> None:
        promise_all(bench)
        messages = bench.messages()
        shot = threading.Barrier(THREADS, timeout=60)

        def run(_: int) -> None:
            for message in messages:
                shot.wait()
                bench.runner.run(OUTBOX_MESSAGES.key_of(message), lambda: 60.0)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(run, range(THREADS)))

        assert ran == {str(number): 1 for number in range(ROUNDS)}
        assert effect(bench) == ROUNDS
        assert bench.messages() == []

    def test_runners_share_what_the_schedule_finds(self, bench: Bench, ran: Counter[str]) -> None:
        promise_all(bench)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda _: run_overdue(bench.runner, lambda: 60.0), range(THREADS)))

        # Where many count at one item at once, a run may end in a conflict: it waits for its next try.
        left = {message.payload["name"] for message in bench.messages()}
        assert {name for name, times in ran.items() if times > 1} == set()
        assert 0 < effect(bench) == ROUNDS - len(left)
