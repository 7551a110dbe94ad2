"""Changing whatever a list holds, however much it is."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from app.background.work import ContinueLater, Work
from app.core.database import Session
from app.core.errors import StaleRead
from app.core.queries import Query
from app.core.records import Record

S = TypeVar("S")
T = TypeVar("T", bound=Record)
_PAGE = 100


def for_each_in_transaction(
    work: Work,
    query: Query[T],
    change: Callable[[Session, T], object],
    where: Callable[[T], bool] = lambda _: True,
) -> bool:
    """Make a change for each item of a list, each in a transaction of its own; say whether there were any.

    Items that `where` does not hold for are left alone.

    `change` reads for itself how things stand: a list on GSI1 may lag behind. Where that has changed before
    the commit, it is asked again.

    Raises:
        ContinueLater: the time is up.
    """
    found = False
    for items in pages(work, query):
        for item in filter(where, items):
            retry_on_stale_read(work, change, item)
            work.progress(done=1)
            found = True
    return found


def pages(work: Work, query: Query[T], *, size: int = _PAGE, with_expired: bool = False) -> Iterator[list[T]]:
    """The items of a list, so many at a time, for as long as there is time.

    Raises:
        ContinueLater: the time is up.
    """
    cursor = None
    while True:
        page = work.table.page(
            query, limit=size, cursor=cursor, consistent=query.index is None, with_expired=with_expired
        )
        yield page.items
        if (cursor := page.next_cursor) is None:
            return
        continue_later_at_deadline(work)


def retry_on_stale_read(work: Work, change: Callable[[Session, S], object], what: S) -> None:
    """Make a change in a transaction of its own; it is asked again where what it read has changed since.

    Raises:
        ContinueLater: the time is up.
    """
    while True:
        continue_later_at_deadline(work)
        session = Session(work.table)
        change(session, what)
        try:
            session.commit()
        except StaleRead:
            continue
        return


def continue_later_at_deadline(work: Work) -> None:
    """Leave the rest to a message that continues.

    Raises:
        ContinueLater: the time is up.
    """
    if work.deadline_reached():
        raise ContinueLater
