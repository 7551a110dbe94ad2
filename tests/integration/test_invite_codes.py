"""`/spaces/{space_id}/invite-code`: making, reading, rotating and disabling the code of a space."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import TABLE_NAME, Api, FrozenClock, Person


@pytest.fixture
def ada(api: Api) -> Person:
    """The owner."""
    return api.person("Ada")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def path(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}/invite-code"


class TestRotateInviteCode:
    def test_rotate_invite_code_makes_a_code_and_its_link(self, ada: Person, path: str) -> None:
        response = ada.post(path)

        assert response.status_code == 201
        assert response.headers["Location"] == path
        made = response.json()
        assert re.fullmatch("[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]{12}", made["code"])
        assert made == {
            "code": made["code"],
            "url": f"https://app.example.com/join/{made['code']}",
            "expires_at": "2026-04-13T15:09:26.535Z",
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert ada.get(path).json() == made

    def test_rotate_invite_code_links_to_wherever_the_front_end_is(
        self, ada: Person, set_parameter: Any
    ) -> None:
        set_parameter("web_url", "https://example.org/app/")

        made = ada.post(f"/api/v1/spaces/{ada.make_space()['space_id']}/invite-code").json()

        assert made["url"] == f"https://example.org/app/join/{made['code']}"

    def test_rotate_invite_code_replaces_the_code_that_was(
        self, api: Api, ada: Person, path: str, clock: FrozenClock
    ) -> None:
        old = ada.post(path).json()
        clock.advance(days=1)

        new = ada.post(path).json()

        assert new["code"] != old["code"]
        assert new["version"] == 2
        assert new["expires_at"] == "2026-04-14T15:09:26.535Z"
        assert ada.get(path).json() == new
        assert_problem(api.person().join(old["code"]), 404, "invite_code_invalid")
        assert api.person().join(new["code"]).status_code == 200

    def test_rotate_invite_code_replaces_a_code_that_has_expired(
        self, api: Api, ada: Person, path: str, clock: FrozenClock
    ) -> None:
        old = ada.post(path).json()
        clock.advance(days=30)

        new = ada.post(path).json()

        assert new["code"] != old["code"]
        assert api.person().join(new["code"]).status_code == 200

    def test_rotate_invite_code_of_two_at_once_leaves_one(
        self, api: Api, ada: Person, path: str, before_commit: Callable[..., None]
    ) -> None:
        ada.post(path)
        codes = []
        before_commit(lambda: codes.append(ada.elsewhere().post(path).json()["code"]))

        codes.append(ada.post(path).json()["code"])

        assert_problem(api.person().join(codes[0]), 404, "invite_code_invalid")
        assert api.person().join(codes[1]).status_code == 200

    def test_rotate_invite_code_never_becomes_part_of_the_space(
        self, ada: Person, space: dict[str, Any], path: str, dynamodb: DynamoDBClient
    ) -> None:
        code = ada.post(path).json()["code"]

        key = {"PK": {"S": f"SPACE#{space['space_id']}"}, "SK": {"S": "SPACE"}}
        stored = dynamodb.get_item(TableName=TABLE_NAME, Key=key)["Item"]
        assert code not in str(stored)
        assert code not in ada.get(f"/api/v1/spaces/{space['space_id']}").text


class TestGetInviteCode:
    def test_get_invite_code_finds_none_before_one_is_made(self, ada: Person, path: str) -> None:
        assert_problem(ada.get(path), 404, "not_found")

    @pytest.mark.parametrize("days", [30, 7])
    def test_get_invite_code_finds_none_after_its_days(
        self, ada: Person, clock: FrozenClock, set_parameter: Any, days: int
    ) -> None:
        set_parameter("invite_code_days", str(days))
        path = f"/api/v1/spaces/{ada.make_space()['space_id']}/invite-code"
        ada.post(path)
        clock.advance(days=days, seconds=-1)
        assert ada.get(path).status_code == 200

        clock.advance(seconds=1)
        assert_problem(ada.get(path), 404, "not_found")


class TestDisableInviteCode:
    def test_disable_invite_code_invalidates_the_code(self, api: Api, ada: Person, path: str) -> None:
        code = ada.post(path).json()["code"]

        response = ada.delete(path)

        assert response.status_code == 204
        assert response.content == b""
        assert_problem(ada.get(path), 404, "not_found")
        assert_problem(api.person().join(code), 404, "invite_code_invalid")

    def test_disable_invite_code_finds_none_if_there_is_none(self, ada: Person, path: str) -> None:
        assert_problem(ada.delete(path), 404, "not_found")

    def test_disable_invite_code_keeps_a_code_created_concurrently(
        self, ada: Person, path: str, before_commit: Callable[..., None]
    ) -> None:
        ada.post(path)
        before_commit(lambda: ada.elsewhere().delete(path))

        assert_problem(ada.delete(path), 404, "not_found")
