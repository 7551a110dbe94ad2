"""`lambda_handler.handler`: from an event to what its sender takes for an answer."""

import ast
import asyncio
import base64
import contextlib
import importlib
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.background.events import UnknownEvent
from app.core.database import Session, Table
from app.core.observability import logger
from app.models.access_patterns import OUTBOX_MESSAGES, messages_of_shard
from app.models.operations import OutboxMessage
from app.services import outbox
from tests.conftest import SETTINGS
from tests.factories import SigningKey

SOURCES = Path(__file__).parents[2] / "lambda_src"
Handler = Callable[[dict[str, Any], object], Any]
ORIGIN, USER_ID = "https://app.example.com", "00000000-0000-0000-0000-000000000001"
ENVIRONMENT = {
    "ENVIRONMENT": "test",
    "PARAMETER_PREFIX": SETTINGS.parameter_prefix,
    "TABLE_NAME": SETTINGS.table_name,
    "USER_POOL_ID": SETTINGS.user_pool_id,
    "USER_POOL_CLIENT_ID": SETTINGS.user_pool_client_id,
    "DEAD_LETTER_QUEUE_URL": SETTINGS.dead_letter_queue_url,
    "CORS_ORIGIN": ORIGIN,
    "AWS_REGION": SETTINGS.aws_region,
}


def load() -> Handler:
    """The handler of a fresh environment."""
    sys.modules.pop("lambda_handler", None)
    handler: Handler = importlib.import_module("lambda_handler").handler
    return handler


@pytest.fixture
def loop() -> Iterator[None]:
    """The event loop that Mangum finds; left to itself it makes one and never closes it."""
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        asyncio.set_event_loop(loop)
        yield
        asyncio.set_event_loop(None)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, keys_url: str, loop: None) -> pytest.MonkeyPatch:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    # The signing keys come from a server of the tests' own, parameters and mail are moto's.
    monkeypatch.setenv("AWS_ENDPOINT_URL", keys_url.rpartition("/")[0])
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"https://ssm.{SETTINGS.aws_region}.amazonaws.com")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", f"https://email.{SETTINGS.aws_region}.amazonaws.com")
    return monkeypatch


@pytest.fixture
def handler(environment: pytest.MonkeyPatch, dynamodb: object, parameter_store: object) -> Handler:
    return load()


@pytest.fixture
def token(signing_key: SigningKey) -> str:
    return signing_key.token(USER_ID, "ada@example.com")


def aws_event(
    method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """An event as AWS documents it for Lambda proxy integrations of REST APIs."""
    headers = {"Accept": "*/*", "Host": "abc123.execute-api.eu-central-1.amazonaws.com", **(headers or {})}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "authorizer": {"claims": {"sub": USER_ID, "cognito:groups": "a,b"}},
            "domainName": "abc123.execute-api.eu-central-1.amazonaws.com",
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "curl/8"},
            "path": f"/dev{path}",
            "protocol": "HTTP/1.1",
            "requestId": "id-of-the-gateway",
            "stage": "dev",
        },
        "body": None,
        "isBase64Encoded": False,
    } | more


def emulator_event(method: str, path: str, **more: Any) -> dict[str, Any]:
    """The same as the embedded AWS sends it."""
    event = aws_event(method, path, **more)
    event["version"] = "1.0"
    event["headers"] = {name.lower(): value for name, value in event["headers"].items()}
    del event["requestContext"]["domainName"]
    del event["multiValueHeaders"]
    event["requestContext"]["authorizer"]["claims"] |= {"cognito:groups": "[a b]", "exp": "1700000000"}
    return event


forms = pytest.mark.parametrize("event", [aws_event, emulator_event])


