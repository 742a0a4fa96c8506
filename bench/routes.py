"""The channels whose sending is measured, each with the double of its provider in a process of its own.

Both doubles check what they are sent as their provider does, and answer each part after 50 ms.
"""

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.messages import Address
from gateway.channel import AccountSettings, Channel, Part, Presence, Wire
from gateway.channels import kannel, sms
from simulator.kannel import sendsms
from simulator.sms import esms
from simulator.sms.fault import slow

LATENCY, IN_FLIGHT = 0.05, 128
NUMBER = "8179"
_WORD = "a-word-of-sixteen-letters"


@dataclass(slots=True)
class Route:
    """One account on a channel that notes what it hands over, and when the first part left for each person."""

    original: Channel[Any]
    account: AccountSettings
    handed: int = 0
    at: dict[str, float] = field(default_factory=dict)

    @property
    def presence(self) -> Presence:
        """The account as a sender gets it."""
        return Presence(channel=replace(self.original, send=self.send), account=self.account)

    async def send(self, part: Part, to: Address, key: str, account: AccountSettings, wire: Wire) -> str:
        """Send as the channel does."""
        self.at.setdefault(to.user, time.monotonic())
        given = await self.original.send(part, to, key, account, wire)
        self.handed += 1
        return given


def by_kannel(address: str) -> Route:
    """A number behind a Kannel."""
    table = {"channel": "kannel", "account": NUMBER, "sendsms_url": address, "username": sendsms.USERNAME}
    return Route(kannel.CHANNEL, _account(kannel.CHANNEL, table | {"password": sendsms.PASSWORD, "token": _WORD}))


def by_esms(address: str) -> Route:
    """A brandname at eSMS: a JSON body for each part."""
    table = {"channel": "sms", "account": NUMBER, "preset": "esms", "api_base": address, "brandname": "UBND-QNGAI"}
    secrets = {"api_key": "esms-key", "secret_key": "esms-secret", "private_key": _WORD, "callback_token": _WORD}
    return Route(sms.CHANNEL, _account(sms.CHANNEL, table | secrets))


def _account(channel: Channel[Any], table: dict[str, str]) -> AccountSettings:
    account: AccountSettings = channel.settings.model_validate(table)
    return account


@contextlib.asynccontextmanager
async def _sendsms() -> AsyncIterator[str]:
    async with sendsms.running_sendsms() as double:
        double.pause = LATENCY
        yield double.url


@contextlib.asynccontextmanager
async def _esms() -> AsyncIterator[str]:
    async with esms.running_esms() as double:
        double.receipts = False
        double.plans.calls.extend([slow(LATENCY)] * 1_000_000)
        yield double.url


Open = Callable[[], AbstractAsyncContextManager[str]]
ROUTES: dict[str, tuple[Open, Callable[[str], Route]]] = {"kannel": (_sendsms, by_kannel), "sms": (_esms, by_esms)}


@contextlib.contextmanager
def provider(name: str) -> Iterator[str]:
    """The address of the double behind the route ``name``."""
    ready: multiprocessing.Queue[str] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_provide, args=(name, ready), daemon=True)
    process.start()
    try:
        yield ready.get(timeout=30)
    finally:
        process.kill()
        process.join()


def _provide(name: str, ready: "multiprocessing.Queue[str]") -> None:
    async def serve() -> None:
        async with ROUTES[name][0]() as address:
            ready.put(address)
            await asyncio.Event().wait()

    asyncio.run(serve())
