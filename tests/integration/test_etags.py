"""ETags on whatever can change: `If-None-Match` saves an answer, `If-Match` a change of somebody else's."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app.api.openapi import document
from app.api.routing import all_routes
from tests.assertions import assert_problem
from tests.factories import Api, Person

TAG = re.compile(r'"[0-9]+-[0-9a-f]{16}"')


@dataclass
class Scene:
    """A public space of Ada's, Bob who is a member, an invite code, and an operation."""

    ada: Person
    bob: Person
    paths: dict[str, str]
    patches: dict[str, dict[str, Any]]


@pytest.fixture
def scene(api: Api) -> Scene:
    ada = api.person("Ada")
    space = ada.make_space(visibility="public")
    bob = api.member_of(space, ada, "member")
    path = f"/api/v1/spaces/{space['space_id']}"
    started = ada.delete(f"/api/v1/spaces/{ada.make_space()['space_id']}").headers["Location"]
    paths = {
        "profile": "/api/v1/users/me",
        "space": path,
        "member": f"{path}/members/{bob.user_id}",
        "invite code": f"{path}/invite-code",
        "operation": started,
    }
    patches = {"profile": {"name": "Ada King"}, "space": {"name": "Walkers"}, "member": {"role": "viewer"}}
    return Scene(ada, bob, paths, patches)


resources = pytest.mark.parametrize("what", ["profile", "space", "member", "invite code", "operation"])
patchable = pytest.mark.parametrize("what", ["profile", "space", "member"])
deletable = pytest.mark.parametrize("what", ["space", "member", "invite code"])


class TestETag:
    @resources
    def test_e_tag_names_the_version_that_is_answered(self, scene: Scene, what: str) -> None:
        response = scene.ada.get(scene.paths[what])

        assert TAG.fullmatch(response.headers["ETag"])
        assert response.headers["ETag"].startswith(f'"{response.json()["version"]}-')

    @resources
    def test_e_tag_stays_while_nothing_changes(self, scene: Scene, what: str) -> None:
        first, second = (scene.ada.get(scene.paths[what]).headers["ETag"] for _ in range(2))

        assert first == second

    @patchable
    def test_e_tag_of_a_change_is_that_of_the_next_read(self, scene: Scene, what: str) -> None:
        before = scene.ada.get(scene.paths[what]).headers["ETag"]

        changed = scene.ada.patch(scene.paths[what], scene.patches[what])

        assert changed.headers["ETag"] == scene.ada.get(scene.paths[what]).headers["ETag"] != before

    def test_e_tag_of_what_is_made_is_that_of_the_next_read(self, api: Api) -> None:
        ada = api.user()
        made = [
            ada.post("/api/v1/users", {"email": ada.email, "name": "Ada"}),
            ada.post("/api/v1/spaces", {"name": "Runners"}),
        ]
        made.append(ada.post(f"{made[1].headers['Location']}/invite-code"))

        for response in made:
            assert ada.get(response.headers["Location"]).headers["ETag"] == response.headers["ETag"]

    def test_e_tag_differs_if_the_answer_does(self, scene: Scene, api: Api) -> None:
        stranger = api.person()

        assert (
            len({p.get(scene.paths["space"]).headers["ETag"] for p in (scene.ada, scene.bob, stranger)}) == 3
        )

    def test_e_tag_differs_when_a_counter_has_moved(self, scene: Scene, api: Api) -> None:
        before = scene.ada.get(scene.paths["space"])

        api.person().post(f"{scene.paths['space']}/members")

        after = scene.ada.get(scene.paths["space"])
        assert after.json()["version"] == before.json()["version"]
        assert after.headers["ETag"] != before.headers["ETag"]

    @pytest.mark.parametrize("path", ["/api/v1/spaces", "/api/v1/users/me/spaces"])
    def test_e_tag_is_not_on_lists(self, scene: Scene, path: str) -> None:
        assert "ETag" not in scene.ada.get(path).headers


