"""Inviting somebody, and what people hear of it."""

from collections.abc import Callable
from typing import Any

from app.core.database import Table
from app.models.access_patterns import USER_PROFILES
from tests.factories import Person

Inbox = list[dict[str, Any]]
Run = Callable[[], None]

INVITATIONS = "/api/v1/invitations"
ME = "/api/v1/users/me"
MINE = f"{ME}/invitations"


def invitations_to(place: dict[str, Any]) -> str:
    """The path of the invitations to a space or an organization."""
    if "space_id" in place:
        return f"/api/v1/spaces/{place['space_id']}/invitations"
    return f"/api/v1/organizations/{place['org_id']}/invitations"


def invite(inviter: Person, place: dict[str, Any], email: str, **fields: Any) -> dict[str, Any]:
    """An invitation that was made."""
    response = inviter.post(invitations_to(place), {"email": email, **fields})
    assert response.status_code == 201, response.text
    invitation: dict[str, Any] = response.json()
    return invitation


def standing(inviter: Person, place: dict[str, Any]) -> dict[str, str]:
    """How each invitation to a place stands, by e-mail."""
    items = inviter.get(f"{invitations_to(place)}?limit=100").json()["items"]
    return {item["email"]: item["status"] for item in items}


def notifications(person: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = person.get(f"{ME}/notifications").json()["items"]
    return items


def recipients(inbox: Inbox) -> list[str]:
    return [address for mail in inbox for address in mail["Destination"]["ToAddresses"]]


def close_account(table: Table, person: Person, *, gone: bool) -> None:
    """As the request leaves it for the background, or as that leaves it."""
    profile = table.get(USER_PROFILES.key(user_id=person.user_id))
    assert profile is not None
    closed = profile.patched(table.clock(), {"status": "deleting"})
    table.write([USER_PROFILES.delete(profile) if gone else USER_PROFILES.update(profile, closed)])
