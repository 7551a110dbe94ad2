"""The function's one entry point: an API Gateway event goes to the API through Mangum."""

from mangum import Mangum

from app.core.config import Settings
from app.main import Backend, create_app

handler = Mangum(
    create_app(Backend.from_settings(Settings.from_environment())),
    lifespan="off",
    # Whatever is not named here would be sent in base64.
    text_mime_types=["application/json", "application/problem+json"],
)
