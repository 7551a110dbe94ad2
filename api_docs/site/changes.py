"""What has changed since the last release, from the comparison of the two documents."""

from collections.abc import Iterator

from api_docs.compatibility import breaks
from api_docs.site.document import Operation, Part, codes, operations


def changelog(old: Part, new: Part, clients: str) -> str:
    """Markdown: breaking changes, additions by kind, and the changelog of the clients below.

    `clients` is that changelog, in Markdown with a heading for each version.
    """
    versions = f"{old['info']['version']} to {new['info']['version']}"
    parts = [
        "# Changelog",
        f"From {versions}, by comparing the two documents. What may change is in [versions](versioning.md).",
        _list(
            "Breaking changes",
            _grouped(breaks(old, new)),
            none="None: what was valid is still valid.",
        ),
        _list("New operations", list(_new_operations(old, new))),
        _list("New parameters", list(_new_parameters(old, new))),
        _list("New fields", list(_new_fields(old, new))),
        _list("New values", list(_new_values(old, new))),
        _list("New errors", sorted(_codes(new) - _codes(old))),
        "## Clients",
        clients.partition("\n")[2].replace("\n## ", "\n### ").strip(),
    ]
    return "\n\n".join(filter(None, parts))


def _list(title: str, lines: list[str], none: str = "") -> str:
    if not lines and not none:
        return ""
    return f"## {title}\n\n" + ("\n".join(f"- {line}" for line in lines) or none)


def _grouped(lines: list[str]) -> list[str]:
    """Each kind of change once, `GET /a: 200.at: format was x`, with the number of the others."""
    places: dict[str, list[str]] = {}
    for line in lines:
        *place, what = line.split(": ", maxsplit=2)
        places.setdefault(what, []).append(": ".join(place))
    return [
        f"`{first}: {what}`" + (f", and {len(more)} more of the same" if more else "")
        for what, (first, *more) in places.items()
    ]


def _pairs(old: Part, new: Part) -> Iterator[tuple[Operation | None, Operation]]:
    known = {(each.method, each.path): each for each in operations(old)}
    return ((known.get((each.method, each.path)), each) for each in operations(new))


def _link(operation: Operation) -> str:
    return f"[{operation.summary}]({operation.slug}.md)"


def _new_operations(old: Part, new: Part) -> Iterator[str]:
    for before, now in _pairs(old, new):
        if before is None:
            yield f"{_link(now)}: `{now.method.upper()} {now.path}`"


def _new_parameters(old: Part, new: Part) -> Iterator[str]:
    for before, now in _pairs(old, new):
        if before is not None:
            known = {each["name"] for each in before.content.get("parameters", [])}
            names = [each["name"] for each in now.content.get("parameters", []) if each["name"] not in known]
            if names:
                yield f"{_link(now)}: {', '.join(f'`{name}`' for name in names)}"


def _schemas(old: Part, new: Part, key: str) -> Iterator[tuple[str, list[str]]]:
    """What `properties` or `enum` of each schema of both documents has gained."""
    before = old["components"]["schemas"]
    for name, schema in sorted(new["components"]["schemas"].items()):
        if key in schema and key in before.get(name, {}):
            gained = [value for value in schema[key] if value not in before[name][key]]
            if gained:
                yield name, gained


def _new_fields(old: Part, new: Part) -> Iterator[str]:
    return (_gained(name, fields) for name, fields in _schemas(old, new, "properties"))


def _new_values(old: Part, new: Part) -> Iterator[str]:
    return (_gained(name, values) for name, values in _schemas(old, new, "enum"))


def _gained(name: str, values: list[str]) -> str:
    return f"[{name}](schemas.md#{name}): {', '.join(f'`{value}`' for value in values)}"


def _codes(document: Part) -> set[str]:
    return {
        f"[`{code}`](errors.md#{code})" for each in operations(document) for _, code in codes(document, each)
    }
