"""`GET /spaces`: discovering public spaces."""

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, FrozenClock

SPACES, PUBLIC = "/api/v1/spaces", "/api/v1/spaces?visibility=public"


class TestListPublicSpaces:
    def test_list_public_spaces_shows_cards_newest_first(self, api: Api, clock: FrozenClock) -> None:
        ada = api.person()
        made = []
        for name in ("First", "Second", "Third"):
            made.append(ada.make_space(name, visibility="public", description=f"The {name}"))
            clock.advance(seconds=1)

        response = api.person().get(PUBLIC)

        assert response.status_code == 200
        cards = [space | {"owner_id": None, "role": None} for space in made]
        assert response.json() == {"items": cards[::-1], "next_cursor": None}

    def test_list_public_spaces_says_the_callers_own_role(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space(visibility="public")
        viewer = api.person()
        viewer.post(f"{SPACES}/{space['space_id']}/members")

        assert [ada.get(PUBLIC).json()["items"][0][key] for key in ("role", "owner_id")] == [
            "owner",
            ada.user_id,
        ]
        assert viewer.get(PUBLIC).json()["items"][0]["role"] == "viewer"

    def test_list_public_spaces_leaves_out_private_spaces_even_ones_own(self, api: Api) -> None:
        ada = api.person()
        ada.make_space()

        assert ada.get(PUBLIC).json()["items"] == []

    def test_list_public_spaces_follows_the_visibility(self, api: Api) -> None:
        ada = api.person()
        path = f"{SPACES}/{ada.make_space()['space_id']}"

        ada.patch(path, {"visibility": "public"})
        assert len(ada.get(PUBLIC).json()["items"]) == 1
        ada.patch(path, {"visibility": "private"})
        assert ada.get(PUBLIC).json()["items"] == []

    def test_list_public_spaces_leaves_out_a_space_that_is_being_deleted(self, api: Api) -> None:
        ada = api.person()
        ada.delete(f"{SPACES}/{ada.make_space(visibility='public')['space_id']}")

        assert ada.get(PUBLIC).json()["items"] == []

    @pytest.mark.parametrize("value", ["private", "", "PUBLIC", "all"])
    def test_list_public_spaces_discovers_nothing_but_public(self, api: Api, value: str) -> None:
        response = api.person().get(f"{SPACES}?visibility={value}")

        assert_problem(response, 422, "validation_failed", field="query.visibility")

    def test_list_public_spaces_requires_a_profile(self, api: Api) -> None:
        assert_problem(api.user().get(PUBLIC), 403, "profile_required")
