import pytest

from review.assembly import Assembly
from review.data import kept, section
from tests.review.review_helpers import Entry, assembly, made, resource, table, texts

RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}

REMADE = "goes; the next deployment makes it anew, the API at another address"


def row(found: Assembly, start: str) -> tuple[str, ...]:
    """The row of one place where data lies."""
    (one,) = [each for each in texts(table(section(found), "Each place where data lies")) if start in each[0]]
    return one


def fates(found: Assembly) -> dict[str, str]:
    return {row[0]: row[1] for row in texts(table(section(found), "If the stack is deleted"))}


class TestDataOfProd:
    def test_outlives_the_stack(self) -> None:
        answer = section(assembly("prod")).answer
        assert answer.startswith("Termination protection is on")
        stays, goes = answer.split(" would stay; ")
        assert "DynamoDB table `Table`, Cognito user pool `UserPool`" in stays
        assert goes == "KMS key `NotificationsKey` and SQS queue `DeadLettersQueue` would be destroyed."

    def test_is_encrypted_backed_up_and_kept(self) -> None:
        assert row(assembly("prod"), "`Table`")[2:] == (
            "KMS key `DataKey`",
            "on any second of the last 35 days",
            "for ever, but items with `ttl`, until then",
            "kept the old one stays",
        )
        assert row(assembly("prod"), "UserPool")[3].startswith("none Cognito offers none")
        assert row(assembly("prod"), "FunctionLog")[4] == "365 days"
        assert row(assembly("prod"), "FunctionLog")[1] == "what Lambda function `Function` writes"
        assert (
            row(assembly("prod"), "AccessLog")[1] == "a line for each request, with the caller's IP address"
        )
        assert row(assembly("prod"), "DeadLettersQueue")[4] == "14 days"

    def test_has_no_place_that_is_left_out(self) -> None:
        found = fates(assembly("prod"))
        remade = next(what for what, fate in found.items() if fate.startswith("remade"))
        assert "1 Lambda function" in remade
        assert "141 API methods" in remade
        assert len(found) == len(kept(assembly("prod").stack)) + 1


class TestDataOfDev:
    def test_goes_with_the_stack(self) -> None:
        answer = section(assembly("dev")).answer
        assert answer.startswith("Termination protection is off: one command deletes the stack.")
        assert "nothing would stay" in answer
        assert fates(assembly("dev"))["DynamoDB table `Table`"] == "destroyed goes, with all that is in it"


class TestFate:
    @pytest.mark.parametrize(
        ("entry", "properties", "fate", "replaced"),
        [
            ({}, {}, "destroyed", "destroyed"),
            (RETAIN, {}, "kept", "kept"),
            ({"DeletionPolicy": "RetainExceptOnCreate"}, {}, "kept", "destroyed"),
            ({"DeletionPolicy": "Snapshot"}, {}, "snapshot", "destroyed"),
            ({}, {"DeletionProtectionEnabled": True}, "refused", "refused"),
        ],
    )
    def test_follows_policy_and_protection(
        self, entry: Entry, properties: Entry, fate: str, replaced: str
    ) -> None:
        (one,) = kept(made(Table=resource("DynamoDB::Table", entry=entry, **properties)).stack)
        assert (one.fate.label, one.replaced.label) == (fate, replaced)

    def test_of_what_holds_no_data_and_stays_all_the_same(self) -> None:
        found = made(Role=resource("IAM::Role", entry=RETAIN), Queue=resource("SQS::QueuePolicy"))
        assert fates(found) == {
            "1 IAM role": "kept stays, though it holds no data",
            "1 SQS queue policy": f"remade {REMADE}",
        }


class TestPlaces:
    def test_without_backup_or_encryption_of_their_own_are_marked(self) -> None:
        found = made(
            Table=resource("DynamoDB::Table"),
            Queue=resource("SQS::Queue", SqsManagedSseEnabled=False),
            Log=resource("Logs::LogGroup"),
        )
        assert row(found, "Table")[2:5] == ("a key that DynamoDB owns", "off no backup", "for ever")
        assert row(found, "Queue")[2] == "off not encrypted"
        assert row(found, "Log")[4] == "for ever"

    def test_with_a_key_of_the_stack_name_it(self) -> None:
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
                "what locks DynamoDB table `Table`, SQS queue `Queue` and log group `Log`: "
                "without it, nothing in there can be read"
            ),
            "by KMS",
            "7 days to change one's mind after a deletion",
            "rotated every year",
        )
