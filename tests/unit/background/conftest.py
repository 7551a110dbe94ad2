from collections.abc import Callable
from typing import Any

import pytest

from app.main import Backend
from tests.outbox_helpers import Bench, make_bench


@pytest.fixture
def bench(backend: Backend, inbox: object, shared_client: Callable[[Any], Any]) -> Bench:
    return make_bench(backend, shared_client)
