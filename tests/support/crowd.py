"""Messages put into a store as the accept path does, and what became of them."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from bot.core.messages import Address, InboundMessage
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox, outbox
from bot.store.transaction import Transaction

CHANNEL, ACCOUNT = "web", "main"


def message(user: str, number: int, text: str, now: datetime) -> InboundMessage:
    """The ``number``-th message of ``user``."""
    address = Address(channel=CHANNEL, account=ACCOUNT, user=user)
    return InboundMessage(address=address, external_id=f"{user}-{number}", received_at=now, text=text)


async def put_in(store: Store, messages: Iterable[InboundMessage], *, at_once: int = 500) -> None:
    """Store ``messages`` in their order."""
    intake = Intake(store)
    waiting = list(messages)
    for start in range(0, len(waiting), at_once):
        await intake.accept(waiting[start : start + at_once])


async def until_handled(store: Store, *, seconds: float, user: str | None = None) -> None:
    """Wait until nothing is pending, of ``user`` or at all. Raises TimeoutError."""
    person = None if user is None else store.vault.person(Address(channel=CHANNEL, account=ACCOUNT, user=user))
    query = select(func.count()).where(inbox.c.state == "pending")
    async with asyncio.timeout(seconds):
        while await count(store, query if person is None else query.where(inbox.c.person == person)):
            await asyncio.sleep(0.1)


async def until_sent(store: Store, *, seconds: float) -> None:
    """Wait until the outbox is empty. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while await count(store, select(func.count()).where(outbox.c.state == "queued")):
            await asyncio.sleep(0.1)


async def count(store: Store, query: object) -> int:
    """The one number that ``query`` gives."""
    async with store.read() as connection:
        return int(await _scalar(connection, query))


async def _scalar(connection: Transaction, query: object) -> int:
    return await connection.scalar(query) or 0  # type: ignore[arg-type]  # any select of one number


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
