"""The weights between accounts in the database: one step for all processes, decided on what left and what was reported."""

import asyncio
import itertools
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.core.balance import Reason
from bot.core.delivery import DeliveryState
from bot.core.pools import Pool
from bot.store import balancing
from bot.store.balancing import is_troubled, note_troubles, read_balances, read_steps, rebalance
from bot.store.engine import Store
from bot.store.tables import outbox_parts, pool_steps, receipts, send_troubles
from gateway.metrics import Metrics
from tests.support.engines import POSTGRES_IN_SOAK
from tests.support.rows import NOW, analyze, rows

A, B = ("kannel", "8179"), ("sms", "esms")
POOL = Pool(name="sms", weights={A: 51, B: 49})
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_numbers = itertools.count(1)


@pytest.fixture
async def begun(store: Store) -> Store:
    await rebalance(store, POOL, now=NOW - timedelta(days=1))
    return store


async def leave(
    store: Store,
    member: tuple[str, str],
    sent: list[datetime],
    *,
    after: timedelta | None,
    state=DeliveryState.DELIVERED,
) -> None:
    """Parts that left at these moments, and a report on each ``after`` a time; None = none."""
    numbers = [next(_numbers) for _ in sent]
    place = {"channel": member[0], "account": member[1]}
    parts = [
        {**place, "outbox_id": number, "number": 0, "provider_id": f"p-{number}", "state": 1, "at": at}
        for number, at in zip(numbers, sent, strict=True)
    ]
    heard = [
        {**place, "provider_id": f"p-{number}", "state": int(state), "detail": "", "at": at + after, "joined": 1}
        for number, at in zip(numbers, sent, strict=True)
        if after is not None
    ]
    for table, found in ((outbox_parts, parts), (receipts, heard)):
        for start in range(0, len(found), 2000):
            batch = found[start : start + 2000]
            await store.write(lambda connection, table=table, batch=batch: connection.execute(insert(table), batch))


async def weights(store: Store) -> dict:
    return dict((await read_balances(store))["sms"].weights)


def a_minute_apart(count: int, *, last: datetime) -> list[datetime]:
    return [last - number * SECOND for number in range(count)]


async def test_the_first_look_begins_at_rest_and_so_does_one_with_other_weights(store: Store):
    first = await rebalance(store, POOL, now=NOW)
    assert (first.reason, first.weights) == (Reason.RESET, {A: 51, B: 49})
    assert await rebalance(store, POOL, now=NOW) is None
    await note_troubles(store, {A: 60}, now=NOW)
    await rebalance(store, POOL, now=NOW)
    changed = Pool(name="sms", weights={A: 30, B: 70})
    again = await rebalance(store, changed, now=NOW + SECOND)
    assert (again.reason, again.weights) == (Reason.RESET, {A: 30, B: 70})


async def test_errors_of_the_last_minute_from_all_processes_are_added_up(begun: Store):
    await note_troubles(begun, {A: 30}, now=NOW - 61 * SECOND)
    await note_troubles(begun, {A: 25}, now=NOW - 20 * SECOND)
    await note_troubles(begun, {A: 20}, now=NOW - 20 * SECOND)
    await leave(begun, A, a_minute_apart(59, last=NOW), after=None)
    await leave(begun, A, a_minute_apart(59, last=NOW), after=None)
    assert await rebalance(begun, POOL, now=NOW) is None, "45 of 163 tries"
    await note_troubles(begun, {A: 6}, now=NOW)
    moved = await rebalance(begun, POOL, now=NOW)
    assert (moved.reason, moved.weights) == (Reason.ERRORS, {A: 41, B: 59})


async def test_what_a_clock_that_was_ahead_has_noted_is_no_trouble_of_now(begun: Store):
    await note_troubles(begun, {A: 500}, now=NOW + timedelta(hours=1))
    assert await rebalance(begun, POOL, now=NOW) is None
    async with begun.read() as connection:
        assert not await is_troubled(connection, A, errors=1, now=NOW)


async def test_ten_errors_count_where_little_else_is_sent(begun: Store):
    await leave(begun, A, a_minute_apart(10, last=NOW), after=None)
    await note_troubles(begun, {A: 10}, now=NOW)
    assert (await rebalance(begun, POOL, now=NOW)).weights == {A: 41, B: 59}


@pytest.mark.parametrize(
    ("after", "state", "moves"),
    [
        (None, DeliveryState.DELIVERED, True),
        (6 * MINUTE, DeliveryState.DELIVERED, True),
        (4 * MINUTE, DeliveryState.DELIVERED, False),
        (4 * MINUTE, DeliveryState.BUFFERED, True),
        (4 * MINUTE, DeliveryState.FAILED, False),
    ],
    ids=["no report", "after 6 min", "after 4 min", "only buffered", "a failure is not slow"],
)
async def test_what_has_no_final_report_after_five_minutes_is_slow(begun: Store, after, state, moves):
    # what is younger than five minutes is never slow, and what is older than fifteen is not looked at
    await leave(begun, A, a_minute_apart(85, last=NOW - 2 * MINUTE), after=None)
    await leave(begun, A, a_minute_apart(15, last=NOW - 6 * MINUTE), after=after, state=state)
    await leave(begun, A, a_minute_apart(50, last=NOW - 16 * MINUTE), after=9 * MINUTE)
    moved = await rebalance(begun, POOL, now=NOW)
    assert (moved is not None and moved.reason is Reason.SLOW) is moves


