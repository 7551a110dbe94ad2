"""`/operations`: what a 202 points to."""

from typing import Annotated

from fastapi import Path

from app.api.deps import SessionDep, SignedIn
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.core.errors import NotFound
from app.models.fields import Ulid
from app.models.operations import OperationView
from app.services import operations

router = api_router("operations", prefix="/operations")


@router.get("/{operation_id}", responses=problem_responses(NotFound))
async def get_operation(
    session: SessionDep, identity: SignedIn, operation_id: Annotated[Ulid, Path(description="The operation")]
) -> OperationView:
    """Read how far background work has come. Needs no profile: it may have been the work to erase it."""
    return operations.get(session, identity.user_id, operation_id=operation_id)
