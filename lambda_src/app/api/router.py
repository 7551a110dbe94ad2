"""Every route of the API."""

from fastapi import APIRouter

from app.api.errors import problems
from app.api.routes import health, invite_codes, members, operations, spaces, users
from app.core.errors import InternalError, ServiceUnavailable, TooManyRequests, Unauthorized, ValidationFailed

router = APIRouter()
router.include_router(health.router)

_v1 = APIRouter(
    prefix="/api/v1",
    responses=problems(Unauthorized, ValidationFailed, TooManyRequests, InternalError, ServiceUnavailable),
)
for noun in (users, spaces, members, invite_codes, operations):
    _v1.include_router(noun.router)
router.include_router(_v1)
