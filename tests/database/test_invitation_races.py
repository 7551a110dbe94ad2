"""Invitations and organizations, raced by 16 threads in 200 rounds each."""

import pytest

from app.core.database import Session, Table
from app.models.access_patterns import (
    INVITATION_COUNTS,
    ORGANIZATIONS,
    SPACES,
    USER_PROFILES,
    invitation_claims_to,
    invitations_to,
    users_of_organization,
)
from app.models.invitations import Invitation, InvitationBatch, InvitationCreate, InvitationStatus
from app.models.organizations import OrganizationCreate, OrganizationUserPatch, OrgRole
from app.models.users import UserProfile
from app.services import invitations, invitees, inviting, organizations, permissions
from app.services.invitations import InvitationTarget
from app.services.permissions import Access, Action, OrganizationAccess
from tests.database.conftest import ROUNDS, THREADS, Rounds
from tests.database.test_repeated_races import EVERYTHING, all_of, user_of
from tests.unit.services.user_helpers import PARAMETERS, enrol, identity, profile

pytestmark = pytest.mark.long

UNLIMITED = PARAMETERS.model_copy(
    update={
        "max_invitations_per_day": EVERYTHING,
        "max_invitations_per_sender_per_day": EVERYTHING,
        "max_members_per_space": EVERYTHING,
    }
)


@pytest.fixture
def ada(table: Table) -> Access:
    """The owner of a space."""
    return enrol(table)


def people(table: Table, name: str, count: int = ROUNDS) -> list[UserProfile]:
    made = [profile(table.clock(), f"{name}-{number}") for number in range(count)]
    for start in range(0, count, 100):
        table.write([USER_PROFILES.create(person) for person in made[start : start + 100]])
    return made


def sent_today(table: Table, target_id: str) -> int:
    (today,) = all_of(table, INVITATION_COUNTS.within(target_id=target_id))
    return int(today.sent)


def found(table: Table, admin: UserProfile) -> str:
    session = Session(table)
    made = organizations.create(session, admin, OrganizationCreate(name="Engines"))
    session.commit()
    return made.org_id


def invited(user: UserProfile, org_id: str, role: OrgRole) -> Invitation:
    """An invitation that the user accepts."""
    now = user.created_at
    return Invitation.model_validate(
        {
            "invitation_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "target_kind": "organization",
            "target_id": org_id,
            "target_name": "Engines",
            "email": user.email,
            "role": role,
            "invited_by": "ada",
            **dict.fromkeys(("created_at", "updated_at", "expires_at", "purge_at", "sent_at"), now),
        }
    )


class TestInvitations:
    def test_invitations_of_an_email_are_one(self, rounds: Rounds, table: Table, ada: Access) -> None:
        def invite(session: Session, number: int, _: int) -> None:
            body = InvitationCreate(email=f"{number}@example.org")
            inviting.create(session, InvitationTarget.space(ada), body, parameters=UNLIMITED)

        for ends in rounds.run(invite):
            assert ends == {"done": 1, "stale": THREADS - 1}
        target_id = ada.space.space_id
        emails = [invitation.email for invitation in all_of(table, invitations_to(target_id))]
        assert len(emails) == len(set(emails)) == ROUNDS
        assert len(all_of(table, invitation_claims_to(target_id))) == ROUNDS
        assert sent_today(table, target_id) == ROUNDS

    def test_end_once(self, rounds: Rounds, table: Table, ada: Access) -> None:
        target, space_id, eves = InvitationTarget.space(ada), ada.space.space_id, people(table, "eve")
        ids = []
        for eve in eves:
            session = Session(table)
            body = InvitationCreate(email=eve.email)
            ids.append(inviting.create(session, target, body, parameters=UNLIMITED).invitation_id)
            session.commit()

        def answer_or_revoke(session: Session, number: int, thread: int) -> None:
            eve, invitation_id = eves[number], ids[number]
            who = identity(eve.user_id, eve.email)
            if thread % 3 == 0:
                invitees.accept(session, eve, identity=who, invitation_id=invitation_id, parameters=UNLIMITED)
            elif thread % 3 == 1:
                invitees.decline(session, who, invitation_id=invitation_id)
            else:
                invitations.revoke(session, target, invitation_id=invitation_id, versions=None)

        for ends in rounds.run(answer_or_revoke):
            assert ends["done"] == 1
            assert ends.keys() <= {"done", "stale", "already_member"}
        closed = all_of(table, invitations_to(space_id))
        assert InvitationStatus.PENDING not in {invitation.status for invitation in closed}
        accepted = {i.email for i in closed if i.status is InvitationStatus.ACCEPTED}
        space = table.get(SPACES.key_of(ada.space))
        assert space is not None
        assert space.member_count == 1 + len(accepted)
        for eve in eves:
            assert user_of(table, eve.user_id).space_count == (eve.email in accepted)
        assert all_of(table, invitation_claims_to(space_id)) == []

    def test_invitations_of_a_day_are_never_more_than_may_be(
        self, rounds: Rounds, table: Table, ada: Access
    ) -> None:
        limited = PARAMETERS.model_copy(update={"max_invitations_per_day": 100})

        def invite(session: Session, number: int, thread: int) -> None:
            bodies = [InvitationCreate(email=f"{number}-{thread}-{one}@example.org") for one in range(3)]
            if thread % 2:
                inviting.create(session, InvitationTarget.space(ada), bodies[0], parameters=limited)
            else:
                batch = InvitationBatch[InvitationCreate](invitations=bodies)
                inviting.create_batch(session, InvitationTarget.space(ada), batch, parameters=limited)

        rounds.run(invite)

        assert sent_today(table, ada.space.space_id) == 100
        assert len(all_of(table, invitations_to(ada.space.space_id))) == 100