class TestAnswers:
    @forms
    def test_json_is_text(self, handler: Handler, event: Callable[..., dict[str, Any]]) -> None:
        answer = handler(event("GET", "/health"), None)

        assert answer["statusCode"] == 200
        assert answer["isBase64Encoded"] is False
        assert json.loads(answer["body"])["status"] == "ok"
        assert answer["headers"]["content-type"] == "application/json"

    @forms
    def test_problems_are_text(self, handler: Handler, event: Callable[..., dict[str, Any]]) -> None:
        answer = handler(event("GET", "/api/v1/users/me", headers={"Origin": ORIGIN}), None)

        assert answer["statusCode"] == 401
        assert answer["isBase64Encoded"] is False
        assert json.loads(answer["body"])["code"] == "unauthorized"
        assert answer["headers"]["content-type"] == "application/problem+json"
        assert answer["headers"]["access-control-allow-origin"] == ORIGIN

    @forms
    def test_empty_answer_has_no_body(
        self, handler: Handler, event: Callable[..., dict[str, Any]], token: str
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"email": "ada@example.com", "name": "Ada"})
        made = handler(event("POST", "/api/v1/users", headers=headers, body=body), None)
        known = headers | {"If-None-Match": made["headers"]["etag"]}

        answer = handler(event("GET", "/api/v1/users/me", headers=known), None)

        assert answer["statusCode"] == 304
        assert answer["body"] == ""
        assert answer["isBase64Encoded"] is False

    @forms
    def test_answers_carry_the_gateways_request_id(
        self, handler: Handler, event: Callable[..., dict[str, Any]]
    ) -> None:
        for path in ("/health", "/api/v1/users/me"):
            answer = handler(event("GET", path, headers={"X-Request-Id": "mine"}), None)
            assert answer["headers"]["x-request-id"] == "id-of-the-gateway"

        assert json.loads(answer["body"])["request_id"] == "id-of-the-gateway"


