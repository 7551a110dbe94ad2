from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from app.models.members import MemberPatch, Role
from app.models.spaces import JoinRequest, Space, SpaceCreate, SpacePatch, SpaceView, Visibility
from tests.assertions import ANY_ETAG

NOW = datetime(2026, 3, 14, 15, 9, 26, 535000, UTC)


class TestSpaceCreate:
    def test_space_create_needs_a_name_only(self) -> None:
        made = SpaceCreate.model_validate({"name": " Runners "})
        assert made.model_dump() == {
            "name": "Runners",
            "description": None,
            "visibility": Visibility.PRIVATE,
            "category": None,
            "allow_backfill": True,
        }

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"name": None},
            {"name": "a", "visibility": "secret"},
            {"name": "a", "visibility": None},
            {"name": "a", "owner_id": "somebody"},
            {"name": "a", "member_count": 0},
            {"name": "a", "status": "active"},
        ],
    )
    def test_space_create_takes_nothing_else(self, body: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            SpaceCreate.model_validate(body)


class TestSpacePatch:
    def test_space_patch_knows_every_field_that_one_starts_with(self) -> None:
        assert set(SpacePatch.model_fields) == set(SpaceCreate.model_fields)

    @pytest.mark.parametrize(
        ("field", "clears"), [("description", True), ("category", True), ("name", False)]
    )
    def test_space_patch_clears_what_may_be_empty(self, field: str, clears: bool) -> None:
        if clears:
            assert SpacePatch.model_validate({field: None}).changes() == {field: None}
        else:
            with pytest.raises(ValidationError, match=field):
                SpacePatch.model_validate({field: None})


class TestSpaceView:
    space = Space(
        space_id="S",
        name="Runners",
        visibility=Visibility.PUBLIC,
        owner_id="U",
        member_count=3,
        created_at=NOW,
        updated_at=NOW,
    )

    @pytest.mark.parametrize("role", Role)
    def test_space_view_shows_a_member_who_the_owner_is(self, role: Role) -> None:
        view = SpaceView.seen_by(role, self.space)
        assert (view.role, view.owner_id) == (role, "U")

    def test_space_view_shows_nobodys_id_to_who_is_no_member(self) -> None:
        card = SpaceView.seen_by(None, self.space)
        assert card.model_dump(mode="json") == {
            "space_id": "S",
            "name": "Runners",
            "description": None,
            "visibility": "public",
            "category": None,
            "allow_backfill": True,
            "owner_id": None,
            "member_count": 3,
            "role": None,
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }


class TestMemberPatch:
    @pytest.mark.parametrize("role", ["admin", "member", "viewer"])
    def test_member_patch_gives_a_role(self, role: str) -> None:
        assert MemberPatch.model_validate({"role": role}).role == role

    @pytest.mark.parametrize("role", ["owner", "king", "ADMIN", "", None])
    def test_member_patch_rejects_owner_and_unknown_roles(self, role: object) -> None:
        with pytest.raises(ValidationError):
            MemberPatch.model_validate({"role": role})


class TestJoinRequest:
    @pytest.mark.parametrize("code", ["", "A" * 65, None, 22222222])
    def test_join_request_holds_a_text_of_some_length(self, code: object) -> None:
        with pytest.raises(ValidationError):
            JoinRequest.model_validate({"code": code})
