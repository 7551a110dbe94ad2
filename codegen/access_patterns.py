"""`docs/access-patterns.md`: the keys and queries of every entity, generated from the code."""

import inspect
from pathlib import Path
from typing import Any

from app.core.entities import Entity
from app.core.queries import Query
from app.models import access_patterns

PATH = Path(__file__).parent.parent / "docs" / "access-patterns.md"

_HEAD = """\
# Access patterns

Generated from `lambda_src/app/models/access_patterns.py` by `make pages`; do not edit.

One table. Every item has `PK`, `SK`, `entity_type`, `version`, `created_at`, `updated_at` and its fields in
the map `data`; `GSI1PK` and `GSI1SK` where it is on the index, `ttl` (epoch seconds) where it expires. There
is no Scan: items are read by key, or listed by one Query a page.

An item that would be erased with a user stays where items of other people belong to it, without the fields in
the last column, if there are any.

## Entities

| entity | PK | SK | GSI1PK | GSI1SK | on GSI1 | expires | deleted with | erased with user | stays without |
|---|---|---|---|---|---|---|---|---|---|
"""

_LISTS = """
## Lists

| query | what it lists | index | partition | sort key begins with | order |
|---|---|---|---|---|---|
"""


def render() -> str:
    """Return the page's text."""
    members = vars(access_patterns)
    entities = [member for member in members.values() if isinstance(member, Entity)]
    queries = [
        member
        for member in members.values()
        if inspect.isfunction(member)
        and member.__module__ == access_patterns.__name__
        and str(member.__annotations__["return"]).startswith(Query.__name__)
    ]
    rows = [_row(entity) for entity in entities]
    lists = [_list(query) for query in queries]
    return _HEAD + "".join(rows) + _LISTS + "".join(lists)


def _row(entity: Entity[Any]) -> str:
    keys = [entity.pk, entity.sk, entity.gsi1pk, entity.gsi1sk]
    # The condition for the index is known only from the lambda's source.
    source = inspect.getsource(entity.indexed)
    condition = source.split(":", 1)[1].strip().rstrip(",") if entity.gsi1pk and "indexed=" in source else ""
    always = "always" if entity.gsi1pk else ""
    cells = [entity.name, *(f"`{key}`" if key else "" for key in keys)]
    cells += [f"`{condition}`" if condition else always, f"`{entity.expires}`" if entity.expires else ""]
    person = entity.author or entity.addressee
    parents = ", ".join(parent.entity for parent in entity.parents)
    kept = ", ".join(f"`{name}`" for name in entity.on_author_erased or ())
    cells += [parents or entity.exempt or "", f"`{person}`" if person else "", kept]
    return f"| {' | '.join(cells)} |\n"


def _list(function: Any) -> str:
    query = function(**{name: f"{{{name}}}" for name in inspect.signature(function).parameters})
    order = "descending" if query.newest_first else "ascending"
    prefix = f"`{query.sk_prefix}`" if query.sk_prefix else ""
    where = [query.index or "table", f"`{query.partition}`", prefix, order]
    return f"| {' | '.join([f'`{function.__name__}`', inspect.getdoc(function) or '', *where])} |\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
