"""Templates: those that ship with the service, and those that a space makes for itself."""

from app.core.database import Session
from app.core.errors import InvalidCursor, NotFound
from app.core.records import Versions
from app.models.access_patterns import TEMPLATES, templates_of_space
from app.models.fields import Page
from app.models.templates import BuiltInTemplate, Template, TemplateCreate, TemplatePatch, TemplateView
from app.services.built_in_templates import BUILT_IN
from app.services.content import ContentService
from app.services.permissions import Access

_templates = ContentService(TEMPLATES, TemplateView, "template_id", templates_of_space)
list_page = _templates.list_page
get = _templates.get
delete = _templates.delete


def list_built_in(*, limit: int, cursor: str | None) -> Page[BuiltInTemplate]:
    """The built-in templates. The cursor is the id of the last one shown.

    Raises:
        InvalidCursor: there is no such id.
    """
    ids = list(BUILT_IN)
    if cursor and cursor not in ids:
        raise InvalidCursor
    start = ids.index(cursor) + 1 if cursor else 0
    shown = ids[start : start + limit]
    more = start + limit < len(ids)
    return Page(items=[BUILT_IN[id_] for id_ in shown], next_cursor=shown[-1] if more else None)


def get_built_in(template_id: str) -> BuiltInTemplate:
    """One built-in template.

    Raises:
        NotFound: there is no such template.
    """
    if template_id not in BUILT_IN:
        raise NotFound
    return BUILT_IN[template_id]


def find(session: Session, access: Access, template_id: str) -> BuiltInTemplate | Template | None:
    """The template that can be used in the space by this id: a built-in one or the space's own."""
    own = TEMPLATES.key(space_id=access.space.space_id, template_id=template_id)
    return BUILT_IN.get(template_id) or session.table.get(own)


def create(session: Session, access: Access, body: TemplateCreate) -> TemplateView:
    """Make a template."""
    return _templates.create(session, access, body)


def update(
    session: Session, access: Access, body: TemplatePatch, *, template_id: str, versions: Versions
) -> TemplateView:
    """Change a template. Raises what `ContentService.read` and `ContentService.update` raise."""
    template = _templates.read(session, access, template_id=template_id)
    return _templates.update(session, access, template, body, versions=versions)
