"""`/spaces`: making, finding, changing and deleting spaces."""

from typing import Annotated, Literal

from fastapi import Query, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, CurrentUser, PagingDep, ParametersDep, SessionDep, require_space_action
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import (
    InvalidCursor,
    NotFound,
    PreconditionFailed,
    ProfileRequired,
    SpaceLimitReached,
)
from app.models.fields import Page
from app.models.operations import OperationView
from app.models.spaces import SpaceCreate, SpacePatch, SpaceView
from app.services import spaces
from app.services.permissions import Access, Action

router = api_router("spaces", prefix="/spaces")


@router.post(
    "", status_code=201, responses=problem_responses(ProfileRequired, SpaceLimitReached, *REPEATABLE)
)
async def create_space(
    session: SessionDep, user: CurrentUser, body: SpaceCreate, parameters: ParametersDep, response: Response
) -> SpaceView:
    """Make a space; you become its owner."""
    space = spaces.create(session, user, body, parameters=parameters)
    response.headers["Location"] = f"/api/v1/spaces/{space.space_id}"
    return space


@router.get("", responses=problem_responses(ProfileRequired, InvalidCursor))
async def list_public_spaces(
    session: SessionDep,
    user: CurrentUser,
    paging: PagingDep,
    visibility: Annotated[  # noqa: ARG001 - one value only, but the contract wants it named
        Literal["public"], Query(description="Only public spaces can be discovered")
    ] = "public",
) -> Page[SpaceView]:
    """Discover public spaces, newest first."""
    return spaces.list_public(session, user, limit=paging.limit, cursor=paging.cursor)


@router.get("/{space_id}", responses=problem_responses(ProfileRequired, NotFound))
async def get_space(access: Annotated[Access, require_space_action(Action.READ_CARD)]) -> SpaceView:
    """Read a space; of a public one that you are not in, its card."""
    return SpaceView.seen_by(access.role, access.space)


@router.patch("/{space_id}", responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def update_space(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.EDIT_SPACE)],
    body: SpacePatch,
    versions: AcceptedVersions,
) -> SpaceView:
    """Change a space."""
    return spaces.update(session, access, body, versions=versions)


@router.delete(
    "/{space_id}",
    status_code=202,
    responses=problem_responses(*IN_SPACE, PreconditionFailed),
)
async def delete_space(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.DELETE_SPACE)],
    versions: AcceptedVersions,
    response: Response,
) -> OperationView:
    """Delete a space. It is unreachable at once; its items go in the background."""
    operation = spaces.delete(session, access, versions=versions)
    response.headers["Location"] = f"/api/v1/operations/{operation.operation_id}"
    return operation
