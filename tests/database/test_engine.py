"""The engine does on DynamoDB Local what it does on moto: the same tests, the other engine."""

from tests.unit.core.test_database_reads import (
    TestBatchGet,
    TestExpiry,
    TestGet,
    TestPage,
    TestPageWithFilter,
    requests,
    store,
)
from tests.unit.core.test_database_writes import (
    TestBatchDelete,
    TestCount,
    TestCreate,
    TestCreateWhatExpires,
    TestDelete,
    TestDiscard,
    TestSession,
    TestSuccessor,
    TestUnchanged,
    TestUpdate,
    TestWrite,
)
from tests.unit.core.test_families import TestBetween, TestFamily

__all__ = [
    "TestBatchDelete",
    "TestBatchGet",
    "TestBetween",
    "TestCount",
    "TestCreate",
    "TestCreateWhatExpires",
    "TestDelete",
    "TestDiscard",
    "TestExpiry",
    "TestFamily",
    "TestGet",
    "TestPage",
    "TestPageWithFilter",
    "TestSession",
    "TestSuccessor",
    "TestUnchanged",
    "TestUpdate",
    "TestWrite",
    "requests",
    "store",
]
