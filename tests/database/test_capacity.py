"""What every operation costs in DynamoDB, by AWS's rules: `docs/capacity.md` is made here."""

import dataclasses
from collections.abc import Iterator
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
from tests.factories import TABLE_NAME, Api, FrozenClock
from tests.security.roles.role_fixtures import World, email_of
from tests.security.test_roles import NOUNS, ROWS

# Who sends a request, if it succeeds for them; else the first that it succeeds for.
USUAL_CALLER = "member"
SUCCESS = range(200, 300)
PATTERNS = sorted(
    ((compile_path(path)[0], path, methods) for path, methods in document(all_routes())["paths"].items()),
    key=lambda each: each[1].count("{"),
)


@pytest.fixture
def own_key(access_key: str, inbox: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """moto, which plays all but DynamoDB here, has set another one."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key)


@pytest.fixture
def meter(dynamodb: DynamoDBClient, endpoint: str) -> Meter:
    return Meter(DynamoDB(region="eu-central-1", endpoint_url=endpoint), TABLE_NAME)


@pytest.fixture
def table(meter: Meter, clock: FrozenClock) -> Table:
    client: Any = meter
    return Table(client, TABLE_NAME, clock=clock)


class Bench:
    """Sends the requests of the role tables, each in a world of its own, and tells what they cost."""

    def __init__(self, api: Api, backend: Backend, meter: Meter, dynamodb: DynamoDBClient) -> None:
        self._api, self._backend, self._meter, self._dynamodb = api, backend, meter, dynamodb

    def world(self, visibility: Visibility = Visibility.PRIVATE) -> World:
        """The space and its people, in the table."""
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

    def measure(self, who: str, line: str) -> Measured:
        world = self.world(Visibility.PUBLIC if who == "visitor" else Visibility.PRIVATE)
        response = self.send(world, who, line)
        assert response.status_code in SUCCESS, (who, line, response.text)
        foreground = self._meter.cost
        return Measured("", line, foreground, self.run_background())


@pytest.fixture
def bench(api: Api, backend: Backend, meter: Meter, dynamodb: DynamoDBClient, own_key: None) -> Bench:
    return Bench(api, backend, meter, dynamodb)


def operations() -> dict[str, tuple[str, str]]:
    """For each operation, as `GET /spaces/{space_id}`, the caller and the line by which it succeeds first."""
    found: dict[str, tuple[str, str]] = {}
    world = World(FrozenClock(), Visibility.PRIVATE)
    for noun in NOUNS:
        noun.items(world)
    for line, row in ROWS.items():
        callers = sorted(row.statuses, key=lambda who: who != USUAL_CALLER)
        who = next((who for who in callers if row.statuses[who] in SUCCESS), None)
        request = world.request("member", line)
        path = next(path for pattern, path, _ in PATTERNS if pattern.match(request.path))
        if who:
            found.setdefault(f"{request.method} {path.removeprefix('/api/v1')}", (who, line))
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
    def test_cost_what_the_page_says(
        self, bench: Bench, meter: Meter, clock: FrozenClock, request: pytest.FixtureRequest
    ) -> None:
        measured = [
            dataclasses.replace(bench.measure(who, line), operation=name, request=name)
            for name, (who, line) in operations().items()
        ]
        pages = []
        for behind in (10, 1_000):
            world = bench.world()
            bench.put(map(JOURNAL_ENTRIES.create, entries(world, behind, clock)))
            for limit in (20, 100):
                bench.send(world, "member", f"GET /spaces/{{space}}/journals?limit={limit}")
                pages.append(MeasuredPage(f"journals, {limit} a page", behind, meter.cost))
        text = capacity.render(measured, pages)
        if request.config.option.update_snapshots:
            capacity.PATH.write_text(text, encoding="utf-8")

        assert capacity.PATH.read_text(encoding="utf-8") == text, "run this test with --snapshot-update"
