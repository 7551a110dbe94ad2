"""Deleting a space."""

from app.background.lifecycle import delete_children
from app.background.work import Work
from app.models.access_patterns import SPACES
from app.models.messages import DeleteSpace


def delete(work: Work, message: DeleteSpace) -> None:
    """Delete everything in a space that is being deleted, and at last the space.

    Raises:
        ContinueLater: the time is up.
    """
    delete_children(work, SPACES, {"space_id": message.space_id})
    work.session.add(SPACES.delete_if_exists(SPACES.key(space_id=message.space_id)))
