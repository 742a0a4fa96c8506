"""Day and night in Việt Nam."""

from datetime import UTC, date, datetime

import pytest

from bot.core.local_time import VIETNAM, local_day, when_awake


@pytest.mark.parametrize(
    ("moment", "awake"),
    [
        ("2026-11-16T06:59", "2026-11-16T07:00"),
        ("2026-11-16T07:00", "2026-11-16T07:00"),
        ("2026-11-16T21:59", "2026-11-16T21:59"),
        ("2026-11-16T22:00", "2026-11-17T07:00"),
        ("2026-12-31T23:30", "2027-01-01T07:00"),
    ],
)
def test_what_is_not_urgent_waits_for_the_morning(moment: str, awake: str):
    now = datetime.fromisoformat(moment).replace(tzinfo=VIETNAM).astimezone(UTC)
    assert when_awake(now) == datetime.fromisoformat(awake).replace(tzinfo=VIETNAM)


def test_the_day_is_that_of_viet_nam():
    assert local_day(datetime(2026, 11, 16, 16, 59, tzinfo=UTC)) == date(2026, 11, 16)
    assert local_day(datetime(2026, 11, 16, 17, 0, tzinfo=UTC)) == date(2026, 11, 17)
