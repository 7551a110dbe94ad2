"""Whatever is sent: a problem or an answer that can be read again, never a 500 (property-based)."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from app.models.fields import Input
from tests.factories import Api, Person
from tests.security.conftest import BODIES, ME, SPACE, SPACES, Target

Find = Callable[[str], Target]

# One world is enough for all examples of a test; the same examples every time.
once = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
any_text = st.text(st.characters(exclude_categories=[]), max_size=120)
any_json: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=8,
)


def _inputs(base: type[Input] = Input) -> Iterator[type[Input]]:
    for model in base.__subclasses__():
        yield model
        yield from _inputs(model)


FIELDS = sorted({field for model in _inputs() for field in model.model_fields})
objects = st.dictionaries(st.sampled_from(FIELDS) | any_text, any_json, max_size=5)
# What an HTTP header can hold at all.
header_text = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=300
)


def send(person: Person, method: str, path: str, **headers: str) -> int:
    """Call with headers in Latin-1 as HTTP has it, and see that the answer is well-formed."""
    named = [(b"authorization", f"Bearer {person.token}".encode())]
    named += [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    response = person.client.request(method, path, json={"name": "Runners"}, headers=named)
    if response.status_code >= 400:
        assert response.json()["status"] == response.status_code
    return response.status_code


class TestBody:
    @pytest.mark.parametrize("name", BODIES)
    @once
    @given(body=any_json | objects)
    def test_body_of_any_json(self, target: Find, name: str, body: Any) -> None:
        request = target(name)

        response = request.person.client.request(
            request.method,
            request.path,
            content=json.dumps(body),
            headers={"Authorization": f"Bearer {request.person.token}", "Content-Type": "application/json"},
        )

        assert response.status_code < 500, response.text
        if response.status_code >= 400:
            assert response.headers["Content-Type"] == "application/problem+json"

    @once
    @given(content=st.binary(max_size=200))
    def test_body_of_any_bytes(self, target: Find, content: bytes) -> None:
        request = target(f"PATCH {SPACE}")
        headers = {"Authorization": f"Bearer {request.person.token}", "Content-Type": "application/json"}

        response = request.person.client.patch(request.path, content=content, headers=headers)

        assert response.status_code < 500, response.text


class TestText:
    @pytest.mark.parametrize("field", ["name", "preferred_name", "bio"])
    @once
    @given(text=any_text)
    def test_profile_text_is_stored_unchanged_or_rejected(self, target: Find, field: str, text: str) -> None:
        request = target("PATCH /users/me")

        response = request.send(**{field: text})

        read = request.person.get(ME)
        assert read.status_code == 200
        if response.status_code == 200:
            assert read.json()[field] == response.json()[field]
            assert response.json()[field] in re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", text)
        else:
            assert [error["field"] for error in response.json()["errors"]] == [f"body.{field}"]

    @once
    @given(
        url=st.builds(
            "https://{}/{}".format, st.sampled_from(["example.com", "ü.example"]) | any_text, any_text
        )
    )
    @example(url="https://example.com/" + "é" * 1000)
    def test_text_of_an_address_leaves_the_profile_readable(self, target: Find, url: str) -> None:
        request = target("PATCH /users/me")

        assert request.send(avatar_url=url).status_code in {200, 422}
        assert request.person.get(ME).status_code == 200


class TestHeaders:
    @once
    @given(value=header_text)
    @example(value='"' + "9" * 5000 + '-0123456789abcdef"')
    @example(value='W/"1-0123456789abcdef",' * 300)
    def test_headers_if_match(self, target: Find, value: str) -> None:
        request = target(f"PATCH {SPACE}")

        assert send(request.person, "PATCH", request.path, if_match=value) in {200, 412}

    @once
    @given(value=header_text)
    def test_headers_if_none_match(self, target: Find, value: str) -> None:
        request = target(f"PATCH {SPACE}")

        assert send(request.person, "GET", request.path, if_none_match=value) in {200, 304}

    @once
    @given(value=header_text)
    def test_idempotency_key(self, target: Find, value: str) -> None:
        request = target("POST /spaces")
        printable = 1 <= len(value) <= 255 and value.isascii() and value.isprintable()

        status = send(request.person, "POST", SPACES, idempotency_key=value)

        assert status == (201 if printable else 422)

    @once
    @given(value=header_text)
    @example(value="Bearer")
    @example(value="Bearer ")
    @example(value="Basic YWRhOmFkYQ==")
    @example(value="bearer a.b.c")
    def test_authorization(self, api: Api, value: str) -> None:
        headers = [(b"authorization", value.encode("latin-1"))]

        assert api.client.get(ME, headers=headers).status_code == 401


class TestQuery:
    @pytest.mark.parametrize("path", [SPACES, "/api/v1/users/me/spaces"])
    @once
    @given(limit=any_text | st.integers().map(str), cursor=any_text | st.binary().map(bytes.hex))
    def test_query_of_a_list(self, target: Find, path: str, limit: str, cursor: str) -> None:
        person = target("POST /spaces").person
        values = {"limit": limit, "cursor": cursor}
        encoded = {name: value.encode("utf-8", "replace").decode() for name, value in values.items()}

        response = person.client.get(
            path, params=encoded, headers={"Authorization": f"Bearer {person.token}"}
        )

        assert response.status_code in {200, 400, 422}
