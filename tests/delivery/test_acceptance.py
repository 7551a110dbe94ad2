"""What the acceptance makes of its checks; the end-to-end suite runs the checks themselves."""

from datetime import UTC, datetime

import httpx2
import pytest

from delivery.acceptance import Result, accept, main, report
from delivery.acceptance_checks import CHECKS, Check, CheckFailed
from delivery.acceptance_users import Environment
from stacks.settings import load_settings
from tests.infra.stack_helpers import ENVIRONMENTS


def environment(*, on_emulator: bool = False) -> Environment:
    return Environment(
        settings=load_settings(ENVIRONMENTS, "dev"),
        outputs={},
        client=lambda name: None,
        http=httpx2.Client(base_url="https://api.example.com"),
        on_emulator=on_emulator,
    )


def fail(_: Environment) -> str:
    raise CheckFailed("500 | twice")


def break_down(_: Environment) -> str:
    raise LookupError("gone")


class TestAccept:
    def test_accept_continues_after_a_failed_check(self) -> None:
        checks = [
            Check("first", "200", fail),
            Check("second", "200", break_down),
            Check("third", "200", lambda _: "200"),
        ]
        assert [(result.outcome, result.happened) for result in accept(environment(), checks)] == [
            ("FAILED", "500 | twice"),
            ("FAILED", "LookupError: gone"),
            ("ok", "200"),
        ]

    @pytest.mark.parametrize(("on_emulator", "outcome"), [(True, "skipped"), (False, "FAILED")])
    def test_accept_skips_on_the_emulator_what_only_aws_can_show(
        self, on_emulator: bool, outcome: str
    ) -> None:
        (result,) = accept(environment(on_emulator=on_emulator), [Check("x", "200", fail, only_aws=True)])
        assert result.outcome == outcome
        assert (result.happened == "not on the emulator") is on_emulator


class TestReport:
    def test_report_is_a_table_of_what_was_expected_and_what_happened(self) -> None:
        when = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
        page = report("dev", [Result("x", "200", "500 | twice", "FAILED")], when=when)
        assert page.startswith("# Acceptance of `dev`\n")
        assert "2026-11-25 12:30 UTC" in page
        assert page.endswith("| FAILED | x | 200 | 500 \\| twice |\n")


class TestChecks:
    def test_checks_have_names_of_their_own(self) -> None:
        assert len({check.name for check in CHECKS}) == len(CHECKS) > 20

    def test_checks_end_by_deleting_what_they_created(self) -> None:
        assert CHECKS[-1].name == "erasure"


class TestMain:
    def test_main_rejects_an_environment_that_takes_no_passwords(self) -> None:
        with pytest.raises(SystemExit, match="error: prod does not allow password sign-in"):
            main("prod")
