"""What happens to the data: encryption, backups, retention, and what becomes of it with the stack."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from review.assembly import Assembly
from review.page import Cell, Row, Section, Table, count, listed, points, row
from review.stack import Resource, Stack

_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Kept:
    """How one resource that holds data is protected. `guard` is the service's own refusal to delete it."""

    resource: Resource
    holds: str
    encryption: Cell
    backup: Cell
    lifetime: str
    guard: bool

    @property
    def fate(self) -> Cell:
        """What becomes of it when the stack is deleted."""
        match self.resource.on_deletion, self.guard:
            case "Retain" | "RetainExceptOnCreate", _:
                return Cell("stays, with all that is in it; the stack merely lets go of it", "good", "kept")
            case "Snapshot", _:
                return Cell("goes, after a last snapshot", "warn", "snapshot")
            case _, True:
                return Cell("the service refuses, so deleting the stack fails there", "good", "refused")
            case _:
                return Cell("goes, with all that is in it", "bad", "destroyed")

    @property
    def replaced(self) -> Cell:
        """What becomes of the old one when an update has to make a new one."""
        if self.resource.on_replacement.startswith("Retain"):
            return Cell("the old one stays", "good", "kept")
        if self.guard:
            return Cell("the service refuses to delete the old one", "good", "refused")
        return Cell("the old one goes, with all that is in it", "bad", "destroyed")


def kept(stack: Stack) -> list[Kept]:
    """Every resource that holds data, what matters most first."""
    return [make(stack, resource) for kind, make in _KINDS.items() for resource in stack.all(kind)]


def section(assembly: Assembly) -> Section:
    """The report's part on it."""
    found = kept(assembly.stack)
    lost = [each for each in found if each.fate.label == "destroyed"]
    return Section(
        anchor="data",
        title="What protects the data",
        answer=_answer(assembly, found, lost),
        blocks=(
            Table(
                caption="Each place where data lies",
                head=(
                    "where",
                    "what it holds",
                    "encrypted with",
                    "backup",
                    "how long it keeps",
                    "a replacement",
                ),
                rows=tuple(_row(each) for each in found),
            ),
            Table(
                caption="If the stack is deleted",
                head=("what", "what becomes of it"),
                rows=tuple(_deletion(assembly, found)),
            ),
            points(
                "A retained resource is no part of a stack any more: the next deployment makes a new, empty "
                "one beside it, unless the old one is imported (`cdk import`).",
                "Recovery to a point in time makes a new table, which the stack then has to be told of.",
                "A table that is deleted while that recovery is on leaves a last backup for 35 days; a user "
                "pool leaves nothing.",
            ),
        ),
    )


def _answer(assembly: Assembly, found: list[Kept], lost: list[Kept]) -> str:
    guard = (
        "Termination protection is on: CloudFormation refuses to delete the stack until someone turns it off."
        if assembly.protected
        else "Termination protection is off: one command deletes the stack."
    )
    stays = listed(each.resource.title for each in found if each.fate.label == "kept")
    goes = listed((each.resource.title for each in lost), nothing="nothing that holds data")
    return f"{guard} Deleted all the same, {stays} would stay; {goes} would be destroyed."


def _row(each: Kept) -> Row:
    return row(each.resource.title, each.holds, each.encryption, each.backup, each.lifetime, each.replaced)


def _deletion(assembly: Assembly, found: list[Kept]) -> Iterator[Row]:
    for each in found:
        yield row(each.resource.title, each.fate)
    held = {each.resource.name for each in found}
    others = Counter(each.kind for each in assembly.stack.resources.values() if each.name not in held)
    retained = Counter(
        each.kind
        for each in assembly.stack.resources.values()
        if each.name not in held and each.on_deletion == "Retain"
    )
    if retained:
        names = listed(count(number, kind) for kind, number in sorted(retained.items()))
        yield row(names, Cell("stays, though it holds no data", "warn", "kept"))
    gone = others - retained
    names = listed(count(number, kind) for kind, number in sorted(gone.items()))
    yield row(
        names, Cell("goes; the next deployment makes it anew, the API at another address", "plain", "remade")
    )


