"""`python -m benchmarks run` measures and writes docs/performance.md; `check` fails outside the budget."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk, jwt

from benchmarks import report
from benchmarks.assets import AWS, HOST, application, reference
from benchmarks.measure import Run, environment, has_valgrind
from benchmarks.stub import serve

ROUNDS = 9
INSTRUCTIONS: tuple[str, ...] = ("cold", "get", "post")
# Ratios to the reference, and megabytes. The POST also writes an outbox message and an audit event.
BUDGET = {"cold": 1.5, "get": 0.9, "post": 1.8, "snapshot": 0.75, "rss_mb": 65.0, "zipped_mb": 11.0}
BODY = '{"name": "Our kitchen", "description": "Plans and lists for the refit.", "category": "home"}'


def _event(method: str, path: str, token: str, body: str | None = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "requestContext": {"requestId": "bench", "identity": {"sourceIp": "192.0.2.1"}, "path": path},
        "body": body,
        "isBase64Encoded": False,
    }


@contextmanager
def _prepared() -> Iterator[dict[str, tuple[Run, dict[str, Any], dict[str, Any]]]]:
    """Each asset with its GET and its POST event, its space made."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    public = {**jwk.construct(pem, "RS256").public_key().to_dict(), "kid": "bench"}
    now = int(time.time())
    claims = {
        "sub": "00000000-0000-4000-8000-000000000001",
        "email": "ann@example.com",
        "email_verified": True,
        "token_use": "id",
        "aud": "bench",
        "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_bench",
        "iat": now,
        "exp": now + 86400,
    }
    token = jwt.encode(claims, pem, algorithm="RS256", headers={"kid": "bench"})
    with tempfile.TemporaryDirectory() as folder, serve({"keys": [public]}) as address:
        prepared = {}
        for assets in (reference(HOST), application(HOST)):
            (Path(folder) / assets.name).mkdir()
            run = Run(assets, environment(address), Path(folder) / assets.name)
            if assets.name == "application":
                profile = '{"email": "ann@example.com", "name": "Ann"}'
                run.answer(_event("POST", "/api/v1/users", token, profile))
            post = _event("POST", "/api/v1/spaces", token, BODY)
            space_id = report.space_id(run.answer(post)["body"])
            prepared[assets.name] = (run, _event("GET", f"/api/v1/spaces/{space_id}", token), post)
        yield prepared


def measure(*, cpu: bool) -> dict[str, dict[str, float]]:
    """The figures of each asset, by name."""
    figures: dict[str, dict[str, float]] = {}
    with _prepared() as prepared:
        for name, (run, get, post) in prepared.items():
            figures[name] = {"rss_mb": run.answer(get)["rss_mb"]}
            if has_valgrind():
                figures[name] |= {
                    "cold": run.cold_instructions(get),
                    "get": run.warm_instructions(get),
                    "post": run.warm_instructions(post),
                }
        times: dict[str, dict[str, list[float]]] = {
            name: {"cold_ms": [], "snapshot": []} for name in prepared
        }
        for _ in range(ROUNDS if cpu else 3):  # interleaved, so that a busy moment meets both
            for name, (run, get, _post) in prepared.items():
                times[name]["cold_ms"].append(run.answer(get)["cpu_ms"])
                times[name]["snapshot"].append(run.answer(get, fork=True)["cpu_ms"])
        for name, lists in times.items():
            figures[name] |= {kind: median(values) for kind, values in lists.items()}
    figures["application"]["zipped_mb"] = application(AWS).zipped_mb()
    figures["reference"]["zipped_mb"] = reference(AWS).zipped_mb()
    return figures


def over_budget(figures: dict[str, dict[str, float]]) -> list[str]:
    """What lies outside the budget, one line each. CPU time is no part of it: it does not repeat."""
    ours, theirs = figures["application"], figures["reference"]
    found: dict[str, float] = {name: ours[name] / theirs[name] for name in INSTRUCTIONS if name in ours}
    found |= {name: ours[name] for name in ("rss_mb", "zipped_mb")}
    return [
        f"{name}: {value:.2f}, budget {BUDGET[name]}" for name, value in found.items() if value > BUDGET[name]
    ]


def main(command: str) -> int:
    """Run the command and return the exit status."""
    figures = measure(cpu=command == "run")
    if command == "run":
        report.write(figures, BUDGET)
    print(report.table(figures, BUDGET))
    if not has_valgrind():
        print(
            "valgrind is not installed: instructions were not counted, and only sizes and memory were checked"
        )
    faults = over_budget(figures)
    print("\n".join(faults) or "within the budget")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
