"""Every route of the API."""

from fastapi import APIRouter

from app.api.routes import goals, habits, health, invite_codes, members, operations, spaces, users

router = APIRouter()
router.include_router(health.router)

_v1 = APIRouter(prefix="/api/v1")
for noun in (users, spaces, members, invite_codes, goals, habits, operations):
    _v1.include_router(noun.router)
router.include_router(_v1)
