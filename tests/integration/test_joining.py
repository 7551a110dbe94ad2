"""`POST /spaces/join`: coming into a space by its invite code."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from mypy_boto3_dynamodb import DynamoDBClient

from tests.assertions import assert_problem
from tests.client_helpers import intercepted
from tests.factories import Api, FrozenClock, Person


@pytest.fixture
def ada(api: Api) -> Person:
    """The owner."""
    return api.person("Ada")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def code(ada: Person, space: dict[str, Any]) -> str:
    return ada.make_code(space["space_id"])


@pytest.fixture
def bob(api: Api) -> Person:
    """Who wants to come in."""
    return api.person("Bob")


class TestJoinSpace:
    def test_join_space_makes_a_member(self, bob: Person, space: dict[str, Any], code: str) -> None:
        response = bob.join(code)

        assert response.status_code == 200
        assert response.json() == space | {"role": "member", "member_count": 2}
        assert bob.get(f"/api/v1/spaces/{space['space_id']}").json() == response.json()
        assert bob.get("/api/v1/users/me/spaces").json()["items"] == [response.json()]

    @pytest.mark.parametrize("write", [str.lower, str.title, " {}\n".format])
    def test_join_space_takes_the_code_however_it_is_written(
        self, bob: Person, code: str, write: Callable[[str], str]
    ) -> None:
        assert bob.join(write(code)).status_code == 200

    @pytest.mark.parametrize(
        "wrong",
        ["A" * 12, "A" * 11, "A" * 13, "I" * 12, "0" * 12, "CODE#AAAAAAA", " ", "Ä" * 12, "ẞ" * 6],
    )
    def test_join_space_rejects_a_code_that_is_none(self, bob: Person, wrong: str) -> None:
        assert_problem(bob.join(wrong), 404, "invite_code_invalid")

    def test_join_space_rejects_an_expired_code(self, bob: Person, code: str, clock: FrozenClock) -> None:
        clock.advance(days=30)

        assert_problem(bob.join(code), 404, "invite_code_invalid")

    def test_join_space_rejects_a_code_that_is_rotated_concurrently(
        self, ada: Person, bob: Person, space: dict[str, Any], code: str, before_commit: Callable[..., None]
    ) -> None:
        before_commit(lambda: ada.elsewhere().make_code(space["space_id"]))

        assert_problem(bob.join(code), 404, "invite_code_invalid")
        assert_problem(bob.get(f"/api/v1/spaces/{space['space_id']}"), 404, "not_found")

    def test_join_space_rejects_a_member(self, api: Api, ada: Person, space: dict[str, Any]) -> None:
        viewer = api.member_of(space, ada, "viewer")
        code = ada.make_code(space["space_id"])

        assert_problem(ada.join(code), 409, "already_member")
        assert_problem(viewer.join(code), 409, "already_member")
        assert viewer.get(f"/api/v1/spaces/{space['space_id']}").json()["role"] == "viewer"

    def test_join_space_requires_a_profile(self, api: Api, code: str) -> None:
        assert_problem(api.user().join(code), 403, "profile_required")


class TestLimits:
    def test_limits_is_rejected_at_the_limit_of_members_a_space(
        self, api: Api, ada: Person, bob: Person, set_parameter: Any, before_commit: Callable[..., None]
    ) -> None:
        set_parameter("max_members_per_space", "2")
        space = ada.make_space()
        code, first = ada.make_code(space["space_id"]), api.person()
        before_commit(lambda: first.elsewhere().join(code))

        assert_problem(bob.join(code), 409, "space_full")
        assert_problem(bob.join(code), 409, "space_full")
        assert ada.get(f"/api/v1/spaces/{space['space_id']}").json()["member_count"] == 2

    def test_limits_is_rejected_at_the_limit_of_spaces_a_user(
        self, ada: Person, bob: Person, set_parameter: Any, before_commit: Callable[..., None]
    ) -> None:
        set_parameter("max_spaces_per_user", "1")
        code = ada.make_code(ada.make_space()["space_id"])
        before_commit(lambda: bob.elsewhere().make_space())

        assert_problem(bob.join(code), 409, "space_limit_reached")


class TestRateLimit:
    @pytest.fixture
    def tired(self, bob: Person) -> Person:
        """Bob after ten tries at once."""
        for _ in range(10):
            assert_problem(bob.join("AAAAAAAAAAAA"), 404, "invite_code_invalid")
        return bob

    def test_rate_limit_rejects_the_eleventh_try_in_a_minute(self, tired: Person, code: str) -> None:
        response = tired.join(code)

        assert_problem(response, 429, "too_many_requests")
        assert response.headers["Retry-After"] == "60"

    @pytest.mark.parametrize(("seconds", "retry_after"), [(30, "30"), (30.2, "30"), (59, "1"), (59.9, "1")])
    def test_rate_limit_has_retry_after(
        self, tired: Person, code: str, clock: FrozenClock, seconds: float, retry_after: str
    ) -> None:
        clock.advance(seconds=seconds)

        response = tired.join(code)

        assert_problem(response, 429, "too_many_requests")
        assert response.headers["Retry-After"] == retry_after

    def test_rate_limit_allows_another_after_that(self, tired: Person, code: str, clock: FrozenClock) -> None:
        clock.advance(seconds=60)

        assert tired.join(code).status_code == 200

    def test_rate_limit_window_slides(self, bob: Person, clock: FrozenClock) -> None:
        statuses = []
        for _ in range(22):
            statuses.append(bob.join("AAAAAAAAAAAA").status_code)
            clock.advance(seconds=5)

        # Ten in 45 s; then one more for each that is a minute old; what was refused does not count.
        assert statuses == [404] * 10 + [429] * 2 + [404] * 10

    def test_rate_limit_counts_good_tries_too(self, ada: Person, bob: Person) -> None:
        codes = [ada.make_code(ada.make_space()["space_id"]) for _ in range(11)]

        statuses = [bob.join(code).status_code for code in codes]

        assert statuses == [200] * 10 + [429]

    def test_rate_limit_counts_tries_that_run_concurrently(
        self, bob: Person, before_commit: Callable[..., None], clock: FrozenClock
    ) -> None:
        for _ in range(8):
            bob.join("AAAAAAAAAAAA")
        before_commit(lambda: bob.elsewhere().join("AAAAAAAAAAAA"), counting=True)

        assert_problem(bob.join("AAAAAAAAAAAA"), 404, "invite_code_invalid")
        assert_problem(bob.join("AAAAAAAAAAAA"), 429, "too_many_requests")

    @pytest.mark.parametrize("seconds", [59.4, 60.4])
    def test_rate_limit_goes_on_when_the_last_try_is_forgotten_while_it_is_read(
        self, bob: Person, code: str, clock: FrozenClock, dynamodb: DynamoDBClient, seconds: float
    ) -> None:
        bob.join("AAAAAAAAAAAA")
        clock.advance(seconds=seconds)

        def tick(operation: str, parameters: dict[str, Any], call: Callable[[], Any]) -> Any:
            if operation == "GetItem" and "RATE#" in str(parameters):
                clock.advance(milliseconds=100)  # past a full second, in which items are forgotten
            return call()

        with intercepted(dynamodb, tick):
            response = bob.join(code)

        assert response.status_code == 200

    def test_rate_limit_is_for_each_user_alone(self, tired: Person, api: Api, code: str) -> None:
        assert api.person().join(code).status_code == 200

    def test_rate_limit_is_not_spent_by_a_body_that_is_none(self, tired: Person, api: Api, code: str) -> None:
        carol = api.person()
        for _ in range(11):
            assert_problem(carol.post("/api/v1/spaces/join", {}), 422, "validation_failed", field="body.code")

        assert carol.join(code).status_code == 200


class TestAlarm:
    def test_alarm_counts_codes_that_are_none_and_names_nobody(
        self, bob: Person, capsys: pytest.CaptureFixture[str]
    ) -> None:
        capsys.readouterr()

        bob.join("AAAAAAAAAAAA")

        metric = json.loads(next(line for line in capsys.readouterr().out.splitlines() if "_aws" in line))
        assert metric["InviteCodeRejected"] == [1.0]
        assert set(metric) == {"_aws", "environment", "service", "InviteCodeRejected"}

    def test_alarm_does_not_count_good_codes(
        self, bob: Person, code: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        capsys.readouterr()

        bob.join(code)

        assert "InviteCodeRejected" not in capsys.readouterr().out


def preview(person: Person, code: str) -> Response:
    return person.post("/api/v1/spaces/invite-preview", {"code": code})


class TestInvitePreview:
    def test_invite_preview_shows_the_card_to_a_stranger(
        self, bob: Person, space: dict[str, Any], code: str
    ) -> None:
        response = preview(bob, code)

        assert response.status_code == 200
        assert response.json() == space | {"role": None, "owner_id": None}
        assert bob.get(f"/api/v1/spaces/{space['space_id']}").status_code == 404

    def test_invite_preview_shows_a_member_their_role(
        self, ada: Person, space: dict[str, Any], code: str
    ) -> None:
        assert preview(ada, code).json() == space

    def test_invite_preview_rejects_an_unknown_code(self, bob: Person) -> None:
        assert_problem(preview(bob, "AAAAAAAAAAAA"), 404, "invite_code_invalid")

    def test_invite_preview_rejects_the_code_of_a_deleted_space(
        self, ada: Person, bob: Person, space: dict[str, Any], code: str
    ) -> None:
        ada.delete(f"/api/v1/spaces/{space['space_id']}")

        assert_problem(preview(bob, code), 404, "invite_code_invalid")

    def test_invite_preview_counts_as_a_try_to_join(self, bob: Person, code: str) -> None:
        for _ in range(10):
            preview(bob, code)

        assert_problem(bob.join(code), 429, "too_many_requests")
        assert_problem(preview(bob, code), 429, "too_many_requests")
