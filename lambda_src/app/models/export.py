"""A copy of what the product keeps of a person."""

from typing import Annotated, Any

from pydantic import Field

from app.models.fields import View


class ExportItem(View):
    """One stored item that the caller wrote or that is about them. Other people appear as ids only."""

    kind: Annotated[str, Field(examples=["journal_entry"])]
    data: Annotated[dict[str, Any], Field(description="Its fields, as they are stored")]
