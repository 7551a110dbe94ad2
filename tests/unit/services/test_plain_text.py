import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import plain_text


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
        ],
    )
    def test_is_what_a_reader_sees(self, markdown: str, words: list[str]) -> None:
        assert plain_text.words(plain_text.of_markdown(markdown)) == words

    @given(st.text(st.sampled_from("*_`[]()!<>#-+1.|~&;\\/ \nab"), max_size=200))
    def test_is_found_in_whatever_is_written(self, markdown: str) -> None:
        letters = [character for character in plain_text.of_markdown(markdown) if character.isalnum()]
        assert len(letters) <= len(markdown)


class TestCountWords:
    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("", 0),
            (" \n\t\u3000", 0),
            ("one two\nthree\u00a0four", 4),
            ("- & ... 🦉 —", 0),
            ("rock'n'roll 5 3rd (yes)", 4),
            ("Привет 山田 太郎 नमस्ते שלום", 5),
        ],
    )
    def test_counts_what_holds_a_letter_or_a_digit(self, text: str, count: int) -> None:
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
    def test_ends_with_a_whole_word_if_there_is_one(self, text: str, excerpt: str) -> None:
        assert plain_text.excerpt(text) == excerpt
