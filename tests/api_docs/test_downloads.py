"""The files beside the pages: the OpenAPI document, the Postman collection and llms.txt."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from api_docs.site.document import load, operations
from api_docs.site.downloads import COLLECTION, with_servers, write_downloads

DOCUMENT = load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("downloads")
    write_downloads(DOCUMENT, {"index": "Getting started"}, folder)
    return folder


@pytest.fixture(scope="module")
def collection(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / COLLECTION).read_text(encoding="utf-8"))
    return found


def requests(collection: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        request
        for item in collection["item"]
        for request in ([item["request"]] if "request" in item else requests(item))
    ]


class TestOpenapi:
    def test_has_a_server_for_each_environment(self) -> None:
        local, *others = with_servers(DOCUMENT)["servers"]
        assert local["url"] == "http://127.0.0.1:{port}/restapis/lifestyle-spaces/live/_user_request_"
        assert [each["description"].partition(":")[0] for each in others] == ["dev", "staging", "prod"]
        assert {each["url"] for each in others} == {
            "https://{api_id}.execute-api.{region}.amazonaws.com/live"
        }

    def test_json_and_yaml_say_the_same(self, folder: Path) -> None:
        from_json = json.loads((folder / "openapi.json").read_text(encoding="utf-8"))
        assert from_json == yaml.safe_load((folder / "openapi.yaml").read_text(encoding="utf-8"))
        assert from_json["paths"] == DOCUMENT["paths"]


class TestPostmanCollection:
    def test_has_a_request_for_each_operation(self, collection: dict[str, Any]) -> None:
        found = {
            (each["method"], "/" + "/".join(each["url"]["path"]).replace(":", ""))
            for each in requests(collection)
        }
        assert found == {
            (each.method.upper(), each.path.replace("{", "").replace("}", ""))
            for each in operations(DOCUMENT)
        }

    def test_ids_in_paths_are_variables(self, collection: dict[str, Any]) -> None:
        values = {each["value"] for request in requests(collection) for each in request["url"]["variable"]}
        assert {"{{space_id}}", "{{goal_id}}", "{{date}}"} <= values
        assert {value.strip("{}") for value in values} <= {each["key"] for each in collection["variable"]}

    def test_sends_the_token_and_a_new_key(self, collection: dict[str, Any]) -> None:
        (post,) = [
            each
            for each in requests(collection)
            if each["method"] == "POST" and each["url"]["path"] == ["api", "v1", "spaces"]
        ]
        assert post["auth"]["bearer"] == [{"key": "token", "value": "{{bearerToken}}"}]
        keys = [each for each in post["header"] if each["key"] == "Idempotency-Key"]
        assert [(each["value"], each["disabled"]) for each in keys] == [("{{$guid}}", False)]

    def test_optional_parameters_are_disabled(self, collection: dict[str, Any]) -> None:
        sent = {
            each["key"]
            for request in requests(collection)
            for each in (*request["url"]["query"], *request.get("header", []))
            if not each.get("disabled")
        }
        assert sent == {"Content-Type", "Idempotency-Key"}


class TestLlmsText:
    def test_names_the_guide_and_each_operation_with_who_may_call_it(self, folder: Path) -> None:
        text = (folder / "llms.txt").read_text(encoding="utf-8")
        assert "- [Getting started](index.html)" in text
        summary = DOCUMENT["paths"]["/api/v1/spaces/{space_id}"]["delete"]["summary"]
        call = "- [DELETE /api/v1/spaces/{space_id}](delete-space.html)"
        assert f"{call}: {summary}. The `owner` of the space.\n" in text
        assert text.count("/api/v1/") + 1 >= len(operations(DOCUMENT))
