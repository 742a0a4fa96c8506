"""The token bucket: never faster than allowed, never slower than need be."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from gateway.limits import Bucket

START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def sent_at(bucket: Bucket, *, seconds: float, step: float = 0.05) -> list[datetime]:
    """The moments at which a sender that asks every ``step`` seconds may send."""
    moments = [START + timedelta(seconds=number * step) for number in range(int(seconds / step))]
    sent = []
    for moment in moments:
        while bucket.room(moment):
            bucket.take(moment)
            sent.append(moment)
    return sent


def test_without_a_rate_there_is_always_room():
    assert Bucket(None).room(START) is None


@pytest.mark.parametrize("rate", [1, 3, 30])
def test_the_long_run_rate_is_the_one_allowed(rate: float):
    assert rate * 10 <= len(sent_at(Bucket(rate), seconds=10)) <= rate * 11


@pytest.mark.parametrize("rate", [1, 5, 30])
def test_a_pause_saves_up_one_second_at_most(rate: float):
    bucket = Bucket(rate)
    assert bucket.room(START) == rate
    assert bucket.room(START + timedelta(hours=1)) == rate


def test_half_a_part_a_second_is_one_part_every_two_seconds():
    sent = sent_at(Bucket(0.5), seconds=10)
    assert [round((later - earlier).total_seconds()) for earlier, later in pairwise(sent)] == [2] * 4


@pytest.mark.parametrize("rate", [1, 3, 30])
def test_no_second_sees_more_than_the_rate_not_even_after_a_pause(rate: float):
    sent = sent_at(Bucket(rate), seconds=5, step=0.01)
    for moment in sent:
        assert sum(moment <= other < moment + timedelta(seconds=1) for other in sent) <= rate


def test_whoever_has_to_wait_is_told_how_long():
    bucket = Bucket(2)
    bucket.take(START)
    assert bucket.wait(START) == timedelta(0)
    bucket.take(START + timedelta(milliseconds=400))
    assert bucket.wait(START + timedelta(milliseconds=400)) == timedelta(milliseconds=600)
    bucket.close(START, 5)
    assert bucket.wait(START + timedelta(seconds=1)) == timedelta(seconds=4)


def test_a_clock_set_back_does_not_prolong_a_silence():
    bucket = Bucket(None)
    bucket.close(START, 30)
    earlier = START - timedelta(hours=2)
    assert bucket.room(earlier) == 0
    assert bucket.room(earlier + timedelta(seconds=30)) is None


def test_a_closed_bucket_has_no_room_until_it_opens():
    bucket = Bucket(None)
    bucket.close(START, 30)
    bucket.close(START, 5)
    assert bucket.room(START + timedelta(seconds=29)) == 0
    assert bucket.room(START + timedelta(seconds=30)) is None


def test_a_clock_set_back_neither_gives_nor_takes_room():
    bucket = Bucket(2)
    bucket.take(START)
    bucket.take(START)
    assert bucket.room(START - timedelta(hours=2)) == 0
    assert bucket.room(START - timedelta(hours=2) + timedelta(seconds=1)) == 2
