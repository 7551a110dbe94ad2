"""The ground that tests stand on: an AWS in memory, a signing key of our own, and a clock that obeys.

Only the clock and the outside world are made up. moto plays DynamoDB where it is faithful; tests marked
`database` run on the real DynamoDB Local (see `tests/database`).
"""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_ssm import SSMClient
from starlette.testclient import TestClient

from app.core.config import Settings, ssm_parameters
from app.core.database import Table
from app.core.security import TokenKeys, TokenVerifier
from app.main import Backend, create_app
from tests.factories import TABLE_NAME, Api, FrozenClock, SigningKey, create_table

# The SDK reads these; nothing here may reach a real account.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "POWERTOOLS_SERVICE_NAME": "lifestyle-spaces",
    "POWERTOOLS_METRICS_NAMESPACE": "LifestyleSpaces/test",
}

SETTINGS = Settings(
    environment="test",
    parameter_prefix="/lifestyle-spaces/test",
    table_name=TABLE_NAME,
    user_pool_id="eu-central-1_test",
    user_pool_client_id="test-client",
    cors_origin="https://app.example.com",
    aws_region="eu-central-1",
)
PARAMETERS = {
    "web_url": "https://app.example.com",
    "invite_code_days": "30",
    "max_spaces_per_user": "100",
    "max_members_per_space": "1000",
    "max_trackers_per_space": "200",
}


@pytest.fixture(scope="session")
def signing_key() -> SigningKey:
    return SigningKey(issuer=SETTINGS.token_issuer, audience=SETTINGS.user_pool_client_id)


@pytest.fixture(scope="session")
def keys_url(signing_key: SigningKey) -> Iterator[str]:
    """A real HTTP server that publishes the signing key, as Cognito does."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = signing_key.jwks().encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/jwks.json"
        server.shutdown()
        thread.join()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="session")
def clients() -> tuple[DynamoDBClient, SSMClient]:
    """One of each for all tests: to make a client takes as long as ten requests."""
    with mock_aws():
        return boto3.client("dynamodb"), boto3.client("ssm")


@pytest.fixture
def aws() -> Iterator[None]:
    """An empty AWS."""
    with mock_aws():
        yield


@pytest.fixture
def dynamodb(aws: None, clients: tuple[DynamoDBClient, SSMClient]) -> DynamoDBClient:
    """A client of an empty table."""
    client, _ = clients
    create_table(client)
    return client


@pytest.fixture
def ssm(aws: None, clients: tuple[DynamoDBClient, SSMClient]) -> SSMClient:
    return clients[1]


@pytest.fixture
def table(dynamodb: DynamoDBClient, clock: FrozenClock) -> Table:
    return Table(dynamodb, TABLE_NAME, clock=clock, sleep=lambda _: None)


@pytest.fixture
def set_parameter(ssm: SSMClient) -> Any:
    """Set an SSM parameter of the app: `set_parameter("invite_code_days", "7")`."""

    def put(name: str, value: str) -> None:
        path = f"{SETTINGS.parameter_prefix}/app/{name}"
        ssm.put_parameter(Name=path, Value=value, Type="String", Overwrite=True)

    for name, value in PARAMETERS.items():
        put(name, value)
    return put


@pytest.fixture
def backend(table: Table, keys_url: str, ssm: SSMClient, set_parameter: Any) -> Backend:
    keys = TokenKeys(keys_url)
    return Backend(
        settings=SETTINGS,
        table=table,
        tokens=TokenVerifier(keys=keys, issuer=SETTINGS.token_issuer, audience=SETTINGS.user_pool_client_id),
        parameters=ssm_parameters(ssm, SETTINGS.parameter_prefix),
    )


@pytest.fixture
def api(backend: Backend, signing_key: SigningKey, clock: FrozenClock) -> Iterator[Api]:
    """The app over HTTP, and people to use it: see `Api`."""
    with TestClient(create_app(backend)) as client:
        yield Api(client, signing_key, clock)
