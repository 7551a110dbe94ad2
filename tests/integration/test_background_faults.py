"""Background work that is killed, at every point at which it can be.

A point lies before each call to AWS, where the call is never made, and behind it, where its answer is lost.
After every kill the schedule executes the messages that are left.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.background.events import run_overdue
from app.background.mail import Mail, MailRefused
from app.background.outbox import MAX_TRIES
from app.background.work import ContinueLater, Work
from app.core.database import Session
from app.core.queries import Query
from app.main import Backend, create_runner
from app.models.access_patterns import (
    EMAIL_CLAIMS,
    OPERATIONS,
    OUTBOX_MESSAGES,
    SPACES,
    USER_PROFILES,
    activity_of_space,
    check_ins_of_goal,
    goals_of_space,
    members_of_space,
)
from app.models.operations import OutboxMessage
from app.models.users import UserProfile
from app.services import permissions, spaces
from app.services.permissions import Action
from delivery import redrive as tool
from tests.client_helpers import intercepted
from tests.factories import Api, FrozenClock, Person
from tests.outbox_helpers import OutboxHarness, Payload, claim, fail, make_outbox_harness

MAIL = Mail("kind", "ada@example.com", "Subject", "Text", "<p>Text</p>")
SPACES_PATH = "/api/v1/spaces"


class Killed(BaseException):
    """No Exception, so that no code can catch it: the process is gone."""


KilledEverywhere = Callable[[Callable[[], OutboxMessage]], Iterator[str | None]]


@dataclass
class FaultInjector:
    """Kills at the point of this number; points are counted from 0, two for each call."""

    point: int = -1
    passed: list[str] = field(default_factory=list)

    def intercept(self, operation: str, _: dict[str, Any], call: Callable[[], Any]) -> Any:
        self._pass(f"before {operation}")
        answer = call()
        self._pass(f"after {operation}")
        return answer

    def _pass(self, name: str) -> None:
        self.passed.append(name)
        if len(self.passed) - 1 == self.point:
            raise Killed(name)

    def run(self, action: Callable[[], object], *, point: int) -> str | None:
        """Do it until it is killed; where that was, or None if it was done before."""
        self.point, self.passed = point, []
        try:
            action()
        except Killed as killed:
            return str(killed)
        finally:
            self.point = -1
        return None


@pytest.fixture
def harness(backend: Backend, inbox: object, shared_client: Callable[[Any], Any]) -> OutboxHarness:
    return make_outbox_harness(backend, shared_client)


@pytest.fixture
def fault_injector(
    harness: OutboxHarness, dynamodb: Any, shared_client: Callable[[Any], Any]
) -> Iterator[FaultInjector]:
    clients = [dynamodb, shared_client("sqs"), shared_client("sesv2"), shared_client("cognito-idp")]
    found = FaultInjector()
    with ExitStack() as stack:
        for client in clients:
            stack.enter_context(intercepted(client, found.intercept))
        yield found


@pytest.fixture
def killed_everywhere(
    harness: OutboxHarness, fault_injector: FaultInjector, clock: FrozenClock
) -> KilledEverywhere:
    """`for where in killed_everywhere(arrange)`: the message that `arrange` makes is run, killed at the next
    point, and the schedule has done what was left. At last, with None, nobody has killed it."""

    def kill(arrange: Callable[[], OutboxMessage]) -> Iterator[str | None]:
        for point in itertools.count():
            message = arrange()
            where = fault_injector.run(lambda: harness.run(message), point=point)  # noqa: B023
            for _ in range(3):
                clock.advance(hours=3)
                run_overdue(harness.runner, lambda: 60.0)
            yield where
            if where is None:
                assert point > 0
                return

    return kill


class TestSessionWrites:
    def test_session_writes_happen_exactly_once(
        self, harness: OutboxHarness, clock: FrozenClock, killed_everywhere: KilledEverywhere
    ) -> None:
        user = UserProfile(
            user_id="ada", email="ada@example.com", name="Ada", created_at=clock(), updated_at=clock()
        )
        key = USER_PROFILES.key_of(user)
        harness.table.write([USER_PROFILES.create(user)])
        harness.tasks["noun.verb"] = lambda work, payload: work.session.add(
            USER_PROFILES.increment(key, {"space_count": 1})
        )
        points = []

        for enqueued, where in enumerate(killed_everywhere(harness.enqueue), 1):
            now = harness.table.get(key)
            assert now is not None
            assert now.space_count == enqueued, where
            assert harness.messages() == [], where
            points.append(where)

        calls = ("GetItem", "UpdateItem", "TransactWriteItems")  # the message, its lease, the commit
        assert points == [f"{side} {call}" for call in calls for side in ("before", "after")] + [None]


class TestMail:
    @pytest.fixture(autouse=True)
    def _known_parameters(self, backend: Backend) -> None:
        backend.parameters()

    def test_mail_goes_out_twice_only_if_it_was_killed_before_it_was_recorded(
        self, harness: OutboxHarness, inbox: list[Any], killed_everywhere: KilledEverywhere
    ) -> None:
        harness.tasks["noun.verb"] = lambda work, payload: work.mail.send(MAIL)
        sent = {}

        for where in killed_everywhere(harness.enqueue):
            assert harness.messages() == [], where
            sent[where] = len(inbox)
            inbox.clear()

        assert {where for where, times in sent.items() if times == 2} == {
            "after SendEmail",
            "before DeleteItem",
        }
        assert set(sent.values()) == {1, 2}

    def test_mail_that_is_rejected_ends_wherever_it_was_killed(
        self, harness: OutboxHarness, killed_everywhere: KilledEverywhere
    ) -> None:
        asked = []

        def task(work: Work, payload: Payload) -> None:
            asked.append(1)
            raise MailRefused

        harness.tasks["noun.verb"] = task
        for where in killed_everywhere(harness.enqueue):
            assert harness.messages() == [], where
            assert 1 <= len(asked) <= 2, where
            asked.clear()


class TestManySteps:
    ITEMS = 5

    def test_many_steps_are_all_done_and_the_operation_says_so(
        self, harness: OutboxHarness, killed_everywhere: KilledEverywhere
    ) -> None:
        """A task of steps that are idempotent by themselves, two in a message."""
        emails = [f"{number}@example.com" for number in range(self.ITEMS)]

        def task(work: Work, payload: Payload) -> None:
            keys = [EMAIL_CLAIMS.key(email=email) for email in emails]
            left = [found for found in work.table.batch_get(keys, consistent=True) if found]
            for item in left[:2]:
                work.table.write([EMAIL_CLAIMS.delete_if_exists(EMAIL_CLAIMS.key_of(item))])
                work.progress(done=1)
            if len(left) > 2:
                raise ContinueLater

        harness.tasks["noun.verb"] = task
        operations = []

        def arrange() -> OutboxMessage:
            session = Session(harness.table)
            harness.table.write([EMAIL_CLAIMS.create(claim(session, email)) for email in emails])
            operations.append(harness.start_operation())
            (message,) = harness.messages()
            return message

        for where in killed_everywhere(arrange):
            assert harness.messages() == [], where
            assert harness.table.batch_get([EMAIL_CLAIMS.key(email=email) for email in emails]) == [None] * 5
            assert harness.operation(operations[-1]).status == "done", where


class TestLastAttempt:
    def test_last_attempt_puts_the_key_into_the_queue_and_keeps_the_message(
        self, harness: OutboxHarness, clock: FrozenClock, killed_everywhere: KilledEverywhere
    ) -> None:
        harness.tasks["noun.verb"] = fail

        def arrange() -> OutboxMessage:
            for old in harness.messages():
                harness.table.write([OUTBOX_MESSAGES.delete(old)])
            harness.empty_queue()
            harness.start_operation()
            (message,) = harness.messages()
            last = message.patched(clock(), {"attempts": MAX_TRIES - 1})
            harness.table.write([OUTBOX_MESSAGES.update(message, last)])
            return last

        for where in killed_everywhere(arrange):
            (message,) = harness.messages()
            assert {letter["message_id"] for letter in harness.dead_letters()} == {message.message_id}, where
            assert message.next_try_at is not None
            assert (message.next_try_at - clock()).days >= 12, where
            operation = harness.table.get(OPERATIONS.key(operation_id=message.payload["operation_id"]))
            assert operation is not None
            assert operation.status == "failed", where


class TestRedrive:
    def test_redrive_loses_no_message(
        self,
        harness: OutboxHarness,
        fault_injector: FaultInjector,
        clock: FrozenClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(tool, "_WAIT_S", 0)
        ran: list[str] = []
        for point in itertools.count():
            harness.tasks["noun.verb"] = fail
            message = harness.enqueue(name=str(point))
            harness.exhaust(message, clock)
            harness.tasks["noun.verb"] = lambda work, payload: ran.append(payload["name"])

            where = fault_injector.run(
                lambda: tool.redrive(harness.table, harness.sqs, harness.queue_url), point=point
            )

            # What the killed one had in its hands becomes visible again; the same as telling it once more.
            harness.runner.dead_letters.send(message)
            tool.redrive(harness.table, harness.sqs, harness.queue_url)
            run_overdue(harness.runner, lambda: 60.0)
            assert ran == [str(number) for number in range(point + 1)], where
            assert harness.messages() == [], where
            assert harness.dead_letters() == [], where
            if where is None:
                break
        assert point > 0


class TestChange:
    def test_change_that_commits_loses_no_message_and_one_that_does_not_leaves_none(
        self, harness: OutboxHarness, api: Api, fault_injector: FaultInjector
    ) -> None:
        ada = api.person()
        for point in itertools.count():
            space_id = ada.make_space()["space_id"]
            for made in harness.messages():  # of the space's making
                harness.table.write([OUTBOX_MESSAGES.delete(made)])

            delete = functools.partial(self.delete, harness, ada, space_id)

            where = fault_injector.run(delete, point=point)

            space = harness.table.get(SPACES.key(space_id=space_id))
            assert space is not None
            enqueued = [message.payload["space_id"] for message in harness.messages()]
            assert enqueued == ([space_id] if space.status == "deleting" else []), where
            if where is None:
                break
        assert point == 4  # the read and the commit, before and behind each

    def delete(self, harness: OutboxHarness, owner: Person, space_id: str) -> None:
        """As the route does it."""
        session = Session(harness.table)
        access = permissions.authorize(
            session, user_id=owner.user_id, space_id=space_id, action=Action.DELETE_SPACE
        )
        spaces.delete(session, access, versions=None)
        session.commit()


class TestOrder:
    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_order_of_messages_does_not_matter(
        self, order: tuple[int, ...], harness: OutboxHarness, api: Api, backend: Backend
    ) -> None:
        """A goal is set, reached and deleted and its space goes: whatever runs first, nothing is left."""
        ada = api.person()
        space_id = ada.make_space()["space_id"]
        here = f"{SPACES_PATH}/{space_id}"
        goal_id = ada.post(f"{here}/goals", {"title": "Walk", "kind": "yes_no"}).json()["goal_id"]
        assert ada.post(f"{here}/goals/{goal_id}/check-ins", {}).status_code == 201
        assert ada.delete(f"{here}/goals/{goal_id}").status_code == 204
        assert ada.delete(here).status_code == 202
        runner = create_runner(backend)
        by_kind = {message.kind: message for message in harness.messages()}
        kinds = ("activity.announced", "item.deleted", "space.deleted")

        for number in order:
            runner.run(OUTBOX_MESSAGES.key_of(by_kind[kinds[number]]), lambda: 60.0)
        run_overdue(runner, lambda: 60.0)

        assert harness.messages() == []
        assert harness.table.get(SPACES.key(space_id=space_id)) is None
        lists: tuple[Query[Any], ...] = (
            members_of_space(space_id),
            goals_of_space(space_id),
            activity_of_space(space_id),
            check_ins_of_goal(goal_id),
        )
        for query in lists:
            assert harness.table.page(query, limit=1).items == [], query
