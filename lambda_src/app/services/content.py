"""What all content of a space has in common: listing, reading, creating, updating and deleting it.

The route's action decides whether the caller's role allows it at all. Decided here is what depends on the
item: its author alone updates it, its author or a moderator deletes it, and a write commits only while the
writer is a member. What is special to a noun is in its own module.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.core.database import Session
from app.core.entities import Entity
from app.core.errors import Forbidden, NotFound
from app.core.queries import Query
from app.core.records import Versions
from app.models.content import Content, ContentView
from app.models.fields import Input, Page, Patch, page_of
from app.services import lifecycle
from app.services.permissions import Access, Action

C = TypeVar("C", bound=Content)
V = TypeVar("V", bound=ContentView)


@dataclass(frozen=True)
class ContentService(Generic[C, V]):
    """The content of one entity.

    `ids` are the parts of an item's key beside the space's, as in the route's path; `id_name` is the item's
    own. `query` lists the items of a space; with a `parent`, the items of one of its items, and an item
    exists only as long as its parent does.
    """

    entity: Entity[C]
    view: type[V]
    id_name: str
    query: Callable[..., Query[C]]
    parent: Entity[Any] | None = None

    def list_page(
        self,
        session: Session,
        access: Access,
        *,
        limit: int,
        cursor: str | None,
        where: Mapping[str, str | bool | None] | None = None,
        **ids: str,
    ) -> Page[V]:
        """One page of the items of the space, or of the item of `parent` that has these ids.

        `where` are fields and the values that items must have; None is no filter.

        Raises:
            NotFound: the parent does not exist in this space.
        """
        if self.parent is not None:
            _read(session, access, [self.parent], ids)
        query = self.query(**(ids or {"space_id": access.space.space_id})).where(**(where or {}))
        return page_of(session.table.page(query, limit=limit, cursor=cursor), self.view.of)

    def read(self, session: Session, access: Access, **ids: str) -> C:
        """One item as stored.

        Raises:
            NotFound: it, or its parent, does not exist in this space.
        """
        entities = [self.entity] if self.parent is None else [self.entity, self.parent]
        item: C = _read(session, access, entities, ids)[0]
        return item

    def get(self, session: Session, access: Access, **ids: str) -> V:
        """One item as shown. Raises what `read` raises."""
        return self.view.of(self.read(session, access, **ids))

    def create(self, session: Session, access: Access, body: Input, **more: Any) -> V:
        """Write a new item; `more` are fields that do not come from the body as they are."""
        item = self.entity.model(
            space_id=access.space.space_id,
            author_id=access.user.user_id,
            created_at=session.now,
            updated_at=session.now,
            **({self.id_name: session.new_id()} | dict(body) | more),
        )
        session.add(self.entity.create(item), access.membership_unchanged())
        return self.view.of(item)

    def update(
        self, session: Session, access: Access, item: C, body: Patch, *, versions: Versions, **more: Any
    ) -> V:
        """Change an item.

        Raises:
            Forbidden: the caller is not its author.
            PreconditionFailed: it is at none of these versions.
        """
        if item.author_id != access.user.user_id:
            raise Forbidden
        item.require_version(versions)
        changed = item.patched(session.now, body.changes() | more)
        if changed is not item:
            session.add(self.entity.update(item, changed), access.membership_unchanged())
        return self.view.of(changed)

    def delete(self, session: Session, access: Access, *, versions: Versions, **ids: str) -> None:
        """Delete an item; what belongs to it is deleted in the background.

        Raises what `require_deletable` raises.
        """
        lifecycle.delete(session, self.require_deletable(session, access, versions=versions, **ids))
        session.add(access.membership_unchanged())

    def require_deletable(self, session: Session, access: Access, *, versions: Versions, **ids: str) -> C:
        """The item, if the caller may delete it.

        Raises:
            NotFound: it does not exist in this space.
            Forbidden: the caller is neither its author nor a moderator.
            PreconditionFailed: it is at none of these versions.
        """
        item = self.read(session, access, **ids)
        if item.author_id != access.user.user_id:
            access.require(Action.DELETE_OTHERS_CONTENT)
        item.require_version(versions)
        return item


def _read(
    session: Session, access: Access, entities: Sequence[Entity[Any]], ids: Mapping[str, str]
) -> list[Any]:
    """The item of each entity with these ids, by one read; NotFound unless all are in the space."""
    found = session.read([entity.key(space_id=access.space.space_id, **ids) for entity in entities])
    if any(item is None or item.space_id != access.space.space_id for item in found):
        raise NotFound
    return found
