"""Around `cdk deploy`: gate, smoke test, stack policy, drift, redrive, rollback helpers."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
