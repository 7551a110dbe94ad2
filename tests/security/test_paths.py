"""What stands in a path is an id, a day or a name as the route wants it; anything else is refused by name."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from app.api.openapi import document
from app.api.routing import all_routes
from tests.assertions import assert_problem
from tests.conftest import WRITES
from tests.factories import Api

NO_ULID = [
    "x",
    "01ARZ3NDEKTSV4RRFFQ69G5FA",
    "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
    "01arz3ndektsv4rrffq69g5fav",
    "81ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01ARZ3NDEKTSV4RRFFQ69G5FAI",
    "01ARZ3NDEKTSV4RRFFQ69G5FA#",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV\n",
    "SPACE#01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "\x00",
    " ",
    "🦉",
    "a" * 5000,
]
NO_USER_ID = [
    "you",
    "00000000-0000-0000-0000-00000000000",
    "00000000-0000-0000-0000-0000000000000",
    "00000000-0000-0000-0000-00000000000G",
    "00000000-0000-0000-0000-00000000000A",
    "00000000-0000-0000-0000-00000000000#",
    "00000000-0000-0000-0000-000000000001\n",
    "ada@example.com",
    "\x00",
    "🦉",
    "a" * 5000,
]
NO_DAY = [
    "2026-02-29",
    "2100-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-3-1",
    "20260301",
    "0000-01-01",
    "10000-01-01",
    "-2026-01-01",
    "2026-03-14T00:00:00Z",
    "1773446400",
    "today",
    "\u0662\u0660\u0662\u0666-03-14",
    "2026-03-14\n",
    "\x00",
    "a" * 5000,
]
NO_EMOJI = ["Heart", "heart ", "heart#", "\N{BLACK HEART SUIT}", "\x00", "a" * 5000]
# The name of a built-in template may be "x".
WRONG = {"user_id": NO_USER_ID, "date": NO_DAY, "emoji": NO_EMOJI, "template_id": NO_ULID[1:]}


def parameters_of() -> list[tuple[str, str, str]]:
    """Every parameter of every path: method, path and name."""
    paths: dict[str, Any] = document(all_routes())["paths"]
    return [
        (method, path, name)
        for path, methods in paths.items()
        for method in methods
        for name in re.findall(r"{(\w+)}", path)
    ]


class TestPath:
    def test_path_holds_what_its_route_wants(self, api: Api, calls: list[str]) -> None:
        ada = api.person()
        organization = ada.post("/api/v1/organizations", {"name": "Engines"}).json()
        # In what is named first one must be; the rest is judged before it is looked for.
        ids = {"space_id": ada.make_space()["space_id"], "org_id": organization["org_id"]}
        ids |= {"user_id": ada.user_id, "date": "2026-03-14", "emoji": "heart"}
        tried: set[str] = set()
        calls.clear()

        for method, path, name in parameters_of():
            good = dict.fromkeys(re.findall(r"{(\w+)}", path), "01ARZ3NDEKTSV4RRFFQ69G5FAV") | ids
            wrongs = WRONG.get(name, NO_ULID)
            # The whole list once; elsewhere two show that the route names the same kind.
            for wrong in wrongs[-2:] if name in tried else wrongs:
                address = path.format(**good | {name: quote(wrong, safe="")})
                response = ada.request(method.upper(), address, json={})
                assert_problem(response, 422, "validation_failed", field=f"path.{name}")
            tried.add(name)
        assert not WRITES & set(calls)

    @pytest.mark.parametrize("path", ["/api/v1/spaces/%FF%FE", "/api/v1/users/%C3%28", "/api/v1/users/%"])
    def test_path_holds_text(self, api: Api, path: str) -> None:
        assert_problem(api.person().get(path), 422, "validation_failed")

    @pytest.mark.parametrize(
        "path",
        ["/api/v1/spaces/..%2F..%2Fhealth", "/api/v1/spaces/01ARZ3NDEKTSV4RRFFQ69G5FAV%2Fmembers%2F.."],
    )
    def test_path_reaches_no_other_route(self, api: Api, path: str) -> None:
        assert api.person().get(path).status_code in {404, 422}
