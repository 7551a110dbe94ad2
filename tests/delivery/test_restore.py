"""The restore against a DynamoDB that is busy as AWS's is, which no emulator imitates."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from delivery.restore import Restore, moment
from tests.infra.stack_helpers import backend

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
TAGS = {"Project": "lifestyle-spaces", "Environment": "prod"}


class BusyDynamoDB:
    """A table's restore as AWS documents it: slow, one change at a time, backups not ready at first.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
    """

    exceptions = boto3.client("dynamodb", region_name="eu-west-1").exceptions

    def __init__(self, *, source: bool = True) -> None:
        self.calls: Counter[str] = Counter()
        self.source = source
        self.table: dict[str, Any] | None = None
        self.busy = 0
        self.unready_backups = 2
        self.ttl = "DISABLED"
        self.recovery = "DISABLED"
        self.tags: dict[str, str] = {}
        self.backup: str | None = None

    def restore_table_to_point_in_time(self, **asked: Any) -> None:
        self.calls["restore"] += 1
        assert asked["RestoreDateTime"] == AT
        if not self.source:
            raise self.error("TableNotFoundException")
        self._create(asked["TargetTableName"])

    def restore_table_from_backup(self, **asked: Any) -> None:
        self.backup = asked["BackupArn"]
        self._create(asked["TargetTableName"])

    def list_backups(self, **_: Any) -> dict[str, Any]:
        made = [
            {"BackupArn": arn, "BackupCreationDateTime": datetime(2026, 11, day, tzinfo=UTC)}
            for arn, day in (("arn:old", 1), ("arn:new", 2))
        ]
        return {"BackupSummaries": made if self.source is False else []}

    def describe_table(self, **_: Any) -> dict[str, Any]:
        if self.table is None:
            raise self.error("ResourceNotFoundException")
        state = "ACTIVE"
        if self.busy:
            self.busy -= 1
            state = "CREATING" if self.busy > 3 else "UPDATING"
        index = {"IndexName": "GSI1", "IndexStatus": "ACTIVE" if self.busy < 2 else "CREATING"}
        return {"Table": {**self.table, "TableStatus": state, "GlobalSecondaryIndexes": [index]}}

    def update_table(self, **asked: Any) -> None:
        self._refuse_while_busy()
        assert self.table is not None
        self.calls["update_table"] += 1
        self.table |= {key: value for key, value in asked.items() if key != "TableName"}
        self.busy = 3

    def describe_time_to_live(self, **_: Any) -> dict[str, Any]:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": self.ttl}}

    def update_time_to_live(self, **asked: Any) -> None:
        self._refuse_while_busy()
        assert asked["TimeToLiveSpecification"] == {"Enabled": True, "AttributeName": "ttl"}
        self.calls["ttl"] += 1
        self.ttl = "ENABLING"
        self.busy = 2

    def describe_continuous_backups(self, **_: Any) -> dict[str, Any]:
        recovery = {"PointInTimeRecoveryStatus": self.recovery}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": recovery}}

    def update_continuous_backups(self, **_: Any) -> None:
        if self.unready_backups:
            self.unready_backups -= 1
            raise self.error("ContinuousBackupsUnavailableException")
        self.calls["backups"] += 1
        self.recovery = "ENABLED"

    def tag_resource(self, **asked: Any) -> None:
        self._refuse_while_busy()
        self.tags |= {tag["Key"]: tag["Value"] for tag in asked["Tags"]}

    def error(self, code: str) -> ClientError:
        kind = getattr(self.exceptions, code, ClientError)
        found: ClientError = kind({"Error": {"Code": code, "Message": ""}}, "X")
        return found

    def _create(self, name: str) -> None:
        self.table = {"TableName": name, "TableArn": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}"}
        self.busy = 6

    def _refuse_while_busy(self) -> None:
        if self.busy:
            self.busy -= 1
            raise self.error("ResourceInUseException")


def restore(dynamodb: Any, sleep: Callable[[float], None] = lambda _: None) -> str:
    return Restore(dynamodb, "prod-Table", AT, TAGS, sleep).run()


class TestRestore:
    def test_restore_waits_and_adds_what_a_restore_leaves_out(self) -> None:
        dynamodb = BusyDynamoDB()
        waits: list[float] = []
        assert restore(dynamodb, waits.append) == "prod-Table-20261122T030000"
        assert dynamodb.table is not None
        assert dynamodb.table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        assert dynamodb.table["DeletionProtectionEnabled"] is True
        assert (dynamodb.ttl, dynamodb.recovery, dynamodb.tags) == ("ENABLING", "ENABLED", TAGS)
        assert len(waits) >= 8

    def test_restore_makes_it_what_the_template_says(self) -> None:
        dynamodb = BusyDynamoDB()
        restore(dynamodb)
        template = backend("prod").properties("DynamoDB::Table")
        assert dynamodb.table is not None
        view_type = dynamodb.table["StreamSpecification"]["StreamViewType"]
        assert view_type == template["StreamSpecification"]["StreamViewType"]
        assert template["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
        assert template["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert template["DeletionProtectionEnabled"] is dynamodb.table["DeletionProtectionEnabled"] is True

    def test_restore_goes_on_if_it_was_stopped(self) -> None:
        dynamodb = BusyDynamoDB()

        class StoppedError(Exception):
            pass

        def stop(_: float) -> None:
            raise StoppedError

        for _ in range(40):
            try:
                restore(dynamodb, stop)
            except StoppedError:
                continue
            break
        assert (dynamodb.recovery, dynamodb.tags) == ("ENABLED", TAGS)
        assert dynamodb.calls == {"restore": 1, "update_table": 2, "ttl": 1, "backups": 1}

    def test_second_run_changes_nothing(self) -> None:
        dynamodb = BusyDynamoDB()
        restore(dynamodb)
        before = dict(dynamodb.calls)
        restore(dynamodb)
        assert dynamodb.calls == before

    def test_deleted_table_comes_from_its_newest_backup(self) -> None:
        dynamodb = BusyDynamoDB(source=False)
        restore(dynamodb)
        assert dynamodb.backup == "arn:new"

    def test_error_that_waiting_does_not_mend_is_raised(self) -> None:
        dynamodb = BusyDynamoDB()

        def refuse(**_: Any) -> None:
            raise dynamodb.error("AccessDeniedException")

        dynamodb.restore_table_to_point_in_time = refuse  # type: ignore[method-assign]  # in place of AWS's answer
        with pytest.raises(ClientError, match="AccessDenied"):
            restore(dynamodb)


class TestMoment:
    def test_moment_is_a_second_in_utc(self) -> None:
        assert moment("2026-11-22T03:00:00Z") == AT

    @pytest.mark.parametrize("text", ["", "yesterday", "2026-11-22", "2026-11-22T03:00:00+01:00"])
    def test_moment_is_asked_for_if_it_is_none(self, text: str) -> None:
        with pytest.raises(SystemExit, match="error: AT must be the last good second in UTC"):
            moment(text)
