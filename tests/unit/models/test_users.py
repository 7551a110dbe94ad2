from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.models.access_patterns import USER_PROFILES
from app.models.users import (
    Preferences,
    PreferencesPatch,
    PublicUserView,
    UserCreate,
    UserPatch,
    UserProfile,
    UserView,
)

NOW = datetime(2026, 3, 14, 15, 9, 26, 535000, UTC)
ADA = {"email": "ada@example.com", "name": "Ada"}
OPTIONAL = ["preferred_name", "bio", "avatar_url", "locale"]
KINDS = st.sampled_from(
    ["mention", "comment", "invitation", "role_changed", "removed", "reaction", "reminder"]
)


def profile(body: UserCreate) -> UserProfile:
    return UserProfile(user_id="U", created_at=NOW, updated_at=NOW, **dict(body))


class TestUserCreate:
    def test_user_create_needs_an_email_and_a_name(self) -> None:
        made = UserCreate.model_validate(ADA)
        assert (made.timezone, made.bio, made.preferences) == ("UTC", None, Preferences())
        for missing in ADA:
            with pytest.raises(ValidationError, match=missing):
                UserCreate.model_validate({key: value for key, value in ADA.items() if key != missing})

    @pytest.mark.parametrize(
        "field", ["user_id", "org_id", "org_role", "owned_spaces", "space_count", "version"]
    )
    def test_user_create_decides_nothing_that_is_not_the_callers_to_decide(self, field: str) -> None:
        with pytest.raises(ValidationError, match="extra_forbidden"):
            UserCreate.model_validate(ADA | {field: 1})
        with pytest.raises(ValidationError, match="extra_forbidden"):
            UserPatch.model_validate({field: 1})

    @given(
        name=st.text(min_size=1, max_size=100),
        bio=st.none() | st.text(max_size=1000),
        avatar_url=st.none() | st.builds("https://example.com/{}".format, st.text(max_size=300)),
        mail=st.dictionaries(KINDS, st.booleans()),
        reminder_time=st.none() | st.times().map("{:%H:%M}".format),
    )
    def test_user_create_can_be_stored_and_read_back_whatever_it_accepts(self, **fields: Any) -> None:
        preferences = {"mail": fields.pop("mail"), "reminder_time": fields.pop("reminder_time")}
        try:
            body = UserCreate.model_validate(ADA | fields | {"preferences": preferences})
        except ValidationError:
            return
        row: Any = USER_PROFILES.create(profile(body)).request["Item"]
        assert USER_PROFILES.load(row) == profile(body)


class TestUserPatch:
    @pytest.mark.parametrize("field", OPTIONAL)
    def test_user_patch_clears_what_may_be_empty(self, field: str) -> None:
        assert UserPatch.model_validate({field: None}).changes() == {field: None}

    @pytest.mark.parametrize("field", ["email", "name", "timezone", "preferences"])
    def test_user_patch_clears_nothing_else(self, field: str) -> None:
        with pytest.raises(ValidationError, match=field):
            UserPatch.model_validate({field: None})

    def test_user_patch_knows_every_field_that_one_starts_with(self) -> None:
        assert set(UserPatch.model_fields) == set(UserCreate.model_fields)


class TestPreferences:
    @pytest.mark.parametrize(
        "preferences",
        [
            {"mail": {"weather": True}},
            {"mail": {"mention": "yes"}},
            {"mail": {"mention": None}},
            {"notifications": []},
            {"reminder_time": "25:00"},
            {"sms": {}},
        ],
    )
    def test_preferences_reject_unknown_kinds(self, preferences: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            Preferences.model_validate(preferences)


class TestViews:
    def test_views_show_the_caller_all_but_counters_and_status(self) -> None:
        shown = UserView.of(profile(UserCreate.model_validate(ADA))).model_dump()
        assert set(UserProfile.model_fields) - set(shown) == {
            "email_as_of",
            "owned_spaces",
            "space_count",
            "notifications_read_to",
            "status",
        }

    def test_views_show_others_the_public_fields(self) -> None:
        shown = PublicUserView.of(profile(UserCreate.model_validate(ADA))).model_dump()
        assert set(shown) == {"user_id", "name", "preferred_name", "avatar_url", "bio"}


FULL: dict[str, Any] = {
    "mail": {"mention": False, "comment": True},
    "notifications": {"reaction": False},
    "reminder_time": "07:30",
    "week_start": "sunday",
}


class TestMergePreferences:
    @pytest.mark.parametrize(
        ("patch", "changed"),
        [
            ({}, {}),
            ({"reminder_time": "08:00"}, {"reminder_time": "08:00"}),
            ({"reminder_time": None}, {"reminder_time": None}),
            ({"week_start": "saturday"}, {"week_start": "saturday"}),
            ({"week_start": None}, {"week_start": "monday"}),
            ({"mail": {}}, {}),
            (
                {"mail": {"invitation": False}},
                {"mail": {"mention": False, "comment": True, "invitation": False}},
            ),
            ({"mail": {"mention": True}}, {"mail": {"mention": True, "comment": True}}),
            ({"mail": {"mention": None}}, {"mail": {"comment": True}}),
            ({"mail": {"removed": None}}, {}),
            ({"mail": None}, {"mail": {}}),
            ({"notifications": {"reaction": None, "comment": False}}, {"notifications": {"comment": False}}),
            ({"notifications": None}, {"notifications": {}}),
        ],
    )
    def test_merge_preferences_changes_what_was_sent_alone(
        self, patch: dict[str, Any], changed: dict[str, Any]
    ) -> None:
        stored = Preferences.model_validate(FULL)

        merged = stored.merged(PreferencesPatch.model_validate(patch))

        assert merged.model_dump() == FULL | changed
        assert stored.model_dump() == FULL

    @pytest.mark.parametrize(
        "patch", [{"mail": {"mention": "x"}}, {"mail": 1}, {"sms": {}}, {"week_start": "x"}]
    )
    def test_merge_preferences_rejects_what_no_preference_is(self, patch: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            PreferencesPatch.model_validate(patch)
