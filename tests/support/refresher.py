"""A process that refreshes a token and can be made to stop at a step, to be killed there.

Its one argument is a JSON document: ``store``, ``settings`` of the account, ``now``, ``hold`` (``before`` or ``after``)
and the number of the ``write`` to hold at; 0 = none.
"""

import asyncio
import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import aiohttp

from bot.store.engine import Store
from bot.store.transaction import Job
from gateway.channel import Wire
from gateway.zalo.settings import ZaloAccount
from gateway.zalo.token import bearer

KEY = b"k" * 32


class HoldingStore(Store):
    """Stops for ever before or after one of its writes, and says so."""

    def __init__(self, url: str, *, when: str, write: int) -> None:
        super().__init__(url, KEY, owner="killed")
        self._when, self._left = when, write

    async def write(self, job: Job[Any], *, wake: Iterable[str] = ()) -> Any:
        self._left -= 1
        if self._left == 0 and self._when == "before":
            await _hold()
        result = await super().write(job, wake=wake)
        if self._left == 0:
            await _hold()
        return result


async def _hold() -> None:
    print("held", flush=True)
    await asyncio.Event().wait()


async def main(plan: dict[str, Any]) -> None:
    """Ask for a token."""
    store = HoldingStore(plan["store"], when=plan["hold"], write=plan["write"])
    await store.open()
    now = datetime.fromisoformat(plan["now"])
    async with aiohttp.ClientSession() as session:
        wire = Wire(store=store, session=session, clock=lambda: now)
        await bearer(ZaloAccount.model_validate(plan["settings"]), wire)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
