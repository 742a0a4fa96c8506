"""How events reach a webhook: within two seconds, else again on a schedule, else the webhook is switched off."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from yarl import URL

from simulator.zalo.world import App, World

SCHEDULE = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)
"""The wait before each further attempt."""
UNSIGNED: tuple[Mapping[str, str], ...] = ({}, {"X-ZEvent-Signature": ""}, {"X-ZEvent-Signature": f"mac={'0' * 64}"})
"""The headers of the console's own posts."""
_TRIAL = b'{"app_id":"","event_name":"user_send_text","message":{"msg_id":"","text":"test"},"timestamp":"0"}'


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One post; ``status`` None when no answer came in time, ``retry`` the header ``num_retry`` (0 = none)."""

    at: datetime
    status: int | None
    retry: int


@dataclass(kw_only=True)
class Delivery:
    """An event on its way. ``ended``: it was taken, or will not be tried again."""

    name: str
    raw: bytes
    headers: Mapping[str, str]
    msg_id: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def body(self) -> dict[str, Any]:
        """What the bytes say."""
        parsed: dict[str, Any] = json.loads(self.raw)
        return parsed

    @property
    def status(self) -> int | None:
        """What the webhook answered last."""
        return self.attempts[-1].status if self.attempts else None


@dataclass(kw_only=True)
class Courier:
    """Carries events to the webhooks. ``patience`` is how long an answer may take, in seconds of ours."""

    world: World
    session: aiohttp.ClientSession
    patience: float
    deliveries: list[Delivery] = field(default_factory=list)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def send(self, app: App, delivery: Delivery) -> None:
        """Deliver in the background, with all further attempts."""
        self.deliveries.append(delivery)
        task = asyncio.get_running_loop().create_task(self._deliver(app, delivery))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until every event was tried once."""
        for delivery in list(self.deliveries):
            await delivery.tried.wait()

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def check(self, app: App, headers: Mapping[str, str]) -> int | None:
        """Post as the console does when the URL is saved; only 200 lets it be saved."""
        return await self.post(app, _TRIAL, headers, rule="Z95")

    async def find_marker(self, app: App, code: str) -> bool:
        """Look for the file ``/zalo_verifier<code>.html``, then for the tag on the first page."""
        home = URL(app.webhook).origin()
        tag = re.compile(rf'<meta\s+name="zalo-platform-site-verification"\s+content="{re.escape(code)}"')
        async with self.session.get(home / f"zalo_verifier{code}.html") as response:
            if response.status == 200 and code in await response.text():
                return True
        async with self.session.get(home / "") as response:
            return response.status == 200 and bool(tag.search(await response.text()))

    async def post(self, app: App, raw: bytes, headers: Mapping[str, str], *, rule: str = "Z91") -> int | None:
        """The status that the webhook answers; None when it does not answer in time or at all."""
        timeout = aiohttp.ClientTimeout(total=self.patience)
        kind = {"Content-Type": "application/json"}
        try:
            async with self.session.post(
                app.webhook, data=raw, headers={**kind, **headers}, timeout=timeout, allow_redirects=False
            ) as response:
                status = response.status
        except TimeoutError:
            self.world.breach(rule, app.webhook, f"no answer within {self.patience:g} s")
            return None
        except aiohttp.ClientError:
            return None
        if status != 200:
            self.world.breach(rule, app.webhook, f"answered {status}")
        return status

    async def _deliver(self, app: App, delivery: Delivery) -> None:
        try:
            for retry, wait in enumerate((timedelta(), *(SCHEDULE if app.retries else ()))):
                await self.world.clock.until(self.world.clock() + wait)
                if not app.webhook or app.webhook_disabled or await self._try(app, delivery, retry):
                    return
            app.webhook_disabled = app.retries
        finally:
            delivery.tried.set()
            delivery.ended.set()

    async def _try(self, app: App, delivery: Delivery, retry: int) -> bool:
        at = self.world.clock()
        number = {"num_retry": str(retry)} if retry else {}
        status = await self.post(app, delivery.raw, {**delivery.headers, **number})
        delivery.attempts.append(Attempt(at=at, status=status, retry=retry))
        delivery.tried.set()
        return status == 200
