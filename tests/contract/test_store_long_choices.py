"""Buttons whose value is too long for a provider mean it all the same, in every process, until nobody uses them."""

import asyncio
from datetime import timedelta

from bot.notify.sweeper import KEEP, schedule_sweeps
from bot.store import long_choices, uploads
from bot.store.tables import long_choices as table
from bot.store.tables import uploads as uploads_table
from tests.support.rows import NOW, rows

DAY = timedelta(days=1)
ANNA, BINH = "a" * 32, "b" * 32
LONG = "lookup:" + "dân số xã Tịnh Khê " * 20


async def test_a_shortened_value_is_expanded_to_what_it_was(store):
    others = [f"{LONG}{n}" for n in range(8)]
    data = await long_choices.shorten(store, ANNA, [LONG, *others], now=NOW)
    assert set(data) == {LONG, *others}
    assert {len(carried.encode()) for carried in data.values()} == {44}
    assert [await long_choices.expand(store, ANNA, data[value], now=NOW) for value in data] == list(data)


async def test_the_same_value_makes_the_same_button_in_every_process(store, open_another):
    other = await open_another("other")
    values = [f"{LONG}{n}" for n in range(20)]
    both = await asyncio.gather(
        long_choices.shorten(store, ANNA, values, now=NOW), long_choices.shorten(other, ANNA, values[::-1], now=NOW)
    )
    assert both[0] == both[1]
    assert len(await rows(store, table, "digest")) == 20


async def test_what_was_never_shortened_is_what_it_is(store):
    assert await long_choices.expand(store, ANNA, "lookup:2", now=NOW) == "lookup:2"
    assert await long_choices.shorten(store, ANNA, [], now=NOW) == {}
    assert await long_choices.expand(store, ANNA, "", now=NOW) == ""


async def test_a_digest_that_nobody_knows_means_nothing(store):
    assert await long_choices.expand(store, ANNA, "~" + "a" * 43, now=NOW) is None
    assert await long_choices.expand(store, ANNA, "~", now=NOW) is None


async def test_a_button_means_nothing_in_the_hand_of_somebody_else(store):
    hers = (await long_choices.shorten(store, ANNA, [LONG], now=NOW))[LONG]
    assert await long_choices.expand(store, BINH, hers, now=NOW) is None
    his = (await long_choices.shorten(store, BINH, [LONG], now=NOW))[LONG]
    assert his != hers
    assert await long_choices.expand(store, BINH, his, now=NOW) == LONG
    assert await long_choices.expand(store, BINH, hers, now=NOW) is None


async def test_what_is_shown_or_pressed_stays_and_the_rest_is_forgotten(store):
    shown, pressed, unused = (f"{LONG}{n}" for n in range(3))
    data = await long_choices.shorten(store, ANNA, [shown, pressed, unused], now=NOW)
    await long_choices.shorten(store, ANNA, [shown], now=NOW + 2 * DAY)
    await long_choices.expand(store, ANNA, data[pressed], now=NOW + 2 * DAY)
    assert await long_choices.forget(store, before=NOW + DAY) == 1
    assert [await long_choices.expand(store, ANNA, data[value], now=NOW + 2 * DAY) for value in data] == [
        shown,
        pressed,
        None,
    ]


class Daily:
    """An alarm clock that only takes note of what it is to call each day."""

    def __init__(self):
        self.jobs = []

    def every(self, *_):
        """Not looked at here."""

    def daily(self, *call):
        self.jobs.append(call[-1])


async def test_every_day_the_sweeper_forgets_values_that_nobody_uses_and_uploads_that_are_over(store):
    old, young = f"{LONG}old", f"{LONG}young"
    await long_choices.shorten(store, ANNA, [old], now=NOW)
    await long_choices.shorten(store, ANNA, [young], now=NOW + DAY)
    await uploads.keep(store, "telegram", "main", "A-1", provider_id="file-1", until=NOW + KEEP)
    daily = Daily()
    schedule_sweeps(daily, store, clock=lambda: NOW + KEEP + timedelta(seconds=1))
    for job in daily.jobs:
        await job()
    assert await rows(store, table, "value") == [(young,)]
    assert await rows(store, uploads_table, "provider_id") == []
