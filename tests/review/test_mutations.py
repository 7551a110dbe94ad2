"""The verdict of the report on each mutation of the prod template, and the score over all of them."""

import sys
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from review.assembly import Assembly
from review.difference import Differences, differences
from review.rules import RULES
from tests.review.mutations import MUTATIONS
from tests.review.mutations.edits import Mutation
from tests.review.review_helpers import assembly

_NAMES = [mutation.name for mutation in MUTATIONS]


def mutated(mutation: Mutation) -> Assembly:
    return replace(assembly("prod"), template=mutation.applied(assembly("prod").template))


@cache
def judged(mutation: Mutation) -> Differences:
    return differences(assembly("prod"), mutated(mutation), environments=False)


class TestMutations:
    @pytest.mark.parametrize("mutation", MUTATIONS, ids=_NAMES)
    def test_mutation_gets_expected_verdict(self, mutation: Mutation) -> None:
        found = judged(mutation)
        assert found.worst is mutation.danger
        assert any(mutation.why in each.verdict.why for each in found.items)

    def test_mutations_cover_every_type_of_the_template(self) -> None:
        used = {entry["Type"] for entry in assembly("prod").template["Resources"].values()}
        assert used <= {f"AWS::{mutation.type}" for mutation in MUTATIONS}

    def test_mutation_names_are_unique(self) -> None:
        assert [name for name, number in Counter(_NAMES).items() if number > 1] == []

    def test_unchanged_template_has_no_difference(self) -> None:
        found = differences(assembly("prod"), assembly("prod"), environments=False)
        assert found.items == ()
        assert found.permissions == ()

    def test_rules_know_every_type_of_each_environment(self) -> None:
        for name in ("local", "dev", "staging", "prod"):
            used = {entry["Type"] for entry in assembly(name).template["Resources"].values()}
            assert used <= RULES.keys()

    def test_score_is_complete(self, capsys: pytest.CaptureFixture[str]) -> None:
        right = sum(judged(mutation).worst is mutation.danger for mutation in MUTATIONS)
        with capsys.disabled():
            sys.stdout.write(f"\n{right} of {len(MUTATIONS)} template mutations judged as expected\n")
        assert right == len(MUTATIONS)
