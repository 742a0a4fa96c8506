"""Fetch updates where Telegram cannot reach us (getUpdates): each is stored before its offset is confirmed."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from gateway.channel import Hook, Parsed, Take, Wire
from gateway.errors import UnreachableError
from gateway.telegram.account import TelegramAccount
from gateway.telegram.bot_api import call
from gateway.telegram.courtesy import Courtesies
from gateway.telegram.kinds import KINDS

POLL_SECONDS = 25
"""How long Telegram waits for the first update (T34): below what proxies and firewalls let a silent connection last."""
LIMIT = 100
_GRACE_SECONDS = 10.0

Json = dict[str, Any]


async def listen(account: TelegramAccount, wire: Wire, take: Take) -> None:
    """Fetch and ``take`` what people send, for ever; return at once when the account is posted to.

    Begun again it asks for everything that was not confirmed (T32); what had been stored by then is not taken twice.
    Raises SendError when Telegram does not give anything, StoreUnavailableError when nothing can be stored.
    """
    if account.mode != "polling":
        return
    offset: int | None = None
    async with Courtesies(account, wire) as courtesies:
        while True:
            updates = await _fetch(account, wire, offset)
            for parsed in await _take_all(updates, take):
                courtesies.pay(parsed.ack)
            # once nothing is left everything is confirmed; ids may begin anew after a week of silence (T24)
            offset = _next(updates) if updates else None


async def _fetch(account: TelegramAccount, wire: Wire, offset: int | None) -> Sequence[Any]:
    """What is not confirmed yet, after confirming everything below ``offset``."""
    parameters: Json = {"timeout": POLL_SECONDS, "limit": LIMIT, "allowed_updates": list(KINDS)}
    if offset is not None:
        parameters["offset"] = offset
    updates = await call(wire.session, account, "getUpdates", parameters, seconds=POLL_SECONDS + _GRACE_SECONDS)
    if not isinstance(updates, list):
        raise UnreachableError("Telegram gives no list of updates")
    return updates


async def _take_all(updates: Sequence[Any], take: Take) -> list[Parsed]:
    """Store all of ``updates`` together, those of one person in their order. Raises what storing any of them raised."""
    taken = await asyncio.gather(*(take(_hook(update)) for update in updates), return_exceptions=True)
    for one in taken:
        if isinstance(one, BaseException):
            raise one
    return [one for one in taken if isinstance(one, Parsed)]


def _hook(update: Any) -> Hook:
    """``update`` as it would have been posted."""
    headers = {"content-type": "application/json"}
    return Hook(method="POST", query={}, headers=headers, cookies={}, body=json.dumps(update).encode())


def _next(updates: Sequence[Any]) -> int:
    """The offset that confirms ``updates``. Raises UnreachableError when none of them has an id: they would come for
    ever."""
    ids = [update.get("update_id") for update in updates if isinstance(update, dict)]
    known = [number for number in ids if isinstance(number, int)]
    if not known:
        raise UnreachableError("Telegram gives updates without ids")
    return max(known) + 1
