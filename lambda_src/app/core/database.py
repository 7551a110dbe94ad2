"""The one table: runs the keys, queries and writes of `app.core.entities`. There is no Scan.

`Table` calls DynamoDB. `Session` is one request's unit of work: it reads at once, and collects writes to
commit them together, once.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from botocore.exceptions import ClientError

from app.core.clock import Clock, IdSource, new_ulid, utc_now
from app.core.entities import Key
from app.core.errors import Conflict, Problem, ServiceUnavailable
from app.core.queries import Query
from app.core.records import Record
from app.core.writes import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from app.core.dynamodb import DynamoDB

T = TypeVar("T", bound=Record)

BATCH_GET_KEYS, BATCH_WRITE_KEYS = 100, 25  # DynamoDB's limits a call
FILTER_READS = 5  # a filter that no key serves reads at most this many times the page's limit
TRIES = 8
_RANDOM = SystemRandom()  # environments restored from one SnapStart snapshot share the state of `random`
_BUSY = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}
# The same as cancellation reasons of a transaction, which the AWS client does not retry.
_THROTTLED = {"ProvisionedThroughputExceeded", "ThrottlingError"}


@dataclass(frozen=True)
class Slice(Generic[T]):
    """One page of a query. The list has ended only if `next_cursor` is None."""

    items: list[T]
    next_cursor: str | None


class Table:
    """Reads and writes the table.

    Every method raises ServiceUnavailable when DynamoDB keeps throttling.
    """

    def __init__(
        self,
        client: "DynamoDB | DynamoDBClient",
        name: str,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep
        self.clock = clock

    def get(self, key: Key[T]) -> T | None:
        """The item, read consistently; None if it is absent or has expired."""
        answer = self._call(
            self._client.get_item, TableName=self._name, Key=key.attributes, ConsistentRead=True
        )
        row = answer.get("Item")
        return key.entity.load(row) if row and self._alive(row) else None

    def batch_get(self, keys: Sequence[Key[Any]], *, consistent: bool = False) -> list[Any]:
        """The items of the keys, in their order, None for each that is absent or has expired.

        One call for each 100 different keys; unprocessed keys are requested again.
        """
        wanted = list({(key.pk, key.sk): key for key in keys}.items())
        rows: dict[tuple[str, str], Any] = {}
        for start in range(0, len(wanted), BATCH_GET_KEYS):
            pending = [key.attributes for _, key in wanted[start : start + BATCH_GET_KEYS]]
            for attempt in range(TRIES):
                if not pending:
                    break
                self._pause(attempt)
                request: Any = {self._name: {"Keys": pending, "ConsistentRead": consistent}}
                answer = self._call(self._client.batch_get_item, RequestItems=request)
                for row in answer["Responses"][self._name]:
                    rows[row["PK"]["S"], row["SK"]["S"]] = row
                pending = answer["UnprocessedKeys"].get(self._name, {}).get("Keys", [])
            if pending:
                raise ServiceUnavailable(retry_after_s=1)
        found = {
            id_: key.entity.load(rows[id_]) for id_, key in wanted if id_ in rows and self._alive(rows[id_])
        }
        return [found.get((key.pk, key.sk)) for key in keys]

    def page(
        self,
        query: Query[T],
        *,
        limit: int,
        cursor: str | None = None,
        consistent: bool = False,
        with_expired: bool = False,
    ) -> Slice[T]:
        """One page by exactly one Query call; `consistent` is not for GSI1.

        `with_expired` includes expired items that are still stored.

        With filters it reads at most 5 x `limit` items, so the page may be short or empty while the
        list goes on.

        Raises:
            InvalidCursor: the cursor is not of this query.
        """
        position: Any = {"ExclusiveStartKey": query.start_key(cursor)} if cursor else {}
        reads = limit * FILTER_READS if query.filters else limit
        answer = self._call(
            self._client.query,
            TableName=self._name,
            Limit=reads,
            ConsistentRead=consistent,
            **query.request(),
            **position,
        )
        rows = answer["Items"]
        kept = rows[:limit]
        last = kept[-1] if len(rows) > limit else answer.get("LastEvaluatedKey")
        items = [query.entity.load(row) for row in kept if with_expired or self._alive(row)]
        return Slice(items, query.cursor_after(last) if last else None)

    def first(self, query: Query[T], *, at_most: int, consistent: bool = False) -> list[T]:
        """The first items of a list, without paging: one call for each MB of them."""
        items: list[T] = []
        cursor = None
        while len(items) < at_most:
            page = self.page(query, limit=at_most - len(items), cursor=cursor, consistent=consistent)
            items += page.items
            if (cursor := page.next_cursor) is None:
                break
        return items

    def batch_delete(self, keys: Sequence[Key[Any]]) -> None:
        """Delete the items of these different keys without conditions; not atomic.

        One call for each 25 keys; unprocessed deletions are requested again.
        """
        for start in range(0, len(keys), BATCH_WRITE_KEYS):
            batch = keys[start : start + BATCH_WRITE_KEYS]
            pending: Any = [{"DeleteRequest": {"Key": key.attributes}} for key in batch]
            for attempt in range(TRIES):
                if not pending:
                    break
                self._pause(attempt)
                answer = self._call(self._client.batch_write_item, RequestItems={self._name: pending})
                pending = answer["UnprocessedItems"].get(self._name, [])
            if pending:
                raise ServiceUnavailable(retry_after_s=1)

    def write(self, writes: Sequence[Write]) -> None:
        """Apply all writes or none. A single write is sent without a transaction, which would cost double.

        Raises:
            Problem, StaleRead: the `on_conflict` of the first write whose condition did not hold.
            Conflict: other transactions kept holding the same items.
        """
        for attempt in range(TRIES):
            self._pause(attempt)
            try:
                if len(writes) == 1:
                    self._write_one(writes[0])
                elif writes:
                    self._write_all(writes)
            except ClientError as error:
                if _is_repeated_put(writes[0], error):
                    return
                obstacle = _obstacle(writes, error)
            else:
                return
        raise obstacle

    def _write_one(self, write: Write) -> None:
        if write.action == "ConditionCheck":
            self._write_all([write])
            return
        calls: dict[str, Callable[..., Any]] = {
            "Put": self._client.put_item,
            "Update": self._client.update_item,
            "Delete": self._client.delete_item,
        }
        # The returned item tells whether it was written by an earlier attempt of this put.
        extra = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if write.action == "Put" else {}
        self._call(calls[write.action], TableName=self._name, **write.request, **extra)

    def _write_all(self, writes: Sequence[Write]) -> None:
        items: Any = [{write.action: {"TableName": self._name, **write.request}} for write in writes]
        self._call(self._client.transact_write_items, TransactItems=items)

    def _alive(self, row: Mapping[str, Any]) -> bool:
        # TTL deletes up to days late, so readers check.
        return "ttl" not in row or float(row["ttl"]["N"]) > self.clock().timestamp()

    def _pause(self, attempt: int) -> None:
        if attempt:
            self._sleep(_RANDOM.uniform(0, 0.02 * 2**attempt))

    def _call(self, call: Callable[..., Any], **request: Any) -> Any:
        try:
            return call(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] in _BUSY or _is_theirs(error):
                raise ServiceUnavailable(retry_after_s=1) from error
            raise


def _is_theirs(error: ClientError) -> bool:
    """Whether DynamoDB itself failed, after the AWS client's retries."""
    status: int = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _is_repeated_put(write: Write, error: ClientError) -> bool:
    """Whether a put failed because an earlier attempt, whose response was lost, had written the same item.

    A transaction needs no such test: its attempts carry one token, so they are applied once.
    """
    tried_again = error.response["ResponseMetadata"].get("RetryAttempts", 0) > 0
    return tried_again and write.action == "Put" and error.response.get("Item") == write.request["Item"]


