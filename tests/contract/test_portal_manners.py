"""The doubles behind one door notice whoever has no manners (K1 … K4 of docs/portals.md), whatever they run."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from simulator.portals.door import Door
from tests.contract.portal_case import AGENT, load_case

PATHS = {"dcat": "/data.json", "pxweb": "/api/v1/vi/"}
Ask = Callable[..., Awaitable[int]]


@pytest_asyncio.fixture(params=PATHS)
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Door, Ask]]:
    package = importlib.import_module(f"simulator.portals.{request.param}")
    async with package.open_double(load_case(request.param)) as double, aiohttp.ClientSession() as session:

        async def ask(**headers: str) -> int:
            url = double.url + PATHS[request.param]
            async with session.get(url, headers={"User-Agent": AGENT, **headers}) as response:
                await response.read()
                return response.status

        yield double, ask


async def asks_for_things_at_once(_double: Door, ask: Ask) -> None:
    await asyncio.gather(*(ask() for _ in range(5)))


async def hides_who_it_is(_double: Door, ask: Ask) -> None:
    await ask(**{"User-Agent": "python-requests/2.31"})


async def comes_back_too_soon(double: Door, ask: Ask) -> None:
    double.fault("busy", seconds=30)
    assert await ask() == 429
    await double.sleep(29)
    await ask()


async def brings_a_key(_double: Door, ask: Ask) -> None:
    await ask(Authorization="a-key")


WRONG: dict[str, Any] = {
    "K1": asks_for_things_at_once,
    "K2": hides_who_it_is,
    "K3": comes_back_too_soon,
    "K4": brings_a_key,
}


@pytest.mark.parametrize(("rule", "wrong"), WRONG.items(), ids=WRONG)
async def test_who_has_no_manners_is_noticed(asked, rule, wrong):
    await wrong(*asked)
    assert {offence.rule for offence in asked[0].offences} == {rule}


async def test_who_asks_for_one_thing_after_the_other_has_manners(asked):
    double, ask = asked
    assert [await ask() for _ in range(3)] == [200] * 3
    assert not double.offences
