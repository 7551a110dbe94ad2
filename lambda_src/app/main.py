"""The composition root: what the app stands on, and the app itself."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api.body_limit import BodyLimit
from app.api.context import RequestContext
from app.api.errors import install_error_handlers
from app.api.route_table import MODULE_BY_PATH
from app.api.routing import LazyRoutes
from app.background.dead_letters import DeadLetters
from app.background.directory import Directory
from app.background.mail import Mailer
from app.core.config import ParameterSource, Settings, ssm_parameters
from app.core.database import Table
from app.core.security import TokenKeys, TokenVerifier

if TYPE_CHECKING:
    from app.background.outbox import Runner

_CLIENT = Config(
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 4},
    tcp_keepalive=True,
)
# `SendEmail` is not idempotent: one attempt, with time to answer. The outbox tries again what SES refused.
_MAIL_CLIENT = _CLIENT.merge(Config(read_timeout=8, retries={"total_max_attempts": 1}))


@dataclass(frozen=True)
class Backend:
    """What the app stands on. Making one opens no connection, so a SnapStart restore starts fresh."""

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
        client = partial(boto3.client, region_name=settings.aws_region, config=_CLIENT)
        dynamodb = client("dynamodb")
        parameters = ssm_parameters(client("ssm"), settings.parameter_prefix)

        def later(service: Any, **config: Config) -> Callable[[], Any]:
            """The client, made when it is first asked for: no request needs it, a cold start would pay."""
            return cache(lambda: client(service, **config))

        return cls(
            settings=settings,
            table=Table(dynamodb, settings.table_name),
            tokens=TokenVerifier(
                keys=TokenKeys(settings.token_keys_url),
                issuer=settings.token_issuer,
                audience=settings.user_pool_client_id,
            ),
            parameters=parameters,
            mail=Mailer(later("sesv2", config=_MAIL_CLIENT), parameters),
            directory=Directory(later("cognito-idp"), settings.user_pool_id),
            dead_letters=DeadLetters(later("sqs"), settings.dead_letter_queue_url),
        )


def create_runner(backend: Backend) -> "Runner":
    """What runs the background work. Its modules are imported only here, as no request needs them."""
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
    )
    app.state.backend = backend
    install_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestContext)
    # Added last, so it stands outermost and a failure has its headers too.
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
        expose_headers=["ETag", "Location", "Retry-After", "X-Request-Id"],
    )
    return app