class TestIfNoneMatch:
    @resources
    def test_if_none_match_saves_an_answer_that_is_known(self, scene: Scene, what: str) -> None:
        etag = scene.ada.get(scene.paths[what]).headers["ETag"]

        response = scene.ada.get(scene.paths[what], if_none_match=etag)

        assert response.status_code == 304
        assert response.content == b""
        assert response.headers["ETag"] == etag
        assert response.headers["X-Request-Id"]
        assert "Content-Type" not in response.headers

    @pytest.mark.parametrize("form", ["W/{}", '"1-0000000000000000", {}', 'garbage,W/"x" , {} ,', "*"])
    def test_if_none_match_takes_lists_weak_tags_and_the_star(self, scene: Scene, form: str) -> None:
        etag = scene.ada.get(scene.paths["space"]).headers["ETag"]

        response = scene.ada.get(scene.paths["space"], if_none_match=form.format(etag))

        assert response.status_code == 304

    @pytest.mark.parametrize("form", ["", '""', '"1-0000000000000000"', "garbage", '"*"', "{}x", "'{}'"])
    def test_if_none_match_answers_what_is_not_known(self, scene: Scene, form: str) -> None:
        etag = scene.ada.get(scene.paths["space"]).headers["ETag"].strip('"')

        response = scene.ada.get(scene.paths["space"], if_none_match=form.format(etag))

        assert response.status_code == 200
        assert response.json()["version"]

    @patchable
    def test_if_none_match_answers_what_has_changed(self, scene: Scene, what: str) -> None:
        etag = scene.ada.get(scene.paths[what]).headers["ETag"]
        scene.ada.patch(scene.paths[what], scene.patches[what])

        assert scene.ada.get(scene.paths[what], if_none_match=etag).status_code == 200

    def test_if_none_match_reveals_nothing_of_a_hidden_resource(self, scene: Scene, api: Api) -> None:
        scene.ada.patch(scene.paths["space"], {"visibility": "private"})
        etag = scene.ada.get(scene.paths["space"]).headers["ETag"]

        for known in (etag, "*"):
            response = api.person().get(scene.paths["space"], if_none_match=known)
            assert_problem(response, 404, "not_found")


class TestIfMatch:
    @patchable
    def test_if_match_lets_a_change_of_the_known_version_through(self, scene: Scene, what: str) -> None:
        etag = scene.ada.get(scene.paths[what]).headers["ETag"]

        response = scene.ada.patch(scene.paths[what], scene.patches[what], if_match=etag)

        assert response.status_code == 200
        assert scene.patches[what].items() <= response.json().items()

    @pytest.mark.parametrize("form", ["W/{}", '"7-0000000000000000", {}', "garbage,{}", "*", " * "])
    def test_if_match_takes_lists_weak_tags_and_the_star(self, scene: Scene, form: str) -> None:
        etag = scene.ada.get(scene.paths["space"]).headers["ETag"]

        response = scene.ada.patch(scene.paths["space"], {"name": "W"}, if_match=form.format(etag))

        assert response.status_code == 200

    @patchable
    def test_if_match_rejects_to_change_what_has_changed_since(self, scene: Scene, what: str) -> None:
        etag = scene.ada.get(scene.paths[what]).headers["ETag"]
        changed = scene.ada.patch(scene.paths[what], scene.patches[what])

        response = scene.ada.patch(scene.paths[what], scene.patches[what], if_match=etag)

        assert_problem(response, 412, "precondition_failed")
        assert scene.ada.get(scene.paths[what]).headers["ETag"] == changed.headers["ETag"]

    @patchable
    def test_if_match_rejects_if_it_changes_concurrently(
        self, scene: Scene, what: str, before_commit: Callable[..., None]
    ) -> None:
        path, etag = scene.paths[what], scene.ada.get(scene.paths[what]).headers["ETag"]
        first = {"profile": {"bio": "First"}, "space": {"category": "first"}, "member": {"role": "admin"}}[
            what
        ]
        before_commit(lambda: scene.ada.elsewhere().patch(path, first))

        assert_problem(scene.ada.patch(path, scene.patches[what], if_match=etag), 412, "precondition_failed")
        assert first.items() <= scene.ada.get(path).json().items()

    @pytest.mark.parametrize(
        "tag", ["", '""', "garbage", '"*"', "1", '"1"', '"1-x"', f'"{"1" * 5000}-0123456789abcdef"']
    )
    def test_if_match_rejects_a_tag_that_was_never_made(self, scene: Scene, tag: str) -> None:
        response = scene.ada.patch(scene.paths["space"], {"name": "Walkers"}, if_match=tag)

        assert_problem(response, 412, "precondition_failed")

    def test_if_match_ignores_counters(self, scene: Scene, api: Api) -> None:
        etag = scene.ada.get(scene.paths["space"]).headers["ETag"]
        api.person().post(f"{scene.paths['space']}/members")

        response = scene.ada.patch(scene.paths["space"], {"name": "Walkers"}, if_match=etag)

        assert response.status_code == 200

    @deletable
    def test_if_match_rejects_to_delete_what_has_changed_since(self, scene: Scene, what: str) -> None:
        path, etag = scene.paths[what], scene.ada.get(scene.paths[what]).headers["ETag"]
        changed = (
            scene.ada.post(path) if what == "invite code" else scene.ada.patch(path, scene.patches[what])
        )

        assert_problem(scene.ada.delete(path, if_match=etag), 412, "precondition_failed")
        assert scene.ada.get(path).headers["ETag"] == changed.headers["ETag"]

    @deletable
    @pytest.mark.parametrize("form", ["{}", "*"])
    def test_if_match_lets_the_known_version_be_deleted(self, scene: Scene, what: str, form: str) -> None:
        path, etag = scene.paths[what], scene.ada.get(scene.paths[what]).headers["ETag"]

        assert scene.ada.delete(path, if_match=form.format(etag)).status_code in {202, 204}
        assert_problem(scene.ada.get(path), 404, "not_found")

    def test_if_match_is_checked_after_the_permission(self, scene: Scene) -> None:
        response = scene.bob.patch(scene.paths["space"], {"name": "Mine"}, if_match='"9-0000000000000000"')

        assert_problem(response, 403, "forbidden")

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    def test_if_match_is_checked_after_the_permission_to_change_an_admin(
        self, scene: Scene, api: Api, method: str
    ) -> None:
        space = {"space_id": scene.paths["space"].rpartition("/")[2]}
        admin, other = (api.member_of(space, scene.ada, "admin") for _ in range(2))
        path = f"{scene.paths['space']}/members/{other.user_id}"
        body = {"role": "viewer"} if method == "PATCH" else None

        response = admin.request(method, path, json=body, if_match='"9-0000000000000000"')

        assert_problem(response, 403, "forbidden")


