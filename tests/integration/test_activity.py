"""`GET /spaces/{space_id}/activity`: what happened in a space, told in the background."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.background.activity import announce
from app.background.events import run_overdue
from app.background.registry import by_kind
from app.background.work import Task, Work
from app.core.database import Table
from app.main import Backend, create_runner
from app.models.access_patterns import USER_PROFILES, activity_of_space
from app.models.messages import AnnounceActivity
from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person

RunBackground = Callable[[], None]
HABIT = {"title": "Stretch", "cadence": {"kind": "daily"}}
GOAL = {"title": "Finish the book", "kind": "milestone"}


def path_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


def activity(person: Person, space: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.get(f"{path_of(space)}/activity?limit=100").json()["items"]
    return items


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space(visibility="public")


class TestListActivity:
    def test_list_activity_shows_when_it_happened(
        self, api: Api, ada: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        goal = ada.post(f"{path_of(space)}/goals", GOAL).json()
        assert activity(ada, space) == []
        api.clock.advance(minutes=10)
        run_background()

        (item,) = activity(ada, space)

        assert item == {
            "activity_id": item["activity_id"],
            "space_id": space["space_id"],
            "kind": "goal_created",
            "actor_id": ada.user_id,
            "subject_id": goal["goal_id"],
            "summary": "set a goal",
            "reactions": {"heart": 0, "clap": 0, "fire": 0, "star": 0, "hug": 0},
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }

    def test_list_activity_tells_of_each_kind_newest_first(
        self, api: Api, ada: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        bob, here = api.member_of(space, ada, "member"), path_of(space)
        goal = ada.post(f"{here}/goals", GOAL).json()["goal_id"]
        ada.post(f"{here}/goals/{goal}/check-ins", {})
        habit = bob.post(f"{here}/habits", HABIT).json()["habit_id"]
        bob.request("PUT", f"{here}/habits/{habit}/check-ins/2026-03-14", json={})
        entry = ada.post(f"{here}/journals", {"title": "Today"}).json()["entry_id"]
        bob.post(f"{here}/journals/{entry}/comments", {"text": "Well done"})
        run_background()

        told = [(item["kind"], item["actor_id"], item["subject_id"]) for item in activity(ada, space)]

        assert told == [
            ("comment_created", bob.user_id, entry),
            ("journal_created", ada.user_id, entry),
            ("habit_check_in", bob.user_id, habit),
            ("habit_created", bob.user_id, habit),
            ("goal_check_in", ada.user_id, goal),
            ("goal_created", ada.user_id, goal),
            ("member_joined", bob.user_id, bob.user_id),
        ]

    def test_list_activity_is_newest_first_in_pages(
        self, ada: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        made = [ada.post(f"{path_of(space)}/goals", GOAL).json()["goal_id"] for _ in range(3)]
        run_background()

        first = ada.get(f"{path_of(space)}/activity?limit=2").json()
        second = ada.get(f"{path_of(space)}/activity?limit=2&cursor={first['next_cursor']}").json()

        assert [item["subject_id"] for item in first["items"] + second["items"]] == made[::-1]
        assert second["next_cursor"] is None

    def test_list_activity_is_allowed_to_members_only(
        self, api: Api, ada: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        viewer = api.member_of(space, ada, "viewer")
        run_background()

        assert [item["actor_id"] for item in activity(viewer, space)] == [viewer.user_id]
        assert_problem(api.person().get(f"{path_of(space)}/activity"), 403, "forbidden")

    def test_list_activity_shows_nothing_of_another_space(
        self, ada: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        ada.post(f"{path_of(space)}/goals", GOAL)
        run_background()

        assert activity(ada, ada.make_space()) == []


class TestNoActivity:
    def test_changed_check_in_creates_no_activity(
        self, ada: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        habit = ada.post(f"{path_of(space)}/habits", HABIT).json()["habit_id"]
        for note in ("Once", "Twice"):
            day = f"{path_of(space)}/habits/{habit}/check-ins/2026-03-14"
            ada.request("PUT", day, json={"note": note})
        run_background()

        assert [item["kind"] for item in activity(ada, space)] == ["habit_check_in", "habit_created"]

    def test_rejected_request_creates_no_activity(
        self, ada: Person, space: dict[str, Any], run_background: RunBackground
    ) -> None:
        assert_problem(ada.post(f"{path_of(space)}/members"), 409, "already_member")
        run_background()

        assert activity(ada, space) == []

    def test_activity_of_a_closed_account_is_dropped(
        self, api: Api, ada: Person, space: dict[str, Any], run_background: Callable[..., None]
    ) -> None:
        bob = api.member_of(space, ada, "member")
        bob.delete("/api/v1/users/me")

        run_background("activity.announced")

        assert activity(ada, space) == []

    def test_activity_of_an_erased_account_is_dropped(
        self, api: Api, ada: Person, space: dict[str, Any], table: Table, run_background: RunBackground
    ) -> None:
        bob = api.member_of(space, ada, "member")
        table.write([USER_PROFILES.delete_if_exists(USER_PROFILES.key(user_id=bob.user_id))])

        run_background()

        assert activity(ada, space) == []

    @pytest.mark.parametrize("kinds", [["activity.announced"], ["space.deleted", "activity.announced"]])
    def test_activity_of_a_deleted_space_is_dropped(
        self,
        ada: Person,
        space: dict[str, Any],
        table: Table,
        run_background: Callable[..., None],
        kinds: list[str],
    ) -> None:
        ada.post(f"{path_of(space)}/goals", GOAL)
        ada.delete(path_of(space))

        for kind in kinds:
            run_background(kind)

        assert table.page(activity_of_space(space["space_id"]), limit=1).items == []


class TestRepeatedAnnouncement:
    """A message is run again where its runner died; what it tells, it tells once."""

    def test_announcement_is_repeated_after_a_run_killed_before_its_commit(
        self,
        api: Api,
        ada: Person,
        space: dict[str, Any],
        backend: Backend,
        run_background: RunBackground,
    ) -> None:
        ada.post(f"{path_of(space)}/goals", GOAL)

        def die(work: Work, message: AnnounceActivity) -> None:
            announce(work, message)
            raise KeyboardInterrupt

        runner = replace(create_runner(backend), tasks=by_kind([Task(AnnounceActivity, die)]))
        with pytest.raises(KeyboardInterrupt):
            run_overdue(runner, lambda: 60.0)
        assert activity(ada, space) == []
        api.clock.advance(hours=1)
        run_background()

        assert [item["kind"] for item in activity(ada, space)] == ["goal_created"]

    def test_announcement_is_repeated_if_the_space_is_renamed_concurrently(
        self,
        ada: Person,
        space: dict[str, Any],
        before_commit: Callable[..., None],
        run_background: RunBackground,
    ) -> None:
        ada.post(f"{path_of(space)}/goals", GOAL)
        # The first write is the lease.
        elsewhere = ada.elsewhere()
        names = iter(["Early runners", "Late runners"])
        before_commit(lambda: elsewhere.patch(path_of(space), {"name": next(names)}), times=2)

        run_background()

        assert [item["kind"] for item in activity(ada, space)] == ["goal_created"]

    def test_announcement_is_dropped_if_the_space_is_deleted_concurrently(
        self,
        ada: Person,
        space: dict[str, Any],
        table: Table,
        before_commit: Callable[..., None],
        run_background: Callable[..., None],
    ) -> None:
        ada.post(f"{path_of(space)}/goals", GOAL)
        elsewhere = ada.elsewhere()
        # The first write is the lease.
        before_commit(lambda: elsewhere.delete(path_of(space)))
        before_commit(lambda: None)

        run_background("activity.announced")

        assert ada.get(path_of(space)).status_code == 404
        assert table.page(activity_of_space(space["space_id"]), limit=1).items == []
