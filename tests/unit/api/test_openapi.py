"""What the committed contract states. That it is the app's own is tested in `tests/infra`."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app.api import errors, openapi_descriptions
from app.api.openapi import document
from app.api.openapi_examples import Examples
from app.api.routing import all_routes
from app.models.fields import Input
from tests.conftest import SETTINGS

# What answers without a token, and what changes nothing that could have changed meanwhile.
OPEN = {("get", "/health")}


def operations(content: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation, with the answers that several share written out."""
    for path, methods in content["paths"].items():
        for method, operation in methods.items():
            answers = {
                status: resolve(content, answer["$ref"]) if "$ref" in answer else answer
                for status, answer in operation["responses"].items()
            }
            yield method, path, operation | {"responses": answers}


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return document(all_routes())


def resolve(content: dict[str, Any], reference: str) -> Any:
    found: Any = content
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def kinds_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Every model that is made from this one; of a generic one, those with its parts filled in last."""
    for kind in model.__subclasses__():
        yield kind
        yield from kinds_of(kind)


class TestDocument:
    def test_document_is_the_same_each_time_it_is_made(self, content: dict[str, Any]) -> None:
        assert document(all_routes()) == content

    def test_document_refers_to_nothing_that_is_not_there(self, content: dict[str, Any]) -> None:
        for reference in re.findall(r"'\$ref': '([^']+)'", str(content)):
            assert resolve(content, reference)

    def test_document_names_what_clients_are_made_of_as_people_do(self, content: dict[str, Any]) -> None:
        names = content["components"]["schemas"]
        assert {"Space", "SpaceCreate", "SpacePatch", "SpacePage", "CheckInPage"} <= set(names)
        assert {"InvitationBatch", "OrganizationInvitationBatch", "Problem"} <= set(names)
        assert [name for name in names if not re.fullmatch(r"([A-Z][a-z]*)+", name) or "View" in name] == []
        assert all(schema["title"] == name for name, schema in names.items())

    def test_document_keeps_all_schemas_when_named(self, content: dict[str, Any]) -> None:
        named = set(content["components"]["schemas"]) - {"Problem", "FieldError"}
        generated = get_openapi(title="", version="", routes=all_routes())
        assert len(named) == len(generated["components"]["schemas"])

    def test_document_says_bounds_in_the_words_of_json_schema(self, content: dict[str, Any]) -> None:
        scale = content["components"]["schemas"]["ScaleSection"]["properties"]["min"]
        assert (scale["minimum"], scale["maximum"]) == (-1000, 1000)
        assert re.findall(r"'(?:ge|gt|le|lt)': ", str(content)) == []

    def test_document_describes_every_tag_and_no_other(self, content: dict[str, Any]) -> None:
        used = {tag for _, _, operation in operations(content) for tag in operation["tags"]}
        assert [tag["name"] for tag in content["tags"]] == sorted(used)
        assert all(tag["description"] for tag in content["tags"])

    def test_document_has_no_secret_and_no_address(self, content: dict[str, Any]) -> None:
        assert "servers" not in content
        assert SETTINGS.table_name not in str(content)


class TestOperations:
    def test_operations_have_names_of_their_own(self, content: dict[str, Any]) -> None:
        names = [operation["operationId"] for _, _, operation in operations(content)]
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names)

    def test_operations_say_in_a_sentence_what_they_do(self, content: dict[str, Any]) -> None:
        for _, _, operation in operations(content):
            assert operation["description"].startswith(operation["summary"])
            assert 5 < len(operation["summary"]) < 120
            assert "." not in operation["summary"]

    def test_operations_need_a_token_but_for_health(self, content: dict[str, Any]) -> None:
        for method, path, operation in operations(content):
            assert operation.get("security", []) == ([] if (method, path) in OPEN else [{"Cognito": []}])

    def test_operations_stand_below_the_version_but_for_health(self, content: dict[str, Any]) -> None:
        assert all(path.startswith("/api/v1/") or path == "/health" for path in content["paths"])

    def test_operations_describe_every_parameter(self, content: dict[str, Any]) -> None:
        for _, path, operation in operations(content):
            for parameter in operation.get("parameters", []):
                assert parameter.get("description"), (path, parameter["name"])

    def test_operations_take_no_null_but_in_bodies(self, content: dict[str, Any]) -> None:
        for _, _, operation in operations(content):
            assert "'null'" not in str(operation.get("parameters"))


class TestConventions:
    """What `docs` state for every operation of a kind."""

    def named(self, operation: dict[str, Any]) -> set[str]:
        return {parameter["name"] for parameter in operation.get("parameters", [])}

    def test_every_answer_names_its_request(self, content: dict[str, Any]) -> None:
        for _, _, operation in operations(content):
            assert all("X-Request-Id" in answer["headers"] for answer in operation["responses"].values())

    def test_what_is_made_or_started_has_a_place(self, content: dict[str, Any]) -> None:
        for _, _, operation in operations(content):
            for status in {"201", "202"} & set(operation["responses"]):
                assert "Location" in operation["responses"][status]["headers"]

    def test_every_post_may_be_repeated(self, content: dict[str, Any]) -> None:
        for method, _, operation in operations(content):
            assert ("Idempotency-Key" in self.named(operation)) is (method == "post")
            if method == "post":
                conflicts = operation["responses"]["409"]["content"]["application/problem+json"]
                assert "request_in_progress" in conflicts["examples"]
                made = next(
                    operation["responses"][status] for status in operation["responses"] if status < "3"
                )
                assert "Idempotency-Replayed" in made["headers"]

    def test_every_body_may_be_unreadable_or_too_large(self, content: dict[str, Any]) -> None:
        for _, _, operation in operations(content):
            assert ({"400", "413"} <= set(operation["responses"])) is ("requestBody" in operation)

    def test_every_change_may_collide_with_others(self, content: dict[str, Any]) -> None:
        for method, _, operation in operations(content):
            conflict = operation["responses"].get("409", {"content": {}})["content"]
            named = conflict.get("application/problem+json", {}).get("examples", {})
            assert ("conflict" in named) is (method != "get")

    def test_every_change_of_something_may_be_bound_to_its_version(self, content: dict[str, Any]) -> None:
        for method, _, operation in operations(content):
            assert ("If-Match" in self.named(operation)) is (method in {"patch", "put", "delete"})
            assert ("412" in operation["responses"]) is ("If-Match" in self.named(operation))

    def test_what_has_a_tag_may_be_known_already(self, content: dict[str, Any]) -> None:
        for method, _, operation in operations(content):
            tagged = "ETag" in operation["responses"].get("200", {}).get("headers", {})
            known = ("If-None-Match" in self.named(operation), "304" in operation["responses"])
            assert known == ((tagged, tagged) if method == "get" else (False, False))

    def test_every_list_comes_in_pages(self, content: dict[str, Any]) -> None:
        for _, _, operation in operations(content):
            schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
            reference = schema.get("schema", {}).get("$ref", "")
            assert reference.endswith("Page") is ({"limit", "cursor"} <= self.named(operation))

    def test_every_refusal_is_a_problem(self, content: dict[str, Any]) -> None:
        for _, _, operation in operations(content):
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"]

    def test_every_body_rejects_fields_that_it_does_not_know(self, content: dict[str, Any]) -> None:
        for _, _, operation in operations(content):
            if "requestBody" in operation:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                assert resolve(content, schema["$ref"])["additionalProperties"] is False


class TestExamples:
    def shown(self, content: dict[str, Any], media: dict[str, Any]) -> Any:
        (example, *_) = media["examples"].values()
        return resolve(content, example["$ref"])["value"]

    def test_examples_stand_at_every_body_and_every_answer(self, content: dict[str, Any]) -> None:
        for _, path, operation in operations(content):
            for place in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media in place.get("content", {}).values():
                    assert self.shown(content, media), path

    def test_examples_of_bodies_are_what_the_app_takes(self, content: dict[str, Any]) -> None:
        models = {model.__name__: model for model in kinds_of(Input)}
        for _, _, operation in operations(content):
            if "requestBody" in operation:
                media = operation["requestBody"]["content"]["application/json"]
                models[media["schema"]["$ref"].rpartition("/")[2]].model_validate(self.shown(content, media))

    def test_examples_of_bodies_leave_out_what_need_not_be_sent(self, content: dict[str, Any]) -> None:
        examples = content["components"]["examples"]
        assert set(examples["SpaceCreate"]["value"]) == {"name", "description", "category"}
        assert set(examples["CommentCreate"]["value"]) == {"text"}
        assert set(examples["SpacePatch"]["value"]) == {
            "name",
            "description",
            "visibility",
            "category",
            "allow_backfill",
        }

    def test_examples_stand_at_every_field(self, content: dict[str, Any]) -> None:
        for schema in content["components"]["schemas"].values():
            for field in schema.get("properties", {}).values():
                assert "$ref" in field or len(field["examples"]) == 1

    def test_examples_are_asked_for_by_name_if_there_is_none(self) -> None:
        schema = {"title": "Thing", "properties": {"colour_of_it": {"type": "string"}}}
        content = {"paths": {}, "components": {"schemas": {"Thing": schema}}}
        with pytest.raises(KeyError, match=r"Thing\.colour_of_it"):
            Examples(content).give()


class TestPermissions:
    def test_permissions_are_told_of_every_operation(self, content: dict[str, Any]) -> None:
        for method, path, operation in operations(content):
            asks_nothing = operation["x-permission"] == {"needs": "nothing"}
            assert asks_nothing == ((method, path) in OPEN)

    @pytest.mark.parametrize(
        ("method", "path", "permission"),
        [
            ("get", "/health", {"needs": "nothing"}),
            ("post", "/api/v1/users", {"needs": "token"}),
            ("get", "/api/v1/users/me", {"needs": "profile"}),
            (
                "delete",
                "/api/v1/spaces/{space_id}",
                {"needs": "role", "place": "space", "action": "delete_space", "roles": ["owner"]},
            ),
            (
                "patch",
                "/api/v1/organizations/{org_id}",
                {
                    "needs": "role",
                    "place": "organization",
                    "action": "manage_organization",
                    "roles": ["admin"],
                },
            ),
            (
                "post",
                "/api/v1/spaces/{space_id}/invitations",
                {"needs": "role", "place": "space", "action": "invite", "roles": ["owner", "admin"]},
            ),
        ],
    )
    def test_permissions_are_the_most_that_the_signature_asks(
        self, content: dict[str, Any], method: str, path: str, permission: dict[str, Any]
    ) -> None:
        assert content["paths"][path][method]["x-permission"] == permission

    def test_count_whoever_sees_a_public_space_as_a_visitor(self, content: dict[str, Any]) -> None:
        asked = content["paths"]["/api/v1/spaces/{space_id}"]["get"]["x-permission"]
        assert asked["roles"] == ["owner", "admin", "member", "viewer", "visitor"]


class TestPatches:
    def test_nested_objects_are_those_that_a_test_patches(self, content: dict[str, Any]) -> None:
        """A new object inside a PATCH has to be merged (RFC 7396), and a test to show it."""

        def is_object(schema: dict[str, Any]) -> bool:
            schema = resolve(content, schema["$ref"]) if "$ref" in schema else schema
            kinds = schema.get("anyOf", ()), schema.get("oneOf", ())
            return schema.get("type") == "object" or any(is_object(kind) for each in kinds for kind in each)

        nested = {
            f"{name}.{field}"
            for name, schema in content["components"]["schemas"].items()
            if name.endswith("Patch")
            for field, part in schema["properties"].items()
            if is_object(part)
        }
        assert nested == {
            "UserPatch.preferences",
            "PreferencesPatch.mail",
            "PreferencesPatch.notifications",
            "HabitPatch.cadence",  # which is replaced whole: its kind decides which other fields it has
        }


class TestFields:
    """What a generated client knows of each field."""

    @pytest.fixture
    def fields(self, content: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Each field of each schema, by `Schema.field`."""
        return {
            f"{name}.{field}": part
            for name, schema in content["components"]["schemas"].items()
            for field, part in schema.get("properties", {}).items()
        }

    def test_fields_have_descriptions(
        self, fields: dict[str, dict[str, Any]], content: dict[str, Any]
    ) -> None:
        assert [name for name, part in fields.items() if not part.get("description")] == []
        parameters = [
            parameter
            for _, _, operation in operations(content)
            for parameter in operation.get("parameters", [])
        ]
        assert [parameter["name"] for parameter in parameters if not parameter.get("description")] == []

    def test_fields_use_each_description(self, fields: dict[str, dict[str, Any]]) -> None:
        given = {name: part["description"] for name, part in fields.items()}
        shared = {
            (name.partition(".")[2], text)
            for name, text in given.items()
            if name not in openapi_descriptions.BY_SCHEMA_AND_FIELD
        }
        assert set(openapi_descriptions.BY_FIELD.items()) - shared == set()
        assert openapi_descriptions.BY_SCHEMA_AND_FIELD.items() <= given.items()

    def test_fields_that_are_times_and_days_have_their_format(
        self, fields: dict[str, dict[str, Any]]
    ) -> None:
        def formats(part: dict[str, Any]) -> set[str]:
            kinds = [kind for kind in part.get("anyOf", [part]) if kind.get("type") != "null"]
            return {kind.get("format", "none") for kind in kinds}

        times = {name: formats(part) for name, part in fields.items() if re.search(r"_(at|to)$", name)}
        days = {
            name: formats(part) for name, part in fields.items() if re.search(r"(\.date|_on|_since)$", name)
        }

        assert {name: found for name, found in times.items() if found != {"date-time"}} == {}
        assert {name: found for name, found in days.items() if found != {"date"}} == {}
        assert len(times) > 40
        assert len(days) > 5

    def test_fields_that_are_sent_as_text_have_limits(self, fields: dict[str, dict[str, Any]]) -> None:
        inputs = re.compile(r"\w*(Create|Patch|Put|Batch|Request|Transfer|Answer|Section|Entry)\.")
        texts = {
            f"{name} {kind}"
            for name, part in fields.items()
            if inputs.match(name)
            for kind in (part, part.get("items", {}), *part.get("anyOf", ()))
            if kind.get("type") == "string"
            and not {"maxLength", "pattern", "enum", "format", "const"} & kind.keys()
        }
        assert texts == set()

    def test_fields_that_are_unions_are_named_and_discriminated(self, content: dict[str, Any]) -> None:
        def unions(part: Any) -> Iterator[dict[str, Any]]:
            if isinstance(part, dict):
                kinds = part.get("oneOf", []) + part.get("anyOf", [])
                if len([kind for kind in kinds if kind.get("type") != "null"]) > 1:
                    yield part
            for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
                yield from unions(inner)

        named = {
            name for name, schema in content["components"]["schemas"].items() if "discriminator" in schema
        }
        assert named == {"Answer", "Cadence", "CheckIn", "Section"}
        assert [
            union for union in unions(content["components"]["schemas"]) if "discriminator" not in union
        ] == []
        assert len([*unions(content["components"]["schemas"])]) == len(named)
        tags = {content["components"]["schemas"][name]["discriminator"]["propertyName"] for name in named}
        assert tags == set(errors._TAG_FIELDS)