class TestLocation:
    """Resolved against the request's own address, it leads to what was made."""

    def make_space(self, handler: Handler, token: str, event: dict[str, Any]) -> tuple[str, str]:
        """The path of a new space, and the `Location` that its maker was told."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        profile = json.dumps({"email": "ada@example.com", "name": "Ada"})
        handler(aws_event("POST", "/api/v1/users", headers=headers, body=profile), None)
        event["headers"] |= headers
        event.pop("multiValueHeaders", None)
        made = handler(event, None)
        path = f"/api/v1/spaces/{json.loads(made['body'])['space_id']}"
        return path, str(made["headers"]["location"])

    def test_location_on_the_address_that_aws_gives_begins_with_the_stage(
        self, handler: Handler, token: str
    ) -> None:
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
        event = aws_event("POST", "/api/v1/spaces", body='{"name": "Early birds"}')
        path, location = self.make_space(handler, token, event)
        assert location == f"/dev{path}"

    def test_location_on_a_domain_of_its_own_has_no_stage(self, handler: Handler, token: str) -> None:
        event = aws_event("POST", "/api/v1/spaces", body='{"name": "Early birds"}')
        event["requestContext"] |= {"domainName": "api.example.com", "path": "/api/v1/spaces"}
        path, location = self.make_space(handler, token, event)
        assert location == path

    def test_location_on_the_emulator_is_the_whole_address(self, handler: Handler, token: str) -> None:
        event = emulator_event("POST", "/api/v1/spaces", body='{"name": "Early birds"}')
        path, location = self.make_space(handler, token, event)
        endpoint = os.environ["AWS_ENDPOINT_URL"]
        assert location == f"{endpoint}/restapis/abc123/dev/_user_request_{path}"

    def test_location_of_a_replayed_answer_begins_with_the_stage_too(
        self, handler: Handler, token: str
    ) -> None:
        locations = set()
        for _ in range(2):
            event = aws_event(
                "POST", "/api/v1/spaces", body='{"name": "x"}', headers={"Idempotency-Key": "k"}
            )
            path, location = self.make_space(handler, token, event)
            locations.add(location)
        assert locations == {f"/dev{path}"}


class TestRequests:
    @forms
    @pytest.mark.parametrize("encoded", [False, True])
    def test_bodies_come_as_text_or_in_base64(
        self, handler: Handler, event: Callable[..., dict[str, Any]], token: str, encoded: bool
    ) -> None:
        body = json.dumps({"email": "ada@example.com", "name": "Zoë 🦉"}, ensure_ascii=False)
        if encoded:
            body = base64.b64encode(body.encode()).decode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = event("POST", "/api/v1/users", headers=headers, body=body, isBase64Encoded=encoded)

        answer = handler(request, None)

        assert answer["statusCode"] == 201
        assert answer["isBase64Encoded"] is False
        assert json.loads(answer["body"])["name"] == "Zoë 🦉"

    @forms
    def test_bodies_over_a_megabyte_are_rejected(
        self, handler: Handler, event: Callable[..., dict[str, Any]], token: str
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Origin": ORIGIN}
        request = event("POST", "/api/v1/users", headers=headers, body=" " * 1_000_001)

        answer = handler(request, None)

        assert answer["statusCode"] == 413
        assert answer["isBase64Encoded"] is False
        assert json.loads(answer["body"])["code"] == "payload_too_large"
        assert answer["headers"]["content-type"] == "application/problem+json"
        assert answer["headers"]["access-control-allow-origin"] == ORIGIN

    @forms
    @pytest.mark.parametrize(
        ("query", "fields"),
        [
            ({"limit": ["0"], "cursor": ["a b&c=d/ü+"]}, ["query.limit"]),
            ({"limit": ["5", "0"]}, ["query.limit"]),
            ({"visibility": ["public", "private"]}, ["query.visibility"]),
        ],
    )
    def test_queries_keep_every_value(
        self,
        handler: Handler,
        event: Callable[..., dict[str, Any]],
        token: str,
        query: dict[str, list[str]],
        fields: list[str],
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"email": "ada@example.com", "name": "Ada"})
        handler(event("POST", "/api/v1/users", headers=headers, body=body), None)
        request = event(
            "GET",
            "/api/v1/spaces",
            headers=headers,
            queryStringParameters={name: values[-1] for name, values in query.items()},
            multiValueQueryStringParameters=query,
        )

        problem = json.loads(handler(request, None)["body"])

        assert [error["field"] for error in problem["errors"]] == fields

    def test_headers_keep_every_value(self, handler: Handler, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"email": "ada@example.com", "name": "Ada"})
        etag = handler(aws_event("POST", "/api/v1/users", headers=headers, body=body), None)["headers"][
            "etag"
        ]
        request = aws_event("GET", "/api/v1/users/me", headers=headers | {"If-None-Match": '"1-other"'})
        request["multiValueHeaders"]["If-None-Match"] = [etag, '"1-other"']

        assert handler(request, None)["statusCode"] == 304


class TestUnreadableEvent:
    @pytest.mark.parametrize(
        "more",
        [
            {"headers": {"Accept": "\ud800"}, "multiValueHeaders": None},
            {"headers": {"X-\udfff": "a"}, "multiValueHeaders": None},
            {"multiValueHeaders": {"Authorization": ["Bearer \ud800"]}},
            {"multiValueQueryStringParameters": {"cursor": ["\ud800"]}},
            {"body": "\ud800"},
        ],
        ids=["header", "name", "list of headers", "query", "body"],
    )
    def test_unreadable_event_is_a_bad_request(
        self, handler: Handler, more: dict[str, Any], logs: Callable[[], list[dict[str, Any]]]
    ) -> None:
        answer = handler(aws_event("GET", "/api/v1/users/me") | more, None)

        assert answer["statusCode"] == 400
        problem = json.loads(answer["body"])
        assert (problem["status"], problem["code"]) == (400, "bad_request")
        assert problem["request_id"] == answer["headers"]["X-Request-Id"] == "id-of-the-gateway"
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert answer["headers"]["Access-Control-Allow-Origin"] == ORIGIN
        assert answer["headers"]["Cache-Control"] == "no-store"
        assert [event["message"] for event in logs()] == ["http.unreadable"]

    @pytest.mark.parametrize("path", ["/api/v1/users/\ud800", "/\udfff"])
    def test_unreadable_event_with_a_surrogate_in_its_path_has_no_route(
        self, handler: Handler, path: str
    ) -> None:
        assert handler(aws_event("GET", path), None)["statusCode"] in {401, 404}


class TestLogAtDebug:
    """Where the log level is DEBUG, Lambda's runtime gives the root logger a handler and this level.

    https://github.com/aws/aws-lambda-python-runtime-interface-client (`bootstrap._setup_logging`)
    """

    @pytest.fixture
    def runtime_log(self) -> Iterator[io.StringIO]:
        """What the runtime's handler has written."""
        root, stream = logging.getLogger(), io.StringIO()
        runtime_handler, level = logging.StreamHandler(stream), root.level
        root.addHandler(runtime_handler)
        root.setLevel(logging.DEBUG)
        yield stream
        root.removeHandler(runtime_handler)
        root.setLevel(level)

    @pytest.mark.usefixtures("inbox")
    def test_log_at_debug_holds_no_text_address_code_or_token(
        self,
        runtime_log: io.StringIO,
        handler: Handler,
        table: Table,
        token: str,
        logs: Callable[[], list[dict[str, Any]]],
    ) -> None:
        runtime_log.seek(0)
        runtime_log.truncate()
        logger.setLevel(logging.DEBUG)

        def post(path: str, **body: str) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            event = aws_event("POST", f"/api/v1{path}", headers=headers, body=json.dumps(body))
            made: dict[str, Any] = json.loads(handler(event, None)["body"])
            return made

        post("/users", email="ada@example.com", name="Ada Lovelace")
        space = f"/spaces/{post('/spaces', name='Runners')['space_id']}"
        post(f"{space}/journals", title="A day", content="By the river")
        post(f"{space}/invitations", email="eve@example.org", message="Run with us")
        code = post(f"{space}/invite-code")["code"]
        for shard in [*range(outbox.SHARDS)] * 3:  # a task may enqueue another
            for message in table.first(messages_of_shard(shard), at_most=10):
                keys = OUTBOX_MESSAGES.key_of(message).attributes
                record = {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}
                handler({"Records": [record]}, Context(60_000))
        logger.setLevel(logging.INFO)

        done = {event["kind"] for event in logs() if event["message"] == "background.done"}
        assert done == {"activity.announced", "invitation.sent", "invitation.mailed"}
        written = runtime_log.getvalue() + str(logs())
        assert "http.request" in written
        secrets = ["@", "Ada", "Lovelace", "Runners", "A day", "river", "Run with", code, token]
        assert [secret for secret in secrets if secret in written] == []

    def test_log_at_debug_has_nothing_of_libraries_below_warnings(
        self, runtime_log: io.StringIO, handler: Handler
    ) -> None:
        for library in (
            "boto3",
            "botocore.endpoint",
            "urllib3",
            "mangum",
            "asyncio",
            "aws_lambda_powertools",
            "x",
        ):
            assert logging.getLogger(library).getEffectiveLevel() == logging.WARNING

    def test_log_at_debug_is_stricter_if_the_function_is(
        self, runtime_log: io.StringIO, environment: object
    ) -> None:
        logging.getLogger().setLevel(logging.ERROR)

        load()

        assert logging.getLogger().level == logging.ERROR


