"""Encryption, backups and retention of stored data, and what deleting the stack does to it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from review.assembly import Assembly
from review.page import Cell, Row, Section, Table, count, listed, points, row
from review.stack import Resource, Stack

_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Store:
    """How one resource that holds data is protected. `deletion_protection` is the service's own."""

    resource: Resource
    content: str
    encryption: Cell
    backup: Cell
    retention: str
    deletion_protection: bool

    @property
    def on_stack_deletion(self) -> Cell:
        """What happens to it when the stack is deleted."""
        match self.resource.on_deletion, self.deletion_protection:
            case "Retain" | "RetainExceptOnCreate", _:
                return Cell("is retained with its content, outside the stack", "good", "kept")
            case "Snapshot", _:
                return Cell("is deleted after a final snapshot", "warn", "snapshot")
            case _, True:
                return Cell("deletion protection: deleting the stack fails", "good", "refused")
            case _:
                return Cell("with its content", "bad", "deleted")

    @property
    def on_replacement(self) -> Cell:
        """What happens to the old one when an update replaces it."""
        if self.resource.on_replacement.startswith("Retain"):
            return Cell("the old one is retained", "good", "kept")
        if self.deletion_protection:
            return Cell("deletion protection keeps the old one", "good", "refused")
        return Cell("the old one is deleted with its content", "bad", "deleted")


def stores(stack: Stack) -> list[Store]:
    """Every resource that holds data, what matters most first."""
    return [make(stack, resource) for kind, make in _KINDS.items() for resource in stack.all(kind)]


def section(assembly: Assembly) -> Section:
    """The report's part on it."""
    found = stores(assembly.stack)
    lost = [each for each in found if each.on_stack_deletion.label == "deleted"]
    return Section(
        anchor="data",
        title="What protects the data",
        answer=_answer(assembly, found, lost),
        blocks=(
            Table(
                caption="Stores of data",
                head=(
                    "store",
                    "content",
                    "encrypted with",
                    "backup",
                    "retention",
                    "on replacement",
                ),
                rows=tuple(_row(each) for each in found),
            ),
            Table(
                caption="If the stack is deleted",
                head=("what", "what happens to it"),
                rows=tuple(_deletion(assembly, found)),
            ),
            points(
                "A retained resource is no part of a stack any more: the next deployment makes a new, empty "
                "one beside it, unless the old one is imported (`cdk import`).",
                "Recovery to a point in time creates a new table, which the stack then has to use.",
                "A table that is deleted while that recovery is on leaves a last backup for 35 days; a user "
                "pool leaves nothing.",
            ),
        ),
    )


def _answer(assembly: Assembly, found: list[Store], lost: list[Store]) -> str:
    guard = (
        "Termination protection is on: CloudFormation refuses to delete the stack until someone turns it off."
        if assembly.protected
        else "Termination protection is off: one command deletes the stack."
    )
    stays = listed(each.resource.title for each in found if each.on_stack_deletion.label == "kept")
    goes = listed((each.resource.title for each in lost), nothing="nothing that holds data")
    return f"{guard} If it is deleted, {stays} would be retained; {goes} would be deleted."


def _row(each: Store) -> Row:
    return row(
        each.resource.title, each.content, each.encryption, each.backup, each.retention, each.on_replacement
    )


def _deletion(assembly: Assembly, found: list[Store]) -> Iterator[Row]:
    for each in found:
        yield row(each.resource.title, each.on_stack_deletion)
    held = {each.resource.name for each in found}
    others = Counter(each.kind for each in assembly.stack.resources.values() if each.name not in held)
    retained = Counter(
        each.kind
        for each in assembly.stack.resources.values()
        if each.name not in held and each.on_deletion == "Retain"
    )
    if retained:
        names = listed(count(number, kind) for kind, number in sorted(retained.items()))
        yield row(names, Cell("is retained, though it holds no data", "warn", "kept"))
    gone = others - retained
    names = listed(count(number, kind) for kind, number in sorted(gone.items()))
    yield row(
        names,
        Cell(
            "is deleted; the next deployment creates it again, the API with another address",
            "plain",
            "remade",
        ),
    )


def _table(stack: Stack, table: Resource) -> Store:
    properties = table.properties
    recovery = properties.get("PointInTimeRecoverySpecification", {})
    days = recovery.get("RecoveryPeriodInDays", 35)
    ttl = properties.get("TimeToLiveSpecification", {})
    expires = (
        f"for ever, but items with `{ttl['AttributeName']}`, until then" if ttl.get("Enabled") else "for ever"
    )
    return Store(
        resource=table,
        content="what people write, and the audit trail",
        encryption=_table_key(stack, table),
        backup=Cell(f"any second of the last {count(days, 'day')}", "good", "on")
        if recovery.get("PointInTimeRecoveryEnabled")
        else Cell("no backup", "bad", "off"),
        retention=expires,
        deletion_protection=properties.get("DeletionProtectionEnabled") is True,
    )


