"""The figures in docs/guide that callers go by: each is a setting of prod or a rule of the app."""

import pytest

from app.api.body_limit import MAX_BODY_BYTES
from app.models.members import Role
from app.models.organizations import OrgRole
from app.services.invitations import RESENDS_ALLOWED
from app.services.permissions import ALLOWED, ALLOWED_IN_ORGANIZATION, Action
from app.services.rate_limits import JOIN_TRIES_ALLOWED
from stacks.settings import load_settings
from tests.infra.stack_helpers import ENVIRONMENTS, ROOT

GUIDE = ROOT / "docs" / "guide"
PROD = load_settings(ENVIRONMENTS, "prod")
WORDS = {3: "three"}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            "rate-limits",
            f"| `GET /health` | {PROD.gateway.route_throttles['GET /health'].rate_per_second:g} a second |",
        ),
        ("rate-limits", f"| {JOIN_TRIES_ALLOWED} a minute for each person |"),
        ("rate-limits", f"| {PROD.app.max_invitations_per_day} a day (UTC) |"),
        ("rate-limits", f"| once an hour, {WORDS[RESENDS_ALLOWED]} times in all"),
        ("rate-limits", f": {PROD.app.max_spaces_per_user} spaces a person, "),
        ("rate-limits", f", {PROD.app.max_members_per_space:,} members a space, "),
        ("rate-limits", f", {PROD.app.max_trackers_per_space} goals and habits a space, "),
        ("rate-limits", f", {MAX_BODY_BYTES // 1_000_000} MB a body."),
        ("roles", f"An invitation by e-mail is open for {PROD.app.invitation_days} days,"),
        ("signing-in", f"| {PROD.identity.id_token_minutes} minutes in production |"),
        ("signing-in", f"| {PROD.identity.refresh_token_days} days |"),
    ],
)
def test_figures_are_true(page: str, said: str) -> None:
    text = (GUIDE / f"{page}.md").read_text(encoding="utf-8")
    assert said in " ".join(text.split())


IN_SPACE = {
    "read the card of a public space": [Action.READ_CARD],
    "read the space and what is in it": [Action.READ_SPACE],
    "comment, react": [Action.COMMENT, Action.REACT],
    "write journals, goals, habits, check-ins, templates": [Action.WRITE_CONTENT],
    "delete what others wrote": [Action.DELETE_OTHERS_CONTENT],
    "edit the space, read its audit": [Action.EDIT_SPACE, Action.READ_AUDIT],
    "see and rotate the invite code": [Action.MANAGE_INVITE_CODE],
    "invite as member or viewer, resend, revoke": [Action.INVITE],
    "change the role of, or remove, members and viewers": [Action.MANAGE_MEMBERS],
    "invite, make, demote or remove an admin": [Action.MANAGE_ADMINS],
    "transfer the ownership, delete the space": [Action.TRANSFER_OWNERSHIP, Action.DELETE_SPACE],
}
IN_ORGANIZATION = {
    "read it and its users": [Action.READ_ORGANIZATION],
    "leave it": [Action.LEAVE_ORGANIZATION],
    "edit or dissolve it": [Action.MANAGE_ORGANIZATION],
    "invite, as admin or member, and revoke": [Action.MANAGE_ORGANIZATION],
    "change the role of a user, remove a user": [Action.MANAGE_ORGANIZATION],
}


def row(action: str) -> list[str]:
    """The cells of the role table's row, without the action itself."""
    lines = (GUIDE / "roles.md").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"| {action} |"))
    return [cell.strip() for cell in line.strip("|").split("|")[1:]]


@pytest.mark.parametrize("action", IN_SPACE)
def test_role_table_of_spaces_is_true(action: str) -> None:
    roles = (Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER, None)

    for cell, role in zip(row(action), roles, strict=True):
        assert [cell == "yes"] * len(IN_SPACE[action]) == [one in ALLOWED[role] for one in IN_SPACE[action]]


@pytest.mark.parametrize("action", IN_ORGANIZATION)
def test_role_table_of_organizations_is_true(action: str) -> None:
    *cells, stranger = row(action)

    assert not stranger.startswith("yes")
    for cell, role in zip(cells, (OrgRole.ADMIN, OrgRole.MEMBER), strict=True):
        allowed = ALLOWED_IN_ORGANIZATION[role]
        assert [cell == "yes"] * len(IN_ORGANIZATION[action]) == [
            one in allowed for one in IN_ORGANIZATION[action]
        ]
