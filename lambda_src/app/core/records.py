"""The base of stored items: version, and times of creation and change."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from pydantic import ConfigDict, Field

from app.core.clock import Timestamp, rfc3339
from app.core.errors import PreconditionFailed
from app.core.model import Model

# The digest in a tag that names the version only.
NO_DIGEST = "0" * 10

# The versions that a caller accepts as current (`If-Match`); None accepts any.
Versions = frozenset["VersionTag"] | None


class VersionTag(NamedTuple):
    """The content of an item's ETag: its version, a digest of the answer, and a check of both.

    The check includes the time of creation, so that a tag of a deleted item does not match its successor, and
    no tag can be made up.
    """

    version: int
    content: str
    check: str

    @classmethod
    def make(cls, version: int, created_at: str, content: str) -> Self:
        """The tag of an item that was created at this time (RFC 3339)."""
        text = f"{version} {created_at} {content}"
        return cls(version, content, hashlib.sha256(text.encode()).hexdigest()[:6])

    def __str__(self) -> str:
        """The tag as in `ETag` and `If-Match`."""
        return f'"{self.version}-{self.content}{self.check}"'


class Record(Model):
    """What every stored item has. `version` counts changes from 1; counters do not raise it."""

    # An error that quoted stored values would put them into the log.
    model_config = ConfigDict(
        frozen=True, hide_input_in_errors=True, validate_by_name=True, validate_by_alias=True
    )

    version: int = 1
    created_at: Timestamp
    updated_at: Timestamp

    def patched(self, now: datetime, changes: Mapping[str, Any]) -> Self:
        """A copy with these validated values and the next version; itself if nothing differs."""
        if all(getattr(self, name) == value for name, value in changes.items()):
            return self
        return self.model_copy(update={**changes, "version": self.version + 1, "updated_at": now})

    def require_version(self, versions: Versions) -> None:
        """Check that the caller has seen the current version.

        Raises:
            PreconditionFailed: the item is at none of these versions.
        """
        if versions is None:
            return
        created_at = rfc3339(self.created_at)
        if not any(tag == VersionTag.make(self.version, created_at, tag.content) for tag in versions):
            raise PreconditionFailed


def stored_as(name: str) -> Any:
    """Keep the name under which earlier versions have stored a field that has another name in the code."""
    return Field(alias=name)
