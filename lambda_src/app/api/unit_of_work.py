"""One request, one unit of work.

Every route of `UnitOfWorkRoute` refuses unknown query parameters and bodies that are not called JSON, and
then runs so:

1. a new `Session` is made; dependencies authenticate and authorize; a POST whose `Idempotency-Key`
   has been answered gets that answer again;
2. the endpoint reads, adds writes to the session, and returns its model;
3. the answer is made: ETag, 304;
4. the writes are committed in one transaction, with the idempotency record that holds the answer.

Where the commit finds that something read has changed since (`StaleRead`), the request is run again
from 1: a precondition is then judged by the new state, and nobody's change is lost. So it is where a
request with an `Idempotency-Key` is refused although the same one has been answered meanwhile.
"""

import contextlib
import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, get_args

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message

from app.api import conditional
from app.api.deps import SessionDep, SignedIn
from app.api.input_checks import query_names, require_json, require_known_query
from app.core.database import Session
from app.core.errors import Conflict, IdempotencyKeyReused, Problem, RequestInProgress, StaleRead
from app.models.fields import Resource
from app.models.idempotency import IdempotencyRecord
from app.services import idempotency

TRIES = 5
# What a POST may answer for the sake of its Idempotency-Key, for `problem_responses(...)`.
REPEATABLE = (IdempotencyKeyReused, RequestInProgress)
_KEPT_HEADERS = ("content-type", "etag", "location")


@dataclass(frozen=True)
class RepeatableRequest:
    """A POST with an Idempotency-Key, and the answer it was given before, if any."""

    user_id: str
    key: str
    fingerprint: str
    answered: Response | None


async def _repeatable(
    request: Request,
    session: SessionDep,
    identity: SignedIn,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[\x20-\x7e]+$",
            description="Send a POST twice with the same key and it happens once; kept 24 hours",
        ),
    ] = None,
) -> RepeatableRequest | None:
    request.state.repeatable = None
    if idempotency_key is not None:
        fingerprint = await _fingerprint(request)
        record = idempotency.find(
            session, user_id=identity.user_id, key=idempotency_key, fingerprint=fingerprint
        )
        answered = await _replay(request, session, record) if record else None
        request.state.repeatable = RepeatableRequest(identity.user_id, idempotency_key, fingerprint, answered)
    repeatable: RepeatableRequest | None = request.state.repeatable
    return repeatable


async def _fingerprint(request: Request) -> str:
    """The digest of method, path and body, whatever the order of its fields and its white space."""
    body = await request.body()
    with contextlib.suppress(ValueError, RecursionError):  # a route without a body may be sent anything
        body = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    content = b"\n".join([request.method.encode(), request.url.path.encode(), body])
    return hashlib.sha256(content).hexdigest()


async def _replay(request: Request, session: Session, record: IdempotencyRecord) -> Response:
    """The answer that was given before; as it is now, where it was too long to be kept.

    Raises what `idempotency.require_access` raises.
    """
    idempotency.require_access(session, record)
    replayed = {**record.headers, "Idempotency-Replayed": "true"}
    if record.body is not None:
        return Response(record.body, record.status, replayed)
    response = await _read(request, record.headers["location"])
    if response.status_code == HTTPStatus.OK:  # it may be gone since
        response.status_code = record.status
        response.headers.update(replayed)
    return response


async def _read(request: Request, path: str) -> Response:
    """What the caller gets now by GET of a path of this app."""
    response = Response()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status_code, response.raw_headers = message["status"], message["headers"]
        else:
            response.body += message["body"]

    authorization = (b"authorization", request.headers["authorization"].encode("latin-1"))
    # A state of its own: it is another unit of work.
    scope = {
        **request.scope,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [authorization],
        "state": dict(request.scope["state"]),
    }
    await request.app.router(scope, request.receive, keep)
    return response


def _repeatable_endpoint(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint with one dependency more. It stands last, so it is resolved after authorization."""

    @functools.wraps(endpoint)
    async def call(*, repeatable: RepeatableRequest | None, **arguments: Any) -> Any:
        if repeatable is not None and repeatable.answered is not None:
            return repeatable.answered
        return await endpoint(**arguments)

    signature = inspect.signature(endpoint)
    last = inspect.Parameter(
        "repeatable",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[RepeatableRequest | None, Depends(_repeatable)],
    )
    call.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), last]
    )
    return call


def _answered_meanwhile(request: Request) -> bool:
    """Whether the same request, sent twice at once, was refused only because the other one came first."""
    repeatable: RepeatableRequest | None = request.state.repeatable
    return repeatable is not None and (
        idempotency.find(
            request.state.session,
            user_id=repeatable.user_id,
            key=repeatable.key,
            fingerprint=repeatable.fingerprint,
        )
        is not None
    )


def _is_resource(model: Any) -> bool:
    """Whether what a route answers can change, whichever of a union it is."""
    models = get_args(model) or (model,)
    return all(isinstance(one, type) and issubclass(one, Resource) for one in models)


class UnitOfWorkRoute(APIRoute):
    """See the module's docstring."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if "POST" in options["methods"]:
            endpoint = _repeatable_endpoint(endpoint)
        super().__init__(path, endpoint, **options)
        self._query_names = query_names(self.dependant)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Run FastAPI's own handler inside the unit of work."""
        run = super().get_route_handler()

        async def handle(request: Request) -> Response:
            # A request without a token is answered 401, whatever else is wrong with it.
            if "authorization" in request.headers:
                require_known_query(request, self._query_names)
                if self.body_field is not None:
                    await require_json(request)
            for _ in range(TRIES):
                request.state.session = Session(request.app.state.backend.table)
                request.state.repeatable = None
                try:
                    response = await run(request)
                    self._finish(request, response)
                except StaleRead:
                    continue
                except Problem as problem:
                    if _answered_meanwhile(request):
                        continue
                    if type(problem) is Conflict:  # the table's own: transactions collided to the end
                        break
                    raise
                if request.method == "GET" and "ETag" in response.headers:
                    return conditional.not_modified_if_matching(request, response)
                return response
            raise (
                RequestInProgress(retry_after_s=1) if request.state.repeatable else Conflict(retry_after_s=1)
            )

        return handle

    def _finish(self, request: Request, response: Response) -> None:
        """Tag the answer and commit what was written, with the answer if it may be asked for again."""
        session: Session = request.state.session
        repeatable: RepeatableRequest | None = request.state.repeatable
        if repeatable is not None and repeatable.answered is not None:
            return
        if _is_resource(self.response_model):
            conditional.tag(response)
        if repeatable is not None:
            idempotency.remember(
                session,
                user_id=repeatable.user_id,
                key=repeatable.key,
                fingerprint=repeatable.fingerprint,
                status=response.status_code,
                headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
                body=bytes(response.body).decode(),
            )
        session.commit()
