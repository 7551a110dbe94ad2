import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from stacks.compliance import ACKNOWLEDGED, Acknowledged
from stacks.settings import load_settings
from tests.infra.stack_helpers import DOMAIN, ENVIRONMENTS, changed, make_stack

SETTINGS = {name: load_settings(ENVIRONMENTS, name) for name in ENVIRONMENTS}
# What no environment of `cdk.json` does today, but may.
SETTINGS["owner of the log role"] = changed("dev", gateway={"owns_account_log_role": True})
SETTINGS["domain"] = changed("prod", gateway={"domain": DOMAIN})

Finding = tuple[str, str]


@cache
def findings(name: str, *, acknowledged: bool) -> frozenset[Finding]:
    """Rule and resource of what the rule packs and the CDK itself hold against an environment."""
    with TemporaryDirectory() as folder:
        app, _ = make_stack(SETTINGS[name], outdir=Path(folder), acknowledged=acknowledged)
        try:
            app.synth()
        except RuntimeError:
            assert not acknowledged
        report = json.loads((Path(folder) / "validation-report.json").read_text(encoding="utf-8"))
    return frozenset(
        (_qualified(plugin["pluginName"], finding["ruleName"]), construct["constructPath"].split("/", 1)[1])
        for plugin in report["pluginReports"]
        for finding in plugin["violations"]
        for construct in finding["violatingConstructs"]
    )


def _qualified(plugin: str, rule: str) -> str:
    """As an acknowledgement names it; the CDK's own warnings come with their prefix."""
    return rule if rule.startswith("Annotation::") else f"{plugin}::{rule}"


def concerns(acknowledged: Acknowledged, finding: Finding) -> bool:
    rule, resource = finding
    return rule == acknowledged.rule and f"{resource}/".startswith(f"{acknowledged.resource}/")


class TestFindings:
    @pytest.mark.parametrize("name", SETTINGS)
    def test_none_is_left_unacknowledged(self, name: str) -> None:
        assert findings(name, acknowledged=True) == set()

    @pytest.mark.parametrize("pack", ["AwsSolutions", "Serverless"])
    def test_findings_come_from_both_packs(self, pack: str) -> None:
        assert any(rule.startswith(f"{pack}::") for rule, _ in findings("prod", acknowledged=False))

    def test_findings_fail_the_synth_when_unacknowledged(self) -> None:
        app, _ = make_stack(SETTINGS["prod"], acknowledged=False)
        with pytest.raises(RuntimeError, match="ValidationFailed"):
            app.synth()


class TestAcknowledgements:
    def test_none_is_stale(self) -> None:
        found = {finding for name in SETTINGS for finding in findings(name, acknowledged=False)}
        needed = {each for each in ACKNOWLEDGED for finding in found if concerns(each, finding)}
        assert set(ACKNOWLEDGED) - needed == set()

    def test_each_gives_a_reason(self) -> None:
        assert all(len(each.reason.split()) >= 5 for each in ACKNOWLEDGED)
