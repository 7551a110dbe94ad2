"""What becomes of a space that is deleted: not one of its items is left."""

from collections.abc import Callable
from typing import Any

import pytest

from app.background.events import run_overdue
from app.core.database import Table
from app.main import Backend, create_runner
from app.models.access_patterns import (
    ACTIVITIES,
    MEMBERSHIPS,
    REACTIONS,
    SPACES,
    USER_PROFILES,
    activity_of_space,
)
from tests.assertions import assert_problem
from tests.conftest import WRITES
from tests.factories import Api, Person
from tests.integration.conftest import Killed, Killer
from tests.integration.content_helpers import all_of, react_to_all, write_everything
from tests.integration.table_helpers import kinds_that_name, rows

ME = "/api/v1/users/me"
MARK = "Something written here"
CHANGES = {*WRITES, "BatchWriteItem"}
RunBackground = Callable[..., None]
Finish = Callable[[], None]


def path_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


def count(kind: str) -> int:
    return [row["entity_type"]["S"] for row in rows()].count(kind)


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def elsewhere(api: Api, ada: Person, run_background: RunBackground) -> dict[str, Any]:
    """Another space, which stays as it is. Ada is in it."""
    eve = api.person()
    space = eve.make_space()
    ada.join(eve.make_code(space["space_id"]))
    write_everything(eve, path_of(space), mark="Elsewhere")
    run_background()
    react_to_all(ada, path_of(space))
    run_background()
    return space


@pytest.fixture
def bob(api: Api) -> Person:
    return api.person()


@pytest.fixture
def space(api: Api, ada: Person, bob: Person, run_background: RunBackground) -> dict[str, Any]:
    """A space with one of everything in it, and with Bob."""
    space = ada.make_space()
    bob.join(ada.make_code(space["space_id"]))
    write_everything(ada, path_of(space), mark=MARK)
    run_background()
    for person in (ada, bob):
        react_to_all(person, path_of(space))
    run_background()
    return space


@pytest.fixture
def finish(
    ada: Person, bob: Person, space: dict[str, Any], table: Table, run_background: RunBackground
) -> Finish:
    """`finish()`: do what is still to do; nothing is left of the space, and nobody counts as in it."""

    def check() -> None:
        run_background()
        # An answer is kept for who gave it an Idempotency-Key, and for a day.
        assert kinds_that_name(MARK) == {"IdempotencyRecord"}
        assert kinds_that_name(space["space_id"]) <= {"AuditEvent", "IdempotencyRecord", "Notification"}
        for person in (ada, bob):
            profile = table.get(USER_PROFILES.key(user_id=person.user_id))
            assert profile is not None
            roles = [other["role"] for other in all_of(person, f"{ME}/spaces")]
            assert (profile.space_count, profile.owned_spaces) == (len(roles), roles.count("owner"))

    return check


def delete(person: Person, space: dict[str, Any]) -> str:
    """The path of the operation."""
    response = person.delete(path_of(space))
    assert response.status_code == 202, response.text
    return response.headers["Location"]


@pytest.fixture
def operation(ada: Person, space: dict[str, Any]) -> str:
    """Of the deletion, of which nothing has been done yet."""
    return delete(ada, space)


class TestDeleteSpace:
    def test_delete_space_leaves_not_one_of_its_items(
        self, ada: Person, operation: str, finish: Finish
    ) -> None:
        before = {row["entity_type"]["S"] for row in rows()} - {"OutboxMessage"}

        finish()

        assert before - {row["entity_type"]["S"] for row in rows()} == {
            "Activity",
            "Comment",
            "Goal",
            "GoalCheckIn",
            "Habit",
            "HabitCheckIn",
            "HabitSummary",
            "Highlight",
            "Invitation",
            "InvitationClaim",
            "InviteCode",
            "InviteCodePointer",
            "JournalEntry",
            "Membership",
            "Reaction",
            "Space",
            "Template",
        }
        status = ada.get(operation).json()
        assert status["status"] == "done"
        assert status["done"] == status["total"] > 20

    def test_delete_space_leaves_everything_of_another_space(
        self, ada: Person, elsewhere: dict[str, Any], space: dict[str, Any], finish: Finish
    ) -> None:
        def of_elsewhere() -> list[dict[str, Any]]:
            return [row for row in rows() if elsewhere["space_id"] in str(row) or "Elsewhere" in str(row)]

        before = of_elsewhere()
        delete(ada, space)
        finish()

        assert of_elsewhere() == before
        assert [found["space_id"] for found in all_of(ada, f"{ME}/spaces")] == [elsewhere["space_id"]]

    def test_delete_space_lowers_the_space_count_of_members(
        self, ada: Person, bob: Person, space: dict[str, Any], finish: Finish, set_parameter: Any
    ) -> None:
        set_parameter("max_spaces_per_user", "1")
        delete(ada, space)
        assert_problem(bob.post("/api/v1/spaces", {"name": "Mine"}), 409, "space_limit_reached")

        finish()

        assert bob.post("/api/v1/spaces", {"name": "Mine"}).status_code == 201
        assert ada.post("/api/v1/spaces", {"name": "Mine"}).status_code == 201

    def test_delete_space_deletes_more_than_a_page_of_each_entity(
        self, ada: Person, space: dict[str, Any], finish: Finish, table: Table
    ) -> None:
        (activity,) = table.first(activity_of_space(space["space_id"]), at_most=1)
        (reaction,) = table.first(REACTIONS.within(activity_id=activity.activity_id), at_most=1)
        for number in range(101):
            more = {"activity_id": f"7{number:025}"}, {"user_id": f"{number}"}
            table.write([ACTIVITIES.create(activity.model_copy(update=more[0]))])
            table.write([REACTIONS.create(reaction.model_copy(update=more[1]))])
        delete(ada, space)
        finish()

        assert count("Activity") == count("Reaction") == 0

    def test_delete_space_does_not_mind_a_member_whose_profile_is_gone(
        self, ada: Person, bob: Person, space: dict[str, Any], table: Table, run_background: RunBackground
    ) -> None:
        table.write([USER_PROFILES.delete_if_exists(USER_PROFILES.key(user_id=bob.user_id))])
        delete(ada, space)
        run_background()

        assert count("Membership") == count("Space") == 0

    def test_delete_space_does_not_mind_a_space_without_a_code(
        self, ada: Person, run_background: RunBackground
    ) -> None:
        delete(ada, ada.make_space())
        run_background()

        assert count("Membership") == count("Space") == 0


