"""Deleting whatever a list holds, however much it is."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from app.background.work import Unfinished, Work
from app.core.database import Session
from app.core.entities import Record
from app.core.errors import StaleRead
from app.core.queries import Query

T = TypeVar("T", bound=Record)
_PAGE = 100


def delete_all(
    work: Work, query: Query[T], children: Callable[[T], Iterable[Query[Any]]] = lambda _: ()
) -> None:
    """Delete the items of a list of the table, each after its own children.

    Nobody may add to the list any more. A run that is cut short is continued by asking again.

    Raises:
        Unfinished: the time is up.
    """
    cursor = None
    while True:
        page = work.table.page(query, limit=_PAGE, cursor=cursor, consistent=True)
        for item in page.items:
            for query_of_children in children(item):
                delete_all(work, query_of_children)
        work.table.batch_delete([query.entity.key_of(item) for item in page.items])
        work.progress(done=len(page.items))
        if (cursor := page.next_cursor) is None:
            return
        _stop_if_out_of_time(work)


def each(work: Work, query: Query[T], change: Callable[[Session, T], None]) -> None:
    """Make a change for each item of a list, each in a transaction of its own.

    `change` reads for itself how things stand: the list may lag behind. Where that has changed before the
    commit, it is asked again.

    Raises:
        Unfinished: the time is up.
    """
    cursor = None
    while True:
        page = work.table.page(query, limit=_PAGE, cursor=cursor)
        for item in page.items:
            _once(work, lambda session, item=item: change(session, item))
        if (cursor := page.next_cursor) is None:
            return


def _once(work: Work, change: Callable[[Session], None]) -> None:
    while True:
        _stop_if_out_of_time(work)
        session = Session(work.table)
        change(session)
        try:
            session.commit()
        except StaleRead:
            continue
        work.progress(done=1)
        return


def _stop_if_out_of_time(work: Work) -> None:
    """Leave the rest to a message that continues.

    Raises:
        Unfinished: the time is up.
    """
    if work.out_of_time():
        raise Unfinished
