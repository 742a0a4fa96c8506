"""Brings the updates of one bot to its webhook, as long and as often as Telegram does."""

import asyncio
import contextlib
import json
import random
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import aiohttp

from simulator.telegram.api import Api
from simulator.telegram.call import Call
from simulator.telegram.mailbox import Mailbox, Update, Webhook
from simulator.telegram.state import State
from simulator.telegram.world import Bot

ANSWER_SECONDS = 60.0
LONGEST_PAUSE = 60.0
LONGEST_WISH = 3600.0


class UndeliveredError(Exception):
    """The bot did not take an update; after ``retry_after`` seconds it wants it again, if it said so."""

    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Courier:
    """Delivers what is in ``mailbox``: the updates of one queue in order, those of different queues side by side."""

    def __init__(self, state: State, api: Api, bot: Bot, session: aiohttp.ClientSession) -> None:
        self._state, self._api, self._bot, self._session = state, api, bot, session
        self._mailbox: Mailbox = state.mailbox(bot)
        self._busy: set[tuple[str, int]] = set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                for update in self._ready():
                    self._busy.add(update.queue)
                    group.create_task(self._deliver(update))
                self._mailbox.changed.clear()
                await self._mailbox.changed.wait()

    def _ready(self) -> list[Update]:
        """The first update of each queue that is not on its way, as far as there are connections."""
        webhook = self._mailbox.webhook
        if webhook is None:
            return []
        first: dict[tuple[str, int], Update] = {}
        for update in self._mailbox.updates.values():
            if update.queue not in self._busy:
                first.setdefault(update.queue, update)
        return list(first.values())[: max(0, webhook.max_connections - len(self._busy))]

    async def _deliver(self, update: Update) -> None:
        """Try until it was taken, it is too old, or there is no webhook any more."""
        pause = 1.0
        try:
            while (webhook := self._mailbox.webhook) is not None and update.id in self._mailbox.updates:
                if update.expires < self._state.pace.now():
                    self._mailbox.drop(update)
                    return
                update.attempts += 1
                try:
                    await self._post(webhook, update)
                except UndeliveredError as error:
                    webhook.error, webhook.error_date = str(error), self._state.pace.unix()
                    self._state.news.set()
                    wish = min(error.retry_after, LONGEST_WISH)
                    if not wish and update.attempts > 1:
                        pause = min(random.uniform(LONGEST_PAUSE, LONGEST_PAUSE * 2), pause * 2)
                        wish = pause
                    await self._pause(webhook, wish)
                else:
                    return
        finally:
            self._busy.discard(update.queue)
            self._mailbox.changed.set()
            self._state.news.set()

    async def _pause(self, webhook: Webhook, seconds: float) -> None:
        """Wait before the next try; no longer than the webhook stays."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(webhook.gone.wait(), self._state.pace.real(seconds))

    async def _post(self, webhook: Webhook, update: Update) -> None:
        headers = {"content-type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        timeout = aiohttp.ClientTimeout(total=self._state.pace.real(ANSWER_SECONDS))
        data = update.written().encode()
        try:
            async with self._session.post(
                webhook.address,
                data=data,
                headers=headers,
                timeout=timeout,
                skip_auto_headers=["user-agent"],
                allow_redirects=False,
            ) as response:
                body = await response.read()
        except TimeoutError:
            raise UndeliveredError("Read timeout expired") from None
        except aiohttp.ClientConnectorError:
            raise UndeliveredError("Connection refused") from None
        except aiohttp.ClientError:
            raise UndeliveredError("Webhook connection closed") from None
        if not 200 <= response.status <= 299:
            phrase = response.reason or HTTPStatus(response.status).phrase
            wish = response.headers.get("retry-after", "")
            retry_after = float(wish) if wish.isdecimal() else 0.0
            raise UndeliveredError(f"Wrong response from the webhook: {response.status} {phrase}", retry_after)
        if self._mailbox.mishear:
            self._mailbox.mishear -= 1
            raise UndeliveredError("Webhook connection closed")
        self._mailbox.drop(update)
        call = _call_in(response.content_type, body)
        if call is not None:
            await self._api.reply(self._bot, call)


def _call_in(content_type: str, body: bytes) -> Call | None:
    """The call in the answer to an update; None when there is none."""
    values: Any = None
    try:
        if content_type == "application/json":
            values = json.loads(body)
        elif content_type == "application/x-www-form-urlencoded":
            values = dict(parse_qsl(body.decode()))
    except ValueError:
        return None
    if not isinstance(values, dict) or not values.get("method"):
        return None
    return Call(method=str(values["method"]).lower(), values=values)
