"""What templates, entries, highlights and comments have besides short text: lists, choices, numbers, ids."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from app.models.highlights import HighlightColor
from app.models.journals import Emotion
from tests.assertions import assert_problem
from tests.security.conftest import COMMENT, ENTRY, PARAGRAPH, SPACE, TEMPLATE, Target, assert_refused

Find = Callable[[str], Target]

NOT_A_LIST: list[Any] = [None, 0, True, "text", {}, {"0": "text"}]
NOT_A_NUMBER: list[Any] = [None, "", "1", "one", True, 1.0, 1.5, [], [1], {}, float("nan")]
NOT_TEXT: list[Any] = [0, 1.5, True, [], ["text"], {}]
NO_ID: list[Any] = ["", "x", "01arz3ndektsv4rrffq69g5fav", "#", "\x00", "\ud800", "0" * 10_000, 0, [], {}]
ENTRIES = [f"POST {SPACE}/journals", f"PATCH {ENTRY}"]
TEMPLATES = [f"POST {SPACE}/templates", f"PATCH {TEMPLATE}"]
COMMENTS = [f"POST {ENTRY}/comments", f"PATCH {COMMENT}"]
USER_IDS = [str(uuid.UUID(int=number)) for number in range(21)]


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("name", ENTRIES)
class TestEntry:
    def test_content(self, target: Find, calls: list[str], name: str) -> None:
        wrong = ["a\x00b", "a\x07", "a\x1cb", "\x1b[31m", "a\x7f", "\ud800", "a" * 300_001, "🦉" * 75_001]

        assert_refused(target(name), "content", [*wrong, *NOT_TEXT], calls)

    def test_content_is_kept_as_it_is(self, target: Find, name: str) -> None:
        request = target(name)

        for content in [
            "",
            "  \n\t two  \n",
            "עדה **לאבלייס**",
            "Zoe\u0308",
            "👩‍👩‍👧‍👦",
            "\u202e<script>",
            "🦉" * 70_000,
        ]:
            assert request.send(content=content).json()["content"] == content

    def test_tags(self, target: Find, calls: list[str], name: str) -> None:
        wrong: list[Any] = [
            [""],
            [" "],
            ["a\nb"],
            ["\u200b"],
            ["\ud800"],
            ["a" * 51],
            [None],
            [1],
            [["a"]],
            ["\u3164"],
            ["a\u202eb"],
            [str(number) for number in range(21)],
            ["a"] * 100_000,
        ]

        assert_refused(target(name), "tags", [*wrong, *NOT_A_LIST, nested(500)], calls)

    def test_tags_at_their_limits(self, target: Find, name: str) -> None:
        request = target(name)

        for tags in ([], ["🦉" * 50], [f"tag {number}" for number in range(20)]):
            assert request.send(tags=tags).json()["tags"] == tags
        assert request.send(tags=[" A ", "a", "A"]).json()["tags"] == ["A"]

    def test_emotions(self, target: Find, calls: list[str], name: str) -> None:
        wrong: list[Any] = [[""], ["Calm"], ["calm "], ["hungry"], [None], [0], ["calm", "calm"]]

        assert_refused(target(name), "emotions", [*wrong, [*Emotion][:11], *NOT_A_LIST], calls)

    def test_emotions_at_their_limits(self, target: Find, name: str) -> None:
        request, names = target(name), [*Emotion]
        assert 20 <= len(names) <= 30

        for emotions in ([], names[:10], names[10:20], names[20:]):
            assert request.send(emotions=emotions).json()["emotions"] == emotions

    def test_pinned(self, target: Find, calls: list[str], name: str) -> None:
        assert_refused(target(name), "pinned", [None, 0, 1, "true", "yes", "", [], {}], calls)

    def test_sections(self, target: Find, calls: list[str], name: str) -> None:
        good = {"section_id": "a", "type": "paragraph", "value": "text"}
        kinds: list[Any] = ["", "Paragraph", "essay", None, 0, [], {}]
        values: dict[str, list[Any]] = {
            "paragraph": ["a" * 20_001, "a\x00", ["text"], None, 0, {}],
            "q_and_a": [["a"] * 21, ["a" * 20_001], [None], "text", [["a"]], nested(500)],
            "list": [[""], ["a" * 501], ["a\nb"], ["a"] * 101, [0], "text", {}],
            "checkbox": [[""], ["a", "a"], ["a" * 101], [str(n) for n in range(51)], [0], "text"],
            "scale": NOT_A_NUMBER,
            "table": [["a"], [["a" * 501]], [["a"] * 11], [["a"]] * 201, [[None]], "text", nested(500)],
            "time_log": [
                [{}],
                ["07:00"],
                [{"start": "07:00", "end": "08:00"}],
                [{"start": "7:00", "end": "08:00", "activity": "Run"}],
                [{"start": "07:00", "end": "24:00", "activity": "Run"}],
                [{"start": "07:00", "end": "08:00", "activity": ""}],
                [{"start": "07:00", "end": "08:00", "activity": "a" * 501}],
                [{"start": "07:00", "end": "08:00", "activity": "Run", "PK": "x"}],
                [{"start": "07:00", "end": "08:00", "activity": "Run"}] * 201,
            ],
        }
        wrong: list[Any] = [
            [None],
            ["text"],
            [[]],
            [{}],
            [{"section_id": "a"}],
            [good | {"PK": "x"}],
            *([good | {"type": kind}] for kind in kinds),
            *([good | {"section_id": section_id}] for section_id in ["", "A", "a b", "a" * 51, "#", 0, None]),
            *(
                [{"section_id": "a", "type": kind, "value": value}]
                for kind, faults in values.items()
                for value in faults
            ),
            [good] * 51,
            [good] * 5_000,
        ]

        assert_refused(target(name), "sections", [*wrong, *NOT_A_LIST, nested(500)], calls)


class TestTemplateOfAnEntry:
    def test_id(self, target: Find, calls: list[str]) -> None:
        wrong = [value for value in NO_ID if value not in ("x", "")] + ["", "Mood", "mood ", "mood#"]

        assert_refused(target(f"POST {SPACE}/journals"), "template_id", wrong, calls)

    def test_version(self, target: Find, calls: list[str]) -> None:
        request = target(f"POST {SPACE}/journals")
        request.body["template_id"] = "blank"

        assert_refused(request, "template_version", [0, -1, *NOT_A_NUMBER[1:]], calls)

    def test_template_of_an_entry_of_an_entry_that_is_there_stays(self, target: Find) -> None:
        for field in ("template_id", "template_version", "template_sections", "word_count", "excerpt"):
            response = target(f"PATCH {ENTRY}").send(**{field: "blank"})
            assert_problem(response, 422, "validation_failed", field=f"body.{field}")


@pytest.mark.parametrize("name", TEMPLATES)
class TestSectionsOfATemplate:
    def test_sections_of_a_template_are_rejected_by_name(
        self, target: Find, calls: list[str], name: str
    ) -> None:
        scale: dict[str, Any] = {"section_id": "a", "type": "scale", "title": "Mood", "min": 1, "max": 5}
        ticks: dict[str, Any] = {"section_id": "a", "type": "checkbox", "title": "Ticks", "options": ["a"]}
        asked: dict[str, Any] = {
            "section_id": "a",
            "type": "q_and_a",
            "title": "Asked",
            "questions": ["Why?"],
        }
        table: dict[str, Any] = {"section_id": "a", "type": "table", "title": "Plan", "columns": ["a"]}
        wrong: list[Any] = [
            [],
            [None],
            ["text"],
            [{}],
            [PARAGRAPH, PARAGRAPH],
            [PARAGRAPH | {"PK": "x"}],
            *([PARAGRAPH | {"type": kind}] for kind in ["", "essay", None, 0]),
            *([PARAGRAPH | {"section_id": id_}] for id_ in ["", "A", "-a", "a b", "é", "a" * 51, "#", 0]),
            *([PARAGRAPH | {"title": title}] for title in ["", " ", "a\nb", "a" * 201, None, 0]),
            *([PARAGRAPH | {"prompt": prompt}] for prompt in ["a" * 501, "a\x00", 0]),
            *([PARAGRAPH | {"required": value}] for value in [None, 0, 1, "true"]),
            *([scale | {"min": value}] for value in [5, 6, -1001, *NOT_A_NUMBER]),
            *([scale | {"max": value}] for value in [1, 0, 1001, 10**400, *NOT_A_NUMBER]),
            *([ticks | {"options": v}] for v in [[], [""], ["a", "a"], ["a" * 101], [0], "a", nested(500)]),
            [ticks | {"options": [str(number) for number in range(51)]}],
            *([asked | {"questions": v}] for v in [[], [""], ["a" * 501], ["a"] * 21, "a", None]),
            *([table | {"columns": v}] for v in [[], [""], ["a", "a"], ["a" * 101], "a", None]),
            [table | {"columns": [str(number) for number in range(11)]}],
            [PARAGRAPH | {"section_id": f"s{number}"} for number in range(51)],
            [PARAGRAPH | {"section_id": f"s{number}", "prompt": "🦉" * 500} for number in range(25)],
        ]

        assert_refused(target(name), "sections", [*wrong, *NOT_A_LIST, nested(500)], calls)

    def test_sections_of_a_template_at_their_limits_come_back_as_they_were(
        self, target: Find, name: str
    ) -> None:
        request = target(name)
        scale = {"section_id": "a" * 50, "type": "scale", "title": "🦉" * 200, "min": -1000, "max": 1000}
        everything = scale | {"prompt": "é" * 500, "required": True}

        assert request.send(sections=[everything]).json()["sections"] == [everything]
        many = [PARAGRAPH | {"section_id": f"s{number}"} for number in range(50)]
        assert len(request.send(sections=many).json()["sections"]) == 50


class TestHighlight:
    def test_color(self, target: Find, calls: list[str]) -> None:
        wrong: list[Any] = ["", "Blue", "blue ", "#0000ff", "\ud800", None, *NOT_TEXT]

        assert_refused(target(f"POST {ENTRY}/highlights"), "color", wrong, calls)

    @pytest.mark.parametrize("color", HighlightColor)
    def test_highlight_of_every_color(self, target: Find, color: str) -> None:
        assert target(f"POST {ENTRY}/highlights").send(color=color).json()["color"] == color

    def test_start(self, target: Find, calls: list[str]) -> None:
        request = target(f"POST {ENTRY}/highlights")

        assert_refused(request, "start", [-1, -(10**400), *NOT_A_NUMBER], calls)

    def test_end(self, target: Find, calls: list[str]) -> None:
        request = target(f"POST {ENTRY}/highlights")

        assert_refused(request, "end", [0, 3, 2, -1, 13, 10**9, 10**400, *NOT_A_NUMBER], calls)

    def test_text(self, target: Find, calls: list[str]) -> None:
        wrong = ["", "the sea!!", "the river\x00", "\ud800", "a" * 300_001, None, *NOT_TEXT]

        assert_refused(target(f"POST {ENTRY}/highlights"), "text", wrong, calls)


class TestComment:
    @pytest.mark.parametrize("name", COMMENTS)
    def test_text_is_there_to_be_seen(self, target: Find, calls: list[str], name: str) -> None:
        nothing = ["", " ", "\n\t", "\u00a0", "\u200b", "\u200b\n\u2060", "\u200e\u202e"]

        assert_refused(target(name), "text", nothing, calls)

    @pytest.mark.parametrize("name", COMMENTS)
    def test_text_in_every_script_up_to_its_limit(self, target: Find, name: str) -> None:
        request = target(name)

        for text in [
            "a",
            "🦉" * 2000,
            "é" * 2000,
            "محمد",
            "👩‍👩‍👧‍👦",
            "<script>alert(1)</script>",
            "one\n\ntwo",
        ]:
            assert request.send(text=text).json()["text"] == text

    @pytest.mark.parametrize("name", COMMENTS)
    def test_comment_mentions(self, target: Find, calls: list[str], name: str) -> None:
        wrong: list[Any] = [
            [""],
            ["you"],
            [None],
            [0],
            [USER_IDS[0].upper().replace("0", "G")],
            [f"{USER_IDS[0]}\n"],
            [USER_IDS[1]] * 2,
            USER_IDS,
            [USER_IDS[20]],  # nobody
            [USER_IDS[1]] * 20_000,
        ]

        assert_refused(target(name), "mentions", [*wrong, *NOT_A_LIST, nested(500)], calls)

    @pytest.mark.parametrize("field", ["parent_id", "highlight_id"])
    def test_ids(self, target: Find, calls: list[str], field: str) -> None:
        assert_refused(target(f"POST {ENTRY}/comments"), field, NO_ID, calls)

    @pytest.mark.parametrize("field", ["parent_id", "highlight_id"])
    def test_comment_that_is_there_stays_if_it_is(self, target: Find, field: str) -> None:
        response = target(f"PATCH {COMMENT}").send(**{field: None})

        assert_problem(response, 422, "validation_failed", field=f"body.{field}")
