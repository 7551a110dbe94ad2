from collections.abc import Callable

import pytest

from app.core.database import Session, Table
from app.core.errors import (
    AlreadyMember,
    Forbidden,
    InviteCodeInvalid,
    NotFound,
    OwnerIsFixed,
    SpaceFull,
    SpaceLimitReached,
    StaleRead,
    TooManyRequests,
)
from app.core.writes import Write
from app.models.access_patterns import INVITE_CODES, MEMBERSHIPS, SPACES, USER_PROFILES
from app.models.members import MemberPatch, Role
from app.models.spaces import JoinRequest, SpaceView, Visibility
from app.models.users import UserProfile
from app.services import invite_codes, members
from app.services.permissions import Access
from tests.factories import FrozenClock
from tests.unit.services.user_helpers import PARAMETERS, demote, enrol, membership, profile


@pytest.fixture
def owner(table: Table) -> Access:
    return enrol(table)


@pytest.fixture
def bob(table: Table, clock: FrozenClock) -> UserProfile:
    made = profile(clock.now, "bob")
    table.write([USER_PROFILES.create(made)])
    return made


def counts(table: Table, access: Access, name: str) -> tuple[int, int]:
    """The members that the space counts, and the spaces that the person does."""
    space, person = table.batch_get(
        [SPACES.key(space_id=access.space.space_id), USER_PROFILES.key(user_id=name)]
    )
    return space.member_count, person.space_count


def member(table: Table, clock: FrozenClock, owner: Access, role: Role, name: str = "bob") -> Access:
    """Somebody else in the owner's space."""
    person = profile(clock.now, name, space_count=1)
    theirs = membership(clock.now, name, role, owner.space.space_id)
    space_key = SPACES.key(space_id=owner.space.space_id)
    table.write(
        [
            USER_PROFILES.create(person),
            MEMBERSHIPS.create(theirs),
            SPACES.increment(space_key, {"member_count": 1}),
        ]
    )
    return Access(person, owner.space, theirs)


class TestEnter:
    def enter(self, table: Table, access: Access, *meanwhile: Write) -> None:
        session = Session(table)
        members.enter(session, access, role=Role.MEMBER, parameters=PARAMETERS)
        for write in meanwhile:
            table.write([write])
        session.commit()

    def test_enter_makes_a_member_and_counts_it_on_both_sides(
        self, table: Table, owner: Access, bob: UserProfile
    ) -> None:
        self.enter(table, Access(bob, owner.space, None))
        key = MEMBERSHIPS.key(space_id=owner.space.space_id, user_id="bob")
        made = table.get(key)
        assert made is not None
        assert made.role is Role.MEMBER
        assert counts(table, owner, "bob") == (2, 1)

    def test_enter_rejects_who_is_in(self, table: Table, owner: Access) -> None:
        with pytest.raises(AlreadyMember):
            self.enter(table, owner)

    def test_enter_rejects_who_has_come_in_concurrently(
        self, table: Table, owner: Access, bob: UserProfile, clock: FrozenClock
    ) -> None:
        quicker = MEMBERSHIPS.create(membership(clock.now, "bob", Role.VIEWER, owner.space.space_id))
        with pytest.raises(AlreadyMember):
            self.enter(table, Access(bob, owner.space, None), quicker)
        assert counts(table, owner, "bob") == (1, 0)

    def test_enter_rejects_who_is_in_as_many_spaces_as_one_may_be(self, table: Table, owner: Access) -> None:
        full = owner.user.model_copy(update={"user_id": "bob", "space_count": 100})
        with pytest.raises(SpaceLimitReached):
            self.enter(table, Access(full, owner.space, None))

    def test_enter_rejects_if_the_space_is_full(self, table: Table, owner: Access, bob: UserProfile) -> None:
        full = owner.space.model_copy(update={"member_count": 1000})
        with pytest.raises(SpaceFull):
            self.enter(table, Access(bob, full, None))

    @pytest.mark.parametrize("limit", ["space", "user", "status"])
    def test_enter_raises_stale_read_if_the_last_place_is_gone_concurrently(
        self, table: Table, owner: Access, bob: UserProfile, clock: FrozenClock, limit: str
    ) -> None:
        space = owner.space
        meanwhile = {
            "space": SPACES.increment(SPACES.key(space_id=space.space_id), {"member_count": 999}),
            "user": USER_PROFILES.increment(USER_PROFILES.key(user_id="bob"), {"space_count": 100}),
            "status": SPACES.update(space, space.patched(clock.now, {"status": "deleting"})),
        }
        with pytest.raises(StaleRead):
            self.enter(table, Access(bob, space, None), meanwhile[limit])
        key = MEMBERSHIPS.key(space_id=space.space_id, user_id="bob")
        assert table.get(key) is None


