"""`cdk synth` as a platform engineer and a pipeline run it: the real CLI, the real assets."""

import os
from pathlib import Path

from local.aws import tool_environment
from local.process import run

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9"  # synthesis asks AWS nothing, and nothing answers here


def synth(work: Path, *, hash_seed: str) -> tuple[str, bytes]:
    """What `cdk synth -c env=prod` prints, and the list of assets that it writes."""
    work.mkdir()
    cdk, assembly = ROOT / "node_modules" / ".bin" / "cdk", work / "cdk.out"
    env = tool_environment(os.environ, NOWHERE, ROOT) | {"PYTHONHASHSEED": hash_seed}
    options = ["--output", str(assembly), "--no-notices", "--no-version-reporting"]
    printed = run([cdk, "synth", "-c", "env=prod", *options], cwd=ROOT, env=env, log=work / "log")
    return printed, (assembly / "LifestyleSpaces-prod.assets.json").read_bytes()


class TestSynthOfProd:
    def test_synth_of_prod_gives_the_same_to_the_byte_each_time(self, tmp_path: Path) -> None:
        # Two hash seeds: whatever was written in the order of a set would differ.
        (first, first_assets), (second, second_assets) = (
            synth(tmp_path / seed, hash_seed=seed) for seed in ("1", "2")
        )

        assert "AWS::Lambda::Function" in first
        assert first == second
        assert first_assets == second_assets
