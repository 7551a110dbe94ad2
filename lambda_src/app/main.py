"""The composition root: the app and its dependencies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api.body_limit import BodyLimit
from app.api.context import RequestContext
from app.api.errors import install_error_handlers
from app.api.route_table import MODULE_BY_PATH
from app.api.routing import LazyRoutes, all_routes
from app.background.dead_letters import DeadLetters
from app.background.directory import Directory
from app.background.mail import Mailer
from app.core.config import ParameterSource, Settings, ssm_parameters
from app.core.database import Table
from app.core.dynamodb import DynamoDB
from app.core.security import TokenKeys, TokenVerifier

if TYPE_CHECKING:
    from app.background.outbox import Runner

_CLIENT: dict[str, Any] = {
    "connect_timeout": 2,
    "read_timeout": 3,
    "retries": {"mode": "standard", "total_max_attempts": 4},
    "tcp_keepalive": True,
}
# `SendEmail` is not idempotent: one attempt, with time to answer. The outbox retries what SES rejected.
_MAIL_CLIENT = {**_CLIENT, "read_timeout": 8, "retries": {"total_max_attempts": 1}}


@dataclass(frozen=True)
class Backend:
    """The app's dependencies. Creating them opens no connection, so a SnapStart restore starts fresh."""

    settings: Settings
    table: Table
    tokens: TokenVerifier
    parameters: ParameterSource
    mail: Mailer
    directory: Directory
    dead_letters: DeadLetters

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The AWS services that the settings name."""

        def later(service: str, config: Mapping[str, Any] = _CLIENT) -> Callable[[], Any]:
            """The client, created at its first use: most requests need none of these."""
            return cache(lambda: _boto3_client(service, settings.aws_region, config))

        dynamodb = DynamoDB(
            region=settings.aws_region,
            endpoint_url=settings.aws_endpoint_url_dynamodb or settings.aws_endpoint_url,
            ca_bundle=settings.aws_ca_bundle,
        )
        parameters = ssm_parameters(later("ssm"), settings.parameter_prefix)
        return cls(
            settings=settings,
            table=Table(dynamodb, settings.table_name),
            tokens=TokenVerifier(
                keys=TokenKeys(settings.token_keys_url),
                issuer=settings.token_issuer,
                audience=settings.user_pool_client_id,
            ),
            parameters=parameters,
            mail=Mailer(later("sesv2", _MAIL_CLIENT), parameters),
            directory=Directory(later("cognito-idp"), settings.user_pool_id),
            dead_letters=DeadLetters(later("sqs"), settings.dead_letter_queue_url),
        )


def _boto3_client(service: Any, region: str, config: Mapping[str, Any]) -> Any:
    # The import is a tenth of a cold start (docs/adr/0029), and most requests need nothing but DynamoDB.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    return boto3.client(service, region_name=region, config=Config(**config))


def create_runner(backend: Backend) -> "Runner":
    """The runner of background work. Its modules are imported only here, as no request needs them."""
    from app.background.outbox import Runner  # noqa: PLC0415
    from app.background.registry import TASKS  # noqa: PLC0415

    return Runner(
        table=backend.table,
        tasks=TASKS,
        mail=backend.mail,
        directory=backend.directory,
        dead_letters=backend.dead_letters,
        parameters=backend.parameters,
    )


def create_app(backend: Backend) -> FastAPI:
    """The whole API. It serves no documentation: `contract/openapi.json` is a static artefact."""
    app = FastAPI(
        openapi_url=None,
        redirect_slashes=False,
        routes=[LazyRoutes(MODULE_BY_PATH)],
        # OpenTelemetry's spans and metrics are not used; Lambda traces with X-Ray.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.backend = backend
    install_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestContext)
    # Added last, so it is outermost and sets its headers on failures too.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[backend.settings.cors_origin],
        allow_methods=["*"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "X-Request-Id",
        ],
        expose_headers=["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"],
    )
    return app


def preload(answer: Callable[[dict[str, Any], Any], Any]) -> None:
    """Import and build now what requests and background work will need, and answer two requests.

    No service is called, and no random value is drawn that must differ between environments restored from one
    snapshot: no boto3 client is created, as that would read credentials.
    """
    import boto3  # noqa: F401, PLC0415 - its import is most of the time that its first client takes

    import app.background.events  # noqa: F401, PLC0415

    all_routes()
    for method, path in (("GET", "/health"), ("POST", "/api/v1/spaces")):
        event: dict[str, Any] = {
            "httpMethod": method,
            "path": path,
            "resource": path,
            "headers": {},
            "body": None,
        }
        context = {"requestId": "preload", "identity": {"sourceIp": ""}}
        answer(event | {"queryStringParameters": None, "requestContext": context}, None)
