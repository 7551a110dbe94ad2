"""What stays of an erased account: that which others have added to, without its author."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from app.background.directory import Directory
from app.core.lifecycle import NO_AUTHOR
from app.main import Backend
from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration import journal_helpers, tracker_helpers
from tests.integration.conftest import BeforeReading
from tests.integration.content_helpers import close_account
from tests.integration.journal_helpers import comment, highlight, listed, write_entry
from tests.integration.table_helpers import kinds_that_name
from tests.integration.tracker_helpers import begin, check_in, path_of, set_goal, step
from tests.integration.user_pool_helpers import Pool

DAYS = ("2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14")
Erase = Callable[[], None]


@pytest.fixture
def pool(aws: None) -> Pool:
    return Pool()


@pytest.fixture
def backend(backend: Backend, pool: Pool) -> Backend:
    """The one of all tests, with a user pool that there is."""
    return dataclasses.replace(backend, directory=Directory(lambda: pool.client, pool.pool_id))


class TestErasedAuthor:
    @pytest.fixture
    def ada(self, api: Api) -> Person:
        return api.person("Ada")

    @pytest.fixture
    def space(self, ada: Person) -> dict[str, Any]:
        return ada.make_space()

    @pytest.fixture
    def bob(self, api: Api, ada: Person, space: dict[str, Any], pool: Pool) -> Person:
        bob = api.member_of(space, ada, "member")
        pool.add(bob)
        return bob

    @pytest.fixture
    def erase(self, bob: Person, run_background: Callable[[], None]) -> Erase:
        """Close Bob's account and run everything that follows."""

        def run() -> None:
            run_background()
            close_account(bob)
            run_background()

        return run

    def test_erased_author_leaves_no_habit_that_is_deleted_meanwhile(
        self, ada: Person, bob: Person, space: dict[str, Any], erase: Erase, before_reading: BeforeReading
    ) -> None:
        habit = begin(bob, space)
        check_in(ada, habit, *DAYS)
        ada_elsewhere = ada.elsewhere()
        before_reading(habit["habit_id"], lambda: ada_elsewhere.delete(path_of(habit)))

        erase()

        assert_problem(ada.get(path_of(habit)), 404, "not_found")
        assert kinds_that_name(habit["title"]) == set()

    def test_erased_author_leaves_a_habit_that_others_checked_in_on(
        self, ada: Person, bob: Person, space: dict[str, Any], erase: Erase
    ) -> None:
        habit = begin(bob, space)
        check_in(bob, habit, *DAYS, note="Bob was here")
        check_in(ada, habit, *DAYS)

        erase()

        kept = ada.get(path_of(habit)).json()
        assert {name for name in kept if kept[name] != habit[name]} <= {
            "author_id",
            "version",
            "updated_at",
            "etag",
        }
        assert kept["author_id"] == NO_AUTHOR
        assert [day["date"] for day in listed(ada, f"{path_of(habit)}/check-ins")] == list(DAYS)
        assert ada.get(f"{path_of(habit)}/stats").json()["current_streak"] == 5
        assert kinds_that_name("Bob was here") == set()

    def test_erased_author_leaves_a_goal_that_others_took_steps_to(
        self, ada: Person, bob: Person, space: dict[str, Any], erase: Erase
    ) -> None:
        goal = set_goal(bob, space)
        step(bob, goal, value=30, note="Bob was here")
        theirs = step(ada, goal, value=20)

        erase()

        kept = ada.get(path_of(goal)).json()
        assert (kept["author_id"], kept["reached"]) == (NO_AUTHOR, 20)
        assert listed(ada, f"{path_of(goal)}/check-ins") == [theirs]
        assert kinds_that_name("Bob was here") == set()

    def test_erased_author_leaves_an_empty_comment_that_others_replied_to(
        self, ada: Person, bob: Person, space: dict[str, Any], erase: Erase
    ) -> None:
        entry = write_entry(ada, space)
        parent = comment(bob, entry, text="Bob was here")
        comment(bob, entry, text="Bob was here too", parent_id=parent["comment_id"])
        reply = comment(ada, entry, parent_id=parent["comment_id"])

        erase()

        tombstone, *replies = listed(ada, f"{journal_helpers.path_of(entry)}/comments")
        assert replies == [reply]
        assert (tombstone["author_id"], tombstone["text"], tombstone["deleted"]) == (NO_AUTHOR, "", True)
        assert tombstone["reply_count"] == 1
        assert kinds_that_name("Bob was here") == kinds_that_name("Bob was here too") == set()

    def test_erased_author_takes_what_nobody_else_has_added_to(
        self, ada: Person, bob: Person, space: dict[str, Any], erase: Erase
    ) -> None:
        habit, goal, entry = begin(bob, space), set_goal(bob, space), write_entry(ada, space)
        check_in(bob, habit, *DAYS)
        step(bob, goal)
        parent = comment(bob, entry)
        comment(bob, entry, parent_id=parent["comment_id"])

        erase()

        assert_problem(ada.get(path_of(habit)), 404, "not_found")
        assert_problem(ada.get(path_of(goal)), 404, "not_found")
        assert listed(ada, f"{journal_helpers.path_of(entry)}/comments") == []
        assert listed(ada, tracker_helpers.habits_of(space)) == []

    def test_erased_author_takes_the_own_entries_with_what_is_about_them(
        self, ada: Person, bob: Person, space: dict[str, Any], erase: Erase
    ) -> None:
        entry = write_entry(bob, space, content="By the river")
        comment(ada, entry, text="About Bob")
        highlight(ada, entry)

        erase()

        assert_problem(ada.get(journal_helpers.path_of(entry)), 404, "not_found")
        assert kinds_that_name("About Bob") == kinds_that_name("river") == set()

    def test_habit_of_an_erased_author_takes_check_ins_and_is_deleted_by_the_owner(
        self, api: Api, ada: Person, bob: Person, space: dict[str, Any], erase: Erase
    ) -> None:
        cleo = api.member_of(space, ada, "member")
        habit = begin(bob, space)
        check_in(cleo, habit, *DAYS[:1])

        erase()

        check_in(cleo, habit, DAYS[1])
        assert_problem(cleo.patch(path_of(habit), {"title": "Mine"}), 403, "forbidden")
        assert_problem(cleo.delete(path_of(habit)), 403, "forbidden")
        assert ada.delete(path_of(habit)).status_code == 204
