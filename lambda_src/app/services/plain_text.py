"""Text as a reader sees it: Markdown without its markup, counted in words and cut to an excerpt."""

import functools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

EXCERPT_LENGTH = 200
_CODE = ("code_block", "code_inline", "fence")
_HTML_TAG = re.compile(r"<[^<>]*>")


def of_markdown(content: str) -> str:
    """What of this Markdown (CommonMark, tables, strikethrough) is text: no markup, addresses or images."""
    return "".join(_texts(_parser().parse(content)))


def words(text: str) -> list[str]:
    """What stands between white space."""
    return text.split()


def count_words(text: str) -> int:
    """How many words hold a letter or a digit."""
    return sum(any(character.isalnum() for character in word) for word in words(text))


def excerpt(text: str) -> str:
    """The first 200 characters at most, with single spaces, up to the end of a word if there is one."""
    line = " ".join(words(text))
    if len(line) <= EXCERPT_LENGTH:
        return line
    whole_words, _, _ = line[: EXCERPT_LENGTH + 1].rpartition(" ")
    return whole_words or line[:EXCERPT_LENGTH]


@functools.cache
def _parser() -> "MarkdownIt":
    # Imported by those who write: a cold start that only reads does without.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _texts(tokens: Sequence["Token"]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _texts(token.children or ())
        elif token.type == "text" or token.type in _CODE:
            yield token.content
        elif token.type == "html_block":
            yield _HTML_TAG.sub(" ", token.content)
        # Blocks and lines stand apart; what is inline may be part of a word.
        if token.block or token.type in ("softbreak", "hardbreak"):
            yield "\n"
