"""`GET /users/me/export`: a copy of everything that one wrote or is the subject of."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration.content_helpers import react_to_all, write_everything

EXPORT, SPACES = "/api/v1/users/me/export", "/api/v1/spaces"
EVERYTHING = {
    "activity",
    "comment",
    "goal",
    "goal_check_in",
    "habit",
    "habit_check_in",
    "highlight",
    "invitation",
    "journal_entry",
    "membership",
    "notification",
    "reaction",
    "template",
    "user_profile",
}


def export(person: Person, *, limit: int = 100) -> list[dict[str, Any]]:
    """All pages."""
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        response = person.get(f"{EXPORT}?limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        assert response.status_code == 200, response.text
        page = response.json()
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["next_cursor"]
    return items


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada")


@pytest.fixture
def bob(api: Api, ada: Person, run_background: Callable[[], None]) -> Person:
    """An admin of Ada's space, who has written one of each thing there."""
    space = ada.make_space()
    bob = api.member_of(space, ada, "admin")
    here = f"{SPACES}/{space['space_id']}"
    write_everything(bob, here, mark="Bob was here")
    run_background()
    react_to_all(bob, here)
    react_to_all(ada, here)
    run_background()
    return bob


class TestExport:
    def test_export_holds_one_of_each_thing_that_was_written(self, bob: Person) -> None:
        items = export(bob)

        assert {item["kind"] for item in items} == EVERYTHING
        marked = {item["kind"] for item in items if "Bob was here" in json.dumps(item)}
        assert marked == EVERYTHING - {"activity", "membership", "notification", "reaction", "user_profile"}

    def test_export_holds_the_items_as_they_are_stored(self, bob: Person) -> None:
        (profile,) = [item["data"] for item in export(bob) if item["kind"] == "user_profile"]

        me = bob.get("/api/v1/users/me").json()
        stored = me.keys() - {"etag"}  # which is made of the answer
        assert {name: profile[name] for name in stored} == {name: me[name] for name in stored}

    def test_export_is_the_same_in_pages_of_any_size(self, bob: Person) -> None:
        assert export(bob, limit=1) == export(bob, limit=3) == export(bob)

    def test_export_names_other_people_by_id_only(self, ada: Person, bob: Person) -> None:
        text = json.dumps(export(bob))

        assert ada.user_id in text
        assert ada.email not in text
        assert '"Ada"' not in text
        assert "eve@example.com" not in text

    def test_export_holds_what_was_written_in_a_space_since_left(self, bob: Person) -> None:
        (membership,) = [item["data"] for item in export(bob) if item["kind"] == "membership"]
        left = bob.delete(f"{SPACES}/{membership['space_id']}/members/{bob.user_id}")
        assert left.status_code == 204

        assert {item["kind"] for item in export(bob)} == EVERYTHING - {"membership"}

    def test_export_holds_the_invitations_that_one_got(self, api: Api, ada: Person) -> None:
        cleo = api.person("Cleo")
        space = ada.make_space("Secret club")
        path = f"{SPACES}/{space['space_id']}/invitations"
        assert ada.post(path, {"email": cleo.email, "message": "Come"}).status_code == 201

        (invitation,) = [item["data"] for item in export(cleo) if item["kind"] == "invitation"]

        assert (invitation["message"], invitation["invited_by"]) == ("Come", ada.user_id)

    def test_export_holds_the_invitations_to_the_verified_email(self, api: Api, ada: Person) -> None:
        cleo = api.person("Cleo")
        path = f"{SPACES}/{ada.make_space()['space_id']}/invitations"
        body = {"email": "cleo@new.example.com", "message": "To the new address"}
        assert ada.post(path, body).status_code == 201
        assert ada.post(path, {"email": cleo.email}).status_code == 201
        cleo.token = api.signing_key.token(cleo.user_id, "cleo@new.example.com")

        (invitation,) = [item["data"] for item in export(cleo) if item["kind"] == "invitation"]

        assert invitation["message"] == "To the new address"

    def test_export_holds_no_invitation_without_a_verified_email(self, api: Api, ada: Person) -> None:
        cleo = api.person("Cleo")
        path = f"{SPACES}/{ada.make_space()['space_id']}/invitations"
        assert ada.post(path, {"email": cleo.email}).status_code == 201
        cleo.token = api.signing_key.token(cleo.user_id, cleo.email, email_verified=False)

        assert {item["kind"] for item in export(cleo)} == {"user_profile"}

    @pytest.mark.parametrize("cursor", ["x", "0", "9.", "1.x", "²."])
    def test_export_rejects_a_made_up_cursor(self, ada: Person, cursor: str) -> None:
        assert_problem(ada.get(f"{EXPORT}?cursor={cursor}"), 400, "invalid_cursor")

    def test_export_rejects_the_cursor_of_somebody_else(self, ada: Person, bob: Person) -> None:
        cursor = bob.get(f"{EXPORT}?limit=1").json()["next_cursor"]
        while cursor.endswith("."):
            cursor = bob.get(f"{EXPORT}?limit=1&cursor={cursor}").json()["next_cursor"]

        assert_problem(ada.get(f"{EXPORT}?cursor={cursor}"), 400, "invalid_cursor")
