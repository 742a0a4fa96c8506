"""Whom Telegram means that asks us to wait: it does not say."""

from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import aiohttp

from gateway.errors import Scope

_ASKED: WeakKeyDictionary[aiohttp.ClientSession, dict[str, tuple[int, datetime]]] = WeakKeyDictionary()
"""The chat of each account that was asked to wait last, and until when; for as long as a process sends."""


def whom(session: aiohttp.ClientSession, account: str, chat: int, *, seconds: float, now: datetime) -> Scope:
    """Who is to be left in peace after a 429 for ``chat``.

    The account keeps to its windows, so a single 429 is taken for the chat's own, and nobody else waits for that. When
    a second chat is refused while the first still waits, the account itself is meant: to be too quiet costs seconds.
    """
    asked = _ASKED.setdefault(session, {})
    before, until = asked.get(account, (chat, now))
    asked[account] = chat, now + timedelta(seconds=min(seconds, 3600.0))
    return Scope.ACCOUNT if before != chat and now < until else Scope.PERSON
