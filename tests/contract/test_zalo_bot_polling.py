"""Updates that are fetched from the Bot Platform: each is gone once it was given, so none may be dropped here."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.core.errors import StoreUnavailableError
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox
from gateway.channel import Hook, Parsed, Presence, Take, Wire
from gateway.channels.zalo_bot import CHANNEL
from gateway.errors import MisconfiguredError, RefusedError
from gateway.listening import taking
from gateway.metrics import Metrics
from gateway.zalo_bot.polling import listen
from simulator.zalo_bot.double import ZaloBotDouble, running_zalo_bot
from simulator.zalo_bot.fault import Fault
from tests.support.bots import until
from tests.support.rows import NOW, rows
from tests.support.zalo_bots import SECRET, zalo_bot_account


@pytest.fixture
async def double() -> AsyncIterator[ZaloBotDouble]:
    async with running_zalo_bot() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def wire(store: Store) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        yield Wire(store=store, session=session, clock=lambda: NOW)


@contextlib.asynccontextmanager
async def polling(double: ZaloBotDouble, wire: Wire, take: Take | None = None) -> AsyncIterator[None]:
    """Fetch as long as the block lasts."""
    account = zalo_bot_account(double, mode="polling", secret=None)
    presence = Presence(channel=CHANNEL, account=account)
    task = asyncio.create_task(listen(account, wire, take or taking(presence, wire, Intake(wire.store), Metrics())))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def stored(wire: Wire) -> list[str]:
    return [body["text"] for (body,) in await rows(wire.store, inbox, "body")]


async def until_stored(wire: Wire, *texts: str) -> None:
    """What was given is stored a moment later: nobody announces that."""
    async with asyncio.timeout(20):
        while await stored(wire) != list(texts):
            await asyncio.sleep(0.01)


async def test_what_people_write_is_fetched_in_its_order_in_either_shape(double: ZaloBotDouble, wire: Wire):
    an = double.person("An")
    async with polling(double, wire):
        await double.say(an, "một")
        await double.settled()
        double.flat = True
        await double.say(an, "hai")
        await double.attach(an, "reaction")
        await double.settled()
        await until_stored(wire, "một", "hai")


async def test_a_poll_that_brings_nothing_is_no_trouble(double: ZaloBotDouble, wire: Wire):
    double.plan(Fault(method="getUpdates", code=408))
    async with polling(double, wire):
        await double.say(double.person("An"), "một")
        await until_stored(wire, "một")
    assert [refusal.code for refusal in double.refusals] == [408]


async def test_what_the_database_does_not_take_is_held_until_it_does(double: ZaloBotDouble, wire: Wire):
    presence = Presence(channel=CHANNEL, account=zalo_bot_account(double))
    usual, tried = taking(presence, wire, Intake(wire.store), Metrics()), []

    async def take(hook: Hook) -> Parsed:
        tried.append(hook)
        if len(tried) == 1:
            raise StoreUnavailableError("away")
        return await usual(hook)

    an = double.person("An")
    async with polling(double, wire, take):
        await double.say(an, "một")
        await until(lambda: tried)
    assert await stored(wire) == ["một"], "whoever is stopped meanwhile tries once more"
    assert len(tried) == 2


@pytest.mark.parametrize(("fault", "error"), [(401, MisconfiguredError), (400, RefusedError)])
async def test_what_zalo_refuses_is_for_the_listener_to_judge(
    double: ZaloBotDouble, wire: Wire, fault: int, error: type[Exception]
):
    double.plan(Fault(method="getUpdates", code=fault))
    with pytest.raises(error):
        await listen(zalo_bot_account(double, mode="polling"), wire, lambda _hook: asyncio.sleep(0, Parsed()))


async def test_an_account_that_is_posted_to_fetches_nothing(double: ZaloBotDouble, wire: Wire):
    await listen(zalo_bot_account(double, secret=SECRET), wire, lambda _hook: asyncio.sleep(0, Parsed()))
    assert double.calls == []
