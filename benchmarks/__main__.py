"""`python -m benchmarks run` and `load` measure and write docs/performance.md; `check` holds the budget."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import botocore

from benchmarks import report
from benchmarks.assets import AWS, HOST, Assets, application, reference
from benchmarks.events import SPACE, UserPool, event, profile
from benchmarks.load import at_handler
from benchmarks.load_local import at_local
from benchmarks.measure import Run, environment, has_valgrind
from benchmarks.stub import ADDRESS, serve
from stacks.target import Target
from tests.unit.core.certificate_helpers import Authority

PUBLIC_AUTHORITIES = Path(botocore.__file__).with_name("cacert.pem")
ROUNDS = 9
LOAD_S = 60.0
INSTRUCTIONS = ("cold", "restored", "get", "post")
# Ratios to the reference, and megabytes. The POST also writes an outbox message and an audit event.
BUDGET = {"cold": 1.5, "get": 0.9, "post": 1.8, "restored": 0.75, "rss_mb": 65.0, "zipped_mb": 11.0}
Prepared = dict[str, tuple[Run, dict[str, Any], dict[str, Any]]]


@contextmanager
def _prepared(measured: Iterable[Assets]) -> Iterator[Prepared]:
    """Each of these with its GET and its POST event, its space made."""
    pool = UserPool()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority = Authority(folder)
        # Beside all public authorities: to read them is most of what a first connection costs.
        authorities = folder / "authorities.pem"
        authorities.write_bytes(authority.path.read_bytes() + PUBLIC_AUTHORITIES.read_bytes())
        with serve(pool.keys, authority.server_context(ADDRESS)) as (plain, secure):
            yield {
                assets.name: _prepare(
                    Run(assets, environment(plain), environment(secure, authorities), folder / assets.name),
                    pool.token(),
                )
                for assets in measured
            }


def _prepare(run: Run, token: str) -> tuple[Run, dict[str, Any], dict[str, Any]]:
    run.folder.mkdir()
    if run.assets.name == "application":
        run.answer(event("POST", "/api/v1/users", token, profile()))
    post = event("POST", "/api/v1/spaces", token, SPACE)
    space_id = json.loads(run.answer(post)["body"])["space_id"]
    return run, event("GET", f"/api/v1/spaces/{space_id}", token), post


def _count(run: Run, get: dict[str, Any], post: dict[str, Any]) -> dict[str, float]:
    """Memory, and instructions where valgrind is installed: what is the same on a busy machine."""
    figures = {"rss_mb": float(run.answer(get)["rss_mb"])}
    if has_valgrind():
        figures |= {
            "cold": run.cold_instructions(get),
            "restored": run.restored_instructions(get),
            "get": run.warm_instructions(get),
            "post": run.warm_instructions(post),
        }
    return figures


def measure(*, rounds: int) -> report.Figures:
    """The figures of the assets by their names. CPU times are medians of so many rounds.

    Without rounds the budget's are measured alone: the application's and the bare handler's.
    """
    named: dict[str, Callable[[Target], Assets]] = {"reference": reference, "application": application}
    named |= {"usual": partial(reference, module="usual")} if rounds else {}
    with _prepared(build(HOST) for build in named.values()) as prepared:
        with ThreadPoolExecutor() as executor:
            counted = executor.map(lambda each: _count(*each), prepared.values())
            figures = dict(zip(prepared, counted, strict=True))
        times = [  # interleaved, so that a busy moment meets both
            (name, run.answer(get)["cpu_ms"], run.restored(get)["cpu_ms"])
            for _ in range(rounds)
            for name, (run, get, _post) in prepared.items()
        ]
        for name in prepared if rounds else ():
            mine = [each[1:] for each in times if each[0] == name]
            cold, restored = (median(values) for values in zip(*mine, strict=True))
            figures[name] |= {"cold_ms": cold, "restored_ms": restored}
    for name, build in named.items():
        figures[name]["zipped_mb"] = build(AWS).zipped_mb()
    return figures


def over_budget(figures: report.Figures) -> list[str]:
    """What lies outside the budget, one line each. CPU time is no part of it: it does not repeat."""
    ours, theirs = figures["application"], figures["reference"]
    found: dict[str, float] = {name: ours[name] / theirs[name] for name in INSTRUCTIONS if name in ours}
    found |= {name: ours[name] for name in ("rss_mb", "zipped_mb")}
    return [
        f"{name}: {value:.2f}, budget {BUDGET[name]}" for name, value in found.items() if value > BUDGET[name]
    ]


def main(command: str) -> int:
    """Run the command and return the exit status."""
    if sys.platform != "linux" or HOST.python != AWS.python:
        print(f"The budget is that of Linux with Python {AWS.python_version}: nothing was measured here")
        return int(command != "check")
    if command == "load":
        report.write(handler=at_handler(LOAD_S), local=at_local(LOAD_S))
        return 0
    figures = measure(rounds=ROUNDS if command == "run" else 0)
    if command == "run":
        report.write(figures=figures, budget=BUDGET, costs=report.database_costs())
    print(report.table(figures, BUDGET))
    if not has_valgrind():
        print("valgrind is not installed: only sizes and memory were checked, no instructions")
    faults = over_budget(figures)
    print("\n".join(faults) or "within the budget")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
