"""`make assurance`: the long suites whole, mutation testing, and `docs/assurance.md` from their figures."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