class TestForgedTags:
    @pytest.mark.parametrize("place", [3, -2], ids=["body digest", "check"])
    @pytest.mark.parametrize("what", ["space", "invite code", "member", "check-in"])
    def test_tag_with_made_up_digest_is_412(self, api: Api, what: str, place: int) -> None:
        ada, path, change, _ = recreatable(api, what)
        tag = change().headers["ETag"]
        digit = "0" if tag[place] != "0" else "1"
        forged = tag[:place] + digit + tag[place:][1:]

        assert_problem(ada.delete(path, if_match=forged), 412, "precondition_failed")
        assert_problem(ada.delete(path, if_match=f'{tag[:3]}{"0" * 16}"'), 412, "precondition_failed")

    @pytest.mark.parametrize("what", ["invite code", "member", "check-in"])
    def test_tag_of_what_was_made_again_since_is_412(self, api: Api, what: str) -> None:
        ada, path, change, again = recreatable(api, what)
        tag = change().headers["ETag"]
        assert ada.delete(path).status_code == 204
        api.clock.advance(milliseconds=1)
        anew = again()

        assert anew.headers["ETag"].startswith('"1-')
        assert_problem(ada.delete(path, if_match=tag), 412, "precondition_failed")
        if what == "check-in":
            assert_problem(ada.request("PUT", path, json={}, if_match=tag), 412, "precondition_failed")
        if what == "member":
            assert_problem(ada.patch(path, {"role": "viewer"}, if_match=tag), 412, "precondition_failed")
        assert ada.delete(path, if_match=anew.headers["ETag"]).status_code == 204


def recreatable(api: Api, what: str) -> tuple[Person, str, Callable[[], Any], Callable[[], Any]]:
    """Who owns a thing, where it is, how it is read, and how it is made anew once it is gone."""
    ada = api.person("Ada")
    space = ada.make_space(visibility="public")
    here = f"/api/v1/spaces/{space['space_id']}"
    if what == "check-in":
        habit = ada.post(f"{here}/habits", {"title": "Run", "cadence": {"kind": "daily"}}).json()
        path = f"{here}/habits/{habit['habit_id']}/check-ins/2026-03-14"

        def put() -> Any:
            return ada.request("PUT", path, json={})

        return ada, path, put, put
    if what == "invite code":
        ada.make_code(space["space_id"])
        path = f"{here}/invite-code"
        return ada, path, lambda: ada.get(path), lambda: ada.post(path)
    if what == "member":
        bob = api.person("Bob")
        path = f"{here}/members/{bob.user_id}"
        bob.post(f"{here}/members")
        return ada, path, lambda: ada.get(path), lambda: bob.post(f"{here}/members")
    return ada, here, lambda: ada.get(here), lambda: ada.get(here)


