"""How often each entry of the calendars has changed, and when: by this a calendar program tells a new version of an
entry from one that it has. Entries are computed, so that one has changed is seen when it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, update

from bot.store.dialect import insert_missing
from bot.store.engine import Store
from bot.store.tables import feed_stamps
from bot.store.transaction import Transaction

_SLICE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The version of an entry: ``sequence`` from 0 on, and when it ``changed_at``."""

    sequence: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """An entry as it is now: its ``uid``, a ``mark`` that is another one when anything in it is, and its ``day``."""

    uid: str
    mark: str
    day: date


async def stamp(store: Store, entries: Sequence[Marked], *, now: datetime) -> Mapping[str, Stamp]:
    """The version of each of ``entries`` by its uid; one that is new or has changed gets the next one, of ``now``."""
    stamps: dict[str, Stamp] = {}
    for start in range(0, len(entries), _SLICE):
        part = sorted(entries[start : start + _SLICE], key=lambda entry: entry.uid)
        known = await _known(store, part)
        changed = [entry for entry in part if known.get(entry.uid, ("",))[0] != entry.mark]
        if changed:
            await _write(store, changed, known, now)
            known = await _known(store, part)
        stamps |= {uid: version for uid, (_, version) in known.items()}
    return stamps


async def forget(store: Store, *, before: date) -> int:
    """Delete the versions of entries whose day was before ``before``. Returns how many."""
    old = delete(feed_stamps).where(feed_stamps.c.day < before)

    async def job(connection: Transaction) -> int:
        return int((await connection.execute(old)).rowcount)

    return await store.write(job)


async def _known(store: Store, entries: Sequence[Marked]) -> dict[str, tuple[str, Stamp]]:
    mine = select(feed_stamps).where(feed_stamps.c.uid.in_([entry.uid for entry in entries]))
    async with store.read() as connection:
        return {
            row.uid: (row.mark, Stamp(sequence=row.sequence, changed_at=row.changed_at))
            for row in await connection.execute(mine)
        }


async def _write(
    store: Store, changed: Sequence[Marked], known: Mapping[str, tuple[str, Stamp]], now: datetime
) -> None:
    """Write the new versions; of two that read at the same time one does."""
    rows = [
        {"uid": entry.uid, "mark": entry.mark, "day": entry.day, "sequence": 0, "changed_at": now} for entry in changed
    ]

    async def job(connection: Transaction) -> None:
        await insert_missing(connection, feed_stamps, rows)
        for entry in changed:
            if entry.uid in known:
                same = (feed_stamps.c.uid == entry.uid) & (feed_stamps.c.mark == known[entry.uid][0])
                values = {"mark": entry.mark, "day": entry.day, "sequence": feed_stamps.c.sequence + 1}
                await connection.execute(update(feed_stamps).where(same).values(**values, changed_at=now))

    await store.write(job)
