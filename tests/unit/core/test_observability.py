import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.observability import count, logger

Logs = Callable[[], list[dict[str, Any]]]


class TestLogger:
    def test_logger_writes_an_event_with_its_fields(self, logs: Logs) -> None:
        logger.info("space.member.added", space_id="S", user_id="U")
        (event,) = logs()
        assert event["level"] == "INFO"
        assert event["message"] == "space.member.added"
        assert (event["space_id"], event["user_id"]) == ("S", "U")

    def test_logger_stamps_it_in_utc(self, logs: Logs) -> None:
        logger.info("something.happened")
        stamp = datetime.fromisoformat(logs()[0]["timestamp"])
        assert stamp.utcoffset() == timedelta()
        assert abs(datetime.now(UTC) - stamp) < timedelta(minutes=1)

    def test_logger_keeps_the_fields_of_one_event_out_of_the_next(self, logs: Logs) -> None:
        logger.info("first", space_id="S")
        logger.info("second")
        assert "space_id" not in logs()[1]


class TestCount:
    def test_count_adds_one_to_a_metric_of_the_service(self, capsys: pytest.CaptureFixture[str]) -> None:
        count("InviteCodeRejected")
        written = json.loads(capsys.readouterr().out)
        (metrics,) = written["_aws"]["CloudWatchMetrics"]
        assert metrics["Namespace"] == "LifestyleSpaces/test"
        assert metrics["Dimensions"] == [["environment", "service"]]
        assert metrics["Metrics"] == [{"Name": "InviteCodeRejected", "Unit": "Count"}]
        assert written["InviteCodeRejected"] == [1]
        assert written["service"] == "lifestyle-spaces"
        assert written["environment"] == "test"
