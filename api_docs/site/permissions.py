"""Who may call an operation, in words, from `x-permission`."""

from itertools import groupby

from api_docs.site.document import Operation, Part, operations

_ROLES = {"space": ("owner", "admin", "member", "viewer"), "organization": ("admin", "member")}
_WITHOUT_ROLE = {
    "nothing": "Anyone: it needs no token.",
    "token": "Anyone who is signed in, with or without a profile.",
    "profile": "Anyone who is signed in and has a profile.",
}


def who_may_call(operation: Operation) -> str:
    """A sentence in Markdown: `The owner or admin of the space.`

    Raises:
        KeyError: the document asks for something that this module does not know.
    """
    permission = operation.content["x-permission"]
    if permission["needs"] != "role":
        return _WITHOUT_ROLE[permission["needs"]]
    place = permission["place"]
    *first, last = [f"`{role}`" for role in _ROLES[place] if role in permission["roles"]]
    named = f"{', '.join(first)} or {last}" if first else last
    visitor = ", and anyone with a profile if the space is public" if "visitor" in permission["roles"] else ""
    return f"The {named} of the {place}{visitor}."


def operations_by_permission(document: Part) -> str:
    """Markdown: for each permission all operations that ask for it."""
    lists = [
        f"**{who}**\n\n" + "\n".join(f"- [{each.summary}]({each.slug}.md)" for each in group)
        for who, group in groupby(sorted(operations(document), key=who_may_call), key=who_may_call)
    ]
    return "\n\n".join(["## Who may call each operation", *lists])
