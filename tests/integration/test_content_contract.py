"""What all content of a space has in common over HTTP; what is special to a noun is in its own module."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.assertions import assert_problem
from tests.factories import Api, Person
from tests.integration import tracker_helpers
from tests.integration.journal_helpers import at, comment, highlight, make_template, path_of, write_entry

Item = dict[str, Any]
STALE = '"1-00000000000123456"'


@dataclass(frozen=True)
class Noun:
    """One kind of content: `create` makes an item below a space, or below an entry where `in_entry`.

    `change` is a body for PATCH, or None where items cannot be changed. The list is in the order of creation,
    or `newest_first`.
    """

    plural: str
    id_name: str
    create: Callable[[Person, Item], Item]
    change: Item | None
    in_entry: bool = False
    has_get: bool = True
    newest_first: bool = True

    def parent(self, author: Person, space: Item) -> Item:
        """What an item is created below."""
        return write_entry(author, space, content="By the river") if self.in_entry else space

    def list_path(self, parent: Item) -> str:
        """The path of the list that an item below this parent is in."""
        return f"{path_of(parent) if self.in_entry else at(parent)}/{self.plural}"

    def path(self, parent: Item, item: Item) -> str:
        """The path of an item, were it below this parent."""
        return f"{self.list_path(parent)}/{item[self.id_name]}"


JOURNAL = Noun("journals", "entry_id", write_entry, {"title": "Changed"})
TEMPLATE = Noun("templates", "template_id", make_template, {"name": "Changed"})
GOAL = Noun("goals", "goal_id", tracker_helpers.set_goal, {"title": "Changed"})
HABIT = Noun("habits", "habit_id", tracker_helpers.begin, {"title": "Changed"})
COMMENT = Noun(
    "comments", "comment_id", comment, {"text": "Changed"}, in_entry=True, has_get=False, newest_first=False
)
HIGHLIGHT = Noun(
    "highlights", "highlight_id", highlight, None, in_entry=True, has_get=False, newest_first=False
)
NOUNS = [JOURNAL, TEMPLATE, GOAL, HABIT, COMMENT, HIGHLIGHT]

each_noun = pytest.mark.parametrize("noun", NOUNS, ids=[noun.plural for noun in NOUNS])
each_noun_with_get = pytest.mark.parametrize(
    "noun", [noun for noun in NOUNS if noun.has_get], ids=lambda noun: noun.plural
)
each_noun_with_patch = pytest.mark.parametrize(
    "noun", [noun for noun in NOUNS if noun.change], ids=lambda noun: noun.plural
)


@pytest.fixture
def ada(api: Api) -> Person:
    """The owner of the space."""
    return api.person("Ada")


@pytest.fixture
def space(ada: Person) -> Item:
    return ada.make_space()


@pytest.fixture
def bob(api: Api, ada: Person, space: Item) -> Person:
    """A member of the space."""
    return api.member_of(space, ada, "member")


def ids(noun: Noun, items: list[Item]) -> list[str]:
    return [item[noun.id_name] for item in items]


class TestList:
    @each_noun
    def test_list_shows_items_in_order_in_pages(self, ada: Person, space: Item, noun: Noun) -> None:
        parent = noun.parent(ada, space)
        created = [noun.create(ada, parent) for _ in range(3)]

        first = ada.get(f"{noun.list_path(parent)}?limit=2").json()
        second = ada.get(f"{noun.list_path(parent)}?limit=2&cursor={first['next_cursor']}").json()

        expected = created[::-1] if noun.newest_first else created
        assert ids(noun, first["items"] + second["items"]) == ids(noun, expected)
        assert second["next_cursor"] is None

    @each_noun
    def test_list_shows_nothing_of_another_space(self, ada: Person, space: Item, noun: Noun) -> None:
        parent = noun.parent(ada, space)
        noun.create(ada, parent)
        other_space = ada.make_space()

        response = ada.get(noun.list_path({**parent, "space_id": other_space["space_id"]}))

        if noun.in_entry:
            assert_problem(response, 404, "not_found")
        else:
            assert response.json() == {"items": [], "next_cursor": None}


class TestGet:
    @each_noun_with_get
    def test_get_returns_the_created_item(self, ada: Person, bob: Person, space: Item, noun: Noun) -> None:
        item = noun.create(bob, space)

        assert ada.get(noun.path(space, item)).json() == item

    @each_noun_with_get
    def test_get_in_another_space_is_not_found(self, ada: Person, space: Item, noun: Noun) -> None:
        item = noun.create(ada, space)

        assert_problem(ada.get(noun.path(ada.make_space(), item)), 404, "not_found")


class TestUpdate:
    @each_noun_with_patch
    def test_update_by_anyone_but_the_author_is_forbidden(
        self, ada: Person, bob: Person, space: Item, noun: Noun
    ) -> None:
        parent = noun.parent(ada, space)
        item = noun.create(bob, parent)

        assert_problem(ada.patch(noun.path(parent, item), noun.change), 403, "forbidden")

    @each_noun_with_patch
    def test_update_of_a_stale_version_is_rejected(self, ada: Person, space: Item, noun: Noun) -> None:
        parent = noun.parent(ada, space)
        item = noun.create(ada, parent)
        path = noun.path(parent, item)
        assert ada.patch(path, noun.change).json()["version"] == 2

        assert_problem(ada.patch(path, noun.change, if_match=item["etag"]), 412, "precondition_failed")

    @each_noun_with_patch
    def test_update_without_a_difference_keeps_the_version(
        self, ada: Person, space: Item, noun: Noun
    ) -> None:
        parent = noun.parent(ada, space)
        path = noun.path(parent, noun.create(ada, parent))
        changed = ada.patch(path, noun.change).json()

        assert ada.patch(path, noun.change).json() == changed

    @each_noun_with_patch
    def test_update_in_another_space_is_not_found(self, ada: Person, space: Item, noun: Noun) -> None:
        parent = noun.parent(ada, space)
        item = noun.create(ada, parent)
        elsewhere = {**parent, "space_id": ada.make_space()["space_id"]}

        assert_problem(ada.patch(noun.path(elsewhere, item), noun.change), 404, "not_found")


class TestDelete:
    @each_noun
    def test_delete_by_the_author_removes_the_item(self, bob: Person, space: Item, noun: Noun) -> None:
        parent = noun.parent(bob, space)
        path = noun.path(parent, noun.create(bob, parent))

        assert bob.delete(path).status_code == 204
        assert_problem(bob.delete(path), 404, "not_found")

    @each_noun
    def test_delete_by_the_owner_of_the_space_removes_the_item(
        self, ada: Person, bob: Person, space: Item, noun: Noun
    ) -> None:
        parent = noun.parent(bob, space)
        path = noun.path(parent, noun.create(bob, parent))

        assert ada.delete(path).status_code == 204
        assert_problem(ada.delete(path), 404, "not_found")

    @each_noun
    def test_delete_by_an_admin_of_the_space_removes_the_item(
        self, api: Api, ada: Person, space: Item, noun: Noun
    ) -> None:
        parent = noun.parent(ada, space)
        path = noun.path(parent, noun.create(ada, parent))

        assert api.member_of(space, ada, "admin").delete(path).status_code == 204
        assert_problem(ada.delete(path), 404, "not_found")

    @each_noun
    def test_delete_by_another_member_is_forbidden(
        self, ada: Person, bob: Person, space: Item, noun: Noun
    ) -> None:
        parent = noun.parent(ada, space)

        assert_problem(bob.delete(noun.path(parent, noun.create(ada, parent))), 403, "forbidden")

    @each_noun
    def test_delete_by_an_author_who_became_a_viewer_removes_the_item(
        self, ada: Person, bob: Person, space: Item, noun: Noun
    ) -> None:
        parent = noun.parent(ada, space)
        item = noun.create(bob, parent)
        ada.patch(f"{at(space)}/members/{bob.user_id}", {"role": "viewer"})

        assert bob.delete(noun.path(parent, item)).status_code == 204

    @each_noun
    def test_delete_of_a_stale_version_is_rejected(self, ada: Person, space: Item, noun: Noun) -> None:
        parent = noun.parent(ada, space)
        path = noun.path(parent, noun.create(ada, parent))

        assert_problem(ada.delete(path, if_match=STALE), 412, "precondition_failed")

    @each_noun
    def test_delete_in_another_space_is_not_found(self, ada: Person, space: Item, noun: Noun) -> None:
        parent = noun.parent(ada, space)
        item = noun.create(ada, parent)
        elsewhere = {**parent, "space_id": ada.make_space()["space_id"]}

        assert_problem(ada.delete(noun.path(elsewhere, item)), 404, "not_found")


class TestInDeletedEntry:
    @pytest.mark.parametrize("noun", [COMMENT, HIGHLIGHT], ids=lambda noun: noun.plural)
    def test_item_of_a_deleted_entry_is_not_found(self, ada: Person, space: Item, noun: Noun) -> None:
        entry = noun.parent(ada, space)
        path = noun.path(entry, noun.create(ada, entry))
        assert ada.delete(path_of(entry)).status_code == 204

        assert_problem(ada.get(noun.list_path(entry)), 404, "not_found")
        assert_problem(ada.delete(path), 404, "not_found")
        if noun.change:
            assert_problem(ada.patch(path, noun.change), 404, "not_found")
