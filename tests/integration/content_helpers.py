"""One of each thing that people can write in a space."""

from typing import Any

from tests.factories import Person


def write_everything(person: Person, here: str, *, mark: str, day: str = "2026-03-14") -> None:
    """One of each thing that a person can write in a space, each with this mark in it."""
    goal = person.post(f"{here}/goals", {"title": mark, "kind": "yes_no"}, idempotency_key="goal").json()
    habit = person.post(f"{here}/habits", {"title": mark, "cadence": {"kind": "daily"}}).json()
    entry = person.post(f"{here}/journals", {"title": mark, "content": mark}).json()
    journal = f"{here}/journals/{entry['entry_id']}"
    made = [
        person.post(f"{here}/goals/{goal['goal_id']}/check-ins", {"value": 1, "note": mark}),
        person.request("PUT", f"{here}/habits/{habit['habit_id']}/check-ins/{day}", json={"note": mark}),
        person.post(f"{here}/invitations", {"email": "eve@example.com", "message": mark}),
        person.post(f"{journal}/comments", {"text": mark}),
        person.post(f"{journal}/highlights", {"start": 0, "end": len(mark), "text": mark, "color": "yellow"}),
        person.post(
            f"{here}/templates",
            {"name": mark, "sections": [{"section_id": "s", "type": "paragraph", "title": mark}]},
        ),
    ]
    assert {response.status_code for response in made} <= {200, 201}, [r.text for r in made]


def react_to_all(person: Person, here: str) -> None:
    for activity in all_of(person, f"{here}/activity"):
        path = f"{here}/activity/{activity['activity_id']}/reactions/heart"
        assert person.request("PUT", path).status_code == 200


def all_of(person: Person, path: str) -> list[dict[str, Any]]:
    page = person.get(f"{path}?limit=100").json()
    assert page["next_cursor"] is None
    items: list[dict[str, Any]] = page["items"]
    return items


def close_account(person: Person) -> dict[str, Any]:
    """The operation that erases it."""
    response = person.delete("/api/v1/users/me")
    assert response.status_code == 202, response.text
    operation: dict[str, Any] = response.json()
    assert response.headers["Location"] == f"/api/v1/operations/{operation['operation_id']}"
    return operation