def _obstacle(writes: Sequence[Write], error: ClientError) -> Problem:
    """The temporary reason for which a write failed, so that it can be retried.

    Raises:
        Problem, StaleRead: a condition did not hold; the write's `on_conflict`.
        ClientError: the write cannot succeed when repeated.
    """
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise writes[0].on_conflict from error
    if code in ("TransactionConflictException", "TransactionInProgressException"):
        return Conflict(retry_after_s=1)
    if code != "TransactionCanceledException":
        raise error
    reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
    for write, reason in zip(writes, reasons, strict=False):
        if reason == "ConditionalCheckFailed":
            raise write.on_conflict from error
    if _THROTTLED.intersection(reasons):
        return ServiceUnavailable(retry_after_s=1)
    if "TransactionConflict" in reasons:
        return Conflict(retry_after_s=1)
    raise error


@dataclass
class Session:
    """One request's unit of work: each item is read once, writes wait for `commit`.

    `now` and `new_id` are the only time and randomness that a service uses.
    """

    table: Table
    new_id: IdSource = new_ulid
    now: datetime = field(init=False)
    _known: dict[tuple[str, str], Any] = field(init=False, default_factory=dict)
    _writes: list[Write] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.table.clock()

    def read(self, keys: Sequence[Key[Any]]) -> list[Any]:
        """The items of the keys, in their order, read consistently; None for each that is absent.

        One call for all that this session has not read yet; none if it has read them all.
        """
        unknown = [key for key in keys if (key.pk, key.sk) not in self._known]
        found = self.table.batch_get(unknown, consistent=True)
        self._known |= {(key.pk, key.sk): item for key, item in zip(unknown, found, strict=True)}
        return [self._known[key.pk, key.sk] for key in keys]

    def add(self, *writes: Write) -> None:
        """Add these writes to the commit."""
        self._writes.extend(writes)

    def commit(self) -> None:
        """Apply all added writes or none. Raises what `Table.write` raises."""
        self.table.write(self._writes)
        self._writes = []
