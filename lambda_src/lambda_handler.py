"""The function's entry point: requests go to the API through Mangum, all other events to background work."""

import gc
import logging
import os

# Imports create mostly permanent objects; garbage collection during them is a tenth of a cold start
# (docs/adr/0006).
gc.disable()
# No package is a Pydantic plugin; Pydantic would search the metadata of all.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"

from functools import cache  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

from mangum import Mangum  # noqa: E402

from app.api.errors import unreadable_event  # noqa: E402
from app.core.config import Settings  # noqa: E402
from app.core.initialization import AHEAD_OF_REQUESTS  # noqa: E402
from app.main import Backend, create_app, create_runner, preload  # noqa: E402

if TYPE_CHECKING:
    from app.background.outbox import Runner

# Lambda's runtime sets the root logger to the function's log level. At DEBUG, botocore would log user
# content, and at INFO Mangum each path as the caller wrote it. The application's own logger has its own
# level.
logging.getLogger().setLevel(max(logging.WARNING, logging.getLogger().level))

_backend = Backend.from_settings(Settings.from_environment())
_api = Mangum(
    create_app(_backend),
    lifespan="off",
    # Responses of other types would be sent in base64.
    text_mime_types=["application/json", "application/problem+json"],
)


@cache
def _runner() -> "Runner":
    return create_runner(_backend)


def handler(event: dict[str, Any], context: Any) -> Any:
    """Answer a request of API Gateway, or handle an event of the table's stream or of a schedule.

    Raises:
        UnknownEvent: the event is none of these.
    """
    if "httpMethod" in event:
        try:
            return _api(event, context)
        except UnicodeEncodeError:  # a lone surrogate, which no HTTP request holds: invoked directly
            return unreadable_event(event, _backend.settings.cors_origin)
    from app.background.events import handle  # noqa: PLC0415 - no request needs it

    return handle(_runner(), event, lambda: context.get_remaining_time_in_millis() / 1000)


if AHEAD_OF_REQUESTS:
    preload(_api)
    _runner()
gc.freeze()
gc.enable()