async def test_an_account_that_never_reports_anything_is_not_slow(begun: Store):
    await leave(begun, A, a_minute_apart(200, last=NOW - 6 * MINUTE), after=None)
    assert await rebalance(begun, POOL, now=NOW) is None


async def test_looks_of_several_processes_at_once_take_one_step(begun: Store, open_another):
    other = await open_another("other")
    await note_troubles(begun, {A: 60}, now=NOW)
    moved = await asyncio.gather(*(rebalance(store, POOL, now=NOW) for store in (begun, other) * 4))
    assert sum(one is not None for one in moved) == 1
    assert await weights(begun) == {A: 41, B: 59}


async def test_every_step_is_kept_with_its_reason_and_forgotten_with_its_age(begun: Store):
    await note_troubles(begun, {A: 60}, now=NOW)
    await rebalance(begun, POOL, now=NOW)
    await rebalance(begun, POOL, now=NOW + 16 * MINUTE)
    steps = await read_steps(begun, "sms")
    assert [(step.reason, dict(step.weights)) for step in steps] == [
        (Reason.DRIFT, {A: 51, B: 49}),
        (Reason.ERRORS, {A: 41, B: 59}),
        (Reason.RESET, {A: 51, B: 49}),
    ]
    assert await balancing.forget(begun, ["sms"], troubles=NOW + SECOND, steps=NOW) == 2
    assert await rows(begun, send_troubles, "count") == []
    assert len(await rows(begun, pool_steps, "version")) == 2


async def test_a_pool_that_the_settings_no_longer_name_is_forgotten(begun: Store):
    await balancing.forget(begun, ["other"], troubles=NOW, steps=NOW)
    assert await read_balances(begun) == {}


async def test_prometheus_sees_the_weight_of_each_account(begun: Store):
    metrics = Metrics()
    metrics.show_pools(await read_balances(begun))
    assert 'tracuu_pool_weight{account="8179",channel="kannel",pool="sms"} 51.0' in metrics.export().decode()


@POSTGRES_IN_SOAK
async def test_s8_a_day_of_a_province_from_the_database(begun: Store):
    """Five parts a minute by each account. Errors at 03:00, slow reports at 08:00, both slow at 12:00, an outage at 18:00.

    The clock is moved; a look a minute.
    """
    hour = timedelta(hours=1)
    for member, slow in ((A, [(8, 8.5), (12, 13)]), (B, [(12, 13)])):
        moments = [NOW + number * 12 * SECOND for number in range(24 * 300)]
        late = [at for at in moments if any(hour * start <= at - NOW < hour * end for start, end in slow)]
        await leave(begun, member, late, after=20 * MINUTE)
        await leave(begun, member, sorted(set(moments) - set(late)), after=20 * SECOND)
    await analyze(begun)
    steps = []
    for minute in range(24 * 60):
        now = NOW + minute * MINUTE
        if minute == 60:
            await note_troubles(begun, {A: 1}, now=now)  # a single 5xx
        if 180 <= minute < 183:
            await note_troubles(begun, {A: 80}, now=now)
        if 18 * 60 <= minute < 19 * 60:
            await note_troubles(begun, {B: 30}, now=now)  # nearly everything that is tried there
        moved = await rebalance(begun, POOL, now=now)
        if moved is not None:
            steps.append((minute, moved.reason, moved.weights[A]))
    reasons = {reason: [minute for minute, why, _ in steps if why is reason] for reason in Reason}
    assert [minute for minute in reasons[Reason.ERRORS] if minute < 720] == [180, 181, 182]
    assert min(reasons[Reason.SLOW]) > 8 * 60
    assert not [minute for minute, why, _ in steps if 12 * 60 <= minute < 13 * 60 + 15 and why is not Reason.DRIFT]
    assert [minute for minute in reasons[Reason.ERRORS] if minute > 720] == [1080, 1081, 1082, 1083, 1084]
    assert await weights(begun) == {A: 51, B: 49}
    known, left, turns = 51, {A: -99, B: -99}, 0
    for minute, reason, weight in steps:
        gains, loses = (A, B) if weight > known else (B, A)
        assert minute - left[gains] >= 15, "points came back within a quarter of an hour"
        if reason is not Reason.DRIFT:
            left[loses] = minute
        turns += reason is Reason.DRIFT
        known = weight
    assert turns <= 15
