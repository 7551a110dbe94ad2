"""`/templates` and `/spaces/{space_id}/templates`: what entries can be written by."""

from typing import Annotated

from fastapi import Path, Response

from app.api.conditional import AcceptedVersions
from app.api.deps import IN_SPACE, CurrentUser, PagingDep, Reader, SessionDep, Writer
from app.api.errors import problem_responses
from app.api.routing import api_router
from app.api.unit_of_work import REPEATABLE
from app.core.errors import InvalidCursor, NotFound, PreconditionFailed, ProfileRequired
from app.models.fields import Page, Ulid
from app.models.templates import BuiltInId, BuiltInTemplate, TemplateCreate, TemplatePatch, TemplateView
from app.services import templates

router = api_router("templates")

OWN = "/spaces/{space_id}/templates"
TemplateId = Annotated[Ulid, Path(description="The space's own template")]


@router.get("/templates", responses=problem_responses(ProfileRequired, InvalidCursor))
async def list_built_in_templates(_: CurrentUser, paging: PagingDep) -> Page[BuiltInTemplate]:
    """List the built-in templates."""
    return templates.list_built_in(limit=paging.limit, cursor=paging.cursor)


@router.get("/templates/{template_id}", responses=problem_responses(ProfileRequired, NotFound))
async def get_built_in_template(
    _: CurrentUser,
    template_id: Annotated[BuiltInId, Path(description="The built-in template", examples=["daily_log"])],
) -> BuiltInTemplate:
    """Read a built-in template."""
    return templates.get_built_in(template_id)


@router.post(OWN, status_code=201, responses=problem_responses(*IN_SPACE, *REPEATABLE))
async def create_template(
    session: SessionDep, access: Writer, body: TemplateCreate, response: Response
) -> TemplateView:
    """Make a template for a space."""
    template = templates.create(session, access, body)
    response.headers["Location"] = f"/api/v1/spaces/{template.space_id}/templates/{template.template_id}"
    return template


@router.get(OWN, responses=problem_responses(*IN_SPACE, InvalidCursor))
async def list_templates(session: SessionDep, access: Reader, paging: PagingDep) -> Page[TemplateView]:
    """List a space's own templates, newest first."""
    return templates.list_page(session, access, limit=paging.limit, cursor=paging.cursor)


@router.get(f"{OWN}/{{template_id}}", responses=problem_responses(*IN_SPACE))
async def get_template(session: SessionDep, access: Reader, template_id: TemplateId) -> TemplateView:
    """Read a template of a space."""
    return templates.get(session, access, template_id=template_id)


@router.patch(f"{OWN}/{{template_id}}", responses=problem_responses(*IN_SPACE, PreconditionFailed))
async def update_template(
    session: SessionDep,
    access: Writer,
    template_id: TemplateId,
    body: TemplatePatch,
    versions: AcceptedVersions,
) -> TemplateView:
    """Change a template of yours. Entries written by it stay as they are."""
    return templates.update(session, access, body, template_id=template_id, versions=versions)


@router.delete(
    f"{OWN}/{{template_id}}", status_code=204, responses=problem_responses(*IN_SPACE, PreconditionFailed)
)
async def delete_template(
    session: SessionDep, access: Reader, template_id: TemplateId, versions: AcceptedVersions
) -> None:
    """Delete a template of yours; owner and admins may delete any. Entries written by it stay."""
    templates.delete(session, access, template_id=template_id, versions=versions)
