"""Fixtures for all tests: the table on the real DynamoDB Local, the app over HTTP, a clock that stands still.

What else AWS does for the app (SES, SSM, SQS, Cognito) is done in memory by moto.
"""

import dataclasses
import functools
import io
import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import hypothesis
import pytest
from botocore.config import Config
from fastapi import FastAPI
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_ssm import SSMClient
from starlette.testclient import TestClient

from app.background.dead_letters import DeadLetters
from app.background.directory import Directory
from app.background.events import run_overdue
from app.background.mail import Mailer, MailRefused
from app.background.outbox import Runner
from app.background.registry import TASKS
from app.background.work import ContinueLater, Task, Work
from app.core import observability
from app.core.config import Parameters, Settings
from app.core.database import Table
from app.core.errors import StaleRead
from app.core.security import TokenKeys, TokenVerifier
from app.main import Backend, create_app, create_runner
from app.models.access_patterns import messages_of_shard
from app.models.operations import OutboxMessage
from app.services import outbox
from local.dynamodb import dynamodb_local
from tests.client_helpers import InterceptedClient, fail_on_unbounded_read, intercepted
from tests.factories import TABLE_NAME, Api, FrozenClock, SigningKey, create_table
from tests.leak_helpers import LeakDetector

pytest_plugins = ["tests.browser_fixtures"]

# Who runs the tests in the background of a script ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The SDK reads these; nothing here may reach a real account.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "ENVIRONMENT": "test",
    "POWERTOOLS_SERVICE_NAME": "lifestyle-spaces",
    "POWERTOOLS_METRICS_NAMESPACE": "LifestyleSpaces/test",
}

# No deadline, as a busy machine is no fault of the code; no memory of earlier runs, so that all are alike.
hypothesis.settings.register_profile("tests", deadline=None, database=None)
hypothesis.settings.load_profile("tests")

SETTINGS = Settings(
    environment="test",
    parameter_prefix="/lifestyle-spaces/test",
    table_name=TABLE_NAME,
    user_pool_id="eu-central-1_test",
    user_pool_client_id="test-client",
    dead_letter_queue_url="https://sqs.eu-central-1.amazonaws.com/123456789012/dead-letters",
    cors_origin="https://app.example.com",
    aws_region="eu-central-1",
)
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
PARAMETERS = {
    "web_url": "https://app.example.com",
    "invite_code_days": "30",
    "invitation_days": "7",
    "max_invitations_per_day": "200",
    "max_invitations_per_sender_per_day": "200",
    "max_mails_per_recipient_per_day": "20",
    "max_spaces_per_user": "100",
    "max_members_per_space": "1000",
    "max_trackers_per_space": "200",
    "mail_sender": "no-reply@example.com",
    "mail_delivery": "send",
}


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in a hook of the same name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several workers share the tests, keep together what stands on the same costly ground."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        together = folder if folder in ("e2e", "infra", "review") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(together))


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
            """Keep the requests out of the test output."""

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
def dynamodb_client() -> Iterator[DynamoDBClient]:
    """A client of the real DynamoDB Local, which starts with the first test that asks for it.

    Every client of DynamoDB that is made from then on calls it too.
    """
    with dynamodb_local() as url, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        # DynamoDB Local validates what is sent; botocore's own validation takes longer than the call.
        # A user agent that is given need not be composed for each call.
        config = Config(max_pool_connections=32, parameter_validation=False, user_agent="tests")
        client: Any = InterceptedClient(boto3.client("dynamodb", config=config))
        with intercepted(client, fail_on_unbounded_read):
            yield client


@pytest.fixture
def dynamodb(dynamodb_client: DynamoDBClient) -> Iterator[DynamoDBClient]:
    """A client of an empty table."""
    create_table(dynamodb_client)
    yield dynamodb_client
    dynamodb_client.delete_table(TableName=TABLE_NAME)


@pytest.fixture
def aws() -> Iterator[None]:
    """An empty AWS in memory, of all services but DynamoDB, where each access key has tables of its own."""
    with mock_aws(config={"core": {"mock_credentials": False}}):
        yield


@pytest.fixture
def ssm(aws: None, shared_client: Callable[[Any], Any]) -> SSMClient:
    client: SSMClient = shared_client("ssm")
    return client


@pytest.fixture
def table(dynamodb: DynamoDBClient, clock: FrozenClock) -> Table:
    return Table(dynamodb, TABLE_NAME, clock=clock, sleep=lambda _: None)


@pytest.fixture
def parameters() -> dict[str, str]:
    """What Parameter Store holds for the app; `parameter_store` is the real one, which is slow."""
    return dict(PARAMETERS)


@pytest.fixture
def set_parameter(parameters: dict[str, str]) -> Callable[[str, str], None]:
    """Set a parameter of the app: `set_parameter("invite_code_days", "7")`."""
    return parameters.__setitem__


@pytest.fixture
def parameter_store(ssm: SSMClient) -> Callable[[str, str], None]:
    """Put a parameter of the app into SSM, where all are already."""

    def put(name: str, value: str) -> None:
        path = f"{SETTINGS.parameter_prefix}/app/{name}"
        ssm.put_parameter(Name=path, Value=value, Type="String", Overwrite=True)

    for name, value in PARAMETERS.items():
        put(name, value)
    return put


