"""`DELETE /users/me`: closing an account. What becomes of all that its owner wrote: `test_erasure.py`."""

from collections.abc import Callable

from tests.assertions import assert_problem
from tests.factories import Api
from tests.integration.content_helpers import close_account

ME, SPACES, ORGANIZATIONS = "/api/v1/users/me", "/api/v1/spaces", "/api/v1/organizations"


class TestDeleteMe:
    def test_delete_me_starts_an_operation(self, api: Api) -> None:
        ada = api.person()

        operation = close_account(ada)

        assert operation["status"] == "pending"
        assert ada.get(f"/api/v1/operations/{operation['operation_id']}").json() == operation

    def test_delete_me_ends_all_access(self, api: Api) -> None:
        ada, bob = api.person(), api.person()
        space = bob.make_space(visibility="public")
        close_account(ada)

        for response in (
            ada.get(ME),
            ada.post(SPACES, {"name": "Another"}),
            ada.post(f"{SPACES}/{space['space_id']}/members"),
            ada.delete(ME),
        ):
            assert_problem(response, 403, "profile_required")

    def test_delete_me_is_rejected_while_the_caller_owns_spaces_and_names_them(self, api: Api) -> None:
        ada = api.person()
        ids = [ada.make_space()["space_id"] for _ in range(2)]

        problem = assert_problem(ada.delete(ME), 409, "owns_spaces")

        assert all(space_id in problem["detail"] for space_id in ids)
        assert ada.get(ME).status_code == 200

    def test_delete_me_is_rejected_to_an_organizations_last_admin(self, api: Api) -> None:
        ada = api.person()
        assert ada.post(ORGANIZATIONS, {"name": "Engines"}).status_code == 201

        assert_problem(ada.delete(ME), 409, "last_admin")

    def test_delete_me_is_rejected_if_the_profile_has_changed(self, api: Api) -> None:
        ada = api.person()
        tag = ada.get(ME).headers["ETag"]
        ada.patch(ME, {"name": "Countess"})

        assert_problem(ada.delete(ME, if_match=tag), 412, "precondition_failed")

    def test_delete_me_is_rejected_if_a_space_is_made_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        elsewhere = ada.elsewhere()
        before_commit(elsewhere.make_space)

        assert_problem(ada.delete(ME), 409, "owns_spaces")

    def test_delete_me_keeps_a_space_from_being_made_concurrently(
        self, api: Api, before_commit: Callable[..., None]
    ) -> None:
        ada = api.person()
        elsewhere = ada.elsewhere()
        before_commit(lambda: close_account(elsewhere))

        assert_problem(ada.post(SPACES, {"name": "Late"}), 403, "profile_required")
