"""`/users`: one's own profile, one's spaces, and what others may see."""

from typing import Annotated

from fastapi import Path, Query, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import (
    CurrentUser,
    DaysDep,
    EntryId,
    PagingDep,
    ParametersDep,
    SessionDep,
    SignedIn,
    UserIdOfProfile,
)
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import (
    AccountErased,
    DateOutOfRange,
    EmailNotVerified,
    EmailTaken,
    InvalidCursor,
    LastAdmin,
    NotFound,
    OwnsSpaces,
    PreconditionFailed,
    ProfileExists,
    ProfileRequired,
)
from app.models.export import ExportItem
from app.models.fields import Page, UserId
from app.models.journals import JournalCard, JournalView
from app.models.members import Role
from app.models.operations import OperationView
from app.models.spaces import SpaceView
from app.models.users import PublicUserView, UserCreate, UserPatch, UserView
from app.services import export, journals, users

router = api_router("users", prefix="/users")


@router.post(
    "",
    status_code=201,
    responses=problem_responses(EmailNotVerified, AccountErased, ProfileExists, EmailTaken, *REPEATABLE),
)
async def create_user(
    session: SessionDep, identity: SignedIn, body: UserCreate, response: Response
) -> UserView:
    """Make your profile. Everything else needs one."""
    profile = users.create(session, identity, body)
    response.headers["Location"] = "/api/v1/users/me"
    return profile


@router.get("/me", responses=problem_responses(ProfileRequired))
async def get_me(user: CurrentUser) -> UserView:
    """Read your profile."""
    return UserView.of(user)


@router.patch(
    "/me", responses=problem_responses(ProfileRequired, EmailNotVerified, EmailTaken, PreconditionFailed)
)
async def update_me(
    session: SessionDep, identity: SignedIn, user: CurrentUser, body: UserPatch, versions: AcceptedVersions
) -> UserView:
    """Change your profile."""
    return users.update(session, user, body, identity=identity, versions=versions)


@router.delete(
    "/me",
    status_code=202,
    responses=problem_responses(ProfileRequired, OwnsSpaces, LastAdmin, PreconditionFailed),
)
async def delete_me(
    session: SessionDep, identity: SignedIn, user: CurrentUser, versions: AcceptedVersions, response: Response
) -> OperationView:
    """Close your account. What you wrote anywhere is erased in the background, and your sign-in with it."""
    operation = users.delete(session, user, identity=identity, versions=versions)
    response.headers["Location"] = f"/api/v1/operations/{operation.operation_id}"
    return operation


@router.get("/me/journals", responses=problem_responses(ProfileRequired, DateOutOfRange, InvalidCursor))
async def list_my_journals(
    session: SessionDep, user: CurrentUser, days: DaysDep, paging: PagingDep
) -> Page[JournalCard]:
    """List your entries of all spaces, also those you have left, newest first.

    Days are calendar days in your time zone.
    """
    return journals.list_own(
        session, user, first=days.first, last=days.last, limit=paging.limit, cursor=paging.cursor
    )


@router.get("/me/journals/{entry_id}", responses=problem_responses(ProfileRequired, NotFound))
async def get_my_journal(session: SessionDep, user: CurrentUser, entry_id: EntryId) -> JournalView:
    """Read an entry of yours, also in a space that you have left."""
    return journals.get_own(session, user, entry_id=entry_id)


@router.delete(
    "/me/journals/{entry_id}",
    status_code=204,
    responses=problem_responses(ProfileRequired, NotFound, PreconditionFailed),
)
async def delete_my_journal(
    session: SessionDep, user: CurrentUser, entry_id: EntryId, versions: AcceptedVersions
) -> None:
    """Delete an entry of yours, also in a space that you have left, with its highlights and comments."""
    journals.delete_own(session, user, entry_id=entry_id, versions=versions)


@router.get("/me/spaces", responses=problem_responses(ProfileRequired, InvalidCursor))
async def list_my_spaces(
    session: SessionDep,
    user_id: UserIdOfProfile,
    paging: PagingDep,
    role: Annotated[Role | None, Query(description="Only spaces where you have this role")] = None,
) -> Page[SpaceView]:
    """List the spaces you are in. With `role`, a page may be short while the list goes on."""
    return users.list_spaces(session, user_id, role=role, limit=paging.limit, cursor=paging.cursor)


@router.get("/me/export", responses=problem_responses(ProfileRequired, InvalidCursor))
async def export_me(
    session: SessionDep, identity: SignedIn, user: CurrentUser, paging: PagingDep
) -> Page[ExportItem]:
    """Get a copy of all that you wrote or that is about you. A page may be short while the list goes on."""
    return export.list_page(session, user, identity=identity, limit=paging.limit, cursor=paging.cursor)


@router.get("/{user_id}", responses=problem_responses(ProfileRequired, NotFound))
async def get_user(
    session: SessionDep,
    user: CurrentUser,
    user_id: Annotated[UserId, Path(description="The person")],
    parameters: ParametersDep,
) -> PublicUserView:
    """Read what a person shows to those who share a space or an organization with them."""
    return users.get_shared(session, user, user_id=user_id, parameters=parameters)
