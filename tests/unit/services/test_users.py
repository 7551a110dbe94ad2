import pytest

from app.core.database import Session, Table
from app.core.errors import EmailNotVerified, EmailTaken, NotFound, ProfileExists, StaleRead
from app.core.security import Identity
from app.core.writes import Write
from app.models.access_patterns import EMAIL_CLAIMS, MEMBERSHIPS, SPACES, USER_PROFILES
from app.models.members import Role
from app.models.users import PublicUserView, UserCreate, UserPatch, UserProfile, UserView
from app.services import users
from tests.factories import FrozenClock
from tests.unit.services.user_helpers import PARAMETERS, identity, membership, profile, space

ADA = UserCreate(email="ada@example.com", name="Ada")


def claimed_by(table: Table, email: str) -> str | None:
    claim = table.get(EMAIL_CLAIMS.key(email=email))
    return claim.user_id if claim else None


def stored(table: Table, user_id: str = "ada") -> UserProfile:
    found = table.get(USER_PROFILES.key(user_id=user_id))
    assert found is not None
    return found


def sign_up(table: Table, who: Identity, body: UserCreate = ADA) -> UserView:
    session = Session(table)
    made = users.create(session, who, body)
    session.commit()
    return made


class TestCreate:
    def test_create_stores_the_profile_and_claims_the_email_at_once(
        self, table: Table, calls: list[str]
    ) -> None:
        made = sign_up(table, identity())
        assert calls == ["GetItem", "TransactWriteItems"]
        profile = stored(table)
        assert UserView.of(profile) == made
        assert claimed_by(table, "ada@example.com") == "ada"
        assert (profile.owned_spaces, profile.space_count, profile.org_id) == (0, 0, None)

    @pytest.mark.parametrize("email", [None, "bob@example.com", "ada@example.com.evil.org"])
    def test_create_rejects_an_email_that_is_not_the_callers_verified_one(
        self, table: Table, email: str | None
    ) -> None:
        with pytest.raises(EmailNotVerified):
            sign_up(table, identity(email=email))

    def test_create_rejects_a_second_profile(self, table: Table) -> None:
        first = sign_up(table, identity())
        with pytest.raises(ProfileExists):
            sign_up(table, identity(), UserCreate(email="ada@example.com", name="Another"))
        assert UserView.of(stored(table)) == first

    def test_create_rejects_an_email_that_is_taken(self, table: Table) -> None:
        sign_up(table, identity("ada"))
        with pytest.raises(EmailTaken):
            sign_up(table, identity("bob", "ada@example.com"))
        assert table.get(USER_PROFILES.key(user_id="bob")) is None
        assert claimed_by(table, "ada@example.com") == "ada"


class TestUpdate:
    def update(self, table: Table, who: Identity, **changes: object) -> UserView:
        session = Session(table)
        body = UserPatch.model_validate(changes)
        changed = users.update(session, stored(table, who.user_id), body, identity=who, versions=None)
        session.commit()
        return changed

    def test_update_changes_what_was_sent(self, table: Table) -> None:
        made = sign_up(table, identity(), UserCreate(email="ada@example.com", name="Ada", bio="Counts"))
        changed = self.update(table, identity(), bio=None, preferred_name="Addie")
        assert changed == made.model_copy(update={"bio": None, "preferred_name": "Addie", "version": 2})
        assert UserView.of(stored(table)) == changed

    def test_update_writes_nothing_if_nothing_changes(self, table: Table, calls: list[str]) -> None:
        made = sign_up(table, identity())
        calls.clear()
        assert self.update(table, identity(), name="Ada", email="ADA@example.com") == made
        assert calls == ["GetItem"]

    def test_update_moves_the_claim_with_the_email(self, table: Table) -> None:
        sign_up(table, identity())
        changed = self.update(table, identity(email="new@example.com"), email="New@Example.com")
        assert changed.email == "new@example.com"
        assert claimed_by(table, "new@example.com") == "ada"
        assert claimed_by(table, "ada@example.com") is None

    def test_update_rejects_an_email_that_is_not_the_callers_verified_one(self, table: Table) -> None:
        sign_up(table, identity())
        with pytest.raises(EmailNotVerified):
            self.update(table, identity(), email="new@example.com")
        assert claimed_by(table, "new@example.com") is None

    def test_update_leaves_both_claims_if_the_new_one_is_taken(self, table: Table) -> None:
        made = sign_up(table, identity())
        sign_up(table, identity("bob", "bob@example.com"), UserCreate(email="bob@example.com", name="Bob"))
        with pytest.raises(EmailTaken):
            self.update(table, identity(email="bob@example.com"), email="bob@example.com", name="New")
        assert claimed_by(table, "ada@example.com") == "ada"
        assert claimed_by(table, "bob@example.com") == "bob"
        assert UserView.of(stored(table)) == made

    def test_update_keeps_the_email_of_who_has_not_verified_it_again(self, table: Table) -> None:
        sign_up(table, identity())
        changed = self.update(table, identity(email=None), email="ada@example.com", name="New")
        assert (changed.email, changed.name) == ("ada@example.com", "New")

    def test_update_loses_no_change_of_another_request(self, table: Table) -> None:
        sign_up(table, identity())
        session = Session(table)
        users.update(session, stored(table), UserPatch(name="Slower"), identity=identity(), versions=None)
        self.update(table, identity(), name="Faster")
        with pytest.raises(StaleRead):
            session.commit()