class TestJoinPublic:
    def test_join_public_raises_stale_read_if_the_space_turns_private_concurrently(
        self, table: Table, bob: UserProfile, clock: FrozenClock
    ) -> None:
        owner, session = enrol(table, visibility=Visibility.PUBLIC), Session(table)
        members.join_public(session, Access(bob, owner.space, None), parameters=PARAMETERS)
        private = owner.space.patched(clock.now, {"visibility": Visibility.PRIVATE})
        table.write([SPACES.update(owner.space, private)])
        with pytest.raises(StaleRead):
            session.commit()


class TestJoinByCode:
    @pytest.fixture
    def code(self, table: Table, owner: Access) -> str:
        session = Session(table)
        made = invite_codes.rotate(session, owner, parameters=PARAMETERS)
        session.commit()
        return made.code

    def join(self, table: Table, user: UserProfile, code: str) -> SpaceView:
        session = Session(table)
        view = members.join_by_code(session, user, JoinRequest(code=code), parameters=PARAMETERS)
        session.commit()
        return view

    @pytest.mark.parametrize("write", [str, str.lower, " {}\n".format])
    def test_join_by_code_makes_a_member_and_answers_the_space_as_it_is_then(
        self, table: Table, owner: Access, bob: UserProfile, code: str, write: Callable[[str], str]
    ) -> None:
        view = self.join(table, bob, write(code))
        assert (view.space_id, view.role, view.member_count) == (owner.space.space_id, Role.MEMBER, 2)
        assert counts(table, owner, "bob") == (2, 1)

    @pytest.mark.parametrize(
        "wrong",
        [" ", "ABCDEFGH", "ABCDEFGHJKLMN", "ABCDEFGHJKL1", "ABCD#EFGHJKL", "ÄBCDEFGHJKLM", "222222222222"],
    )
    def test_join_by_code_rejects_what_is_no_code_of_a_space(
        self, table: Table, bob: UserProfile, code: str, wrong: str
    ) -> None:
        with pytest.raises(InviteCodeInvalid):
            self.join(table, bob, wrong)

    def test_join_by_code_rejects_a_code_of_a_space_that_is_being_deleted(
        self, table: Table, owner: Access, bob: UserProfile, code: str, clock: FrozenClock
    ) -> None:
        space = owner.space
        table.write([SPACES.update(space, space.patched(clock.now, {"status": "deleting"}))])
        with pytest.raises(InviteCodeInvalid):
            self.join(table, bob, code)

    def test_join_by_code_rejects_a_code_whose_space_is_gone(
        self, table: Table, owner: Access, bob: UserProfile, code: str
    ) -> None:
        table.write([SPACES.delete(owner.space)])
        with pytest.raises(InviteCodeInvalid):
            self.join(table, bob, code)

    def test_join_by_code_raises_stale_read_if_the_code_is_rotated_concurrently(
        self, table: Table, bob: UserProfile, code: str
    ) -> None:
        session = Session(table)
        members.join_by_code(session, bob, JoinRequest(code=code), parameters=PARAMETERS)
        table.write([INVITE_CODES.delete_if_exists(INVITE_CODES.key(code=code))])
        with pytest.raises(StaleRead):
            session.commit()

    def test_join_by_code_counts_a_good_try_like_a_bad_one(
        self, table: Table, bob: UserProfile, code: str
    ) -> None:
        self.join(table, bob, code)
        for _ in range(9):
            with pytest.raises(InviteCodeInvalid):
                self.join(table, bob, "222222222222")
        with pytest.raises(TooManyRequests):
            self.join(table, bob, code)


