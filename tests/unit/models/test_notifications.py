from datetime import UTC, datetime, timedelta

import pytest

from app.models.notifications import Notification

MADE = datetime(2026, 3, 14, 15, 9, 26, 535000, UTC)


def after(seconds: int | None) -> datetime | None:
    return None if seconds is None else MADE + timedelta(seconds=seconds)


class TestIsRead:
    @pytest.mark.parametrize(
        ("said", "said_after", "all_read_after", "expected"),
        [
            # Nothing was said of it alone.
            (None, 0, None, False),
            (None, 0, -1, False),
            (None, 0, 0, True),
            (None, 0, 1, True),
            # What was said of it alone holds until all is said to be read.
            (True, 5, None, True),
            (False, 5, None, False),
            (True, 5, -1, True),
            (False, 5, -1, False),
            (False, 5, 4, False),
            (False, 5, 5, False),
            (False, 5, 6, True),
            (True, 5, 6, True),
        ],
    )
    def test_is_read_is_by_what_was_said_last(
        self, said: bool | None, said_after: int, all_read_after: int | None, expected: bool
    ) -> None:
        updated = after(said_after)
        assert updated is not None
        notification = Notification(
            notification_id="N", user_id="U", kind="comment", read=said, created_at=MADE, updated_at=updated
        )

        assert notification.is_read(after(all_read_after)) is expected