class TestOrganizations:
    def test_count_their_users_and_admins_and_are_never_without_one(
        self, rounds: Rounds, table: Table
    ) -> None:
        founder, *others = people(table, "person", 4)
        org_id = found(table, founder)
        crowd = [person.user_id for person in (founder, *others)]

        def come_and_go(session: Session, number: int, thread: int) -> None:
            user = user_of(table, crowd[thread % 4])
            if user.org_id is None:
                role = OrgRole.ADMIN if number % 2 else OrgRole.MEMBER
                organizations.enter(session, user, accepted=invited(user, org_id, role))
                return
            access = self.admit(session, user.user_id, org_id)
            whom = crowd[(number + thread // 4) % 4]
            if (number + thread) % 3 == 0:
                organizations.remove(session, access, user_id=whom, versions=None)
            else:
                access.require(Action.MANAGE_ORGANIZATION)
                body = OrganizationUserPatch(role=OrgRole.MEMBER if thread % 2 else OrgRole.ADMIN)
                organizations.change_role(session, access, body, user_id=whom, versions=None)

        ends = rounds.run(come_and_go)

        assert sum(end["done"] for end in ends) > ROUNDS
        self.assert_counts_are_true(table, org_id)

    def test_organizations_are_dissolved_or_entered(self, rounds: Rounds, table: Table) -> None:
        admins, eves = people(table, "admin"), people(table, "eve")
        ids = [found(table, admin) for admin in admins]

        def dissolve_or_enter(session: Session, number: int, thread: int) -> None:
            if thread % 2:
                access = self.admit(session, admins[number].user_id, ids[number])
                organizations.delete(session, access, versions=None)
            else:
                accepted = invited(eves[number], ids[number], OrgRole.MEMBER)
                organizations.enter(session, eves[number], accepted=accepted)

        for ends in rounds.run(dissolve_or_enter):
            assert ends == {"done": 1, "stale": THREADS - 1}
        for number, org_id in enumerate(ids):
            inside = [user_of(table, who[number].user_id).org_id for who in (admins, eves)]
            if table.get(ORGANIZATIONS.key(org_id=org_id)) is None:
                assert inside == [None, None]
            else:
                assert inside == [org_id, org_id]
                self.assert_counts_are_true(table, org_id)

    def admit(self, session: Session, user_id: str, org_id: str) -> OrganizationAccess:
        """As the routes do at the beginning of each request."""
        access = permissions.authorize_in_organization(
            session, user_id=user_id, org_id=org_id, action=Action.LEAVE_ORGANIZATION
        )
        assert access.organization.admin_count > 0
        return access

    def assert_counts_are_true(self, table: Table, org_id: str) -> None:
        organization = table.get(ORGANIZATIONS.key(org_id=org_id))
        assert organization is not None
        roles = [user.org_role for user in all_of(table, users_of_organization(org_id))]
        assert organization.member_count == len(roles)
        assert organization.admin_count == roles.count(OrgRole.ADMIN) > 0
