"""The simulation behind `docs/scale.md`."""

from codegen import scale


def test_no_partition_is_above_a_third_of_its_limit_at_a_million_users() -> None:
    hottest = scale.hottest(1_000_000)

    assert set(hottest) == set(scale.WHAT)
    for kind, (reads, writes) in hottest.items():
        assert reads + writes > 0, kind
        assert reads <= scale.PARTITION_READS / 3, kind
        assert writes <= scale.PARTITION_WRITES / 3, kind


def test_a_large_space_stays_within_one_partition() -> None:
    for _, units in scale._large_space():
        reads, writes = (float(each.replace(",", "")) for each in units.split(" / "))
        assert reads <= scale.PARTITION_READS
        assert writes <= scale.PARTITION_WRITES


def test_shares_of_all_kinds_of_requests_are_one() -> None:
    assert abs(sum(operation.share for operation in scale.OPERATIONS) - 1) < 1e-9
