"""The calls of every operation and its background work, against what the function's role allows."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.background.directory import Directory
from app.core.database import Table
from app.main import Backend
from tests.assurance.fault_proxy_helpers import FaultProxy
from tests.assurance.requests_helpers import SUCCESS, Requests
from tests.database.test_capacity import candidates
from tests.infra.policy_helpers import arn, is_allowed
from tests.infra.stack_helpers import backend as synthesized
from tests.integration.user_pool_helpers import Pool

pytestmark = pytest.mark.long

TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}

# Lambda calls them in the function's name, to read the table's stream.
STREAM_ACTIONS = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
}


@dataclass(frozen=True)
class Call:
    """One action on one resource, with the condition keys that IAM is given."""

    action: str
    resource: str
    leading_keys: tuple[str, ...]
    in_transaction: bool = False

    @property
    def context(self) -> dict[str, list[str]]:
        enclosing = {"dynamodb:EnclosingOperation": ["TransactWriteItems"]} if self.in_transaction else {}
        return {"dynamodb:LeadingKeys": list(self.leading_keys), **enclosing}


def calls_of(operation: str, body: dict[str, Any]) -> Iterator[Call]:
    """What IAM decides on for one request to DynamoDB.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
    """
    table = arn("Table")
    match operation:
        case "TransactWriteItems":
            for item in body["TransactItems"]:
                ((kind, write),) = item.items()
                key = write.get("Key") or write["Item"]
                yield Call(
                    f"dynamodb:{TRANSACTION_ACTIONS[kind]}", table, (key["PK"]["S"],), in_transaction=True
                )
        case "BatchGetItem":
            keys = itertools.chain.from_iterable(request["Keys"] for request in body["RequestItems"].values())
            yield Call(f"dynamodb:{operation}", table, tuple(key["PK"]["S"] for key in keys))
        case "BatchWriteItem":
            requests = itertools.chain.from_iterable(body["RequestItems"].values())
            writes = [next(iter(request.values())) for request in requests]
            leading = tuple((write.get("Key") or write["Item"])["PK"]["S"] for write in writes)
            yield Call(f"dynamodb:{operation}", table, leading)
        case "Query":
            resource = f"{table}/index/{body['IndexName']}" if "IndexName" in body else table
            yield Call("dynamodb:Query", resource, ())
        case _:
            key = body.get("Key") or body["Item"]
            yield Call(f"dynamodb:{operation}", table, (key["PK"]["S"],))


@pytest.fixture
def table(proxied_table: Table) -> Table:
    return proxied_table


@pytest.fixture
def backend(backend: Backend, aws: None) -> Backend:
    """The backend of all tests, with a user pool that exists."""
    pool = Pool()
    return dataclasses.replace(backend, directory=Directory(lambda: pool.client, pool.pool_id))


@pytest.fixture
def calls(
    make_requests: Callable[[str, str], Requests],
    proxy: FaultProxy,
    backend: Backend,
    run_background: Callable[..., None],
) -> set[Call]:
    """The calls of every operation and of what it leaves to the background."""
    for requests in candidates().values():
        for who, line in requests:
            request = make_requests(who, line)
            request.make_world()
            if request.send().status_code in SUCCESS:
                break
        run_background()
    return {call for operation, body in proxy.requests for call in calls_of(operation, body)}


class TestRole:
    def test_role_allows_what_is_called_and_nothing_else(
        self, calls: set[Call], record_property: Callable[[str, object], None]
    ) -> None:
        statements = synthesized("prod").statements()
        granted = {
            action
            for statement in statements
            if statement["Effect"] == "Allow"
            for action in _texts(statement["Action"])
            if action.startswith("dynamodb:") and action not in STREAM_ACTIONS
        }

        denied = {
            call for call in calls if not is_allowed(statements, call.action, call.resource, call.context)
        }

        record_property("calls", len(calls))
        assert denied == set()
        assert granted == {call.action for call in calls}


def _texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
