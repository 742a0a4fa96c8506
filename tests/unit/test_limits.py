"""The token bucket: never faster than allowed, never slower than need be."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from gateway.channel import Pace
from gateway.limits import Bucket, Slots, window_of

START = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


SECOND = timedelta(seconds=1)


def bucket_of(rate: float | None) -> Bucket:
    """The bucket of an account with a rate, or without one."""
    return Bucket(Pace(windows=() if rate is None else (window_of(rate),)))


def sent_at(bucket: Bucket, *, seconds: float, step: float = 0.05, cost: int = 1) -> list[datetime]:
    """The moments at which a sender that asks every ``step`` seconds may send, to a provider that answers at once."""
    moments = [START + timedelta(seconds=number * step) for number in range(int(seconds / step))]
    sent = []
    for moment in moments:
        while not bucket.wait(moment, cost):
            bucket.done(bucket.take(moment, cost), moment)
            sent.append(moment)
    return sent


def busiest(moments: list[datetime]) -> int:
    """The most that arrived in any one second."""
    return max(sum(moment <= other < moment + SECOND for other in moments) for moment in moments)


def test_without_a_rate_there_is_always_room():
    assert bucket_of(None).room(START) is None


@pytest.mark.parametrize("rate", [1, 3, 30])
def test_the_long_run_rate_is_the_one_allowed(rate: float):
    assert rate * 10 <= len(sent_at(bucket_of(rate), seconds=10)) <= rate * 11


@pytest.mark.parametrize("rate", [1, 5, 30])
def test_a_pause_saves_up_one_second_at_most(rate: float):
    bucket = bucket_of(rate)
    assert bucket.room(START) == rate
    assert bucket.room(START + timedelta(hours=1)) == rate


def test_half_a_part_a_second_is_one_part_every_two_seconds():
    sent = sent_at(bucket_of(0.5), seconds=10)
    assert [round((later - earlier).total_seconds()) for earlier, later in pairwise(sent)] == [2] * 4


@pytest.mark.parametrize("rate", [1, 3, 30])
def test_no_second_sees_more_than_the_rate_not_even_after_a_pause(rate: float):
    sent = sent_at(bucket_of(rate), seconds=5, step=0.01)
    assert busiest(sent) <= rate


@pytest.mark.parametrize("rate", [1.5, 2.9, 30.4])
def test_a_rate_between_two_numbers_is_not_exceeded_either(rate: float):
    assert busiest(sent_at(bucket_of(rate), seconds=5, step=0.01)) <= rate


@pytest.mark.parametrize("rate", [1, 2, 5, 30])
def test_no_second_sees_more_than_the_rate_however_long_parts_are_under_way(rate: int):
    chance, bucket, arrived = Random(rate), bucket_of(rate), []
    answers: list[tuple[datetime, int]] = []
    for number in range(1000):
        moment = START + number * timedelta(milliseconds=20)
        for at, ticket in [one for one in answers if one[0] <= moment]:
            bucket.done(ticket, at)
            answers.remove((at, ticket))
        while bucket.room(moment):
            taken = timedelta(seconds=chance.random())
            answers.append((moment + taken, bucket.take(moment)))
            arrived.append(moment + taken * chance.random())
    assert busiest(arrived) <= rate
    assert len(arrived) >= rate * 10


def test_a_part_counts_until_a_window_after_its_answer_however_late_that_is():
    bucket = bucket_of(1)
    ticket = bucket.take(START)
    assert bucket.room(START + 19 * SECOND) == 0
    bucket.done(ticket, START + 19 * SECOND)
    assert bucket.room(START + 20 * SECOND - timedelta(milliseconds=1)) == 0
    assert bucket.room(START + 20 * SECOND) == 1


def test_a_part_of_several_segments_takes_as_many_units():
    sent = sent_at(bucket_of(5), seconds=10, cost=2)
    assert busiest(sent) == 2
    assert len(sent) == 20


@pytest.mark.parametrize(("rate", "cost", "every"), [(1, 2, 2), (2, 5, 2.5), (0.5, 2, 4)])
def test_what_costs_more_than_a_second_allows_goes_alone_and_closes_for_as_long(rate: float, cost: int, every: float):
    sent = sent_at(bucket_of(rate), seconds=every * 4, cost=cost)
    assert [later - earlier for earlier, later in pairwise(sent)] == [timedelta(seconds=every)] * 3


def test_what_costs_more_than_a_second_allows_waits_for_an_empty_bucket():
    bucket = bucket_of(2)
    bucket.done(bucket.take(START), START)
    assert bucket.wait(START, 2) == bucket.wait(START, 9) == SECOND
    assert bucket.wait(START, 1) == timedelta(0)


def test_after_somebody_else_a_window_passes():
    bucket = bucket_of(3)
    bucket.fill(START - timedelta(milliseconds=400))
    assert bucket.wait(START) == timedelta(milliseconds=600)
    assert bucket.room(START + timedelta(milliseconds=600)) == 3


async def test_a_slot_is_free_when_its_work_needs_it_no_more():
    slots = Slots(2)
    slots.hold("a")
    slots.hold("b")
    assert slots.free == 0
    slots.release("a")
    slots.release("a")
    assert slots.free == 1


def test_whoever_has_to_wait_is_told_how_long():
    bucket = bucket_of(2)
    bucket.done(bucket.take(START), START)
    assert bucket.wait(START) == timedelta(0)
    bucket.take(START + timedelta(milliseconds=400))
    assert bucket.wait(START + timedelta(milliseconds=400)) == timedelta(milliseconds=600)
    bucket.close(START, timedelta(seconds=5))
    assert bucket.wait(START + timedelta(seconds=1)) == timedelta(seconds=4)


def test_a_clock_set_back_does_not_prolong_a_silence():
    bucket = bucket_of(None)
    bucket.close(START, timedelta(seconds=30))
    earlier = START - timedelta(hours=2)
    assert bucket.room(earlier) == 0
    assert bucket.room(earlier + timedelta(seconds=30)) is None


def test_a_closed_bucket_has_no_room_until_it_opens():
    bucket = bucket_of(None)
    bucket.close(START, timedelta(seconds=30))
    bucket.close(START, timedelta(seconds=5))
    assert bucket.room(START + timedelta(seconds=29)) == 0
    assert bucket.room(START + timedelta(seconds=30)) is None


def test_a_clock_set_back_neither_gives_nor_takes_room():
    bucket = bucket_of(2)
    bucket.done(bucket.take(START), START)
    bucket.done(bucket.take(START), START)
    assert bucket.room(START - timedelta(hours=2)) == 0
    assert bucket.room(START - timedelta(hours=2) + timedelta(seconds=1)) == 2
