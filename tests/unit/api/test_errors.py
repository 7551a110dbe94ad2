"""How exceptions are answered; over HTTP and through every route in `tests/integration/test_problems.py`."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from httpx2 import Response
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from app.api.context import RequestContext
from app.api.errors import PROBLEM_JSON, PROBLEM_SCHEMA, install_error_handlers, problem_responses
from app.core.errors import (
    Conflict,
    IdempotencyKeyReused,
    InviteCodeInvalid,
    NotFound,
    TooManyRequests,
    ValidationFailed,
)
from tests.assertions import assert_problem

Answer = Callable[[Exception], Response]


@pytest.fixture
def answer() -> Answer:
    """`answer(error)`: what a caller gets where a route raises it."""

    def call(error: Exception) -> Response:
        app = FastAPI()
        install_error_handlers(app)
        app.add_middleware(RequestContext)

        @app.get("/")
        async def fail() -> None:
            raise error

        return TestClient(app).get("/")

    return call


class TestProblem:
    def test_problem_says_what_it_is_and_what_happened(self, answer: Answer) -> None:
        problem = assert_problem(answer(NotFound("The space has no invite code")), 404, "not_found")
        assert problem["title"] == NotFound.title
        assert problem["detail"] == "The space has no invite code"

    def test_problem_has_retry_after(self, answer: Answer) -> None:
        assert answer(TooManyRequests(retry_after_s=42)).headers["Retry-After"] == "42"
        assert "Retry-After" not in answer(Conflict()).headers


class TestInvalidInput:
    def error(self, *, body: object = None, **fault: object) -> RequestValidationError:
        return RequestValidationError(
            [{"loc": ("body", "name"), "type": "t", "msg": "m", "input": "i"} | fault], body=body or {}
        )

    def test_invalid_input_names_the_field(self, answer: Answer) -> None:
        problem = assert_problem(
            answer(self.error(loc=("body", "tags", 3), body={"tags": ["a"] * 4})), 422, "validation_failed"
        )
        assert problem["errors"] == [{"field": "body.tags.3", "code": "t", "message": "M"}]

    @pytest.mark.parametrize(
        ("body", "loc", "field"),
        [
            (
                {"cadence": {"kind": "weekly", "days": ["x"]}},
                ("cadence", "weekly", "days", 0),
                "cadence.days.0",
            ),
            ({"cadence": {"kind": "weekly"}}, ("cadence", "weekly", "days"), "cadence.days"),
            ({"cadence": {"kind": "weekly", "weekly": 1}}, ("cadence", "weekly", "weekly"), "cadence.weekly"),
            (
                {"sections": [{"type": "list", "value": [1]}]},
                ("sections", 0, "list", "value", 0),
                "sections.0.value.0",
            ),
            ({"sections": [{"type": "list"}]}, ("sections", 0, "list"), "sections.0"),
            ({"mail": {"x": True}}, ("mail", "x", "[key]"), "mail.x"),
            ({"name": 1}, ("name", "constrained-str"), "name"),
            ([1], ("name",), ""),
            ("text", (), ""),
        ],
    )
    def test_invalid_input_names_nothing_that_the_request_does_not_have(
        self, answer: Answer, body: Any, loc: tuple[Any, ...], field: str
    ) -> None:
        problem = answer(self.error(loc=("body", *loc), body=body)).json()
        assert problem["errors"][0]["field"] == f"body.{field}".rstrip(".")

    def test_invalid_input_never_repeats_what_was_sent(self, answer: Answer) -> None:
        assert "a secret" not in answer(self.error(input="a secret")).text

    def test_invalid_input_cuts_a_name_that_never_ends(self, answer: Answer) -> None:
        problem = answer(self.error(loc=("body", "x" * 10_000))).json()
        assert len(problem["errors"][0]["field"]) == 200

    @pytest.mark.parametrize(
        ("message", "shown"),
        [("Value error, must be one line", "Must be one line"), ("Field required", "Field required")],
    )
    def test_invalid_input_says_what_the_rule_says(self, answer: Answer, message: str, shown: str) -> None:
        problem = answer(self.error(msg=message)).json()
        assert problem["errors"][0]["message"] == shown

    def test_invalid_input_names_a_hundred_fields_and_no_more(self, answer: Answer) -> None:
        fault = {"loc": ("body",), "type": "t", "msg": "m"}
        assert len(answer(RequestValidationError([fault] * 5000)).json()["errors"]) == 100


class TestBrokenRule:
    def test_broken_rule_names_each_field_as_a_validator_would(self, answer: Answer) -> None:
        faults = {"body.tags": "Too many", "body.title": "Too long"}
        problem = assert_problem(answer(ValidationFailed(fields=faults)), 422, "validation_failed")
        assert problem["errors"] == [
            {"field": field, "code": "value_error", "message": message} for field, message in faults.items()
        ]

    def test_broken_rule_of_no_field_has_no_errors(self, answer: Answer) -> None:
        assert_problem(answer(IdempotencyKeyReused()), 422, "idempotency_key_reused")


class TestHttpException:
    @pytest.mark.parametrize(
        ("status", "answered", "code"),
        [
            (404, 404, "not_found"),
            (405, 405, "method_not_allowed"),
            (400, 400, "bad_request"),
            (418, 400, "bad_request"),
        ],
    )
    def test_http_exception_of_the_framework_is_a_problem_of_ours(
        self, answer: Answer, status: int, answered: int, code: str
    ) -> None:
        assert_problem(answer(HTTPException(status, "The framework's words")), answered, code)


class TestUnavailableService:
    @pytest.mark.parametrize(
        "error",
        [
            ConnectTimeoutError(endpoint_url="https://dynamodb.example.com"),
            ReadTimeoutError(endpoint_url="https://dynamodb.example.com"),
            EndpointConnectionError(endpoint_url="https://dynamodb.example.com"),
            ConnectionClosedError(endpoint_url="https://dynamodb.example.com"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_unavailable_service_asks_to_retry_and_logs_which(
        self, answer: Answer, error: Exception, logs: Callable[[], list[dict[str, Any]]]
    ) -> None:
        response = answer(error)
        problem = assert_problem(response, 503, "service_unavailable")
        assert response.headers["Retry-After"] == "1"
        assert "dynamodb" not in response.text
        event = logs()[0]
        assert (event["message"], event["error"]) == ("aws.unreachable", repr(error))
        assert event["request_id"] == problem["request_id"]

    def test_unavailable_service_is_not_one_that_was_asked_wrongly(self, answer: Answer) -> None:
        assert_problem(answer(ParamValidationError(report="")), 500, "internal_error")


class TestDeclaredProblems:
    def test_declared_problems_are_those_of_the_route_and_those_of_any(self) -> None:
        assert set(problem_responses(NotFound, Conflict)) == {"401", "404", "409", "422", "429", "500", "503"}

    def test_declared_problems_have_one_schema_and_an_example_of_each_code(self) -> None:
        content = problem_responses(NotFound, InviteCodeInvalid)["404"]["content"]
        assert list(content) == [PROBLEM_JSON]
        assert content[PROBLEM_JSON]["schema"] == {"$ref": PROBLEM_SCHEMA}
        examples = content[PROBLEM_JSON]["examples"]
        assert set(examples) == {"not_found", "invite_code_invalid"}
        assert examples["invite_code_invalid"]["value"]["title"] == InviteCodeInvalid.title
