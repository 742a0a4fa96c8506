"""Posts the updates of a bot to its webhook."""

import asyncio
import json

import aiohttp

from simulator.zalo_bot.state import State
from simulator.zalo_bot.world import Bot, Update, Webhook

HEADER = "X-Bot-Api-Secret-Token"
PATIENCE = 10.0
"""Seconds of ours that an answer may take; what Zalo grants is not documented."""


class Courier:
    """Carries updates. Each is posted once: that Zalo repeats one is not documented (B14)."""

    def __init__(self, state: State, session: aiohttp.ClientSession) -> None:
        self._state, self._session = state, session
        self._under_way: set[asyncio.Task[None]] = set()

    def send(self, bot: Bot, update: Update, *, times: int = 1) -> None:
        """Post ``update`` in the background, ``times`` times; without a webhook it waits to be fetched."""
        self._state.updates.append(update)
        if bot.webhook is None:
            bot.waiting.append(update)
            bot.changed.set()
            return
        task = asyncio.get_running_loop().create_task(self._post(bot.webhook, update, times))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _post(self, webhook: Webhook, update: Update, times: int) -> None:
        headers = {"content-type": "application/json", HEADER: webhook.secret}
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            for _ in range(times):
                async with self._session.post(
                    webhook.address,
                    data=json.dumps(update.content, ensure_ascii=False).encode(),
                    headers=headers,
                    timeout=timeout,
                    allow_redirects=False,
                ) as response:
                    update.status = response.status
                    update.taken = update.taken or response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            update.status = None
        finally:
            update.ended.set()
            self._state.news.set()
