"""Writing down what tests of journals need: templates, entries, highlights, comments."""

from typing import Any

from tests.factories import Person

PARAGRAPH = {"section_id": "day", "type": "paragraph", "title": "The day"}
NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def at(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}"


def path_of(entry: dict[str, Any]) -> str:
    return f"{at(entry)}/journals/{entry['entry_id']}"


def make_template(person: Person, space: dict[str, Any], *sections: dict[str, Any]) -> dict[str, Any]:
    body = {"name": "Evening", "sections": sections or [PARAGRAPH]}
    return _made(person, f"{at(space)}/templates", body)


def write_entry(person: Person, space: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return _made(person, f"{at(space)}/journals", {"title": "A day", **fields})


def highlight(person: Person, entry: dict[str, Any], text: str = "river", **fields: Any) -> dict[str, Any]:
    start = entry["content"].index(text)
    body = {"start": start, "end": start + len(text), "text": text, "color": "yellow", **fields}
    return _made(person, f"{path_of(entry)}/highlights", body)


def comment(person: Person, entry: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return _made(person, f"{path_of(entry)}/comments", {"text": "Well done", **fields})


def _made(person: Person, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = person.post(path, body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def listed(person: Person, path: str) -> list[dict[str, Any]]:
    page = person.get(path)
    assert page.status_code == 200, page.text
    items: list[dict[str, Any]] = page.json()["items"]
    return items
