"""Deleting a space and erasing an account leave no item, whatever its entity."""

import dataclasses
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import pytest

from app.background.directory import Directory
from app.core.clock import new_ulid
from app.core.database import Session, Table
from app.core.entities import Entity
from app.main import Backend
from app.models.access_patterns import ENTITIES
from app.models.messages import DeleteSpace, EraseAccount
from app.services import outbox
from tests.factories import FrozenClock
from tests.integration.table_helpers import rows
from tests.integration.user_pool_helpers import Pool

SPACE, USER, OTHER, EMAIL = "SPACE-1", "USER-1", "USER-2", "ada@example.com"
# Ids that the items of one space and one account have in common; others are new.
SHARED: dict[str, Any] = {
    "space_id": SPACE,
    "target_id": SPACE,
    "owner_id": USER,
    "author_id": USER,
    "user_id": USER,
    "actor_id": USER,
    "invited_by": USER,
    "started_by": USER,
    "email": EMAIL,
    "entry_id": "ENTRY-1",
    "goal_id": "GOAL-1",
    "habit_id": "HABIT-1",
    "activity_id": "ACTIVITY-1",
    "invitation_id": "INVITATION-1",
    "code": "CODE1",
    "cadence": {"kind": "daily"},
    "target_kind": "space",
}


def value_of(name: str, annotation: Any, now: datetime) -> Any:
    """Some value of a required field."""
    if name in SHARED:
        return SHARED[name]
    kind = (
        get_args(annotation)[0]
        if get_origin(annotation) is not Literal and get_args(annotation)
        else annotation
    )
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if get_origin(annotation) in (list, dict, tuple):
        return get_origin(annotation)()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if name.endswith("_at"):
        return now + timedelta(days=1)
    return {int: 1, date: now.date(), bool: True, str: new_ulid()}.get(kind, 1)


def item_of(entity: Entity[Any], now: datetime, **values: Any) -> Any:
    """An item of the entity, in the space and by the user that all items of the test have in common."""
    required = {
        name: value_of(name, field.annotation, now)
        for name, field in entity.model.model_fields.items()
        if field.is_required() and name not in {"created_at", "updated_at"}
    }
    return entity.model(**(required | values), created_at=now, updated_at=now)


@pytest.fixture
def backend(backend: Backend, aws: None) -> Backend:
    """The one of all tests, with a user pool that there is."""
    pool = Pool()
    return dataclasses.replace(backend, directory=Directory(lambda: pool.client, pool.pool_id))


@pytest.fixture
def everything(table: Table) -> list[str]:
    """The names of all entities, each with an item in the table."""
    for entity in ENTITIES:
        # What only expires is somebody else's: of an erased user there can be no tombstone already.
        other = {"user_id": OTHER} if entity.expires and not entity.parents else {}
        table.write([entity.create(item_of(entity, table.clock(), **other))])
    names = [row["entity_type"]["S"] for row in rows()]
    assert sorted(names) == sorted(entity.name for entity in ENTITIES)
    return names


@pytest.mark.usefixtures("everything")
class TestEveryEntity:
    def test_deleting_the_space_and_erasing_the_account_leave_nothing(
        self, table: Table, run_background: Callable[..., None]
    ) -> None:
        session = Session(table)
        outbox.start_operation(session, DeleteSpace(operation_id="O1", space_id=SPACE), user_id=USER)
        session.commit()
        run_background()
        session = Session(table)
        erase = EraseAccount(operation_id="O2", account_id=USER, email=EMAIL)
        outbox.start_operation(session, erase, user_id=USER)
        session.commit()
        run_background()

        kept = {entity.name for entity in ENTITIES if entity.exempt} | {
            entity.name for entity in ENTITIES if entity.expires and not entity.parents
        }
        assert {row["entity_type"]["S"] for row in rows()} <= kept - {"Space", "UserProfile"}

    def test_deleting_the_space_leaves_nothing_that_expired_before(
        self, table: Table, clock: FrozenClock, run_background: Callable[..., None]
    ) -> None:
        """The time to live deletes up to days late."""
        clock.advance(days=2)
        session = Session(table)
        outbox.start_operation(session, DeleteSpace(operation_id="O1", space_id=SPACE), user_id=USER)
        session.commit()
        run_background()

        of_space = {
            entity.name for entity in ENTITIES if "Space" in {parent.entity for parent in entity.parents}
        }
        assert {row["entity_type"]["S"] for row in rows()}.isdisjoint(of_space)

    def test_erasing_the_account_leaves_nothing_of_the_author(
        self, table: Table, run_background: Callable[..., None]
    ) -> None:
        session = Session(table)
        erase = EraseAccount(operation_id="O2", account_id=USER, email=EMAIL)
        outbox.start_operation(session, erase, user_id=USER)
        session.commit()
        run_background()

        left = {row["entity_type"]["S"] for row in rows()}
        assert left.isdisjoint(entity.name for entity in ENTITIES if entity.author or entity.addressee)
