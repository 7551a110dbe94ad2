from collections.abc import Callable
from typing import Any

import pytest

from app.main import Backend
from tests.outbox_helpers import OutboxHarness, make_outbox_harness


@pytest.fixture
def harness(backend: Backend, inbox: object, shared_client: Callable[[Any], Any]) -> OutboxHarness:
    return make_outbox_harness(backend, shared_client)
