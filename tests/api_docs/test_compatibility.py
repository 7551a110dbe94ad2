"""What a caller of the last release may rely on, told by small changes to a small contract."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api_docs import compatibility
from api_docs.compatibility import allowed, breaks

Change = Callable[[dict[str, Any]], Any]

THING = {
    "title": "Thing",
    "type": "object",
    "required": ["name", "count"],
    "properties": {
        "name": {"type": "string", "maxLength": 100, "minLength": 1},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "count": {"type": "integer", "minimum": 1, "default": 1},
        "day": {"type": "string", "format": "date"},
        "colour": {"$ref": "#/components/schemas/Colour"},
        "shapes": {"type": "array", "items": {"$ref": "#/components/schemas/Shape"}},
        "marks": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}
ROUND, SQUARE = (
    {"type": "object", "title": name, "properties": {"kind": {"type": "string", "const": name}}}
    for name in ("round", "square")
)
OPERATION = {
    "operationId": "update_thing",
    "parameters": [{"in": "query", "name": "limit", "required": False, "schema": {"type": "integer"}}],
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingPatch"}}}},
    "responses": {
        "200": {
            "headers": {"ETag": {}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
        },
        "404": {"$ref": "#/components/responses/404"},
    },
}
CONTRACT: dict[str, Any] = {
    "info": {"version": "1.4.0"},
    "paths": {
        "/things/{id}": {
            "patch": OPERATION,
            "delete": {"operationId": "delete_thing", "responses": {"204": {"headers": {}}}},
        }
    },
    "components": {
        "schemas": {
            "Thing": THING,
            "ThingPatch": copy.deepcopy(THING) | {"title": "ThingPatch"},
            "Colour": {"type": "string", "enum": ["red", "green"]},
            "Shape": {"oneOf": [ROUND, SQUARE], "discriminator": {"propertyName": "kind"}},
        }
    },
}


def after(change: Change) -> list[str]:
    new = copy.deepcopy(CONTRACT)
    change(new)
    return breaks(CONTRACT, new)


def schema(new: dict[str, Any], name: str, field: str = "") -> dict[str, Any]:
    found: dict[str, Any] = new["components"]["schemas"][name]
    return found["properties"][field] if field else found


def patch(new: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = new["paths"]["/things/{id}"]["patch"]
    return found


class TestCompatibleChange:
    def test_compatible_change_breaks_nothing(self) -> None:
        assert after(lambda new: None) == []

    def test_compatible_change_adds_to_responses(self) -> None:
        def grow(new: dict[str, Any]) -> None:
            new["paths"]["/others"] = {"get": OPERATION}
            patch(new)["parameters"].append(
                {"in": "query", "name": "tag", "required": False, "schema": {"type": "string"}}
            )
            patch(new)["responses"]["409"] = {"$ref": "#/components/responses/409"}
            for name in ("Thing", "ThingPatch"):
                schema(new, name)["properties"]["more"] = {"type": "string"}
            schema(new, "Colour")["enum"].append("blue")
            schema(new, "Shape")["oneOf"].append(
                {"type": "object", "properties": {"kind": {"type": "string", "const": "oval"}}}
            )
            schema(new, "ThingPatch", "name").update(maxLength=200, minLength=0)
            schema(new, "ThingPatch", "count")["type"] = "number"
            schema(new, "Thing")["required"].append("day")

        assert after(grow) == []


class TestOperations:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda new: new["paths"].clear(), "DELETE /things/{id}: is gone"),
            (lambda new: patch(new).update(operationId="x"), "operationId was update_thing"),
            (lambda new: patch(new).update(security=[{"Cognito": []}]), "a token is needed now"),
            (lambda new: patch(new).update(parameters=[]), "query limit is gone"),
            (lambda new: patch(new)["parameters"][0].update(required=True), "query limit is required now"),
            (
                lambda new: patch(new)["parameters"][0]["schema"].update(maximum=9),
                "query limit: maximum was None, is 9",
            ),
            (lambda new: patch(new).pop("requestBody"), "the body is gone"),
            (
                lambda new: new["paths"]["/things/{id}"]["delete"].update(requestBody={"content": {}}),
                "DELETE /things/{id}: a body is required now",
            ),
            (lambda new: patch(new)["responses"].pop("200"), "200 is gone"),
            (lambda new: patch(new)["responses"]["200"]["headers"].clear(), "200: header ETag is gone"),
        ],
    )
    def test_operations_must_stay_as_they_were(self, change: Change, said: str) -> None:
        assert any(said in line for line in after(change))


class TestRequestSchema:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda new: schema(new, "ThingPatch")["required"].append("day"), "body.day: is required now"),
            (lambda new: schema(new, "ThingPatch")["properties"].pop("day"), "body.day: is gone"),
            (lambda new: schema(new, "ThingPatch").update(additionalProperties=False), "are refused"),
            (lambda new: schema(new, "ThingPatch", "name").update(maxLength=50), "maxLength was 100, is 50"),
            (lambda new: schema(new, "ThingPatch", "name").update(minLength=2), "minLength was 1, is 2"),
            (lambda new: schema(new, "ThingPatch", "name").update(pattern="a"), "pattern was None, is a"),
            (lambda new: schema(new, "ThingPatch", "day").update(format="time"), "format was date, is time"),
            (lambda new: schema(new, "ThingPatch", "count").update(default=2), "default was 1, is 2"),
            (lambda new: schema(new, "ThingPatch", "count").update(type="string"), "integer is refused"),
            (lambda new: schema(new, "ThingPatch", "note")["anyOf"].pop(), "body.note: null is refused"),
            (lambda new: schema(new, "Colour")["enum"].pop(), "body.colour: 'green' is refused"),
            (lambda new: schema(new, "Shape")["oneOf"].pop(), "body.shapes[]: kind square is refused"),
        ],
    )
    def test_request_schema_must_still_be_taken(self, change: Change, said: str) -> None:
        (line,) = after(change)
        assert line.startswith("PATCH /things/{id}: body")
        assert said in line


class TestResponseSchema:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda new: schema(new, "Thing")["properties"].pop("name"), "200.name: is gone"),
            (lambda new: schema(new, "Thing")["required"].pop(), "200.count: may be missing now"),
            (lambda new: schema(new, "Thing", "count").update(type="number"), "was integer, is number"),
            (lambda new: schema(new, "Thing", "day").update(format="time"), "format was date, is time"),
            (
                lambda new: new["components"]["schemas"]["Thing"]["properties"].update(
                    name=schema(new, "Thing", "note")
                ),
                "200.name: was string, is string or null",
            ),
            (
                lambda new: schema(new, "Thing", "marks")["additionalProperties"].update(type="string"),
                "200.marks[]: was integer, is string",
            ),
        ],
    )
    def test_response_schema_must_still_be_understood(self, change: Change, said: str) -> None:
        (line,) = after(change)
        assert line.startswith("PATCH /things/{id}: 200")
        assert said in line


class TestVersions:
    @pytest.mark.parametrize(("old", "new"), [("1.4.2", "2.0.0"), ("0.1.3", "0.2.0"), ("0.9.0", "1.0.0")])
    def test_versions_that_allow_it(self, old: str, new: str) -> None:
        assert allowed(old, new)

    @pytest.mark.parametrize(("old", "new"), [("1.4.2", "1.5.0"), ("0.1.3", "0.1.4"), ("2.0.0", "2.0.0")])
    def test_versions_that_do_not(self, old: str, new: str) -> None:
        assert not allowed(old, new)


class TestCommand:
    @pytest.fixture
    def current(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The new contract, in which an operation is gone."""
        released, current = tmp_path / "released.json", tmp_path / "openapi.json"
        released.write_text(json.dumps(CONTRACT))
        new = copy.deepcopy(CONTRACT)
        del new["paths"]["/things/{id}"]["delete"]
        current.write_text(json.dumps(new))
        monkeypatch.setattr(compatibility, "RELEASED", released)
        monkeypatch.setattr(compatibility, "CURRENT", current)
        return current

    def test_command_fails_and_says_what_breaks(
        self, current: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert compatibility.main() == 1
        said = capsys.readouterr().err
        assert "breaks 1.4.0: DELETE /things/{id}: is gone\n" in said
        assert "error: 1 breaking changes, and the version is 1.4.0\n" in said

    def test_command_lets_a_version_pass_that_says_so(self, current: Path) -> None:
        current.write_text(current.read_text().replace("1.4.0", "2.0.0"))
        assert compatibility.main() == 0

    def test_command_takes_what_is_committed(self) -> None:
        assert compatibility.main() == 0
