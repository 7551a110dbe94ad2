"""Rules for CORS: which web pages a browser lets read the answers."""

from review.changes import Change
from review.verdicts import Verdict, changes, disrupts, opens


def allow_origin(change: Change) -> Verdict | None:
    """Which web pages may read answers, in a CORS header or setting."""
    if change.after is None:
        return disrupts("browsers no longer get the CORS header")
    if "*" in str(change.after):
        return opens("web pages of every origin may read the answers (CORS `*`)")
    if change.old is None:
        return None
    return opens("web pages of another origin may read the answers (CORS)")


def allow_credentials(change: Change) -> Verdict | None:
    """Whether browsers send cookies and stored credentials along."""
    if "true" in str(change.after).lower():
        return opens("browsers send credentials along (CORS)")
    return changes("browsers no longer send credentials along (CORS)")
