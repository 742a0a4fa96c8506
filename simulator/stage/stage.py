"""Everything on the page: lines, phones, prices, the service, the log."""

import asyncio
import contextlib
import importlib
import pkgutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

import simulator.stage.lines
from simulator.stage import front
from simulator.stage.child import Child
from simulator.stage.line import Json, Line, OpenLine, Phone, Surroundings
from simulator.stage.log import Log
from simulator.stage.relay import Relay, relaying
from simulator.stage.trouble import NonsenseError

ORDER = ("sms", "zalo", "telegram", "zalo_bot")
"""Of the lines on the page; others follow by name."""
MOST_PHONES = 40
LONGEST_NAME = 40
LONGEST_TEXT = 20_000
SHOWN = 100
"""The newest messages of a phone; a page that was open for days shows no more."""
DEAREST = 100_000
_NOT_SHOWN = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@dataclass(kw_only=True)
class Prices:
    """In đồng: ``out`` is what the authority pays for a part, ``into`` what a citizen pays for one to the short code.

    The defaults: a middling offer for a part, and Viettel's price of the numbers 81xx.
    """

    out: int = 300
    into: int = 1500


@dataclass(kw_only=True, eq=False)
class Stage:
    """What a person plays on. ``front_url`` is where providers post; ``child`` is set once the service has settings."""

    lines: Mapping[str, Line]
    log: Log
    front_url: str
    prices: Prices = field(default_factory=Prices)
    phones: dict[int, Phone] = field(default_factory=dict)
    child: Child | None = None
    _counts: dict[str, int] = field(default_factory=dict)
    _last: int = 0

    def add(self, line: str, name: str) -> Phone:
        """One more phone on ``line``. Raises NonsenseError."""
        if line not in self.lines:
            raise NonsenseError("there is no such line")
        if len(self.phones) >= MOST_PHONES:
            raise NonsenseError(f"there are {MOST_PHONES} phones already")
        number = self._counts[line] = self._counts.get(line, 0) + 1
        self._last += 1
        shown = " ".join(_printable(name).split())[:LONGEST_NAME] or f"Người dân {self._last:02}"
        phone = Phone(id=self._last, line=line, name=shown, address="")
        self.lines[line].join(phone, number)
        self.phones[phone.id] = phone
        return phone

    def remove(self, phone: Phone) -> None:
        """Put a phone away; its person stays known to the provider."""
        del self.phones[phone.id]

    async def say(self, phone: Phone, text: str) -> None:
        """Its owner writes ``text``. Raises NonsenseError."""
        if len(text) > LONGEST_TEXT:
            raise NonsenseError(f"a text has at most {LONGEST_TEXT} characters")
        await self.lines[phone.line].say(phone, _printable(text))

    def charge(self, wish: Mapping[str, Any]) -> None:
        """Set prices. Raises NonsenseError."""
        for name, value in wish.items():
            if name not in {"out", "into"} or type(value) is not int or not 0 <= value <= DEAREST:
                raise NonsenseError(f"a price is a whole number up to {DEAREST}")
            setattr(self.prices, name, value)

    async def start(self) -> None:
        """Start the service; once it accepts, providers post to it. Raises NonsenseError when there is none."""
        if self.child is None:
            raise NonsenseError("there is no service")
        await self.child.start()
        if self.child.up.is_set():
            for line in self.lines.values():
                line.connect()

    def look(self) -> Json:
        """All that the page shows."""
        child = self.child
        return {
            "service": {"state": child.state if child else "stopped", "code": child.code if child else None},
            "prices": vars(self.prices),
            "lines": [
                {"name": line.name, "controls": line.controls, "trouble": vars(line.trouble)}
                for line in self.lines.values()
            ],
            "phones": [self._look_at(phone) for phone in self.phones.values()],
            "log": self.log.look(),
        }

    def _look_at(self, phone: Phone) -> Json:
        shown = self.lines[phone.line].look(phone)
        known = {"id": phone.id, "line": phone.line, "name": phone.name, "address": phone.address}
        return {**known, **shown, "messages": shown["messages"][-SHOWN:]}


def find_lines() -> dict[str, OpenLine]:
    """``open_line`` of every file in ``simulator/stage/lines``, in the order of the page."""
    names = [module.name for module in pkgutil.iter_modules(simulator.stage.lines.__path__)]
    names.sort(key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    package = simulator.stage.lines.__name__
    return {name: importlib.import_module(f"{package}.{name}").open_line for name in names}


@contextlib.asynccontextmanager
async def open_stage(service_url: str) -> AsyncIterator[Stage]:
    """A stage with every line, before the service that will be at ``service_url``; the service ends with the block."""
    log = Log()
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(_client())
        relay = Relay(target=service_url, session=session, saw=lambda crossing: front.note(log, crossing))
        await stack.enter_async_context(relaying(relay))
        surroundings = Surroundings(front=relay.url, session=session, log=log)
        lines = {
            name: await stack.enter_async_context(open_line(surroundings)) for name, open_line in find_lines().items()
        }
        stage = Stage(lines=lines, log=log, front_url=relay.url)
        try:
            yield stage
        finally:
            if stage.child is not None:
                await asyncio.shield(stage.child.stop())


def _client() -> aiohttp.ClientSession:
    """Each call on a connection of its own: on one that was closed meanwhile, aiohttp would repeat some in silence."""
    connector = aiohttp.TCPConnector(force_close=True)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def _printable(text: str) -> str:
    """``text`` without halves of characters, which a script may send and no telephone can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_NOT_SHOWN)
