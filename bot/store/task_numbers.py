"""The numbers by which an officer names duties: the same in a digest, in a list and in what is typed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.core.errors import ConflictError
from bot.core.obligations.task_numbers import KEEP, give_numbers
from bot.store.engine import Store
from bot.store.tables import officers, task_numbers
from bot.store.transaction import Transaction


async def number_tasks(
    connection: Transaction, officer: int, keys: Sequence[str], now: datetime, *, still_open: Collection[str] = ()
) -> dict[str, int]:
    """The numbers of the duties ``keys`` for ``officer``, by key. Safe to repeat.

    A duty keeps its number while it is among ``keys`` or ``still_open``, and :data:`KEEP` after that; only then another
    one gets it. So whoever writes to an officer names all the duties that are open for them.
    """
    known = await _tidy(connection, officer, {*keys, *still_open}, now)
    given = give_numbers(known, keys)
    await _add(connection, officer, {key: number for key, number in given.items() if key not in known}, now)
    return given


async def keep_numbers(
    connection: Transaction,
    officer: int,
    numbers: Mapping[str, int],
    now: datetime,
    *,
    still_open: Collection[str] = (),
) -> None:
    """Keep the ``numbers`` under which duties were just listed.

    Raises ConflictError when a duty has another number by now, or a number another duty.
    """
    known = await _tidy(connection, officer, {*numbers, *still_open}, now)
    fresh = {key: number for key, number in numbers.items() if known.get(key) != number}
    if known.keys() & fresh.keys() or set(known.values()) & set(fresh.values()):
        raise ConflictError("other numbers were given to these duties meanwhile")
    await _add(connection, officer, fresh, now)


async def numbers_of(store: Store, officer: int) -> dict[str, int]:
    """The numbers that duties have for ``officer``, by key."""
    mine = select(task_numbers.c.key, task_numbers.c.number).where(task_numbers.c.officer_id == officer)
    async with store.read() as connection:
        return {row.key: row.number for row in await connection.execute(mine)}


async def forget(store: Store, *, now: datetime) -> int:
    """Delete the numbers of officers to whom nothing has been shown for long. Returns how many."""

    async def job(connection: Transaction) -> int:
        old = delete(task_numbers).where(task_numbers.c.shown_at < now - 12 * KEEP)
        return (await connection.execute(old)).rowcount

    return await store.write(job)


async def _tidy(connection: Transaction, officer: int, alive: Collection[str], now: datetime) -> dict[str, int]:
    """The numbers that are given, after those of ``alive`` were kept and those that are over were taken back."""
    await connection.execute(select(officers.c.id).where(officers.c.id == officer).with_for_update())
    mine = task_numbers.c.officer_id == officer
    await connection.execute(update(task_numbers).where(mine, task_numbers.c.key.in_(alive)).values(shown_at=now))
    await connection.execute(delete(task_numbers).where(mine, task_numbers.c.shown_at < now - KEEP))
    rows = await connection.execute(select(task_numbers.c.key, task_numbers.c.number).where(mine))
    return {row.key: row.number for row in rows}


async def _add(connection: Transaction, officer: int, numbers: Mapping[str, int], now: datetime) -> None:
    if numbers:
        rows = [{"officer_id": officer, "number": number, "key": key} for key, number in numbers.items()]
        await connection.execute(insert(task_numbers).values(shown_at=now), rows)
