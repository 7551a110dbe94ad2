"""`/spaces/{space_id}/members` and `/spaces/join`: coming in, changing role, leaving, removing."""

from typing import Annotated

from fastapi import Response

from app.api.conditional import AcceptedVersions
from app.api.deps import (
    IN_SPACE,
    CurrentUser,
    MemberId,
    PagingDep,
    ParametersDep,
    SessionDep,
    require_space_action,
)
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import (
    AlreadyMember,
    AlreadyOwner,
    InvalidCursor,
    InviteCodeInvalid,
    NotFound,
    OwnerIsFixed,
    PreconditionFailed,
    ProfileRequired,
    SpaceFull,
    SpaceLimitReached,
)
from app.models.fields import Page
from app.models.members import MemberPatch, MemberView, OwnershipTransfer
from app.models.spaces import JoinRequest, SpaceView
from app.services import members, ownership
from app.services.permissions import Access, Action

router = api_router("members", prefix="/spaces")


@router.post(
    "/join",
    responses=problem_responses(
        ProfileRequired, InviteCodeInvalid, AlreadyMember, SpaceFull, SpaceLimitReached, *REPEATABLE
    ),
)
async def join_space(
    session: SessionDep, user: CurrentUser, body: JoinRequest, parameters: ParametersDep
) -> SpaceView:
    """Join the space of an invite code as member; 10 tries a minute."""
    return members.join_by_code(session, user, body, parameters=parameters)


@router.post("/invite-preview", responses=problem_responses(ProfileRequired, InviteCodeInvalid, *REPEATABLE))
async def preview_invite(session: SessionDep, user: CurrentUser, body: JoinRequest) -> SpaceView:
    """Show the card of an invite code's space before joining it; 10 tries a minute, shared with joining."""
    return members.preview_by_code(session, user, body)


@router.post(
    "/{space_id}/members",
    status_code=201,
    responses=problem_responses(
        ProfileRequired, NotFound, AlreadyMember, SpaceFull, SpaceLimitReached, *REPEATABLE
    ),
)
async def join_public_space(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.JOIN_PUBLIC_SPACE)],
    parameters: ParametersDep,
    response: Response,
) -> MemberView:
    """Join a public space as viewer."""
    member = members.join_public(session, access, parameters=parameters)
    response.headers["Location"] = f"/api/v1/spaces/{member.space_id}/members/{member.user_id}"
    return member


@router.get("/{space_id}/members", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_members(
    session: SessionDep, access: Annotated[Access, require_space_action(Action.READ_SPACE)], paging: PagingDep
) -> Page[MemberView]:
    """List a space's members."""
    return members.list_page(session, access, limit=paging.limit, cursor=paging.cursor)


@router.get("/{space_id}/members/{user_id}", responses=problem_responses(*IN_SPACE))
async def get_member(
    session: SessionDep, access: Annotated[Access, require_space_action(Action.READ_SPACE)], user_id: MemberId
) -> MemberView:
    """Read one member."""
    return members.get(session, access, user_id=user_id)


@router.patch(
    "/{space_id}/members/{user_id}",
    responses=problem_responses(*IN_SPACE, OwnerIsFixed, PreconditionFailed),
)
async def update_member(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.MANAGE_MEMBERS)],
    user_id: MemberId,
    body: MemberPatch,
    versions: AcceptedVersions,
    parameters: ParametersDep,
) -> MemberView:
    """Give a member another role. A lower one rotates the invite code and closes their invitations."""
    return members.change_role(
        session, access, body, user_id=user_id, versions=versions, parameters=parameters
    )


@router.post("/{space_id}/ownership", responses=problem_responses(*IN_SPACE, AlreadyOwner, *REPEATABLE))
async def transfer_ownership(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.TRANSFER_OWNERSHIP)],
    body: OwnershipTransfer,
) -> SpaceView:
    """Make another member the owner; you become an admin."""
    return ownership.transfer(session, access, body)


@router.delete(
    "/{space_id}/members/{user_id}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, OwnerIsFixed, PreconditionFailed),
)
async def remove_member(
    session: SessionDep,
    access: Annotated[Access, require_space_action(Action.LEAVE_SPACE)],
    user_id: MemberId,
    versions: AcceptedVersions,
    parameters: ParametersDep,
) -> None:
    """Leave a space, or remove a member.

    A removal rotates the invite code, and closes the open invitations to the member and by them.
    """
    members.remove(session, access, user_id=user_id, versions=versions, parameters=parameters)
