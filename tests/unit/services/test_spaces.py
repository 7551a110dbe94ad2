import itertools
from datetime import timedelta

import pytest

from app.core.database import Session, Table
from app.core.errors import PreconditionFailed, SpaceLimitReached, StaleRead
from app.core.records import VersionTag
from app.core.writes import Write
from app.models.access_patterns import MEMBERSHIPS, OPERATIONS, OUTBOX_MESSAGES, SPACES, USER_PROFILES
from app.models.members import Role
from app.models.operations import Operation, OperationView, OutboxMessage
from app.models.spaces import Space, SpaceCreate, SpacePatch
from app.models.users import UserProfile
from app.services import outbox, spaces
from app.services.permissions import Access
from tests.factories import FrozenClock
from tests.unit.services.user_helpers import PARAMETERS, demote, enrol, membership, profile

RUNNERS = SpaceCreate(name="Runners", description="Three runs a week", category="fitness")


def stored(table: Table, access: Access) -> Space | None:
    return table.get(SPACES.key(space_id=access.space.space_id))


def person(table: Table, name: str = "ada") -> UserProfile:
    found = table.get(USER_PROFILES.key(user_id=name))
    assert found is not None
    return found


class TestCreate:
    @pytest.fixture
    def ada(self, table: Table, clock: FrozenClock) -> UserProfile:
        made = profile(clock.now)
        table.write([USER_PROFILES.create(made)])
        return made

    def test_create_stores_the_space_its_owner_and_the_counts_at_once(
        self, table: Table, ada: UserProfile, calls: list[str]
    ) -> None:
        session = Session(table, new_id=lambda: "NEW")
        view = spaces.create(session, ada, RUNNERS, parameters=PARAMETERS)
        assert calls == []
        session.commit()
        assert calls == ["TransactWriteItems"]

        space, owner = table.batch_get(
            [SPACES.key(space_id="NEW"), MEMBERSHIPS.key(space_id="NEW", user_id="ada")]
        )
        assert (space.space_id, space.owner_id, space.member_count) == ("NEW", "ada", 1)
        assert space.model_dump(include=set(SpaceCreate.model_fields)) == RUNNERS.model_dump()
        assert owner.role is Role.OWNER
        assert (person(table).space_count, person(table).owned_spaces) == (1, 1)
        assert (view.space_id, view.owner_id, view.role, view.version) == ("NEW", "ada", Role.OWNER, 1)

    def test_create_rejects_the_space_that_would_be_one_too_many(
        self, table: Table, clock: FrozenClock
    ) -> None:
        full = profile(clock.now, space_count=100)
        with pytest.raises(SpaceLimitReached):
            spaces.create(Session(table), full, RUNNERS, parameters=PARAMETERS)

    def test_create_raises_stale_read_if_it_has_become_one_too_many_concurrently(
        self, table: Table, ada: UserProfile
    ) -> None:
        session = Session(table)
        spaces.create(session, ada, RUNNERS, parameters=PARAMETERS)
        table.write([USER_PROFILES.increment(USER_PROFILES.key(user_id="ada"), {"space_count": 100})])
        with pytest.raises(StaleRead):
            session.commit()


class TestUpdate:
    def test_update_writes_nothing_if_nothing_changes(self, table: Table, calls: list[str]) -> None:
        access = enrol(table)
        calls.clear()
        session = Session(table)
        patch = SpacePatch(name=access.space.name)
        view = spaces.update(session, access, patch, versions=None)
        session.commit()
        assert calls == []
        assert view.version == 1

    def test_update_rejects_who_knows_another_version(self, table: Table) -> None:
        with pytest.raises(PreconditionFailed):
            spaces.update(
                Session(table),
                enrol(table),
                SpacePatch(name="New"),
                versions=frozenset({VersionTag(7, "0123456789", "abcdef")}),
            )

    def test_update_raises_stale_read_if_the_role_changes_concurrently(self, table: Table) -> None:
        access, session = enrol(table, Role.ADMIN), Session(table)
        spaces.update(session, access, SpacePatch(name="New"), versions=None)
        demote(table, access)
        with pytest.raises(StaleRead):
            session.commit()
        assert stored(table, access) == access.space


