"""How a provider brings people's words and receipts to our hooks: once, and again on its schedule."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from yarl import URL

from simulator.zalo.clock import Timeline


@dataclass(frozen=True, kw_only=True)
class Post:
    """One call of a hook, ready to go."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a hook answered; ``status`` None when it did not answer in time or at all."""

    status: int | None
    body: str = ""
    content_type: str = ""


Judge = Callable[[Heard], bool]
"""Whether a provider is content with an answer; it notes by itself what it is not content with."""


@dataclass(kw_only=True)
class Delivery:
    """A call of a hook with all its attempts. ``taken``: the provider was content with the last."""

    post: Post
    attempts: list[Heard] = field(default_factory=list)
    taken: bool = False
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def status(self) -> int | None:
        """What the hook answered last."""
        return self.attempts[-1].status if self.attempts else None

    @property
    def body(self) -> str:
        """The body of that answer."""
        return self.attempts[-1].body if self.attempts else ""


@dataclass(kw_only=True)
class Courier:
    """Calls hooks. ``patience`` is how long an answer may take, in seconds of ours."""

    clock: Timeline
    session: aiohttp.ClientSession
    patience: float
    deliveries: list[Delivery] = field(default_factory=list)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def send(self, post: Post, judge: Judge, waits: tuple[timedelta, ...] = ()) -> Delivery:
        """Call in the background, and again after each of ``waits`` as long as ``judge`` is not content."""
        delivery = Delivery(post=post)
        self.deliveries.append(delivery)
        self.begin(self._deliver(delivery, judge, waits))
        return delivery

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work`` in the background, at most until the courier stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def settle(self) -> None:
        """Wait until every call so far was made once."""
        for delivery in list(self.deliveries):
            await delivery.tried.wait()

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def call(self, post: Post) -> Heard:
        """Call once."""
        # Content-Type only where the provider sends one: aiohttp would add its own
        request = self.session.request(
            post.method,
            URL(post.url, encoded=True),
            data=post.body or None,
            headers=post.headers,
            timeout=aiohttp.ClientTimeout(total=self.patience),
            allow_redirects=False,
            skip_auto_headers=["Content-Type"],
        )
        try:
            async with request as response:
                return Heard(
                    status=response.status, body=await response.text(), content_type=response.content_type or ""
                )
        except (TimeoutError, aiohttp.ClientError):
            return Heard(status=None)

    async def _deliver(self, delivery: Delivery, judge: Judge, waits: tuple[timedelta, ...]) -> None:
        try:
            for wait in (timedelta(), *waits):
                await self.clock.until(self.clock() + wait)
                heard = await self.call(delivery.post)
                delivery.attempts.append(heard)
                delivery.taken = judge(heard)
                delivery.tried.set()
                if delivery.taken:
                    return
        finally:
            delivery.tried.set()
            delivery.ended.set()
