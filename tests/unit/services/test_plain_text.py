"""Markdown as text: checked against CommonMark's own parser on this repository's documents."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.services import plain_text

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/guide/*.md"), *ROOT.glob("docs/adr/*.md")])
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def parsed(tokens: Sequence[Token]) -> Iterator[str]:
    """The text that a CommonMark parser finds."""
    for token in tokens:
        if token.type == "inline":
            yield from parsed(token.children or ())
        if token.type in {"text", "code_block", "code_inline", "fence"}:
            yield token.content
        if token.block or token.type in {"softbreak", "hardbreak"}:
            yield "\n"


class TestOfMarkdown:
    @pytest.mark.parametrize(
        ("markdown", "words"),
        [
            ("", []),
            ("Plain text\nof two lines", ["Plain", "text", "of", "two", "lines"]),
            ("# Title\n\n## Under it", ["Title", "Under", "it"]),
            ("Title\n=====", ["Title"]),
            ("**bold** _italic_ ~~gone~~ `code`", ["bold", "italic", "gone", "code"]),
            ("half**bold**ed", ["halfbolded"]),
            ("- one\n- two\n  1. three\n\n> four", ["one", "two", "three", "four"]),
            ("[shown](https://example.com/hidden 'hidden')", ["shown"]),
            ("[shown][ref]\n\n[ref]: https://example.com/hidden", ["shown"]),
            ("![hidden](https://example.com/hidden.png) seen", ["seen"]),
            ("<https://example.com/seen>", ["https://example.com/seen"]),
            ("```python\nprint(1)\n```\n\n    indented", ["print(1)", "indented"]),
            ("| a | b |\n|---|---|\n| c | d |", ["a", "b", "c", "d"]),
            ("one  \ntwo\\\nthree", ["one", "two", "three"]),
            ("one\n\n---\n\ntwo", ["one", "two"]),
            ("<b class='x'>in line</b>", ["in", "line"]),
            ("<div class='x'>\n<p>in a block</p>\n</div>", ["in", "a", "block"]),
            ("&amp; &copy; \\*no list", ["&", "©", "*no", "list"]),
            ("<!-- a > b hidden -->\n\nshown", ["shown"]),
            ("<!-- two\n\nparagraphs -->shown<!---->!", ["shown!"]),
            ("shown <!-- without an end", ["shown"]),
            ("a <b and 1 < 2 > 0", ["a", "<b", "and", "1", "<", "2", ">", "0"]),
            ("<style>p > a {}</style><script>\n1 < 2\n</script>shown", ["shown"]),
            ("<?php hidden > ?><![CDATA[hidden]]><!DOCTYPE html>shown", ["shown"]),
            ("half<b>bold</b>ed<br>line<a title='a > b'>d</a>", ["halfbolded", "lined"]),
            ("<ada@example.com>", ["ada@example.com"]),
            ("`<b>` ``*a*`` `open", ["<b>", "*a*", "`open"]),
            ("~~~\n```\n**\n~~~~\n*a*", ["```", "**", "a"]),
            ("```\n<b> without an end", ["<b>", "without", "an", "end"]),
            (
                "snake_case_name 2 * 3 **open _a* ****",
                ["snake_case_name", "2", "*", "3", "*open", "_a", "****"],
            ),
            ("**a *b*** ***c** d*", ["a", "b", "c", "d"]),
            ("*a\n\nb* [a\n\nb](c)", ["*a", "b*", "[a", "b](c)"]),
            ("[![hidden](a.png)](b) [a] [b][c] ] ](d)", ["[a]", "[b][c]", "]", "](d)"]),
            ("[One], [two][] [three][ONE]\n\n[one]: /a 'hidden'\n[two]: <b c>", ["One,", "two", "three"]),
            ("[a](<b c> (d)) ![a][b] [a](b c)", ["a", "[a](b", "c)"]),
            ("a|b\n\n| c | d |", ["a|b", "|", "c", "|", "d", "|"]),
        ],
    )
    def test_of_markdown_is_what_a_reader_sees(self, markdown: str, words: list[str]) -> None:
        assert plain_text.of_markdown(markdown).split() == words

    @pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
    def test_text_matches_a_markdown_parser(self, path: Path) -> None:
        content = path.read_text("utf-8")
        tokens = MarkdownIt("commonmark").enable("table").parse(content)

        assert plain_text.of_markdown(content).split() == "".join(parsed(tokens)).split()

    @given(st.text(st.sampled_from("*_`[]()!<>#-+1.|~&;\\/ \nab"), max_size=200))
    def test_of_markdown_is_found_in_whatever_is_written(self, markdown: str) -> None:
        letters = [character for character in plain_text.of_markdown(markdown) if character.isalnum()]
        assert len(letters) <= len(markdown)


class TestCountWords:
    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("", 0),
            (" \n\t\u3000", 0),
            ("one two\nthree\u00a0four", 4),
            ("- & ... 🦉 — __", 0),
            ("rock'n'roll 5 3rd (yes) _a_", 5),
            ("Привет नमस्ते שלום 안녕하세요 세계", 5),
        ],
    )
    def test_count_words_counts_what_holds_a_letter_or_a_digit(self, text: str, count: int) -> None:
        assert plain_text.count_words(text) == count

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("今天天气很好。", 6),
            ("山田さん、コーヒーを", 6),
            ("用iPhone写日记", 5),
            ("ฉันชอบอ่านหนังสือ", 4),  # I like reading books
            ("สวัสดี", 1),
            ("ຂ້ອຍ ມັກ ອ່ານ", 3),
            ("မင်္ဂလာပါ", 2),
        ],
    )
    def test_count_words_counts_words_of_scripts_without_spaces(self, text: str, count: int) -> None:
        assert plain_text.count_words(text) == count


class TestExcerpt:
    @pytest.mark.parametrize(
        ("text", "excerpt"),
        [
            ("", ""),
            (" one\n\n two ", "one two"),
            ("a" * 200, "a" * 200),
            ("a" * 201, "a" * 200),
            ("🦉" * 201, "🦉" * 200),
            ("a" * 200 + " b", "a" * 200),
            ("a" * 199 + " b", "a" * 199),
            ("a" * 198 + " b", "a" * 198 + " b"),
            ("a" * 150 + " " + "b" * 100, "a" * 150),
        ],
    )
    def test_excerpt_ends_with_a_whole_word_if_there_is_one(self, text: str, excerpt: str) -> None:
        assert plain_text.excerpt(text) == excerpt

    @pytest.mark.parametrize(
        "text",
        [
            "See https://example.com/" + "a" * 300,
            "日记 " + "今天天气很好" * 60,
            "a" * 149 + " " + "b" * 100,
            "ผม" * 150,
        ],
        ids=["URL", "Chinese", "long word", "Thai"],
    )
    def test_excerpt_cuts_what_has_no_spaces(self, text: str) -> None:
        assert plain_text.excerpt(text) == text[:200]

    @pytest.mark.parametrize(
        ("together", "kept"),
        [
            ("e\u0301", 0),
            ("\u0928\u0940", 0),
            ("\u0915\u094d\u0937", 0),  # a Devanagari conjunct
            ("\u0e01\u0e33", 0),
            ("\U0001f44d\U0001f3fd", 0),
            (FAMILY, 0),
            ("\u2764\ufe0f", 0),
            ("\U0001f1e8\U0001f1ed", 0),
            ("\u1112\u1161\u11ab", 0),  # a Korean syllable in its parts
            ("\ud55c\u11ab", 0),
            ("\u1161\u11ab\u11ab", 0),
            ("ab", 1),
            ("\u094d-", 1),
            ("한글", 1),
            ("가\u1112", 1),
        ],
        ids=ascii,
    )
    def test_excerpt_never_cuts_inside_a_character(self, together: str, kept: int) -> None:
        for place in range(1, len(together)):
            start = "x" * (200 - place)
            end = kept if kept else 0

            assert plain_text.excerpt(start + together + "x" * 9) == start + together[:end]

    def test_excerpt_keeps_flags_in_pairs(self) -> None:
        flags = "\U0001f1e8\U0001f1ed"

        assert plain_text.excerpt("x" + flags * 150) == "x" + flags * 99
        assert plain_text.excerpt(flags * 150) == flags * 100

    def test_excerpt_is_short_even_if_nothing_can_be_cut(self) -> None:
        assert len(plain_text.excerpt("a" + "\u0301" * 300)) == 200
