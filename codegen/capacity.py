"""`docs/capacity.md`: DynamoDB calls and capacity units of every operation, priced by AWS's rules.

`Meter` wraps the table's DynamoDB client and prices each call by its items, because DynamoDB Local reports
wrong units for transactions. Rules:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codegen.templates import table
from review.prices import PRICES

PATH = Path(__file__).parent.parent / "docs" / "capacity.md"
READ_BYTES, WRITE_BYTES = 4096, 1024
Row = Mapping[str, Any]


def item_bytes(row: Row) -> int:
    """The size of an item: names and values in UTF-8.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _value_bytes(value) for name, value in row.items())


def _value_bytes(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            # One byte for two significant digits, plus one.
            return math.ceil(len(value.lstrip("-").replace(".", "").strip("0")) / 2) + 1
        case "M":
            return 3 + sum(len(name.encode()) + 1 + _value_bytes(each) for name, each in value.items())
        case "L":
            return 3 + sum(1 + _value_bytes(each) for each in value)
        case _:  # BOOL, NULL
            return 1


def read_units(size: int, *, consistent: bool) -> float:
    """Units to read this many bytes; a missing item costs as much as the smallest one."""
    return max(1, math.ceil(size / READ_BYTES)) * (1 if consistent else 0.5)


def write_units(size: int) -> int:
    """Units to write this many bytes outside of a transaction."""
    return max(1, math.ceil(size / WRITE_BYTES))


def index_units(before: Row, after: Row) -> int:
    """Write units of an item's change on GSI1, which projects all attributes."""
    old, new = ([row.get(name) for name in ("GSI1PK", "GSI1SK")] for row in (before, after))
    if old == new:
        return write_units(max(item_bytes(before), item_bytes(after))) if old[0] and before != after else 0
    # With another key the old index entry is deleted and a new one put.
    return sum(write_units(item_bytes(row)) for row, key in ((before, old), (after, new)) if key[0])


@dataclass
class Cost:
    """Calls, units, and changes by action and entity; the most items that each query may read."""

    operations: list[str] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    reads: float = 0
    writes: int = 0
    changes: Counter[str] = field(default_factory=Counter)

    @property
    def dollars_per_million(self) -> float:
        """The on-demand price of a million operations."""
        return self.reads * float(PRICES["prices"]["table_read"]["usd"]) + self.writes * float(
            PRICES["prices"]["table_write"]["usd"]
        )


class Meter:
    """A DynamoDB client that adds the units of each call to `cost`, and new messages' keys to `messages`."""

    def __init__(self, client: Any, table_name: str) -> None:
        self._client = client
        self._table = table_name
        self.reset()

    def reset(self) -> None:
        """Reset the counts."""
        self.cost = Cost()
        self.messages: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            writes = list(_writes(name, parameters))
            before = [self._row(request) for _, request in writes]
            answer = method(**parameters)
            self.cost.operations.append("".join(word.capitalize() for word in name.split("_")))
            self.cost.reads += self._read(name, parameters, answer)
            for (action, request), row in zip(writes, before, strict=True):
                self._write(action, row, self._row(request), factor=2 if "TransactItems" in parameters else 1)
            return answer

        return call

    def _row(self, request: Mapping[str, Any]) -> Row:
        key = request.get("Key") or {name: request["Item"][name] for name in ("PK", "SK")}
        row: Row = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item", {})
        return row

    def _read(self, name: str, parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
        match name:
            case "get_item":
                size = item_bytes(answer.get("Item", {}))
                return read_units(size, consistent=parameters.get("ConsistentRead", False))
            case "batch_get_item":
                request, rows = parameters["RequestItems"][self._table], answer["Responses"][self._table]
                sizes = [item_bytes(row) for row in rows] + [0] * (len(request["Keys"]) - len(rows))
                return sum(read_units(size, consistent=request["ConsistentRead"]) for size in sizes)
            case "query":
                # Items that a filter removes are charged too.
                unfiltered = {k: v for k, v in parameters.items() if k != "FilterExpression"}
                if len(unfiltered) < len(parameters):
                    unfiltered = _without_unused(unfiltered)
                rows = self._client.query(**unfiltered)["Items"]
                self.cost.limits.append(parameters["Limit"])
                size = sum(item_bytes(row) for row in rows)
                return read_units(size, consistent=parameters.get("ConsistentRead", False))
        return 0

    def _write(self, action: str, before: Row, after: Row, *, factor: int) -> None:
        entity = (after or before).get("entity_type", {"S": "an absent item"})["S"]
        if action == "Put" and entity == "OutboxMessage":
            self.messages.append({name: after[name] for name in ("PK", "SK")})
        self.cost.changes[f"{'check' if action == 'ConditionCheck' else action.lower()} {entity}"] += 1
        self.cost.writes += factor * write_units(max(item_bytes(before), item_bytes(after)))
        self.cost.writes += index_units(before, after)


def _writes(name: str, parameters: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The writes of a call, as action and request."""
    if name in ("put_item", "update_item", "delete_item"):
        yield name.removesuffix("_item").capitalize(), parameters
    for each in parameters.get("TransactItems", []):
        yield from each.items()
    for requests in parameters.get("RequestItems", {}).values():
        for request in requests if isinstance(requests, list) else []:
            for kind, one in request.items():
                yield kind.removesuffix("Request"), one


def _without_unused(query: Mapping[str, Any]) -> dict[str, Any]:
    """A query without its filter, and without names and values that only the filter used."""
    text = query["KeyConditionExpression"]
    names = {k: v for k, v in query.get("ExpressionAttributeNames", {}).items() if k in text}
    values = {k: v for k, v in query["ExpressionAttributeValues"].items() if k in text}
    return {
        **{k: v for k, v in query.items() if k != "ExpressionAttributeNames"},
        **({"ExpressionAttributeNames": names} if names else {}),
        "ExpressionAttributeValues": values,
    }


@dataclass(frozen=True)
class Measured:
    """The cost of one operation of the API: in the request, and in its background work."""

    operation: str
    foreground: Cost
    background: Cost


@dataclass(frozen=True)
class MeasuredPage:
    """The cost of one page of a list with this many items."""

    name: str
    items_behind: int
    cost: Cost


_HEAD = """\
# Capacity

Generated by `pytest tests/database/test_capacity.py --snapshot-update`; do not edit. Each operation ran
once, by the first row of the role tables in `tests/security/roles` that it succeeds in: a space of seven
members with a few small items of each kind. Units are priced by AWS's rules from the items themselves: a
read unit is 4 KB read consistently or 8 KB eventually, a write unit is 1 KB written, two in a
transaction, and the index is paid for separately. Dollars are on-demand list prices of eu-central-1, for
requests and their background work together; the Lambda function and the gateway are not in them.

"""
_WRITES = """
## What each write does

In the request:

- *check Membership*: the transaction fails if the writer was removed or demoted after the request had
  read their role. Two units, as for any condition in a transaction.
- *check Habit*, *check JournalEntry*, *check Goal*: no child is written while its parent is being
  deleted, so the background deletion leaves no items.
- *put OutboxMessage*: the background work is enqueued in the same transaction, so none is lost
  (docs/background.md).
- *update Space*, *update UserProfile* with another item: counters of limits, which are exact under
  concurrent requests.
- *put AuditEvent*: the audit records every change of permissions, in the transaction of the change.

In the background each message takes four steps: read it, lease it (*update OutboxMessage*), execute its
task and *delete OutboxMessage* in the task's last transaction. The task of `activity.announced`
checks again that the space and the user still exist, in the transaction that writes *Activity* and
*Notification*.

"""
_NOTE = """
## A new check-in costs two calls and 16 units

Its six reads (profile, space, membership, habit, the day, the summary) are one BatchGetItem of 6 units; its
transaction is 10: check Membership 2, put HabitCheckIn 2 and 1 on the index, update HabitSummary 2 and 1 on
the index, put OutboxMessage 2. Ten units were asked for. What each further saving would cost:

| saving | units left | price |
| --- | --- | --- |
| read eventually consistently | 13 | a new habit is not found at once; a refusal needs a consistent read |
| also without check Membership | 11 | a removed member's request can still write |
| also without the summary on the index | 10 | erasing an account has to find summaries by the check-ins |
| write Activity instead of the message | 17, and none in the background | the request writes the feed |

The last one saves most in total: the background work of a check-in costs more than the request.
"""
_PAGES = """
## Pages of lists

Entries of 1 KB. By AWS's rules a Query reads, and charges, at most its `Limit` of items before its filter. So
the figures of 100,000 items are computed: those of 1,000, after a check that each `Limit` is below 1,000.
`tests/database/test_cost.py` compares 10 with 2,000 items for every list.

"""


def render(measured: Iterable[Measured], pages: Iterable[MeasuredPage]) -> str:
    """Return the page's text."""
    rows = sorted(measured, key=lambda each: each.operation.split()[::-1])
    costs: list[tuple[str, ...]] = [
        (
            f"`{each.operation}`",
            str(len(each.foreground.operations)),
            f"{each.foreground.reads:g}",
            str(each.foreground.writes),
            str(len(each.background.operations) or ""),
            f"{each.background.reads:g}" if each.background.operations else "",
            str(each.background.writes) if each.background.operations else "",
            f"{each.foreground.dollars_per_million + each.background.dollars_per_million:.2f}",
        )
        for each in rows
    ]
    writes: list[tuple[str, ...]] = [
        (f"`{each.operation}`", _changes(each.foreground), _changes(each.background))
        for each in rows
        if each.foreground.changes
    ]
    head = (
        "operation",
        "calls",
        "read units",
        "write units",
        "background calls",
        "read units",
        "write units",
        "$ a million",
    )
    paging: list[tuple[str, ...]] = [
        (page.name, f"{page.items_behind:,}", str(len(page.cost.operations)), f"{page.cost.reads:g}")
        for page in pages
    ]
    return "".join(
        (
            _HEAD,
            table(head, costs),
            _WRITES,
            table(("operation", "in the request", "in the background"), writes),
            _NOTE,
            _PAGES,
            table(("page", "items in the list", "calls", "read units"), paging),
        )
    )


def _changes(cost: Cost) -> str:
    return ", ".join(
        f"{change} ({number})" if number > 1 else change for change, number in sorted(cost.changes.items())
    )
