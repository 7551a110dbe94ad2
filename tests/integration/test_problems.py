"""Errors: the same shape from every route, and nothing in it that is nobody's business."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from fastapi import FastAPI
from fastapi.routing import APIRoute
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_ssm import SSMClient

from app.api.input_checks import query_names
from app.api.routing import all_routes
from app.core.config import ssm_parameters
from app.main import Backend
from tests.assertions import assert_problem
from tests.client_helpers import intercepted, raising
from tests.factories import TABLE_NAME, Api, Person

SPACES, ME = "/api/v1/spaces", "/api/v1/users/me"
ORIGIN = "https://app.example.com"


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person("Ada")


@pytest.fixture
def dynamodb_fails(dynamodb: DynamoDBClient) -> Iterator[Callable[..., None]]:
    """`dynamodb_fails(error)`: every call from now on, or only those of one operation."""
    with ExitStack() as stack:

        def arrange(error: Exception, *operations: str) -> None:
            stack.enter_context(intercepted(dynamodb, raising(error, *operations)))

        yield arrange


def client_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "Ada's secret"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "GetItem")


class TestShape:
    def test_shape_says_what_happened(self, ada: Person) -> None:
        response = ada.get(f"{SPACES}/01ARZ3NDEKTSV4RRFFQ69G5FAV")

        assert response.json() == {
            "type": "about:blank",
            "title": "Not found",
            "status": 404,
            "detail": "Not found",
            "code": "not_found",
            "request_id": response.headers["X-Request-Id"],
        }

    def test_shape_names_each_field_that_is_wrong(self, ada: Person) -> None:
        response = ada.post(SPACES, {"name": "", "visibility": "secret", "colour": "red"})

        problem = assert_problem(response, 422, "validation_failed")
        assert problem["errors"] == [
            {
                "field": "body.name",
                "code": "string_too_short",
                "message": "String should have at least 1 character",
            },
            {
                "field": "body.visibility",
                "code": "enum",
                "message": "Input should be 'private' or 'public'",
            },
            {
                "field": "body.colour",
                "code": "extra_forbidden",
                "message": "Extra inputs are not permitted",
            },
        ]

    def test_shape_never_repeats_what_was_sent(self, ada: Person) -> None:
        response = ada.post(SPACES, {"name": ["a secret"], "description": "a secret" * 100})

        assert_problem(response, 422, "validation_failed")
        assert "a secret" not in response.text

    def test_shape_names_the_kinds_there_are_and_not_the_one_that_was_sent(self, ada: Person) -> None:
        path = f"{SPACES}/{ada.make_space()['space_id']}/habits"

        response = ada.post(path, {"title": "Run", "cadence": {"kind": "a secret" * 1000}})

        problem = assert_problem(response, 422, "validation_failed", field="body.cadence")
        (error,) = problem["errors"]
        assert error["message"] == "Must be one of 'daily', 'weekly', 'times_per_week'"

    @pytest.mark.parametrize(
        ("path", "body", "error"),
        [
            (
                "",
                {"name": "a" * 101},
                ("name", "string_too_long", "String should have at most 100 characters"),
            ),
            ("", {"name": "a\u202eb"}, ("name", "value_error", "Must not change the direction of writing")),
            (
                "",
                {"category": "a" * 51},
                ("category", "string_too_long", "String should have at most 50 characters"),
            ),
            (
                "/habits",
                {"title": "Run", "cadence": {"kind": "weekly", "days": ["monday", "x"]}},
                (
                    "cadence.days.1",
                    "literal_error",
                    (
                        "Input should be 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', "
                        "'saturday' or 'sunday'"
                    ),
                ),
            ),
            (
                "/habits",
                {"title": "Run", "cadence": {"kind": "times_per_week", "times": 8}},
                ("cadence.times", "less_than_equal", "Input should be less than or equal to 7"),
            ),
            (
                "/journals",
                {"title": "a" * 201},
                ("title", "string_too_long", "String should have at most 200 characters"),
            ),
            (
                "/journals",
                {"title": "A", "tags": ["a" * 51]},
                ("tags.0", "string_too_long", "String should have at most 50 characters"),
            ),
            (
                "/journals",
                {"title": "A", "sections": [{"section_id": "a", "type": "table", "value": [["a" * 501]]}]},
                ("sections.0.value.0.0", "string_too_long", "String should have at most 500 characters"),
            ),
            (
                "/templates",
                {
                    "name": "A",
                    "sections": [{"section_id": "a", "title": "A", "type": "checkbox", "options": [1]}],
                },
                ("sections.0.options.0", "string_type", "Input should be a valid string"),
            ),
            (
                "/goals",
                {"title": "A", "kind": "numeric", "unit": "a" * 21, "target_value": 1},
                ("unit", "string_too_long", "String should have at most 20 characters"),
            ),
        ],
    )
    def test_shape_names_the_field_as_it_was_sent_with_the_message_of_its_rule(
        self, ada: Person, path: str, body: dict[str, Any], error: tuple[str, str, str]
    ) -> None:
        target = f"{SPACES}/{ada.make_space()['space_id']}{path}"

        response = ada.post(target, body) if path else ada.patch(target, body)

        field, code, message = error
        problem = assert_problem(response, 422, "validation_failed")
        assert problem["errors"] == [{"field": f"body.{field}", "code": code, "message": message}]

    def test_shape_names_the_field_of_a_patch_that_may_be_left_out(self, ada: Person) -> None:
        preferences = {"mail": {"mention": "x", "nothing": True}, "reminder_time": 7}
        body = {"name": "a" * 101, "preferred_name": "a" * 101, "avatar_url": "x", "preferences": preferences}

        problem = assert_problem(ada.patch(ME, body), 422, "validation_failed")

        assert [(error["field"], error["code"]) for error in problem["errors"]] == [
            ("body.name", "string_too_long"),
            ("body.preferred_name", "string_too_long"),
            ("body.avatar_url", "url_parsing"),
            ("body.preferences.mail.mention", "bool_type"),
            ("body.preferences.mail.nothing", "literal_error"),
            ("body.preferences.reminder_time", "string_type"),
        ]

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("HEAD", SPACES, "GET, POST"),
            ("PUT", SPACES, "GET, POST"),
            ("DELETE", "/health", "GET"),
            ("HEAD", "/health", "GET"),
            ("OPTIONS", "/health", "GET"),
            ("TRACE", ME, "DELETE, GET, PATCH"),
            ("PROPFIND", "/api/v1/users", "POST"),
            ("POST", f"{SPACES}/x/habits/x/check-ins/x", "DELETE, PUT"),
        ],
    )
    def test_shape_names_the_methods_that_a_path_has(
        self, ada: Person, method: str, path: str, allowed: str
    ) -> None:
        response = ada.request(method, path)

        assert response.status_code == 405
        assert response.headers["Allow"] == allowed

    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/", 404, "not_found"),
            ("GET", "/api/v1", 404, "not_found"),
            ("GET", "/api/v1/nothing", 404, "not_found"),
            ("GET", "/api/v1/spaces/", 404, "not_found"),
            ("GET", "/api/v2/users/me", 404, "not_found"),
            ("GET", "/docs", 404, "not_found"),
            ("GET", "/openapi.json", 404, "not_found"),
            ("PUT", SPACES, 405, "method_not_allowed"),
            ("PUT", ME, 405, "method_not_allowed"),
            ("POST", "/health", 405, "method_not_allowed"),
        ],
    )
    def test_shape_is_the_same_if_there_is_no_route(
        self, ada: Person, method: str, path: str, status: int, code: str
    ) -> None:
        assert_problem(ada.request(method, path), status, code)


class TestUnknownQueryParameters:
    @pytest.mark.parametrize("route", all_routes(), ids=lambda route: route.name)
    def test_unknown_query_parameters_are_rejected_on_every_route(self, api: Api, route: APIRoute) -> None:
        if route.name == "get_health":  # whose callers may add anything against caches
            assert api.client.get("/health?q=x").status_code == 200
            return
        path = re.sub(r"\{\w+\}", "x", route.path)

        response = api.user().request(min(route.methods or ()), f"{path}?q=x&limit=1&_=1")

        problem = assert_problem(response, 422, "validation_failed", field="query.q")
        assert problem["errors"][0] == {
            "field": "query._",
            "code": "extra_forbidden",
            "message": "Extra inputs are not permitted",
        }
        paged = {"query.limit"} if "limit" in query_names(route.dependant) else set()
        assert {error["field"] for error in problem["errors"]} == {
            "query._",
            "query.q",
            "query.limit",
        } - paged

    def test_unknown_query_parameters_are_not_judged_without_a_token(self, api: Api) -> None:
        assert_problem(api.client.get(f"{SPACES}?q=x"), 401, "unauthorized")

    def test_unknown_query_parameters_are_named_by_their_first_characters(self, ada: Person) -> None:
        response = ada.get(f"{SPACES}?{'q' * 5000}=x&Limit=1")

        problem = assert_problem(response, 422, "validation_failed", field="query.Limit")
        assert max(len(error["field"]) for error in problem["errors"]) == 200


class TestInternalError:
    def test_internal_error_reveals_nothing(self, ada: Person, dynamodb_fails: Callable[..., None]) -> None:
        dynamodb_fails(ZeroDivisionError("Ada's secret"))

        response = ada.get(ME)

        assert_problem(response, 500, "internal_error")
        assert "secret" not in response.text
        assert "Zero" not in response.text

    def test_internal_error_logs_it_under_the_requests_id(
        self, ada: Person, dynamodb_fails: Callable[..., None], logs: Callable[[], list[dict[str, Any]]]
    ) -> None:
        dynamodb_fails(ZeroDivisionError())

        request_id = ada.get(ME).headers["X-Request-Id"]

        failure, request = logs()
        assert failure["message"] == "http.failure"
        assert failure["level"] == "ERROR"
        assert failure["exception_name"] == "ZeroDivisionError"
        assert failure["request_id"] == request["request_id"] == request_id
        assert request["message"] == "http.request"
        assert request["status"] == 500

    def test_internal_error_does_not_log_what_a_broken_item_holds(
        self,
        ada: Person,
        dynamodb: DynamoDBClient,
        logs: Callable[[], list[dict[str, Any]]],
    ) -> None:
        key = {"PK": {"S": f"USER#{ada.user_id}"}, "SK": {"S": "PROFILE"}}
        dynamodb.update_item(
            TableName=TABLE_NAME,
            Key=key,
            UpdateExpression="SET #data.#name = :list",
            ExpressionAttributeNames={"#data": "data", "#name": "name"},
            ExpressionAttributeValues={":list": {"L": [{"S": "Ada Lovelace"}]}},
        )

        response = ada.get(ME)

        assert_problem(response, 500, "internal_error")
        assert "name" in str(logs())
        assert "Ada Lovelace" not in str(logs())
        assert ada.email not in str(logs())

    @pytest.mark.parametrize(
        "error",
        [
            client_error("AccessDeniedException"),
            client_error("ValidationException"),
            ParamValidationError(report="Ada's secret"),
            NoCredentialsError(),
        ],
        ids=str,
    )
    def test_internal_error_counts_what_aws_rejects_as_broken(
        self, ada: Person, dynamodb_fails: Callable[..., None], error: Exception
    ) -> None:
        dynamodb_fails(error)

        response = ada.get(ME)

        assert_problem(response, 500, "internal_error")
        assert "secret" not in response.text

    @pytest.mark.parametrize("path", [ME, SPACES])
    def test_next_request_after_an_internal_error_succeeds(
        self, ada: Person, dynamodb: DynamoDBClient, path: str
    ) -> None:
        with intercepted(dynamodb, raising(ZeroDivisionError())):
            assert ada.get(path).status_code == 500
        assert ada.get(path).status_code == 200


class TestServiceUnavailable:
    @pytest.mark.parametrize(
        "error",
        [
            ConnectTimeoutError(endpoint_url="https://dynamodb.example.com"),
            ReadTimeoutError(endpoint_url="https://dynamodb.example.com"),
            client_error("ThrottlingException"),
            client_error("ProvisionedThroughputExceededException"),
            client_error("RequestLimitExceeded"),
            client_error("InternalServerError", 500),
            client_error("ServiceUnavailable", 503),
        ],
        ids=str,
    )
    def test_service_unavailable_asks_to_retry(
        self, ada: Person, dynamodb_fails: Callable[..., None], error: Exception
    ) -> None:
        dynamodb_fails(error)

        for response in (ada.get(ME), ada.post(SPACES, {"name": "Runners"}), ada.get(SPACES)):
            assert_problem(response, 503, "service_unavailable")
            assert response.headers["Retry-After"] == "1"
            assert "example" not in response.text

    def test_unavailable_service_is_logged(
        self, ada: Person, dynamodb_fails: Callable[..., None], logs: Callable[[], list[dict[str, Any]]]
    ) -> None:
        dynamodb_fails(ConnectTimeoutError(endpoint_url="https://dynamodb.example.com"))

        request_id = ada.get(ME).headers["X-Request-Id"]

        warning, request = logs()
        assert warning["message"] == "aws.unreachable"
        assert warning["level"] == "WARNING"
        assert "https://dynamodb.example.com" in warning["error"]
        assert warning["request_id"] == request["request_id"] == request_id

    def test_failed_request_writes_nothing(self, ada: Person, dynamodb_fails: Callable[..., None]) -> None:
        dynamodb_fails(client_error("ThrottlingException"), "TransactWriteItems")

        assert_problem(ada.post(SPACES, {"name": "Runners"}), 503, "service_unavailable")
        assert ada.get("/api/v1/users/me/spaces").json()["items"] == []

    def test_service_unavailable_asks_to_retry_if_the_parameters_cannot_be_read(
        self, app: FastAPI, backend: Backend, ada: Person, ssm: SSMClient
    ) -> None:
        app.state.backend = dataclasses.replace(backend, parameters=ssm_parameters(lambda: ssm, "/test"))

        with intercepted(ssm, raising(ConnectTimeoutError(endpoint_url="https://ssm.example.com"))):
            response = ada.post(SPACES, {"name": "Runners"})

        assert_problem(response, 503, "service_unavailable")
        assert response.headers["Retry-After"] == "1"
        assert "example" not in response.text


class TestBrowser:
    def test_every_kind_has_cors_headers_and_an_id(
        self, api: Api, ada: Person, dynamodb_fails: Callable[..., None]
    ) -> None:
        def get(path: str, token: str = ada.token) -> Any:
            return api.client.get(path, headers={"Authorization": f"Bearer {token}", "Origin": ORIGIN})

        answers = [get(ME, "none"), get("/nowhere"), get(f"{SPACES}?limit=0"), get(f"{SPACES}?cursor=x")]
        answers.append(get(ME, api.user().token))
        dynamodb_fails(ZeroDivisionError())
        answers.append(get(ME))

        assert [answer.status_code for answer in answers] == [401, 404, 422, 400, 403, 500]
        for answer in answers:
            assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
            assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]
            assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
