"""Every DynamoDB call of every operation made to fail in every way, on the wire.

A point is one fault in one call of one request. Whatever the fault: the request is answered as if nothing had
happened, or by 409 or 503 with `Retry-After`; nothing is half written; and the same request sent again with
its `Idempotency-Key` takes effect once. To be killed before or after a call is to lose what follows it.
"""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from app.core.database import Table
from tests.assurance.fault_proxy_helpers import Fault, FaultProxy
from tests.assurance.requests_helpers import SUCCESS, Requests
from tests.database.test_capacity import candidates
from tests.integration.table_helpers import rows
from tests.sizes import WHOLE

pytestmark = pytest.mark.long

CANDIDATES = candidates()
# Sent once more, what has taken effect already may be gone, or be there.
REPEATED = {*SUCCESS, 403, 404, 409, 410, 412}


@pytest.fixture
def table(proxied_table: Table) -> Table:
    return proxied_table


def stored() -> Counter[str]:
    """How many items of each kind there are, but for counts of attempts, which are written ahead."""
    return Counter(kind for row in rows() if (kind := row["entity_type"]["S"]) != "RateLimit")


def points(operations: list[str], number: int) -> Iterator[tuple[Fault, int]]:
    """Every fault in every call; in a bounded run one fault for each call, another one for each operation."""
    for at, operation in enumerate(operations):
        faults = [fault for fault in Fault if fault.applies_to(operation)]
        yield from ((fault, at) for fault in (faults if WHOLE else [faults[(number + at) % len(faults)]]))


class TestEveryCall:
    @pytest.mark.parametrize(("number", "operation"), list(enumerate(CANDIDATES)), ids=list(CANDIDATES))
    def test_fault_leaves_all_or_nothing(
        self,
        make_requests: Callable[[str, str], Requests],
        proxy: FaultProxy,
        record_property: Callable[[str, object], None],
        number: int,
        operation: str,
    ) -> None:
        for who, line in CANDIDATES[operation]:
            requests = make_requests(who, line)
            requests.make_world()
            before = stored()
            normal = requests.send()
            if normal.status_code in SUCCESS:
                break
        after, calls = stored(), list(proxy.operations)

        failed = 0
        for fault, at in points(calls, number):
            requests.make_world()
            response = requests.send(fault, at)
            point = f"{calls[at]} {fault}"
            if response.status_code in SUCCESS:
                assert stored() == after, point
                continue
            failed += 1
            assert not fault.is_temporary, f"{point}: {response.status_code}"
            assert response.status_code in {409, 503}, f"{point}: {response.text}"
            assert int(response.headers["Retry-After"]) > 0, point
            assert stored() in (before, after), point
            repeated = requests.send()
            assert repeated.status_code in REPEATED, f"{point}: {repeated.text}"
            assert stored() == after, point
        record_property("points", len(list(points(calls, number))))
        record_property("refused", failed)
