import re
from html.parser import HTMLParser

import pytest

from review.page import count, listed
from review.report import Against, Report, html, markdown, report
from review.stack import Stack
from tests.review.review_helpers import assembly, made, resource

# What GitHub takes as one comment.
LONGEST_COMMENT = 65_536
SECTIONS = ["architecture", "routes", "access", "data", "alarms", "findings", "cost", "quotas"]


@pytest.fixture(scope="module")
def prod() -> Report:
    against = Against(assembly=assembly("staging"), environment=True)
    return report(assembly("prod"), revision="abc1234", against=against)


class Page(HTMLParser):
    """What a page is made of: tags with attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


class TestReport:
    def test_has_every_section_and_the_difference_first(self, prod: Report) -> None:
        assert [section.anchor for section in prod.sections] == ["difference", *SECTIONS]

    def test_has_no_difference_where_nothing_is_compared(self) -> None:
        found = report(assembly("prod"), revision="abc1234", against=None)
        assert [section.anchor for section in found.sections] == SECTIONS

    def test_says_what_it_was_made_from(self, prod: Report) -> None:
        assert prod.title == "The backend of Lifestyle Spaces, environment prod"
        assert "template of `prod` at `abc1234`" in prod.made

    def test_of_a_stack_without_anything_is_one_all_the_same(self) -> None:
        found = report(made(Topic=resource("SNS::Topic")), revision="", against=None)
        assert found.title == "made"
        assert "<h2" in html(found)


class TestHtml:
    def test_asks_no_other_host_for_anything(self, prod: Report) -> None:
        for tag, attributes in Page(html(prod)).tags:
            assert tag not in {"script", "link", "img", "iframe"}
            assert str(attributes.get("href", "#")).startswith("#")
            assert "src" not in attributes

    def test_leads_to_nothing_that_is_not_there(self, prod: Report) -> None:
        tags = Page(html(prod)).tags
        names = [attributes["id"] for _, attributes in tags if "id" in attributes]
        assert len(names) == len(set(names))
        assert {attributes["href"] for tag, attributes in tags if tag == "a"} <= {
            f"#{name}" for name in names
        }

    def test_tells_everything_that_the_sections_tell(self, prod: Report) -> None:
        text = html(prod)
        for section in prod.sections:
            assert section.title in text
            assert f'<h2 id="{section.anchor}">' in text

    def test_escapes_what_comes_from_the_template(self) -> None:
        evil = made(Topic=resource("SNS::Topic"), **{"<b>x": resource("Logs::LogGroup")})
        text = html(report(evil, revision="<i>", against=None))
        assert "<b>x" not in text
        assert "&lt;b&gt;x" in text

    def test_breaks_long_names_at_their_seams(self, prod: Report) -> None:
        assert "<code>Dead<wbr>Letters<wbr>Queue</code>" in html(prod)


class TestMarkdown:
    def test_fits_into_a_comment(self, prod: Report) -> None:
        assert len(markdown(prod)) < LONGEST_COMMENT

    def test_has_tables_of_one_width(self, prod: Report) -> None:
        for block in re.findall(r"(?:^\|.*\|\n)+", markdown(prod), re.MULTILINE):
            widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, block[:300]

    def test_has_the_picture_as_a_graph(self, prod: Report) -> None:
        assert "```mermaid\nflowchart LR\n" in markdown(prod)

    def test_folds_what_is_long(self, prod: Report) -> None:
        assert "<details><summary>Every route (87)</summary>" in markdown(prod)

    def test_ends_no_cell_with_what_a_cell_says(self) -> None:
        odd = made(**{"a|b": resource("Logs::LogGroup")})
        assert r"log group `a\|b`" in markdown(report(odd, revision="", against=None))


class TestWords:
    @pytest.mark.parametrize(
        ("number", "noun", "text"),
        [
            (1, "policy", "1 policy"),
            (2, "policy", "2 policies"),
            (1000, "day", "1,000 days"),
            (2, "alias", "2 aliases"),
        ],
    )
    def test_count(self, number: int, noun: str, text: str) -> None:
        assert count(number, noun) == text

    def test_list(self) -> None:
        assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
            "nothing",
            "a",
            "a and b",
            "a, b and c",
        ]


class TestStack:
    @pytest.mark.parametrize(
        "value",
        [
            {"Ref": "Table"},
            {"Fn::GetAtt": "Table.Arn"},
            {"Fn::Sub": "${Table}/x"},
            ["x", {"a": {"Ref": "Table"}}],
        ],
    )
    def test_finds_a_reference_however_it_is_written(self, value: object) -> None:
        found = made(Table=resource("DynamoDB::Table")).stack.target(value)
        assert found is not None
        assert found.name == "Table"

    def test_takes_an_alias_for_its_function(self) -> None:
        stack = Stack(
            {
                "Resources": {
                    "Function": resource("Lambda::Function"),
                    "Live": resource("Lambda::Alias", FunctionName={"Ref": "Function"}),
                }
            }
        )
        assert stack.words({"Ref": "Live"}) == "Lambda function `Function`"

    def test_names_a_type_that_nobody_named(self) -> None:
        assert made(X=resource("Kinesis::Stream")).stack.resources["X"].title == "Kinesis Stream `X`"
