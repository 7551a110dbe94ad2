"""What routes ask for in their signatures: who is calling, what they may do, and the session."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.permission import PERMISSION_BY_DEPENDENCY, in_organization, in_space
from app.core.config import Parameters
from app.core.database import Session
from app.core.entities import Entity
from app.core.errors import DateOutOfRange, Forbidden, NotFound, ProfileRequired, Unauthorized
from app.core.security import Identity
from app.models.access_patterns import items_named_by
from app.models.fields import Day, Ulid, UserId
from app.models.users import UserProfile
from app.services import addresses, permissions
from app.services.permissions import Access, Action, OrganizationAccess

_bearer = HTTPBearer(
    scheme_name="Cognito",
    bearerFormat="JWT",
    description="The ID token of the environment's Cognito user pool, not an access token. It is verified as "
    "RFC8725 advises: RS256 only, by issuer, audience and expiry",
    auto_error=False,
)

# Items a page, at most.
MAX_PAGE = 100
# An id, a date or a name in a path.
_KEY_PART = re.compile(r"[0-9A-Za-z_-]{1,36}")

# What `require_space_action` and `require_organization_action` raise, for a route's `problem_responses(...)`.
IN_SPACE = (ProfileRequired, Forbidden, NotFound)

SpaceId = Annotated[Ulid, Path(description="The space")]
OrgId = Annotated[Ulid, Path(description="The organization")]
MemberId = Annotated[UserId, Path(description="The member's user id")]
EntryId = Annotated[Ulid, Path(description="The journal entry")]


async def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


SessionDep = Annotated[Session, Depends(_session)]


async def _identity(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Identity:
    if credentials is None:
        raise Unauthorized
    identity: Identity = request.app.state.backend.tokens.identify(credentials.credentials)
    request.state.user_id = identity.user_id
    return identity


SignedIn = Annotated[Identity, Depends(_identity)]
PERMISSION_BY_DEPENDENCY[_identity] = {"needs": "token"}


async def _current_user(session: SessionDep, identity: SignedIn) -> UserProfile:
    return addresses.follow(
        session, identity=identity, user=permissions.require_profile(session, identity.user_id)
    )


CurrentUser = Annotated[UserProfile, Depends(_current_user)]
PERMISSION_BY_DEPENDENCY[_current_user] = {"needs": "profile"}


async def _user_id(identity: SignedIn) -> str:
    return identity.user_id


# For a service that reads the profile itself, together with what else it reads, and requires it.
UserIdOfProfile = Annotated[str, Depends(_user_id)]
PERMISSION_BY_DEPENDENCY[_user_id] = {"needs": "profile"}


async def _parameters(request: Request) -> Parameters:
    parameters: Parameters = request.app.state.backend.parameters()
    return parameters


ParametersDep = Annotated[Parameters, Depends(_parameters)]


@dataclass(frozen=True)
class Paging:
    """Which part of a list."""

    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items a page, at most")] = 20
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None


PagingDep = Annotated[Paging, Depends()]


@dataclass(frozen=True)
class Days:
    """Which days of a list, both included. DateOutOfRange where they are in the wrong order."""

    first: Annotated[Day | None, Query(alias="from", description="The first day")] = None
    last: Annotated[Day | None, Query(alias="to", description="The last day")] = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.last < self.first:
            raise DateOutOfRange(fields={"query.to": "Lies before `from`"})


DaysDep = Annotated[Days, Depends()]


def require_space_action(action: Action, *queried: str, also: Sequence[Entity[Any]] = ()) -> Any:
    """The caller's access to the space in the path, if their role allows the action.

    Reading profile, space, membership and what else the path names is one call; `queried` are query
    parameters that name something too, and `also` is as in `items_named_by`. 404 hides what the caller may
    not know of.
    """

    async def access(request: Request, session: SessionDep, identity: SignedIn, space_id: SpaceId) -> Access:
        items = items_named_by(_key_parts(request, queried), caller_id=identity.user_id, also=also)
        found = permissions.authorize(
            session, user_id=identity.user_id, space_id=space_id, action=action, items=items
        )
        user = addresses.follow(session, identity=identity, user=found.user)
        return found if user is found.user else replace(found, user=user)

    PERMISSION_BY_DEPENDENCY[access] = in_space(action)
    return Depends(access)


def _key_parts(request: Request, queried: tuple[str, ...]) -> dict[str, str]:
    """The parts of keys in the request's path and in these query parameters; not validated yet."""
    named = {**request.path_params, **{name: request.query_params.get(name, "") for name in queried}}
    return {name: value for name, value in named.items() if _KEY_PART.fullmatch(value)}


def require_organization_action(action: Action) -> Any:
    """The caller's access to the organization in the path, if their role allows the action."""

    async def access(session: SessionDep, identity: SignedIn, org_id: OrgId) -> OrganizationAccess:
        found = permissions.authorize_in_organization(
            session, user_id=identity.user_id, org_id=org_id, action=action
        )
        user = addresses.follow(session, identity=identity, user=found.user)
        return found if user is found.user else replace(found, user=user)

    PERMISSION_BY_DEPENDENCY[access] = in_organization(action)
    return Depends(access)


# The two that content is read and written by.
Reader = Annotated[Access, require_space_action(Action.READ_SPACE)]
Writer = Annotated[Access, require_space_action(Action.WRITE_CONTENT)]
