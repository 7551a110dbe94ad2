"""Changes of what the function demands of a route's caller."""

import pytest

from review.difference import differences
from review.verdicts import Danger
from stacks.gateway import PERMISSION_METADATA
from tests.review.review_helpers import Entry, made, resource


class TestRoutePermission:
    @pytest.mark.parametrize(
        ("before", "after", "danger"),
        [
            ({"needs": "role", "roles": ["owner"]}, {"needs": "token"}, Danger.OPENS),
            ({"needs": "token"}, {"needs": "role", "roles": ["owner"]}, Danger.CHANGES),
            (
                {"needs": "role", "roles": ["owner"]},
                {"needs": "role", "roles": ["owner", "member"]},
                Danger.OPENS,
            ),
            (
                {"needs": "role", "roles": ["owner", "member"]},
                {"needs": "role", "roles": ["owner"]},
                Danger.CHANGES,
            ),
            (
                {"needs": "role", "action": "a", "roles": ["owner"]},
                {"needs": "role", "action": "b", "roles": ["owner"]},
                Danger.OPENS,
            ),
            ({"needs": "profile"}, {}, Danger.OPENS),
        ],
    )
    def test_fewer_demands_open(self, before: Entry, after: Entry, danger: Danger) -> None:
        old, new = (
            {"One": resource("ApiGateway::Method", entry={"Metadata": {PERMISSION_METADATA: asked}})}
            for asked in (before, after)
        )
        (found,) = differences(made(**old), made(**new), environments=False).items
        assert found.verdict.danger is danger
