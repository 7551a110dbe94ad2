"""What platform engineers ask of an environment that is deployed."""

from pathlib import Path

import pytest

from delivery import redrive, smoke
from local.aws import Deployment


@pytest.fixture(autouse=True)
def _local(home: Path, deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack of these tests is the one that `ENV=local` means."""
    monkeypatch.setattr("delivery.stack_outputs._HOME", home)


def test_it_answers_and_rejects_whoever_is_not_signed_in(capsys: pytest.CaptureFixture[str]) -> None:
    smoke.main("local")
    health, refusal = capsys.readouterr().out.splitlines()
    assert health.startswith("ok     GET /health: 200")
    assert refusal.startswith("ok     GET /api/v1/users/me without a token: 401")


def test_there_is_no_background_work_that_was_given_up(capsys: pytest.CaptureFixture[str]) -> None:
    redrive.main("local")
    assert capsys.readouterr().out == "0 requeued\n"
