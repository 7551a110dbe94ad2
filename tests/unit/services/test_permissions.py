"""The table of roles as documented. Every cell is tested over HTTP in `tests/security`."""

import pytest

from app.core.database import Session, Table
from app.core.errors import Forbidden, NotFound, ProfileRequired, StaleRead
from app.models.access_patterns import MEMBERSHIPS, USER_PROFILES
from app.models.members import Role
from app.models.organizations import OrgRole
from app.models.spaces import Visibility
from app.services import permissions
from app.services.permissions import ALLOWED, ALLOWED_IN_ORGANIZATION, Access, Action
from tests.factories import FrozenClock
from tests.unit.services.user_helpers import enrol, membership, profile, space

ROLES: list[Role | None] = [Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER, None]
#                                  owner admin member viewer nobody
TABLE: dict[Action, str] = {
    Action.READ_CARD: "             yes   yes   yes    yes    yes",
    Action.JOIN_PUBLIC_SPACE: "     yes   yes   yes    yes    yes",  # 409 for who is in, not 403
    Action.READ_SPACE: "            yes   yes   yes    yes    no ",
    Action.LEAVE_SPACE: "           yes   yes   yes    yes    no ",  # 409 for the owner, not 403
    Action.COMMENT: "               yes   yes   yes    yes    no ",
    Action.REACT: "                 yes   yes   yes    yes    no ",
    Action.WRITE_CONTENT: "         yes   yes   yes    no     no ",
    Action.DELETE_OTHERS_CONTENT: " yes   yes   no     no     no ",
    Action.EDIT_SPACE: "            yes   yes   no     no     no ",
    Action.INVITE: "                yes   yes   no     no     no ",
    Action.MANAGE_INVITE_CODE: "    yes   yes   no     no     no ",
    Action.MANAGE_MEMBERS: "        yes   yes   no     no     no ",
    Action.READ_AUDIT: "            yes   yes   no     no     no ",
    Action.TRANSFER_OWNERSHIP: "    yes   no    no     no     no ",
    Action.MANAGE_ADMINS: "         yes   no    no     no     no ",
    Action.DELETE_SPACE: "          yes   no    no     no     no ",
}
IN_ORGANIZATION: dict[Action, set[OrgRole]] = {
    Action.READ_ORGANIZATION: {OrgRole.ADMIN, OrgRole.MEMBER},
    Action.LEAVE_ORGANIZATION: {OrgRole.ADMIN, OrgRole.MEMBER},  # 409 for the last admin, not 403
    Action.MANAGE_ORGANIZATION: {OrgRole.ADMIN},
}


class TestAllowed:
    def test_allowed_knows_every_action_and_role(self) -> None:
        assert set(TABLE) | set(IN_ORGANIZATION) == set(Action)
        assert set(ALLOWED) == set(ROLES) == {*Role, None}

    @pytest.mark.parametrize("action", TABLE)
    @pytest.mark.parametrize("role", ROLES)
    def test_allowed_matches_the_documented_table(self, role: Role | None, action: Action) -> None:
        assert (action in ALLOWED[role]) is (TABLE[action].split()[ROLES.index(role)] == "yes")


class TestAllowedInOrganization:
    @pytest.mark.parametrize("action", IN_ORGANIZATION)
    @pytest.mark.parametrize("role", OrgRole)
    def test_allowed_in_organization_matches_the_documented_table(
        self, role: OrgRole, action: Action
    ) -> None:
        assert (action in ALLOWED_IN_ORGANIZATION[role]) is (role in IN_ORGANIZATION[action])


class TestRequireProfile:
    def test_require_profile_gives_the_callers_own(self, table: Table, clock: FrozenClock) -> None:
        table.write([USER_PROFILES.create(profile(clock.now))])
        assert permissions.require_profile(Session(table), "ada") == profile(clock.now)

    def test_require_profile_rejects_who_has_none(self, table: Table) -> None:
        with pytest.raises(ProfileRequired):
            permissions.require_profile(Session(table), "ada")


def authorize(table: Table, access: Access, action: Action = Action.READ_CARD) -> Access:
    user, place = access.user, access.space
    return permissions.authorize(Session(table), user_id=user.user_id, space_id=place.space_id, action=action)


class TestAuthorize:
    def test_authorize_gives_the_caller_the_space_and_their_place_in_it_by_one_read(
        self, table: Table, calls: list[str]
    ) -> None:
        access = enrol(table, Role.ADMIN)
        calls.clear()
        assert authorize(table, access) == access
        assert calls == ["BatchGetItem"]

    @pytest.mark.parametrize("visibility", Visibility)
    @pytest.mark.parametrize("role", ROLES)
    def test_authorize_lets_each_role_do_what_it_may(
        self, table: Table, role: Role | None, visibility: Visibility
    ) -> None:
        access = enrol(table, role, visibility=visibility)
        if role is None and visibility is Visibility.PRIVATE:
            refusal: type[Exception] = NotFound
        else:
            refusal = Forbidden
        for action in Action:
            if action in ALLOWED[role] and refusal is Forbidden:
                assert authorize(table, access, action).role is role
            else:
                with pytest.raises(refusal):
                    authorize(table, access, action)

    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize("visibility", Visibility)
    def test_authorize_knows_no_space_that_is_being_deleted(
        self, table: Table, role: Role | None, visibility: Visibility
    ) -> None:
        access = enrol(table, role, visibility=visibility, status="deleting")
        with pytest.raises(NotFound):
            authorize(table, access)

    def test_authorize_knows_no_space_that_never_was(self, table: Table, clock: FrozenClock) -> None:
        table.write([USER_PROFILES.create(profile(clock.now))])
        ghost = membership(clock.now, "ada", Role.OWNER)
        table.write([MEMBERSHIPS.create(ghost)])
        with pytest.raises(NotFound):
            authorize(table, Access(profile(clock.now), space(clock.now), ghost))

    def test_authorize_asks_for_a_profile_before_it_tells_of_any_space(
        self, table: Table, clock: FrozenClock
    ) -> None:
        with pytest.raises(ProfileRequired):
            authorize(table, Access(profile(clock.now), space(clock.now), None))


class TestMembershipUnchanged:
    def test_membership_unchanged_lets_pass_who_is_what_they_were(self, table: Table) -> None:
        table.write([enrol(table, Role.ADMIN).membership_unchanged()])

    def test_membership_unchanged_raises_stale_read_if_the_role_has_changed(
        self, table: Table, clock: FrozenClock
    ) -> None:
        access = enrol(table, Role.ADMIN)
        assert access.membership is not None
        demoted = access.membership.patched(clock.now, {"role": Role.VIEWER})
        table.write([MEMBERSHIPS.update(access.membership, demoted)])
        with pytest.raises(StaleRead):
            table.write([access.membership_unchanged()])

    def test_membership_unchanged_is_for_members_only(self, clock: FrozenClock) -> None:
        with pytest.raises(Forbidden):
            Access(profile(clock.now), space(clock.now), None).membership_unchanged()