class TestLog:
    @pytest.fixture
    def root(self) -> Iterator[logging.Logger]:
        """Python's root logger, as Lambda sets it where logs are JSON: open to everybody from INFO on."""
        root = logging.getLogger()
        level = root.level
        root.setLevel(logging.INFO)
        yield root
        root.setLevel(level)

    @forms
    def test_log_is_one_event_a_request(
        self,
        root: logging.Logger,
        handler: Handler,
        event: Callable[..., dict[str, Any]],
        logs: Callable[[], list[dict[str, Any]]],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        handler(event("GET", "/api/v1/users/ada@example.com"), None)

        assert [record.getMessage() for record in caplog.records] == ["http.request"]
        (logged,) = logs()
        assert logged["request_id"] == "id-of-the-gateway"
        assert logged["status"] == 401
        assert "taskName" not in logged


@dataclass
class Context:
    """What Lambda tells of the invocation."""

    milliseconds: int

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


class TestBackground:
    @pytest.fixture
    def message(self, table: Table) -> OutboxMessage:
        """One of a kind that no version knows: to have it logged is to have it found."""
        session = Session(table)
        outbox.put(session, "test.unknown", {})
        session.commit()
        messages = [table.first(messages_of_shard(shard), at_most=1) for shard in range(outbox.SHARDS)]
        return next(shard[0] for shard in messages if shard)

    def test_background_runs_what_the_stream_brings(
        self, handler: Handler, message: OutboxMessage, logs: Callable[[], list[dict[str, Any]]]
    ) -> None:
        keys = OUTBOX_MESSAGES.key_of(message).attributes
        record = {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}

        assert handler({"Records": [record]}, Context(20_000)) == {"batchItemFailures": []}

        assert [event["message_id"] for event in logs()] == [message.message_id]

    def test_background_stops_at_its_deadline(self, handler: Handler, message: OutboxMessage) -> None:
        keys = OUTBOX_MESSAGES.key_of(message).attributes
        record = {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": keys, "SequenceNumber": "1"}}

        answer = handler({"Records": [record]}, Context(9_999))

        assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}

    def test_background_runs_what_is_overdue(
        self, handler: Handler, message: OutboxMessage, logs: Callable[[], list[dict[str, Any]]]
    ) -> None:
        assert handler({"schedule": "overdue"}, Context(20_000)) is None

        assert [event["message_id"] for event in logs()] == [message.message_id]

    def test_background_rejects_what_it_is_not_for(self, handler: Handler) -> None:
        with pytest.raises(UnknownEvent):
            handler({"source": "aws.events"}, Context(20_000))


class TestEnvironment:
    @pytest.mark.parametrize("name", ENVIRONMENT)
    def test_environment_that_lacks_a_variable_is_rejected_by_name(
        self, environment: pytest.MonkeyPatch, name: str
    ) -> None:
        environment.delenv(name)

        with pytest.raises(ValueError, match=rf"(?s){name.lower()}.*Field required"):
            load()

    def test_environment_is_enough_without_a_call_to_any_service(
        self, environment: pytest.MonkeyPatch, calls: list[str]
    ) -> None:
        load()

        assert calls == []


class TestSnapshot:
    """SnapStart restores many environments from one snapshot, taken after the module was loaded.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
    """

    def test_environments_restored_from_it_draw_different_numbers(
        self, environment: pytest.MonkeyPatch
    ) -> None:
        script = """
import os, sys, uuid
import lambda_handler
from app.background.events import _RANDOM as order
from app.background.outbox import Runner
from app.core.clock import new_ulid
from app.core.database import _RANDOM as pause

for child in range(2):
    if not os.fork():
        drawn = (
            new_ulid()[10:], str(uuid.uuid4()), Runner.jitter(), pause.random(),
            tuple(order.sample(range(1000), 4)),
        )
        print(*drawn, sep="|", flush=True)
        os._exit(0)
    assert os.wait()[1] == 0
"""
        restored = subprocess.run(
            [sys.executable, "-P", "-c", script],
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        first, second = (line.split("|") for line in restored)
        assert len(first) == 5
        assert all(one != other for one, other in zip(first, second, strict=True))

    def test_nothing_of_the_app_draws_from_the_shared_generator(self) -> None:
        imported = [
            alias.name
            for path in SOURCES.rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            and "random" in (getattr(node, "module", None), *(alias.name for alias in node.names))
            for alias in node.names
        ]
        assert imported
        assert set(imported) == {"SystemRandom"}

    def test_snapshot_answers_two_requests_while_it_loads_ahead_of_requests(
        self,
        environment: pytest.MonkeyPatch,
        calls: list[str],
        logs: Callable[[], list[dict[str, Any]]],
    ) -> None:
        environment.setattr("app.core.initialization.AHEAD_OF_REQUESTS", True)

        load()

        assert [(event["operation"], event["status"]) for event in logs()] == [
            ("get_health", 200),
            ("create_space", 401),
        ]
        assert calls == []
