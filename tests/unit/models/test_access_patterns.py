"""The page of keys, held against the rules that no access pattern breaks."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.entities import Entity, EntityGroup
from app.core.queries import Query
from app.models import access_patterns
from app.models.access_patterns import (
    CHECK_INS,
    MEMBERSHIPS,
    SPACES,
    USER_PROFILES,
    members_of_space,
    memberships_of_user,
    public_spaces,
)
from app.models.members import Membership, Role
from app.models.spaces import Space, Visibility
from app.models.users import UserProfile

ENTITIES: list[Entity[Any]] = [value for value in vars(access_patterns).values() if isinstance(value, Entity)]
FAMILIES = [value for value in vars(access_patterns).values() if isinstance(value, EntityGroup)]
QUERIES: list[Query[Any]] = [members_of_space("S"), memberships_of_user("U"), public_spaces()]
NOW = datetime(2026, 3, 14, 15, 9, 26, 535000, UTC)
STAMPS = {"created_at": NOW, "updated_at": NOW}


def literal(template: str) -> str:
    return template.split("{", 1)[0]


def on_index(entity: Entity[Any], item: Any) -> tuple[str, str] | None:
    row: Any = entity.create(item).request["Item"]
    return (row["GSI1PK"]["S"], row["GSI1SK"]["S"]) if "GSI1PK" in row else None


class TestEntities:
    def test_entities_have_names_of_their_own(self) -> None:
        names = [entity.name for entity in ENTITIES]
        assert len(names) == len(set(names)) >= 10

    @pytest.mark.parametrize(("pk", "sk"), [("pk", "sk"), ("gsi1pk", "gsi1sk")])
    def test_entities_never_stand_in_each_others_place(self, pk: str, sk: str) -> None:
        """In one partition, no entity's sort keys begin as another's do: a list would mix them up.

        But for check-ins, which are only ever listed together there.
        """
        for one, other in itertools.permutations(ENTITIES, 2):
            partition = getattr(one, pk)
            if partition is not None and literal(partition) == literal(getattr(other, pk) or ""):
                if pk == "gsi1pk" and {one.name, other.name} == {member.name for member in CHECK_INS.members}:
                    continue
                assert not literal(getattr(one, sk)).startswith(literal(getattr(other, sk)))

    def test_models_are_those_of_their_annotations(self) -> None:
        # The check of fields runs where an entity first needs its model: here for all.
        declared = {
            name: annotation
            for name, annotation in vars(access_patterns)["__annotations__"].items()
            if annotation.startswith("Entity[")
        }
        assert len(declared) == len(ENTITIES)
        for name, annotation in declared.items():
            assert annotation == f"Entity[{getattr(access_patterns, name).model.__name__}]", name

    def test_entities_begin_their_partitions_with_a_word(self) -> None:
        for entity in ENTITIES:
            for template in filter(None, (entity.pk, entity.gsi1pk)):
                assert literal(template).removesuffix("#").isupper()
                assert template == "PUBLIC" or literal(template).endswith("#")


class TestEntityGroups:
    @pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
    def test_entity_groups_leave_out_nobody_who_shares_their_partition(self, family: EntityGroup) -> None:
        there = [entity for entity in ENTITIES if literal(entity.gsi1pk or "") == literal(family.gsi1pk)]
        assert {entity.name for entity in there} == {member.name for member in family.members}


class TestLists:
    @pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.partition)
    def test_lists_find_one_entity_and_no_other(self, query: Query[Any]) -> None:
        pk, sk = ("gsi1pk", "gsi1sk") if query.index else ("pk", "sk")
        found = [
            entity
            for entity in ENTITIES
            if query.partition.startswith(literal(getattr(entity, pk) or "-"))
            and literal(getattr(entity, sk)).startswith(query.sk_prefix)
        ]
        assert found == [query.entity]

    def test_lists_put_the_newest_first_but_for_members(self) -> None:
        assert [query.newest_first for query in QUERIES] == [False, True, True]


class TestUserProfile:
    @given(org_id=st.none() | st.just("O"))
    def test_user_profile_is_on_the_index_only_in_an_organization(self, org_id: str | None) -> None:
        profile = UserProfile(user_id="U", email="a@b.c", name="Ada", org_id=org_id, **STAMPS)
        assert on_index(USER_PROFILES, profile) == (("ORG#O", "USER#U") if org_id else None)


class TestSpace:
    @pytest.mark.parametrize("visibility", Visibility)
    @pytest.mark.parametrize("status", ["active", "deleting"])
    def test_space_is_found_by_everybody_only_while_it_is_public_and_active(
        self, visibility: Visibility, status: Any
    ) -> None:
        space = Space(
            space_id="S",
            name="Runners",
            visibility=visibility,
            owner_id="U",
            member_count=1,
            status=status,
            **STAMPS,
        )
        shown = visibility is Visibility.PUBLIC and status == "active"
        assert on_index(SPACES, space) == (("PUBLIC", "2026-03-14T15:09:26.535Z#S") if shown else None)


class TestMembership:
    def test_membership_is_found_from_both_sides(self) -> None:
        membership = Membership(space_id="S", user_id="U", role=Role.VIEWER, **STAMPS)
        assert MEMBERSHIPS.key(space_id="S", user_id="U").attributes == {
            "PK": {"S": "SPACE#S"},
            "SK": {"S": "MEMBER#U"},
        }
        assert on_index(MEMBERSHIPS, membership) == ("USER#U", "SPACE#S")
