"""A sliding window for invite codes: few enough tries that nobody finds one by guessing."""

from datetime import timedelta
from math import ceil

from app.core.database import Session
from app.core.errors import StaleRead, TooManyRequests
from app.models.access_patterns import JOIN_TRIES
from app.models.spaces import JoinTries

JOIN_TRIES_ALLOWED = 10
JOIN_WINDOW = timedelta(seconds=60)
# TTL counts whole seconds, rounded down: without one more, tries of this second would be forgotten early.
_KEPT = JOIN_WINDOW + timedelta(seconds=1)


def count_join_try(session: Session, *, user_id: str) -> None:
    """Count one try, good or bad, at once: it stays counted if the request fails.

    Raises:
        TooManyRequests: 10 tries lie in the last 60 seconds.
    """
    window_ms = int(JOIN_WINDOW.total_seconds() * 1000)
    # Each lost race is another try that was counted, so this ends after ten. The time is taken anew for
    # each: by the request's own, tries that are forgotten meanwhile could never be written over.
    while True:
        now = session.table.clock()
        now_ms = int(now.timestamp() * 1000)
        was = session.table.get(JOIN_TRIES.key(user_id=user_id))
        recent = [tried for tried in was.tries if tried > now_ms - window_ms] if was else []
        if len(recent) >= JOIN_TRIES_ALLOWED:
            raise TooManyRequests(retry_after_s=ceil((recent[0] + window_ms - now_ms) / 1000))
        fields = {"tries": [*recent, now_ms], "purge_at": now + _KEPT}
        if was is None:
            write = JOIN_TRIES.create(JoinTries(user_id=user_id, created_at=now, updated_at=now, **fields))
        else:
            write = JOIN_TRIES.update(was, was.patched(now, fields))
        try:
            session.table.write([write])
        except StaleRead:
            continue
        return
