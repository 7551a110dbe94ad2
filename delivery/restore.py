"""`make restore ENV=... AT=...`: restore the table to a new one, with the settings that a restore omits.

It can be interrupted and run again at any point: each step checks the current state, and retries while
DynamoDB is busy. The old table is not changed; docs/disaster-recovery.md has the steps before and after.
"""

import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from delivery.stack_outputs import deployed, exit_on_aws_error, running_emulator
from stacks.settings import stack_name

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

# Error codes of DynamoDB while the table or the requested change is not ready.
_BUSY = frozenset(
    {
        "ContinuousBackupsUnavailableException",
        "InternalServerError",
        "LimitExceededException",
        "ResourceInUseException",
        "ThrottlingException",
    }
)
_PAUSE_S = 10.0
_TTL_ATTRIBUTE = "ttl"


@dataclass(frozen=True)
class Restore:
    """The restore of one table. `sleep` waits for a number of seconds."""

    dynamodb: "DynamoDBClient"
    source: str
    at: datetime
    tags: Mapping[str, str]
    sleep: Callable[[float], None] = time.sleep

    @property
    def target(self) -> str:
        """The new table's name, derived from the time, so that a second run continues with it."""
        return f"{self.source}-{self.at:%Y%m%dT%H%M%S}"

    def run(self) -> str:
        """Restore the table, or continue with it, and return its name."""
        if self._describe() is None:
            print(
                f"restoring {self.source} as of {self.at:%Y-%m-%d %H:%M:%S} UTC to {self.target}", flush=True
            )
            self._retry_while_busy(self._begin)
        self._wait()
        self._stream()
        self._time_to_live()
        self._backups()
        self._protection()
        self._tag()
        return self.target

    def _begin(self) -> None:
        try:
            self.dynamodb.restore_table_to_point_in_time(
                SourceTableName=self.source, TargetTableName=self.target, RestoreDateTime=self.at
            )
        except self.dynamodb.exceptions.TableNotFoundException:
            self._begin_from_backup()

    def _begin_from_backup(self) -> None:
        """Restore from the backup that DynamoDB makes when a table with point-in-time recovery is deleted."""
        backups = self.dynamodb.list_backups(TableName=self.source, BackupType="SYSTEM")["BackupSummaries"]
        if not backups:
            sys.exit(f"error: there is no table {self.source}, and no backup of it")
        newest = max(backups, key=lambda backup: backup["BackupCreationDateTime"])
        self.dynamodb.restore_table_from_backup(TargetTableName=self.target, BackupArn=newest["BackupArn"])

    def _stream(self) -> None:
        if not self._wait().get("StreamSpecification", {}).get("StreamEnabled"):
            print("enabling its stream", flush=True)
            stream: Any = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
            self._retry_while_busy(
                lambda: self.dynamodb.update_table(TableName=self.target, StreamSpecification=stream)
            )
            self._wait()

    def _time_to_live(self) -> None:
        found = self.dynamodb.describe_time_to_live(TableName=self.target)["TimeToLiveDescription"]
        if found["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
            print("enabling its time to live", flush=True)
            setting: Any = {"Enabled": True, "AttributeName": _TTL_ATTRIBUTE}
            self._retry_while_busy(
                lambda: self.dynamodb.update_time_to_live(
                    TableName=self.target, TimeToLiveSpecification=setting
                )
            )

    def _backups(self) -> None:
        found = self.dynamodb.describe_continuous_backups(TableName=self.target)
        recovery = found["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            print("enabling its point-in-time recovery", flush=True)
            setting: Any = {"PointInTimeRecoveryEnabled": True}
            self._retry_while_busy(
                lambda: self.dynamodb.update_continuous_backups(
                    TableName=self.target, PointInTimeRecoverySpecification=setting
                )
            )

    def _protection(self) -> None:
        if not self._wait().get("DeletionProtectionEnabled"):
            print("enabling its deletion protection", flush=True)
            self._retry_while_busy(
                lambda: self.dynamodb.update_table(TableName=self.target, DeletionProtectionEnabled=True)
            )
            self._wait()

    def _tag(self) -> None:
        tags: Any = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        arn = self._wait()["TableArn"]
        if tags:
            self._retry_while_busy(lambda: self.dynamodb.tag_resource(ResourceArn=arn, Tags=tags))

    def _wait(self) -> "TableDescriptionTypeDef":
        """Wait until the table and its index are active: minutes to hours, depending on its size."""
        while True:
            table = self._describe()
            if table is not None:
                states = {
                    table["TableStatus"],
                    *(i["IndexStatus"] for i in table.get("GlobalSecondaryIndexes", [])),
                }
                if states == {"ACTIVE"}:
                    return table
            print(f"waiting for {self.target}", flush=True)
            self.sleep(_PAUSE_S)

    def _describe(self) -> "TableDescriptionTypeDef | None":
        try:
            return self.dynamodb.describe_table(TableName=self.target)["Table"]
        except self.dynamodb.exceptions.ResourceNotFoundException:
            return None

    def _retry_while_busy(self, call: Callable[[], object]) -> None:
        """Repeat a call until DynamoDB is ready for it."""
        while True:
            try:
                call()
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code not in _BUSY:
                    raise
                print(f"waiting: {code}", flush=True)
                self.sleep(_PAUSE_S)
            else:
                return


def moment(text: str) -> datetime:
    """Parse AT. Exits with one line if it is not a UTC time."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        sys.exit("error: AT must be the last good second in UTC: AT=2026-11-22T03:00:00Z")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@exit_on_aws_error()
def main(environment: str, at: str = "") -> None:
    """Restore an environment's table into a new one."""
    when, found = moment(at), deployed(environment)
    stacks = running_emulator().cloudformation if environment == "local" else boto3.client("cloudformation")
    (stack,) = stacks.describe_stacks(StackName=stack_name(environment))["Stacks"]
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    print(Restore(found.dynamodb, found.outputs["TableName"], when, tags).run())


if __name__ == "__main__":
    main(*sys.argv[1:])
