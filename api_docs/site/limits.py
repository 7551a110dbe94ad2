"""The limits of each environment with their numbers, from the settings in `cdk.json`."""

import json
from collections.abc import Callable

from api_docs.site.document import ROOT
from stacks.settings import Settings, Throttle, load_settings

ENVIRONMENTS = ("local", "dev", "staging", "prod")


def limits(environments: object | None = None) -> str:
    """Markdown: a table of throttles, limits and token lifetimes, a column for each environment."""
    if environments is None:
        cdk = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
        environments = cdk["context"]["environments"]
    settings = [load_settings(environments, name) for name in ENVIRONMENTS]
    rows = [_row(what, settings, value) for what, value in _throttles(settings)]
    rows += [_row(what, settings, value) for what, value in _parameters()]
    rows += [
        _row("Minutes that an ID token is valid", settings, lambda each: str(each.identity.id_token_minutes)),
        _row(
            "Days that a refresh token is valid", settings, lambda each: str(each.identity.refresh_token_days)
        ),
    ]
    head = f"| Limit | {' | '.join(ENVIRONMENTS)} |\n|---|{'---|' * len(ENVIRONMENTS)}\n"
    return f"## In each environment\n\n{head}{''.join(rows)}"


def _throttles(settings: list[Settings]) -> list[tuple[str, Callable[[Settings], str]]]:
    routes = sorted({route for each in settings for route in each.gateway.route_throttles})
    own = [(f"Requests to `{route}`", _throttle_of(route)) for route in routes]
    return [("Requests to any other route", lambda each: _rate(each.gateway.throttle)), *own]


def _throttle_of(route: str) -> Callable[[Settings], str]:
    return lambda each: _rate(each.gateway.route_throttles.get(route, each.gateway.throttle))


def _rate(throttle: Throttle) -> str:
    return f"{throttle.rate_per_second:g} a second, {throttle.burst} at once"


def _parameters() -> list[tuple[str, Callable[[Settings], str]]]:
    """Every number that the function reads as a parameter, by its description in the contract."""
    contract = json.loads((ROOT / "contract" / "parameters.json").read_text(encoding="utf-8"))
    return [
        (schema["description"], _parameter_of(name))
        for name, schema in contract.items()
        if schema["type"] == "integer"
    ]


def _parameter_of(name: str) -> Callable[[Settings], str]:
    return lambda each: f"{getattr(each.app, name):,}"


def _row(what: str, settings: list[Settings], value: Callable[[Settings], str]) -> str:
    return f"| {what} | {' | '.join(map(value, settings))} |\n"
