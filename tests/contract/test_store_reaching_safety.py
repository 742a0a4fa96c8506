"""What must reach somebody goes nowhere twice and nowhere unwanted, and is lost nowhere on the way."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest

from bot.core.delivery import DeliveryState
from bot.core.effects import RecordConsent
from bot.core.messages import Reply, Sign, SignKind
from bot.core.reach import LadderState
from bot.store import consents, standing
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.ladder import forget, read_ladder
from bot.store.reaching import Looked
from bot.store.tables import ladders, rungs
from tests.conftest import KEY as KEY_BYTES
from tests.support.climb import AN, KEY, SECOND, THIRD, WITHIN, climbed, look, must_reach, report, send
from tests.support.crowd import ACCOUNT
from tests.support.desk import Desk, Provider
from tests.support.rows import rows

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


async def test_it_goes_to_no_address_twice(desk: Desk):
    await must_reach(desk, AN, SECOND, AN, SECOND)
    for _ in range(5):
        await send(desk)
        desk.now += WITHIN
        await look(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an", SECOND.user]


async def test_queueing_it_twice_is_one_ladder(desk: Desk):
    await must_reach(desk, SECOND)
    await must_reach(desk, SECOND)
    assert len(await rows(desk.store, ladders, "id")) == len(await rows(desk.store, rungs, "ladder")) == 1


async def test_who_left_or_wants_nothing_is_passed_over(desk: Desk):
    await standing.note(desk.store, [Sign(address=SECOND, kind=SignKind.LEFT, at=desk.now)])
    stop = RecordConsent(topic=None, given=False, evidence="STOP")
    person = desk.store.vault.person(THIRD)
    await desk.store.write(lambda connection: consents.record(connection, person, stop, now=desk.now))
    await must_reach(desk, SECOND, THIRD)
    await send(desk)
    desk.now += WITHIN
    assert (await look(desk)).unconfirmed == ("nothing confirmed it in time, and no way is left",)


async def test_what_has_expired_goes_nowhere_else(desk: Desk):
    await must_reach(desk, SECOND, expires_at=desk.now + 5 * MINUTE)
    await send(desk)
    desk.now += WITHIN
    assert (await look(desk)).unconfirmed == ("nothing confirmed it in time, and its time is over",)
    assert len(await desk.states()) == 1


async def test_at_night_it_waits_for_the_morning_unless_it_is_urgent(desk: Desk):
    desk.now += 12 * HOUR  # 21:00
    await must_reach(desk, SECOND, within=2 * HOUR)
    await must_reach(desk, SECOND, within=2 * HOUR, dedupe_key="gấp", reply=Reply(text="gấp", urgent=True))
    await send(desk)
    desk.now += 2 * HOUR
    assert await look(desk) == Looked(went_on=2)
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an", "an", SECOND.user]
    assert desk.provider.arrived[-1][1] == "gấp"
    desk.now += 8 * HOUR
    await send(desk)
    assert desk.provider.arrived[-1] == (SECOND.user, "sắp đến hạn")


async def test_two_that_look_at_once_take_one_step(desk: Desk, open_another):
    other = await open_another("other")
    await must_reach(desk, SECOND, THIRD)
    await send(desk)
    desk.now += WITHIN
    looked = await asyncio.gather(*(look(desk, store=store) for store in (desk.store, other) * 4))
    assert sum(one.went_on for one in looked) == 1
    assert await climbed(desk) == (LadderState.OPEN, [ACCOUNT, "second"])


class _KilledError(Exception):
    """The process ends before the commit."""


class Dying(Store):
    """A process that is killed in each of its transactions, when all of it is written and nothing committed."""

    async def write(self, job, *, wake=()):
        async def half(connection):
            await job(connection)
            raise _KilledError

        return await super().write(half, wake=wake)


async def test_a_kill_in_the_middle_of_a_step_loses_and_doubles_nothing(desk: Desk, engine_url):
    dying = Dying(engine_url, KEY_BYTES, owner="dying")
    await dying.open()
    await must_reach(desk, SECOND, THIRD)
    for expected in ([ACCOUNT, "second"], [ACCOUNT, "second", "third"]):
        await send(desk)
        desk.now += WITHIN
        with pytest.raises(_KilledError):
            await look(desk, store=dying)
        assert len((await climbed(desk))[1]) == len(expected) - 1
        assert await look(desk) == Looked(went_on=1)
        assert (await climbed(desk))[1] == expected
    await report(desk, 2, DeliveryState.DELIVERED)
    with pytest.raises(_KilledError):
        await look(desk, store=dying)
    assert await look(desk) == Looked(reached=1)
    await dying.close()
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an", SECOND.user]


async def test_who_is_erased_is_on_no_ladder_any_more(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    desk.now += WITHIN
    await look(desk)
    await erase(desk.store, SECOND, now=desk.now)
    assert await rows(desk.store, ladders, "id") == await rows(desk.store, rungs, "ladder") == []


async def test_a_ladder_with_whoever_is_erased_goes_as_a_whole_and_what_waits_elsewhere_still_leaves(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    desk.now += WITHIN
    await look(desk)
    erased = await erase(desk.store, AN, now=desk.now)
    assert (erased["ladders"], erased["rungs"]) == (1, 2)
    await send(desk)
    assert desk.provider.arrived[-1][0] == SECOND.user


async def test_ended_ladders_are_forgotten_with_their_age_and_open_ones_are_not(desk: Desk):
    await must_reach(desk, SECOND)
    assert await forget(desk.store, before=desk.now + HOUR) == 0
    await send(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    await look(desk)
    assert await forget(desk.store, before=desk.now) == 0
    assert await forget(desk.store, before=desk.now + HOUR) == 1
    assert await read_ladder(desk.store, KEY) is None
