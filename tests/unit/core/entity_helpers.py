"""A small noun of the tests' own, so that the engine is tested apart from what the product stores."""

from datetime import UTC, datetime

from pydantic import Field

from app.core.clock import Timestamp
from app.core.entities import Entity
from app.core.queries import Query
from app.core.records import Record
from app.core.writes import Write

THEN = datetime(2026, 3, 1, 12, 0, 0, 250000, UTC)


class Note(Record):
    notebook: str
    number: str
    text: str
    author: str | None = None
    mood: str | None = None
    tags: dict[str, bool] = Field(default_factory=dict)
    labels: list[str] = Field(default_factory=list)
    starred: bool = False
    stars: int = 0
    readers: int = 0


class Ticket(Record):
    """Something that dies."""

    notebook: str
    number: str
    expires_at: Timestamp


NOTES: Entity[Note] = Entity(
    name="Note",
    model_path=f"{__name__}.Note",
    pk="NOTEBOOK#{notebook}",
    sk="NOTE#{number}",
    gsi1pk="AUTHOR#{author}",
    gsi1sk="NOTE#{number}",
    indexed=lambda note: note.author is not None,
)
TICKETS: Entity[Ticket] = Entity(
    name="Ticket",
    model_path=f"{__name__}.Ticket",
    pk="NOTEBOOK#{notebook}",
    sk="TICKET#{number}",
    expires="expires_at",
)


def note(number: int | str = 1, *, notebook: str = "A", text: str = "Hello", **fields: object) -> Note:
    number = f"{number:04}" if isinstance(number, int) else number
    stamps = {"created_at": THEN, "updated_at": THEN}
    return Note.model_validate({"notebook": notebook, "number": number, "text": text, **stamps, **fields})


def ticket(expires_at: datetime, *, now: datetime = THEN, number: str = "0001") -> Ticket:
    return Ticket(notebook="A", number=number, expires_at=expires_at, created_at=now, updated_at=now)


def creations(count: int, **fields: object) -> list[Write]:
    """Writes that make the notes 1 to `count`."""
    return [NOTES.create(note(number, **fields)) for number in range(1, count + 1)]  # type: ignore[arg-type]


def notes_in(notebook: str) -> Query[Note]:
    return NOTES.within(notebook=notebook)


def notes_by(author: str) -> Query[Note]:
    return NOTES.on_gsi1(author=author)
