"""Invitations by e-mail: below a space or an organization to send them, `/invitations` to answer them."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import (
    IN_SPACE,
    CurrentUser,
    PagingDep,
    ParametersDep,
    SessionDep,
    SignedIn,
    require_organization_action,
    require_space_action,
)
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import (
    AlreadyInOrganization,
    AlreadyInvited,
    AlreadyMember,
    InvalidCursor,
    InvitationClosed,
    NotFound,
    PreconditionFailed,
    ProfileRequired,
    ResendLimitReached,
    SpaceFull,
    SpaceLimitReached,
    TooManyInvitations,
)
from app.models.fields import Page, Ulid
from app.models.invitations import (
    Accepted,
    InvitationBatch,
    InvitationCreate,
    InvitationResults,
    InvitationStatus,
    InvitationView,
    OrganizationInvitationCreate,
)
from app.services import invitations, invitees, inviting
from app.services.invitations import InvitationTarget
from app.services.permissions import Access, Action, OrganizationAccess

router = api_router("invitations")

SPACE, ORGANIZATION = "/spaces/{space_id}/invitations", "/organizations/{org_id}/invitations"
InvitationId = Annotated[Ulid, Path(description="The invitation")]
WithStatus = Annotated[InvitationStatus | None, Query(description="Only those that stand so")]


async def _space(access: Annotated[Access, require_space_action(Action.INVITE)]) -> InvitationTarget:
    return InvitationTarget.space(access)


async def _organization(
    access: Annotated[OrganizationAccess, require_organization_action(Action.MANAGE_ORGANIZATION)],
) -> InvitationTarget:
    return InvitationTarget.organization(access)


Space = Annotated[InvitationTarget, Depends(_space)]
Organization = Annotated[InvitationTarget, Depends(_organization)]


@router.post(
    SPACE,
    status_code=201,
    responses=problem_responses(*IN_SPACE, AlreadyMember, AlreadyInvited, TooManyInvitations, *REPEATABLE),
)
async def create_invitation(
    session: SessionDep, target: Space, body: InvitationCreate, parameters: ParametersDep, response: Response
) -> InvitationView:
    """Invite someone to a space by e-mail."""
    response.headers["Location"] = f"/api/v1/spaces/{target.target_id}/invitations"
    return inviting.create(session, target, body, parameters=parameters)


@router.post(f"{SPACE}/batch", responses=problem_responses(*IN_SPACE, *REPEATABLE))
async def create_invitations(
    session: SessionDep, target: Space, body: InvitationBatch[InvitationCreate], parameters: ParametersDep
) -> InvitationResults:
    """Invite up to 25 people to a space, each judged alone."""
    return inviting.create_batch(session, target, body, parameters=parameters)


@router.get(SPACE, responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_invitations(
    session: SessionDep, target: Space, paging: PagingDep, status: WithStatus = None
) -> Page[InvitationView]:
    """List a space's invitations, newest first. With `status`, a page may be short while the list goes on."""
    return invitations.list_page(session, target, status=status, limit=paging.limit, cursor=paging.cursor)


@router.post(
    f"{SPACE}/{{invitation_id}}/resend",
    responses=problem_responses(*IN_SPACE, InvitationClosed, ResendLimitReached, *REPEATABLE),
)
async def resend_invitation(
    session: SessionDep, target: Space, invitation_id: InvitationId
) -> InvitationView:
    """Send an invitation's mail again: at most hourly, at most three times."""
    return invitations.resend(session, target, invitation_id=invitation_id)


@router.delete(
    f"{SPACE}/{{invitation_id}}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, InvitationClosed, PreconditionFailed),
)
async def revoke_invitation(
    session: SessionDep, target: Space, invitation_id: InvitationId, versions: AcceptedVersions
) -> None:
    """Take an open invitation to a space back."""
    invitations.revoke(session, target, invitation_id=invitation_id, versions=versions)


@router.post(
    ORGANIZATION,
    status_code=201,
    responses=problem_responses(*IN_SPACE, AlreadyMember, AlreadyInvited, TooManyInvitations, *REPEATABLE),
)
async def create_organization_invitation(
    session: SessionDep,
    target: Organization,
    body: OrganizationInvitationCreate,
    parameters: ParametersDep,
    response: Response,
) -> InvitationView:
    """Invite someone to your organization by e-mail."""
    response.headers["Location"] = f"/api/v1/organizations/{target.target_id}/invitations"
    return inviting.create(session, target, body, parameters=parameters)


@router.post(f"{ORGANIZATION}/batch", responses=problem_responses(*IN_SPACE, *REPEATABLE))
async def create_organization_invitations(
    session: SessionDep,
    target: Organization,
    body: InvitationBatch[OrganizationInvitationCreate],
    parameters: ParametersDep,
) -> InvitationResults:
    """Invite up to 25 people to your organization, each judged alone."""
    return inviting.create_batch(session, target, body, parameters=parameters)


@router.get(ORGANIZATION, responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_organization_invitations(
    session: SessionDep, target: Organization, paging: PagingDep, status: WithStatus = None
) -> Page[InvitationView]:
    """List your organization's invitations. With `status`, a page may be short while the list goes on."""
    return invitations.list_page(session, target, status=status, limit=paging.limit, cursor=paging.cursor)


@router.delete(
    f"{ORGANIZATION}/{{invitation_id}}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, InvitationClosed, PreconditionFailed),
)
async def revoke_organization_invitation(
    session: SessionDep, target: Organization, invitation_id: InvitationId, versions: AcceptedVersions
) -> None:
    """Take an open invitation to your organization back."""
    invitations.revoke(session, target, invitation_id=invitation_id, versions=versions)


@router.get("/users/me/invitations", responses=problem_responses(ProfileRequired, InvalidCursor))
async def list_my_invitations(
    session: SessionDep,
    identity: SignedIn,
    user: CurrentUser,  # noqa: ARG001 - who has no profile yet makes one first
    paging: PagingDep,
) -> Page[InvitationView]:
    """List the open invitations that your e-mail was sent. A page may be short while the list goes on."""
    return invitees.list_page(session, identity, limit=paging.limit, cursor=paging.cursor)


@router.post(
    "/invitations/{invitation_id}/accept",
    responses=problem_responses(
        ProfileRequired,
        NotFound,
        InvitationClosed,
        AlreadyMember,
        AlreadyInOrganization,
        SpaceFull,
        SpaceLimitReached,
        *REPEATABLE,
    ),
)
async def accept_invitation(
    session: SessionDep,
    identity: SignedIn,
    user: CurrentUser,
    invitation_id: InvitationId,
    parameters: ParametersDep,
) -> Accepted:
    """Accept an invitation that your verified e-mail was sent; you become a member."""
    return invitees.accept(
        session, user, identity=identity, invitation_id=invitation_id, parameters=parameters
    )


@router.post(
    "/invitations/{invitation_id}/decline",
    status_code=204,
    responses=problem_responses(ProfileRequired, NotFound, InvitationClosed, *REPEATABLE),
)
async def decline_invitation(
    session: SessionDep,
    identity: SignedIn,
    user: CurrentUser,  # noqa: ARG001 - who has no profile yet makes one first
    invitation_id: InvitationId,
) -> None:
    """Decline an invitation that your verified e-mail was sent."""
    invitees.decline(session, identity, invitation_id=invitation_id)
