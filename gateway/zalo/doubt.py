"""After a call whose answer never came, Zalo is asked for something harmless before the next message leaves.

A message of unknown result is repeated once and then left to an operator. In an outage of hours in which connections
break, or something before Zalo answers in its place, whatever must arrive would end so. Asked first, it has not left:
it waits as long as the outage lasts, and only what was under way at its beginning is of unknown result.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import aiohttp

from gateway.channel import Wire
from gateway.errors import OutcomeUnknownError, UnreachableError
from gateway.zalo.caller import Caller
from gateway.zalo.client import Call, ask

HARMLESS = Call(path="/v2.0/oa/getoa")


@dataclass(slots=True)
class _Line:
    """How one account is heard; one call asks for all that wait."""

    doubted: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_lines: WeakKeyDictionary[aiohttp.ClientSession, dict[str, _Line]] = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def sure_of_answers(caller: Caller, wire: Wire) -> AsyncIterator[None]:
    """The block in which a message leaves. Raises SendError, UnreachableError while Zalo still gives no answers."""
    line = _lines.setdefault(wire.session, {}).setdefault(caller.account, _Line())
    if line.doubted:
        async with line.lock:
            if line.doubted:
                await _listen(caller, wire)
                line.doubted = False
    try:
        yield
    except OutcomeUnknownError:
        line.doubted = True
        raise


async def _listen(caller: Caller, wire: Wire) -> None:
    try:
        await ask(HARMLESS, caller, wire)
    except OutcomeUnknownError as error:
        raise UnreachableError("Zalo gives no answers") from error
