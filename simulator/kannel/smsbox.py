"""What smsbox brings to the service: people's messages and the carriers' reports, until it hears 200."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from simulator.kannel.sendsms import call_back

AGAIN_SECONDS = 2.0
"""``http-queue-delay``: the wait before the next try. A gateway that is set up for this service tries without end."""
DELIVERED, BUFFERED, ACCEPTED = 1, 4, 8
"""Bits of ``%d`` (user guide, table 10-1)."""
_WORDS = {DELIVERED: "id:1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:", ACCEPTED: "ACK/", BUFFERED: "stat:ENROUTE"}
_TIMEOUT = aiohttp.ClientTimeout(total=15)


@dataclass(kw_only=True, eq=False)
class Errand:
    """Something on its way to the service. ``status`` is what that answered last, None when it did not."""

    status: int | None = None
    tries: int = 0

    @property
    def done(self) -> bool:
        """Whether the service took it."""
        return self.status == 200


@dataclass(kw_only=True)
class Smsbox:
    """``hook`` is the address for messages, with ``token``; ``number`` the short code that people write to."""

    session: aiohttp.ClientSession
    hook: str
    token: str
    number: str
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def bring(self, sender: str, text: str) -> Errand:
        """Bring what ``sender`` wrote, as the shipped configuration does: the text is the body (``post-url``)."""
        errand, number = Errand(), str(uuid.uuid4())
        query = {
            "from": sender,
            "to": self.number,
            "charset": "UTF-8",
            "id": number,
            "ts": str(int(time.time())),
            "token": self.token,
        }

        async def post() -> int:
            headers = {"Content-Type": "text/plain; charset=utf-8"}
            address = URL(self.hook).with_query(query)
            async with self.session.post(address, data=text.encode(), headers=headers, timeout=_TIMEOUT) as response:
                return response.status

        self._start(self._insist(errand, post))
        return errand

    def report(self, reports_to: str, status: int, *, after: float, told: Callable[[], None]) -> None:
        """Report ``status`` of a message after so many seconds; ``told`` is called once the service took it."""

        async def bring() -> None:
            await asyncio.sleep(after)
            errand = Errand()
            await self._insist(errand, lambda: call_back(self.session, reports_to, status, _WORDS[status]))
            told()

        self._start(bring())

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _insist(self, errand: Errand, call: Callable[[], Awaitable[int]]) -> None:
        while True:
            errand.tries += 1
            errand.status = None
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                errand.status = await call()
            if errand.done:
                return
            await asyncio.sleep(AGAIN_SECONDS)
