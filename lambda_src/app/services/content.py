"""What people write in a space: listing, reading, writing, editing and deleting it, said once.

Whether one may do it at all is said by the route's action. Here is what depends on the thing itself:
its author alone edits it; its author or a moderator deletes it; and no write outlives the writer's
membership. A noun's own module says what is its own.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.core.database import Session
from app.core.entities import Entity, Versions
from app.core.errors import Forbidden, NotFound
from app.core.queries import Query
from app.models.content import Content, ContentView
from app.models.fields import Input, Page, Patch
from app.services import lifecycle
from app.services.permissions import Access, Action

C = TypeVar("C", bound=Content)
V = TypeVar("V", bound=ContentView)


@dataclass(frozen=True)
class ContentService(Generic[C, V]):
    """All content of one kind. `id_name` is the field that tells one from another.

    Items are found by `ids`: the key parts beside the space's, as the route's path has them. What they
    live `under` is found by the same; where it has gone, so have they.
    """

    entity: Entity[C]
    view: type[V]
    id_name: str
    under: Entity[Any] | None = None

    def list_page(self, session: Session, query: Query[C], *, limit: int, cursor: str | None) -> Page[V]:
        """One page of a list of these."""
        found = session.table.page(query, limit=limit, cursor=cursor)
        return Page(items=[self.view.of(item) for item in found.items], next_cursor=found.next_cursor)

    def read(self, session: Session, access: Access, **ids: str) -> C:
        """One item as stored.

        Raises:
            NotFound: it does not exist in this space.
        """
        entities: list[Entity[Any]] = [self.entity] + ([self.under] if self.under else [])
        keys = [entity.key(space_id=access.space.space_id, **ids) for entity in entities]
        found = session.read(keys)
        if any(item is None or item.space_id != access.space.space_id for item in found):
            raise NotFound
        item: C = found[0]
        return item

    def get(self, session: Session, access: Access, **ids: str) -> V:
        """One item as shown. Raises what `read` raises."""
        return self.view.of(self.read(session, access, **ids))

    def create(self, session: Session, access: Access, body: Input, **more: Any) -> V:
        """Write a new item; `more` are fields that do not come from the body as they are."""
        item = self.entity.model(
            **{self.id_name: session.new_id()},
            space_id=access.space.space_id,
            author_id=access.user.user_id,
            created_at=session.now,
            updated_at=session.now,
            **(dict(body) | more),
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

        Raises:
            NotFound: it does not exist in this space.
            Forbidden: the caller is neither its author nor a moderator.
            PreconditionFailed: it is at none of these versions.
        """
        item = self.read(session, access, **ids)
        if item.author_id != access.user.user_id:
            access.require(Action.DELETE_OTHERS_CONTENT)
        item.require_version(versions)
        lifecycle.delete(session, item)
        session.add(access.membership_unchanged())
