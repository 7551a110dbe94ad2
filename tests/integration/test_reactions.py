"""`.../activity/{activity_id}/reactions/{emoji}`: one of a kind a user; the counts are what they count."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response

from app.core.database import Table
from app.models.access_patterns import ACTIVITIES, REACTIONS
from tests.assertions import assert_problem
from tests.factories import Api, Person

NONE = {"heart": 0, "clap": 0, "fire": 0, "star": 0, "hug": 0}
NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def activity_of(person: Person, space_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.get(f"/api/v1/spaces/{space_id}/activity").json()["items"]
    return items


def path_of(activity: dict[str, Any], emoji: str = "heart") -> str:
    return f"/api/v1/spaces/{activity['space_id']}/activity/{activity['activity_id']}/reactions/{emoji}"


def react(person: Person, activity: dict[str, Any], emoji: str = "heart", **headers: str) -> Response:
    return person.request("PUT", path_of(activity, emoji), **headers)


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def goal(ada: Person, space: dict[str, Any], run_background: Callable[..., None]) -> dict[str, Any]:
    """What happened: Ada set a goal."""
    path = f"/api/v1/spaces/{space['space_id']}/goals"
    assert ada.post(path, {"title": "Read", "kind": "milestone"}).status_code == 201
    run_background()
    (activity,) = activity_of(ada, space["space_id"])
    return activity


@pytest.fixture
def counts(ada: Person, goal: dict[str, Any]) -> Callable[[], dict[str, int]]:
    """`counts()`: how many reacted with each."""

    def read() -> dict[str, int]:
        (activity,) = (
            item for item in activity_of(ada, goal["space_id"]) if item["activity_id"] == goal["activity_id"]
        )
        reactions: dict[str, int] = activity["reactions"]
        return reactions

    return read


Counts = Callable[[], dict[str, int]]


class TestReact:
    @pytest.mark.parametrize("emoji", NONE)
    def test_react_counts_in_the_answer_and_for_everybody(
        self, ada: Person, goal: dict[str, Any], counts: Counts, emoji: str
    ) -> None:
        response = react(ada, goal, emoji)

        assert response.status_code == 200
        assert response.json() == goal | {"reactions": NONE | {emoji: 1}}
        assert counts() == NONE | {emoji: 1}

    def test_react_counts_once_however_often(self, ada: Person, goal: dict[str, Any], counts: Counts) -> None:
        first, *again = (react(ada, goal) for _ in range(3))

        assert [response.json() for response in again] == [first.json()] * 2
        assert counts() == NONE | {"heart": 1}

    def test_react_counts_each_kind_and_each_person(
        self, api: Api, ada: Person, space: dict[str, Any], goal: dict[str, Any], counts: Counts
    ) -> None:
        bob = api.member_of(space, ada, "viewer")
        for emoji in ("heart", "star"):
            react(ada, goal, emoji)
        react(bob, goal, "heart")

        assert counts() == NONE | {"heart": 2, "star": 1}

    @pytest.mark.parametrize("emoji", ["thumbs-up", "Heart", "heart ", "%F0%9F%8E%89", "version", "kind"])
    def test_react_takes_published_names_alone(
        self, ada: Person, goal: dict[str, Any], counts: Counts, emoji: str
    ) -> None:
        assert_problem(react(ada, goal, emoji), 422, "validation_failed", field="path.emoji")
        assert counts() == NONE

    def test_react_to_an_unknown_activity_returns_404(self, ada: Person, goal: dict[str, Any]) -> None:
        elsewhere = ada.make_space()

        assert_problem(react(ada, goal | {"activity_id": NOWHERE}), 404, "not_found")
        assert_problem(react(ada, goal | {"space_id": elsewhere["space_id"]}), 404, "not_found")

    def test_react_is_for_members(self, api: Api, goal: dict[str, Any], counts: Counts) -> None:
        assert_problem(react(api.person(), goal), 404, "not_found")
        assert counts() == NONE

    def test_react_leaves_the_version_as_it_was(self, api: Api, ada: Person, goal: dict[str, Any]) -> None:
        tag = react(ada, goal).headers["ETag"]

        response = react(ada, goal, "star", if_match=tag)

        assert response.json()["version"] == 1
        assert response.headers["ETag"] != tag

    def test_react_is_rejected_of_another_version(
        self, ada: Person, goal: dict[str, Any], counts: Counts
    ) -> None:
        stale = '"2-0123456789abcdef"'

        assert_problem(react(ada, goal, if_match=stale), 412, "precondition_failed")
        react(ada, goal)
        assert_problem(ada.delete(path_of(goal), if_match=stale), 412, "precondition_failed")
        assert counts() == NONE | {"heart": 1}


class TestWithdraw:
    def test_withdraw_lowers_the_count(self, ada: Person, goal: dict[str, Any], counts: Counts) -> None:
        react(ada, goal)
        react(ada, goal, "hug")

        assert ada.delete(path_of(goal)).status_code == 204
        assert counts() == NONE | {"hug": 1}

    def test_withdraw_can_be_taken_back_again(
        self, ada: Person, goal: dict[str, Any], counts: Counts
    ) -> None:
        react(ada, goal)
        ada.delete(path_of(goal))
        react(ada, goal)

        assert counts() == NONE | {"heart": 1}

    def test_withdraw_finds_none_that_the_caller_did_not_make(
        self, api: Api, ada: Person, space: dict[str, Any], goal: dict[str, Any], counts: Counts
    ) -> None:
        react(ada, goal)

        assert_problem(ada.delete(path_of(goal, "star")), 404, "not_found")
        assert_problem(api.member_of(space, ada, "admin").delete(path_of(goal)), 404, "not_found")
        assert counts() == NONE | {"heart": 1}

    def test_withdraw_happens_once(self, ada: Person, goal: dict[str, Any], counts: Counts) -> None:
        react(ada, goal)
        ada.delete(path_of(goal))

        assert_problem(ada.delete(path_of(goal)), 404, "not_found")
        assert counts() == NONE


class TestConcurrentReaction:
    """What happens while a reaction is under way."""

    def test_the_same_reaction_counts_once(
        self, ada: Person, goal: dict[str, Any], counts: Counts, before_commit: Callable[..., None]
    ) -> None:
        elsewhere = ada.elsewhere()
        before_commit(lambda: react(elsewhere, goal))

        assert react(ada, goal).json()["reactions"]["heart"] == 1
        assert counts() == NONE | {"heart": 1}

    def test_the_same_withdrawal_counts_once(
        self, ada: Person, goal: dict[str, Any], counts: Counts, before_commit: Callable[..., None]
    ) -> None:
        react(ada, goal)
        elsewhere = ada.elsewhere()
        before_commit(lambda: elsewhere.delete(path_of(goal)))

        assert_problem(ada.delete(path_of(goal)), 404, "not_found")
        assert counts() == NONE

    def test_reaction_by_a_member_removed_concurrently_is_rejected(
        self,
        api: Api,
        ada: Person,
        goal: dict[str, Any],
        counts: Counts,
        before_commit: Callable[..., None],
    ) -> None:
        bob = api.member_of(goal, ada, "member")
        elsewhere = ada.elsewhere()
        before_commit(lambda: elsewhere.delete(f"/api/v1/spaces/{goal['space_id']}/members/{bob.user_id}"))

        assert_problem(react(bob, goal), 404, "not_found")
        assert counts() == NONE

    def test_reaction_to_a_deleted_activity_is_rejected(
        self, ada: Person, goal: dict[str, Any], table: Table, before_commit: Callable[..., None]
    ) -> None:
        key = ACTIVITIES.key(space_id=goal["space_id"], activity_id=goal["activity_id"])
        before_commit(lambda: table.write([ACTIVITIES.delete_if_exists(key)]))

        assert_problem(react(ada, goal), 404, "not_found")
        assert table.page(REACTIONS.within(activity_id=goal["activity_id"]), limit=1).items == []


class TestReactionNotification:
    def told(self, person: Person) -> list[str]:
        items = person.get("/api/v1/users/me/notifications").json()["items"]
        return [item["kind"] for item in items if item["kind"] == "reaction"]

    @pytest.mark.parametrize("each_time", [True, False])
    def test_withdrawn_reaction_leaves_no_notification(
        self,
        api: Api,
        ada: Person,
        space: dict[str, Any],
        goal: dict[str, Any],
        run_background: Callable[..., None],
        *,
        each_time: bool,
    ) -> None:
        eve = api.member_of(space, ada, "viewer")
        for _ in range(4):
            react(eve, goal)
            if each_time:
                run_background()
                assert self.told(ada) == ["reaction"]
            eve.delete(path_of(goal))
            if each_time:
                run_background()
                assert self.told(ada) == []
        run_background()

        assert self.told(ada) == []

    def test_notification_stays_while_another_reaction_does(
        self,
        api: Api,
        ada: Person,
        space: dict[str, Any],
        goal: dict[str, Any],
        run_background: Callable[..., None],
    ) -> None:
        eve = api.member_of(space, ada, "viewer")
        react(eve, goal)
        react(eve, goal, "clap")
        eve.delete(path_of(goal))
        run_background()

        assert self.told(ada) == ["reaction"]

    def test_reaction_notification_read_notification_stays(
        self,
        api: Api,
        ada: Person,
        space: dict[str, Any],
        goal: dict[str, Any],
        run_background: Callable[..., None],
    ) -> None:
        eve = api.member_of(space, ada, "viewer")
        react(eve, goal)
        run_background()
        ada.post("/api/v1/users/me/notifications/read-all")
        eve.delete(path_of(goal))
        run_background()

        assert self.told(ada) == ["reaction"]
