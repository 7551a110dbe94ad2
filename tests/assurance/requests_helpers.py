"""Requests of the role tables, each sent in a table of its own behind the fault proxy."""

from typing import Any

from httpx2 import Response
from mypy_boto3_dynamodb import DynamoDBClient

from app.models.spaces import Visibility
from tests.assurance.fault_proxy_helpers import Fault, FaultProxy
from tests.factories import TABLE_NAME, Api, create_table
from tests.security.roles.role_fixtures import World, email_of
from tests.security.test_roles import NOUNS

SUCCESS = range(200, 300)


class Requests:
    """Sends one request of a role table, each time in the same world."""

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
        """Send it; this fault happens to the call of this number, counted from 0."""
        self._proxy.arrange(fault, at)
        request = self._world.request(self._who, self._line)
        token = self._api.signing_key.token(self._world.names[self._who], email_of(self._who))
        headers = {"Authorization": f"Bearer {token}"}
        if request.method == "POST":
            headers["Idempotency-Key"] = "one"
        return self._api.client.request(request.method, request.path, json=request.body, headers=headers)
