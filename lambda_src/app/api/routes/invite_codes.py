"""`/spaces/{space_id}/invite-code`: the code that lets people in."""

from typing import Annotated

from fastapi import Response

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, ParametersDep, SessionDep, require_space_action
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import PreconditionFailed
from app.models.spaces import InviteCodeView
from app.services import invite_codes
from app.services.permissions import Access, Action

router = api_router("invite codes", prefix="/spaces/{space_id}/invite-code")


@router.get("", responses=problem_responses(*IN_SPACE))
async def get_invite_code(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.MANAGE_INVITE_CODE)],
    parameters: ParametersDep,
) -> InviteCodeView:
    """Read the space's invite code."""
    return invite_codes.get(session, access, parameters=parameters)


@router.post("", status_code=201, responses=problem_responses(*IN_SPACE, *REPEATABLE))
async def rotate_invite_code(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.MANAGE_INVITE_CODE)],
    parameters: ParametersDep,
    response: Response,
) -> InviteCodeView:
    """Make an invite code, or rotate it; the old one dies at once."""
    response.headers["Location"] = f"/api/v1/spaces/{access.space.space_id}/invite-code"
    return invite_codes.rotate(session, access, parameters=parameters)


@router.delete("", status_code=204, responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def disable_invite_code(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.MANAGE_INVITE_CODE)],
    versions: AcceptedVersions,
) -> None:
    """Take the invite code away."""
    invite_codes.disable(session, access, versions=versions)
