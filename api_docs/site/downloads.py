"""Files beside the pages: the OpenAPI document with servers, a Postman collection, and `llms.txt`."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from api_docs.site.document import ROOT, Operation, Part, by_tag
from api_docs.site.permissions import who_may_call
from stacks.settings import STAGE_NAME, load_settings

COLLECTION = "lifestyle-spaces.postman_collection.json"
_CONVERTER = ROOT / "node_modules" / "openapi-to-postmanv2" / "bin" / "openapi2postmanv2.js"
_OPTIONS = {
    "folderStrategy": "Tags",
    "requestParametersResolution": "Example",
    "requestNameSource": "Fallback",
}
# Of the parameters outside of paths, all of which are optional.
_SENT = {"Content-Type": {}, "Idempotency-Key": {"value": "{{$guid}}"}}


def with_servers(document: Part) -> dict[str, Any]:
    """The document with the address of each environment; what a deployment decides is a variable."""
    cdk = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    environments = cdk["context"]["environments"]
    return {**document, "servers": [_server(environments, name) for name in environments]}


def _server(environments: Mapping[str, Any], name: str) -> dict[str, Any]:
    gateway = load_settings(environments, name).gateway
    if gateway.domain is not None:
        return {"url": f"https://{gateway.domain.name}", "description": name}
    if gateway.emulator_id is not None:
        return {
            "url": f"http://127.0.0.1:{{port}}/restapis/{gateway.emulator_id}/{STAGE_NAME}/_user_request_",
            "description": f"{name}: `make local`",
            "variables": {"port": {"default": "4566", "description": "LOCAL_PORT"}},
        }
    return {
        "url": f"https://{{api_id}}.execute-api.{{region}}.amazonaws.com/{STAGE_NAME}",
        "description": f"{name}: the stack's output ApiUrl",
        "variables": {
            "api_id": {"default": "api_id", "description": "Of the deployment"},
            "region": {"default": "region", "description": "Of the deployment"},
        },
    }


def write_downloads(document: Part, pages: Mapping[str, str], target: Path) -> None:
    """Writes all files into the folder of the site. `pages` are the titles of the guide by their names."""
    served = with_servers(document)
    (target / "openapi.json").write_text(json.dumps(served, indent=2, ensure_ascii=False), encoding="utf-8")
    text = yaml.safe_dump(served, sort_keys=False, allow_unicode=True, width=110)
    (target / "openapi.yaml").write_text(text, encoding="utf-8")
    collection = json.dumps(postman_collection(served), indent=1, ensure_ascii=False)
    (target / COLLECTION).write_text(collection, encoding="utf-8")
    (target / "llms.txt").write_text(llms_text(document, pages), encoding="utf-8")


def postman_collection(document: Part) -> dict[str, Any]:
    """A Postman collection (v2.1) with a request for each operation and a folder for each tag.

    The parameters of paths are variables of the collection, as are `baseUrl` and `bearerToken`.

    Raises:
        subprocess.CalledProcessError: the converter failed.
    """
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "collection.json")
        source.write_text(json.dumps(_without_answers(document)), encoding="utf-8")
        options = ",".join(f"{name}={value}" for name, value in _OPTIONS.items())
        node = Path(sys.executable).with_name("node")
        command: list[str | Path] = [node, _CONVERTER, "-s", source, "-o", target, "-O", options]
        subprocess.run(command, check=True, capture_output=True)
        collection: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    names: set[str] = set()
    for request in _requests(collection):
        for variable in request["url"]["variable"]:
            names.add(variable["key"])
            variable["value"] = f"{{{{{variable['key']}}}}}"
        for parameter in (*request["url"]["query"], *request.get("header", [])):
            parameter.update(_SENT.get(parameter["key"], {"disabled": True}))
    collection["variable"] += [{"key": name, "value": ""} for name in (*sorted(names), "bearerToken")]
    return collection


def _requests(folder: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in folder["item"]:
        if "request" in item:
            yield item["request"]
        else:
            yield from _requests(item)


def _without_answers(document: Part) -> dict[str, Any]:
    """The document without the answers, whose examples would make up most of the file."""
    changed = copy.deepcopy(dict(document))
    for path in changed["paths"].values():
        for method in path.values():
            method["responses"] = {"default": {"description": "See the documentation"}}
    return changed


def llms_text(document: Part, pages: Mapping[str, str]) -> str:
    """The contents of the site for language models, in the format of llmstxt.org."""
    parts = ["# Lifestyle Spaces API", f"> {document['info']['description'].partition(chr(10))[0]}"]
    guide = [f"- [{title}]({name}.html)" for name, title in pages.items()]
    parts += ["## Guide", "\n".join(guide)]
    for tag, group in by_tag(document):
        parts += [f"## {tag.capitalize()}", "\n".join(map(_line, group))]
    parts += ["## Optional", "- [OpenAPI as YAML](openapi.yaml)\n- [Schemas](schemas.html)"]
    return "\n\n".join(parts) + "\n"


def _line(operation: Operation) -> str:
    call = f"{operation.method.upper()} {operation.path}"
    return f"- [{call}]({operation.slug}.html): {operation.summary}. {who_may_call(operation)}"