def _table(stack: Stack, table: Resource) -> Kept:
    properties = table.properties
    recovery = properties.get("PointInTimeRecoverySpecification", {})
    days = recovery.get("RecoveryPeriodInDays", 35)
    ttl = properties.get("TimeToLiveSpecification", {})
    expires = (
        f"for ever, but items with `{ttl['AttributeName']}`, until then" if ttl.get("Enabled") else "for ever"
    )
    return Kept(
        resource=table,
        holds="all that people write, and the audit trail",
        encryption=_table_key(stack, table),
        backup=Cell(f"any second of the last {count(days, 'day')}", "good", "on")
        if recovery.get("PointInTimeRecoveryEnabled")
        else Cell("no backup", "bad", "off"),
        lifetime=expires,
        guard=properties.get("DeletionProtectionEnabled") is True,
    )


def _table_key(stack: Stack, table: Resource) -> Cell:
    sse = table.properties.get("SSESpecification", {})
    if "KMSMasterKeyId" in sse:
        return Cell(stack.words(sse["KMSMasterKeyId"]), "good")
    if sse.get("SSEEnabled"):
        return Cell("AWS's key for DynamoDB in this account (KMS)", "good")
    return Cell("a key that DynamoDB owns")


def _user_pool(_stack: Stack, pool: Resource) -> Kept:
    return Kept(
        resource=pool,
        holds="accounts: e-mail addresses, passwords (salted hashes), second factors",
        encryption=Cell("a key that Cognito owns"),
        backup=Cell("Cognito offers none; whoever loses the pool loses every sign-in", "warn", "none"),
        lifetime="until the account is deleted",
        guard=pool.properties.get("DeletionProtection") == "ACTIVE",
    )


def _lines(stack: Stack, group: Resource) -> str:
    """What is in a log, as far as the template tells."""
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


def _log_group(stack: Stack, group: Resource) -> Kept:
    days = group.properties.get("RetentionInDays")
    key = group.properties.get("KmsKeyId")
    return Kept(
        resource=group,
        holds=_lines(stack, group),
        encryption=Cell(stack.words(key), "good") if key else Cell("a key that CloudWatch owns"),
        backup=Cell("none"),
        lifetime=count(days, "day") if days else "for ever",
        guard=group.properties.get("DeletionProtectionEnabled") is True,
    )


def _queue(stack: Stack, queue: Resource) -> Kept:
    properties = queue.properties
    key = properties.get("KmsMasterKeyId")
    managed = Cell("a key that SQS owns") if properties.get("SqsManagedSseEnabled", True) else None
    return Kept(
        resource=queue,
        holds="keys of background work that was given up; the work itself is in the table",
        encryption=Cell(stack.words(key), "good") if key else managed or Cell("not encrypted", "bad", "off"),
        backup=Cell("none"),
        lifetime=count(properties.get("MessageRetentionPeriod", 4 * _DAY) // _DAY, "day"),
        guard=False,
    )


def _key(stack: Stack, key: Resource) -> Kept:
    locked = [
        each.title
        for each in stack.resources.values()
        if each.type != "AWS::IAM::Policy" and each != key and key in stack.referred(each.properties)
    ]
    rotated = key.properties.get("EnableKeyRotation") is True
    days = key.properties.get("PendingWindowInDays", 30)
    return Kept(
        resource=key,
        holds=f"what locks {listed(locked)}: without it, nothing in there can be read",
        encryption=Cell("by KMS"),
        backup=Cell(f"{count(days, 'day')} to change one's mind after a deletion"),
        lifetime="rotated every year" if rotated else "never rotated",
        guard=False,
    )


def _bucket(stack: Stack, bucket: Resource) -> Kept:
    properties = bucket.properties
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [{}])
    key = rules[0].get("ServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
    versions = properties.get("VersioningConfiguration", {}).get("Status") == "Enabled"
    return Kept(
        resource=bucket,
        holds="objects; the template does not tell which",
        encryption=Cell(stack.words(key), "good") if key else Cell("a key that S3 owns"),
        backup=Cell("earlier versions of each object", "good", "on")
        if versions
        else Cell("none", "bad", "off"),
        lifetime="as its lifecycle rules say" if "LifecycleConfiguration" in properties else "for ever",
        guard=False,
    )


def _secret(stack: Stack, secret: Resource) -> Kept:
    key = secret.properties.get("KmsKeyId")
    return Kept(
        resource=secret,
        holds="a secret",
        encryption=Cell(stack.words(key), "good") if key else Cell("AWS's key for secrets in this account"),
        backup=Cell("7 to 30 days to restore a deleted one"),
        lifetime="until it is deleted",
        guard=False,
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
