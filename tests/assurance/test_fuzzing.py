"""Requests made from the OpenAPI document, valid and invalid, alone and in sequences, through the handler.

Schemathesis makes them and checks the answers: no server error, no status, content type, header or body that
the document does not describe, no invalid request accepted, no request without a token answered.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb import DynamoDBClient
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.routing import compile_path

from app.api.openapi import document
from app.api.routing import all_routes
from app.models.spaces import Visibility
from tests.assurance.gateway_helpers import OPENAPI_PATH, Gateway
from tests.factories import TABLE_NAME, FrozenClock, SigningKey, create_table
from tests.integration.test_lambda_handler import Handler
from tests.security.roles.role_fixtures import Request, World, email_of
from tests.security.test_roles import NOUNS, ROWS
from tests.sizes import size

pytestmark = pytest.mark.long

CALLERS = ("owner", "admin", "member", "viewer", "stranger", "newcomer")
# A rule that JSON Schema cannot express refuses what it allows: an opaque cursor, an entity tag, a text that
# shows nothing, a day that is too far back.
EXCLUDED_CHECKS = [positive_data_acceptance]
# Each invitation of a batch is judged by itself: the answer says for each what was wrong with it.
EXCLUDED_BY_OPERATION = {
    "POST /api/v1/spaces/{space_id}/invitations/batch": negative_data_rejection,
    "POST /api/v1/organizations/{org_id}/invitations/batch": negative_data_rejection,
}
CPU_SECONDS = 1.0  # of a request within the limits
PATHS = document(all_routes())["paths"]
OPERATIONS = sorted(f"{method.upper()} {path}" for path, methods in PATHS.items() for method in methods)


def is_valid(case: Any, location: ParameterLocation) -> bool:
    """Tell whether this part of the request is as the document has it; else it has to stay as it was made."""
    component = case.meta.components.get(location)
    return component is None or component.mode is GenerationMode.POSITIVE


def fuzzing(examples: int, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        **more,
    )


def requests_by_operation() -> dict[str, list[str]]:
    """The lines of the role tables by their operation: `{"GET /api/v1/users/me": ["GET /users/me"]}`."""
    world = World(FrozenClock(), Visibility.PRIVATE)
    for noun in NOUNS:
        noun.items(world)
    found: dict[str, list[str]] = {operation: [] for operation in OPERATIONS}
    for line in ROWS:
        request = world.request("member", line)
        found[next(label for label in OPERATIONS if matches(label, request))].append(line)
    return found


def matches(label: str, request: Request) -> bool:
    """Tell whether it is a request of this operation; `/users/me` is itself, and no `/users/{user_id}`."""
    method, path = label.split()
    named = path == request.path or request.path not in PATHS
    return method == request.method and named and bool(compile_path(path)[0].match(request.path))


REQUESTS = requests_by_operation()


def validate(response: Any, case: Any, headers: dict[str, str]) -> None:
    """Run every check but the excluded ones."""
    excluded = [*EXCLUDED_CHECKS, *filter(None, [EXCLUDED_BY_OPERATION.get(case.operation.label)])]
    if response.status_code == 413:  # which that check takes for an acceptance
        excluded.append(negative_data_rejection)
    case.validate_response(response, headers=headers, excluded_checks=excluded)


@dataclass
class Fuzzer:
    """A schema bound to the handler, with a space and its people in the table."""

    schema: Any
    gateway: Gateway
    signing_key: SigningKey
    make_world: Callable[[], World]
    world: World

    def headers(self, who: str) -> dict[str, str]:
        token = self.signing_key.token(self.world.names[who], email_of(who))
        return {"Authorization": f"Bearer {token}"}

    def path_parameters(self, label: str, line: str) -> dict[str, str]:
        """What stands in the path of this line of a role table, in the world as it is now."""
        path = self.world.request("member", line).path
        match = compile_path(label.split()[1])[0].match(path)
        assert match
        return match.groupdict()

    def send(self, case: Any, headers: dict[str, str]) -> int:
        """Call and check; what a request has deleted is there again for the next one."""
        response = case.call(headers=headers)
        validate(response, case, headers)
        if case.method == "DELETE" and response.status_code < 300:
            self.world = self.make_world()
        return int(response.status_code)


@pytest.fixture
def fuzzer(handler: Handler, make_world: Callable[[str], World], signing_key: SigningKey) -> Fuzzer:
    gateway = Gateway(handler)
    schema = schemathesis.openapi.from_wsgi(OPENAPI_PATH, gateway)
    make = partial(make_world, "member")
    return Fuzzer(schema, gateway, signing_key, make, make())


@pytest.fixture(autouse=True)
def cpu_record(fuzzer: Fuzzer, record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Record how many requests were sent and the ten that cost most CPU; refuse one of more than a second."""
    yield
    costs = heapq.nlargest(10, fuzzer.gateway.cpu_seconds)
    record_property("cases", len(fuzzer.gateway.cpu_seconds))
    record_property(
        "slowest", [f"{method} {path} {seconds * 1000:.0f} ms" for seconds, method, path in costs]
    )
    assert costs[0][0] <= CPU_SECONDS, costs[0]


class TestOperations:
    @pytest.mark.parametrize("label", OPERATIONS)
    def test_operation_answers_as_documented(self, fuzzer: Fuzzer, label: str) -> None:
        method, path = label.split()
        operation = fuzzer.schema[path][method]
        cases = st.one_of(*(operation.as_strategy(mode) for mode in GenerationMode))

        @fuzzing(size(bounded=10, whole=1_000))
        @given(case=cases, who=st.sampled_from(CALLERS), line=st.sampled_from(REQUESTS[label]))
        def send(case: Any, who: str, line: str) -> None:
            if is_valid(case, ParameterLocation.PATH):
                case.path_parameters = fuzzer.path_parameters(label, line)
            fuzzer.send(case, fuzzer.headers(who) if is_valid(case, ParameterLocation.HEADER) else {})

        send()


class TestSequences:
    def test_sequence_answers_as_documented(self, fuzzer: Fuzzer, dynamodb: DynamoDBClient) -> None:
        fuzzer.schema.config.generation.update(modes=[GenerationMode.POSITIVE])

        class Sequences(fuzzer.schema.as_state_machine()):  # type: ignore[misc] # made at run time
            def setup(self) -> None:
                dynamodb.delete_table(TableName=TABLE_NAME)
                create_table(dynamodb)
                fuzzer.world = fuzzer.make_world()

            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                return {"headers": fuzzer.headers("owner")}

            def validate_response(self, response: Any, case: Any, **more: Any) -> None:
                validate(response, case, more["headers"])

        Sequences.run(settings=fuzzing(size(bounded=20, whole=1_000), stateful_step_count=10))
