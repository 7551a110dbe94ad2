"""What becomes of people: invited in numbers, and gone without a trace."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from local.aws import Clients, Deployment
from tests.e2e.response_helpers import assert_refused
from tests.e2e.waiting_helpers import all_of, eventually, finished
from tests.factories import Person
from tests.integration.content_helpers import write_everything

ME, SPACES, ORGANIZATIONS = "/api/v1/users/me", "/api/v1/spaces", "/api/v1/organizations"
SignUp = Callable[[], Person]


class TestACompanyInvites25PeopleOfWhom3HaveWrongAddresses:
    def test_and_gets_the_other_22(self, sign_up: SignUp) -> None:
        ceo = sign_up().make_profile("Chief")
        staff = [sign_up().make_profile("Staff") for _ in range(2)]
        made = ceo.post(ORGANIZATIONS, {"name": "Analytical Engines Ltd"})
        assert made.status_code == 201, made.text
        here = f"{ORGANIZATIONS}/{made.json()['org_id']}"
        strangers = [f"colleague-{number}@example.com" for number in range(20)]
        wrong = ["nobody", "no body@example.com", "@example.com"]
        emails = [*(person.email for person in staff), *strangers, *wrong]

        answer = ceo.post(
            f"{here}/invitations/batch", {"invitations": [{"email": email} for email in emails]}
        )

        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [result["email"] for result in results] == emails
        assert [result["status"] for result in results] == [201] * 22 + [422] * 3
        assert {result["code"] for result in results[22:]} == {"validation_failed"}
        assert len(all_of(ceo, f"{here}/invitations?status=pending")) == 22
        for person, result in zip(staff, results, strict=False):
            accept = f"/api/v1/invitations/{result['invitation_id']}/accept"
            accepted = eventually(lambda: self.accept(person, accept))  # noqa: B023 - called at once
            assert accepted == "member"
        directory = all_of(ceo, f"{here}/users")
        assert {user["user_id"] for user in directory} == {ceo.user_id, *(p.user_id for p in staff)}
        assert_refused(staff[0].delete(f"{here}/users/{staff[1].user_id}"), 403, "forbidden")
        assert staff[0].get(f"/api/v1/users/{staff[1].user_id}").status_code == 200

    def accept(self, person: Person, path: str) -> str | None:
        """The role, once the index knows the invitation."""
        response = person.post(path)
        return response.json()["role"] if response.status_code == 200 else None


class TestAccountIsExportedAndErased:
    def test_account_is_exported_and_erased_with_all_that_it_wrote(
        self, sign_up: SignUp, embedded_aws: Clients, deployment: Deployment
    ) -> None:
        ada, ben = sign_up().make_profile("Ada"), sign_up().make_profile("Ben")
        space = ada.make_space()
        here = f"{SPACES}/{space['space_id']}"
        assert ben.join(ada.make_code(space["space_id"])).status_code == 200
        assert ada.patch(f"{here}/members/{ben.user_id}", {"role": "admin"}).status_code == 200
        write_everything(ben, here, mark="Ben was here", day=f"{datetime.now(UTC).date()}")
        eventually(lambda: len(all_of(ada, f"{here}/activity")) >= 4)
        mine = ben.make_space("Mine")
        assert_refused(ben.delete(ME), 409, "owns_spaces")
        assert ben.delete(f"{SPACES}/{mine['space_id']}").status_code == 202

        copy = all_of(ben, f"{ME}/export")
        closed = ben.delete(ME)

        kinds = {item["kind"] for item in copy}
        assert {"journal_entry", "comment", "goal", "habit_check_in", "user_profile"} <= kinds
        assert ada.email not in json.dumps(copy)
        assert closed.status_code == 202, closed.text
        assert_refused(ben.get(ME), 403, "profile_required")
        assert finished(ben, closed.headers["Location"])["status"] == "done"
        for noun in ("journals", "goals", "habits", "templates", "invitations"):
            assert all_of(ada, f"{here}/{noun}") == [], noun
        assert [member["user_id"] for member in all_of(ada, f"{here}/members")] == [ada.user_id]
        assert ada.get(here).json()["member_count"] == 1
        known = embedded_aws.cognito.list_users(UserPoolId=deployment.user_pool_id)["Users"]
        assert ben.user_id not in {user["Username"] for user in known}
