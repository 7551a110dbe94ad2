"""Every entity declares how its items end."""

from typing import Any

import pytest

from app.core.entities import Entity
from app.models.access_patterns import AUTHOR_GROUPS, ENTITIES
from app.services.lifecycle import ENTITY_BY_NAME

NAMES_OF_PEOPLE = {"author_id", "user_id", "actor_id", "invited_by"}


def has_end(entity: Entity[Any]) -> bool:
    return bool(entity.parents or entity.expires or entity.exempt)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
class TestLifecycle:
    def test_entity_has_parent_expiry_or_exemption(self, entity: Entity[Any]) -> None:
        assert has_end(entity), "declare parents=, expires= or exempt= (with the reason)"

    def test_exemption_gives_reason(self, entity: Entity[Any]) -> None:
        assert entity.exempt is None or len(entity.exempt.split()) >= 3

    def test_exemption_is_not_given_to_entity_with_parents(self, entity: Entity[Any]) -> None:
        assert not (entity.exempt and entity.parents)

    def test_parents_have_the_fields_that_items_are_found_by(self, entity: Entity[Any]) -> None:
        for parent in entity.parents:
            fields = ENTITY_BY_NAME[parent.entity].model.model_fields
            assert set(entity.fields_shared_with(parent).values()) <= set(fields)

    def test_counters_are_fields_of_items_whose_key_the_entity_has(self, entity: Entity[Any]) -> None:
        for counter in entity.counters:
            holder = ENTITY_BY_NAME[counter.entity]
            names = {counter.fields.get(name, name) for name in holder.key_fields}
            assert names <= set(entity.model.model_fields)

    def test_fields_of_what_stays_are_fields_and_leave_the_index_of_its_author(
        self, entity: Entity[Any]
    ) -> None:
        if entity.on_author_erased is not None:
            assert set(entity.on_author_erased) <= set(entity.model.model_fields)
            assert entity.author in entity.on_author_erased
            assert not entity.indexed(entity.model.model_construct(**entity.on_author_erased))

    def test_item_indexed_by_author_declares_author(self, entity: Entity[Any]) -> None:
        by_user = (entity.gsi1pk or "").split("#")[0] in {"AUTHOR", "CHECKINS", "USER"}
        assert by_user == (entity.author is not None)

    def test_authored_item_is_in_a_group_that_erasing_reads(self, entity: Entity[Any]) -> None:
        members = [member for group in AUTHOR_GROUPS for member in group.members]
        assert entity.author is None or entity in members


def test_entity_without_end_is_rejected() -> None:
    entity = Entity[Any](name="Orphan", model_path=ENTITIES[0].model_path, pk="ORPHAN#{user_id}", sk="ORPHAN")
    assert not has_end(entity)
