"""`make restore ENV=... AT=...`: a second table as the first was at a time, with what a restore leaves out.

It can be stopped and begun again at any point: each step looks at how things stand, and waits for DynamoDB
where that is busy. The old table stays as it is; docs/disaster-recovery.md says what comes before and after.
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

from delivery.stack_outputs import deployed, refused_in_one_line, running_emulator
from stacks.settings import stack_name

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

# What DynamoDB answers while the table, or what is asked for, is not ready.
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
    """One table, brought back beside another. `sleep` waits for so many seconds."""

    dynamodb: "DynamoDBClient"
    source: str
    at: datetime
    tags: Mapping[str, str]
    sleep: Callable[[float], None] = time.sleep

    @property
    def target(self) -> str:
        """The new table's name: the same for the same time, so that a second try goes on with it."""
        return f"{self.source}-{self.at:%Y%m%dT%H%M%S}"

    def run(self) -> str:
        """Make the table, or go on with it; its name."""
        if self._describe() is None:
            print(
                f"restoring {self.source} as of {self.at:%Y-%m-%d %H:%M:%S} UTC to {self.target}", flush=True
            )
            self._patiently(self._begin)
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
        """From the backup that DynamoDB makes of a table with point-in-time recovery when it is deleted."""
        backups = self.dynamodb.list_backups(TableName=self.source, BackupType="SYSTEM")["BackupSummaries"]
        if not backups:
            sys.exit(f"error: there is no table {self.source}, and no backup of it")
        newest = max(backups, key=lambda backup: backup["BackupCreationDateTime"])
        self.dynamodb.restore_table_from_backup(TargetTableName=self.target, BackupArn=newest["BackupArn"])

    def _stream(self) -> None:
        if not self._wait().get("StreamSpecification", {}).get("StreamEnabled"):
            print("switching on its stream", flush=True)
            stream: Any = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
            self._patiently(
                lambda: self.dynamodb.update_table(TableName=self.target, StreamSpecification=stream)
            )
            self._wait()

    def _time_to_live(self) -> None:
        found = self.dynamodb.describe_time_to_live(TableName=self.target)["TimeToLiveDescription"]
        if found["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
            print("switching on its time to live", flush=True)
            setting: Any = {"Enabled": True, "AttributeName": _TTL_ATTRIBUTE}
            self._patiently(
                lambda: self.dynamodb.update_time_to_live(
                    TableName=self.target, TimeToLiveSpecification=setting
                )
            )

    def _backups(self) -> None:
        found = self.dynamodb.describe_continuous_backups(TableName=self.target)
        recovery = found["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            print("switching on its point-in-time recovery", flush=True)
            setting: Any = {"PointInTimeRecoveryEnabled": True}
            self._patiently(
                lambda: self.dynamodb.update_continuous_backups(
                    TableName=self.target, PointInTimeRecoverySpecification=setting
                )
            )

    def _protection(self) -> None:
        if not self._wait().get("DeletionProtectionEnabled"):
            print("protecting it from deletion", flush=True)
            self._patiently(
                lambda: self.dynamodb.update_table(TableName=self.target, DeletionProtectionEnabled=True)
            )
            self._wait()

    def _tag(self) -> None:
        tags: Any = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        arn = self._wait()["TableArn"]
        if tags:
            self._patiently(lambda: self.dynamodb.tag_resource(ResourceArn=arn, Tags=tags))

    def _wait(self) -> "TableDescriptionTypeDef":
        """The table, once it and its index are active: minutes to hours after a restore, by its size."""
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

    def _patiently(self, call: Callable[[], object]) -> None:
        """Make a call again until DynamoDB is ready for it."""
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
    """The time that AT names. Ends the program in one line where it names none."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        sys.exit("error: say when, in UTC: AT=2026-11-22T03:00:00Z, the last good second")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@refused_in_one_line()
def main(environment: str, at: str = "") -> None:
    """Restore an environment's table beside it."""
    when, found = moment(at), deployed(environment)
    stacks = running_emulator().cloudformation if environment == "local" else boto3.client("cloudformation")
    (stack,) = stacks.describe_stacks(StackName=stack_name(environment))["Stacks"]
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    print(Restore(found.dynamodb, found.outputs["TableName"], when, tags).run())


if __name__ == "__main__":
    main(*sys.argv[1:])