class TestConcurrentDeletion:
    """What happens while a space is being deleted."""

    @pytest.fixture
    def leave(self, table: Table, bob: Person, space: dict[str, Any]) -> Callable[[], None]:
        """Bob leaves, by a request that was under way when the space was deleted."""
        key = MEMBERSHIPS.key(space_id=space["space_id"], user_id=bob.user_id)
        membership = table.get(key)
        assert membership is not None
        writes = [
            MEMBERSHIPS.delete(membership),
            SPACES.increment(SPACES.key(space_id=space["space_id"]), {"member_count": -1}),
            USER_PROFILES.increment(USER_PROFILES.key(user_id=bob.user_id), {"space_count": -1}),
        ]
        return lambda: table.write(writes)

    @pytest.mark.usefixtures("operation")
    @pytest.mark.parametrize("writes", [0, 1, 2, 3])
    def test_member_who_leaves_concurrently_is_counted_once(
        self, leave: Callable[[], None], before_commit: Callable[..., None], finish: Finish, writes: int
    ) -> None:
        before_commit(leave)
        # What is written before: the lease, one membership and what is done, and the other.
        before_commit(lambda: None, times=writes)

        finish()

    def test_concurrent_write_is_rejected(
        self,
        ada: Person,
        bob: Person,
        space: dict[str, Any],
        before_commit: Any,
        run_background: RunBackground,
    ) -> None:
        elsewhere = ada.elsewhere()

        def delete_it_all() -> None:
            delete(elsewhere, space)
            run_background()

        before_commit(delete_it_all)

        response = bob.post(f"{path_of(space)}/goals", {"title": MARK, "kind": "milestone"})

        assert_problem(response, 404, "not_found")
        assert count("Goal") == 0


class TestInterruptedDeletion:
    def test_interrupted_deletion_continues_after_each_step_at_the_deadline(
        self, operation: str, ada: Person, finish: Finish, backend: Backend, calls: list[str]
    ) -> None:
        runner, done = create_runner(backend), [0]
        while ada.get(operation).json()["status"] != "done":
            calls.clear()
            # The lease, and a step or two.
            run_overdue(runner, lambda: 60.0 if len(CHANGES.intersection(calls)) < 2 else 0.0)
            done.append(ada.get(operation).json()["done"])
            assert len(done) < 100

        assert len(done) > 5
        assert done == sorted(done)
        finish()

    @pytest.mark.usefixtures("operation")
    def test_interrupted_deletion_takes_memberships_first(self, backend: Backend, killer: Killer) -> None:
        content = ("JournalEntry", "Comment", "Template", "Goal", "Habit", "Activity", "Reaction")
        before = [count(kind) for kind in content]
        # The lease; one membership and what is done, and the other.
        with pytest.raises(Killed):
            killer.after(4, lambda: run_overdue(create_runner(backend), lambda: 60.0))

        assert count("Membership") == 0
        assert [count(kind) for kind in content] == before

    @pytest.mark.usefixtures("operation")
    def test_interrupted_deletion_completes_after_being_killed_at_each_write(
        self, backend: Backend, killer: Killer, finish: Finish
    ) -> None:
        # The lease is a write too. After eight tries a message waits for a person.
        for writes in range(1, 8):
            with pytest.raises(Killed):
                killer.after(writes, lambda: run_overdue(create_runner(backend), lambda: 60.0))

        finish()
