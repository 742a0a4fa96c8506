"""How the SMS doubles behave towards us where no call of ours breaks a rule: tries, receipts, bills, going away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from gateway.site import open_site
from simulator.sms.esms import Esms
from simulator.sms.fault import Course, Way
from simulator.sms.infobip import Infobip
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline
from tests.conftest import NOW
from tests.contract.sms_caller import KINDS, PERSON, RIGHT, call


class Ear:
    """A hook that hears everything, and hangs while it is ``deaf``."""

    def __init__(self) -> None:
        self.url, self.deaf, self.heard = "", False, list[str]()
        self.freed = asyncio.Event()

    async def listen(self, request: web.Request) -> web.Response:
        self.heard.append(request.query_string + (await request.read()).decode())
        if self.deaf:
            await self.freed.wait()
        return web.Response(text="ok")


@contextlib.asynccontextmanager
async def ear() -> AsyncIterator[Ear]:
    listening = Ear()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", listening.listen)
    async with open_site(app, host="127.0.0.1", port=0) as url:
        listening.url = f"{url}/hook"
        yield listening
        listening.freed.set()


async def taken(double: Provider, kind: str) -> None:
    async with aiohttp.ClientSession() as session:
        await call(session, double, RIGHT[kind](double))


async def test_esms_calls_five_times_more_when_nobody_answers_and_not_when_somebody_does() -> None:
    async with ear() as hook, running(Esms, clock=Timeline(NOW, speed=0), patience=0.05) as double:
        double.receipts, double.report_hook, hook.deaf = False, hook.url, True
        await taken(double, "esms")
        delivery = await double.report(double.sent[0], "5")
        assert delivery is not None
        while not delivery.ended.is_set():
            double.clock.turn(timedelta(minutes=1))
            await asyncio.sleep(0.01)
        assert len(delivery.attempts) == 6
        hook.deaf = False
        again = await double.report(double.sent[0], "5")
        assert again is not None
        assert (again.taken, len(again.attempts)) == (True, 1)


@pytest.mark.parametrize(
    ("way", "heard"),
    [
        (Way.GOOD, ["7", "5"]),
        (Way.TWICE, ["7", "7", "5", "5"]),
        (Way.SHUFFLED, ["5", "7"]),
        (Way.LOST, []),
        (Way.EARLY, ["7", "5"]),
    ],
)
async def test_receipts_come_on_the_way_that_was_planned(way: Way, heard: list[str]) -> None:
    async with ear() as hook, running(Esms, report_hook=hook.url) as double:
        double.plans.follow(Course(way=way))
        await taken(double, "esms")
        if way is Way.EARLY:
            assert len(hook.heard) == 2
        while len(hook.heard) < len(heard):
            await asyncio.sleep(0.005)
        await double.settle()
        assert [said.partition("SendStatus=")[2][0] for said in hook.heard] == heard


async def test_several_receipts_of_infobip_come_in_one_post() -> None:
    async with ear() as hook, running(Infobip, report_hook=hook.url) as double:
        double.receipts = False
        await taken(double, "infobip")
        await taken(double, "infobip")
        await double.report_together((double.sent[0], "DELIVERED"), (double.sent[1], "EXPIRED"))
        (post,) = hook.heard
        assert [word in post for word in ("DELIVERED", "EXPIRED")] == [True, True]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_provider_that_is_away_answers_nobody_and_comes_back(kind: str) -> None:
    async with running(KINDS[kind], clock=Timeline(NOW, speed=0)) as double:
        double.receipts, double.plans.away = False, True
        with pytest.raises(aiohttp.ClientError):
            await taken(double, kind)
        assert not double.sent
        double.plans.away = False
        await taken(double, kind)
        assert len(double.sent) == 1


async def test_the_bill_is_the_price_of_every_part_on_every_screen() -> None:
    async with running(Esms, clock=Timeline(NOW, speed=0)) as double, aiohttp.ClientSession() as session:
        double.receipts = False
        ask = RIGHT["esms"](double)
        await call(session, double, ask)
        await call(session, double, ask.but(Content="ế" * 71, IsUnicode="1", RequestId="r-2"))
        assert [shown.parts for shown in double.phones.screens[PERSON]] == [1, 2]
        assert double.phones.bill == 3 * double.phones.price
        assert [sent.price for sent in await double.until(2)] == [300, 600]
