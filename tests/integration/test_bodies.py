"""Bodies that cannot be taken: too large, or not what they should be. Each is a problem, never a 500."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from tests.assertions import assert_problem
from tests.factories import Api, Person

SPACES, ORIGIN = "/api/v1/spaces", "https://app.example.com"
LIMIT = 1_000_000


def padded(size: int) -> bytes:
    return b'{"name": "Runners"' + b" " * (size - 19) + b"}"


def send(person: Person, content: Any, path: str = SPACES, method: str = "POST", **headers: str) -> Response:
    """Send this content as it is, from a browser."""
    named = {"Content-Type": "application/json", "Origin": ORIGIN} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    named = {name: value for name, value in named.items() if value}
    token = {"Authorization": f"Bearer {person.token}"}
    return person.client.request(method, path, content=content, headers=token | named)


class TestSize:
    def test_size_of_a_megabyte_is_taken(self, api: Api) -> None:
        assert send(api.person(), padded(LIMIT)).status_code == 201

    @pytest.mark.parametrize("size", [LIMIT + 1, 5 * LIMIT])
    def test_over_a_megabyte_is_rejected(self, api: Api, calls: list[str], size: int) -> None:
        ada = api.person()
        calls.clear()

        response = send(ada, padded(size))

        assert_problem(response, 413, "payload_too_large")
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert calls == []

    def test_size_without_content_length_is_limited_too(self, api: Api) -> None:
        def chunks() -> Iterator[bytes]:
            for start in range(0, LIMIT + 1, 100_000):
                yield padded(LIMIT + 1)[start : start + 100_000]

        assert_problem(send(api.person(), chunks()), 413, "payload_too_large")

    @pytest.mark.parametrize("size", [100, LIMIT])
    def test_size_that_comes_in_pieces_is_put_together(self, api: Api, size: int) -> None:
        def pieces() -> Iterator[bytes]:
            yield padded(size)[: size // 2]
            yield padded(size)[size // 2 :]

        assert send(api.person(), pieces()).status_code == 201

    @pytest.mark.parametrize("announced", ["", "0", "nonsense"])
    def test_size_is_counted_whatever_content_length_says(self, api: Api, announced: str) -> None:
        response = send(api.person(), iter([padded(LIMIT + 1)]), Content_Length=announced)

        assert_problem(response, 413, "payload_too_large")

    def test_size_counts_if_a_route_reads_no_body(self, api: Api) -> None:
        ada = api.person()
        path = f"{SPACES}/{ada.make_space()['space_id']}"

        for method, target in (("POST", f"{path}/invite-code"), ("DELETE", path), ("GET", path)):
            assert_problem(send(ada, padded(LIMIT + 1), target, method), 413, "payload_too_large")

        assert_problem(ada.get(f"{path}/invite-code"), 404, "not_found")
        assert ada.get(path).status_code == 200

    def test_size_counts_if_there_is_no_route(self, api: Api) -> None:
        assert_problem(send(api.user(), padded(LIMIT + 1), "/nowhere"), 413, "payload_too_large")


class TestContent:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"null",
            b"[]",
            b"true",
            b"42",
            b'"name"',
            b'{"name": NaN}',
            b'{"name": -Infinity}',
            b'{"name": ["Runners"]}',
            b'{"name": {"name": {"name": "Runners"}}}',
            b'{"name": "Runners", "name": null}',
        ],
    )
    def test_content_that_breaks_a_rule(self, api: Api, calls: list[str], content: bytes) -> None:
        ada = api.person()
        calls.clear()

        assert_problem(send(ada, content), 422, "validation_failed")
        assert "TransactWriteItems" not in calls

    @pytest.mark.parametrize(
        ("content", "detail"),
        [
            (b'{"name": "\xff\xfe"}', "The body is not UTF-8 at byte 11"),
            (b'{"name": "\xc3\x28"}', "The body is not UTF-8 at byte 11"),
            (b"[" * 200_000, "The body is nested too deeply"),
            (b'{"name": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "The body is nested too deeply"),
            (b'{"name": ' + b"9" * 5000 + b"}", "The body has a number of too many digits"),
        ],
        ids=["UTF-8 that is none", "UTF-8 cut short", "open without end", "deep", "a number without end"],
    )
    def test_content_that_cannot_be_decoded_is_rejected_with_the_reason(
        self, api: Api, content: bytes, detail: str
    ) -> None:
        problem = assert_problem(send(api.person(), content), 400, "bad_request")

        assert problem["detail"] == detail

    @pytest.mark.parametrize(
        ("content", "position"),
        [
            (b"{", "line 1, column 2"),
            (b'{"name": "Runners"', "line 1, column 19"),
            (b'{"name": "Runners"}}', "line 1, column 20"),
            (b"{'name': 'Runners'}", "line 1, column 2"),
            (b'{"name": "Run\nners"}', "line 1, column 14"),
            (b'{\n  "name": "Runners",\n  "category": }', "line 3, column 15"),
            ('{"name": "\u00e9\U0001f989", x}'.encode(), "line 1, column 16"),
            (b"name=Runners", "line 1, column 1"),
            (b"  ", "line 1, column 3"),
        ],
    )
    def test_content_that_is_malformed_is_rejected_with_the_position(
        self, api: Api, content: bytes, position: str
    ) -> None:
        problem = assert_problem(send(api.person(), content), 400, "bad_request")

        assert problem["detail"].startswith("The body is not JSON: ")
        assert problem["detail"].endswith(f" at {position}")

    @pytest.mark.parametrize(
        "kind",
        [
            *("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
            *("nonsense", "text/json", "application/xml", "application/jsonp", "application/", "json"),
        ],
    )
    @pytest.mark.parametrize(("method", "path"), [("POST", SPACES), ("PATCH", "/api/v1/users/me")])
    def test_content_of_another_media_type_is_rejected(
        self, api: Api, method: str, path: str, kind: str
    ) -> None:
        response = send(api.person(), padded(100), path, method, Content_Type=kind)

        assert_problem(response, 415, "unsupported_media_type")

    @pytest.mark.parametrize(
        "kind", ["APPLICATION/JSON", "application/json;charset=UTF-8", "application/a+json"]
    )
    def test_content_of_any_json_media_type_is_accepted(self, api: Api, kind: str) -> None:
        assert send(api.person(), padded(100), Content_Type=kind).status_code == 201

    @pytest.mark.parametrize("kind", ["", "text/plain", "application/json"])
    def test_content_that_is_missing_is_a_missing_field(self, api: Api, kind: str) -> None:
        assert_problem(send(api.person(), b"", Content_Type=kind), 422, "validation_failed", field="body")

    def test_content_of_any_media_type_is_ignored_if_a_route_has_none(self, api: Api) -> None:
        ada = api.person()
        path = f"{SPACES}/{ada.make_space()['space_id']}/invite-code"

        for content in (b"{", b"[" * 200_000, b"text"):
            answers = [
                send(ada, content, path, Content_Type="text/plain", Idempotency_Key=content[:1].hex())
                for _ in range(2)
            ]
            assert [answer.status_code for answer in answers] == [201, 201]
            assert answers[0].json() == answers[1].json()

    def test_content_with_a_charset_is_accepted(self, api: Api) -> None:
        response = send(api.person(), padded(100), Content_Type="application/json; charset=utf-8")

        assert response.status_code == 201

    def test_content_with_many_faults_reports_the_first_hundred(self, api: Api) -> None:
        faults = {f"{number:06}": 0 for number in range(60_000)}

        response = send(api.person(), json.dumps(faults))

        problem = assert_problem(response, 422, "validation_failed")
        assert len(problem["errors"]) == 100

    def test_content_with_a_fault_in_a_very_long_field_name_is_cut(self, api: Api) -> None:
        response = send(api.person(), json.dumps({"name": "Runners", "x" * 900_000: 0}))

        assert_problem(response, 422, "validation_failed")
        assert len(response.content) < 10_000
