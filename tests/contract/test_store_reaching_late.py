"""What is reported when nobody expects it any more still tells that a message has reached somebody."""

import aiohttp
import pytest

from bot.core.delivery import DeliveryState
from bot.core.messages import Receipt
from bot.core.reach import LadderState
from bot.store import receipts
from bot.store.engine import Store
from bot.store.ladder import read_ladder
from gateway.errors import OutcomeUnknownError
from tests.support.climb import KEY, WITHIN, climbed, look, must_reach, report, send
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Provider


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider(paid=True, reports_key=True))


async def given_up(desk: Desk) -> None:
    await must_reach(desk)
    await send(desk)
    desk.now += WITHIN
    await look(desk)
    assert (await climbed(desk))[0] is LadderState.UNCONFIRMED


async def test_a_late_delivery_is_one(desk: Desk):
    await given_up(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    ladder = await read_ladder(desk.store, KEY)
    assert ladder is not None
    assert (ladder.state, ladder.reason) == (LadderState.REACHED, "it was reported when nobody expected it any more")


async def test_a_late_failure_changes_nothing(desk: Desk):
    await given_up(desk)
    await report(desk, 1, DeliveryState.FAILED)
    assert (await climbed(desk))[0] is LadderState.UNCONFIRMED


@pytest.mark.parametrize("late", [False, True])
async def test_what_nobody_knows_to_have_left_is_confirmed_by_its_key(desk: Desk, *, late: bool):
    desk.provider.answers = [OutcomeUnknownError("time-out")]
    await must_reach(desk)
    await send(desk)
    if late:
        desk.now += WITHIN
        await look(desk)
    heard = Receipt(channel=CHANNEL, account=ACCOUNT, provider_id="1:0", state=DeliveryState.DELIVERED, at=desk.now)
    await receipts.accept(desk.store, [heard])
    await look(desk)
    assert (await climbed(desk))[0] is LadderState.REACHED
