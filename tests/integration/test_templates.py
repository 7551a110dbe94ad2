"""`/templates` and `/spaces/{space_id}/templates`: what entries can be written by."""

from typing import Any

import pytest

from tests.assertions import ANY_ETAG, assert_problem
from tests.factories import Api
from tests.integration.journal_helpers import PARAGRAPH, at, make_template

BUILT_IN = "/api/v1/templates"


class TestBuiltInTemplates:
    def test_there_are_nine_built_in_templates(self, api: Api) -> None:
        page = api.person().get(BUILT_IN).json()

        assert [template["template_id"] for template in page["items"]] == [
            "daily_log",
            "gratitude",
            "mood",
            "weekly_review",
            "goal_progress",
            "decision",
            "grounding",
            "reflection",
            "blank",
        ]
        assert page["next_cursor"] is None

    def test_built_in_templates_show_every_type_of_section(self, api: Api) -> None:
        templates = api.person().get(BUILT_IN).json()["items"]

        assert {section["type"] for template in templates for section in template["sections"]} == {
            "paragraph",
            "q_and_a",
            "list",
            "checkbox",
            "scale",
            "table",
            "time_log",
        }

    @pytest.mark.parametrize("limit", [1, 4, 8, 9, 100])
    def test_built_in_templates_are_paged(self, api: Api, limit: int) -> None:
        ada, found, cursor = api.person(), list[dict[str, Any]](), ""
        for _ in range(0, 9, limit):
            page = ada.get(f"{BUILT_IN}?limit={limit}{cursor}").json()
            assert len(page["items"]) <= limit
            found += page["items"]
            cursor = f"&cursor={page['next_cursor']}"

        assert found == ada.get(BUILT_IN).json()["items"]
        assert page["next_cursor"] is None

    def test_built_in_templates_start_at_an_empty_cursor(self, api: Api) -> None:
        ada = api.person()

        for path in (BUILT_IN, "/api/v1/spaces", "/api/v1/users/me/spaces"):
            assert ada.get(f"{path}?cursor=").json() == ada.get(path).json()

    @pytest.mark.parametrize("cursor", ["nothing", "Daily_log", "🦉"])
    def test_built_in_templates_know_no_other_cursor(self, api: Api, cursor: str) -> None:
        assert_problem(api.person().get(f"{BUILT_IN}?cursor={cursor}"), 400, "invalid_cursor")

    def test_built_in_templates_are_read_one_by_one(self, api: Api) -> None:
        ada = api.person()

        for template in ada.get(BUILT_IN).json()["items"]:
            assert ada.get(f"{BUILT_IN}/{template['template_id']}").json() == template

    def test_built_in_templates_require_a_profile(self, api: Api) -> None:
        assert_problem(api.user().get(BUILT_IN), 403, "profile_required")

    def test_unknown_built_in_template_returns_404(self, api: Api) -> None:
        assert_problem(api.person().get(f"{BUILT_IN}/nothing"), 404, "not_found")

    def test_built_in_templates_are_not_among_a_spaces_own(self, api: Api) -> None:
        ada = api.person()

        assert ada.get(f"{at(ada.make_space())}/templates").json()["items"] == []


class TestCreateTemplate:
    def test_create_template_stores_what_is_sent(self, api: Api) -> None:
        ada = api.person()
        space = ada.make_space()
        scale = {
            "section_id": "mood",
            "type": "scale",
            "title": "Mood",
            "min": -5,
            "max": 5,
            "required": True,
        }

        response = ada.post(f"{at(space)}/templates", {"name": "Evening", "sections": [PARAGRAPH, scale]})

        made = response.json()
        assert made == {
            "template_id": made["template_id"],
            "space_id": space["space_id"],
            "author_id": ada.user_id,
            "name": "Evening",
            "description": None,
            "sections": [
                PARAGRAPH | {"prompt": None, "required": False},
                scale | {"prompt": None},
            ],
            "version": 1,
            "created_at": "2026-03-14T15:09:26.535Z",
            "updated_at": "2026-03-14T15:09:26.535Z",
            "etag": ANY_ETAG,
        }
        assert response.headers["Location"] == f"{at(space)}/templates/{made['template_id']}"
        assert ada.get(response.headers["Location"]).json() == made

    @pytest.mark.parametrize(
        ("sections", "fault"),
        [
            (
                [{"section_id": "s", "type": "scale", "title": "Mood", "min": 3, "max": 3}],
                "sections.0.max",
            ),
            ([PARAGRAPH, PARAGRAPH], "sections"),
            (
                [{**PARAGRAPH, "section_id": f"s{n}", "prompt": "\U0001f989" * 500} for n in range(30)],
                "sections",
            ),
        ],
        ids=["a scale without room", "an id twice", "too much in all"],
    )
    def test_create_template_rejects_invalid_sections(
        self, api: Api, sections: list[dict[str, Any]], fault: str
    ) -> None:
        ada = api.person()
        path = f"{at(ada.make_space())}/templates"

        response = ada.post(path, {"name": "Review", "sections": sections})

        assert_problem(response, 422, "validation_failed", field=f"body.{fault}")


class TestChangeTemplate:
    def test_change_template_makes_a_new_version(self, api: Api) -> None:
        ada = api.person()
        template = make_template(ada, ada.make_space())
        path = f"{at(template)}/templates/{template['template_id']}"

        changed = ada.patch(path, {"description": "Before bed"}).json()

        assert changed == template | {"description": "Before bed", "version": 2, "etag": ANY_ETAG}
