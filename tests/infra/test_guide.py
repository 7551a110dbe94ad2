"""The figures in docs/guide that callers go by: each is a setting of prod or a rule of the app."""

import pytest

from app.api.body_limit import MAX_BODY_BYTES
from app.services.invitations import RESENDS_ALLOWED
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
        ("signing-in", f"| {PROD.identity.id_token_minutes} minutes in production |"),
        ("signing-in", f"| {PROD.identity.refresh_token_days} days |"),
    ],
)
def test_figures_are_true(page: str, said: str) -> None:
    text = (GUIDE / f"{page}.md").read_text(encoding="utf-8")
    assert said in " ".join(text.split())
