"""Buckets and gates of the API, by a clock of the test."""

import asyncio

import pytest

from gateway.api.limits import Gate, Limits
from gateway.api.problems import ProblemError


def take(limits: Limits, cost: int, now: float, who: str = "a"):
    return limits.take("address", who, cost, units=60, now=now)


def test_a_bucket_is_emptied_refuses_and_fills_again():
    limits = Limits()
    assert take(limits, 50, 0.0).left == 10
    refused = take(limits, 30, 0.0)
    assert (refused.wait, refused.left) == (20, 10)
    assert take(limits, 30, 20.0).wait == 0
    assert take(limits, 60, 1000.0).left == 0


def test_a_refusal_costs_nothing():
    limits = Limits()
    take(limits, 60, 0.0)
    for _ in range(100):
        take(limits, 10, 1.0)
    assert take(limits, 10, 10.0).wait == 0


def test_one_does_not_use_up_what_another_has():
    limits = Limits()
    take(limits, 60, 0.0)
    assert take(limits, 60, 0.0, who="b").wait == 0


def test_the_headers_say_what_is_left_and_when_all_is_back():
    limits = Limits()
    assert take(limits, 15, 0.0).headers() == {
        "RateLimit-Policy": '"address";q=60;w=60',
        "RateLimit": '"address";r=45;t=15',
    }
    take(limits, 45, 0.0)
    assert take(limits, 6, 0.5).headers()["Retry-After"] == "6"


def test_only_so_many_are_remembered_and_the_least_recent_goes_first():
    limits = Limits(remembered=2)
    for who in ("a", "b", "a", "c"):
        take(limits, 30, 0.0, who=who)
    assert len(limits._buckets) == 2
    assert take(limits, 1, 0.0, who="a").wait == 1
    assert take(limits, 60, 0.0, who="b").wait == 0


async def test_a_gate_lets_in_as_many_as_it_is_wide_and_then_one_for_each_that_leaves():
    gate, inside, most = Gate(2, waiting=10, seconds=5), 0, 0

    async def visit() -> None:
        nonlocal inside, most
        async with gate.entered():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visit() for _ in range(12)))
    assert most == 2


async def test_who_finds_the_line_full_or_waits_too_long_is_sent_away_and_takes_no_place():
    gate = Gate(1, waiting=1, seconds=0.01)
    async with gate.entered():
        waiting = asyncio.create_task(enter(gate))
        await asyncio.sleep(0)
        with pytest.raises(ProblemError) as full:
            await enter(gate)
        with pytest.raises(ProblemError) as late:
            await waiting
    assert full.value.headers["Retry-After"]
    assert late.value.kind == "busy"
    await enter(gate)


async def test_who_goes_away_while_waiting_leaves_no_gap():
    gate = Gate(1, waiting=1, seconds=5)
    async with gate.entered():
        waiting = asyncio.create_task(enter(gate))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await asyncio.gather(enter(gate), enter(gate))


async def enter(gate: Gate) -> None:
    async with gate.entered():
        pass
