"""The CPU that one request can cost, whatever its fields hold: at most one second on a machine of 2026.

CPU time of this process, not the time that passes, so a busy machine changes little. What is measured is
far below the limit, and most of it is the emulated AWS: parsers and backtracking regular expressions that
these texts were made for need from 5 seconds to hours.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services import plain_text
from tests.security.conftest import BODIES, ENTRY, SPACE, Target

MAX_CPU_S = 1.0
LONGEST_CONTENT = 300_000
LONGEST_TEXT = 950_000  # with the other fields just below the limit of a body
DOCUMENT = json.loads((Path(__file__).parents[2] / "contract/openapi.json").read_text())
PATTERNS = [
    ">[^![](", "![", "[", "]", "[](", "![](", "[a](b ", "[a][b]", "](", "[a]: b\n", '[a](b "', "](a(",
    "[ ", "*", "_", "a*", "*a_ ", "**a ", "*a**b_", "~~a", "`", "``a", "```\n", "~~~ ", "\\", "\\[", "&",
    "&amp;", "&#1", "<", "<a ", "<a '", '<a \'<b "', "<!--", "<!-->", "<!a", "<script>", "<?a", "</",
    "<http://a>", "<http:", "<a@", "- ", "- a\n", "> ", "> - ", "1. ", "#", "# a\n", "|", "|a|b\n|-|-|\n",
    "|-\n", "=\n", "\n", " \n", "\n\n[", "\t", "a", "a ", "日", "ก", "\u0301", "\u200d", "\U0001f1e6", "-",
    "-a",
]  # fmt: skip


def repeated(pattern: str, length: int) -> str:
    return (pattern * (length // len(pattern) + 1))[:length]


def cpu_of(call: Callable[..., object], *arguments: Any, **fields: Any) -> float:
    """CPU seconds of the call with these arguments."""
    started = time.process_time()
    call(*arguments, **fields)
    return time.process_time() - started


def too_slow(costs: dict[str, float]) -> dict[str, float]:
    return {name: round(cost, 2) for name, cost in costs.items() if cost > MAX_CPU_S}


def fields_of(name: str) -> list[str]:
    """The fields of a request's body, as the document has them."""
    method, path = name.split()
    body = DOCUMENT["paths"][f"/api/v1{path}"][method.lower()]["requestBody"]
    schema = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return list(DOCUMENT["components"]["schemas"][schema]["properties"])


def test_text_of_markdown_costs_little_for_any_markup() -> None:
    def summarize(content: str) -> None:
        text = plain_text.of_markdown(content)
        plain_text.excerpt(text)
        plain_text.count_words(text)

    texts = [repeated(pattern, LONGEST_CONTENT) for pattern in PATTERNS]
    texts += [
        "[" * 150_000 + "]" * 150_000,
        "[a]: b\n" + "[" * 149_000 + "]" * 149_000,
        "*" * 150_000 + "a*b" * 50_000,
        "***" + "a*" * 149_000,
        "".join("`" * length + "a" for length in range(1, 770)),
        "".join("`" * length + "\n\n" for length in range(3, 770)),
    ]

    assert too_slow({text[:20]: cpu_of(summarize, text) for text in texts}) == {}


@pytest.mark.parametrize("name", [f"POST {SPACE}/journals", f"PATCH {ENTRY}"])
def test_write_entry_costs_little_for_any_markup(target: Callable[[str], Target], name: str) -> None:
    request = target(name)
    costs: dict[str, float] = {}

    for pattern in (">[^![](", "![", "["):
        content = repeated(pattern, LONGEST_CONTENT - 10)
        costs[pattern] = cpu_of(request.send, content=content)

    assert too_slow(costs) == {}


@pytest.mark.long  # without coverage, whose tracing costs CPU time too
@pytest.mark.parametrize("name", BODIES)
def test_request_costs_little_for_any_value(target: Callable[[str], Target], name: str) -> None:
    request = target(name)
    values: list[Any] = [
        repeated("a@", LONGEST_TEXT),
        "https://" + repeated("xn--é.", LONGEST_TEXT // 7),
        ["a"] * (LONGEST_TEXT // 5),
        [{"type": "list", "section_id": "a", "email": "a"}] * (LONGEST_TEXT // 50),
    ]
    costs = {
        f"{field} {number}": cpu_of(request.send, **{field: value})
        for field in fields_of(name)
        for number, value in enumerate(values)
    }
    costs["unknown"] = cpu_of(request.send, **{str(number): 1 for number in range(80_000)})

    assert too_slow(costs) == {}
