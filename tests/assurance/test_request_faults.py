"""Every DynamoDB call of every operation made to fail in every way, on the wire.

A point is one fault in one call of one request. Whatever the fault: the request is answered as if nothing had
happened, or by 409 or 503 with `Retry-After`; nothing is half written; and the same request sent again with
its `Idempotency-Key` takes effect once. To be killed before or after a call is to lose what follows it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from httpx2 import Response
from mypy_boto3_dynamodb import DynamoDBClient
from urllib3 import Timeout

from app.core.database import Table
from app.core.dynamodb import DynamoDB
from app.models.spaces import Visibility
from tests.assurance.fault_proxy_helpers import Fault, FaultProxy
from tests.database.test_capacity import candidates
from tests.factories import TABLE_NAME, Api, FrozenClock, create_table
from tests.integration.table_helpers import rows
from tests.security.roles.role_fixtures import World, email_of
from tests.security.test_roles import NOUNS
from tests.sizes import WHOLE

pytestmark = pytest.mark.long

CANDIDATES = candidates()
SUCCESS = range(200, 300)
# Sent once more, what has taken effect already may be gone, or be there.
REPEATED = {*SUCCESS, 403, 404, 409, 410, 412}


@pytest.fixture
def proxy(dynamodb: DynamoDBClient) -> Iterator[FaultProxy]:
    with FaultProxy(dynamodb.meta.endpoint_url).running() as proxy:
        yield proxy


@pytest.fixture
def table(proxy: FaultProxy, clock: FrozenClock) -> Table:
    """The table over the app's own client, which does not wait between its attempts."""
    client: Any = DynamoDB(
        region="eu-central-1", endpoint_url=proxy.url, timeout=Timeout(10), sleep=lambda _: None
    )
    return Table(client, TABLE_NAME, clock=clock, sleep=lambda _: None)


class Requests:
    """Sends one request of an operation, each time in the same world."""

    def __init__(self, api: Api, proxy: FaultProxy, dynamodb: DynamoDBClient, who: str, line: str) -> None:
        self._api, self._proxy, self._dynamodb, self._who, self._line = api, proxy, dynamodb, who, line

    def make_world(self) -> None:
        """The space and its people, alone in the table."""
        self._dynamodb.delete_table(TableName=TABLE_NAME)
        create_table(self._dynamodb)
        visibility = Visibility.PUBLIC if self._who == "visitor" else Visibility.PRIVATE
        self._world = World(self._api.clock, visibility)
        writes = [*self._world.people(), *(write for noun in NOUNS for write in noun.items(self._world))]
        puts: Any = [{"PutRequest": {"Item": write.request["Item"]}} for write in writes]
        for start in range(0, len(puts), 25):
            self._dynamodb.batch_write_item(RequestItems={TABLE_NAME: puts[start : start + 25]})

    def send(self, fault: Fault | None = None, at: int = -1) -> Response:
        self._proxy.arrange(fault, at)
        request = self._world.request(self._who, self._line)
        token = self._api.signing_key.token(self._world.names[self._who], email_of(self._who))
        headers = {"Authorization": f"Bearer {token}"}
        if request.method == "POST":
            headers["Idempotency-Key"] = "one"
        return self._api.client.request(request.method, request.path, json=request.body, headers=headers)


@pytest.fixture
def make_requests(api: Api, proxy: FaultProxy, dynamodb: DynamoDBClient) -> Callable[[str, str], Requests]:
    return partial(Requests, api, proxy, dynamodb)


def stored() -> Counter[str]:
    """How many items of each kind there are, but for counts of attempts, which are written ahead."""
    return Counter(kind for row in rows() if (kind := row["entity_type"]["S"]) != "RateLimit")


def points(operations: list[str], number: int) -> Iterator[tuple[Fault, int]]:
    """Every fault in every call; in a bounded run one fault for each call, another one for each operation."""
    for at, operation in enumerate(operations):
        faults = [fault for fault in Fault if fault.applies_to(operation)]
        yield from ((fault, at) for fault in (faults if WHOLE else [faults[(number + at) % len(faults)]]))


class TestEveryCall:
    @pytest.mark.parametrize(("number", "operation"), list(enumerate(CANDIDATES)), ids=list(CANDIDATES))
    def test_fault_leaves_all_or_nothing(
        self,
        make_requests: Callable[[str, str], Requests],
        proxy: FaultProxy,
        record_property: Callable[[str, object], None],
        number: int,
        operation: str,
    ) -> None:
        for who, line in CANDIDATES[operation]:
            requests = make_requests(who, line)
            requests.make_world()
            before = stored()
            normal = requests.send()
            if normal.status_code in SUCCESS:
                break
        after, calls = stored(), list(proxy.operations)

        failed = 0
        for fault, at in points(calls, number):
            requests.make_world()
            response = requests.send(fault, at)
            point = f"{calls[at]} {fault}"
            if response.status_code in SUCCESS:
                assert stored() == after, point
                continue
            failed += 1
            assert not fault.is_temporary, f"{point}: {response.status_code}"
            assert response.status_code in {409, 503}, f"{point}: {response.text}"
            assert int(response.headers["Retry-After"]) > 0, point
            assert stored() in (before, after), point
            repeated = requests.send()
            assert repeated.status_code in REPEATED, f"{point}: {repeated.text}"
            assert stored() == after, point
        record_property("points", len(list(points(calls, number))))
        record_property("refused", failed)
