"""How much the long suites do: bounded in `make test-long`, whole in `make assurance`."""

import os

WHOLE = os.environ.get("ASSURANCE") == "whole"


def size(*, bounded: int, whole: int) -> int:
    """The number of cases or rounds of this run."""
    return whole if WHOLE else bounded
