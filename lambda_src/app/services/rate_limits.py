"""A sliding window for invite codes: few enough tries that nobody finds one by guessing."""

from datetime import timedelta
from math import ceil

from app.core.database import Session
from app.core.errors import StaleRead, TooManyRequests
from app.models.access_patterns import JOIN_TRIES
from app.models.spaces import JoinTries

JOIN_TRIES_ALLOWED = 10
JOIN_WINDOW = timedelta(seconds=60)


def count_join_try(session: Session, *, user_id: str) -> None:
    """Count one try, good or bad, at once: it stays counted if the request fails.

    Raises:
        TooManyRequests: 10 tries lie in the last 60 seconds.
    """
    now_ms = int(session.now.timestamp() * 1000)
    window_ms = int(JOIN_WINDOW.total_seconds() * 1000)
    # Each lost race is another try that was counted, so this ends after ten.
    while True:
        was = session.table.get(JOIN_TRIES.key(user_id=user_id))
        recent = [tried for tried in was.tries if tried > now_ms - window_ms] if was else []
        if len(recent) >= JOIN_TRIES_ALLOWED:
            raise TooManyRequests(retry_after_s=ceil((recent[0] + window_ms - now_ms) / 1000))
        fields = {"tries": [*recent, now_ms], "forget_at": session.now + JOIN_WINDOW}
        if was is None:
            tries = JoinTries(user_id=user_id, created_at=session.now, updated_at=session.now, **fields)
            write = JOIN_TRIES.create(tries)
        else:
            write = JOIN_TRIES.update(was, was.patched(session.now, fields))
        try:
            session.table.write([write])
        except StaleRead:
            continue
        return
