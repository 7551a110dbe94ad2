"""Failures of DynamoDB that DynamoDB Local cannot be made to show."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from mypy_boto3_dynamodb import DynamoDBClient

from app.core.database import TRIES, Table
from app.core.entities import Key
from app.core.errors import AlreadyMember, Conflict, ServiceUnavailable, StaleRead
from tests.factories import TABLE_NAME
from tests.unit.core.entity_helpers import NOTES, Note, note, notes_in

KEYS: list[Key[Note]] = [NOTES.key(notebook="A", number=f"{number:04}") for number in range(1, 4)]
PAIR = [NOTES.create(note(1), on_conflict=AlreadyMember()), NOTES.create(note(2))]
THROTTLED = ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]


@pytest.fixture
def client() -> DynamoDBClient:
    return boto3.client("dynamodb")


@pytest.fixture
def answers(client: DynamoDBClient) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def table(client: DynamoDBClient, answers: Stubber, pauses: list[float]) -> Table:
    """A table whose answers are made up. It does not wait, but says how long it would have."""
    return Table(client, TABLE_NAME, sleep=pauses.append)


def processed(*items: Note, unprocessed: list[Key[Note]]) -> dict[str, Any]:
    left = {TABLE_NAME: {"Keys": [key.attributes for key in unprocessed]}} if unprocessed else {}
    return {
        "Responses": {TABLE_NAME: [NOTES.create(item).request["Item"] for item in items]},
        "UnprocessedKeys": left,
    }


def asked_for(keys: list[Key[Note]]) -> dict[str, Any]:
    each = {"Keys": [key.attributes for key in keys], "ConsistentRead": False}
    return {"RequestItems": {TABLE_NAME: each}}


class TestBatchGet:
    def test_batch_get_asks_again_for_what_was_left_unprocessed(
        self, table: Table, answers: Stubber, pauses: list[float]
    ) -> None:
        answers.add_response("batch_get_item", processed(note(2), unprocessed=[KEYS[0], KEYS[2]]))
        answers.add_response(
            "batch_get_item", processed(note(3), unprocessed=KEYS[:1]), asked_for([KEYS[0], KEYS[2]])
        )
        answers.add_response("batch_get_item", processed(note(1), unprocessed=[]), asked_for(KEYS[:1]))

        assert table.batch_get(KEYS) == [note(1), note(2), note(3)]
        assert len(pauses) == 2

    def test_batch_get_gives_up_on_what_is_never_processed(
        self, table: Table, answers: Stubber, pauses: list[float]
    ) -> None:
        for _ in range(TRIES):
            answers.add_response("batch_get_item", processed(unprocessed=KEYS))
        with pytest.raises(ServiceUnavailable) as raised:
            table.batch_get(KEYS)
        assert raised.value.retry_after_s


def deletions(keys: list[Key[Note]]) -> dict[str, Any]:
    return {TABLE_NAME: [{"DeleteRequest": {"Key": key.attributes}} for key in keys]}


class TestBatchDelete:
    def test_batch_delete_asks_again_for_what_was_left_unprocessed(
        self, table: Table, answers: Stubber, pauses: list[float]
    ) -> None:
        left = [KEYS, [KEYS[0], KEYS[2]], KEYS[:1]]
        for asked, unprocessed in zip(left, [*left[1:], []], strict=True):
            answer = {"UnprocessedItems": deletions(unprocessed) if unprocessed else {}}
            answers.add_response("batch_write_item", answer, {"RequestItems": deletions(asked)})

        table.batch_delete(KEYS)
        assert len(pauses) == 2

    def test_batch_delete_gives_up_on_what_is_never_processed(self, table: Table, answers: Stubber) -> None:
        for _ in range(TRIES):
            answers.add_response("batch_write_item", {"UnprocessedItems": deletions(KEYS)})
        with pytest.raises(ServiceUnavailable) as raised:
            table.batch_delete(KEYS)
        assert raised.value.retry_after_s


READS_AND_WRITES: list[tuple[str, Callable[[Table], object]]] = [
    ("get_item", lambda table: table.get(KEYS[0])),
    ("batch_get_item", lambda table: table.batch_get(KEYS)),
    ("batch_write_item", lambda table: table.batch_delete(KEYS)),
    ("query", lambda table: table.page(notes_in("A"), limit=1)),
    ("put_item", lambda table: table.write(PAIR[:1])),
    ("transact_write_items", lambda table: table.write(PAIR)),
]


@pytest.mark.parametrize(
    ("operation", "call"), READS_AND_WRITES, ids=[operation for operation, _ in READS_AND_WRITES]
)
class TestEveryCall:
    """The AWS client has tried several times before such an answer gets through."""

    @pytest.mark.parametrize("code", THROTTLED)
    def test_every_call_says_that_the_service_is_busy(
        self, table: Table, answers: Stubber, operation: str, call: Callable[[Table], object], code: str
    ) -> None:
        answers.add_client_error(operation, code)
        with pytest.raises(ServiceUnavailable) as raised:
            call(table)
        assert raised.value.retry_after_s

    def test_programming_errors_are_not_hidden(
        self, table: Table, answers: Stubber, operation: str, call: Callable[[Table], object]
    ) -> None:
        answers.add_client_error(operation, "ValidationException")
        with pytest.raises(ClientError, match="ValidationException"):
            call(table)


class TestTransaction:
    def cancel(self, answers: Stubber, *reasons: str) -> None:
        """Answer that the transaction was cancelled, with the reason for each of its writes."""
        answers.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": [{"Code": reason} for reason in reasons]},
        )

    @pytest.mark.parametrize(
        "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
    )
    def test_tries_again_if_it_was_in_anothers_way(
        self, table: Table, answers: Stubber, pauses: list[float], reason: str
    ) -> None:
        self.cancel(answers, "None", reason)
        self.cancel(answers, reason, "None")
        answers.add_response("transact_write_items", {})
        table.write(PAIR)
        assert len(pauses) == 2

    @pytest.mark.parametrize("code", ["TransactionConflictException", "TransactionInProgressException"])
    def test_tries_a_single_write_again_that_was_in_anothers_way(
        self, table: Table, answers: Stubber, code: str
    ) -> None:
        answers.add_client_error("put_item", code)
        answers.add_response("put_item", {})
        table.write(PAIR[:1])

    def test_transaction_waits_longer_from_try_to_try_and_not_always_as_long(
        self, table: Table, answers: Stubber, pauses: list[float]
    ) -> None:
        for _ in range(20 * TRIES):
            self.cancel(answers, "None", "TransactionConflict")
        for _ in range(20):
            with pytest.raises(Conflict):
                table.write(PAIR)
        tries = [pauses[number :: TRIES - 1] for number in range(TRIES - 1)]
        for number, waits in enumerate(tries, start=1):
            assert len(set(waits)) == 20
            assert 0 <= min(waits) < max(waits) <= 0.02 * 2**number

    def test_transaction_says_that_others_hold_the_items_if_it_never_gets_through(
        self, table: Table, answers: Stubber
    ) -> None:
        for _ in range(TRIES):
            self.cancel(answers, "TransactionConflict", "TransactionConflict")
        with pytest.raises(Conflict) as raised:
            table.write(PAIR)
        assert raised.value.retry_after_s

    def test_transaction_says_that_the_service_is_busy_if_it_is_throttled_to_the_end(
        self, table: Table, answers: Stubber
    ) -> None:
        for _ in range(TRIES):
            self.cancel(answers, "ThrottlingError", "None")
        with pytest.raises(ServiceUnavailable) as raised:
            table.write(PAIR)
        assert raised.value.retry_after_s

    def test_transaction_prefers_the_reason_that_will_not_go_away(
        self, table: Table, answers: Stubber
    ) -> None:
        self.cancel(answers, "TransactionConflict", "ConditionalCheckFailed")
        with pytest.raises(StaleRead):
            table.write(PAIR)

    def test_transaction_does_not_try_again_what_can_never_be_written(
        self, table: Table, answers: Stubber
    ) -> None:
        self.cancel(answers, "None", "ItemCollectionSizeLimitExceeded")
        with pytest.raises(ClientError):
            table.write(PAIR)
