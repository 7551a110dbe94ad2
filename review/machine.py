"""The report for programs: JSON with all of it, and SARIF with what a reviewer has to look at."""

import json
from typing import Any

from review.cost import lines
from review.difference import Difference, Differences
from review.findings import findings
from review.judge import hazards, unknown_types
from review.page import Picture, Points, Table
from review.permissions.compare import PermissionChange
from review.report import Report
from review.verdicts import Danger

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# What makes the template: code scanning shows each result beside a file of the repository.
_SOURCE = "app.py"
_LEVELS = {"bad": "error", "warn": "warning", "plain": "note", "good": "note"}
_Json = dict[str, Any]


def as_json(found: Report) -> str:
    """All of the report. Dangers go by their label, money by US dollars a month at list price."""
    stack = found.assembly.stack
    document = {
        "environment": found.assembly.name,
        "title": found.title,
        "made": found.made,
        "unknown_types": unknown_types(stack),
        "hazards": [
            {"danger": verdict.danger.label, "why": verdict.why, "resource": resource.name, "property": name}
            for resource, name, verdict in hazards(stack)
        ],
        "difference": None if found.differences is None else _differences(found.differences),
        "cost": [
            {
                "what": line.what,
                "usd": round(line.dollars, 2),
                "usd_after_allowance": round(line.after_allowance, 2),
                "price_as_of": line.listed["as_of"],
                "price_confirmed_for_region": line.is_verified,
            }
            for line in lines(stack)
        ],
        "sections": [
            {
                "anchor": section.anchor,
                "title": section.title,
                "answer": section.answer,
                "blocks": [_block(block) for block in section.blocks],
            }
            for section in found.sections
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _differences(found: Differences) -> _Json:
    worst = found.worst
    return {
        "worst": None if worst is None else worst.label,
        "resources": found.counts,
        "items": [_difference(each) for each in found.items],
        "permissions": [_permission(each) for each in found.permissions],
    }


def _difference(each: Difference) -> _Json:
    return {
        "danger": each.verdict.danger.label,
        "why": each.verdict.why,
        "sign": each.sign,
        "type": each.type,
        "resource": each.resource,
        "property": each.property,
        "before": each.before,
        "after": each.after,
    }


def _permission(each: PermissionChange) -> _Json:
    first = each.first
    return {
        "widens": each.widens,
        "principal": first.principal.text,
        "effect": "Allow" if first.allowed else "Deny",
        "change": "gained" if each.gained else "lost",
        "actions": [permission.action for permission in each.permissions],
        "resource": first.resource,
        "source": first.source.name,
        "words": each.words,
    }


def _block(block: Table | Points | Picture) -> _Json:
    if isinstance(block, Picture):
        return {"mermaid": block.mermaid}
    if isinstance(block, Points):
        return {"points": [f"{cell.label} {cell.text}".strip() for cell in block.points]}
    return {
        "caption": block.caption,
        "head": list(block.head),
        "rows": [[f"{cell.label} {cell.text}".strip() for cell in row] for row in block.rows],
    }


def as_sarif(found: Report) -> str:
    """SARIF 2.1.0: each difference, each standing danger and each open finding of the rule packs."""
    run = {
        "tool": {
            "driver": {
                "name": "lifestyle-spaces review",
                "rules": [_rule(danger) for danger in Danger] + [_RULE_PACK],
            }
        },
        "results": [*_results(found), *_open_findings(found)],
        "columnKind": "utf16CodeUnits",
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(danger: Danger) -> _Json:
    return {
        "id": rule_id(danger),
        "shortDescription": {"text": danger.label},
        "fullDescription": {"text": danger.meaning},
        "defaultConfiguration": {"level": _LEVELS[danger.tone]},
    }


_RULE_PACK = {
    "id": "rule-pack",
    "shortDescription": {"text": "open finding of a rule pack"},
    "fullDescription": {"text": "A rule pack found something without an accepted reason."},
    "defaultConfiguration": {"level": "error"},
}


def rule_id(danger: Danger) -> str:
    """The danger's name as `--fail-on` takes it: `loses-data`."""
    return danger.label.replace(" ", "-")


def _results(found: Report) -> list[_Json]:
    items = () if found.differences is None else found.differences.items
    results = [
        _result(each.verdict.danger, f"{each.title}: {each.verdict.why}", each.resource, each.property)
        for each in items
    ]
    return results + [
        _result(verdict.danger, f"{resource.title}: {verdict.why}, as before", resource.name, name)
        for resource, name, verdict in hazards(found.assembly.stack)
        if not any(
            (each.resource, each.property) in {(resource.name, name), (resource.name, "")} for each in items
        )
    ]


def _result(danger: Danger, text: str, resource: str, name: str) -> _Json:
    qualified = ".".join(filter(None, (resource, name))) or "stack"
    return {
        "ruleId": rule_id(danger),
        "level": _LEVELS[danger.tone],
        "message": {"text": text.replace("`", "'")},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": _SOURCE}, "region": {"startLine": 1}},
                "logicalLocations": [{"fullyQualifiedName": qualified, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"resource/v1": f"{rule_id(danger)}:{qualified}"},
    }


def _open_findings(found: Report) -> list[_Json]:
    return [
        {
            "ruleId": "rule-pack",
            "level": "error",
            "message": {"text": f"{finding.rule}: {finding.description}"},
            "locations": [
                {
                    "physicalLocation": {"artifactLocation": {"uri": _SOURCE}, "region": {"startLine": 1}},
                    "logicalLocations": [{"fullyQualifiedName": finding.resource, "kind": "resource"}],
                }
            ],
        }
        for finding in findings(found.assembly)
        if finding.reason is None
    ]
