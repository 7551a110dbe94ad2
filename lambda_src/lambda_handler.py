"""The function's one entry point: an API Gateway event goes to the API through Mangum."""

import gc
import logging

# Imports make much that lives for ever and little that dies; collecting meanwhile is a tenth of a cold
# start (docs/adr/0006).
gc.disable()

from mangum import Mangum  # noqa: E402

from app.core.config import Settings  # noqa: E402
from app.main import Backend, create_app  # noqa: E402

# It would log each request once more, with the path as the caller wrote it.
logging.getLogger("mangum").setLevel(logging.WARNING)

handler = Mangum(
    create_app(Backend.from_settings(Settings.from_environment())),
    lifespan="off",
    # Whatever is not named here would be sent in base64.
    text_mime_types=["application/json", "application/problem+json"],
)

gc.freeze()
gc.enable()
