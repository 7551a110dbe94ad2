"""Entries written by a template: their answers are checked against it as it was, for ever."""

from typing import Any

import pytest

from tests.assertions import assert_problem, wrong_fields
from tests.factories import Api, Person
from tests.integration.journal_helpers import NOWHERE, at, make_template, path_of, write_entry

SECTIONS: list[dict[str, Any]] = [
    {"section_id": "day", "type": "paragraph", "title": "The day"},
    {"section_id": "asked", "type": "q_and_a", "title": "Asked", "questions": ["Who?", "Why?"]},
    {"section_id": "items", "type": "list", "title": "Items"},
    {"section_id": "ticks", "type": "checkbox", "title": "Ticks", "options": ["Run", "Read"]},
    {"section_id": "mood", "type": "scale", "title": "Mood", "min": -2, "max": 2},
    {"section_id": "plan", "type": "table", "title": "Plan", "columns": ["What", "When"]},
    {"section_id": "times", "type": "time_log", "title": "Times"},
]
GOOD: dict[str, Any] = {
    "day": "By the **river**",
    "asked": ["Bob", ""],
    "items": ["One", "Two"],
    "ticks": ["Read"],
    "mood": -2,
    "plan": [["Run", ""], ["Read", "Now"]],
    "times": [{"start": "23:30", "end": "00:15", "activity": "Night walk"}],
}
EMPTY: dict[str, Any] = {
    "day": " ",
    "asked": ["Bob", ""],
    "items": [],
    "ticks": [],
    "plan": [],
    "times": [],
}
TYPES = {section["section_id"]: section["type"] for section in SECTIONS}


def answer(section_id: str, value: Any = None, **fields: Any) -> dict[str, Any]:
    value = GOOD[section_id] if value is None else value
    return {"section_id": section_id, "type": TYPES[section_id], "value": value, **fields}


@pytest.fixture
def ada(api: Api) -> Person:
    return api.person()


@pytest.fixture
def template(ada: Person) -> dict[str, Any]:
    return make_template(ada, ada.make_space(), *SECTIONS)


def by(template: dict[str, Any], *answers: dict[str, Any]) -> dict[str, Any]:
    return {"title": "A day", "template_id": template["template_id"], "sections": list(answers)}


class TestEntryByTemplate:
    def test_entry_by_template_holds_answers_and_the_sections_they_answer(
        self, ada: Person, template: dict[str, Any]
    ) -> None:
        answers = [answer(section_id) for section_id in GOOD]

        made = ada.post(f"{at(template)}/journals", by(template, *answers)).json()

        assert made["sections"] == answers
        assert made["template_sections"] == template["sections"]
        assert (made["template_id"], made["template_version"]) == (template["template_id"], 1)
        assert ada.get(path_of(made)).json() == made

    def test_entry_by_template_counts_the_words_of_its_answers(
        self, ada: Person, template: dict[str, Any]
    ) -> None:
        answers = [answer(section_id) for section_id in GOOD]
        made = write_entry(ada, template, content="Two words", **by(template, *answers))

        # By the **river** / Bob / One, Two / Read / Run, Read, Now / Night walk
        assert made["word_count"] == 2 + 3 + 1 + 2 + 1 + 3 + 2
        card = ada.get(f"{at(template)}/journals").json()["items"][0]
        assert card["excerpt"] == "Two words By the **river** Bob One Two Read Run Read Now Night walk"

    def test_entry_by_template_by_a_built_in_one(self, ada: Person) -> None:
        space = ada.make_space()
        mood = {"section_id": "mood", "type": "scale", "value": 7}

        made = write_entry(ada, space, template_id="mood", template_version=1, sections=[mood])

        built_in = ada.get("/api/v1/templates/mood").json()
        assert made["template_sections"] == built_in["sections"]
        assert made["template_version"] == built_in["version"]

    def test_entry_by_template_by_every_built_in_one_needs_only_what_is_required(self, ada: Person) -> None:
        space = ada.make_space()

        for template in ada.get("/api/v1/templates").json()["items"]:
            required = [section["section_id"] for section in template["sections"] if section["required"]]
            body = {"title": "A day", "template_id": template["template_id"]}
            response = ada.post(f"{at(space)}/journals", body)
            if required:
                problem = assert_problem(response, 422, "validation_failed", field="body.sections")
                assert all(section_id in problem["errors"][0]["message"] for section_id in required)
            else:
                assert response.status_code == 201

    @pytest.mark.parametrize("template_id", [NOWHERE, "nothing"])
    def test_entry_by_template_that_is_not_there_is_rejected(self, ada: Person, template_id: str) -> None:
        body = {"title": "A day", "template_id": template_id}

        response = ada.post(f"{at(ada.make_space())}/journals", body)

        assert_problem(response, 422, "validation_failed", field="body.template_id")

    def test_entry_by_template_of_another_space_is_rejected(
        self, ada: Person, template: dict[str, Any]
    ) -> None:
        response = ada.post(f"{at(ada.make_space())}/journals", by(template))

        assert_problem(response, 422, "validation_failed", field="body.template_id")


