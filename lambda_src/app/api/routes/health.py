"""Is it up? Open to everybody, and touches no other service."""

from typing import Literal

from fastapi import APIRouter, Request

from app import __version__
from app.api.errors import only_these_responses
from app.api.routing import operation_id
from app.core.errors import InternalError, TooManyRequests
from app.models.fields import View

router = APIRouter(tags=["health"], generate_unique_id_function=operation_id)


class Health(View):
    """What runs where."""

    status: Literal["ok"]
    version: str
    environment: str


@router.get("/health", responses=only_these_responses(TooManyRequests, InternalError))
async def get_health(request: Request) -> Health:
    """Answer that the function runs."""
    environment = request.app.state.backend.settings.environment
    return Health(status="ok", version=__version__, environment=environment)
