"""`/organizations`: organizations and the directory of their users."""

from typing import Annotated

from fastapi import Response

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, CurrentUser, MemberId, PagingDep, SessionDep, require_organization_action
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import (
    AlreadyInOrganization,
    InvalidCursor,
    LastAdmin,
    OrganizationNotEmpty,
    PreconditionFailed,
    ProfileRequired,
)
from app.models.fields import Page
from app.models.organizations import (
    OrganizationCreate,
    OrganizationPatch,
    OrganizationUserPatch,
    OrganizationUserView,
    OrganizationView,
)
from app.services import organizations
from app.services.permissions import Action, OrganizationAccess

router = api_router("organizations", prefix="/organizations")

Reader = Annotated[OrganizationAccess, require_organization_action(Action.READ_ORGANIZATION)]
Admin = Annotated[OrganizationAccess, require_organization_action(Action.MANAGE_ORGANIZATION)]


@router.post(
    "", status_code=201, responses=problem_responses(ProfileRequired, AlreadyInOrganization, *REPEATABLE)
)
async def create_organization(
    session: SessionDep, user: CurrentUser, body: OrganizationCreate, response: Response
) -> OrganizationView:
    """Found an organization; you become its admin."""
    organization = organizations.create(session, user, body)
    response.headers["Location"] = f"/api/v1/organizations/{organization.org_id}"
    return organization


@router.get("/{org_id}", responses=problem_responses(*IN_SPACE))
async def get_organization(access: Reader) -> OrganizationView:
    """Read your organization."""
    return OrganizationView.of(access.organization, role=access.role)


@router.patch("/{org_id}", responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def update_organization(
    session: SessionDep, access: Admin, body: OrganizationPatch, versions: AcceptedVersions
) -> OrganizationView:
    """Change your organization."""
    return organizations.update(session, access, body, versions=versions)


@router.delete(
    "/{org_id}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, OrganizationNotEmpty, PreconditionFailed),
)
async def delete_organization(session: SessionDep, access: Admin, versions: AcceptedVersions) -> None:
    """Dissolve your organization, once nobody else is in it."""
    organizations.delete(session, access, versions=versions)


@router.get("/{org_id}/users", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_organization_users(
    session: SessionDep, access: Reader, paging: PagingDep
) -> Page[OrganizationUserView]:
    """List your organization's users."""
    return organizations.list_users(session, access, limit=paging.limit, cursor=paging.cursor)


@router.patch(
    "/{org_id}/users/{user_id}", responses=problem_responses(*IN_SPACE, LastAdmin, PreconditionFailed)
)
async def update_organization_user(
    session: SessionDep,
    access: Admin,
    user_id: MemberId,
    body: OrganizationUserPatch,
    versions: AcceptedVersions,
) -> OrganizationUserView:
    """Give a user another role."""
    return organizations.change_role(session, access, body, user_id=user_id, versions=versions)


@router.delete(
    "/{org_id}/users/{user_id}",
    status_code=204,
    responses=problem_responses(*IN_SPACE, LastAdmin, PreconditionFailed),
)
async def remove_organization_user(
    session: SessionDep,
    access: Annotated[OrganizationAccess, require_organization_action(Action.LEAVE_ORGANIZATION)],
    user_id: MemberId,
    versions: AcceptedVersions,
) -> None:
    """Leave your organization, or remove a user."""
    organizations.remove(session, access, user_id=user_id, versions=versions)