class TestGetShared:
    @pytest.fixture
    def ada(self, table: Table, clock: FrozenClock) -> UserProfile:
        made = profile(clock.now, space_count=1)
        table.write([USER_PROFILES.create(made), *self.joins(clock, "ada", "S")])
        table.write([SPACES.create(space(clock.now))])
        return made

    def joins(self, clock: FrozenClock, name: str, *space_ids: str) -> list[Write]:
        return [
            MEMBERSHIPS.create(membership(clock.now, name, Role.MEMBER, space_id)) for space_id in space_ids
        ]

    def see(self, table: Table, ada: UserProfile, user_id: str) -> PublicUserView:
        return users.get_shared(Session(table), ada, user_id=user_id, parameters=PARAMETERS)

    def test_get_shared_costs_one_query_and_one_batch(
        self, table: Table, ada: UserProfile, clock: FrozenClock, calls: list[str]
    ) -> None:
        table.write([USER_PROFILES.create(profile(clock.now, "bob")), *self.joins(clock, "bob", "S")])
        calls.clear()
        assert self.see(table, ada, "bob").name == "Bob"
        assert calls == ["Query", "BatchGetItem"]

    def test_get_shared_finds_the_last_of_as_many_spaces_as_one_may_be_in(
        self, table: Table, ada: UserProfile, clock: FrozenClock, calls: list[str]
    ) -> None:
        table.write(self.joins(clock, "ada", *[f"T{number}" for number in range(99)]))
        table.write([USER_PROFILES.create(profile(clock.now, "bob")), *self.joins(clock, "bob", "S")])
        calls.clear()
        assert self.see(table, ada, "bob").name == "Bob"
        assert calls == ["Query", "BatchGetItem", "BatchGetItem"]

    def test_get_shared_hides_who_shares_nothing(
        self, table: Table, ada: UserProfile, clock: FrozenClock
    ) -> None:
        table.write([USER_PROFILES.create(profile(clock.now, "bob")), *self.joins(clock, "bob", "T")])
        with pytest.raises(NotFound):
            self.see(table, ada, "bob")

    def test_get_shared_knows_nobody_whose_profile_is_gone(
        self, table: Table, ada: UserProfile, clock: FrozenClock
    ) -> None:
        table.write(self.joins(clock, "bob", "S"))
        with pytest.raises(NotFound):
            self.see(table, ada, "bob")

    def test_get_shared_shows_who_is_in_the_same_organization(
        self, table: Table, ada: UserProfile, clock: FrozenClock
    ) -> None:
        bob, carol = (profile(clock.now, name, org_id=org) for name, org in (("bob", "O"), ("carol", "P")))
        table.write([USER_PROFILES.create(bob), USER_PROFILES.create(carol)])
        colleague = ada.model_copy(update={"org_id": "O"})
        assert self.see(table, colleague, "bob").user_id == "bob"
        with pytest.raises(NotFound):
            self.see(table, colleague, "carol")
        with pytest.raises(NotFound):
            self.see(table, ada, "bob")

    def test_get_shared_shows_oneself_as_others_see_one(
        self, table: Table, ada: UserProfile, clock: FrozenClock
    ) -> None:
        lonely = profile(clock.now, "dan")
        table.write([USER_PROFILES.create(lonely)])
        assert self.see(table, lonely, "dan") == PublicUserView.of(lonely)
