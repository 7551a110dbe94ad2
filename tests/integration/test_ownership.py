"""`POST /spaces/{space_id}/ownership`: passing a space on. It has exactly one owner at every moment."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response

from app.core.database import Table
from app.models.access_patterns import SPACES, USER_PROFILES, members_of_space
from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, Person

ME = "/api/v1/users/me"
NOBODY = "00000000-0000-0000-0000-00000000ffff"


def path_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


def transfer(person: Person, space: dict[str, Any], to: str, **headers: str) -> Response:
    return person.post(f"{path_of(space)}/ownership", {"user_id": to}, **headers)


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space()


@pytest.fixture
def owners(table: Table, space: dict[str, Any]) -> Callable[[], list[str]]:
    """`owners()`: who owns the space, by the space, by its memberships and by the profiles, which agree."""

    def find() -> list[str]:
        members = table.page(members_of_space(space["space_id"]), limit=100).items
        by_role = [member.user_id for member in members if member.role == "owner"]
        stored = table.get(SPACES.key(space_id=space["space_id"]))
        assert stored is not None
        assert [stored.owner_id] == by_role
        profiles = table.batch_get([USER_PROFILES.key(user_id=member.user_id) for member in members])
        assert [profile.user_id for profile in profiles if profile.owned_spaces] == by_role
        return by_role

    return find


class TestTransferOwnership:
    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_transfer_ownership_makes_a_member_of_any_role_the_owner_and_the_owner_an_admin(
        self, api: Api, ada: Person, space: dict[str, Any], owners: Callable[[], list[str]], role: str
    ) -> None:
        bob = api.member_of(space, ada, role)
        api.clock.advance(minutes=1)

        response = transfer(ada, space, bob.user_id)

        assert response.status_code == 200
        assert response.json() == space | {
            "owner_id": bob.user_id,
            "role": "admin",
            "member_count": 2,
            "version": 2,
            "updated_at": "2026-03-14T15:10:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["ETag"] == ada.get(path_of(space)).headers["ETag"]
        assert bob.get(path_of(space)).json()["role"] == "owner"
        assert owners() == [bob.user_id]

    def test_transfer_to_oneself_returns_409(self, ada: Person, space: dict[str, Any]) -> None:
        assert_problem(transfer(ada, space, ada.user_id), 409, "already_owner")

    def test_transfer_ownership_to_who_is_not_in_the_space_finds_nobody(
        self, api: Api, ada: Person, space: dict[str, Any], owners: Callable[[], list[str]]
    ) -> None:
        for stranger in (api.person().user_id, api.user().user_id, NOBODY):
            assert_problem(transfer(ada, space, stranger), 404, "not_found")
        assert owners() == [ada.user_id]

    def test_transfer_ownership_to_who_is_leaving_the_platform_finds_nobody(
        self, api: Api, ada: Person, space: dict[str, Any]
    ) -> None:
        bob = api.member_of(space, ada, "member")
        assert bob.delete(ME).status_code == 202

        assert_problem(transfer(ada, space, bob.user_id), 404, "not_found")

    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_transfer_ownership_is_for_the_owner(
        self, api: Api, ada: Person, space: dict[str, Any], owners: Callable[[], list[str]], role: str
    ) -> None:
        bob = api.member_of(space, ada, role)

        assert_problem(transfer(bob, space, bob.user_id), 403, "forbidden")
        assert owners() == [ada.user_id]

    def test_transfer_moves_the_owners_permissions(
        self, api: Api, ada: Person, space: dict[str, Any]
    ) -> None:
        bob = api.member_of(space, ada, "member")
        assert transfer(ada, space, bob.user_id).status_code == 200

        assert_problem(ada.delete(path_of(space)), 403, "forbidden")
        assert_problem(bob.delete(f"{path_of(space)}/members/{bob.user_id}"), 409, "owner_is_fixed")
        assert_problem(bob.delete(ME), 409, "owns_spaces")
        assert ada.delete(f"{path_of(space)}/members/{ada.user_id}").status_code == 204
        assert ada.delete(ME).status_code == 202
        assert bob.delete(path_of(space)).status_code == 202

    def test_transfer_can_be_reversed(
        self, api: Api, ada: Person, space: dict[str, Any], owners: Callable[[], list[str]]
    ) -> None:
        bob = api.member_of(space, ada, "member")
        transfer(ada, space, bob.user_id)

        assert transfer(bob, space, ada.user_id).json()["version"] == 3
        assert owners() == [ada.user_id]

    def test_transfer_ownership_with_a_key_happens_once_and_is_no_longer_the_callers_to_repeat(
        self, api: Api, ada: Person, space: dict[str, Any], owners: Callable[[], list[str]]
    ) -> None:
        bob = api.member_of(space, ada, "member")

        first, second = (transfer(ada, space, bob.user_id, idempotency_key="one") for _ in range(2))

        assert first.status_code == 200
        assert_problem(second, 403, "forbidden")
        assert owners() == [bob.user_id]


class TestConcurrentTransfer:
    """What happens while a transfer is under way."""

    @pytest.fixture
    def bob(self, api: Api, ada: Person, space: dict[str, Any]) -> Person:
        return api.member_of(space, ada, "member")

    def test_concurrent_transfer_who_leaves_does_not_become_the_owner(
        self,
        ada: Person,
        bob: Person,
        space: dict[str, Any],
        before_commit: Callable[..., None],
        owners: Callable[[], list[str]],
    ) -> None:
        before_commit(lambda: bob.elsewhere().delete(f"{path_of(space)}/members/{bob.user_id}"))

        assert_problem(transfer(ada, space, bob.user_id), 404, "not_found")
        assert owners() == [ada.user_id]

    def test_concurrent_transfer_who_closes_their_account_does_not_become_the_owner(
        self,
        ada: Person,
        bob: Person,
        space: dict[str, Any],
        before_commit: Callable[..., None],
        owners: Callable[[], list[str]],
    ) -> None:
        before_commit(lambda: bob.elsewhere().delete(ME))

        assert_problem(transfer(ada, space, bob.user_id), 404, "not_found")
        assert owners() == [ada.user_id]

    def test_first_of_two_transfers_wins(
        self,
        ada: Person,
        bob: Person,
        space: dict[str, Any],
        before_commit: Callable[..., None],
        owners: Callable[[], list[str]],
    ) -> None:
        elsewhere = ada.elsewhere()
        before_commit(lambda: transfer(elsewhere, space, bob.user_id))

        assert_problem(transfer(ada, space, bob.user_id), 403, "forbidden")
        assert owners() == [bob.user_id]

    def test_transfer_of_a_space_deleted_concurrently_is_rejected(
        self,
        ada: Person,
        bob: Person,
        space: dict[str, Any],
        before_commit: Callable[..., None],
        table: Table,
    ) -> None:
        before_commit(lambda: ada.elsewhere().delete(path_of(space)))

        assert_problem(transfer(ada, space, bob.user_id), 404, "not_found")
        profile = table.get(USER_PROFILES.key(user_id=bob.user_id))
        assert profile is not None
        assert profile.owned_spaces == 0

    def test_a_change_of_role_does_not_stop_it(
        self,
        ada: Person,
        bob: Person,
        space: dict[str, Any],
        before_commit: Callable[..., None],
        owners: Callable[[], list[str]],
    ) -> None:
        path = f"{path_of(space)}/members/{bob.user_id}"
        before_commit(lambda: ada.elsewhere().patch(path, {"role": "viewer"}))

        assert transfer(ada, space, bob.user_id).status_code == 200
        assert owners() == [bob.user_id]
