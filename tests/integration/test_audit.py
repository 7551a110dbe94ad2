"""`GET /spaces/{space_id}/audit`: who changed which membership, role, code or setting, and when."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core.database import Table
from app.models.access_patterns import audit_of_space
from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration.table_helpers import rows

FIELDS = {"event_id", "kind", "actor_id", "subject_id", "role", "fields", "created_at"}


def path_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada Lovelace")


@pytest.fixture
def space(ada: Person) -> dict[str, Any]:
    return ada.make_space("Morning runners", visibility="public")


@pytest.fixture
def audit(ada: Person, space: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
    """`audit()`: all that is in the audit, the newest first."""

    def read() -> list[dict[str, Any]]:
        page = ada.get(f"{path_of(space)}/audit?limit=100")
        assert page.status_code == 200, page.text
        items: list[dict[str, Any]] = page.json()["items"]
        return items

    return read


@pytest.fixture
def last(audit: Callable[[], list[dict[str, Any]]]) -> Callable[[], tuple[Any, ...]]:
    """`last()`: of the latest event kind, actor and subject, role and fields."""

    def read() -> tuple[Any, ...]:
        event = audit()[0]
        return tuple(event[name] for name in ("kind", "actor_id", "subject_id", "role", "fields"))

    return read


Last = Callable[[], tuple[Any, ...]]


class TestListAudit:
    def test_list_audit_shows_who_did_what_to_what_and_when(
        self, api: Api, ada: Person, space: dict[str, Any], audit: Callable[[], list[dict[str, Any]]]
    ) -> None:
        (event,) = audit()

        assert event == {
            "event_id": event["event_id"],
            "kind": "space_created",
            "actor_id": ada.user_id,
            "subject_id": space["space_id"],
            "role": None,
            "fields": None,
            "created_at": "2026-03-14T15:09:26.535Z",
        }

    def test_list_audit_is_newest_first_in_pages(self, ada: Person, space: dict[str, Any]) -> None:
        for number in range(3):
            ada.patch(path_of(space), {"name": f"Name {number}"})

        first = ada.get(f"{path_of(space)}/audit?limit=3").json()
        second = ada.get(f"{path_of(space)}/audit?limit=3&cursor={first['next_cursor']}").json()

        kinds = [event["kind"] for event in [*first["items"], *second["items"]]]
        assert kinds == ["space_changed"] * 3 + ["space_created"]
        assert second["next_cursor"] is None

    @pytest.mark.parametrize(("role", "status"), [("admin", 200), ("member", 403), ("viewer", 403)])
    def test_list_audit_is_allowed_to_owner_and_admins(
        self, api: Api, ada: Person, space: dict[str, Any], role: str, status: int
    ) -> None:
        assert api.member_of(space, ada, role).get(f"{path_of(space)}/audit").status_code == status

    def test_list_audit_holds_ids_and_no_names(
        self, api: Api, ada: Person, space: dict[str, Any], audit: Callable[[], list[dict[str, Any]]]
    ) -> None:
        bob = api.member_of(space, ada, "viewer")
        code = ada.make_code(space["space_id"])
        ada.patch(path_of(space), {"name": "Secret name", "description": "Secret words"})
        ada.delete(f"{path_of(space)}/members/{bob.user_id}")

        stored = [row for row in rows() if row["entity_type"]["S"] == "AuditEvent"]

        assert {frozenset(event) for event in audit()} == {frozenset(FIELDS)}
        text = json.dumps(stored)
        for word in (ada.email, bob.email, "Ada", "Somebody", "Secret", "Morning", code):
            assert word not in text


class TestAuditEvent:
    def test_a_joining(self, api: Api, space: dict[str, Any], last: Last) -> None:
        bob = api.person()
        bob.post(f"{path_of(space)}/members")

        assert last() == ("member_joined", bob.user_id, bob.user_id, "viewer", None)

    def test_a_joining_by_code(self, api: Api, ada: Person, space: dict[str, Any], last: Last) -> None:
        bob = api.person()
        bob.join(ada.make_code(space["space_id"]))

        assert last() == ("member_joined", bob.user_id, bob.user_id, "member", None)

    def test_a_leaving(self, api: Api, ada: Person, space: dict[str, Any], last: Last) -> None:
        bob = api.member_of(space, ada, "member")
        bob.delete(f"{path_of(space)}/members/{bob.user_id}")

        assert last() == ("member_left", bob.user_id, bob.user_id, None, None)

    def test_a_removal_and_the_new_code(
        self, api: Api, ada: Person, space: dict[str, Any], audit: Callable[[], list[dict[str, Any]]]
    ) -> None:
        bob = api.member_of(space, ada, "member")
        ada.delete(f"{path_of(space)}/members/{bob.user_id}")

        removed, rotated = audit()[:2]
        assert (removed["kind"], removed["actor_id"], removed["subject_id"]) == (
            "member_removed",
            ada.user_id,
            bob.user_id,
        )
        assert (rotated["kind"], rotated["subject_id"]) == ("invite_code_made", space["space_id"])

    def test_a_change_of_role(self, api: Api, ada: Person, space: dict[str, Any], last: Last) -> None:
        bob = api.member_of(space, ada, "member")
        ada.patch(f"{path_of(space)}/members/{bob.user_id}", {"role": "admin"})

        assert last() == ("role_changed", ada.user_id, bob.user_id, "admin", None)

    def test_a_transfer_of_ownership(self, api: Api, ada: Person, space: dict[str, Any], last: Last) -> None:
        bob = api.member_of(space, ada, "member")
        ada.post(f"{path_of(space)}/ownership", {"user_id": bob.user_id})

        assert last() == ("ownership_transferred", ada.user_id, bob.user_id, "owner", None)

    def test_a_code_that_is_made_and_disabled(self, ada: Person, space: dict[str, Any], last: Last) -> None:
        ada.make_code(space["space_id"])
        assert last() == ("invite_code_made", ada.user_id, space["space_id"], None, None)

        ada.delete(f"{path_of(space)}/invite-code")
        assert last() == ("invite_code_disabled", ada.user_id, space["space_id"], None, None)

    def test_the_settings_that_were_changed_by_name(
        self, ada: Person, space: dict[str, Any], last: Last
    ) -> None:
        ada.patch(path_of(space), {"visibility": "private", "name": space["name"], "category": "fitness"})

        assert last() == ("space_changed", ada.user_id, space["space_id"], None, ["category", "visibility"])

    def test_no_change_that_changes_nothing(
        self, api: Api, ada: Person, space: dict[str, Any], audit: Callable[[], list[dict[str, Any]]]
    ) -> None:
        bob = api.member_of(space, ada, "admin")
        before = audit()

        ada.patch(path_of(space), {"name": space["name"]})
        ada.patch(f"{path_of(space)}/members/{bob.user_id}", {"role": "admin"})

        assert audit() == before

    def test_nothing_of_a_change_that_was_rejected(
        self,
        api: Api,
        ada: Person,
        space: dict[str, Any],
        audit: Callable[[], list[dict[str, Any]]],
        before_commit: Callable[..., None],
    ) -> None:
        bob = api.member_of(space, ada, "admin")
        path = f"{path_of(space)}/members/{bob.user_id}"
        before_commit(lambda: ada.elsewhere().patch(path, {"role": "viewer"}))

        assert_problem(bob.patch(path_of(space), {"name": "Mine"}), 403, "forbidden")

        assert [event["kind"] for event in audit()].count("space_changed") == 0


class TestRetention:
    def stored(self, table: Table, space: dict[str, Any]) -> list[str]:
        return [event.kind for event in table.page(audit_of_space(space["space_id"]), limit=100).items]

    def test_audit_outlives_the_space_and_is_unreadable(
        self, api: Api, ada: Person, space: dict[str, Any], table: Table, run_background: Callable[[], None]
    ) -> None:
        api.member_of(space, ada, "member")
        before = self.stored(table, space)
        ada.delete(path_of(space))
        run_background()

        assert self.stored(table, space) == ["space_deleted", *before]
        assert_problem(ada.get(f"{path_of(space)}/audit"), 404, "not_found")

    def test_retention_ends_after_400_days(
        self, api: Api, ada: Person, space: dict[str, Any], table: Table
    ) -> None:
        (row,) = (row for row in rows() if row["entity_type"]["S"] == "AuditEvent")
        assert int(row["ttl"]["N"]) == int((api.clock.now + timedelta(days=400)).timestamp())

        api.clock.advance(days=400, seconds=-1)
        assert self.stored(table, space) == ["space_created"]

        api.clock.advance(seconds=1)
        assert self.stored(table, space) == []

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_retention_leaves_events_unchanged(
        self, ada: Person, space: dict[str, Any], audit: Callable[[], list[dict[str, Any]]], method: str
    ) -> None:
        (event,) = audit()

        assert ada.request(method, f"{path_of(space)}/audit", json={}).status_code == 405
        assert ada.request(method, f"{path_of(space)}/audit/{event['event_id']}", json={}).status_code == 404
