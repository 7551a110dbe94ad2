"""Templates: the sections that a journal entry asks its author to fill in."""

from typing import Annotated, Literal

from pydantic import (
    MISSING,
    AfterValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from typing_extensions import TypeAliasType

from app.core.model import Model
from app.models.content import Content, ContentView
from app.models.fields import Description, EachOnce, Input, Name, Patch, Phrase, Title, View, WholeNumber

MAX_SECTIONS = 50
# An entry keeps a copy, and no item of the table may pass 400 KB (docs/adr/0015).
MAX_TEMPLATE_BYTES = 50_000

SectionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}$")]


class _Section(Model):
    model_config = ConfigDict(extra="forbid", frozen=True)

    section_id: Annotated[SectionId, Field(description="Unique in the template", examples=["highlights"])]
    title: Title
    prompt: Annotated[Description | None, Field(description="What to write here")] = None
    required: StrictBool = False


class ParagraphSection(_Section):
    """Free text."""

    type: Literal["paragraph"]


class QAndASection(_Section):
    """Questions, each with an answer of its own."""

    type: Literal["q_and_a"]
    questions: Annotated[list[Phrase], Field(min_length=1, max_length=20)]


class ListSection(_Section):
    """Short items, one below the other."""

    type: Literal["list"]


class CheckboxSection(_Section):
    """Options to tick, any number of them."""

    type: Literal["checkbox"]
    options: Annotated[list[Name], Field(min_length=1, max_length=50), EachOnce]


class ScaleSection(_Section):
    """A whole number from `min` to `max`."""

    type: Literal["scale"]
    min: Annotated[WholeNumber, Field(ge=-1000, le=1000)]
    max: Annotated[WholeNumber, Field(ge=-1000, le=1000)]

    @field_validator("max")
    @classmethod
    def _is_above_min(cls, highest: int, others: ValidationInfo) -> int:
        if highest <= others.data.get("min", -1000):
            raise ValueError("must be greater than min")
        return highest


class TableSection(_Section):
    """Rows with a cell for each column."""

    type: Literal["table"]
    columns: Annotated[list[Name], Field(min_length=1, max_length=10), EachOnce]


class TimeLogSection(_Section):
    """What was done from when to when."""

    type: Literal["time_log"]


Section = TypeAliasType(
    "Section",
    Annotated[
        ParagraphSection
        | QAndASection
        | ListSection
        | CheckboxSection
        | ScaleSection
        | TableSection
        | TimeLogSection,
        Field(discriminator="type"),
    ],
)


def _unique_ids(sections: list[Section]) -> list[Section]:
    if len({section.section_id for section in sections}) < len(sections):
        raise ValueError("section_id must be unique")
    return sections


def _small(sections: list[Section]) -> list[Section]:
    size = sum(len(section.model_dump_json(exclude_none=True).encode()) for section in sections)
    if size > MAX_TEMPLATE_BYTES:
        raise ValueError(f"must be at most {MAX_TEMPLATE_BYTES} bytes in all")
    return sections


Sections = Annotated[
    list[Section],
    Field(max_length=MAX_SECTIONS),
    AfterValidator(_unique_ids),
    AfterValidator(_small),
]
BuiltInId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,49}$")]
_SECTIONS_EXAMPLE = [
    {"section_id": "mood", "type": "scale", "title": "How was today?", "min": 1, "max": 10, "required": True},
    {"section_id": "best", "type": "paragraph", "title": "The best of it"},
]


class TemplateCreate(Input):
    """What it takes to make a template."""

    name: Annotated[Name, Field(examples=["Evening review"])]
    description: Annotated[Description | None, Field(examples=["Five minutes before bed"])] = None
    sections: Annotated[Sections, Field(min_length=1, examples=[_SECTIONS_EXAMPLE])]


class TemplatePatch(Patch):
    """Any of these fields; null clears the description. Entries keep the sections they were written by."""

    name: Annotated[Name, Field(examples=["Evening review"])] | MISSING = MISSING
    description: Description | None | MISSING = MISSING
    sections: Annotated[Sections, Field(min_length=1)] | MISSING = MISSING


class Template(Content):
    """A space's own template as stored."""

    template_id: str
    name: str
    description: str | None = None
    sections: list[Section]


class TemplateView(ContentView):
    """A space's own template."""

    template_id: str
    name: str
    description: str | None
    sections: list[Section]


class BuiltInTemplate(View):
    """A template that ships with the service. Its version changes when its sections do."""

    template_id: Annotated[BuiltInId, Field(examples=["daily_log"])]
    version: Annotated[int, Field(ge=1)] = 1
    name: Name
    description: Description
    sections: Sections
