"""What goes after an organization."""

from app.background.cascades import delete_all
from app.background.work import Work
from app.models.access_patterns import invitation_claims_to, invitation_counts_of, invitations_to
from app.models.messages import DeleteOrganizationInvitations


def delete_invitations(work: Work, message: DeleteOrganizationInvitations) -> None:
    """Delete the invitations to an organization that is gone."""
    delete_invitations_to(work, message.org_id)


def delete_invitations_to(work: Work, target_id: str) -> None:
    """Delete whatever there is of invitations to a space or an organization."""
    delete_all(work, invitations_to(target_id))
    delete_all(work, invitation_claims_to(target_id))
    delete_all(work, invitation_counts_of(target_id))
