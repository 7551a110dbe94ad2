"""`/spaces/{space_id}/audit`: who changed what."""

from typing import Annotated

from app.api.deps import IN_SPACE, PagingDep, SessionDep, require_space_action
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.core.errors import InvalidCursor
from app.models.audit import AuditEventView
from app.models.fields import Page
from app.services import audit
from app.services.permissions import Access, Action

router = api_router("audit", prefix="/spaces/{space_id}/audit")


@router.get("", responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_audit(
    session: SessionDep, access: Annotated[Access, require_space_action(Action.READ_AUDIT)], paging: PagingDep
) -> Page[AuditEventView]:
    """List who changed which membership, role, code or setting of a space, newest first. Ids only."""
    return audit.list_page(session, access, limit=paging.limit, cursor=paging.cursor)