class TestRemove:
    def remove(self, table: Table, access: Access, name: str, *meanwhile: Write) -> None:
        session = Session(table)
        members.remove(session, access, user_id=name, versions=None, parameters=PARAMETERS)
        for write in meanwhile:
            table.write([write])
        session.commit()

    @pytest.mark.parametrize("leaves", [True, False])
    def test_remove_lowers_both_counts(
        self, table: Table, clock: FrozenClock, owner: Access, leaves: bool
    ) -> None:
        bob = member(table, clock, owner, Role.MEMBER)
        self.remove(table, bob if leaves else owner, "bob")
        assert counts(table, owner, "bob") == (1, 0)
        assert table.get(MEMBERSHIPS.key(space_id=owner.space.space_id, user_id="bob")) is None

    def test_remove_lowers_the_counts_once(self, table: Table, clock: FrozenClock, owner: Access) -> None:
        bob = member(table, clock, owner, Role.MEMBER)
        assert bob.membership is not None
        with pytest.raises(StaleRead):
            self.remove(table, owner, "bob", MEMBERSHIPS.delete(bob.membership))
        assert counts(table, owner, "bob") == (2, 1)

    def test_remove_raises_stale_read_if_the_role_changes_concurrently(
        self, table: Table, clock: FrozenClock, owner: Access
    ) -> None:
        admin, session = member(table, clock, owner, Role.ADMIN, "carol"), Session(table)
        member(table, clock, owner, Role.MEMBER)
        members.remove(session, admin, user_id="bob", versions=None, parameters=PARAMETERS)
        demote(table, admin)
        with pytest.raises(StaleRead):
            session.commit()

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
    def test_remove_by_an_admin_rejects_admins_and_the_owner(
        self, table: Table, clock: FrozenClock, owner: Access, role: Role
    ) -> None:
        admin = member(table, clock, owner, Role.ADMIN, "carol")
        other = "ada" if role is Role.OWNER else member(table, clock, owner, role).user.user_id
        with pytest.raises(Forbidden):
            self.remove(table, admin, other)

    def test_remove_lets_no_owner_leave(self, table: Table, owner: Access) -> None:
        with pytest.raises(OwnerIsFixed):
            self.remove(table, owner, "ada")

    def test_removes_somebody_who_has_no_profile_any_more(
        self, table: Table, clock: FrozenClock, owner: Access
    ) -> None:
        bob = member(table, clock, owner, Role.MEMBER)
        table.write([USER_PROFILES.delete(bob.user)])
        self.remove(table, owner, "bob")
        assert table.get(MEMBERSHIPS.key(space_id=owner.space.space_id, user_id="bob")) is None


class TestChangeRole:
    @pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.VIEWER])
    def test_change_role_writes_nothing_if_the_role_is_the_same(
        self, table: Table, clock: FrozenClock, owner: Access, calls: list[str], role: Role
    ) -> None:
        member(table, clock, owner, role)
        calls.clear()
        session = Session(table)
        view = members.change_role(
            session, owner, MemberPatch(role=role), user_id="bob", versions=None, parameters=PARAMETERS
        )
        session.commit()
        assert calls == ["BatchGetItem"]
        assert (view.role, view.version) == (role, 1)

    def test_change_role_raises_stale_read_if_the_role_changes_concurrently(
        self, table: Table, clock: FrozenClock, owner: Access
    ) -> None:
        admin, session = member(table, clock, owner, Role.ADMIN, "carol"), Session(table)
        member(table, clock, owner, Role.MEMBER)
        members.change_role(
            session, admin, MemberPatch(role=Role.VIEWER), user_id="bob", versions=None, parameters=PARAMETERS
        )
        demote(table, admin)
        with pytest.raises(StaleRead):
            session.commit()

    def test_change_role_lets_nobody_change_the_owner(
        self, table: Table, clock: FrozenClock, owner: Access
    ) -> None:
        admin = member(table, clock, owner, Role.ADMIN)
        for access, refusal in ((owner, OwnerIsFixed), (admin, Forbidden)):
            with pytest.raises(refusal):
                members.change_role(
                    Session(table),
                    access,
                    MemberPatch(role=Role.MEMBER),
                    user_id="ada",
                    versions=None,
                    parameters=PARAMETERS,
                )


class TestGet:
    def test_get_gives_the_member_by_name(self, table: Table, owner: Access) -> None:
        view = members.get(Session(table), owner, user_id="ada")
        assert (view.name, view.role, view.joined_at) == ("Ada", Role.OWNER, owner.space.created_at)

    def test_get_raises_not_found_for_a_non_member(
        self, table: Table, owner: Access, bob: UserProfile
    ) -> None:
        with pytest.raises(NotFound):
            members.get(Session(table), owner, user_id="bob")


class TestListPage:
    def test_list_page_hides_the_name_of_erased_accounts(
        self, table: Table, clock: FrozenClock, owner: Access
    ) -> None:
        bob = member(table, clock, owner, Role.MEMBER)
        table.write([USER_PROFILES.delete(bob.user)])
        page = members.list_page(Session(table), owner, limit=10, cursor=None)
        assert [(item.user_id, item.name) for item in page.items] == [("ada", "Ada"), ("bob", None)]
