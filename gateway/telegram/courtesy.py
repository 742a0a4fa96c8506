"""What lets people feel heard at once: a pressed button stops spinning, a question shows that an answer is coming.

Telegram does a method that stands in the answer to an update (T20); who polls calls it. Nobody waits for it, and
nothing depends on it.
"""

import asyncio
import json
from typing import Any, Self

import structlog

from gateway.channel import Ack, Wire
from gateway.errors import SendError
from gateway.telegram.account import TelegramAccount
from gateway.telegram.bot_api import call

AT_ONCE = 16
"""Calls that may run side by side; a courtesy beyond that is left out."""
_SECONDS = 5.0

log = structlog.get_logger()


def stop_spinner(query: str) -> Ack:
    """Answer the press of a button, by the id of its callback query."""
    return _ask_for("answerCallbackQuery", callback_query_id=query)


def show_typing(chat: str) -> Ack:
    """Let ``chat`` see that an answer is being written; it shows until that comes, five seconds at most (T53)."""
    return _ask_for("sendChatAction", chat_id=chat, action="typing")


def _ask_for(method: str, **parameters: str) -> Ack:
    return Ack(body=json.dumps({"method": method, **parameters}), content_type="application/json")


class Courtesies:
    """The courtesies of an account that polls; all are dropped when the block ends."""

    def __init__(self, account: TelegramAccount, wire: Wire) -> None:
        self._account, self._wire = account, wire
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_reason: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def pay(self, ack: Ack | None) -> None:
        """Do what ``ack`` asks for, without waiting for it."""
        if ack is None or len(self._tasks) >= AT_ONCE:
            return
        task = asyncio.create_task(self._call(json.loads(ack.body)), name="courtesy")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, document: dict[str, Any]) -> None:
        method = document.pop("method")
        try:
            await call(self._wire.session, self._account, method, document, seconds=_SECONDS)
        except SendError as error:
            log.debug("telegram.courtesy_failed", method=method, code=error.code)
