"""The pages that are generated from settings and from the comparison of two documents."""

import copy
import json
from typing import Any

import pytest

from api_docs.site.changes import changelog
from api_docs.site.document import ROOT, load
from api_docs.site.limits import limits


@pytest.fixture
def environments() -> dict[str, Any]:
    cdk = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = cdk["context"]["environments"]
    return found


class TestLimits:
    def test_numbers_are_those_of_the_settings(self, environments: dict[str, Any]) -> None:
        environments["prod"]["gateway"]["throttle"] = {"rate_per_second": 77, "burst": 88}
        environments["prod"]["gateway"]["route_throttles"]["GET /health"] = {"rate_per_second": 3, "burst": 4}
        environments["staging"]["app"]["max_spaces_per_user"] = 41
        environments["dev"]["identity"]["id_token_minutes"] = 23
        rows = {row.split("|")[1].strip(): row for row in limits(environments).splitlines() if "|" in row}
        assert rows["Requests to any other route"].endswith("| 77 a second, 88 at once |")
        assert rows["Requests to `GET /health`"].endswith("| 3 a second, 4 at once |")
        assert rows["Spaces that one user may be in"].split("|")[4].strip() == "41"
        assert rows["Minutes that an ID token is valid"].split("|")[3].strip() == "23"

    def test_every_environment_has_a_column(self, environments: dict[str, Any]) -> None:
        assert set(environments) == set(limits().splitlines()[2].replace("|", " ").split()[1:])


class TestChangelog:
    @pytest.fixture
    def documents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The same document twice, with different versions."""
        old, new = load(), copy.deepcopy(load())
        old["info"]["version"], new["info"]["version"] = "1.0.0", "1.1.0"
        return old, new

    def test_same_documents_have_no_changes(self, documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
        text = changelog(*documents, "# Changelog\n")
        assert "From 1.0.0 to 1.1.0" in text
        assert "## Breaking changes\n\nNone" in text
        assert "## New" not in text

    def test_names_additions_and_what_breaks(self, documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
        old, new = documents
        del old["paths"]["/api/v1/operations/{operation_id}"]
        del new["paths"]["/health"]
        parameters = old["paths"]["/api/v1/spaces/{space_id}/journals"]["get"]["parameters"]
        parameters[:] = [each for each in parameters if each["name"] != "pinned"]
        del old["components"]["schemas"]["Space"]["properties"]["description"]
        old["components"]["schemas"]["Emoji"]["enum"].remove("hug")
        text = changelog(old, new, "# Changelog\n\n## 0.2.0\n\n- Faster\n")
        assert "- `GET /health: is gone`" in text
        assert "(get-operation.md): `GET /api/v1/operations/{operation_id}`" in text
        assert "(list-journals.md): `pinned`" in text
        assert "- [Space](schemas.md#Space): `description`" in text
        assert "- [Emoji](schemas.md#Emoji): `hug`" in text
        assert "## Clients\n\n## 0.2.0" not in text
        assert "### 0.2.0\n\n- Faster" in text

    def test_same_break_in_many_places_is_named_once(
        self, documents: tuple[dict[str, Any], dict[str, Any]]
    ) -> None:
        old, new = documents
        for path in ("/api/v1/users/me/spaces", "/api/v1/spaces"):
            new["paths"][path]["get"]["parameters"] = []
        lines = changelog(old, new, "# Changelog\n").splitlines()
        (found,) = [line for line in lines if "query limit is gone" in line]
        assert found == "- `GET /api/v1/spaces: query limit is gone`, and 1 more of the same"

    def test_names_new_errors(self, documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
        old, new = documents
        for response in old["components"]["responses"].values():
            response["content"]["application/problem+json"]["examples"].pop("template_changed", None)
        assert "- [`template_changed`](errors.md#template_changed)" in changelog(old, new, "# Changelog\n")
