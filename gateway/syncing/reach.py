"""Whether a source could be reached, kept for those who should upload something to its portal."""

from datetime import datetime

from bot.core.errors import TracuuError
from bot.store.engine import Store
from bot.store.outages import note_down, note_up
from gateway.portal import PortalError, Request


async def note_reach(store: Store, request: Request, trouble: TracuuError | None, *, now: datetime) -> None:
    """Keep whether the source of ``request`` answered; ``trouble`` is what was wrong with that.

    Wrong or fewer data are an answer, and so is a login or an expired certificate. One who looks from one place cannot
    tell a portal that is down from a broken line of their own: both count.
    """
    if isinstance(trouble, PortalError) and trouble.retry:
        await note_down(store, request.identity, str(trouble), now=now)
    else:
        await note_up(store, request.identity, now=now)
