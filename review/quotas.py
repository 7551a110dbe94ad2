"""How near the settings are to what AWS allows."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.assembly import Assembly
from review.page import Cell, Row, Section, Table, points, row
from review.prices import load
from review.stack import Stack

QUOTAS: dict[str, Any] = json.loads(Path(__file__).with_name("quotas.json").read_text(encoding="utf-8"))
_NEAR, _TIGHT = 0.5, 0.8


@dataclass(frozen=True)
class Use:
    """How much of a quota a resource takes. `quota` is a key of `quotas.json`.

    A `chosen` one does not grow with the product: it may stand at the limit for good.
    """

    quota: str
    used: float
    by: str

    @property
    def share(self) -> float:
        """Of the quota, 1 being all of it."""
        return self.used / float(QUOTAS["quotas"][self.quota]["limit"])

    @property
    def chosen(self) -> bool:
        """Whether it is simply a setting, that nothing makes grow."""
        return bool(QUOTAS["quotas"][self.quota].get("chosen"))


def uses(assembly: Assembly) -> list[Use]:
    """Every quota that the template says something about, the tightest first."""
    return sorted((*_of_stack(assembly), *_of_resources(assembly.stack)), key=lambda use: -use.share)


def section(assembly: Assembly) -> Section:
    """The report's part on it."""
    found = uses(assembly)
    tight = [use for use in found if use.share >= _TIGHT and not use.chosen]
    return Section(
        anchor="quotas",
        title="How near the limits are",
        answer=f"Of {len(found)} limits that the template shows, {len(tight) or 'none'} "
        f"{'are' if tight[1:] else 'is'} more than {_TIGHT:.0%} used by what grows with the product.",
        blocks=(
            Table(
                caption="Quotas, the nearest first",
                head=("quota", "used by", "used", "limit", "share", "can be raised"),
                rows=tuple(_row(use) for use in found),
                numbers=frozenset({2, 3, 4}),
            ),
            points(
                *_concurrency(assembly.stack),
                f"AWS's default quotas, collected on {QUOTAS['collected']} in "
                "`review/quotas.json`, "
                "each with its source; an account may have others. Those of the whole account are shared "
                "with all "
                "else in it.",
            ),
        ),
    )


def _of_stack(assembly: Assembly) -> Iterator[Use]:
    template = assembly.template
    yield Use("resources", len(template["Resources"]), "the stack")
    yield Use("template", assembly.template_bytes, "the stack")
    yield Use("outputs", len(template.get("Outputs", {})), "the stack")
    yield Use(
        "paths", len(assembly.stack.all("AWS::ApiGateway::Resource")) + 1, "the API, its root with them"
    )
    yield Use("rules", len(assembly.stack.all("AWS::Events::Rule")), "the stack")


def _of_resources(stack: Stack) -> Iterator[Use]:
    for kind, measure in _MEASURES.items():
        for resource in stack.all(kind):
            for quota, used in measure(resource.properties):
                yield Use(quota, used, resource.title)


def _stage(properties: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for setting in properties.get("MethodSettings", []):
        if setting["ResourcePath"] == "/*" and "ThrottlingRateLimit" in setting:
            yield "rate", setting["ThrottlingRateLimit"]
            yield "burst", setting["ThrottlingBurstLimit"]


def _function(properties: dict[str, Any]) -> Iterator[tuple[str, float]]:
    yield "timeout", properties.get("Timeout", 3)
    yield "memory", properties.get("MemorySize", 128)
    yield "layers", len(properties.get("Layers", []))
    variables = properties.get("Environment", {}).get("Variables", {})
    # References are counted as the template writes them, which is near enough to what they become.
    yield "environment", sum(len(name) + len(str(value)) for name, value in variables.items())
    if "ReservedConcurrentExecutions" in properties:
        yield "concurrency", properties["ReservedConcurrentExecutions"]


def _table(properties: dict[str, Any]) -> Iterator[tuple[str, float]]:
    yield "indexes", len(properties.get("GlobalSecondaryIndexes", []))


def _policy(properties: dict[str, Any]) -> Iterator[tuple[str, float]]:
    yield "policy", len(json.dumps(properties["PolicyDocument"], separators=(",", ":")))


def _queue(properties: dict[str, Any]) -> Iterator[tuple[str, float]]:
    yield "retention", properties.get("MessageRetentionPeriod", 345_600)


def _mapping(properties: dict[str, Any]) -> Iterator[tuple[str, float]]:
    yield "parallel", properties.get("ParallelizationFactor", 1)


_MEASURES: dict[str, Callable[[dict[str, Any]], Iterator[tuple[str, float]]]] = {
    "AWS::ApiGateway::Stage": _stage,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::DynamoDB::Table": _table,
    "AWS::IAM::Policy": _policy,
    "AWS::SQS::Queue": _queue,
}


def _concurrency(stack: Stack) -> Iterator[Cell]:
    """Whether the function can take what one route's throttle lets through."""
    rates = [
        setting["ThrottlingRateLimit"]
        for stage in stack.all("AWS::ApiGateway::Stage")
        for setting in stage.properties.get("MethodSettings", [])
        if setting["ResourcePath"] == "/*" and "ThrottlingRateLimit" in setting
    ]
    for function in stack.all("AWS::Lambda::Function"):
        reserved = function.properties.get("ReservedConcurrentExecutions")
        if not reserved:
            yield Cell(
                f"{function.title} shares the account's concurrency: others can starve it, and it them.",
                "warn",
                "not reserved",
            )
        elif rates:
            rate, seconds = max(rates), load("request_seconds")
            yield Cell(
                f"{rate:,g} requests a second of {seconds:g} s each keep {rate * seconds:,.0f} of the "
                f"{reserved:,} reserved executions of {function.title} busy; at {reserved / rate:.2g} s "
                "each, all of them."
            )


def _row(use: Use) -> Row:
    quota = QUOTAS["quotas"][use.quota]
    tone = Cell(f"{use.share:.0%}")
    if use.chosen:
        tone = Cell(f"{use.share:.0%}", "plain", "chosen")
    elif use.share >= _TIGHT:
        tone = Cell(f"{use.share:.0%}", "bad", "tight")
    elif use.share >= _NEAR:
        tone = Cell(f"{use.share:.0%}", "warn", "near")
    limit, raisable = quota["limit"], "yes" if quota["raisable"] else "no"
    return row(quota["what"], use.by, f"{use.used:,.0f}", f"{limit:,}", tone, raisable)
