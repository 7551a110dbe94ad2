"""Background work, as whoever started it sees it."""

from app.core.database import Session
from app.core.errors import NotFound
from app.models.access_patterns import OPERATIONS
from app.models.operations import OperationView


def get(session: Session, user_id: str, *, operation_id: str) -> OperationView:
    """An operation that the caller started.

    Raises:
        NotFound: there is none, or someone else started it.
    """
    operation = session.table.get(OPERATIONS.key(operation_id=operation_id))
    if operation is None or operation.started_by != user_id:
        raise NotFound
    return OperationView.of(operation)