class TestListItemEtag:
    """An edit needs no GET before: the items of lists have the tag that `If-Match` takes."""

    @pytest.fixture
    def lists(self, api: Api) -> tuple[Person, dict[str, tuple[str, str, Any]]]:
        """Of each kind a list, the field or path part that names an item, and a change."""
        ada = api.person("Ada")
        path = f"/api/v1/spaces/{ada.make_space()['space_id']}"
        entry = ada.post(f"{path}/journals", {"title": "A walk", "content": "slow"}).json()["entry_id"]
        comments = f"{path}/journals/{entry}/comments"
        ada.post(comments, {"text": "Well done"})
        ada.post(f"{path}/habits", {"title": "Stretch", "cadence": {"kind": "daily"}})
        goal = ada.post(f"{path}/goals", {"title": "Rest", "kind": "milestone"}).json()["goal_id"]
        steps = f"{path}/goals/{goal}/check-ins"
        ada.post(steps, {"value": 1})
        return ada, {
            "spaces": ("/api/v1/users/me/spaces", "/api/v1/spaces/{space_id}", {"name": "Walkers"}),
            "journals": (f"{path}/journals", f"{path}/journals/{{entry_id}}", {"title": "A run"}),
            "own journals": (
                "/api/v1/users/me/journals",
                f"{path}/journals/{{entry_id}}",
                {"title": "A run"},
            ),
            "comments": (comments, f"{comments}/{{comment_id}}", {"text": "Very well done"}),
            "habits": (f"{path}/habits", f"{path}/habits/{{habit_id}}", {"title": "Yoga"}),
            "goals": (f"{path}/goals", f"{path}/goals/{{goal_id}}", {"title": "Sleep"}),
            "steps": (steps, f"{steps}/{{check_in_id}}", {"note": "At last"}),
        }

    @pytest.mark.parametrize(
        "kind", ["spaces", "journals", "own journals", "comments", "habits", "goals", "steps"]
    )
    def test_list_item_etag_is_accepted_by_if_match_until_the_item_changes(
        self, lists: tuple[Person, dict[str, tuple[str, str, Any]]], kind: str
    ) -> None:
        ada, kinds = lists
        path, item_path, change = kinds[kind]
        (item,) = ada.get(path).json()["items"]

        changed = ada.patch(item_path.format(**item), change, if_match=item["etag"])
        again = ada.patch(item_path.format(**item), change, if_match=item["etag"])

        assert changed.status_code == 200
        assert_problem(again, 412, "precondition_failed")
        (item,) = ada.get(path).json()["items"]
        assert item["etag"] == changed.json()["etag"]
        assert ada.delete(item_path.format(**item), if_match=item["etag"]).status_code in (202, 204)

    def test_list_item_etag_is_not_that_of_an_item_made_again(self, api: Api) -> None:
        ada = api.person("Ada")
        habits = f"/api/v1/spaces/{ada.make_space()['space_id']}/habits"
        habit = ada.post(habits, {"title": "Stretch", "cadence": {"kind": "daily"}}).json()["habit_id"]
        day = f"{habits}/{habit}/check-ins/{api.clock.now.date()}"
        ada.request("PUT", day, json={})
        (before,) = ada.get(f"{habits}/{habit}/check-ins").json()["items"]
        ada.delete(day)
        api.clock.advance(seconds=1)
        ada.request("PUT", day, json={})

        assert_problem(ada.delete(day, if_match=before["etag"]), 412, "precondition_failed")

    def test_list_item_etag_is_documented_for_whatever_has_a_version_and_changes(self) -> None:
        schemas = document(all_routes())["components"]["schemas"]
        changing = {
            name for name, s in schemas.items() if {"version", "updated_at"} <= s.get("properties", {}).keys()
        }

        assert len(changing) > 10
        assert all("etag" in schemas[name]["required"] for name in changing)
