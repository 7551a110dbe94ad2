"""What no log line and no answer may hold, looked for in every test that speaks to the API."""

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools import Logger
from httpx2 import Request, Response

from tests.factories import TABLE_NAME

# The storage, the code and the keys behind an answer.
INTERNAL = re.compile(
    rf"{TABLE_NAME}|GSI1|\"PK\"|\"SK\"|Traceback|File \"|botocore|-----BEGIN|AKIA[A-Z0-9]{{16}}"
)
# From here on a text is a person's own, and no word of the API.
TEXT_LENGTH = 8


@dataclass
class LeakDetector:
    """Notes what people send and are sent, and every log line; `leaks` is what should not be there."""

    secrets: set[str] = field(default_factory=set)
    answers: list[str] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)

    def note_request(self, request: Request) -> None:
        """Note the token and the texts of a request."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if len(token) >= TEXT_LENGTH:
            self.secrets.add(token)
        self._note_texts(request.read())

    def note_answer(self, response: Response) -> None:
        """Note an answer, and the invite code in it."""
        response.read()
        match = INTERNAL.search(response.text)
        if match:
            self.answers.append(f"{response.request.method} {response.request.url.path}: {match[0]}")
        if response.request.url.path.endswith("/invite-code") and response.is_success and response.content:
            self.secrets.add(response.json()["code"])

    @property
    def leaks(self) -> list[str]:
        """Secrets and texts of people in log lines, and what is internal in answers."""
        lines = self.log.getvalue()
        return [*self.answers, *(f"logged: {secret}" for secret in self.secrets if secret in lines)]

    @contextmanager
    def reading(self, logger: Logger) -> Iterator[None]:
        """Read every line of the logger, as it is formatted."""
        handler = logging.StreamHandler(self.log)
        handler.setFormatter(logger.registered_formatter)
        target = logging.getLogger(logger.name)
        target.addHandler(handler)
        try:
            yield
        finally:
            target.removeHandler(handler)

    def _note_texts(self, body: bytes) -> None:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return
        self.secrets.update(text for text in _strings(value) if _is_personal(text))


def _is_personal(text: str) -> bool:
    return len(text) >= TEXT_LENGTH and ("@" in text or " " in text or not text.isascii())


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
