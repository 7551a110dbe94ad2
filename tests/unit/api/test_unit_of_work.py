from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fastapi import APIRouter, FastAPI
from httpx2 import Response
from mypy_boto3_dynamodb import DynamoDBClient
from starlette.testclient import TestClient

from app.api.context import RequestContext
from app.api.deps import SessionDep
from app.api.errors import install_error_handlers
from app.api.unit_of_work import TRIES, UnitOfWorkRoute
from app.core.database import Session, Table
from app.core.errors import Forbidden, StaleRead
from app.main import Backend
from app.models.fields import Resource
from tests.assertions import assert_problem
from tests.client_helpers import intercepted, raising
from tests.factories import SigningKey
from tests.unit.core.entity_helpers import NOTES, note

KEY = NOTES.key(notebook="A", number="0001")
Send = Callable[..., Response]


class NoteView(Resource):
    text: str


class NotesApp:
    """An app of one noun. It counts its `runs`, each of which calls `before_answering`."""

    def __init__(self, backend: Backend) -> None:
        self.sessions: list[Session] = []
        self.before_answering: Callable[[], object] = lambda: None
        self.answer: Any = NoteView.of(note())
        router = APIRouter(route_class=UnitOfWorkRoute)
        router.post("/notes", response_model=NoteView, status_code=201)(self.create)
        router.get("/notes", response_model=NoteView)(self.create)
        self.app = FastAPI()
        self.app.state.backend = backend
        self.app.include_router(router)
        self.app.add_middleware(RequestContext)
        install_error_handlers(self.app)

    @property
    def runs(self) -> int:
        return len(self.sessions)

    async def create(self, session: SessionDep) -> Any:
        self.sessions.append(session)
        session.add(NOTES.create(note()))
        self.before_answering()
        return self.answer


@pytest.fixture
def notes_app(backend: Backend) -> NotesApp:
    return NotesApp(backend)


@pytest.fixture
def send(notes_app: NotesApp, signing_key: SigningKey) -> Iterator[Send]:
    token = signing_key.token("user-1", "ada@example.com")
    with TestClient(notes_app.app) as client:

        def send(method: str = "POST", **headers: str) -> Response:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return client.request(method, "/notes", headers={"Authorization": f"Bearer {token}", **named})

        yield send


def fail(error: Exception, times: int = 10**6) -> Callable[[], None]:
    """Something that raises the error so many times and then no more."""
    left = [error] * min(times, 100)

    def raise_it() -> None:
        if left:
            raise left.pop()

    return raise_it


class TestCommit:
    def test_commit_follows_the_answer(self, send: Send, notes_app: NotesApp, table: Table) -> None:
        notes_app.before_answering = lambda: seen.append(table.get(KEY))
        seen: list[object] = []
        assert send().status_code == 201
        assert seen == [None]
        assert table.get(KEY) == note()

    def test_commit_is_one_transaction_with_the_answer_that_may_be_asked_for_again(
        self, send: Send, calls: list[str]
    ) -> None:
        send(idempotency_key="k")
        assert calls == ["GetItem", "TransactWriteItems"]

    def test_commit_is_skipped_if_the_endpoint_raises(
        self, send: Send, notes_app: NotesApp, table: Table
    ) -> None:
        notes_app.before_answering = fail(Forbidden())
        assert_problem(send(), 403, "forbidden")
        assert_problem(send(idempotency_key="k"), 403, "forbidden")
        assert table.get(KEY) is None
        assert notes_app.runs == 2

    @pytest.mark.parametrize("answer", [{"text": "Hello"}, {}, "Hello"])
    def test_commit_is_skipped_if_the_response_is_invalid(
        self, send: Send, notes_app: NotesApp, table: Table, answer: object
    ) -> None:
        notes_app.answer = answer
        assert_problem(send(), 500, "internal_error")
        assert table.get(KEY) is None


class TestStaleRead:
    def test_stale_read_runs_the_request_again_from_the_beginning(
        self, send: Send, notes_app: NotesApp, table: Table
    ) -> None:
        notes_app.before_answering = fail(StaleRead(), times=TRIES - 1)
        assert send().status_code == 201
        assert notes_app.runs == len(set(map(id, notes_app.sessions))) == TRIES
        assert table.get(KEY) == note()

    def test_stale_read_asks_to_retry_if_it_never_ends(self, send: Send, notes_app: NotesApp) -> None:
        notes_app.before_answering = fail(StaleRead())
        response = send()
        assert_problem(response, 409, "conflict")
        assert response.headers["Retry-After"] == "1"
        assert notes_app.runs == TRIES

    def test_stale_read_says_that_the_request_is_under_way_if_it_has_a_key(
        self, send: Send, notes_app: NotesApp
    ) -> None:
        notes_app.before_answering = fail(StaleRead())
        assert_problem(send(idempotency_key="k"), 409, "request_in_progress")


class TestCollision:
    """Of transactions, to the end of all the table's tries."""

    @pytest.fixture(autouse=True)
    def _collide(self, dynamodb: DynamoDBClient) -> Iterator[None]:
        answer: Any = {
            "Error": {"Code": "TransactionConflictException", "Message": ""},
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        collision = ClientError(answer, "TransactWriteItems")
        with intercepted(dynamodb, raising(collision, "PutItem", "TransactWriteItems")):
            yield

    def test_collision_asks_to_retry(self, send: Send, notes_app: NotesApp) -> None:
        response = send()
        assert_problem(response, 409, "conflict")
        assert response.headers["Retry-After"] == "1"
        assert notes_app.runs == 1

    def test_collision_says_that_the_request_is_under_way_if_it_has_a_key(
        self, send: Send, notes_app: NotesApp
    ) -> None:
        response = send(idempotency_key="k")
        assert_problem(response, 409, "request_in_progress")
        assert response.headers["Retry-After"] == "1"
        assert notes_app.runs == 1


class TestKey:
    def test_key_makes_a_request_happen_once(self, send: Send, notes_app: NotesApp) -> None:
        first, second = send(idempotency_key="k"), send(idempotency_key="k")
        assert second.status_code == first.status_code == 201
        assert second.json() == first.json()
        assert second.headers["ETag"] == first.headers["ETag"]
        assert second.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first.headers
        assert notes_app.runs == 1

    def test_key_is_for_post_only(self, send: Send, notes_app: NotesApp, table: Table) -> None:
        send("GET", idempotency_key="k")
        table.write([NOTES.delete_if_exists(KEY)])
        send("GET", idempotency_key="k")
        assert notes_app.runs == 2


class TestGet:
    def test_get_gives_304_for_what_is_known(self, send: Send, table: Table) -> None:
        tag = send("GET").headers["ETag"]
        table.write([NOTES.delete_if_exists(KEY)])
        assert send("GET", if_none_match=tag).status_code == 304
