"""Samples of each operation: curl, and the two clients that `make clients` generates."""

import json
import re
from typing import Any

from api_docs.site.document import JSON, Operation, Part, body

_LITERALS = {"true": "True", "false": "False", "null": "None"}


def curl(document: Part, operation: Operation) -> str:
    """A command for a shell in which `API_URL`, `TOKEN` and the path's parameters are set."""
    path = re.sub(r"{(\w+)}", lambda found: f"${found[1].upper()}", operation.path)
    sent = body(document, operation)
    lines = [f'curl -X {operation.method.upper()} "$API_URL{path}"']
    if operation.content["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if _takes_key(operation):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if sent is not None:
        lines.append(f'-H "Content-Type: {JSON}"')
        text = json.dumps(sent, indent=2, ensure_ascii=False).replace("'", r"'\''")
        lines.append(f"-d '{text}'")
    return " \\\n  ".join(lines)


def typescript(document: Part, operation: Operation) -> str:
    """A call of the TypeScript client; the path's parameters are variables in camelCase."""
    path = [f"{each['name']}: {_camel(each['name'])}" for each in operation.parameters("path")]
    options = [f"params: {{ path: {{ {', '.join(path)} }} }}"] if path else []
    sent = body(document, operation)
    if sent is not None:
        options.append(f"body: {_javascript(sent, depth=1)}")
    arguments = f'"{operation.path}"'
    if options:
        arguments += ", {\n" + "".join(f"  {option},\n" for option in options) + "}"
    name = _answer_name(operation)
    assigned = f"const {_camel(name)} = " if name else ""
    return f"{assigned}await dataOf(client.{operation.method.upper()}({arguments}));"


def python(document: Part, operation: Operation) -> str:
    """A call of the Python client; the path's parameters are variables."""
    module = operation.content["operationId"]
    package = re.sub(r"\W", "_", operation.tag)
    imports = [
        "from lifestyle_spaces_client import result",
        f"from lifestyle_spaces_client.api.{package} import {module}",
    ]
    arguments = [*(each["name"] for each in operation.parameters("path")), "client=client"]
    sent = body(document, operation)
    if sent is not None:
        model = operation.content["requestBody"]["content"][JSON]["schema"]["$ref"].rpartition("/")[2]
        imports.append(f"from lifestyle_spaces_client.models import {model}")
        arguments.append(f"body={model}.from_dict({_indented(_python(sent), 8).lstrip()})")
    name = _answer_name(operation)
    lines = "".join(f"        {each},\n" for each in arguments)
    call = f"result(\n    {module}.sync_detailed(\n{lines}    )\n)"
    return "\n".join([*imports, "", f"{name} = {call}" if name else call])


def samples(document: Part, operation: Operation) -> str:
    """The three as tabs, in Markdown."""
    kinds = (
        ("curl", "bash", curl(document, operation)),
        ("TypeScript", "ts", typescript(document, operation)),
        ("Python", "python", python(document, operation)),
    )
    return "\n\n".join(
        f'=== "{title}"\n\n' + _indented(f"```{language}\n{text}\n```", 4) for title, language, text in kinds
    )


def _takes_key(operation: Operation) -> bool:
    return any(each["name"] == "Idempotency-Key" for each in operation.parameters("header"))


def _answer_name(operation: Operation) -> str:
    """What the variable for the answer is called; empty where there is no body."""
    for status, answer in operation.content["responses"].items():
        if status.startswith("2") and JSON in answer.get("content", {}):
            schema = answer["content"][JSON]["schema"]
            name = schema.get("$ref", "/Answer").rpartition("/")[2]
            return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return ""


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _javascript(value: Any, depth: int) -> str:
    """The value as a JavaScript literal: JSON without quotes around plain keys."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _indented(re.sub(r'^( *)"(\w+)":', r"\1\2:", text, flags=re.MULTILINE), 2 * depth).lstrip()


def _python(value: Any) -> str:
    """The value as a Python literal: in indented JSON, only a literal ends a line without a quote."""
    text = json.dumps(value, indent=4, ensure_ascii=False)
    return re.sub(
        r"\b(true|false|null)(,?)$", lambda found: _LITERALS[found[1]] + found[2], text, flags=re.MULTILINE
    )


def _indented(text: str, spaces: int) -> str:
    return re.sub(r"^(?=.)", " " * spaces, text, flags=re.MULTILINE)
