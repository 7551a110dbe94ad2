import asyncio
import json
from typing import Any

import pytest
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st

from app.api.conditional import accepted_versions, not_modified_if_matching, tag

DIGEST = "0123456789abcdef"


def versions(if_match: str | None) -> frozenset[int] | None:
    """The numbers of the versions in `If-Match`."""
    tags = asyncio.run(accepted_versions(if_match))
    return None if tags is None else frozenset(tag.version for tag in tags)


def tagged(**body: Any) -> Response:
    response = Response(json.dumps({"created_at": "2026-03-14T15:09:26.535Z", **body}))
    tag(response)
    return response


def asking(if_none_match: str | None) -> Request:
    headers = [] if if_none_match is None else [(b"if-none-match", if_none_match.encode())]
    return Request({"type": "http", "headers": headers})


class TestTag:
    def test_tag_begins_with_the_version(self) -> None:
        assert tagged(version=12, name="A").headers["ETag"].startswith('"12-')

    def test_tag_is_the_same_for_the_same_body_only(self) -> None:
        tags = [tagged(version=1, name=name).headers["ETag"] for name in ("A", "A", "B")]
        assert tags[0] == tags[1] != tags[2]


class TestAcceptedVersions:
    @pytest.mark.parametrize("if_match", [None, "*", " * "])
    def test_accepted_versions_are_any_if_none_is_named(self, if_match: str | None) -> None:
        assert versions(if_match) is None

    @pytest.mark.parametrize(
        ("if_match", "accepted"),
        [
            (f'"3-{DIGEST}"', {3}),
            (f'W/"3-{DIGEST}"', {3}),
            (f'"3-{DIGEST}", "14-{DIGEST}"', {3, 14}),
            (f'"other", "3-{DIGEST}"', {3}),
        ],
    )
    def test_accepted_versions_are_those_of_the_tags(self, if_match: str, accepted: set[int]) -> None:
        assert versions(if_match) == frozenset(accepted)

    @pytest.mark.parametrize(
        "if_match",
        ["", '"3"', "3", f"3-{DIGEST}", f'"-3-{DIGEST}"', f'"٣-{DIGEST}"', f'"{"9" * 5000}-{DIGEST}"'],
        ids=lambda text: text[:8],
    )
    def test_accepted_versions_are_none_if_the_tag_was_never_made(self, if_match: str) -> None:
        assert versions(if_match) == frozenset()

    @given(st.integers(1, 10**9))
    def test_accepted_versions_are_what_tag_wrote(self, version: int) -> None:
        assert versions(tagged(version=version).headers["ETag"]) == frozenset([version])

    @given(st.text())
    def test_accepted_versions_come_of_any_text(self, if_match: str) -> None:
        assert versions(if_match) in (None, frozenset())


class TestNotModifiedIfMatching:
    def test_not_modified_if_matching_answers_in_full_if_nothing_is_known(self) -> None:
        response = tagged(version=1)
        assert not_modified_if_matching(asking(None), response) is response

    @pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other",W/{} ', "*"])
    def test_not_modified_if_matching_answers_304_if_this_very_answer_is_known(self, form: str) -> None:
        response = tagged(version=1)
        known = not_modified_if_matching(asking(form.format(response.headers["ETag"])), response)
        assert (known.status_code, known.body) == (304, b"")
        assert known.headers["ETag"] == response.headers["ETag"]

    def test_not_modified_if_matching_answers_in_full_if_another_body_of_the_version_is_known(self) -> None:
        response = tagged(version=1, member_count=2)
        known = tagged(version=1, member_count=1).headers["ETag"]
        assert not_modified_if_matching(asking(known), response) is response
