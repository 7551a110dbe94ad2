"""What every operation costs in DynamoDB, by AWS's rules: `docs/capacity.md` is made here."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from mypy_boto3_dynamodb import DynamoDBClient
from starlette.routing import compile_path

from app.api.openapi import document
from app.api.routing import all_routes
from app.background.events import on_stream
from app.core.clock import ulid_of
from app.core.database import Table
from app.core.dynamodb import DynamoDB
from app.main import Backend, create_runner
from app.models.access_patterns import JOURNAL_ENTRIES
from app.models.journals import JournalEntry
from app.models.spaces import Visibility
from codegen import capacity
from codegen.capacity import Cost, Measured, MeasuredPage, Meter
from tests.factories import TABLE_NAME, Api, FrozenClock, create_table
from tests.security.roles.role_fixtures import World, email_of
from tests.security.test_roles import NOUNS, ROWS

# Who sends a request, if it succeeds for them; else the first that it succeeds for.
USUAL_CALLER = "member"
SUCCESS = range(200, 300)
PAGES = {
    "20 a page": "limit=20",
    "100 a page": "limit=100",
    "20 a page, of a tag that none has": "limit=20&tag=none",
}
PATTERNS = sorted(
    ((compile_path(path)[0], path, methods) for path, methods in document(all_routes())["paths"].items()),
    key=lambda each: each[1].count("{"),
)


@pytest.fixture
def meter(dynamodb: DynamoDBClient) -> Meter:
    url = dynamodb.meta.endpoint_url
    return Meter(DynamoDB(region="eu-central-1", endpoint_url=url), TABLE_NAME)


@pytest.fixture
def table(meter: Meter, clock: FrozenClock) -> Table:
    client: Any = meter
    return Table(client, TABLE_NAME, clock=clock)


class Bench:
    """Sends the requests of the role tables, each in a world of its own, and tells what they cost."""

    def __init__(self, api: Api, backend: Backend, meter: Meter, dynamodb: DynamoDBClient) -> None:
        self._api, self._backend, self._meter, self._dynamodb = api, backend, meter, dynamodb

    def world(self, visibility: Visibility = Visibility.PRIVATE) -> World:
        """The space and its people, alone in the table."""
        self._dynamodb.delete_table(TableName=TABLE_NAME)
        create_table(self._dynamodb)
        world = World(self._api.clock, visibility)
        self.put([*world.people(), *(write for noun in NOUNS for write in noun.items(world))])
        return world

    def put(self, writes: Any) -> None:
        puts: Any = [{"PutRequest": {"Item": write.request["Item"]}} for write in writes]
        for start in range(0, len(puts), 25):
            self._dynamodb.batch_write_item(RequestItems={TABLE_NAME: puts[start : start + 25]})

    def send(self, world: World, who: str, line: str) -> Response:
        """Send a line of a role table; the meter then shows its cost."""
        request = world.request(who, line)
        token = self._api.signing_key.token(world.names[who], email_of(who))
        self._meter.reset()
        headers = {"Authorization": f"Bearer {token}"}
        return self._api.client.request(request.method, request.path, json=request.body, headers=headers)

    def run_background(self) -> Cost:
        """Run the messages that the request has put, and those that these put, as the stream brings them."""
        messages = self._meter.messages
        self._meter.reset()
        runner = create_runner(self._backend)
        while messages:
            records = [
                {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}
                for keys in messages
            ]
            self._meter.messages = []
            on_stream(runner, {"Records": records}, lambda: 60.0)
            messages = self._meter.messages
        return self._meter.cost

    def measure(self, operation: str, requests: list[tuple[str, str]]) -> Measured:
        """What the first of these requests costs that succeeds in the space as it is here."""
        for who, line in requests:
            response = self.send(
                self.world(Visibility.PUBLIC if who == "visitor" else Visibility.PRIVATE), who, line
            )
            if response.status_code in SUCCESS:
                foreground = self._meter.cost
                return Measured(operation, foreground, self.run_background())
        raise AssertionError(f"{operation}: {response.text}")


@pytest.fixture
def bench(api: Api, backend: Backend, meter: Meter, dynamodb: DynamoDBClient, inbox: list[Any]) -> Bench:
    return Bench(api, backend, meter, dynamodb)


def candidates() -> dict[str, list[tuple[str, str]]]:
    """For each operation, as `GET /spaces/{space_id}`, callers and lines for which it should succeed."""
    found: dict[str, list[tuple[str, str]]] = {}
    world = World(FrozenClock(), Visibility.PRIVATE)
    for noun in NOUNS:
        noun.items(world)
    for line, row in ROWS.items():
        request = world.request("member", line)
        path = next(path for pattern, path, _ in PATTERNS if pattern.match(request.path))
        callers = sorted(row.statuses, key=lambda who: who != USUAL_CALLER)
        found.setdefault(f"{request.method} {path.removeprefix('/api/v1')}", []).extend(
            (who, line) for who in callers if row.statuses[who] in SUCCESS
        )
    return found


def entries(world: World, count: int, clock: FrozenClock) -> Iterator[JournalEntry]:
    for number in range(count):
        yield JournalEntry(
            entry_id=ulid_of(clock.now + timedelta(seconds=number), "x"),
            space_id=world.names["space"],
            author_id=world.names["member"],
            title="A day",
            content="word " * 150,
            excerpt="word",
            word_count=150,
            template_sections=[],
            sections=[],
            tags=[],
            emotions=[],
            pinned=False,
            **world.stamps,
        )


class TestOperations:
    def test_operations_cost_what_the_page_says(
        self, bench: Bench, meter: Meter, clock: FrozenClock, request: pytest.FixtureRequest
    ) -> None:
        measured = [bench.measure(operation, requests) for operation, requests in candidates().items()]
        pages = []
        for behind in (10, 1_000):
            world = bench.world()
            bench.put(map(JOURNAL_ENTRIES.create, entries(world, behind, clock)))
            for name, query in PAGES.items():
                bench.send(world, "member", f"GET /spaces/{{space}}/journals?{query}")
                pages.append(MeasuredPage(f"journals, {name}", behind, meter.cost))
        # A query reads no more than its limit, so nothing that a further item would change.
        assert all(limit < page.items_behind for page in pages[len(PAGES) :] for limit in page.cost.limits)
        pages += [replace(page, items_behind=100_000) for page in pages[len(PAGES) :]]
        text = capacity.render(measured, pages)
        if request.config.option.update_snapshots:
            capacity.PATH.write_text(text, encoding="utf-8")

        assert capacity.PATH.read_text(encoding="utf-8") == text, "run this test with --snapshot-update"

    def test_operations_of_new_check_in_are_two_calls_and_16_units(self, bench: Bench, meter: Meter) -> None:
        line = next(line for line in ROWS if "check-ins/2026-03-13" in line)
        response = bench.send(bench.world(), "member", line)

        assert response.status_code == 200
        assert meter.cost.operations == ["BatchGetItem", "TransactWriteItems"]
        assert (meter.cost.reads, meter.cost.writes) == (6, 10)


class TestRules:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""

    @pytest.mark.parametrize(
        ("size", "consistent", "units"),
        [
            (0, True, 1),
            (0, False, 0.5),
            (4096, True, 1),
            (4097, True, 2),
            (8192, False, 1),
            (8193, False, 1.5),
        ],
    )
    def test_rules_read_is_paid_by_4_kb(self, size: int, *, consistent: bool, units: float) -> None:
        assert capacity.read_units(size, consistent=consistent) == units

    @pytest.mark.parametrize(("size", "units"), [(0, 1), (1024, 1), (1025, 2)])
    def test_rules_write_is_paid_by_1_kb(self, size: int, units: int) -> None:
        assert capacity.write_units(size) == units

    @pytest.mark.parametrize(
        ("attribute", "size"),
        [
            ({"S": "é"}, 2),
            ({"N": "100"}, 2),
            ({"N": "-12.5"}, 3),
            ({"BOOL": True}, 1),
            ({"NULL": True}, 1),
            ({"L": [{"S": "ab"}, {"S": ""}]}, 7),
            ({"M": {"ab": {"S": "c"}}}, 7),
        ],
    )
    def test_item_is_as_large_as_its_names_and_values(self, attribute: dict[str, Any], size: int) -> None:
        assert capacity.item_bytes({"name": attribute}) == 4 + size

    @pytest.mark.parametrize(
        ("before", "after", "units"),
        [
            ({}, {"a": "1"}, 0),
            ({}, {"GSI1PK": "A", "GSI1SK": "B"}, 1),
            ({"GSI1PK": "A", "GSI1SK": "B"}, {}, 1),
            ({"GSI1PK": "A", "GSI1SK": "B"}, {"GSI1PK": "A", "GSI1SK": "C"}, 2),
            ({"GSI1PK": "A", "GSI1SK": "B"}, {"GSI1PK": "A", "GSI1SK": "B", "a": "1"}, 1),
            ({"GSI1PK": "A", "GSI1SK": "B"}, {"GSI1PK": "A", "GSI1SK": "B"}, 0),
        ],
    )
    def test_index_is_paid_for_what_changes_on_it(
        self, before: dict[str, str], after: dict[str, str], units: int
    ) -> None:
        rows = [{name: {"S": value} for name, value in row.items()} for row in (before, after)]
        assert capacity.index_units(*rows) == units
