import re
from collections.abc import Iterator

import pytest

from app.core import errors
from app.core.errors import Conflict, Problem, StaleRead


def family(kind: type[Problem]) -> Iterator[type[Problem]]:
    for child in kind.__subclasses__():
        yield child
        yield from family(child)


EVERY = [*family(Problem)]
every = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)


class TestTree:
    def test_error_tree_matches_its_drawing(self) -> None:
        assert errors.__doc__ is not None
        drawn = re.findall(r"^ {4}([| ]*)[|`]-- (\w+) *(\d*)$", errors.__doc__, re.MULTILINE)
        parents: list[type] = [Problem]
        for indent, name, status in drawn:
            del parents[len(indent) // 4 + 1 :]
            kind = getattr(errors, name)
            assert kind.__bases__ == (parents[-1],)
            assert status == (str(kind.status) if parents[-1] is Problem else "")
            parents.append(kind)
        assert [name for _, name, _ in drawn] == [kind.__name__ for kind in EVERY]

    @every
    def test_tree_gives_each_its_own_code_and_title(self, kind: type[Problem]) -> None:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
        assert kind.title
        assert [other for other in EVERY if other.code == kind.code or other.title == kind.title] == [kind]

    @every
    def test_tree_changes_no_status_within_a_family(self, kind: type[Problem]) -> None:
        assert all(child.status == kind.status for child in family(kind))
        assert 400 <= kind.status <= 599

    def test_tree_leaves_out_what_is_no_error_yet(self) -> None:
        assert not issubclass(StaleRead, Problem)


class TestDetail:
    def test_detail_is_the_title_if_nothing_else_is_said(self) -> None:
        assert Conflict().detail == str(Conflict()) == Conflict.title

    def test_detail_says_what_happened_this_time(self) -> None:
        problem = Conflict("Two at once", retry_after_s=3)
        assert (problem.detail, str(problem), problem.retry_after_s) == ("Two at once", "Two at once", 3)
