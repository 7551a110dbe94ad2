from datetime import timedelta

import pytest

from app.core.database import Session, Table
from app.core.errors import NotFound
from app.models.access_patterns import OPERATIONS
from app.models.operations import Operation, OperationView
from app.services import operations
from tests.factories import FrozenClock


@pytest.fixture
def operation(table: Table, clock: FrozenClock) -> Operation:
    made = Operation(
        operation_id="O",
        started_by="ada",
        purge_at=clock.now + timedelta(days=7),
        created_at=clock.now,
        updated_at=clock.now,
    )
    table.write([OPERATIONS.create(made)])
    return made


class TestGet:
    def test_get_returns_the_operation_to_who_started_it(self, table: Table, operation: Operation) -> None:
        assert operations.get(Session(table), "ada", operation_id="O") == OperationView.of(operation)

    def test_get_is_hidden_from_others(self, table: Table, operation: Operation) -> None:
        with pytest.raises(NotFound):
            operations.get(Session(table), "bob", operation_id="O")

    def test_get_of_an_unknown_operation_raises_not_found(self, table: Table) -> None:
        with pytest.raises(NotFound):
            operations.get(Session(table), "ada", operation_id="O")

    def test_get_after_a_week_raises_not_found(
        self, table: Table, operation: Operation, clock: FrozenClock
    ) -> None:
        clock.advance(days=7)
        with pytest.raises(NotFound):
            operations.get(Session(table), "ada", operation_id="O")
