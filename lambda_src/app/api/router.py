"""Every route of the API."""

from fastapi import APIRouter

from app.api.routes import (
    activity,
    audit,
    check_ins,
    comments,
    goals,
    habits,
    health,
    highlights,
    invitations,
    invite_codes,
    journals,
    members,
    notifications,
    operations,
    organizations,
    spaces,
    templates,
    users,
)

router = APIRouter()
router.include_router(health.router)

_v1 = APIRouter(prefix="/api/v1")
for noun in (
    users,
    check_ins,
    notifications,
    organizations,
    spaces,
    members,
    invite_codes,
    invitations,
    templates,
    journals,
    highlights,
    comments,
    goals,
    habits,
    activity,
    audit,
    operations,
):
    _v1.include_router(noun.router)
router.include_router(_v1)
