"""Keep the tokens of Official Accounts alive: refreshed at half their life; an alarm when a person has to act."""

import asyncio
import contextlib
from collections.abc import Sequence

import structlog

from bot.core.errors import StoreError, StoreUnavailableError
from bot.store import tokens
from gateway.channel import Wire
from gateway.errors import SendError
from gateway.exchange import Behalf, on_behalf_of
from gateway.zalo.caller import CHANNEL_NAME, Caller
from gateway.zalo.token import is_due, place_of, refresh

LOOK_SECONDS = 20.0
"""How often every pair is looked at: a refresh that nobody saw end is told within a minute, its lease included.
Refusals of the refresh itself are not repeated; what never left is."""
ABSENT, UNREADABLE = "absent", "unreadable"

log = structlog.get_logger()


async def keep_tokens(accounts: Sequence[tuple[Caller, Wire]], stop: asyncio.Event) -> None:
    """Look after the tokens of ``accounts`` until ``stop`` is set. Any number of processes may do so."""
    known: dict[str, str] = {}
    while accounts and not stop.is_set():
        for caller, wire in accounts:
            with on_behalf_of(Behalf(channel=CHANNEL_NAME, account=caller.account)):
                state = await look_after(caller, wire)
            if state is not None and state != known.get(caller.account, tokens.TokenState.GOOD):
                _tell(caller, state)
            known[caller.account] = state or known.get(caller.account, tokens.TokenState.GOOD)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_SECONDS)


async def look_after(caller: Caller, wire: Wire) -> str | None:
    """Refresh the pair when it is time; its state then, None when nobody can see.

    :data:`ABSENT` without one, :data:`UNREADABLE` when this key does not open it.
    """
    place = place_of(caller)
    try:
        kept = await tokens.find(wire.store, place)
        if kept is not None and is_due(kept, wire.clock()):
            with contextlib.suppress(SendError):  # it says so itself, and its state is read below
                await refresh(caller, wire, version=kept.version)
            kept = await tokens.find(wire.store, place)
    except StoreUnavailableError as error:
        log.warning("zalo.store_unavailable", reason=str(error))
        return None
    except StoreError as error:
        log.warning("zalo.unreadable", account=caller.account, reason=str(error))
        return UNREADABLE
    return ABSENT if kept is None else kept.state


def _tell(caller: Caller, state: str) -> None:
    """The alarm, once when a trouble begins and once when it ends."""
    if state == tokens.TokenState.GOOD:
        log.error("alarm.zalo_token", account=caller.account, state="ends")
    else:
        log.error("alarm.zalo_token", account=caller.account, state=state, help="tracuu zalo login")
