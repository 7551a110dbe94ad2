"""Answers to the sections of a template, and whether they fit."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypeAliasType

from app.core.model import Model
from app.models.fields import EachOnce, LongText, Name, Note, Phrase, TimeOfDay, WholeNumber
from app.models.templates import (
    MAX_SECTIONS,
    CheckboxSection,
    QAndASection,
    ScaleSection,
    Section,
    SectionId,
    TableSection,
)


class _Answer(Model):
    model_config = ConfigDict(extra="forbid", frozen=True)

    section_id: SectionId
    value: Any

    @property
    def complete(self) -> bool:
        """Whether it answers a section that is required."""
        return bool(self.value)

    @property
    def texts(self) -> Sequence[str]:
        """What a reader reads in it."""
        return tuple(self.value)


class ParagraphAnswer(_Answer):
    """The text."""

    type: Literal["paragraph"]
    value: LongText

    @property
    def texts(self) -> Sequence[str]:
        """What a reader reads in it."""
        return (self.value,)


class QAndAAnswer(_Answer):
    """An answer to each question, in their order; empty where there is none."""

    type: Literal["q_and_a"]
    value: Annotated[list[LongText], Field(max_length=20)]

    @property
    def complete(self) -> bool:
        """Whether it answers a section that is required: every question of it."""
        return all(self.value)


class ListAnswer(_Answer):
    """The items."""

    type: Literal["list"]
    value: Annotated[list[Phrase], Field(max_length=100)]


class CheckboxAnswer(_Answer):
    """The options that are ticked."""

    type: Literal["checkbox"]
    value: Annotated[list[Name], Field(max_length=50), EachOnce]


class ScaleAnswer(_Answer):
    """The number."""

    type: Literal["scale"]
    value: WholeNumber

    @property
    def complete(self) -> bool:
        """Whether it answers a section that is required: any number does."""
        return True

    @property
    def texts(self) -> Sequence[str]:
        """Nothing to read: it is a number."""
        return ()


class TableAnswer(_Answer):
    """The rows, each with a cell for each column; a cell may be empty."""

    type: Literal["table"]
    value: Annotated[list[Annotated[list[Note], Field(max_length=10)]], Field(max_length=200)]

    @property
    def texts(self) -> Sequence[str]:
        """What a reader reads in it."""
        return [cell for row in self.value for cell in row]


class TimeLogEntry(Model):
    """What was done from when to when; an end before the start is on the next day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Annotated[TimeOfDay, Field(examples=["07:30"])]
    end: Annotated[TimeOfDay, Field(examples=["08:00"])]
    activity: Annotated[Phrase, Field(examples=["Morning walk"])]


class TimeLogAnswer(_Answer):
    """What was done, each with its times."""

    type: Literal["time_log"]
    value: Annotated[list[TimeLogEntry], Field(max_length=200)]

    @property
    def texts(self) -> Sequence[str]:
        """What a reader reads in it."""
        return [entry.activity for entry in self.value]


Answer = TypeAliasType(
    "Answer",
    Annotated[
        ParagraphAnswer
        | QAndAAnswer
        | ListAnswer
        | CheckboxAnswer
        | ScaleAnswer
        | TableAnswer
        | TimeLogAnswer,
        Field(discriminator="type"),
    ],
)
Answers = Annotated[list[Answer], Field(max_length=MAX_SECTIONS)]


def faults(sections: Sequence[Section], answers: Sequence[Answer]) -> dict[str, str]:
    """What is wrong with the answers to these sections, by field of the request; nothing, if they fit."""
    known = {section.section_id: section for section in sections}
    found: dict[str, str] = {}
    answered: set[str] = set()
    for number, answer in enumerate(answers):
        section = known.get(answer.section_id)
        if section is None:
            found[f"body.sections.{number}.section_id"] = "The template has no such section"
        elif section.section_id in answered:
            found[f"body.sections.{number}.section_id"] = "The section is answered already"
        elif section.type != answer.type:
            found[f"body.sections.{number}.type"] = f"The section is of type {section.type}"
        else:
            for fault in _misfits(section, answer.value, complete=answer.complete):
                found[f"body.sections.{number}.value"] = fault
        answered.add(answer.section_id)
    missing = [name for name, section in known.items() if section.required and name not in answered]
    if missing:
        found["body.sections"] = f"These must be answered: {', '.join(missing)}"
    return found


def _misfits(section: Section, value: Any, *, complete: bool) -> Iterator[str]:
    if section.required and not complete:
        yield "The section must be answered"
    match section:
        case QAndASection() if len(value) != len(section.questions):
            yield f"Must have an answer for each of {len(section.questions)} questions"
        case CheckboxSection() if not set(value) <= set(section.options):
            yield "Must be options of the section"
        case ScaleSection() if not section.min <= value <= section.max:
            yield f"Must be from {section.min} to {section.max}"
        case TableSection() if any(len(row) != len(section.columns) for row in value):
            yield f"Must have {len(section.columns)} cells in each row"