class TestDelete:
    @pytest.fixture
    def access(self, table: Table) -> Access:
        access = enrol(table)
        table.write([USER_PROFILES.increment(USER_PROFILES.key(user_id="ada"), {"owned_spaces": 1})])
        return access

    def messages(self, table: Table) -> list[OutboxMessage]:
        shards = range(outbox.SHARDS)
        found = [table.page(OUTBOX_MESSAGES.within(shard=str(shard)), limit=100).items for shard in shards]
        return [message for shard in found for message in shard]

    def delete(self, table: Table, access: Access, *beside: Write) -> Operation:
        session = Session(table)
        view = spaces.delete(session, access, versions=None)
        session.add(*beside)
        session.commit()
        operation = table.get(OPERATIONS.key(operation_id=view.operation_id))
        assert operation is not None
        assert view == OperationView.of(operation)
        return operation

    def test_delete_writes_message_and_deletion_in_one_transaction(
        self, table: Table, access: Access, calls: list[str]
    ) -> None:
        calls.clear()
        operation = self.delete(table, access)
        assert calls == ["TransactWriteItems", "GetItem"]

        space = stored(table, access)
        assert space is not None
        assert (space.status, space.version) == ("deleting", 2)
        (message,) = self.messages(table)
        assert message.kind == "space.deleted"
        assert message.attempts == 0
        assert message.payload == {
            "space_id": access.space.space_id,
            "operation_id": operation.operation_id,
        }

    def test_delete_writes_neither_if_the_other_cannot_be(self, table: Table, access: Access) -> None:
        gone = MEMBERSHIPS.require_unchanged(membership(access.space.created_at, "bob", Role.MEMBER))
        with pytest.raises(StaleRead):
            self.delete(table, access, gone)
        assert stored(table, access) == access.space
        assert self.messages(table) == []

    def test_delete_raises_stale_read_if_the_role_changes_concurrently(
        self, table: Table, access: Access
    ) -> None:
        session = Session(table)
        spaces.delete(session, access, versions=None)
        demote(table, access)
        with pytest.raises(StaleRead):
            session.commit()
        assert stored(table, access) == access.space

    def test_delete_starts_an_operation_that_is_kept_a_week(
        self, table: Table, access: Access, clock: FrozenClock
    ) -> None:
        operation = self.delete(table, access)
        key = OPERATIONS.key(operation_id=operation.operation_id)
        assert table.get(key) == operation
        assert (operation.status, operation.started_by) == ("pending", "ada")
        clock.advance(days=6, hours=23)
        assert table.get(key) == operation
        clock.advance(hours=1)
        assert table.get(key) is None

    def test_delete_gives_the_owner_one_space_less_to_own(self, table: Table, access: Access) -> None:
        self.delete(table, access)
        assert person(table).owned_spaces == 0

    def test_delete_spreads_messages_over_shards(self, table: Table) -> None:
        ids = (f"{number:026}" for number in itertools.count())
        for number in range(16):
            session = Session(table, new_id=lambda: next(ids))
            spaces.delete(session, enrol(table, name=f"user{number}"), versions=None)
            session.commit()
        messages = self.messages(table)
        assert len(messages) == 16
        assert {message.shard for message in messages} == set(range(outbox.SHARDS))

    def test_delete_rejects_who_knows_another_version(self, table: Table, access: Access) -> None:
        with pytest.raises(PreconditionFailed):
            spaces.delete(Session(table), access, versions=frozenset({VersionTag(7, "0123456789", "abcdef")}))

    def test_delete_is_stamped_with_one_moment(
        self, table: Table, access: Access, clock: FrozenClock
    ) -> None:
        clock.advance(hours=1)
        operation = self.delete(table, access)
        (message,) = self.messages(table)
        space = stored(table, access)
        assert space is not None
        assert {operation.created_at, message.created_at, space.updated_at} == {clock.now}
        assert operation.purge_at - clock.now == timedelta(days=7)
