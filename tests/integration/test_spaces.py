"""`/spaces`: making, reading, changing and deleting spaces."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import TABLE_NAME, Api, Person

SPACES = "/api/v1/spaces"
FIELDS = {
    "name": "Evening walkers",
    "description": "An hour after work",
    "visibility": "public",
    "category": "fitness",
}


def path_of(space: dict[str, Any]) -> str:
    return f"{SPACES}/{space['space_id']}"


class TestCreateSpace:
    def test_create_space_makes_a_private_space_with_the_caller_as_owner(self, api: Api) -> None:
        ada = api.person()

        response = ada.post(SPACES, {"name": "  Morning runners "})

        assert response.status_code == 201
        made = response.json()
        assert made == {
            "space_id": made["space_id"],
            "name": "Morning runners",
            "description": None,
            "visibility": "private",
            "category": None,
            "allow_backfill": True,
            "owner_id": ada.user_id,
            "member_count": 1,
            "role": "owner",
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == path_of(made)
        assert ada.get(path_of(made)).json() == made

    def test_create_space_accepts_every_optional_field(self, api: Api) -> None:
        made = api.person().make_space(**FIELDS)

        assert {name: made[name] for name in FIELDS} == FIELDS

    def test_create_space_makes_the_caller_its_only_member(self, api: Api) -> None:
        ada = api.person("Ada")
        space = ada.make_space()

        members = ada.get(f"{path_of(space)}/members").json()["items"]

        assert [(member["name"], member["role"]) for member in members] == [("Ada", "owner")]

    def test_create_space_is_rejected_at_the_limit_of_spaces_a_user(
        self, api: Api, set_parameter: Any
    ) -> None:
        set_parameter("max_spaces_per_user", "2")
        ada = api.person()
        ada.make_space()
        ada.make_space()

        assert_problem(ada.post(SPACES, {"name": "Third"}), 409, "space_limit_reached")
        assert len(ada.get("/api/v1/users/me/spaces").json()["items"]) == 2

    def test_create_space_is_rejected_at_the_limit_for_two_at_once(
        self, api: Api, set_parameter: Any, before_commit: Callable[..., None]
    ) -> None:
        set_parameter("max_spaces_per_user", "1")
        ada = api.person()
        before_commit(lambda: ada.elsewhere().make_space("First"))

        assert_problem(ada.post(SPACES, {"name": "Second"}), 409, "space_limit_reached")

    def test_create_space_requires_a_profile(self, api: Api) -> None:
        assert_problem(api.user().post(SPACES, {"name": "Mine"}), 403, "profile_required")


class TestGetSpace:
    def test_get_private_space_by_a_stranger_returns_404(self, api: Api) -> None:
        space, bob = api.person().make_space(), api.person()
        hidden = assert_problem(bob.get(path_of(space)), 404, "not_found")

        none = assert_problem(bob.get(f"{SPACES}/01ARZ3NDEKTSV4RRFFQ69G5FAV"), 404, "not_found")

        assert hidden | {"request_id": None} == none | {"request_id": None}

    def test_get_space_shows_the_card_of_a_public_space(self, api: Api) -> None:
        space = api.person().make_space(**FIELDS)

        card = api.person().get(path_of(space))

        assert card.status_code == 200
        assert card.json() == space | {"owner_id": None, "role": None}

    def test_get_space_shows_members_the_owner_and_their_role(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()

        seen = api.member_of(space, ada, "viewer").get(path_of(space)).json()

        assert seen == space | {"role": "viewer", "member_count": 2}

    def test_get_space_reads_all_it_needs_at_once(self, api: Api, calls: list[str]) -> None:
        ada = api.person()
        space = ada.make_space()
        calls.clear()

        ada.get(path_of(space))

        assert calls == ["BatchGetItem"]


class TestUpdateSpace:
    @pytest.mark.parametrize(("name", "value"), FIELDS.items())
    def test_update_space_changes_one_field_and_leaves_the_others(
        self, api: Api, name: str, value: Any
    ) -> None:
        ada = api.person()
        before = ada.make_space()

        response = ada.patch(path_of(before), {name: value})

        assert response.status_code == 200
        assert response.json() == before | {name: value, "version": 2, "etag": ANY_ETAG}
        assert ada.get(path_of(before)).json() == response.json()

    @pytest.mark.parametrize("name", ["description", "category"])
    def test_null_clears_what_may_be_empty(self, api: Api, name: str) -> None:
        ada = api.person()
        space = ada.make_space(**FIELDS)

        ada.patch(path_of(space), {name: None})

        assert ada.get(path_of(space)).json()[name] is None

    def test_update_space_that_changes_nothing_writes_nothing(self, api: Api, calls: list[str]) -> None:
        ada = api.person()
        space = ada.make_space()
        calls.clear()

        response = ada.patch(path_of(space), {"name": space["name"]})

        assert response.json() == space
        assert calls == ["BatchGetItem"]

    def test_update_space_loses_no_change_that_is_made_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        path = path_of(ada.make_space())
        before_commit(lambda: ada.elsewhere().patch(path, {"description": "Slowly"}))

        response = ada.patch(path, {"name": "Walkers"})

        assert [response.json()[key] for key in ("name", "description", "version")] == [
            "Walkers",
            "Slowly",
            3,
        ]

    def test_update_space_keeps_who_joined_concurrently_counted(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        code, bob = ada.make_code(space["space_id"]), api.person()
        before_commit(lambda: bob.elsewhere().join(code))

        ada.patch(path_of(space), {"name": "Walkers"})

        assert ada.get(path_of(space)).json()["member_count"] == 2

    @pytest.mark.parametrize(("role", "status"), [("member", 403), (None, 404)])
    def test_update_space_is_rejected_when_the_right_to_it_is_lost_concurrently(
        self, api: Api, before_commit: Callable[..., None], role: str | None, status: int
    ) -> None:
        ada = api.person()
        space = ada.make_space()
        admin = api.member_of(space, ada, "admin")
        membership, owner = f"{path_of(space)}/members/{admin.user_id}", ada.elsewhere()
        before_commit(lambda: owner.patch(membership, {"role": role}) if role else owner.delete(membership))

        assert admin.patch(path_of(space), {"name": "Mine now"}).status_code == status
        assert ada.get(path_of(space)).json()["name"] == space["name"]

    def test_update_space_gives_up_if_others_keep_changing_it(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        path, busy = path_of(ada.make_space()), ada.elsewhere()
        numbers = iter(range(5))
        before_commit(lambda: busy.patch(path, {"category": f"{next(numbers)}"}), times=5)

        response = ada.patch(path, {"name": "Walkers"})

        assert_problem(response, 409, "conflict")
        assert response.headers["Retry-After"] == "1"


class TestDeleteSpace:
    @pytest.fixture
    def ada(self, api: Api) -> Person:
        return api.person()

    def test_points_to_an_operation(self, ada: Person) -> None:
        response = ada.delete(path_of(ada.make_space()))

        assert response.status_code == 202
        operation = response.json()
        assert operation["status"] == "pending"
        assert response.headers["Location"] == f"/api/v1/operations/{operation['operation_id']}"
        assert ada.get(response.headers["Location"]).json() == operation

    @pytest.mark.parametrize("visibility", ["private", "public"])
    def test_delete_space_makes_it_unreachable_at_once_for_everybody(
        self, api: Api, ada: Person, visibility: str
    ) -> None:
        space = ada.make_space(visibility=visibility)
        people = [ada, *(api.member_of(space, ada, role) for role in ("admin", "member", "viewer"))]

        ada.delete(path_of(space))

        for person in [*people, api.person()]:
            assert_problem(person.get(path_of(space)), 404, "not_found")
            assert_problem(person.get(f"{path_of(space)}/members"), 404, "not_found")
        assert_problem(ada.delete(path_of(space)), 404, "not_found")

    def test_delete_space_invalidates_the_invite_code(self, api: Api, ada: Person) -> None:
        space = ada.make_space()
        code = ada.make_code(space["space_id"])

        ada.delete(path_of(space))

        assert_problem(api.person().join(code), 404, "invite_code_invalid")

    def test_delete_space_stops_a_change_that_is_under_way(
        self, api: Api, ada: Person, before_commit: Callable[..., None]
    ) -> None:
        space = ada.make_space()
        before_commit(lambda: ada.elsewhere().delete(path_of(space)))

        assert_problem(ada.patch(path_of(space), {"name": "Too late"}), 404, "not_found")

    def test_delete_space_rejects_who_joins_concurrently(
        self, api: Api, ada: Person, before_commit: Callable[..., None]
    ) -> None:
        space = ada.make_space()
        code = ada.make_code(space["space_id"])
        before_commit(lambda: ada.elsewhere().delete(path_of(space)))

        assert_problem(api.person().join(code), 404, "invite_code_invalid")

    def test_delete_space_enqueues_the_deletion_of_its_items(
        self, ada: Person, dynamodb: DynamoDBClient
    ) -> None:
        space = ada.make_space()

        operation = ada.delete(path_of(space)).json()

        messages = [
            row
            for shard in range(4)
            for row in dynamodb.query(
                TableName=TABLE_NAME,
                KeyConditionExpression="PK = :pk",
                ExpressionAttributeValues={":pk": {"S": f"OUTBOX#{shard}"}},
            )["Items"]
        ]
        assert [row["entity_type"]["S"] for row in messages] == ["OutboxMessage"]
        data = messages[0]["data"]["M"]
        assert data["kind"] == {"S": "space.deleted"}
        assert json.loads(data["payload"]["S"]) == {
            "space_id": space["space_id"],
            "operation_id": operation["operation_id"],
        }
