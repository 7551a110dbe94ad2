import pytest

from review.assembly import Assembly
from review.data import section, stores
from tests.review.review_helpers import Entry, assembly, made, resource, table, texts

RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}

REMADE = "is deleted; the next deployment creates it again, the API with another address"


def row(found: Assembly, start: str) -> tuple[str, ...]:
    """The row of one place where data lies."""
    (one,) = [each for each in texts(table(section(found), "Stores of data")) if start in each[0]]
    return one


def fates(found: Assembly) -> dict[str, str]:
    return {row[0]: row[1] for row in texts(table(section(found), "If the stack is deleted"))}


class TestDataOfProd:
    def test_answer_says_what_outlives_the_stack(self) -> None:
        answer = section(assembly("prod")).answer
        assert answer.startswith("Termination protection is on")
        stays, goes = answer.split(" would be retained; ")
        assert "DynamoDB table `Table`, Cognito user pool `UserPool`" in stays
        assert goes == "KMS key `NotificationsKey` and SQS queue `DeadLettersQueue` would be deleted."

    def test_data_of_prod_stores_have_encryption_backup_and_retention(self) -> None:
        assert row(assembly("prod"), "`Table`")[2:] == (
            "KMS key `DataKey`",
            "on any second of the last 35 days",
            "for ever, but items with `ttl`, until then",
            "kept the old one is retained",
        )
        assert row(assembly("prod"), "UserPool")[3].startswith("none Cognito offers none")
        assert row(assembly("prod"), "FunctionLog")[4] == "365 days"
        assert row(assembly("prod"), "FunctionLog")[1] == "what Lambda function `Function` writes"
        assert (
            row(assembly("prod"), "AccessLog")[1] == "a line for each request, with the caller's IP address"
        )
        assert row(assembly("prod"), "DeadLettersQueue")[4] == "14 days"

    def test_every_resource_has_a_fate_on_deletion(self) -> None:
        found = fates(assembly("prod"))
        remade = next(what for what, fate in found.items() if fate.startswith("remade"))
        methods = len(assembly("prod").stack.all("AWS::ApiGateway::Method"))
        assert "1 Lambda function" in remade
        assert f"{methods} API methods" in remade
        assert len(found) == len(stores(assembly("prod").stack)) + 1


class TestDataOfDev:
    def test_answer_says_what_is_deleted_with_the_stack(self) -> None:
        answer = section(assembly("dev")).answer
        assert answer.startswith("Termination protection is off: one command deletes the stack.")
        assert "nothing would be retained" in answer
        assert fates(assembly("dev"))["DynamoDB table `Table`"] == "deleted with its content"


class TestOnStackDeletion:
    @pytest.mark.parametrize(
        ("entry", "properties", "fate", "replaced"),
        [
            ({}, {}, "deleted", "deleted"),
            (RETAIN, {}, "kept", "kept"),
            ({"DeletionPolicy": "RetainExceptOnCreate"}, {}, "kept", "deleted"),
            ({"DeletionPolicy": "Snapshot"}, {}, "snapshot", "deleted"),
            ({}, {"DeletionProtectionEnabled": True}, "refused", "refused"),
        ],
    )
    def test_outcome_follows_policy_and_protection(
        self, entry: Entry, properties: Entry, fate: str, replaced: str
    ) -> None:
        (one,) = stores(made(Table=resource("DynamoDB::Table", entry=entry, **properties)).stack)
        assert (one.on_stack_deletion.label, one.on_replacement.label) == (fate, replaced)

    def test_retained_resource_without_data_is_marked(self) -> None:
        found = made(Role=resource("IAM::Role", entry=RETAIN), Queue=resource("SQS::QueuePolicy"))
        assert fates(found) == {
            "1 IAM role": "kept is retained, though it holds no data",
            "1 SQS queue policy": f"remade {REMADE}",
        }


class TestStores:
    def test_store_without_backup_or_encryption_is_marked(self) -> None:
        found = made(
            Table=resource("DynamoDB::Table"),
            Queue=resource("SQS::Queue", SqsManagedSseEnabled=False),
            Log=resource("Logs::LogGroup"),
        )
        assert row(found, "Table")[2:5] == ("a key that DynamoDB owns", "off no backup", "for ever")
        assert row(found, "Queue")[2] == "off not encrypted"
        assert row(found, "Log")[4] == "for ever"

    def test_store_names_its_customer_managed_key(self) -> None:
        arn = {"Fn::GetAtt": ["Key", "Arn"]}
        found = made(
            Key=resource("KMS::Key", EnableKeyRotation=True, PendingWindowInDays=7),
            Table=resource("DynamoDB::Table", SSESpecification={"SSEEnabled": True, "KMSMasterKeyId": arn}),
            Queue=resource("SQS::Queue", KmsMasterKeyId=arn),
            Log=resource("Logs::LogGroup", KmsKeyId=arn),
        )
        for place in ("Table", "Queue", "Log"):
            assert row(found, f"`{place}`")[2] == "KMS key `Key`"
        assert row(found, "KMS key")[1:5] == (
            (
                "the key of DynamoDB table `Table`, SQS queue `Queue` and log group `Log`: "
                "without it, their content cannot be read"
            ),
            "by KMS",
            "7 days to cancel a deletion",
            "rotated every year",
        )
