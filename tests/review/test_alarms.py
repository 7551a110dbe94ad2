from typing import Any

from review.alarms import section, uncovered
from tests.review.review_helpers import Entry, assembly, made, points, resource, table, texts

FUNCTION = {"Function": resource("Lambda::Function")}
STAT = {"Stat": "Sum", "Period": 90}


def alarm(metric: str, *, of: object = None, **more: Any) -> Entry:
    return resource(
        "CloudWatch::Alarm",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": of or {"Ref": "Function"}}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        **more,
    )


class TestAlarmsOfProd:
    def test_table_shows_threshold_and_missing_data(self) -> None:
        (rows,) = [
            row for row in texts(table(section(assembly("prod").stack), "Alarms")) if "DeadLetters" in row[0]
        ]
        assert "`ApproximateNumberOfMessagesVisible` of SQS queue `DeadLettersQueue`" in rows[1]
        assert rows[2] == "counts as fine"

    def test_dead_letters_are_covered(self) -> None:
        missing = {
            fault for resource, fault in uncovered(assembly("prod").stack) if resource.kind == "SQS queue"
        }
        assert missing == set()

    def test_answer_counts_faults_without_alarm(self) -> None:
        stack = assembly("prod").stack
        assert f"{len(uncovered(stack))} faults have no alarm" in section(stack).answer


class TestAlarms:
    def test_alarm_without_actions_is_marked(self) -> None:
        found = section(made(**FUNCTION, Errors=alarm("Errors")).stack)
        assert found.answer.startswith("1 alarm, none notifies anyone.")
        assert texts(table(found, "Alarms")) == [
            (
                "`Errors`",
                "Sum `Errors` of Lambda function `Function` > 1, in 1 of 1 periods of 1 minute",
                "leaves the state open",
                "nobody only visible in the console",
            )
        ]

    def test_table_names_subscribers(self) -> None:
        stack = made(
            **FUNCTION,
            Topic=resource("SNS::Topic"),
            Quiet=resource("SNS::Topic"),
            Mail=resource("SNS::Subscription", Protocol="email", Endpoint="a@b.c", TopicArn={"Ref": "Topic"}),
            Errors=alarm("Errors", AlarmActions=[{"Ref": "Topic"}, {"Ref": "Quiet"}, "arn:elsewhere"]),
            Silent=alarm("Throttles"),
            Group=resource(
                "CodeDeploy::DeploymentGroup", AlarmConfiguration={"Alarms": [{"Name": {"Ref": "Silent"}}]}
            ),
        ).stack
        found = section(stack)
        heard = {row[0]: row[3] for row in texts(table(found, "Alarms"))}
        assert heard["`Errors`"] == (
            "SNS topic `Topic` (email `a@b.c`), SNS topic `Quiet` (without a subscriber in the template) "
            "and `arn:elsewhere`"
        )
        assert heard["`Silent`"] == "CodeDeploy group `Group`, which rolls the deployment back"
        assert found.answer.startswith("2 alarms, 1 notify nobody.")

    def test_formula_covers_every_metric_in_it(self) -> None:
        dimension = [{"Name": "FunctionName", "Value": {"Ref": "Function"}}]
        queries = [
            {"Id": "rate", "Expression": "100 * errors / calls"},
            {
                "Id": "errors",
                "MetricStat": {**STAT, "Metric": {"MetricName": "Errors", "Dimensions": dimension}},
            },
            {"Id": "calls", "MetricStat": {**STAT, "Metric": {"MetricName": "Invocations"}}},
        ]
        formula = resource(
            "CloudWatch::Alarm",
            Metrics=queries,
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=5,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
        )
        found = section(made(**FUNCTION, Rate=formula).stack)
        assert texts(table(found, "Alarms"))[0][1] == (
            "`100 * errors / calls` over `Errors` of Lambda function `Function` and `Invocations` of no "
            "one resource ≥ 5, in 2 of 3 periods of 90 seconds"
        )
        assert ("Lambda function `Function` fails", "covered `Rate`") in texts(
            table(found, "What they cover")
        )

    def test_single_query_shows_its_statistic(self) -> None:
        query = {"MetricStat": {**STAT, "Metric": {"MetricName": "Errors"}}}
        single = resource(
            "CloudWatch::Alarm",
            Metrics=[query],
            EvaluationPeriods=1,
            ComparisonOperator="LessThanLowerThreshold",
        )
        assert texts(table(section(made(Own=single).stack), "Alarms"))[0][1] == (
            "Sum `Errors` of no one resource outside the band of what is usual, "
            "in 1 of 1 periods of 90 seconds"
        )

    def test_alarms_of_what_is_not_in_the_stack_cover_nothing_in_it(self) -> None:
        stack = made(**FUNCTION, Errors=alarm("Errors", of="another-function")).stack
        assert len(uncovered(stack)) == 4

    def test_alarms_of_one_version_cover_nothing_once_it_is_released(self) -> None:
        one = alarm("Errors")
        one["Properties"]["Dimensions"].append({"Name": "ExecutedVersion", "Value": "7"})
        always, never = (
            {fault for _, fault in uncovered(made(**FUNCTION, One=each).stack)}
            for each in (alarm("Errors"), one)
        )
        assert never > always

    def test_alarms_know_a_resource_by_its_plain_name(self) -> None:
        api = resource("ApiGateway::RestApi", Name="the-api")
        found = section(made(Api=api, Broken=alarm("5XXError", of="the-api")).stack)
        assert ("REST API `Api` answers 5xx", "covered `Broken`") in texts(table(found, "What they cover"))

    def test_alarms_that_cover_all_leave_nothing_unnoticed(self) -> None:
        stack = made(
            Queue=resource("SQS::Queue"), Full=alarm("ApproximateAgeOfOldestMessage", of={"Ref": "Queue"})
        ).stack
        assert uncovered(stack) == []
        assert "Every fault listed here has an alarm." in section(stack).answer

    def test_alarms_are_missed(self) -> None:
        assert section(made(**FUNCTION).stack).answer == "0 alarms. 4 faults have no alarm."


class TestSpending:
    def test_spending_is_watched_by_a_budget(self) -> None:
        budget = resource("Budgets::Budget", Budget={"BudgetLimit": {"Amount": 50, "Unit": "USD"}})
        assert points(section(made(Budget=budget).stack))[0] == "budget budget `Budget`: 50 USD a month."

    def test_spending_is_watched_by_nobody(self) -> None:
        told = points(section(made().stack))
        assert told == [
            "no budget Nobody is notified when the bill grows: there is no budget.",
            "no dashboard There is no dashboard.",
        ]

    def test_spending_may_be_looked_at(self) -> None:
        told = points(section(made(Board=resource("CloudWatch::Dashboard")).stack))
        assert told[1] == "dashboard Dashboards: dashboard `Board`."
