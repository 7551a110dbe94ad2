from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from codegen import adr_index, environment, iam
from codegen.pages import PAGES
from delivery.deploy_permissions import DEPLOYING
from stacks.template_values import readable
from tests.infra.stack_helpers import DOMAIN, ENVIRONMENTS, backend, changed, synthesise


class TestPages:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.PATH.name)
    def test_pages_are_committed_as_they_are_made(self, page: ModuleType) -> None:
        assert page.PATH.read_text(encoding="utf-8") == page.render(), "run `make pages`"

    def test_name_every_parameter_and_output(self) -> None:
        text = environment.PATH.read_text(encoding="utf-8")
        prod = backend("prod")
        for parameter in prod.all("SSM::Parameter").values():
            assert parameter["Properties"]["Name"].replace("/prod/", "/<env>/") in text
        for output in prod.template["Outputs"]:
            assert f"`{output}`" in text

    def test_pages_give_a_reason_for_no_permission_that_is_gone(self) -> None:
        granted: dict[str, set[str]] = {"Allow": set(), "Deny": set()}
        for name in ENVIRONMENTS:
            for statement in backend(name).statements():
                named = statement["Action"]
                granted[statement["Effect"]] |= {named} if isinstance(named, str) else set(named)
        assert granted == {"Allow": set(iam.REASONS), "Deny": set(iam.DENIALS)}


class TestDecisionIndex:
    @pytest.mark.parametrize(
        ("page", "message"),
        [
            ("# 1. Title\n\nDate: 2026-11-22.\n", "number, title, status or date is missing"),
            (
                "# 2. Title\n\nStatus: accepted. Date: 2026-11-22.\n",
                "number, title, status or date is missing",
            ),
            (
                "# 1. Title\n\nStatus: accepted. Date: 2026-11-22.\n\n## Context\n",
                "the sections are not Context",
            ),
        ],
    )
    def test_render_rejects_malformed_page(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, message: str
    ) -> None:
        (tmp_path / "0001-title.md").write_text(page)
        monkeypatch.setattr(adr_index, "PATH", tmp_path / "README.md")
        with pytest.raises(adr_index.MalformedDecisionError, match=f"0001-title.md: {message}"):
            adr_index.render()

    def test_numbers_are_unique(self) -> None:
        numbers = [page.name[:4] for page in adr_index.pages()]
        assert len(numbers) == len(set(numbers))


class TestDeployingRole:
    def test_deploying_role_covers_every_resource_type_and_no_other(self) -> None:
        templates = [backend(name).template for name in ENVIRONMENTS]
        templates.append(synthesise(changed("prod", gateway={"domain": DOMAIN})).template)
        kinds = {resource["Type"] for template in templates for resource in template["Resources"].values()}
        assert set(DEPLOYING) == kinds

    @pytest.mark.parametrize("kind", DEPLOYING)
    def test_deploying_role_names_only_what_aws_says_the_type_may_call(self, kind: str) -> None:
        schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        callable_actions = {
            action for handler in schema["handlers"].values() for action in handler["permissions"]
        }
        assert set(DEPLOYING[kind]) - callable_actions == set()


class TestReadable:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("plain", "plain"),
            ({"Ref": "Table"}, "${Table}"),
            ({"Fn::GetAtt": ["Table", "Arn"]}, "${Table.Arn}"),
            ({"Fn::Join": ["", [{"Ref": "A"}, "/x"]]}, "${A}/x"),
        ],
    )
    def test_readable_writes_references_as_people_do(self, value: object, text: str) -> None:
        assert readable(value) == text
