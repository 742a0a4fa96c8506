"""The numbers by which an officer names duties: the same in a digest, in a list and in what is typed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

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
    return (await number_all(connection, {officer: keys}, now, still_open={officer: still_open}))[officer]


async def number_all(
    connection: Transaction,
    keys: Mapping[int, Sequence[str]],
    now: datetime,
    *,
    still_open: Mapping[int, Collection[str]],
) -> dict[int, dict[str, int]]:
    """The same for several officers at once, by officer."""
    known = await _tidy(connection, {each: {*mine, *still_open[each]} for each, mine in keys.items()}, now)
    given = {officer: give_numbers(known[officer], mine) for officer, mine in keys.items()}
    await _add(
        connection,
        [
            {"officer_id": officer, "number": number, "key": key, "shown_at": now}
            for officer, numbers in given.items()
            for key, number in numbers.items()
            if key not in known[officer]
        ],
    )
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
    known = (await _tidy(connection, {officer: {*numbers, *still_open}}, now))[officer]
    fresh = {key: number for key, number in numbers.items() if known.get(key) != number}
    if known.keys() & fresh.keys() or set(known.values()) & set(fresh.values()):
        raise ConflictError("other numbers were given to these duties meanwhile")
    await _add(
        connection,
        [{"officer_id": officer, "number": number, "key": key, "shown_at": now} for key, number in fresh.items()],
    )


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


async def _tidy(
    connection: Transaction, alive: Mapping[int, Collection[str]], now: datetime
) -> dict[int, dict[str, int]]:
    """The numbers that are given, by officer, after those of ``alive`` were kept and those that are over were taken
    back."""
    whose = sorted(alive)
    locked = select(officers.c.id).where(officers.c.id.in_(whose)).order_by(officers.c.id).with_for_update()
    await connection.execute(locked)
    rows = (await connection.execute(select(task_numbers).where(task_numbers.c.officer_id.in_(whose)))).all()
    shown = [row for row in rows if row.key in alive[row.officer_id]]
    over = [row for row in rows if row.shown_at < now - KEEP and row.key not in alive[row.officer_id]]
    one = (task_numbers.c.officer_id == bindparam("whose"), task_numbers.c.number == bindparam("which"))
    if late := [row for row in shown if row.shown_at != now]:
        await connection.execute(update(task_numbers).where(*one).values(shown_at=now), _named(late))
    if over:
        await connection.execute(delete(task_numbers).where(*one), _named(over))
    gone = {(row.officer_id, row.number) for row in over}
    known: dict[int, dict[str, int]] = {officer: {} for officer in whose}
    for row in rows:
        if (row.officer_id, row.number) not in gone:
            known[row.officer_id][row.key] = row.number
    return known


def _named(rows: Sequence[Any]) -> list[dict[str, int]]:
    return [{"whose": row.officer_id, "which": row.number} for row in rows]


async def _add(connection: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(insert(task_numbers), rows)
