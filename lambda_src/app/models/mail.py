"""Mail: what was sent, so that nobody gets too much of it."""

from app.core.clock import Timestamp
from app.core.records import Record


class SentMails(Record):
    """When mail of one source went to one recipient, oldest first. `reference` names the last one.

    Recipient and source are digests: no address stands here.
    """

    recipient: str
    source: str
    times: list[Timestamp]
    reference: str
    purge_at: Timestamp
