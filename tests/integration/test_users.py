"""`/users`: one's own profile, and what others may see of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api, FrozenClock, Person

USERS, ME = "/api/v1/users", "/api/v1/users/me"
EVERYTHING_OPTIONAL = {
    "preferred_name": "Ada",
    "bio": "Counts on engines.\nAnd on friends.",
    "avatar_url": "https://example.com/ada.png",
    "timezone": "Europe/London",
    "locale": "en-GB",
    "preferences": {
        "mail": {"mention": True, "reminder": False},
        "notifications": {"comment": False},
        "reminder_time": "07:30",
        "week_start": "sunday",
    },
}


class TestCreateUser:
    def test_create_user_makes_the_profile(self, api: Api) -> None:
        ada = api.user("ada@example.com")

        response = ada.post(USERS, {"email": "ada@example.com", "name": "Ada Lovelace"})

        assert response.status_code == 201
        assert response.headers["Location"] == ME
        assert response.json() == {
            "user_id": ada.user_id,
            "email": "ada@example.com",
            "name": "Ada Lovelace",
            "preferred_name": None,
            "bio": None,
            "avatar_url": None,
            "timezone": "UTC",
            "locale": None,
            "org_id": None,
            "org_role": None,
            "preferences": {
                "mail": {},
                "notifications": {},
                "reminder_time": None,
                "week_start": "monday",
            },
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert ada.get(ME).json() == response.json()

    def test_create_user_accepts_every_optional_field(self, api: Api) -> None:
        ada = api.user()

        made = ada.post(USERS, {"email": ada.email, "name": "Ada", **EVERYTHING_OPTIONAL}).json()

        assert {name: made[name] for name in EVERYTHING_OPTIONAL} == EVERYTHING_OPTIONAL
        assert ada.get(ME).json() == made

    @pytest.mark.parametrize("sent", ["ada@example.com", " ADA@Example.COM\n"])
    def test_create_user_recognizes_the_verified_email_however_it_is_written(
        self, api: Api, sent: str
    ) -> None:
        ada = api.user("Ada@Example.com")

        response = ada.post(USERS, {"email": sent, "name": "Ada"})

        assert response.status_code == 201
        assert response.json()["email"] == "ada@example.com"

    def test_create_user_rejects_letters_that_fold_into_another_address(self, api: Api) -> None:
        kelvin_sign = api.user("mar\u212a@example.com")

        response = kelvin_sign.post(USERS, {"email": "mark@example.com", "name": "Mark"})
        assert_problem(response, 403, "email_not_verified")
        response = kelvin_sign.post(USERS, {"email": kelvin_sign.email, "name": "Mark"})
        assert_problem(response, 422, "validation_failed", field="body.email")
        assert api.user("mark@example.com").make_profile().get(ME).json()["email"] == "mark@example.com"

    def test_create_user_rejects_an_email_that_is_not_the_tokens(self, api: Api) -> None:
        response = api.user().post(USERS, {"email": "somebody.else@example.com", "name": "Ada"})

        assert_problem(response, 403, "email_not_verified")

    @pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}])
    def test_create_user_rejects_an_email_that_is_not_verified(
        self, api: Api, claims: dict[str, Any]
    ) -> None:
        ada = api.user(**claims)

        response = ada.post(USERS, {"email": ada.email, "name": "Ada"})

        assert_problem(response, 403, "email_not_verified")

    def test_create_user_rejects_a_second_profile(self, api: Api) -> None:
        ada = api.person("Ada")

        response = ada.post(USERS, {"email": ada.email, "name": "Ada again"})

        assert_problem(response, 409, "profile_exists")
        assert ada.get(ME).json()["name"] == "Ada"

    @pytest.mark.parametrize("email", ["ada@example.com", "ADA@example.com"])
    def test_create_user_rejects_an_email_that_another_profile_has(self, api: Api, email: str) -> None:
        api.user("ada@example.com").make_profile()
        second = api.user(email)

        response = second.post(USERS, {"email": email, "name": "Not Ada"})

        assert_problem(response, 409, "email_taken")
        assert_problem(second.get(ME), 403, "profile_required")

    def test_create_user_of_two_at_once_makes_one(self, api: Api, before_commit: Callable[..., None]) -> None:
        ada = api.user()
        before_commit(lambda: ada.elsewhere().make_profile("First"))

        response = ada.post(USERS, {"email": ada.email, "name": "Second"})

        assert_problem(response, 409, "profile_exists")
        assert ada.get(ME).json()["name"] == "First"


class TestGetMe:
    def test_get_me_reads_ones_own_profile(self, api: Api) -> None:
        ada = api.person("Ada")

        response = ada.get(ME)

        assert response.status_code == 200
        assert response.json()["user_id"] == ada.user_id

    def test_get_me_says_that_a_profile_is_needed(self, api: Api) -> None:
        assert_problem(api.user().get(ME), 403, "profile_required")


class TestUpdateMe:
    @pytest.mark.parametrize(("name", "value"), [("name", "Ada King"), *EVERYTHING_OPTIONAL.items()])
    def test_update_me_changes_one_field_and_leaves_the_others(self, api: Api, name: str, value: Any) -> None:
        ada = api.person("Ada")
        before = ada.get(ME).json()

        response = ada.patch(ME, {name: value})

        assert response.status_code == 200
        assert response.json() == before | {name: value, "version": 2, "etag": ANY_ETAG}
        assert ada.get(ME).json() == response.json()

    @pytest.mark.parametrize("name", ["preferred_name", "bio", "avatar_url", "locale"])
    def test_null_clears_what_may_be_empty(self, api: Api, name: str) -> None:
        ada = api.person()
        ada.patch(ME, EVERYTHING_OPTIONAL)

        response = ada.patch(ME, {name: None})

        assert response.json()[name] is None
        assert ada.get(ME).json() == response.json()

    @pytest.mark.parametrize(
        ("patch", "changed"),
        [
            ({"reminder_time": "08:00"}, {"reminder_time": "08:00"}),
            ({"mail": {"mention": False}}, {"mail": {"mention": False, "reminder": False}}),
            ({"mail": {"reminder": None}}, {"mail": {"mention": True}}),
            ({"notifications": {"mention": False}}, {"notifications": {"comment": False, "mention": False}}),
            ({"week_start": None}, {"week_start": "monday"}),
        ],
    )
    def test_update_me_merges_preferences(
        self, api: Api, patch: dict[str, Any], changed: dict[str, Any]
    ) -> None:
        ada = api.person()
        before = ada.patch(ME, EVERYTHING_OPTIONAL).json()["preferences"]

        ada.patch(ME, {"preferences": patch})

        assert ada.get(ME).json()["preferences"] == before | changed

    def test_update_me_sets_updated_at(self, api: Api, clock: FrozenClock) -> None:
        ada = api.person()
        clock.advance(hours=1)

        changed = ada.patch(ME, {"name": "Ada King"}).json()

        assert changed["created_at"] == "2026-03-14T15:09:26.535Z"
        assert changed["updated_at"] == "2026-03-14T16:09:26.535Z"

    @pytest.mark.parametrize("nothing_new", [{}, {"name": "Ada"}, {"name": " Ada ", "bio": None}])
    def test_update_me_that_changes_nothing_writes_nothing(
        self, api: Api, calls: list[str], nothing_new: dict[str, Any]
    ) -> None:
        ada = api.person("Ada")
        before = ada.get(ME).json()
        calls.clear()

        response = ada.patch(ME, nothing_new)

        assert response.status_code == 200
        assert response.json() == before
        assert calls == ["GetItem"]

    def test_update_me_loses_no_change_that_is_made_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person("Ada")
        before_commit(lambda: ada.elsewhere().patch(ME, {"bio": "Counts"}))

        response = ada.patch(ME, {"name": "Ada King"})

        assert response.json()["bio"] == "Counts"
        assert response.json()["name"] == "Ada King"
        assert response.json()["version"] == 3

    def test_update_me_requires_a_profile(self, api: Api) -> None:
        assert_problem(api.user().patch(ME, {"name": "Ada"}), 403, "profile_required")


class TestUpdateMyEmail:
    @pytest.fixture
    def moved(self, api: Api) -> Person:
        """Somebody whose verified e-mail has changed in the user pool since they made their profile."""
        person = api.user("old@example.com").make_profile("Ada")
        person.email = "new@example.com"
        person.token = api.signing_key.token(person.user_id, person.email)
        return person

    def test_update_my_email_moves_to_the_verified_one(self, moved: Person) -> None:
        response = moved.patch(ME, {"email": " New@Example.com "})

        assert response.status_code == 200
        assert response.json()["email"] == "new@example.com"

    def test_update_email_releases_the_old_address_and_claims_the_new(self, api: Api, moved: Person) -> None:
        moved.patch(ME, {"email": moved.email})

        api.user("old@example.com").make_profile()
        late = api.user("new@example.com").post(USERS, {"email": "new@example.com", "name": "Late"})
        assert_problem(late, 409, "email_taken")

    def test_update_my_email_does_not_move_to_another(self, api: Api, moved: Person) -> None:
        response = moved.patch(ME, {"email": "third@example.com", "name": "Changed"})

        assert_problem(response, 403, "email_not_verified")
        assert moved.get(ME).json()["email"] == "new@example.com"
        assert moved.get(ME).json()["name"] == "Ada"

    def test_update_my_email_does_not_move_to_one_that_is_taken(self, api: Api, moved: Person) -> None:
        api.user("new@example.com").make_profile()

        response = moved.patch(ME, {"email": "new@example.com", "name": "Changed"})

        assert_problem(response, 409, "email_taken")
        assert moved.get(ME).json()["name"] == "Ada"
        taken = api.user("old@example.com").post(USERS, {"email": "old@example.com", "name": "B"})
        assert_problem(taken, 409, "email_taken")

    def test_update_my_email_does_not_stay_if_it_is(self, moved: Person) -> None:
        response = moved.patch(ME, {"email": "old@example.com", "name": "Ada King"})

        assert_problem(response, 403, "email_not_verified")


class TestGetUser:
    def test_get_user_shows_the_public_fields_to_who_shares_a_space(self, api: Api) -> None:
        ada, bob = api.person("Ada"), api.person("Bob")
        ada.patch(ME, EVERYTHING_OPTIONAL)
        bob.join(ada.make_code(ada.make_space()["space_id"]))

        response = bob.get(f"{USERS}/{ada.user_id}")

        assert response.status_code == 200
        assert response.json() == {
            "user_id": ada.user_id,
            "name": "Ada",
            **{name: EVERYTHING_OPTIONAL[name] for name in ("preferred_name", "avatar_url", "bio")},
        }

    def test_get_user_shows_the_caller(self, api: Api) -> None:
        ada = api.person("Ada")

        assert ada.get(f"{USERS}/{ada.user_id}").json()["name"] == "Ada"

    def test_get_user_shows_people_of_the_same_organization(self, api: Api) -> None:
        ada, eve = api.person(), api.person()
        bob = api.user_of(ada.make_organization(), ada)
        eve.make_organization()

        assert bob.get(f"{USERS}/{ada.user_id}").status_code == 200
        assert_problem(eve.get(f"{USERS}/{ada.user_id}"), 404, "not_found")

    def test_get_user_returns_404_for_strangers(self, api: Api) -> None:
        ada, bob = api.person(), api.person()
        ada.make_space()
        bob.make_space()

        assert_problem(bob.get(f"{USERS}/{ada.user_id}"), 404, "not_found")

    def test_get_user_hides_who_is_about_to_be_erased(self, api: Api) -> None:
        ada = api.person()
        bob = api.member_of(ada.make_space(), ada, "member")
        assert bob.delete("/api/v1/users/me").status_code == 202

        assert_problem(ada.get(f"/api/v1/users/{bob.user_id}"), 404, "not_found")

    def test_get_user_returns_404_after_the_last_common_space(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "viewer")
        bob.delete(f"/api/v1/spaces/{space['space_id']}/members/{bob.user_id}")

        assert_problem(bob.get(f"{USERS}/{ada.user_id}"), 404, "not_found")

    def test_get_user_says_the_same_of_nobody_as_of_a_stranger(self, api: Api) -> None:
        ada, bob = api.person(), api.person()
        stranger = bob.get(f"{USERS}/{ada.user_id}").json()

        nobody = bob.get(f"{USERS}/{api.user().user_id}").json()

        assert nobody | {"request_id": None} == stranger | {"request_id": None}

    def test_get_user_hides_who_has_no_profile_yet(self, api: Api) -> None:
        assert_problem(api.person().get(f"{USERS}/{api.user().user_id}"), 404, "not_found")

    def test_get_user_costs_one_query_and_one_batch_get(self, api: Api, calls: list[str]) -> None:
        ada = api.person()
        space = ada.make_space()
        bob = api.member_of(space, ada, "member")
        calls.clear()

        bob.get(f"{USERS}/{ada.user_id}")

        assert calls == ["GetItem", "Query", "BatchGetItem"]
