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
    def test_gives_it_to_its_starter(self, table: Table, operation: Operation) -> None:
        assert operations.get(Session(table), "ada", operation_id="O") == OperationView.of(operation)

    def test_hides_it_from_everybody_else(self, table: Table, operation: Operation) -> None:
        with pytest.raises(NotFound):
            operations.get(Session(table), "bob", operation_id="O")

    def test_finds_none_that_never_was(self, table: Table) -> None:
        with pytest.raises(NotFound):
            operations.get(Session(table), "ada", operation_id="O")

    def test_finds_none_after_a_week(self, table: Table, operation: Operation, clock: FrozenClock) -> None:
        clock.advance(days=7)
        with pytest.raises(NotFound):
            operations.get(Session(table), "ada", operation_id="O")
