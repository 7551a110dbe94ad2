"""The handler as API Gateway calls it, and the app behind a proxy that makes calls of DynamoDB fail."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from urllib3 import Timeout

from app.core.database import Table
from app.core.dynamodb import DynamoDB
from tests.assurance.fault_proxy_helpers import FaultProxy
from tests.assurance.requests_helpers import Requests
from tests.factories import TABLE_NAME, Api, FrozenClock
from tests.integration.test_lambda_handler import environment, handler, loop
from tests.security.test_roles import make_world

__all__ = ["environment", "handler", "loop", "make_world"]


@pytest.fixture
def proxy(dynamodb: DynamoDBClient) -> Iterator[FaultProxy]:
    with FaultProxy(dynamodb.meta.endpoint_url).running() as proxy:
        yield proxy


@pytest.fixture
def proxied_table(proxy: FaultProxy, clock: FrozenClock) -> Table:
    """The table over the app's own client, which does not wait between its attempts."""
    client: Any = DynamoDB(
        region="eu-central-1", endpoint_url=proxy.url, timeout=Timeout(10), sleep=lambda _: None
    )
    return Table(client, TABLE_NAME, clock=clock, sleep=lambda _: None)


@pytest.fixture
def make_requests(api: Api, proxy: FaultProxy, dynamodb: DynamoDBClient) -> Callable[[str, str], Requests]:
    return partial(Requests, api, proxy, dynamodb)