@pytest.fixture(scope="session")
def shared_client() -> Callable[[Any], Any]:
    """`shared_client("sqs")`: the one client of this service for all tests."""

    @functools.cache
    def client(service: Any) -> Any:
        return InterceptedClient(boto3.client(service))

    return client


@pytest.fixture
def inbox(aws: None, shared_client: Callable[[Any], Any]) -> Iterator[list[dict[str, Any]]]:
    """Every mail that SES has taken, as it was asked to send it; it knows the app's sender."""
    ses = shared_client("sesv2")
    ses.create_email_identity(EmailIdentity=PARAMETERS["mail_sender"])
    mails: list[dict[str, Any]] = []

    def keep(operation: str, parameters: dict[str, Any], call: Callable[[], Any]) -> Any:
        answer = call()
        if operation == "SendEmail":
            mails.append(parameters)
        return answer

    with intercepted(ses, keep):
        yield mails


@pytest.fixture
def run_background(backend: Backend, inbox: list[dict[str, Any]]) -> Callable[..., None]:
    """`run_background()`: execute every message that is due, and those that this enqueues.

    `run_background("goal.deleted")`: those of these kinds alone. A task that fails, fails the test.
    """
    failures: list[Exception] = []

    def watched(task: Task[Any]) -> Task[Any]:
        def run(work: Work, message: Any) -> None:
            try:
                task.function(work, message)
            except (ContinueLater, StaleRead, MailRefused):
                raise
            except Exception as error:
                failures.append(error)
                raise

        return Task(task.message, run)

    def due(runner: Runner) -> list[OutboxMessage]:
        now = backend.table.clock()
        messages = [
            message
            for shard in range(outbox.SHARDS)
            for message in backend.table.first(messages_of_shard(shard), at_most=10_000)
        ]
        return [
            message
            for message in messages
            if message.kind in runner.tasks and (message.next_try_at or now) <= now
        ]

    def run(*kinds: str) -> None:
        tasks = {kind: watched(task) for kind, task in TASKS.items() if not kinds or kind in kinds}
        runner = dataclasses.replace(create_runner(backend), tasks=tasks)
        while due(runner):
            run_overdue(runner, lambda: 60.0)
            if failures:
                raise failures[0]

    return run


@pytest.fixture
def backend(
    table: Table, keys_url: str, parameters: dict[str, str], shared_client: Callable[[Any], Any]
) -> Backend:
    keys = TokenKeys(keys_url)

    def read_parameters() -> Parameters:
        return Parameters.model_validate(parameters)

    return Backend(
        settings=SETTINGS,
        table=table,
        tokens=TokenVerifier(keys=keys, issuer=SETTINGS.token_issuer, audience=SETTINGS.user_pool_client_id),
        parameters=read_parameters,
        mail=Mailer(lambda: shared_client("sesv2"), read_parameters),
        directory=Directory(lambda: shared_client("cognito-idp"), SETTINGS.user_pool_id),
        dead_letters=DeadLetters(lambda: shared_client("sqs"), SETTINGS.dead_letter_queue_url),
    )


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The app, built once: that takes as long as ten requests. Each test puts its own backend in."""
    return create_app(Backend.from_settings(SETTINGS))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """The app over HTTP, served once: to start and stop it takes as long as a request."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def watched_client(client: TestClient) -> Iterator[TestClient]:
    """The app over HTTP. Fails the test that logs a secret or a person's text, or answers with internals."""
    detector = LeakDetector()
    client.event_hooks = {"request": [detector.note_request], "response": [detector.note_answer]}
    with detector.reading(observability.logger):
        yield client
    client.event_hooks = {}
    assert detector.leaks == []


@pytest.fixture
def api(
    watched_client: TestClient, app: FastAPI, backend: Backend, signing_key: SigningKey, clock: FrozenClock
) -> Api:
    """The app over HTTP, and people to use it: see `Api`."""
    app.state.backend = backend
    return Api(watched_client, signing_key, clock)


@pytest.fixture
def calls(dynamodb: DynamoDBClient) -> Iterator[list[str]]:
    """The names of DynamoDB's operations in the order in which they were called. Clear it as you like."""
    names: list[str] = []

    def note(operation: str, _: dict[str, Any], call: Callable[[], Any]) -> Any:
        names.append(operation)
        return call()

    with intercepted(dynamodb, note):
        yield names


@pytest.fixture
def before_commit(dynamodb: DynamoDBClient) -> Iterator[Callable[..., None]]:
    """`before_commit(action)`: do it once the next request has read all it reads, just before it commits.

    With `times=n` again before each of its next tries to commit. A try of an invite code is counted by
    a write of its own, before the space is read: `counting=True` means that one.
    """
    waiting: list[tuple[Callable[[], object], bool]] = []
    busy = False

    def interrupt(operation: str, parameters: dict[str, Any], call: Callable[[], Any]) -> Any:
        nonlocal busy
        if waiting and not busy and operation in WRITES:
            action, counting = waiting[-1]
            if counting is ("'JOIN'" in str(parameters)):
                waiting.pop()
                busy = True
                action()
                busy = False
        return call()

    def arrange(action: Callable[[], object], *, times: int = 1, counting: bool = False) -> None:
        waiting.extend([(action, counting)] * times)

    with intercepted(dynamodb, interrupt):
        yield arrange
    assert not waiting, "the request has not written as often as the test expects"


@pytest.fixture
def logs() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """`logs()`: the events that were logged since the test began."""
    stream = io.StringIO()
    handler = observability.logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    handler.setStream(before)
