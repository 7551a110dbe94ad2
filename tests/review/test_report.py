import re
from html.parser import HTMLParser

import pytest

from review.page import count, listed
from review.report import Against, Report, html, markdown, report
from review.stack import Stack
from tests.infra.stack_helpers import ROUTES
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
    def test_report_has_every_section_and_the_difference_first(self, prod: Report) -> None:
        assert [section.anchor for section in prod.sections] == ["difference", *SECTIONS]

    def test_report_without_comparison_has_no_difference(self) -> None:
        found = report(assembly("prod"), revision="abc1234", against=None)
        assert [section.anchor for section in found.sections] == SECTIONS

    def test_report_says_what_it_was_made_from(self, prod: Report) -> None:
        assert prod.title == "The backend of Lifestyle Spaces, environment prod"
        assert "template of `prod` at `abc1234`" in prod.made

    def test_report_of_one_resource_is_complete(self) -> None:
        found = report(made(Topic=resource("SNS::Topic")), revision="", against=None)
        assert found.title == "made"
        assert "<h2" in html(found)


class TestHtml:
    def test_html_loads_nothing_from_another_host(self, prod: Report) -> None:
        for tag, attributes in Page(html(prod)).tags:
            assert tag not in {"script", "link", "img", "iframe"}
            assert str(attributes.get("href", "#")).startswith("#")
            assert "src" not in attributes

    def test_html_links_exist(self, prod: Report) -> None:
        tags = Page(html(prod)).tags
        names = [attributes["id"] for _, attributes in tags if "id" in attributes]
        assert len(names) == len(set(names))
        assert {attributes["href"] for tag, attributes in tags if tag == "a"} <= {
            f"#{name}" for name in names
        }

    def test_html_has_every_section(self, prod: Report) -> None:
        text = html(prod)
        for section in prod.sections:
            assert section.title in text
            assert f'<h2 id="{section.anchor}">' in text

    def test_html_escapes_the_template(self) -> None:
        evil = made(Topic=resource("SNS::Topic"), **{"<b>x": resource("Logs::LogGroup")})
        text = html(report(evil, revision="<i>", against=None))
        assert "<b>x" not in text
        assert "&lt;b&gt;x" in text

    def test_html_breaks_long_names(self, prod: Report) -> None:
        assert "<code>Dead<wbr>Letters<wbr>Queue</code>" in html(prod)


class TestMarkdown:
    def test_markdown_fits_into_a_comment(self, prod: Report) -> None:
        assert len(markdown(prod)) < LONGEST_COMMENT

    def test_markdown_tables_have_one_width(self, prod: Report) -> None:
        for block in re.findall(r"(?:^\|.*\|\n)+", markdown(prod), re.MULTILINE):
            widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, block[:300]

    def test_markdown_has_a_mermaid_graph(self, prod: Report) -> None:
        assert "```mermaid\nflowchart LR\n" in markdown(prod)

    def test_markdown_folds_long_tables(self, prod: Report) -> None:
        assert f"<details><summary>Every route ({len(ROUTES)})</summary>" in markdown(prod)

    def test_markdown_escapes_pipes(self) -> None:
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
    def test_target_finds_every_form_of_reference(self, value: object) -> None:
        found = made(Table=resource("DynamoDB::Table")).stack.target(value)
        assert found is not None
        assert found.name == "Table"

    def test_words_name_the_function_of_an_alias(self) -> None:
        stack = Stack(
            {
                "Resources": {
                    "Function": resource("Lambda::Function"),
                    "Live": resource("Lambda::Alias", FunctionName={"Ref": "Function"}),
                }
            }
        )
        assert stack.words({"Ref": "Live"}) == "Lambda function `Function`"

    def test_title_of_unknown_type_is_its_own_name(self) -> None:
        assert made(X=resource("Kinesis::Stream")).stack.resources["X"].title == "Kinesis Stream `X`"
