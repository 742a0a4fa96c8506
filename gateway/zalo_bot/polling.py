"""Fetch updates where Zalo cannot reach us: for trying out, because what was given to us is gone (B22).

An update that the database does not take is held until it does. One that is under way when this process dies is lost;
that is why a service stands behind a webhook.
"""

import asyncio
import json
from typing import Any

import structlog

from bot.core.errors import StoreUnavailableError
from gateway.channel import Hook, Take, Wire
from gateway.zalo_bot.account import ZaloBotAccount
from gateway.zalo_bot.client import NothingCameError, call

POLL_SECONDS = 25
"""How long Zalo waits for an update (B23): below what proxies and firewalls let a silent connection last."""
HELD_SECONDS = 1.0
"""Between two tries to store what is held; also the least that passes between two polls that brought nothing."""
_GRACE_SECONDS = 10.0

log = structlog.get_logger()


async def listen(account: ZaloBotAccount, wire: Wire, take: Take) -> None:
    """Fetch and ``take`` what people send, for ever; return at once when the account is posted to.

    Raises SendError when Zalo does not give anything.
    """
    if account.mode != "polling":
        return
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            update = await call(
                wire.session,
                account,
                "getUpdates",
                {"timeout": str(POLL_SECONDS)},
                seconds=POLL_SECONDS + _GRACE_SECONDS,
            )
        except NothingCameError:
            await asyncio.sleep(max(0.0, HELD_SECONDS - (loop.time() - began)))
            continue
        await _take(update, take)


async def _take(update: Any, take: Take) -> None:
    """Store ``update``, however long the database is away. Stopped meanwhile, it is tried once more on the way out."""
    hook, stored = _hook(update), False
    try:
        while not stored:
            stored = await _store(hook, take)
            if not stored:
                await asyncio.sleep(HELD_SECONDS)
    finally:
        if not stored and not await _store(hook, take):
            log.error("zalo_bot.update_lost", reason="stopped while the database was away")


async def _store(hook: Hook, take: Take) -> bool:
    try:
        await take(hook)
    except StoreUnavailableError as error:
        log.warning("zalo_bot.update_held", reason=str(error))
        return False
    return True


def _hook(update: Any) -> Hook:
    """``update`` as it would have been posted."""
    headers = {"content-type": "application/json"}
    return Hook(method="POST", query={}, headers=headers, cookies={}, body=json.dumps(update).encode())