class TestTemplateVersion:
    def test_template_version_may_be_left_out_or_is_the_current_one(
        self, ada: Person, template: dict[str, Any]
    ) -> None:
        ada.patch(f"{at(template)}/templates/{template['template_id']}", {"name": "Morning"})

        for fields in ({}, {"template_version": 2}):
            assert write_entry(ada, template, **by(template), **fields)["template_version"] == 2

    @pytest.mark.parametrize("version", [2, 10**9])
    def test_template_version_that_is_not_current_is_a_conflict(
        self, ada: Person, template: dict[str, Any], version: int
    ) -> None:
        response = ada.post(f"{at(template)}/journals", by(template) | {"template_version": version})

        assert_problem(response, 409, "template_changed")

    def test_template_version_without_a_template_is_rejected(self, ada: Person) -> None:
        response = ada.post(f"{at(ada.make_space())}/journals", {"title": "A day", "template_version": 1})

        assert_problem(response, 422, "validation_failed", field="body.template_version")


class TestAnswers:
    @pytest.mark.parametrize(
        ("section_id", "value"),
        [
            ("asked", ["Bob"]),
            ("asked", ["Bob", "So", "More"]),
            ("ticks", ["Swim"]),
            ("ticks", ["read"]),
            ("mood", -3),
            ("mood", 3),
            ("plan", [["Run"]]),
            ("plan", [["Run", "Now"], ["Run", "Now", "Here"]]),
        ],
    )
    def test_answers_fit_their_section(
        self, ada: Person, template: dict[str, Any], section_id: str, value: Any
    ) -> None:
        body = by(template, answer("day"), answer(section_id, value))

        response = ada.post(f"{at(template)}/journals", body)

        assert_problem(response, 422, "validation_failed", field="body.sections.1.value")

    def test_answers_are_of_their_sections_type(self, ada: Person, template: dict[str, Any]) -> None:
        body = by(template, answer("day") | {"type": "list", "value": ["text"]})

        response = ada.post(f"{at(template)}/journals", body)

        assert_problem(response, 422, "validation_failed", field="body.sections.0.type")

    def test_answers_are_each_of_a_section_of_its_own(self, ada: Person, template: dict[str, Any]) -> None:
        unknown = answer("day") | {"section_id": "night"}

        response = ada.post(f"{at(template)}/journals", by(template, answer("day"), answer("day"), unknown))

        problem = assert_problem(response, 422, "validation_failed")
        assert wrong_fields(problem) == {"body.sections.1.section_id", "body.sections.2.section_id"}

    def test_answers_without_a_template_are_rejected(self, ada: Person) -> None:
        body = {"title": "A day", "sections": [answer("day")]}

        response = ada.post(f"{at(ada.make_space())}/journals", body)

        assert_problem(response, 422, "validation_failed", field="body.sections.0.section_id")

    def test_answers_of_required_sections_are_there(self, ada: Person) -> None:
        space = ada.make_space()
        template = make_template(ada, space, *(section | {"required": True} for section in SECTIONS))

        response = ada.post(f"{at(space)}/journals", by(template, answer("day")))

        problem = assert_problem(response, 422, "validation_failed", field="body.sections")
        assert "asked, items, ticks, mood, plan, times" in problem["errors"][0]["message"]

    @pytest.mark.parametrize("section_id", EMPTY)
    def test_answers_of_required_sections_say_something(self, ada: Person, section_id: str) -> None:
        space = ada.make_space()
        section = next(section for section in SECTIONS if section["section_id"] == section_id)
        template = make_template(ada, space, section | {"required": True})

        response = ada.post(f"{at(space)}/journals", by(template, answer(section_id, EMPTY[section_id])))

        assert_problem(response, 422, "validation_failed", field="body.sections.0.value")

    def test_zero_says_something(self, ada: Person) -> None:
        space = ada.make_space()
        template = make_template(ada, space, SECTIONS[4] | {"required": True})

        assert write_entry(ada, space, **by(template, answer("mood", 0)))["sections"][0]["value"] == 0

    def test_answers_of_other_sections_may_be_empty(self, ada: Person, template: dict[str, Any]) -> None:
        answers = [answer(section_id, value) for section_id, value in EMPTY.items()]

        assert len(write_entry(ada, template, **by(template, *answers))["sections"]) == len(EMPTY)

    def test_count_into_the_300_kilobytes(self, ada: Person) -> None:
        space = ada.make_space()
        sections = [SECTIONS[0] | {"section_id": f"s{number}"} for number in range(16)]
        template = make_template(ada, space, *sections)
        answers = [answer("day", "a" * 20_000) | {"section_id": f"s{number}"} for number in range(16)]

        response = ada.post(f"{at(space)}/journals", by(template, *answers))

        assert_problem(response, 422, "validation_failed", field="body.sections")
        assert write_entry(ada, space, **by(template, *answers[:14]))["word_count"] == 14


class TestChangedTemplate:
    @pytest.mark.parametrize("change", ["change", "delete"])
    def test_changed_template_leaves_the_entry_as_it_is(
        self, ada: Person, template: dict[str, Any], change: str
    ) -> None:
        entry = write_entry(ada, template, **by(template, answer("mood", 1)))
        path = f"{at(template)}/templates/{template['template_id']}"
        if change == "change":
            ada.patch(path, {"sections": [SECTIONS[0]]})
        else:
            ada.delete(path)

        assert ada.get(path_of(entry)).json() == entry
        changed = ada.patch(path_of(entry), {"sections": [answer("mood", 2), answer("items")]}).json()
        assert changed["sections"] == [answer("mood", 2), answer("items")]
        assert changed["word_count"] == 2
        response = ada.patch(path_of(entry), {"sections": [answer("mood", 3)]})
        assert_problem(response, 422, "validation_failed", field="body.sections.0.value")
