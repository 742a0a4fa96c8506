"""What buttons mean whose value is longer than a provider lets a button carry.

The button carries ``~`` and a digest of person and value, so that the same value always makes the same button for the
same person, whichever process sends it, and an old button still means what it meant. What it means may be what somebody
wrote: it is kept no longer than that, it is forgotten with the person, and it means nothing in anybody else's hand.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update

from bot.store.dialect import upsert
from bot.store.engine import Store
from bot.store.tables import long_choices
from bot.store.transaction import Transaction

_MARK = "~"  # no value begins with it: a value begins with the name of its handler
_WORTH_RENEWING = timedelta(days=1)


async def shorten(store: Store, person: str, values: Iterable[str], *, now: datetime) -> dict[str, str]:
    """What a button for ``person`` is to carry in place of each of ``values``, 44 bytes long; kept before this returns.

    Writes only what is not there yet or has not been used for a day.
    """
    data = {value: f"{_MARK}{_digest(person, value)}" for value in values}
    if not data:
        return {}
    digests = [carried.removeprefix(_MARK) for carried in data.values()]
    recent = select(long_choices.c.digest).where(
        long_choices.c.digest.in_(digests), long_choices.c.used_at > now - _WORTH_RENEWING
    )
    async with store.read() as connection:
        kept = set((await connection.execute(recent)).scalars())
    # in one order, lest two processes that show the same list wait for each other
    await _keep(store, person, sorted(value for value in data if _digest(person, value) not in kept), now=now)
    return data


async def _keep(store: Store, person: str, values: Sequence[str], *, now: datetime) -> None:
    async def job(connection: Transaction) -> None:
        for value in values:
            row = {"digest": _digest(person, value), "person": person, "value": value, "used_at": now}
            await upsert(connection, long_choices, row, lambda new: {"used_at": new.used_at})

    if values:
        await store.write(job)


async def expand(store: Store, person: str, data: str, *, now: datetime) -> str | None:
    """The value of a button of ``person`` that carries ``data``: that itself unless it was shortened.

    None when it is forgotten, or was shown to somebody else.
    """
    if not data.startswith(_MARK):
        return data
    mine = (long_choices.c.digest == data.removeprefix(_MARK)) & (long_choices.c.person == person)
    async with store.read() as connection:
        row = (await connection.execute(select(long_choices).where(mine))).one_or_none()
    if row is None:
        return None

    async def renew(connection: Transaction) -> None:
        await connection.execute(update(long_choices).where(mine).values(used_at=now))

    if row.used_at <= now - _WORTH_RENEWING:
        await store.write(renew)
    value: str = row.value
    return value


async def forget(store: Store, *, before: datetime) -> int:
    """Delete what no button has meant since ``before``. Returns how many."""

    async def job(connection: Transaction) -> int:
        return (await connection.execute(delete(long_choices).where(long_choices.c.used_at < before))).rowcount

    return await store.write(job)


def _digest(person: str, value: str) -> str:
    return urlsafe_b64encode(sha256(f"{person}\n{value}".encode()).digest()).decode().rstrip("=")
