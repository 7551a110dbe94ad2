"""Goals and habits over HTTP: what many tests begin with."""

from typing import Any

from tests.factories import Person

NUMERIC = {"title": "Run 100 km", "kind": "numeric", "target_value": 100, "unit": "km"}
MILESTONE = {"title": "Finish the book", "kind": "milestone"}
DAILY = {"title": "Morning stretch", "cadence": {"kind": "daily"}}


def goals_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}/goals"


def habits_of(space: dict[str, Any]) -> str:
    return f"/api/v1/spaces/{space['space_id']}/habits"


def path_of(tracker: dict[str, Any]) -> str:
    """The path of a goal or a habit."""
    if "goal_id" in tracker:
        return f"{goals_of(tracker)}/{tracker['goal_id']}"
    return f"{habits_of(tracker)}/{tracker['habit_id']}"


def set_goal(person: Person, space: dict[str, Any], **fields: Any) -> dict[str, Any]:
    response = person.post(goals_of(space), {**NUMERIC, **fields})
    assert response.status_code == 201, response.text
    goal: dict[str, Any] = response.json()
    return goal


def progress(person: Person, goal: dict[str, Any]) -> float:
    return float(person.get(path_of(goal)).json()["progress"])


def step(person: Person, goal: dict[str, Any], **fields: Any) -> dict[str, Any]:
    response = person.post(f"{path_of(goal)}/check-ins", fields)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def begin(person: Person, space: dict[str, Any], **fields: Any) -> dict[str, Any]:
    response = person.post(habits_of(space), {**DAILY, **fields})
    assert response.status_code == 201, response.text
    habit: dict[str, Any] = response.json()
    return habit


def check_in(person: Person, habit: dict[str, Any], *days: str, **fields: Any) -> None:
    for day in days:
        response = person.request("PUT", f"{path_of(habit)}/check-ins/{day}", json=fields)
        assert response.status_code == 200, response.text
