"""How much mail goes out: from one cause to one address, and to one address from everybody.

A mail is counted before it is sent, under a digest of the address, and forgotten after a week. It is not tied
to what it is of: a cause that is withdrawn and put again begins no new count.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from app.background.work import Work
from app.core.errors import StaleRead
from app.models.access_patterns import SENT_MAILS
from app.models.mail import SentMails
from app.services.invitations import RESEND_INTERVAL, RESENDS_ALLOWED

_DAY = timedelta(days=1)
_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Limit:
    """At most so many mails in a time, each of them so long after the one before."""

    most: int
    within: timedelta
    interval: timedelta = timedelta()


# By one sender, over everything that they invite to: what sending one invitation again allows.
INVITATION = Limit(1 + RESENDS_ALLOWED, _KEPT, RESEND_INTERVAL)
# By one author, in one subject.
MENTION = Limit(1, _DAY)


def take(work: Work, *, email: str, cause: tuple[str, ...], limit: Limit, reference: str) -> bool:
    """Count a mail if it may be sent, and say whether it may.

    `reference` names the very mail: one that was counted and not sent, as the function died, may be sent.
    """
    recipient = sha256(email.encode()).hexdigest()[:32]
    source = sha256("\n".join(cause).encode()).hexdigest()[:32]
    everybody = Limit(work.parameters().max_mails_per_recipient_per_day, _DAY)
    while True:
        now = work.table.clock()
        keys = [SENT_MAILS.key(recipient=recipient, source=name) for name in (source, "ALL")]
        found = work.table.batch_get(keys, consistent=True)
        if found[0] is not None and found[0].reference == reference:
            return True
        writes = []
        for key_source, was, one in zip((source, "ALL"), found, (limit, everybody), strict=True):
            times = [time for time in (was.times if was else []) if time > now - one.within]
            if len(times) >= one.most or (times and now < times[-1] + one.interval):
                return False
            fields = {"times": [*times, now], "reference": reference, "purge_at": now + _KEPT}
            if was is None:
                new = SentMails(
                    recipient=recipient, source=key_source, created_at=now, updated_at=now, **fields
                )
                writes.append(SENT_MAILS.create(new))
            else:
                writes.append(SENT_MAILS.update(was, was.patched(now, fields)))
        try:
            work.table.write(writes)
        except StaleRead:
            continue
        return True
