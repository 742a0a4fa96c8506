"""Datasets that were taken down: none of them is shown, whoever publishes it, until it is let be seen again.

It counts with the commit. Whoever decides on an answer knows the :func:`stamp` of the takedowns that it honours, and
:func:`check` refuses to let it be queued under another; :mod:`bot.store.retraction` takes back what was said before.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, text

from bot.core.errors import ConflictError
from bot.store.catalogue import TOPIC, change_stamp
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.fact import count_up, read_fact
from bot.store.tables import facts, takedown_log, takedowns
from bot.store.transaction import Transaction

HIDE, UNHIDE = "hide", "unhide"
_STAMP = "takedown stamp"


class TakedownsChangedError(ConflictError):
    """A dataset was taken down, or shown again, while an answer was being found. To be decided anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """That somebody (``who``) has taken ``code`` down or shown it again (``action``), and ``why``."""

    at: datetime
    action: str
    code: str
    who: str
    why: str


async def stamp(store: Store) -> int:
    """A number that changes with every takedown and its end; one row is read."""
    return int(await read_fact(store, _STAMP) or 0)


async def taken_down(store: Store) -> frozenset[str]:
    """The codes of the datasets that were taken down."""
    async with store.read() as connection:
        return frozenset((await connection.execute(select(takedowns.c.code))).scalars())


async def is_hidden(store: Store, code: str) -> bool:
    """Whether the dataset ``code`` was taken down; one row is read."""
    async with store.read() as connection:
        return await hidden_in(connection, code)


async def hidden_in(connection: Transaction, code: str) -> bool:
    """:func:`is_hidden` within the caller's transaction."""
    return await connection.scalar(select(takedowns.c.code).where(takedowns.c.code == code)) is not None


async def check(connection: Transaction, known: int) -> None:
    """Raises TakedownsChangedError unless the takedowns are those of the stamp ``known``; within the transaction that
    queues an answer, and after that was queued: then it has either seen a takedown, or is seen by it."""
    now = await connection.scalar(select(facts.c.value).where(facts.c.name == _STAMP))
    if int(now or 0) != known:
        raise TakedownsChangedError("what may be shown has changed meanwhile")


async def hide(store: Store, code: str, *, now: datetime, reason: str = "", by: str = "") -> bool:
    """Take the dataset ``code`` down, at once and whoever publishes it; False when it was down already.

    From the return on no answer that shows it is queued any more, by whatever process.
    """

    async def job(connection: Transaction) -> bool:
        if connection.dialect.name == "postgresql":
            # waits for those who are queueing an answer; whoever queues one later sees the new stamp
            await connection.execute(text("LOCK TABLE outbox IN SHARE MODE"))
        changed = await insert_if_new(connection, takedowns, code=code, at=now, reason=reason)
        if changed:
            await _change(connection, HIDE, code, now=now, who=by, why=reason)
        return changed

    return await store.write(job, wake=[TOPIC])


async def unhide(store: Store, code: str, *, now: datetime, reason: str = "", by: str = "") -> bool:
    """Let ``code`` be seen again; False when it was not taken down."""

    async def job(connection: Transaction) -> bool:
        changed = bool((await connection.execute(delete(takedowns).where(takedowns.c.code == code))).rowcount)
        if changed:
            await _change(connection, UNHIDE, code, now=now, who=by, why=reason)
        return changed

    return await store.write(job, wake=[TOPIC])


async def read_log(store: Store) -> tuple[Logged, ...]:
    """Everything that was taken down and shown again, the newest first."""
    columns = (takedown_log.c.at, takedown_log.c.action, takedown_log.c.code, takedown_log.c.who, takedown_log.c.why)
    async with store.read() as connection:
        rows = await connection.execute(select(*columns).order_by(takedown_log.c.id.desc()))
        return tuple(Logged(at=row.at, action=row.action, code=row.code, who=row.who, why=row.why) for row in rows)


async def _change(connection: Transaction, action: str, code: str, *, now: datetime, who: str, why: str) -> None:
    await connection.execute(insert(takedown_log).values(at=now, action=action, code=code, who=who, why=why))
    await count_up(connection, _STAMP)
    await change_stamp(connection)
