"""A notice that is spread over the minute leaves room for whoever asks; one that goes at once makes them wait for it."""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from gateway.channel import Pace, Window
from gateway.limits import Bucket

START = datetime(2026, 11, 16, 2, tzinfo=UTC)
STEP = timedelta(seconds=0.1)
MINUTES = 20
AT_ONCE = Pace(windows=(Window(units=95, seconds=60),), bulk=0.6)
SPREAD = replace(AT_ONCE, steady=(Window(units=9, seconds=10),), spare=0.15)


def simulate(pace: Pace, *, per_minute: int) -> tuple[list[float], int]:
    """The waits of answers that come by chance, in seconds, and how many notices went, without end waiting, beside them."""
    bucket, chance = Bucket(pace), Random(per_minute)
    waiting: deque[datetime] = deque()
    waits, notices = [], 0
    for number in range(int(MINUTES * timedelta(minutes=1) / STEP)):
        now = START + number * STEP
        if chance.random() < per_minute * (STEP / timedelta(minutes=1)):
            waiting.append(now)
        while waiting and bucket.room(now):
            bucket.done(bucket.take(now), now)
            waits.append((now - waiting.popleft()) / timedelta(seconds=1))
        while not waiting and bucket.room(now, bulk=True):
            bucket.done(bucket.take(now, bulk=True), now)
            notices += 1
    return sorted(waits), notices


@pytest.mark.parametrize("per_minute", [10, 30, 50, 70])
def test_whoever_asks_waits_two_seconds_at_most_in_95_of_100_cases(per_minute):
    waits, notices = simulate(SPREAD, per_minute=per_minute)
    assert waits[int(len(waits) * 0.95)] <= 2
    assert notices >= MINUTES * min(54, 80 - per_minute) * 0.9


def test_the_more_is_asked_the_longer_the_notice_takes():
    told = [simulate(SPREAD, per_minute=per_minute)[1] for per_minute in (10, 50, 70, 90)]
    assert told == sorted(told, reverse=True)
    assert told[-1] < told[0] / 3


def test_a_notice_that_takes_its_share_at_once_makes_people_wait():
    waits, _ = simulate(AT_ONCE, per_minute=70)
    assert waits[int(len(waits) * 0.95)] > 5