def _table_key(stack: Stack, table: Resource) -> Cell:
    sse = table.properties.get("SSESpecification", {})
    if "KMSMasterKeyId" in sse:
        return Cell(stack.words(sse["KMSMasterKeyId"]), "good")
    if sse.get("SSEEnabled"):
        return Cell("AWS's key for DynamoDB in this account (KMS)", "good")
    return Cell("a key that DynamoDB owns")


def _user_pool(_stack: Stack, pool: Resource) -> Store:
    return Store(
        resource=pool,
        content="accounts: e-mail addresses, passwords (salted hashes), second factors",
        encryption=Cell("a key that Cognito owns"),
        backup=Cell("Cognito offers none; without the pool nobody can sign in", "warn", "none"),
        retention="until the account is deleted",
        deletion_protection=pool.properties.get("DeletionProtection") == "ACTIVE",
    )


def _lines(stack: Stack, group: Resource) -> str:
    """What a log contains, as far as the template says."""
    for stage in stack.all("AWS::ApiGateway::Stage"):
        setting = stage.properties.get("AccessLogSetting", {})
        if group in stack.referred(setting):
            address = ", with the caller's IP address" if "identity.sourceIp" in str(setting) else ""
            return f"a line for each request{address}"
    writers = [
        each.title
        for each in stack.all("AWS::Lambda::Function")
        if group in stack.referred(each.properties.get("LoggingConfig"))
    ]
    return f"what {listed(writers)} writes" if writers else "what is written to it"


def _log_group(stack: Stack, group: Resource) -> Store:
    days = group.properties.get("RetentionInDays")
    key = group.properties.get("KmsKeyId")
    return Store(
        resource=group,
        content=_lines(stack, group),
        encryption=Cell(stack.words(key), "good") if key else Cell("a key that CloudWatch owns"),
        backup=Cell("none"),
        retention=count(days, "day") if days else "for ever",
        deletion_protection=group.properties.get("DeletionProtectionEnabled") is True,
    )


def _queue(stack: Stack, queue: Resource) -> Store:
    properties = queue.properties
    key = properties.get("KmsMasterKeyId")
    managed = Cell("a key that SQS owns") if properties.get("SqsManagedSseEnabled", True) else None
    return Store(
        resource=queue,
        content="keys of failed background work; the work itself is in the table",
        encryption=Cell(stack.words(key), "good") if key else managed or Cell("not encrypted", "bad", "off"),
        backup=Cell("none"),
        retention=count(properties.get("MessageRetentionPeriod", 4 * _DAY) // _DAY, "day"),
        deletion_protection=False,
    )


def _key(stack: Stack, key: Resource) -> Store:
    locked = [
        each.title
        for each in stack.resources.values()
        if each.type != "AWS::IAM::Policy" and each != key and key in stack.referred(each.properties)
    ]
    rotated = key.properties.get("EnableKeyRotation") is True
    days = key.properties.get("PendingWindowInDays", 30)
    return Store(
        resource=key,
        content=f"the key of {listed(locked)}: without it, their content cannot be read",
        encryption=Cell("by KMS"),
        backup=Cell(f"{count(days, 'day')} to cancel a deletion"),
        retention="rotated every year" if rotated else "never rotated",
        deletion_protection=False,
    )


def _bucket(stack: Stack, bucket: Resource) -> Store:
    properties = bucket.properties
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [{}])
    key = rules[0].get("ServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
    versions = properties.get("VersioningConfiguration", {}).get("Status") == "Enabled"
    return Store(
        resource=bucket,
        content="objects; the template does not tell which",
        encryption=Cell(stack.words(key), "good") if key else Cell("a key that S3 owns"),
        backup=Cell("earlier versions of each object", "good", "on")
        if versions
        else Cell("none", "bad", "off"),
        retention="as its lifecycle rules say" if "LifecycleConfiguration" in properties else "for ever",
        deletion_protection=False,
    )


def _secret(stack: Stack, secret: Resource) -> Store:
    key = secret.properties.get("KmsKeyId")
    return Store(
        resource=secret,
        content="a secret",
        encryption=Cell(stack.words(key), "good") if key else Cell("AWS's key for secrets in this account"),
        backup=Cell("7 to 30 days to restore a deleted one"),
        retention="until it is deleted",
        deletion_protection=False,
    )


_KINDS = {
    "AWS::DynamoDB::Table": _table,
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::KMS::Key": _key,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::SQS::Queue": _queue,
    "AWS::S3::Bucket": _bucket,
    "AWS::SecretsManager::Secret": _secret,
}
# Losing one of these loses data.
STATEFUL = frozenset(_KINDS)
