"""When free words are free, when they cost money, and when they may not go (Z60 to Z62)."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.zalo.windows import NEVER, WindowState, _moment, look_at_window

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
TABLE = [
    (timedelta(0), WindowState.FREE),
    (timedelta(hours=47, minutes=57), WindowState.FREE),
    (timedelta(hours=47, minutes=59), WindowState.BILLED),
    (timedelta(hours=48), WindowState.BILLED),
    (timedelta(days=6, hours=23), WindowState.BILLED),
    (timedelta(days=6, hours=23, minutes=59), WindowState.CLOSED),
    (timedelta(days=7), WindowState.CLOSED),
    (timedelta(minutes=-5), WindowState.FREE),
]


@pytest.mark.parametrize(("age", "state"), TABLE, ids=[f"{age} {state}" for age, state in TABLE])
def test_the_window_follows_the_last_interaction(age: timedelta, state: WindowState):
    assert look_at_window(NOW - age, NOW) is state


def test_who_never_wrote_is_out_of_the_window():
    assert look_at_window(NEVER, NOW) is WindowState.CLOSED


STAMPS = [
    ("1794700800000", datetime.fromtimestamp(1794700800, UTC)),
    (1794700800000, datetime.fromtimestamp(1794700800, UTC)),
    ("", NEVER),
    (None, NEVER),
    ("0", NEVER),
    ("-5", NEVER),
    ("soon", NEVER),
    ("9" * 30, NEVER),
    (str(int((NOW + timedelta(days=1)).timestamp() * 1000)), NEVER),
]


@pytest.mark.parametrize(("millis", "moment"), STAMPS)
def test_a_stamp_may_be_text_or_number_and_nonsense_is_never(millis: object, moment: datetime):
    assert _moment(millis, NOW) == moment
