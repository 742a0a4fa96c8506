"""How long a portal is left in peace before it is asked again."""

import pytest

from gateway.portal import Answer, AwayError
from gateway.portal_pause import Pauses, read_retry_after

NOW = "Sun, 01 Nov 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        (" 0 ", 0),
        ("Sun, 01 Nov 2026 00:01:00 GMT", 60),
        ("Sun, 01 Nov 2026 07:01:00 +0700", 60),
        ("Sat, 31 Oct 2026 00:00:00 GMT", 0),
        ("99999999999999999999", 999_999_999),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_moment(text: str, seconds: float | None):
    assert read_retry_after(text, date=NOW) == seconds


def test_a_moment_means_nothing_without_the_time_of_the_answer():
    assert read_retry_after("Sun, 01 Nov 2026 00:01:00 GMT", date="") is None


def busy(after: str = "", status: int = 429) -> Answer:
    return Answer(status=status, url="https://a.example.vn", headers={"retry-after": after, "date": NOW})


def test_pauses_grow_and_end():
    pauses = Pauses("a.example.vn")
    assert [pauses.until(busy()) for _ in range(4)] == [2, 4, 8, 16]
    with pytest.raises(AwayError, match=r"a\.example\.vn is busy"):
        pauses.until(busy())


def test_what_the_portal_asks_for_is_waited_but_never_nothing():
    pauses = Pauses("a.example.vn")
    assert [pauses.until(busy("7")), pauses.until(busy("0"))] == [7, 1]


def test_a_portal_that_wants_a_long_pause_is_left_alone():
    with pytest.raises(AwayError, match="3600 seconds"):
        Pauses("a.example.vn").until(busy("3600", 503))


@pytest.mark.parametrize(
    ("status", "passing"),
    [
        (200, False),
        (304, False),
        (403, False),
        (404, False),
        (409, False),
        (429, True),
        (500, True),
        (502, True),
        (503, True),
        (504, True),
        (501, False),
    ],
)
def test_only_what_may_pass_is_asked_again(status: int, passing: bool):
    assert Pauses("a").is_passing(busy(status=status)) is passing
